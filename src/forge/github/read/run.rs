//! Runs: one by its number, those that a tag or release started, those that were ordered. What they mean for a promotion is not asked here.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::id::{ActorId, CommitId};
use crate::domain::query::{ReportedState, RunNow, RunsAsked};
use crate::domain::signal::Run;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::{WorkflowRun, started as told};
use crate::forge::route::Route;

/// Two pages of a hundred: one commit rarely has more runs.
const PAGES: u32 = 2;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    workflow_runs: Vec<WorkflowRun>,
}

/// The runs on the commit that the tag, its push or its release started since then.
pub(super) async fn started(reader: &Reader<'_>, asked: &RunsAsked) -> Result<Vec<Run>, Fault> {
    let route = all(reader).with("head_sha", &asked.commit).with("per_page", 100);
    let runs = reader.caller.pages(&route, PAGES, |page: Page| page.workflow_runs, |_| false).await?;
    let mut runs: Vec<Run> = runs.iter().filter(|run| is_asked(run, asked)).filter_map(told).collect();
    runs.sort_by_key(|run| run.number);
    Ok(runs)
}

/// A run as it is now.
pub(super) async fn now(reader: &Reader<'_>, number: u64) -> Result<Option<RunNow>, Fault> {
    let found: Option<WorkflowRun> = if_there(reader.caller.get(&one(reader, number)).await)?;
    let Some(found) = found else { return Ok(None) };
    let by = found.actor.as_ref().and_then(|actor| actor.id).map(ActorId);
    Ok(Some(RunNow {
        run: told(&found).ok_or_else(|| Fault::lacks("what a run must have"))?,
        state: state(&found),
        by: by.ok_or_else(|| Fault::lacks("who started a run"))?,
    }))
}

/// Only `success` is one: a workflow whose jobs were all skipped, or that waits for somebody, deployed nothing, and
/// `neutral` and `stale` say that nobody knows.
/// <https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run>
fn state(run: &WorkflowRun) -> ReportedState {
    match (run.status.as_deref(), run.conclusion.as_deref()) {
        (Some("completed"), Some("success")) => ReportedState::Success,
        (Some("completed"), _) => ReportedState::Failure,
        (Some("in_progress"), _) => ReportedState::InProgress,
        (_, _) => ReportedState::Queued,
    }
}

/// What is looked for when a run was ordered and nobody heard of it.
pub(in crate::forge::github) struct Ordered<'a> {
    pub(in crate::forge::github) file: &'a str,
    pub(in crate::forge::github) commit: &'a CommitId,
    pub(in crate::forge::github) by: ActorId,
    pub(in crate::forge::github) since: Timestamp,
}

/// The runs of a file on a commit that somebody ordered since then.
pub(in crate::forge::github) async fn ordered(
    reader: &Reader<'_>,
    asked: &Ordered<'_>,
) -> Result<Vec<Run>, Fault> {
    let route = all(reader).with("head_sha", asked.commit).with("event", "workflow_dispatch");
    let route = route.with("per_page", 100);
    let found = reader.caller.pages(&route, PAGES, |page: Page| page.workflow_runs, |_| false).await?;
    let is_asked = |run: &&WorkflowRun| {
        let by = run.actor.as_ref().and_then(|actor| actor.id);
        by == Some(asked.by.0)
            && run.event.as_deref() == Some("workflow_dispatch")
            && run.created_at.is_some_and(|at| at >= whole_second(asked.since))
    };
    let mut found: Vec<Run> = found.iter().filter(is_asked).filter_map(told).collect();
    found.retain(|run| run.file == asked.file && run.commit == *asked.commit);
    Ok(found)
}

/// Whether a run has come to its end, however.
pub(in crate::forge::github) async fn is_over(reader: &Reader<'_>, number: u64) -> Result<bool, Fault> {
    let found: WorkflowRun = reader.caller.get(&one(reader, number)).await?;
    Ok(found.status.as_deref() == Some("completed"))
}

fn all(reader: &Reader<'_>) -> Route {
    reader.repository().down("actions/runs")
}

/// Where one run is.
pub(in crate::forge::github) fn one(reader: &Reader<'_>, number: u64) -> Route {
    all(reader).then(number)
}

fn is_asked(run: &WorkflowRun, asked: &RunsAsked) -> bool {
    let cause = matches!(run.event.as_deref(), Some("push" | "create" | "release"));
    let on_tag = run.head_branch.as_deref() == Some(asked.tag.as_str());
    cause && on_tag && run.created_at.is_some_and(|at| at >= whole_second(asked.since))
}

/// GitHub tells times to the second: a run of the same second counts.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
