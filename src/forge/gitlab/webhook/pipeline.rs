//! Pipelines and their jobs. Which of them a release started, and what their result means, is not asked here.

use super::payload::{Payload, commit};
use super::{Lacks, Meaning};
use crate::domain::signal::{Run, Signal};

/// The file that describes a pipeline where the project names no other.
const FILE: &str = ".gitlab-ci.yml";

/// What a pipeline is called while none of its jobs ran.
const BEGINS: [&str; 4] = ["created", "waiting_for_resource", "preparing", "pending"];

/// `pipeline`. One that somebody asked for (we, at a promotion) is none that the tag started.
pub(super) fn moved(payload: &Payload) -> Meaning {
    let pipeline = payload.object_attributes.as_ref().ok_or(Lacks("its pipeline"))?;
    let run = Run {
        number: pipeline.id.ok_or(Lacks("its number"))?,
        commit: commit(pipeline.sha.as_deref()).ok_or(Lacks("its commit"))?,
        on: pipeline.reference.clone(),
        file: file(payload),
        page: pipeline.url.clone().unwrap_or_default(),
    };
    let begins = pipeline.status.as_deref().is_some_and(|status| BEGINS.contains(&status));
    let by_itself = pipeline.source.as_deref() == Some("push");
    Ok(if begins && by_itself { Signal::RunStarted(run) } else { Signal::RunMoved(run) })
}

fn file(payload: &Payload) -> String {
    let named = payload.project.as_ref().and_then(|project| project.ci_config_path.clone());
    named.filter(|path| !path.is_empty()).unwrap_or_else(|| FILE.to_owned())
}

/// `build`: a job, which is a check of its commit. The number that stands at `commit.id` is the pipeline's.
pub(super) fn job(payload: &Payload) -> Meaning {
    let commit = commit(payload.sha.as_deref()).ok_or(Lacks("its commit"))?;
    Ok(Signal::CheckReported { commit })
}
