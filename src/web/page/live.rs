//! Keeping a page up to date: whenever what stands on it has changed, it is sent anew. What stands on it is `place`'s.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tracing::warn;

use super::place::{Content, Place};
use super::{Pages, frame};
use crate::engine::Engine;

/// Changes that come together are drawn together.
const PAUSE: Duration = Duration::from_millis(200);

/// What another replica stores is seen this late.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often a connection says that it lives.
const PULSE: Duration = Duration::from_secs(15);

/// Somebody who looks at a page.
struct Onlooker {
    engine: Engine,
    place: Place,
    stored: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
    /// What was sent last.
    seen: Option<String>,
    _permit: OwnedSemaphorePermit,
}

/// The page, and again whenever it changed; 503 where too many look.
pub(super) fn stream(engine: Engine, pages: Pages, place: Place) -> Response {
    let Ok(permit) = pages.streams.try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many pages are open; load this one again\n")
            .into_response();
    };
    let stored = engine.store.work_stored();
    let onlooker = Onlooker { engine, place, stored, stopped: pages.stopped, seen: None, _permit: permit };
    Sse::new(events(onlooker)).keep_alive(KeepAlive::new().interval(PULSE)).into_response()
}

fn events(onlooker: Onlooker) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(onlooker, |mut onlooker| async move {
        loop {
            if onlooker.seen.is_some() && onlooker.waits().await == Woken::ToEnd {
                return None;
            }
            onlooker.stored.mark_unchanged();
            match onlooker.place.content(&onlooker.engine).await {
                Ok(Some(content)) => {
                    if let Some(event) = onlooker.news(content) {
                        return Some((Ok(event), onlooker));
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    warn!(error = format!("{error:#}"), "a page could not be drawn anew");
                    return None;
                }
            }
        }
    })
}

#[derive(PartialEq, Eq)]
enum Woken {
    ToLook,
    ToEnd,
}

impl Onlooker {
    async fn waits(&mut self) -> Woken {
        tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => return Woken::ToEnd,
            _ = self.stored.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => Woken::ToEnd,
            () = tokio::time::sleep(PAUSE) => Woken::ToLook,
        }
    }

    /// What is sent, where it says something else than what was sent last.
    fn news(&mut self, content: Content) -> Option<Event> {
        let html = content.main.into_string();
        if self.seen.as_ref() == Some(&html) {
            return None;
        }
        let as_of = frame::as_of(self.engine.clock.now());
        let event = Event::default()
            .json_data(json!({ "title": content.title, "html": html, "as_of": as_of.into_string() }));
        self.seen = Some(html);
        Some(event.expect("texts are JSON"))
    }
}
