//! Workflows and their runs.

use serde_json::{Value, json};

use super::{api_url, node_id, repository, site_url, time, user};
use crate::sandbox::model::{Model, Project, Run};

pub(crate) fn workflow(model: &Model, project: &Project, run: &Run) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let file = run.file();
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
        "run_attempt": 1, "event": run.event, "status": run.status(),
        "conclusion": run.conclusion, "workflow_id": run.workflow, "check_suite_id": run.suite,
        "check_suite_node_id": node_id("CS", run.suite), "url": url,
        "html_url": format!("{site}/actions/runs/{}", run.id), "pull_requests": [],
        "created_at": time(run.created_at), "updated_at": time(run.updated_at), "run_started_at": time(run.began_at.unwrap_or(run.created_at)),
        "actor": user(model, run.actor), "triggering_actor": user(model, run.actor),
        "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"),
        "check_suite_url": format!("{api}/check-suites/{}", run.suite), "artifacts_url": format!("{url}/artifacts"),
        "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"), "previous_attempt_url": null,
        "workflow_url": format!("{api}/actions/workflows/{}", run.workflow), "referenced_workflows": [],
        "head_commit": head, "repository": repository(model, project), "head_repository": repository(model, project),
    })
}
