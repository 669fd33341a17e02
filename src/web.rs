//! The HTTP mouth: webhooks, health, metrics, pages for people. No rule lives here.

pub mod health;
pub mod hook;
pub mod metrics;
pub mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::engine::Engine;
use metrics::Metrics;
use page::Pages;

/// The largest delivery that is taken: 25 MiB, GitHub's own cap for a webhook's payload.
pub const BODY_LIMIT: usize = 25 * 1024 * 1024;

/// What every route may use.
#[derive(Clone)]
pub struct Web {
    /// The engine.
    pub engine: Engine,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The pages; none where others than this machine could see them.
    pub pages: Option<Pages>,
}

/// All routes of the server.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/webhooks/{forge}", post(hook::receive))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route("/healthz", get(health::process))
        .route("/readyz", get(health::store))
        .route("/metrics", get(metrics::show))
        .merge(page::router(&web))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}
