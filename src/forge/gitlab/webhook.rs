//! Deliveries: authentic or not, on which lane, and what they mean. Nothing here asks the forge anything, so the same bytes always mean the same.

mod change;
mod deployment;
mod known;
mod note;
mod payload;
mod pipeline;
mod project;
mod repository;
mod signature;

use sha2::{Digest, Sha256};

use self::payload::{Attributes, Payload, Project};
use super::Names;
use crate::domain::id::{DeliveryId, Lane, ProjectPath};
use crate::domain::signal::{ProjectSeen, Signal};
use crate::forge::lenient::{lenient_structs, object};
use crate::forge::{Filed, Headers, Owner, Understood};

pub(super) use payload::actor;
pub(super) use signature::Keys;

const SIGNATURE: &str = "webhook-signature";
const SIGNED_NAME: &str = "webhook-id";
const NAME: &str = "idempotency-key";
const REQUEST: &str = "x-gitlab-event-uuid";

lenient_structs! { crate::forge::gitlab::webhook;
    /// What is needed to file a delivery, and no more.
    Envelope {
        object_kind: String,
        event_name: String,
        object_attributes: Attributes,
        project: Project,
        project_id: u64,
        path_with_namespace: String,
    }
}

/// The lane and key of a delivery. Project, group and system hooks all carry the project's number.
pub(super) fn file(names: &Names, headers: &Headers, body: &[u8]) -> Filed {
    match placed(names, headers, body) {
        Ok(filed) => filed,
        Err(reason) => Filed::Nowhere { reason },
    }
}

fn placed(names: &Names, headers: &Headers, body: &[u8]) -> Result<Filed, String> {
    let envelope: Envelope = object(body)?;
    let event = envelope.object_kind.or(envelope.event_name).ok_or("the delivery names no event")?;
    let number = envelope.project.as_ref().and_then(|project| project.id).or(envelope.project_id);
    let number = number.ok_or_else(|| format!("`{}` concerns no project", short(&event)))?;
    let path = envelope.project.and_then(|project| project.path_with_namespace);
    let path = path.or(envelope.path_with_namespace).and_then(|path| ProjectPath::parse(path).ok());
    let action = envelope.object_attributes.and_then(|attributes| attributes.action);
    let project = names.project(number);
    Ok(Filed::On {
        lane: Lane::Project(project.clone()),
        delivery: name(headers, body),
        owner: path.map(|path| Owner::Path(path.owner().to_lowercase())),
        project: Some(project),
        hint: is_hint(&event, action.as_deref()),
    })
}

/// What a delivery is known by when it comes again: under a signature the name that was signed, else the one that GitLab
/// keeps while it tries (17.4 and newer). Older ones are known by what they say, and by the request that made GitLab say it:
/// the same push may happen twice.
fn name(headers: &Headers, body: &[u8]) -> String {
    let signed = headers.only(SIGNATURE).and_then(|_| headers.only(SIGNED_NAME));
    let given = signed.or_else(|| headers.only(NAME)).filter(|name| DeliveryId::parse(*name).is_ok());
    if let Some(given) = given {
        return given.to_owned();
    }
    let mut digest = Sha256::new();
    digest.update(headers.only(REQUEST).unwrap_or_default());
    digest.update([0]);
    digest.update(body);
    format!("said-{}", hex::encode(digest.finalize()))
}

/// Whether a delivery only makes us fresher: what it says can be read at the forge at any later time.
fn is_hint(event: &str, action: Option<&str>) -> bool {
    match (event, action) {
        ("note" | "release" | "access_token", _) | ("merge_request", Some("close" | "merge")) => false,
        (other, _) => !other.starts_with("project_"),
    }
}

/// What a delivery means.
pub(super) fn understand(names: &Names, _headers: &Headers, body: &[u8]) -> Understood {
    let payload: Payload = match object(body) {
        Ok(payload) => payload,
        Err(reason) => return Understood { project: None, signal: ignored(reason) },
    };
    let Some(event) = payload.object_kind.as_deref().or(payload.event_name.as_deref()) else {
        return Understood { project: None, signal: ignored("the delivery names no event") };
    };
    let signal = meaning(event, &payload)
        .unwrap_or_else(|missing| ignored(format!("`{event}` without {}", missing.0)));
    Understood { project: seen(names, event, &payload), signal }
}

/// What a payload lacks although its event needs it.
struct Lacks(&'static str);

/// Either what it means, or what is missing to say so.
type Meaning = Result<Signal, Lacks>;

/// Routes only: each event's meaning lives with its noun. A system hook sends the same objects as the others do.
fn meaning(event: &str, payload: &Payload) -> Meaning {
    match event {
        "note" => note::spoken(payload),
        "merge_request" => change::touched(payload),
        "push" => repository::pushed(payload),
        "tag_push" => repository::tagged(payload),
        "release" => repository::release(payload),
        "milestone" => repository::milestone(payload),
        "pipeline" => pipeline::moved(payload),
        "build" => pipeline::job(payload),
        "deployment" => deployment::reported(payload),
        "access_token" => project::token_ends(payload),
        "project_destroy" | "project_rename" | "project_transfer" | "project_update" => {
            Ok(project::itself(event))
        }
        other => Ok(known::unused(other)),
    }
}

/// What the delivery says of the project in passing. That a project was made, or is no more, is no reason to join it.
fn seen(names: &Names, event: &str, payload: &Payload) -> Option<ProjectSeen> {
    if matches!(event, "project_create" | "project_destroy") {
        return None;
    }
    payload.project.as_ref().and_then(|project| project.seen(names)).or_else(|| project::seen(names, payload))
}

fn ignored(reason: impl Into<String>) -> Signal {
    Signal::Ignored { reason: reason.into() }
}

/// An action that this version has no use for, or has never heard of.
fn other_action(event: &str, action: Option<&str>) -> Signal {
    match action {
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
