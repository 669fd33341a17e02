//! A project, who works on it, its labels and its hook.

use serde_json::{Value, json};

use super::{GUEST, MAINTAINER, REPORTER, TOKEN};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::signature;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Delivery, DeliveryFate, Model, NewLabel, Project, Refusal, Role};

pub(super) static OPERATIONS: [Operation; 9] = [
    Operation { method: "GET", path: "/projects", need: TOKEN, act: projects },
    Operation {
        method: "GET",
        path: "/projects/{id}/hooks/{hook_id}/events",
        need: MAINTAINER,
        act: hook_events,
    },
    Operation { method: "GET", path: "/projects/{id}", need: GUEST, act: project },
    Operation { method: "GET", path: "/projects/{id}/members/all", need: GUEST, act: members },
    Operation { method: "GET", path: "/projects/{id}/members/all/{user_id}", need: GUEST, act: member },
    Operation { method: "GET", path: "/projects/{id}/labels", need: GUEST, act: labels },
    Operation { method: "POST", path: "/projects/{id}/labels", need: REPORTER, act: make_label },
    Operation { method: "GET", path: "/projects/{id}/hooks", need: MAINTAINER, act: hooks },
    Operation { method: "GET", path: "/projects/{id}/hooks/{hook_id}", need: MAINTAINER, act: hook },
];

/// The number of the one hook of each project.
const HOOK: u64 = 330;

/// The projects of which the bot is a member, the newest first: nobody else's are told here.
fn projects(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let least = call.asked("min_access_level").and_then(|text| text.parse().ok()).unwrap_or(0);
    let wanted = |one: &&Project| {
        let role = model.membership(one, call.caller.0);
        let is_archived = one.archived.to_string();
        role > Role::None
            && shape::level(role) >= least
            && call.admits("archived", &is_archived)
            && !one.is_gone
    };
    let found = model.projects.values().rev().filter(wanted);
    Ok(call.list(found.map(|one| shape::project(model, one)).collect()))
}

fn project(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, shape::project(model, model.project(call.project)?)))
}

fn members(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let found = shape::members_of(model, model.project(call.project)?);
    Ok(call.list(found.into_iter().map(|(id, role)| shape::member(model, id, role)).collect()))
}

fn member(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("user_id")?;
    let role = model.membership(model.project(call.project)?, id);
    if role == Role::None {
        return Err(Refusal::NotFound);
    }
    Ok(Reply::json(200, shape::member(model, id, role)))
}

fn labels(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(call.list(project.labels.values().map(|one| shape::label(project, one)).collect()))
}

fn make_label(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, color) = (call.required("name")?, call.required("color")?);
    let new = NewLabel { name, color, description: call.said("description").unwrap_or_default() };
    model.make_label(call.project, call.caller.0, new)?;
    let project = model.project(call.project)?;
    let made = project.labels.get(name).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::label(project, made)))
}

fn shaped(model: &Model, project: u64) -> Value {
    let mut value = json!({
        "id": HOOK, "url": "https://lockkeeper.example/webhooks/gitlab", "name": "lockkeeper", "description": null,
        "created_at": shape::time(model.app.created_at), "project_id": project, "enable_ssl_verification": true,
        "alert_status": "executable", "disabled_until": null, "url_variables": [], "custom_headers": [],
        "branch_filter_strategy": "all_branches", "custom_webhook_template": null,
        "token_present": model.hook.has_token, "signing_token_present": model.hook.is_signed,
        "push_events_branch_filter": "", "repository_update_events": false,
    });
    for event in ["push", "tag_push", "merge_requests", "issues", "note", "pipeline", "job", "deployment"] {
        value[format!("{event}_events")] = json!(true);
    }
    for event in ["releases", "milestone", "member", "resource_access_token", "confidential_note"] {
        value[format!("{event}_events")] = json!(true);
    }
    for event in ["confidential_issues", "wiki_page", "feature_flag", "emoji", "vulnerability"] {
        value[format!("{event}_events")] = json!(false);
    }
    value
}

fn hooks(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    Ok(call.list(vec![shaped(model, call.project)]))
}

fn hook(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    if call.number("hook_id")? != HOOK {
        return Err(Refusal::NotFound);
    }
    Ok(Reply::json(200, shaped(model, call.project)))
}

/// What the receiver of a delivery answered, in the words that they are sifted by.
fn outcome(one: &Delivery) -> (&'static str, String) {
    match one.fate {
        DeliveryFate::Answered(code @ 200..=399) => ("successful", code.to_string()),
        DeliveryFate::Answered(code @ 400..=499) => ("client_failure", code.to_string()),
        DeliveryFate::Answered(code) => ("server_failure", code.to_string()),
        DeliveryFate::Waiting | DeliveryFate::Lost | DeliveryFate::Unreachable => {
            ("server_failure", "internal error".to_owned())
        }
    }
}

/// Newest first; what is secret in the headers is blotted out.
fn hook_events(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let told = model.post.log.iter().rev().filter(|one| {
        let is_sent = one.fate != DeliveryFate::Waiting && one.message.project == Some(call.project);
        is_sent && call.admits("status", outcome(one).0)
    });
    let items = told.map(|one| {
        let headers: serde_json::Map<String, Value> = signature::envelope(model, one)
            .headers
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "x-gitlab-token" | "webhook-signature"))
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        json!({
            "id": one.id, "url": "https://lockkeeper.example/webhooks/gitlab", "trigger": one.message.event,
            "request_headers": headers, "request_data": one.message.payload, "response_headers": {},
            "response_body": "", "execution_duration": 0.1, "response_status": outcome(one).1,
            "created_at": shape::time(one.at),
        })
    });
    Ok(call.list(items.collect()))
}
