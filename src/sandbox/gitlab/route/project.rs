//! A project, who works on it, its labels and its hook.

use serde_json::{Value, json};

use super::{GUEST, MAINTAINER};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Refusal, Role};

pub(super) static OPERATIONS: [Operation; 6] = [
    Operation { method: "GET", path: "/projects/{id}", need: GUEST, act: project },
    Operation { method: "GET", path: "/projects/{id}/members/all", need: GUEST, act: members },
    Operation { method: "GET", path: "/projects/{id}/members/all/{user_id}", need: GUEST, act: member },
    Operation { method: "GET", path: "/projects/{id}/labels", need: GUEST, act: labels },
    Operation { method: "GET", path: "/projects/{id}/hooks", need: MAINTAINER, act: hooks },
    Operation { method: "GET", path: "/projects/{id}/hooks/{hook_id}", need: MAINTAINER, act: hook },
];

/// The number of the one hook of each project.
const HOOK: u64 = 330;

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
