//! Merge requests and their approvals.

use std::cmp::Reverse;

use serde_json::Value;

use super::{DEVELOPER, GUEST, issue};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Project, Pull, Refusal, Thread, ThreadEdit};

pub(super) static OPERATIONS: [Operation; 6] = [
    Operation { method: "POST", path: "/projects/{id}/merge_requests", need: DEVELOPER, act: propose },
    Operation { method: "GET", path: "/projects/{id}/merge_requests", need: GUEST, act: changes },
    Operation {
        method: "GET",
        path: "/projects/{id}/merge_requests/{merge_request_iid}",
        need: GUEST,
        act: change,
    },
    Operation {
        method: "PUT",
        path: "/projects/{id}/merge_requests/{merge_request_iid}",
        need: DEVELOPER,
        act: edit,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/merge_requests/{merge_request_iid}/approvals",
        need: GUEST,
        act: approvals,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/merge_requests/{merge_request_iid}/commits",
        need: GUEST,
        act: commits,
    },
];

/// A merge request of the path.
pub(super) fn found<'a>(project: &'a Project, call: &Call) -> Result<(&'a Thread, &'a Pull), Refusal> {
    let thread = project.thread(call.number("merge_request_iid")?)?;
    Ok((thread, thread.pull()?))
}

fn changes(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let threads: Vec<(&Thread, &Pull)> =
        project.threads.values().filter_map(|one| Some((one, one.pull.as_ref()?))).collect();
    let wanted = |(one, pull): &(&Thread, &Pull)| {
        is_wanted(model, project, call, one)
            && call.admits("target_branch", &pull.base)
            && call.admits("source_branch", &pull.head)
    };
    let kept: Vec<&Thread> = threads.iter().filter(|one| wanted(one)).map(|(one, _)| *one).collect();
    let shaped = |one: &Thread| Some(shape::change_in_list(model, project, one, one.pull.as_ref()?));
    Ok(call.list(ordered(call, kept).into_iter().filter_map(shaped).collect()))
}

/// Whether a thread is among what a list was asked for: labels all, milestone by title.
pub(super) fn is_wanted(model: &Model, project: &Project, call: &Call, one: &Thread) -> bool {
    let milestone = one.milestone.and_then(|number| project.milestones.get(&number));
    let title = milestone.map(|milestone| milestone.title.as_str());
    let is_planned = match call.asked("milestone") {
        None => true,
        Some("None") => title.is_none(),
        Some("Any") => title.is_some(),
        wanted => title == wanted,
    };
    let is_labelled = match call.all_asked("labels")[..] {
        ["None"] => one.labels.is_empty(),
        ["Any"] => !one.labels.is_empty(),
        ref names => names.iter().all(|name| one.labels.contains(*name)),
    };
    let state = call.asked("state").unwrap_or("all");
    is_planned
        && is_labelled
        && (state == "all" || state == shape::state(one))
        && call.admits("iids", &one.number.to_string())
        && call.admits("author_id", &one.author.to_string())
        && call.admits("author_username", &shape::username(model, one.author))
        && call.asked("search").is_none_or(|text| one.title.contains(text) || one.body.contains(text))
        && call.admits_moment("updated", one.updated_at)
        && call.admits_moment("created", one.created_at)
}

/// Newest first by when it was opened, unless asked otherwise.
pub(super) fn ordered<'a>(call: &Call, mut threads: Vec<&'a Thread>) -> Vec<&'a Thread> {
    let key = |one: &&Thread| match call.asked("order_by") {
        Some("updated_at") => Some(one.updated_at),
        Some("merged_at") => one.merged().map(|merged| merged.at),
        _ => Some(one.created_at),
    };
    if call.asked("sort") == Some("asc") {
        threads.sort_by_key(|one| (key(one), one.number));
    } else {
        threads.sort_by_key(|one| Reverse((key(one), one.number)));
    }
    threads
}

fn propose(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let ends = (call.required("source_branch")?, call.required("target_branch")?);
    let description = call.words("description").unwrap_or_default();
    let title = call.required("title")?;
    let number = model.propose(call.project, call.caller.0, ends, (title, &description))?;
    for name in call.said("labels").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
        model.label(call.project, call.caller.0, number, name)?;
    }
    let project = model.project(call.project)?;
    let thread = project.thread(number)?;
    Ok(Reply::json(201, shape::change(model, project, thread, thread.pull()?)))
}

fn change(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (thread, pull) = found(project, call)?;
    Ok(Reply::json(200, shape::change(model, project, thread, pull)))
}

/// What it says, its labels and its milestone.
fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (project, actor) = (call.project, call.caller.0);
    let number = found(model.project(project)?, call)?.0.number;
    issue::sort(model, call, number)?;
    let edit = ThreadEdit { title: call.words("title"), body: call.words("description") };
    model.edit_thread(project, actor, number, edit)?;
    change(model, call)
}

fn approvals(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (thread, _) = found(project, call)?;
    Ok(Reply::json(200, shape::approvals(model, project, thread)))
}

/// Newest first.
fn commits(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (_, pull) = found(project, call)?;
    let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid).unwrap_or_default();
    let range = project.git.range(&origin, &pull.head_oid);
    let found = range.iter().rev().filter_map(|oid| project.git.commit(oid));
    let items: Vec<Value> = found.map(|one| shape::commit(model, project, one)).collect();
    Ok(call.list(items))
}
