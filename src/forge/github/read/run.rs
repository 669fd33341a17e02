//! The runs that a tag or release started. Runs of branches and pull requests are none of its business.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::query::RunsAsked;
use crate::domain::signal::Run;
use crate::forge::github::fault::Fault;
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::{WorkflowRun, started as told};

/// Two pages of a hundred: one commit rarely has more runs.
const PAGES: u32 = 2;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    workflow_runs: Vec<WorkflowRun>,
}

/// The runs on the commit that the tag, its push or its release started since then.
pub(super) async fn started(reader: &Reader<'_>, asked: &RunsAsked) -> Result<Vec<Run>, Fault> {
    let route = reader.repository().down("actions/runs").with("head_sha", &asked.commit);
    let route = route.with("per_page", 100);
    let runs = reader.caller.pages(&route, PAGES, |page: Page| page.workflow_runs, |_| false).await?;
    let mut runs: Vec<Run> = runs.iter().filter(|run| is_asked(run, asked)).filter_map(told).collect();
    runs.sort_by_key(|run| run.number);
    Ok(runs)
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
