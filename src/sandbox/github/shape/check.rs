//! Check runs and commit statuses.

use serde_json::{Value, json};

use super::{api_url, app_of, maybe_time, node_id, repository, site_url, time, user};
use crate::sandbox::model::{Check, Model, Project, Status};

/// The pull requests whose head is a commit, in the few fields that checks carry.
fn pulls_at(model: &Model, project: &Project, oid: &str) -> Vec<Value> {
    let api = api_url(model, project);
    let repo = json!({ "id": project.id, "url": api, "name": project.name });
    let pulls = project.threads.values().filter(|thread| thread.is_open).filter_map(|thread| {
        let pull = thread.pull.as_ref().filter(|pull| pull.head_oid == oid)?;
        Some(json!({
            "id": thread.id + 500_000, "number": thread.number, "url": format!("{api}/pulls/{}", thread.number),
            "head": { "ref": pull.head, "sha": pull.head_oid, "repo": repo },
            "base": { "ref": pull.base, "sha": pull.base_oid, "repo": repo },
        }))
    });
    pulls.collect()
}

pub(crate) fn check_run(model: &Model, project: &Project, one: &Check) -> Value {
    let url = format!("{}/check-runs/{}", api_url(model, project), one.id);
    let html_url = format!("{}/runs/{}", site_url(model, project), one.id);
    let branch = project.threads.values().filter_map(|thread| thread.pull.as_ref());
    let branch = branch.filter(|pull| pull.head_oid == one.head_oid).map(|pull| pull.head.as_str()).next();
    let pulls = pulls_at(model, project, &one.head_oid);
    let app = app_of(model, one.app);
    json!({
        "id": one.id, "node_id": node_id("CR", one.id), "name": one.name, "head_sha": one.head_oid,
        "external_id": one.external_id.as_deref().unwrap_or_default(), "url": url, "html_url": html_url,
        "details_url": one.details_url.as_deref().unwrap_or(&html_url), "status": one.status,
        "conclusion": one.conclusion, "started_at": time(one.started_at),
        "completed_at": maybe_time(one.completed_at), "app": app, "pull_requests": pulls,
        "output": {
            "title": one.title, "summary": one.summary, "text": one.text, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": {
            "id": one.suite, "node_id": node_id("CS", one.suite), "head_branch": branch, "head_sha": one.head_oid,
            "status": one.status, "conclusion": one.conclusion,
            "url": format!("{}/check-suites/{}", api_url(model, project), one.suite), "before": null,
            "after": one.head_oid, "pull_requests": pulls, "app": app,
            "created_at": time(one.started_at), "updated_at": time(one.completed_at.unwrap_or(one.started_at)),
        },
    })
}

fn simple_status(model: &Model, project: &Project, one: &Status) -> Value {
    json!({
        "id": one.id, "node_id": node_id("SC", one.id), "state": one.state, "context": one.context,
        "description": one.description, "target_url": one.target_url,
        "url": format!("{}/statuses/{}", api_url(model, project), one.oid),
        "avatar_url": format!("{}/avatars/{}", model.addresses.site, one.creator),
        "created_at": time(one.created_at), "updated_at": time(one.created_at),
    })
}

pub(crate) fn status(model: &Model, project: &Project, one: &Status) -> Value {
    let mut value = simple_status(model, project, one);
    value["creator"] = user(model, one.creator);
    value
}

/// What the newest statuses of a commit come to; `pending` where there is none.
pub(crate) fn combined_status(model: &Model, project: &Project, oid: &str) -> Value {
    let statuses = project.statuses_of(oid);
    let is_any = |states: &[&str]| statuses.iter().any(|one| states.contains(&one.state.as_str()));
    let state = match () {
        () if is_any(&["error", "failure"]) => "failure",
        () if statuses.is_empty() || is_any(&["pending"]) => "pending",
        () => "success",
    };
    let commit = format!("{}/commits/{oid}", api_url(model, project));
    let items: Vec<Value> = statuses.iter().map(|one| simple_status(model, project, one)).collect();
    json!({
        "state": state, "sha": oid, "total_count": items.len(), "statuses": items,
        "repository": repository(model, project), "url": format!("{commit}/status"), "commit_url": commit,
    })
}
