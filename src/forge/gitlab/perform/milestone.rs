//! Milestones after a release: closed, and what is open in them moved on. What is to be done is not decided here.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::Made;
use crate::domain::place::Thread;
use crate::forge::PerformError;
use crate::forge::fault::Fault;

#[derive(Deserialize)]
struct Planned {
    milestone: Option<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

/// Closes it. One that is closed already stays so.
pub(super) async fn ensure_closed(work: &Work<'_>, number: u64) -> Result<Made, PerformError> {
    let route = work.project().then("milestones").then(number);
    let closed = work.api().put::<IgnoredAny>(&route, json!({ "state_event": "close" })).await;
    closed.map(|IgnoredAny| Made::Nothing).map_err(Fault::of_write)
}

/// Moves a merge request or an issue on, unless somebody moved it meanwhile.
pub(super) async fn ensure_carried(
    work: &Work<'_>,
    thread: Thread,
    (from, to): (u64, u64),
) -> Result<Made, PerformError> {
    let kind = match thread {
        Thread::Change(_) => "merge_requests",
        Thread::Issue(_) => "issues",
    };
    let route = work.project().then(kind).then(thread.number());
    let now: Planned = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    if now.milestone.is_none_or(|milestone| milestone.id != from) {
        return Ok(Made::Nothing);
    }
    let moved = work.api().put::<IgnoredAny>(&route, json!({ "milestone_id": to })).await;
    moved.map(|IgnoredAny| Made::Nothing).map_err(Fault::of_write)
}
