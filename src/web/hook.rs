//! Deliveries come in here. The answer says whether it is kept, never what it means; a refusal tells a stranger nothing.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use tracing::{info, warn};

use super::Web;
use crate::domain::id::ForgeName;
use crate::engine::intake::{Received, Refused};
use crate::forge::Headers;

/// Helps whoever looks at the hook's log at the forge, and tells a stranger nothing of what was wrong.
const NOT_AUTHENTIC: &str = "not authentic: the hook must have the secret that Lockkeeper was given, and both clocks must agree \
                             within five minutes; Lockkeeper's log says what was wrong\n";

/// Takes a delivery in. The forge's own word for success once it is durable; 401 where it is not authentic; 413 over the limit; 503 where it could not be stored.
pub(super) async fn receive(
    State(web): State<Web>,
    Path(forge): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> (StatusCode, &'static str) {
    let forge = ForgeName::parse(forge).ok();
    let known = forge.and_then(|forge| Some((web.engine.acknowledgement(&forge)?, forge)));
    let Some((taken, forge)) = known else { return (StatusCode::NOT_FOUND, "no such forge\n") };
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            web.metrics.delivery("too_large");
            return (StatusCode::PAYLOAD_TOO_LARGE, "the body is over 25 MiB\n");
        }
        Err(_) => return (StatusCode::BAD_REQUEST, "the body could not be read\n"),
    };
    let headers = lower_case(&headers);
    match web.engine.take_in(&forge, &headers, body).await {
        Ok(received) => (taken, answer(&web, &received)),
        Err(Refused::NotAuthentic(why)) => {
            web.metrics.delivery("not_authentic");
            info!(%why, "a delivery was turned away");
            (StatusCode::UNAUTHORIZED, NOT_AUTHENTIC)
        }
        Err(Refused::NoSuchForge) => (StatusCode::NOT_FOUND, "no such forge\n"),
        Err(Refused::Store(error)) => {
            web.metrics.delivery("not_stored");
            warn!(error = %crate::engine::chain(&error), "a delivery could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again\n")
        }
    }
}

/// What is said to a delivery that was taken: it tells a stranger no more than its own forge.
fn answer(web: &Web, received: &Received) -> &'static str {
    let (counted, said) = match received {
        Received::Kept => ("kept", "kept\n"),
        Received::Again => ("again", "known\n"),
        Received::NotAdmitted => ("not_admitted", "not served here\n"),
        Received::Nowhere { .. } => ("nowhere", "nothing to do\n"),
    };
    web.metrics.delivery(counted);
    said
}

fn lower_case(headers: &HeaderMap) -> Headers {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Headers(headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect())
}
