//! Which webhooks GitLab makes of what happened, and their payloads. Signing and sending happen elsewhere.

mod project;
mod thread;
mod work;

use serde_json::Value;

use crate::sandbox::model::{Happening, Message, Model};

/// One webhook: the header that names it, what was done, and the body.
pub(super) struct Event {
    name: &'static str,
    action: Option<&'static str>,
    body: Value,
}

impl Event {
    pub(super) fn of(name: &'static str, action: &'static str, body: Value) -> Self {
        Self { name, action: Some(action), body }
    }

    pub(super) fn bare(name: &'static str, body: Value) -> Self {
        Self { name, action: None, body }
    }
}

/// The messages that the bot's hook gets for a happening: none of a project that its token does not reach.
pub(crate) fn messages(model: &Model, happening: &Happening) -> Vec<Message> {
    let Some(id) = happening.project else { return project::of_group(model, happening) };
    let Ok(project) = model.project(id) else { return Vec::new() };
    if model.installation_of(project).is_none() {
        return Vec::new();
    }
    let mut events = thread::events(model, project, happening);
    events.extend(project::events(model, project, happening));
    events.extend(work::events(model, project, happening));
    events.into_iter().map(|event| message(event, Some(id))).collect()
}

fn message(event: Event, project: Option<u64>) -> Message {
    Message {
        event: event.name.to_owned(),
        action: event.action.map(str::to_owned),
        installation: None,
        project,
        payload: event.body,
    }
}
