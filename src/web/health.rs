//! Whether the process lives, and whether it can do its work.

use axum::extract::State;
use axum::http::StatusCode;
use tracing::warn;

use super::Web;

/// 200 as long as the process answers.
pub(super) async fn process() -> &'static str {
    "ok\n"
}

/// 200 while the store takes writes, else 503.
pub(super) async fn store(State(web): State<Web>) -> (StatusCode, &'static str) {
    match web.engine.store.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            warn!(error = %crate::engine::chain(&error), "the store does not take writes");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not take writes\n")
        }
    }
}
