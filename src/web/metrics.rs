//! What is counted, in the OpenMetrics text format. No names of people, projects or deliveries are ever labels.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Web;
use crate::store::Counts;

type Labels = [(&'static str, &'static str); 1];

/// Counters of this process, and gauges filled from the store when they are read.
pub struct Metrics {
    registry: Registry,
    deliveries: Family<Labels, Counter>,
    waiting: Family<Labels, Gauge>,
    effects: Family<Labels, Gauge>,
    parked: Gauge,
    oldest_waiting_seconds: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("lockkeeper");
        let metrics = Self {
            deliveries: Family::default(),
            waiting: Family::default(),
            effects: Family::default(),
            parked: Gauge::default(),
            oldest_waiting_seconds: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("deliveries", "Deliveries by what became of them", metrics.deliveries.clone());
        registry.register("waiting", "Items that wait in the inbox, by kind", metrics.waiting.clone());
        registry.register("effects", "Effects that are not done, by status", metrics.effects.clone());
        registry.register("parked", "Items that were set aside for an operator", metrics.parked.clone());
        registry.register(
            "oldest_waiting_seconds",
            "Age of the oldest waiting item",
            metrics.oldest_waiting_seconds.clone(),
        );
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts a delivery by what became of it.
    pub fn delivery(&self, became: &'static str) {
        self.deliveries.get_or_create(&[("became", became)]).inc();
    }

    fn fill(&self, counts: &Counts) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        // What is counted no more has come to rest; its last figure must not stay.
        self.waiting.clear();
        self.effects.clear();
        for (kind, count) in &counts.waiting {
            self.waiting.get_or_create(&[("kind", kind.as_str())]).set(number(*count));
        }
        for (status, count) in &counts.outbox {
            self.effects.get_or_create(&[("status", status.as_str())]).set(number(*count));
        }
        self.parked.set(number(counts.parked));
        self.oldest_waiting_seconds.set(counts.oldest_waiting.map_or(0, |age| age.as_secs()));
    }
}

/// All metrics. 503 where the store cannot be read.
pub(super) async fn show(State(web): State<Web>) -> Response {
    let Ok(counts) = web.engine.store.counts().await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read\n").into_response();
    };
    web.metrics.fill(&counts);
    let mut text = String::new();
    if encode(&mut text, &web.metrics.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
