//! Which events GitHub makes of what happened, and their payloads. Signing and sending happen elsewhere.

mod project;
mod team;
mod thread;
mod work;

use serde_json::{Map, Value, json};

use super::shape;
use crate::sandbox::model::{Happening, Installation, Message, Model, Project, What};

/// One event, before the parts that all events have.
pub(super) struct Event {
    name: &'static str,
    action: Option<&'static str>,
    fields: Value,
}

impl Event {
    pub(super) fn of(name: &'static str, action: &'static str, fields: Value) -> Self {
        Self { name, action: Some(action), fields }
    }

    pub(super) fn bare(name: &'static str, fields: Value) -> Self {
        Self { name, action: None, fields }
    }
}

/// The messages that an installed app gets for a happening: none where no installation covers the project.
pub(crate) fn messages(model: &Model, happening: &Happening) -> Vec<Message> {
    let events = match (happening.project, happening.installation) {
        (Some(id), _) => {
            let Ok(project) = model.project(id) else { return Vec::new() };
            let Some(installation) = model.installation_of(project) else { return Vec::new() };
            if installation.suspended_at.is_some() {
                return Vec::new();
            }
            let mut events = thread::events(model, project, &happening.what);
            events.extend(project::events(model, project, happening));
            events.extend(work::events(model, project, &happening.what));
            return events
                .into_iter()
                .filter(|event| may_hear(installation, event.name))
                .map(|event| in_project(model, project, (installation, happening.actor), event))
                .collect();
        }
        (None, Some(id)) => installation_events(model, id, &happening.what),
        (None, None) => Vec::new(),
    };
    let id = happening.installation;
    events
        .into_iter()
        .map(|event| message(event, id, None, json!({ "sender": shape::user(model, happening.actor) })))
        .collect()
}

fn in_project(model: &Model, project: &Project, context: (&Installation, u64), event: Event) -> Message {
    let (installation, actor) = context;
    let repository =
        event.fields.get("repository").cloned().unwrap_or_else(|| shape::repository(model, project));
    let shared = json!({
        "repository": repository, "sender": shape::user(model, actor),
        "organization": shape::organization(model, project.owner),
        "installation": { "id": installation.id, "node_id": shape::node_id("MDI", installation.id) },
    });
    message(event, Some(installation.id), Some(project.id), shared)
}

fn message(event: Event, installation: Option<u64>, project: Option<u64>, shared: Value) -> Message {
    let mut payload = Map::new();
    if let Some(action) = event.action {
        payload.insert("action".into(), json!(action));
    }
    for part in [event.fields, shared] {
        if let Value::Object(part) = part {
            payload.extend(part);
        }
    }
    Message {
        event: event.name.to_owned(),
        action: event.action.map(str::to_owned),
        installation,
        project,
        payload: Value::Object(payload),
    }
}

/// Whether an installation may read what an event tells. What is not listed needs nothing that the bot can be without.
fn may_hear(installation: &Installation, event: &str) -> bool {
    let needed = match event {
        "deployment" | "deployment_status" => "deployments",
        "status" => "statuses",
        "workflow_run" => "actions",
        "member" | "membership" | "team" => "members",
        _ => return true,
    };
    installation.permissions.contains_key(needed)
}

fn installation_events(model: &Model, id: u64, what: &What) -> Vec<Event> {
    let known = model.installations.get(&id).or(match what {
        What::Uninstalled(gone) => Some(gone),
        _ => None,
    });
    let Some(one) = known else { return Vec::new() };
    if let Some(event) = team::event(model, one, what) {
        let is_told = one.suspended_at.is_none() && may_hear(one, event.name);
        return is_told.then_some(event).into_iter().collect();
    }
    let installation = shape::installation(model, one);
    let names = |ids: &[u64]| -> Vec<Value> {
        ids.iter()
            .filter_map(|id| model.projects.get(id))
            .map(|one| shape::repository_name(model, one))
            .collect()
    };
    let covered: Vec<u64> =
        model.projects.values().filter(|project| one.covers(project)).map(|one| one.id).collect();
    let whole = |action| {
        let fields =
            json!({ "installation": installation, "repositories": names(&covered), "requester": null });
        vec![Event::of("installation", action, fields)]
    };
    let some = |action, added: &[u64], removed: &[u64]| {
        let selection = if one.selected.is_some() { "selected" } else { "all" };
        vec![Event::of(
            "installation_repositories",
            action,
            json!({
                "installation": installation, "repository_selection": selection, "requester": null,
                "repositories_added": names(added), "repositories_removed": names(removed),
            }),
        )]
    };
    match what {
        What::Installed => whole("created"),
        What::Uninstalled(_) => whole("deleted"),
        What::Suspended => whole("suspend"),
        What::Unsuspended => whole("unsuspend"),
        What::ProjectsAdded(ids) => some("added", ids, &[]),
        What::ProjectsRemoved(ids) => some("removed", &[], ids),
        _ => Vec::new(),
    }
}
