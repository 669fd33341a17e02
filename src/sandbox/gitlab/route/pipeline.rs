//! Pipelines: lists, one, starting and cancelling; and their jobs.

use super::{DEVELOPER, GUEST};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Project, Refusal, Run};

pub(super) static OPERATIONS: [Operation; 3] = [
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
