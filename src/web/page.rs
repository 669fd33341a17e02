//! Pages for people: what stands where, what waits for whom, one promotion with all that happened. Read-only, and only on a loopback address until there is a log-in. No rule lives here.

mod board;
mod frame;
mod live;
mod place;
mod promotion;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{Semaphore, watch};
use tracing::warn;

use super::Web;
use crate::domain::id::{ProjectId, PromotionId};
use place::Place;

/// What a page may load: its own style and script, nothing from elsewhere and nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How many pages are kept up to date at once; others are loaded again by hand.
const STREAMS: usize = 64;

/// What the pages need besides the engine.
#[derive(Clone)]
pub struct Pages {
    streams: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
}

impl Pages {
    /// Pages that are kept up to date until the process is asked to end.
    pub fn new(stopped: watch::Receiver<bool>) -> Self {
        Self { streams: Arc::new(Semaphore::new(STREAMS)), stopped }
    }
}

/// The pages. Where [`Web::pages`] is none, each of them says why there is none.
pub(super) fn router(web: &Web) -> Router<Web> {
    Router::new()
        .route("/", get(overview))
        .route("/live", get(overview_live))
        .route("/projects/{id}", get(project))
        .route("/projects/{id}/live", get(project_live))
        .route("/projects/{id}/promotions/{number}", get(promotion))
        .route("/projects/{id}/promotions/{number}/live", get(promotion_live))
        .route("/page.css", get(|| own("text/css; charset=utf-8", include_str!("page/page.css"))))
        .route("/page.svg", get(|| own("image/svg+xml", include_str!("page/page.svg"))))
        .route("/page.js", get(|| own("text/javascript; charset=utf-8", include_str!("page/page.js"))))
        .layer(middleware::from_fn_with_state(web.clone(), guard))
}

/// Only who sits at this machine may look: the listener is a loopback one, the name asked for too (no rebinding), and nobody
/// passed the request on.
async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = if web.pages.is_some() && is_from_here(request.headers()) {
        next.run(request).await
    } else {
        let why = "Pages are shown only on a loopback address until there is a log-in.\n";
        (StatusCode::NOT_FOUND, why).into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, value.parse().expect("it is a header's value"));
    }
    response
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let passed_on = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
    if passed_on.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    matches!(name.map_or(host, |(name, _)| name), "127.0.0.1" | "localhost" | "[::1]")
}

async fn own(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn overview(State(web): State<Web>) -> Response {
    shown(&web, Some(Place::Overview)).await
}

async fn overview_live(State(web): State<Web>) -> Response {
    kept_up(web, Some(Place::Overview)).await
}

async fn project(State(web): State<Web>, Path(id): Path<String>) -> Response {
    shown(&web, of_project(&id)).await
}

async fn project_live(State(web): State<Web>, Path(id): Path<String>) -> Response {
    kept_up(web, of_project(&id)).await
}

async fn promotion(State(web): State<Web>, Path(at): Path<(String, String)>) -> Response {
    shown(&web, of_promotion(&at)).await
}

async fn promotion_live(State(web): State<Web>, Path(at): Path<(String, String)>) -> Response {
    kept_up(web, of_promotion(&at)).await
}

fn of_project(id: &str) -> Option<Place> {
    id.parse().ok().map(Place::Project)
}

/// `7`, and also `p7` as people write it.
fn of_promotion((id, number): &(String, String)) -> Option<Place> {
    let id: ProjectId = id.parse().ok()?;
    let number = number.strip_prefix('p').unwrap_or(number).parse().ok()?;
    Some(Place::Promotion(id, PromotionId(number)))
}

async fn shown(web: &Web, place: Option<Place>) -> Response {
    let Some(place) = place else { return frame::missing().into_response() };
    match place.content(&web.engine).await {
        Ok(Some(content)) => frame::page(&place, &content, web.engine.clock.now()).into_response(),
        Ok(None) => frame::missing().into_response(),
        Err(error) => failed(web, &error).into_response(),
    }
}

async fn kept_up(web: Web, place: Option<Place>) -> Response {
    let (Some(place), Some(pages)) = (place, web.pages.clone()) else {
        return frame::missing().into_response();
    };
    // Who is told that there is nothing does not ask again.
    match place.content(&web.engine).await {
        Ok(Some(_)) => live::stream(web.engine, pages, place).into_response(),
        Ok(None) => frame::missing().into_response(),
        Err(error) => failed(&web, &error).into_response(),
    }
}

/// A page that could not be drawn: who looks gets a reference, the log the cause.
fn failed(web: &Web, error: &anyhow::Error) -> Response {
    let reference = web.engine.chance.incarnation();
    warn!(%reference, error = format!("{error:#}"), "a page could not be drawn");
    frame::failed(reference.as_str()).into_response()
}
