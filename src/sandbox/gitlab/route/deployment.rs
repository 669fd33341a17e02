//! Deployments and environments.

use serde_json::Value;

use super::{DEVELOPER, GUEST, REPORTER};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{
    Deployed, Deployment, DeploymentDraft, Environment, Model, Project, Refusal, StatusDraft,
};

pub(super) static OPERATIONS: [Operation; 7] = [
    Operation { method: "GET", path: "/projects/{id}/environments", need: REPORTER, act: environments },
    Operation {
        method: "POST",
        path: "/projects/{id}/environments",
        need: DEVELOPER,
        act: create_environment,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/environments/{environment_id}",
        need: REPORTER,
        act: environment,
    },
    Operation { method: "GET", path: "/projects/{id}/deployments", need: GUEST, act: deployments },
    Operation { method: "POST", path: "/projects/{id}/deployments", need: DEVELOPER, act: create },
    Operation {
        method: "GET",
        path: "/projects/{id}/deployments/{deployment_id}",
        need: GUEST,
        act: deployment,
    },
    Operation {
        method: "PUT",
        path: "/projects/{id}/deployments/{deployment_id}",
        need: DEVELOPER,
        act: report,
    },
];

fn environments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let wanted = |one: &&Environment| {
        call.asked("name").is_none_or(|name| name == one.name)
            && call.asked("search").is_none_or(|text| one.name.contains(text))
    };
    Ok(call.list(project.environments.values().filter(wanted).map(shape::environment).collect()))
}

fn environment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (id, project) = (call.number("environment_id")?, model.project(call.project)?);
    let found = project.environments.values().find(|one| one.id == id);
    let mut value = shape::environment(found.ok_or(Refusal::Absent("Environment"))?);
    let name = value["name"].as_str().unwrap_or_default().to_owned();
    let newest = project.deployments_to(&name).next_back();
    value["last_deployment"] = newest.map_or(Value::Null, |newest| shape::deployment(model, project, newest));
    Ok(Reply::json(200, value))
}

fn create_environment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = call.required("name")?.to_owned();
    let (id, created_at) = (model.next_id(), model.now());
    let project = model.project_mut(call.project)?;
    if project.environments.contains_key(&name) {
        return Err(Refusal::Invalid("Name has already been taken".into()));
    }
    let made = Environment { id, name: name.clone(), created_at };
    let value = shape::environment(&made);
    project.environments.insert(name, made);
    Ok(Reply::json(201, value))
}

/// Oldest first, unless asked otherwise.
fn deployments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let wanted = |one: &&Deployment| {
        call.admits("environment", &one.environment)
            && call.admits("status", shape::deployment_status(one))
            && call.admits_moment("updated", one.updated_at)
    };
    let mut found: Vec<&Deployment> = project.deployments.values().filter(wanted).collect();
    if call.asked("order_by") == Some("updated_at") {
        found.sort_by_key(|one| (one.updated_at, one.id));
    }
    if call.asked("sort") == Some("desc") {
        found.reverse();
    }
    Ok(call.list(found.into_iter().map(|one| shape::deployment(model, project, one)).collect()))
}

fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Deployment, Refusal> {
    let id = call.number("deployment_id")?;
    project.deployments.get(&id).ok_or(Refusal::Absent("Deployment"))
}

fn shown(model: &Model, project: u64, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(project)?;
    let found = project.deployments.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(status, shape::deployment(model, project, found)))
}

fn deployment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = found(model.project(call.project)?, call)?.id;
    shown(model, call.project, id, 200)
}

/// A status that was said, in the model's words.
fn state(call: &Call) -> Result<&'static str, Refusal> {
    match call.required("status")? {
        "created" => Ok("queued"),
        "running" => Ok("in_progress"),
        "success" => Ok("success"),
        "failed" => Ok("failure"),
        "canceled" => Ok("cancelled"),
        _ => Err(Refusal::Invalid("status does not have a valid value".into())),
    }
}

/// A deployment that is done elsewhere, and is only written down here. The ref is what people know the commit by.
fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let state = state(call)?;
    let (environment, oid) = (call.required("environment")?, call.required("sha")?);
    let (reference, _) = (call.required("ref")?, call.body.get("tag"));
    let known = model.project(call.project)?.git.commit(oid).is_some();
    if !known {
        return Err(Refusal::Invalid("The deployment could not be created: sha does not exist".into()));
    }
    let draft = DeploymentDraft {
        reference: oid.to_owned(),
        environment: Some(environment.to_owned()),
        required_contexts: Some(Vec::new()),
        ..DeploymentDraft::default()
    };
    let Deployed::Made(id) = model.create_deployment(call.project, call.caller.0, draft)? else {
        return Err(Refusal::Conflict("nobody asked to merge".into()));
    };
    let made = model.project_mut(call.project)?.deployments.get_mut(&id).ok_or(Refusal::NotFound)?;
    made.reference = reference.to_owned();
    say(model, call, id, state)?;
    shown(model, call.project, id, 201)
}

fn say(model: &mut Model, call: &Call, id: u64, state: &str) -> Result<(), Refusal> {
    // Older deployments that succeeded stay as they are.
    let draft = StatusDraft { state: state.to_owned(), keeps_others: true, ..StatusDraft::default() };
    model.report(call.project, call.caller.0, id, draft).map(|_| ())
}

fn report(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (state, found) = (state(call)?, found(model.project(call.project)?, call)?);
    if found.run.is_some() {
        return Err(Refusal::Forbidden("403 Forbidden".into()));
    }
    let (id, before) = (found.id, found.state().map(str::to_owned));
    if before.as_deref() != Some(state) {
        say(model, call, id, state)?;
    }
    shown(model, call.project, id, 200)
}
