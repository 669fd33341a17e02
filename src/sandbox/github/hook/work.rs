//! Events of what machines report: checks, statuses, workflow runs, deployments; and who may work on a project.

use serde_json::{Value, json};

use super::super::shape;
use super::Event;
use crate::sandbox::model::{Model, Project, What};

pub(super) fn events(model: &Model, project: &Project, what: &What) -> Vec<Event> {
    checked(model, project, what)
        .or_else(|| ran(model, project, what))
        .or_else(|| deployed(model, project, what))
        .or_else(|| let_in(model, project, what))
        .into_iter()
        .collect()
}

fn checked(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let check = |action, id: &u64, mut fields: Value| {
        fields["check_run"] = shape::check_run(model, project, project.checks.get(id)?);
        Some(Event::of("check_run", action, fields))
    };
    // Only the app that made a check run hears of its buttons.
    let own = |id: &u64| project.checks.get(id).filter(|check| check.app == model.app.bot).map(|_| ());
    match what {
        What::CheckCreated(id) => check("created", id, json!({})),
        What::CheckCompleted(id) => check("completed", id, json!({})),
        What::CheckRerequested(id) => own(id).and_then(|()| check("rerequested", id, json!({}))),
        What::CheckActionRequested { id, identifier } => own(id).and_then(|()| {
            check("requested_action", id, json!({ "requested_action": { "identifier": identifier } }))
        }),
        What::StatusCreated(id) => {
            let status = project.statuses.get(id)?;
            let mut fields = shape::status(model, project, status);
            let commit = shape::commit(model, project, project.git.commit(&status.oid)?);
            let more = json!({
                "sha": status.oid, "name": model.path_of(project), "commit": commit,
                "branches": branches(model, project, &status.oid),
            });
            shape::merge(&mut fields, more);
            Some(Event::bare("status", fields))
        }
        _ => None,
    }
}

/// The branches that have a commit at their head; GitHub lists at most ten.
fn branches(model: &Model, project: &Project, oid: &str) -> Vec<Value> {
    let found = project.git.refs_under("refs/heads/").filter(|(_, head)| *head == oid).take(10);
    let url = format!("{}/commits/{oid}", shape::api_url(model, project));
    let branch = |name: &str| json!({ "name": name, "commit": { "sha": oid, "url": url }, "protected": project.protected.contains(name) });
    found.map(|(name, _)| branch(name)).collect()
}

fn ran(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let run = |action, id: &u64| {
        let run = project.runs.get(id)?;
        let fields = json!({
            "workflow": shape::workflow(model, project, run),
            "workflow_run": shape::workflow_run(model, project, run),
        });
        Some(Event::of("workflow_run", action, fields))
    };
    match what {
        What::RunRequested(id) => run("requested", id),
        What::RunBegan(id) => run("in_progress", id),
        What::RunCompleted(id) => run("completed", id),
        _ => None,
    }
}

fn deployed(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let fields = |id: &u64| {
        let deployment = project.deployments.get(id)?;
        let run = deployment.run.and_then(|id| project.runs.get(&id));
        Some(json!({
            "deployment": shape::deployment(model, project, deployment),
            "workflow": run.map(|run| shape::workflow(model, project, run)),
            "workflow_run": run.map(|run| run_of_deployment(model, project, run)),
        }))
    };
    match what {
        What::DeploymentCreated(id) => Some(Event::of("deployment", "created", fields(id)?)),
        What::DeploymentReported { deployment: id, status } => {
            let deployment = project.deployments.get(id)?;
            let status = deployment.statuses.iter().find(|one| one.id == *status)?;
            let mut fields = fields(id)?;
            fields["deployment_status"] = shape::deployment_status(model, project, deployment, status);
            fields["check_run"] = Value::Null;
            Some(Event::of("deployment_status", "created", fields))
        }
        _ => None,
    }
}

/// A run as the events of a deployment carry it: without its commit, and with no null for a branch.
fn run_of_deployment(model: &Model, project: &Project, run: &crate::sandbox::model::Run) -> Value {
    let mut value = shape::workflow_run(model, project, run);
    value["head_commit"] = Value::Null;
    value["head_branch"] = json!(run.head_ref.as_deref().unwrap_or_default());
    value
}

fn let_in(model: &Model, project: &Project, what: &What) -> Option<Event> {
    match what {
        What::CollaboratorAdded(id) => {
            let role = shape::role_names(project.roles.get(id).copied()?).0;
            let changes = json!({ "permission": { "to": role }, "role_name": { "to": role } });
            let fields = json!({ "member": shape::user(model, *id), "changes": changes });
            Some(Event::of("member", "added", fields))
        }
        What::CollaboratorRemoved(id) => {
            Some(Event::of("member", "removed", json!({ "member": shape::user(model, *id) })))
        }
        _ => None,
    }
}
