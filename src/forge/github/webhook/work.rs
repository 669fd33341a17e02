//! Runs of the forge's own automation. Which of them a release started is not asked here.

use super::payload::{Payload, WorkflowRun, commit};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::signal::{Run, Signal};

/// `workflow_run`.
pub(super) fn run(payload: &Payload) -> Meaning {
    let signal = match payload.action.as_deref() {
        Some("requested") => Signal::RunStarted,
        Some("in_progress" | "completed") => Signal::RunMoved,
        _ => return Ok(other_action("workflow_run", payload, &[])),
    };
    let run = payload.workflow_run.as_ref().ok_or(Lacks("its run"))?;
    if run.head_branch.as_deref().is_some_and(|branch| branch.starts_with("gh-readonly-queue/")) {
        return Ok(ignored("a run for GitHub's merge queue"));
    }
    // A run that somebody asked for (we, at a deployment) is none that the tag or the release started.
    if payload.action.as_deref() == Some("requested") && run.event.as_deref() == Some("workflow_dispatch") {
        return Ok(ignored("a run that was started by hand or by a promotion"));
    }
    started(run).map(signal).ok_or(Lacks("what a run must have"))
}

/// A run, where it says enough.
pub(in crate::forge::github) fn started(run: &WorkflowRun) -> Option<Run> {
    Some(Run {
        number: run.id?,
        commit: commit(run.head_sha.as_ref())?,
        on: run.head_branch.clone(),
        file: file(run),
        page: run.html_url.clone().unwrap_or_default(),
    })
}

/// The file's name without its folder, and without the `@ref` that GitHub puts behind files of other repositories.
fn file(run: &WorkflowRun) -> String {
    let path = run.path.as_deref().or(run.name.as_deref()).unwrap_or_default();
    let path = path.split('@').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
