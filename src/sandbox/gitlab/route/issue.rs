//! Issues.

use super::change::{is_wanted, ordered};
use super::{GUEST, REPORTER};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, NewThread, Project, Refusal, Thread, ThreadEdit};

pub(super) static OPERATIONS: [Operation; 4] = [
    Operation { method: "GET", path: "/projects/{id}/issues", need: GUEST, act: issues },
    Operation { method: "POST", path: "/projects/{id}/issues", need: GUEST, act: create },
    Operation { method: "GET", path: "/projects/{id}/issues/{issue_iid}", need: GUEST, act: issue },
    Operation { method: "PUT", path: "/projects/{id}/issues/{issue_iid}", need: REPORTER, act: edit },
];

fn issues(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let wanted = |one: &&Thread| one.pull.is_none() && is_wanted(model, project, call, one);
    let kept = ordered(call, project.threads.values().filter(wanted).collect());
    Ok(call.list(kept.into_iter().map(|one| shape::issue(model, project, one)).collect()))
}

fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Thread, Refusal> {
    let thread = project.thread(call.number("issue_iid")?)?;
    if thread.pull.is_none() { Ok(thread) } else { Err(Refusal::NotFound) }
}

fn issue(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::issue(model, project, found(project, call)?)))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let new = NewThread {
        title: call.required("title")?,
        body: call.said("description").unwrap_or_default(),
        pull: None,
    };
    let number = model.open_thread(call.project, call.caller.0, new)?;
    sort(model, call, number)?;
    let project = model.project(call.project)?;
    Ok(Reply::json(201, shape::issue(model, project, project.thread(number)?)))
}

fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (project, actor) = (call.project, call.caller.0);
    let number = found(model.project(project)?, call)?.number;
    let change = ThreadEdit { title: call.words("title"), body: call.words("description") };
    model.edit_thread(project, actor, number, change)?;
    sort(model, call, number)?;
    match call.said("state_event") {
        Some("close") => model.close_thread(project, actor, number, None)?,
        Some("reopen") => model.reopen_thread(project, actor, number)?,
        Some(_) => return Err(Refusal::Invalid("state_event does not have a valid value".into())),
        None => {}
    }
    let project = model.project(project)?;
    Ok(Reply::json(200, shape::issue(model, project, project.thread(number)?)))
}

/// Labels and milestone, as far as they were said.
pub(super) fn sort(model: &mut Model, call: &Call, number: u64) -> Result<(), Refusal> {
    let (project, actor) = (call.project, call.caller.0);
    let before = model.project(project)?.thread(number)?.labels.clone();
    if let Some(labels) = call.several("labels") {
        for gone in before.iter().filter(|name| !labels.contains(name)) {
            model.unlabel(project, actor, number, gone)?;
        }
        for label in labels {
            model.label(project, actor, number, &label)?;
        }
    }
    for label in call.several("add_labels").unwrap_or_default() {
        model.label(project, actor, number, &label)?;
    }
    for label in call.several("remove_labels").unwrap_or_default() {
        model.unlabel(project, actor, number, &label)?;
    }
    if let Some(id) = call.figure("milestone_id") {
        let milestones = &model.project(project)?.milestones;
        let found = milestones.values().find(|one| one.id == id).map(|one| one.number);
        model.plan(project, actor, number, found)?;
    }
    Ok(())
}
