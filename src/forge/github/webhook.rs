//! Deliveries: authentic or not, on which lane, and what they mean. Nothing here asks the forge anything, so the same bytes always mean the same.

mod change;
mod check;
mod comment;
mod deployment;
mod install;
mod known;
mod payload;
mod repository;
mod signature;
mod work;

use self::payload::{Installation, Payload, Repository};
use super::Names;
use crate::domain::id::{DeliveryId, Lane};
use crate::domain::signal::{ProjectSeen, Signal};
use crate::forge::lenient::{lenient_structs, object};
use crate::forge::{Filed, Headers, Owner, Understood};

pub(super) use payload::{
    App, Check, Comment, CommitStatus, Deployment, DeploymentStatus, Repository as RepositorySeen, User,
    WorkflowRun,
};
pub(super) use signature::Secrets;
pub(super) use work::started;

const EVENT: &str = "x-github-event";
const DELIVERY: &str = "x-github-delivery";

lenient_structs! { crate::forge::github::webhook;
    /// What is needed to file a delivery, and no more.
    Envelope {
        action: String,
        repository: Repository,
        installation: Installation,
    }
}

/// The lane and key of a delivery.
pub(super) fn file(names: &Names, headers: &Headers, body: &[u8]) -> Filed {
    match placed(names, headers, body) {
        Ok(filed) => filed,
        Err(reason) => Filed::Nowhere { reason },
    }
}

fn placed(names: &Names, headers: &Headers, body: &[u8]) -> Result<Filed, String> {
    let event = headers.only(EVENT).ok_or("the delivery names no event")?;
    let delivery = headers.only(DELIVERY).ok_or("the delivery has no number of its own")?;
    DeliveryId::parse(delivery).map_err(|error| error.to_string())?;
    let envelope: Envelope = object(body)?;
    let project =
        envelope.repository.as_ref().and_then(|repository| repository.id).map(|id| names.project(id));
    let installation = envelope.installation.as_ref().and_then(|it| it.id).map(|id| names.installation(id));
    let lane = match (&project, installation) {
        // Which projects an installation covers is decided in one place, whatever project the delivery also names.
        (_, Some(installation)) if event.starts_with("installation") => Lane::Installation(installation),
        (Some(project), _) => Lane::Project(project.clone()),
        (None, Some(installation)) => Lane::Installation(installation),
        (None, None) => return Err(format!("`{event}` concerns no project and no installation")),
    };
    let owner = envelope.repository.as_ref().and_then(|repository| repository.owner.as_ref()?.id);
    let account = envelope.installation.as_ref().and_then(|it| it.account.as_ref()?.id);
    Ok(Filed::On {
        lane,
        delivery: delivery.to_owned(),
        owner: owner.or(account).map(Owner::Number),
        project,
        hint: is_hint(event, envelope.action.as_deref()),
    })
}

/// Whether a delivery only makes us fresher: what it says can be read at the forge at any later time.
fn is_hint(event: &str, action: Option<&str>) -> bool {
    match (event, action) {
        (
            "issue_comment"
            | "pull_request_review"
            | "pull_request_review_comment"
            | "release"
            | "repository",
            _,
        ) => false,
        ("pull_request", Some("closed")) => false,
        ("check_run" | "check_suite", Some("rerequested" | "requested_action")) => false,
        (other, _) => !other.starts_with("installation"),
    }
}

/// What a delivery means.
pub(super) fn understand(names: &Names, headers: &Headers, body: &[u8]) -> Understood {
    let Some(event) = headers.only(EVENT) else {
        return Understood { project: None, signal: ignored("the delivery names no event") };
    };
    let payload: Payload = match object(body) {
        Ok(payload) => payload,
        Err(reason) => return Understood { project: None, signal: ignored(reason) },
    };
    let project = seen(names, &payload);
    let signal = meaning(names, event, &payload)
        .unwrap_or_else(|missing| ignored(format!("`{event}` without {}", missing.0)));
    Understood { project, signal }
}

/// What a payload lacks although its event needs it.
pub(super) struct Lacks(&'static str);

/// Either what it means, or what is missing to say so.
type Meaning = Result<Signal, Lacks>;

/// Routes only: each event's meaning lives with its noun.
fn meaning(names: &Names, event: &str, payload: &Payload) -> Meaning {
    match event {
        "issue_comment" => comment::discussion(names, payload),
        "pull_request_review" => comment::review(names, payload),
        "pull_request_review_comment" => comment::remark(names, payload),
        "pull_request" => change::touched(payload),
        "check_run" | "check_suite" => check::touched(names, event, payload),
        "status" => check::status(payload),
        "deployment_status" => deployment::reported(names, payload),
        "push" => repository::pushed(payload),
        "create" | "delete" => repository::ref_made(event, payload),
        "release" => repository::release(payload),
        "milestone" => repository::milestone(payload),
        "repository" => repository::itself(payload),
        "workflow_run" => work::run(payload),
        "installation" => install::whole(names, payload),
        "installation_repositories" => install::projects(names, payload),
        other => Ok(known::unused(other, payload.action.as_deref())),
    }
}

fn seen(names: &Names, payload: &Payload) -> Option<ProjectSeen> {
    let repository = payload.repository.as_ref()?;
    let installation = payload.installation.as_ref().and_then(|it| it.id);
    repository.seen(names, installation)
}

fn ignored(reason: impl Into<String>) -> Signal {
    Signal::Ignored { reason: reason.into() }
}

/// An action that this version has no use for, or has never heard of.
fn other_action(event: &str, payload: &Payload, known: &[&str]) -> Signal {
    match payload.action.as_deref() {
        Some(action) if known.contains(&action) => ignored(format!("known, not used yet: {event}.{action}")),
        Some(action) => ignored(format!("unknown action: {event}.{}", short(action))),
        None => ignored(format!("`{event}` without an action")),
    }
}

/// A word from a payload, short enough for a reason.
fn short(word: &str) -> String {
    word.chars().take(60).collect()
}

#[cfg(test)]
mod tests;
