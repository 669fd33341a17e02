//! Pipelines: lists, one, starting and cancelling; and their jobs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{DEVELOPER, GUEST};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, PIPELINE, Reply};
use crate::sandbox::model::{Dispatch, Job, Model, Project, Refusal, Role, Run, plain};

pub(super) static OPERATIONS: [Operation; 8] = [
    Operation { method: "POST", path: "/projects/{id}/pipeline", need: DEVELOPER, act: create },
    Operation { method: "GET", path: "/projects/{id}/pipelines/{pipeline_id}/jobs", need: GUEST, act: jobs },
    Operation { method: "GET", path: "/projects/{id}/jobs/{job_id}", need: GUEST, act: job },
    Operation { method: "POST", path: "/projects/{id}/jobs/{job_id}/play", need: DEVELOPER, act: play },
    Operation {
        method: "POST",
        path: "/projects/{id}/jobs/{job_id}/cancel",
        need: DEVELOPER,
        act: cancel_job,
    },
    Operation { method: "GET", path: "/projects/{id}/pipelines", need: GUEST, act: pipelines },
    Operation { method: "GET", path: "/projects/{id}/pipelines/{pipeline_id}", need: GUEST, act: pipeline },
    Operation {
        method: "POST",
        path: "/projects/{id}/pipelines/{pipeline_id}/cancel",
        need: DEVELOPER,
        act: cancel,
    },
];

/// Newest first.
fn pipelines(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let wanted = |run: &&Run| {
        call.asked("sha").is_none_or(|sha| sha == run.head_oid)
            && call.asked("ref").is_none_or(|name| Some(name) == run.head_ref.as_deref())
            && call.asked("status").is_none_or(|status| status == shape::pipeline_status(run))
            && call.asked("source").is_none_or(|source| source == shape::source(run))
            && call.asked("username").is_none_or(|name| name == shape::username(model, run.actor))
            && call.admits_moment("created", run.created_at)
            && call.admits_moment("updated", run.updated_at)
    };
    let found = project.runs.values().rev().filter(wanted);
    Ok(call.list(found.map(|run| shape::pipeline_in_list(model, project, run)).collect()))
}

fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Run, Refusal> {
    project.runs.get(&call.number("pipeline_id")?).ok_or(Refusal::NotFound)
}

fn pipeline(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::pipeline(model, project, found(project, call)?)))
}

/// One that is over stays as it is.
fn cancel(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let run = found(model.project(call.project)?, call)?;
    let (id, is_over) = (run.id, run.conclusion.is_some());
    if !is_over {
        model.cancel_run(call.project, call.caller.0, id)?;
    }
    let project = model.project(call.project)?;
    Ok(Reply::json(201, shape::pipeline(model, project, found(project, call)?)))
}

/// What is wrong with a pipeline is said of its base.
fn unmade(why: &str) -> Reply {
    Reply::json(400, json!({ "message": { "base": [why] } }))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let reference = call.required("ref")?.to_owned();
    let project = model.project(call.project)?;
    let commit = ["heads", "tags"]
        .iter()
        .find_map(|kind| project.git.reference(&format!("refs/{kind}/{reference}")))
        .and_then(|oid| project.git.peel(oid));
    let Some(commit) = commit else { return Ok(unmade("Reference not found")) };
    if !commit.tree.contains_key(PIPELINE) {
        return Ok(unmade("Missing CI config file"));
    }
    let variables = pairs(call.body.get("variables"))?;
    if model.variables_refused && !variables.is_empty() {
        return Ok(unmade("Insufficient permissions to set pipeline variables"));
    }
    let inputs = call.body.get("inputs").and_then(Value::as_object);
    let inputs = inputs.into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))).collect();
    let asked = Dispatch { file: PIPELINE.to_owned(), reference, inputs, variables };
    match model.dispatch(call.project, call.caller.0, asked) {
        Ok(id) => {
            let project = model.project(call.project)?;
            let run = project.runs.get(&id).ok_or(Refusal::NotFound)?;
            Ok(Reply::json(201, shape::pipeline(model, project, run)))
        }
        Err(Refusal::Invalid(why)) => Ok(unmade(&worded(&why))),
        Err(other) => Err(other),
    }
}

/// Variables as requests list them.
fn pairs(listed: Option<&Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let listed = listed.and_then(Value::as_array);
    let one = |variable: &Value| {
        let text = |name: &str| variable.get(name).and_then(Value::as_str).map(str::to_owned);
        let missing = |name: &str| Refusal::Invalid(format!("variables[0][{name}] is missing"));
        Ok((text("key").ok_or_else(|| missing("key"))?, text("value").ok_or_else(|| missing("value"))?))
    };
    listed.into_iter().flatten().map(one).collect()
}

/// What is wrong with inputs, as GitLab says it.
fn worded(why: &str) -> String {
    match why.strip_prefix("Unexpected inputs provided") {
        Some(_) => {
            "Given inputs not defined in the `spec` section of the included configuration file".to_owned()
        }
        None => match why.strip_prefix("Required input '").and_then(|rest| rest.split_once('\'')) {
            Some((name, _)) => format!("`{name}` input: required value has not been provided"),
            None => why.to_owned(),
        },
    }
}

/// Newest first.
fn jobs(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let run = found(project, call)?;
    let wanted = |job: &&Job| call.admits("scope", shape::job_status(job));
    let found = run.jobs.iter().rev().filter(wanted);
    Ok(call.list(found.map(|job| shape::job(model, project, run, job)).collect()))
}

fn shown(model: &Model, call: &Call) -> Result<Reply, Refusal> {
    let (id, project) = (call.number("job_id")?, model.project(call.project)?);
    let job = model.job(call.project, id)?;
    let run = project.runs.get(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::job(model, project, run, job)))
}

fn job(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown(model, call)
}

fn play(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("job_id")?;
    let variables = pairs(call.body.get("job_variables_attributes"))?;
    model.play_job(call.project, call.caller.0, id, variables)?;
    shown(model, call)
}

fn cancel_job(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("job_id")?;
    model.cancel_job(call.project, call.caller.0, id)?;
    Ok(Reply { status: 201, ..shown(model, call)? })
}

/// A job once more, with other variables.
pub(super) fn retry(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let given = call.body.get("variables").cloned().unwrap_or_default();
    let id = given["id"].as_str().and_then(|id| id.rsplit('/').next()?.parse().ok());
    let id: u64 = id.ok_or_else(|| Refusal::Invalid("id does not have a valid value".into()))?;
    let mut projects = model.projects.values();
    let project = projects.find(|one| one.runs.contains_key(&Job::run_of(id))).ok_or(Refusal::NotFound)?;
    if model.membership(project, call.caller.0) < Role::Write {
        let why = "The resource that you are attempting to access does not exist or you don't have permission to \
                   perform this action";
        return Ok(Reply::json(200, json!({ "data": { "jobRetry": null }, "errors": [{ "message": why }] })));
    }
    let (project, path) = (project.id, model.path_of(project));
    let variables = pairs(given.get("variables"))?;
    let done = match model.retry_job(project, call.caller.0, id, variables) {
        Ok(made) => {
            let job = json!({ "id": format!("gid://gitlab/Ci::Build/{made}"), "webPath": format!("/{path}/-/jobs/{made}") });
            json!({ "job": job, "errors": [] })
        }
        Err(refusal) => json!({ "job": null, "errors": [refusal.to_string()] }),
    };
    Ok(Reply::json(200, json!({ "data": { "jobRetry": done } })))
}
