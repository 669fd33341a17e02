//! Deployments, their statuses, and environments.

use serde_json::{Value, json};

use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{Deployed, Deployment, DeploymentDraft, Model, Project, Refusal, StatusDraft};

const READ: Need = Need::Token(&[("deployments", "read")]);
const WRITE: Need = Need::Token(&[("deployments", "write")]);
const READ_ACTIONS: Need = Need::Token(&[("actions", "read")]);

pub(super) static OPERATIONS: [Operation; 6] = [
    Operation { method: "GET", path: "/repos/{owner}/{repo}/deployments", need: READ, act: deployments },
    Operation { method: "POST", path: "/repos/{owner}/{repo}/deployments", need: WRITE, act: create },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}",
        need: READ,
        act: deployment,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        need: READ,
        act: statuses,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        need: WRITE,
        act: report,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/environments",
        need: READ_ACTIONS,
        act: environments,
    },
];

/// Newest first.
fn deployments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let is = |name: &str, value: &str| call.asked(name).is_none_or(|asked| asked == value);
    let wanted = |one: &&Deployment| {
        is("environment", &one.environment)
            && is("sha", &one.oid)
            && is("ref", &one.reference)
            && is("task", &one.task)
    };
    let found = project.deployments.values().rev().filter(wanted);
    Ok(call.list(found.map(|one| shape::deployment(model, project, one)).collect()))
}

fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Deployment, Refusal> {
    project.deployments.get(&call.number("deployment_id")?).ok_or(Refusal::NotFound)
}

fn deployment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::deployment(model, project, found(project, call)?)))
}

/// What is not said is as GitHub has it: merge first, and every check must be green.
fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let text = |name: &str| call.said(name).map(str::to_owned);
    let claim = |name: &str| call.body.get(name).and_then(Value::as_bool);
    let contexts = call.body.get("required_contexts").and_then(Value::as_array);
    let draft = DeploymentDraft {
        reference: call.required("ref")?.to_owned(),
        environment: text("environment"),
        task: text("task"),
        auto_merge: claim("auto_merge") != Some(false),
        required_contexts: contexts
            .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        payload: call.body.get("payload").cloned().unwrap_or_default(),
        description: text("description"),
        is_transient: claim("transient_environment") == Some(true),
        is_production: claim("production_environment"),
        run: None,
    };
    match model.create_deployment(call.project, model.app.bot, draft)? {
        Deployed::Merged(what) => Ok(Reply::json(202, json!({ "message": what }))),
        Deployed::Made(id) => {
            let project = model.project(call.project)?;
            let made = project.deployments.get(&id).ok_or(Refusal::NotFound)?;
            Ok(Reply::json(201, shape::deployment(model, project, made)))
        }
    }
}

/// Newest first.
fn statuses(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let deployment = found(project, call)?;
    let newest_first = deployment.statuses.iter().rev();
    let items = newest_first.map(|one| shape::deployment_status(model, project, deployment, one));
    Ok(call.list(items.collect()))
}

fn report(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let text = |name: &str| call.said(name).map(str::to_owned);
    let id = found(model.project(call.project)?, call)?.id;
    let state = call.required("state")?;
    if state == "cancelled" {
        return Err(Refusal::Invalid("state is not included in the list".into()));
    }
    let draft = StatusDraft {
        state: state.to_owned(),
        description: text("description").unwrap_or_default(),
        environment: text("environment"),
        environment_url: text("environment_url").unwrap_or_default(),
        log_url: text("log_url").or_else(|| text("target_url")).unwrap_or_default(),
        keeps_others: call.body.get("auto_inactive").and_then(Value::as_bool) == Some(false),
    };
    let status = model.report(call.project, model.app.bot, id, draft)?;
    let project = model.project(call.project)?;
    let deployment = found(project, call)?;
    let made = deployment.statuses.iter().find(|one| one.id == status).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::deployment_status(model, project, deployment, made)))
}

fn environments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let items = project.environments.values().map(|one| shape::environment(model, project, one));
    Ok(call.counted_list("environments", items.collect()))
}
