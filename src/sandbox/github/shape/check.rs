//! Check runs and workflow runs.

use serde_json::{Value, json};

use super::{api_url, app, maybe_time, node_id, repository, site_url, time, user};
use crate::sandbox::model::{Check, Model, Project, Run};

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
    json!({
        "id": one.id, "node_id": node_id("CR", one.id), "name": one.name, "head_sha": one.head_oid,
        "external_id": one.external_id.as_deref().unwrap_or_default(), "url": url, "html_url": html_url,
        "details_url": one.details_url.as_deref().unwrap_or(&html_url), "status": one.status,
        "conclusion": one.conclusion, "started_at": time(one.started_at),
        "completed_at": maybe_time(one.completed_at), "app": app(model), "pull_requests": pulls,
        "output": {
            "title": one.title, "summary": one.summary, "text": one.text, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": {
            "id": one.suite, "node_id": node_id("CS", one.suite), "head_branch": branch, "head_sha": one.head_oid,
            "status": one.status, "conclusion": one.conclusion,
            "url": format!("{}/check-suites/{}", api_url(model, project), one.suite), "before": null,
            "after": one.head_oid, "pull_requests": pulls, "app": app(model),
            "created_at": time(one.started_at), "updated_at": time(one.completed_at.unwrap_or(one.started_at)),
        },
    })
}

pub(crate) fn workflow(model: &Model, project: &Project, run: &Run) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let file = run.path.rsplit('/').next().unwrap_or_default();
    json!({
        "id": run.workflow, "node_id": node_id("W", run.workflow), "name": run.name, "path": run.path,
        "state": "active", "created_at": time(project.created_at), "updated_at": time(project.created_at),
        "url": format!("{api}/actions/workflows/{}", run.workflow),
        "html_url": format!("{site}/blob/{}/{}", project.default_branch, run.path),
        "badge_url": format!("{site}/workflows/{file}/badge.svg"),
    })
}

pub(crate) fn workflow_run(model: &Model, project: &Project, run: &Run) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let url = format!("{api}/actions/runs/{}", run.id);
    let head = project.git.commit(&run.head_oid).map(|commit| {
        json!({
            "id": commit.oid, "tree_id": commit.tree_oid(), "message": commit.message, "timestamp": time(commit.at),
            "author": { "name": commit.author.name, "email": commit.author.email },
            "committer": { "name": commit.author.name, "email": commit.author.email },
        })
    });
    json!({
        "id": run.id, "node_id": node_id("WFR", run.id), "name": run.name, "head_branch": run.head_ref,
        "head_sha": run.head_oid, "path": run.path, "display_title": run.name, "run_number": run.run_number,
        "run_attempt": 1, "event": run.event, "status": if run.conclusion.is_some() { "completed" } else { "queued" },
        "conclusion": run.conclusion, "workflow_id": run.workflow, "check_suite_id": run.suite,
        "check_suite_node_id": node_id("CS", run.suite), "url": url,
        "html_url": format!("{site}/actions/runs/{}", run.id), "pull_requests": [],
        "created_at": time(run.created_at), "updated_at": time(run.updated_at), "run_started_at": time(run.created_at),
        "actor": user(model, run.actor), "triggering_actor": user(model, run.actor),
        "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"),
        "check_suite_url": format!("{api}/check-suites/{}", run.suite), "artifacts_url": format!("{url}/artifacts"),
        "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"), "previous_attempt_url": null,
        "workflow_url": format!("{api}/actions/workflows/{}", run.workflow), "referenced_workflows": [],
        "head_commit": head, "repository": repository(model, project), "head_repository": repository(model, project),
    })
}
