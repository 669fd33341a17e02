//! Runs of workflows: started once, called off. Whether a run did what was wanted is not asked here.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::Made;
use crate::domain::id::{CommitId, TagName};
use crate::domain::signal::Run;
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::github::read::run as known;

/// A run that was started is listed within this time.
const LISTED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// The order may have been sent long after it was given, so a run is looked for at least so often.
const LOOKS: u32 = 4;

/// A run as it was ordered.
pub(super) struct Start<'a> {
    pub(super) file: &'a str,
    pub(super) tag: &'a TagName,
    pub(super) commit: &'a CommitId,
    pub(super) inputs: &'a BTreeMap<String, String>,
}

/// Which run was started; servers before 2026 do not tell.
#[derive(Deserialize)]
struct Details {
    workflow_run_id: Option<u64>,
    #[serde(default)]
    html_url: String,
}

/// Starts the run at the first attempt. Later ones only look: a dispatch has no key by which a second one would be known.
pub(super) async fn ensure_started(work: &Work<'_>, start: &Start<'_>) -> Result<Made, PerformError> {
    if work.may_be_done() {
        return find(work, start).await;
    }
    match dispatch(work, start).await.map_err(Fault::of_write)? {
        Some(Details { workflow_run_id: Some(number), html_url: page }) => Ok(Made::Run { number, page }),
        Some(Details { workflow_run_id: None, .. }) | None => find(work, start).await,
    }
}

/// Orders the run on the tag, spelled so that a branch of the same name cannot be meant (S13).
async fn dispatch(work: &Work<'_>, start: &Start<'_>) -> Result<Option<Details>, Fault> {
    let route = work.reader.repository().down("actions/workflows").then(start.file).then("dispatches");
    let plain = json!({ "ref": format!("refs/tags/{}", start.tag), "inputs": start.inputs });
    let mut detailed = plain.clone();
    detailed["return_run_details"] = json!(true);
    match work.reader.caller.order(&route, Some(detailed)).await {
        // An older server knows no such key and has started nothing. Where something else is wrong, it is so again.
        Err(Fault::Denied { status: 400 | 422, .. }) => work.reader.caller.order(&route, Some(plain)).await,
        answer => answer,
    }
}

/// The run that was started without our hearing which: it must be the only one that can be meant. None that is older than the one
/// ordered before it: orders of one workflow go one after the other, and numbers rise.
async fn find(work: &Work<'_>, start: &Start<'_>) -> Result<Made, PerformError> {
    let by = work.ourselves().await?.user;
    let asked = known::Ordered { file: start.file, commit: start.commit, by, since: work.order.ordered_at };
    let mut found = known::ordered(&work.reader, &asked).await.map_err(Fault::of_lookup)?;
    found.retain(|run| work.order.ordered_before().is_none_or(|before| run.number > before));
    match found.as_slice() {
        [Run { number, page, .. }] => Ok(Made::Run { number: *number, page: page.clone() }),
        [] if may_still_appear(work) => {
            let cause = anyhow::anyhow!("the run of `{}` is not listed yet", start.file);
            Err(PerformError::Unsure { cause })
        }
        [] => lost(format!("no run of {} on {} is listed", start.file, start.commit.short())),
        several => {
            let numbers: Vec<String> = several.iter().map(|run| run.number.to_string()).collect();
            lost(format!("several runs of {} may be meant: {}", start.file, numbers.join(", ")))
        }
    }
}

fn may_still_appear(work: &Work<'_>) -> bool {
    let waited = (work.github.api.now)().duration_since(work.order.ordered_at);
    work.order.attempt <= LOOKS || waited <= LISTED_WITHIN
}

fn lost(why: String) -> Result<Made, PerformError> {
    Err(PerformError::Lost { why })
}

/// Calls a run off. One that is over already is as it should be.
pub(super) async fn ensure_cancelled(work: &Work<'_>, number: u64) -> Result<Made, PerformError> {
    let route = known::one(&work.reader, number).then("cancel");
    match work.reader.caller.order::<IgnoredAny>(&route, None).await {
        Ok(_) => Ok(Made::Nothing),
        // Said of a run that is over, but also of one that cannot be called off just now.
        Err(Fault::Denied { status: 409, said }) => {
            if known::is_over(&work.reader, number).await.map_err(Fault::of_lookup)? {
                return Ok(Made::Nothing);
            }
            Err(Fault::NotSent(anyhow::anyhow!("not now: {said}")).of_write())
        }
        Err(fault) => Err(fault.of_write()),
    }
}
