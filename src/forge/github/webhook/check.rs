//! Checks and statuses: one was reported, or somebody asks for our preview again by its button. What a result means is not asked here.

use super::payload::{Check, Payload, commit};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::id::ChangeNumber;
use crate::domain::signal::Signal;
use crate::forge::github::Names;

/// `check_run` and `check_suite`. Only its own App hears of a button.
pub(super) fn touched(names: &Names, event: &str, payload: &Payload) -> Meaning {
    let check = payload.check_run.as_ref().or(payload.check_suite.as_ref()).ok_or(Lacks("its check"))?;
    match (event, payload.action.as_deref()) {
        (_, Some("rerequested" | "requested_action")) => Ok(preview_asked(event, check)),
        ("check_run", Some("created" | "completed")) | ("check_suite", Some("completed")) => {
            reported(names, event, check)
        }
        _ => Ok(other_action(event, payload, &["requested"])),
    }
}

/// `status`.
pub(super) fn status(payload: &Payload) -> Meaning {
    let commit = commit(payload.sha.as_ref()).ok_or(Lacks("its commit"))?;
    Ok(Signal::CheckReported { commit })
}

fn preview_asked(event: &str, check: &Check) -> Signal {
    let number = check.pull_requests.iter().flatten().find_map(|pull| pull.number);
    number.map_or_else(
        || ignored(format!("`{event}` asks for a preview and names no pull request of this project")),
        |number| Signal::PreviewAsked { change: ChangeNumber(number) },
    )
}

fn reported(names: &Names, event: &str, check: &Check) -> Meaning {
    if check.app.as_ref().is_some_and(|app| names.is_us(app)) {
        return Ok(ignored(format!("`{event}` of our own preview")));
    }
    let commit = commit(check.head_sha.as_ref()).ok_or(Lacks("its commit"))?;
    Ok(Signal::CheckReported { commit })
}
