//! Milestones and what is planned for them.

use super::{GUEST, REPORTER};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Milestone, Model, Project, Refusal, Thread, What};

pub(super) static OPERATIONS: [Operation; 5] = [
    Operation { method: "GET", path: "/projects/{id}/milestones", need: GUEST, act: milestones },
    Operation {
        method: "GET",
        path: "/projects/{id}/milestones/{milestone_id}",
        need: GUEST,
        act: milestone,
    },
    Operation { method: "PUT", path: "/projects/{id}/milestones/{milestone_id}", need: REPORTER, act: turn },
    Operation {
        method: "GET",
        path: "/projects/{id}/milestones/{milestone_id}/issues",
        need: GUEST,
        act: issues,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/milestones/{milestone_id}/merge_requests",
        need: GUEST,
        act: changes,
    },
];

fn milestones(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let wanted = |one: &&Milestone| {
        call.admits("iids", &one.number.to_string())
            && call.admits("state", if one.is_open { "active" } else { "closed" })
            && call.asked("title").is_none_or(|title| title == one.title)
            && call.asked("search").is_none_or(|text| one.title.contains(text))
    };
    let found = project.milestones.values().rev().filter(wanted);
    Ok(call.list(found.map(|one| shape::milestone(model, project, one)).collect()))
}

/// By its number on the whole forge, not by that in the project.
fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Milestone, Refusal> {
    let id = call.number("milestone_id")?;
    project.milestones.values().find(|one| one.id == id).ok_or(Refusal::Absent("Milestone"))
}

fn milestone(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::milestone(model, project, found(project, call)?)))
}

fn turn(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (number, is_open) = {
        let found = found(model.project(call.project)?, call)?;
        (found.number, found.is_open)
    };
    let what = match (call.said("state_event"), is_open) {
        (Some("close"), true) => Some(What::MilestoneClosed(number)),
        (Some("activate"), false) => Some(What::MilestoneReopened(number)),
        _ => None,
    };
    if let Some(what) = what {
        model.turn_milestone(call.project, call.caller.0, number, what)?;
    }
    milestone(model, call)
}

fn planned<'a>(project: &'a Project, call: &Call) -> Result<impl Iterator<Item = &'a Thread>, Refusal> {
    let number = found(project, call)?.number;
    Ok(project.threads.values().filter(move |thread| thread.milestone == Some(number)))
}

fn issues(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = planned(project, call)?.filter(|one| one.pull.is_none());
    Ok(call.list(found.map(|one| shape::issue(model, project, one)).collect()))
}

fn changes(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = planned(project, call)?.filter_map(|one| Some((one, one.pull.as_ref()?)));
    Ok(call.list(found.map(|(one, pull)| shape::change_in_list(model, project, one, pull)).collect()))
}
