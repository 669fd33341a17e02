//! Notes on merge requests and issues, the discussions of merge requests, and emoji on notes.

use serde_json::{Value, json};

use super::GUEST;
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::quick_action;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Comment, Model, Novelty, Project, Refusal, Thread};

macro_rules! of_note {
    ($method:literal, $kind:literal, $rest:literal, $act:expr) => {
        Operation {
            method: $method,
            path: concat!("/projects/{id}/", $kind, "_iid}/notes", $rest),
            need: GUEST,
            act: $act,
        }
    };
}

pub(super) static OPERATIONS: [Operation; 17] = [
    of_note!("GET", "merge_requests/{merge_request", "", notes),
    of_note!("POST", "merge_requests/{merge_request", "", create),
    of_note!("GET", "merge_requests/{merge_request", "/{note_id}", note),
    of_note!("PUT", "merge_requests/{merge_request", "/{note_id}", edit),
    of_note!("DELETE", "merge_requests/{merge_request", "/{note_id}", delete),
    of_note!("GET", "merge_requests/{merge_request", "/{note_id}/award_emoji", awards),
    of_note!("POST", "merge_requests/{merge_request", "/{note_id}/award_emoji", award),
    of_note!("GET", "issues/{issue", "", notes),
    of_note!("POST", "issues/{issue", "", create),
    of_note!("GET", "issues/{issue", "/{note_id}", note),
    of_note!("PUT", "issues/{issue", "/{note_id}", edit),
    of_note!("DELETE", "issues/{issue", "/{note_id}", delete),
    of_note!("GET", "issues/{issue", "/{note_id}/award_emoji", awards),
    of_note!("POST", "issues/{issue", "/{note_id}/award_emoji", award),
    Operation {
        method: "GET",
        path: "/projects/{id}/merge_requests/{merge_request_iid}/discussions",
        need: GUEST,
        act: discussions,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}",
        need: GUEST,
        act: discussion,
    },
    Operation {
        method: "POST",
        path: "/projects/{id}/merge_requests/{merge_request_iid}/discussions/{discussion_id}/notes",
        need: GUEST,
        act: reply,
    },
];

/// The merge request or issue of the path.
fn thread<'a>(project: &'a Project, call: &Call) -> Result<&'a Thread, Refusal> {
    let is_change = call.parameters.contains_key("merge_request_iid");
    let thread = project.thread(call.number(if is_change { "merge_request_iid" } else { "issue_iid" })?)?;
    if thread.pull.is_some() == is_change { Ok(thread) } else { Err(Refusal::NotFound) }
}

/// What was said on a thread, in the order in which it was.
fn said<'a>(project: &'a Project, thread: &Thread) -> Vec<&'a Comment> {
    let number = thread.number;
    project.comments.values().filter(|one| one.number == number && shape::is_note(one)).collect()
}

/// The note of the path.
fn found<'a>(project: &'a Project, call: &Call) -> Result<(&'a Thread, &'a Comment), Refusal> {
    let (thread, id) = (thread(project, call)?, call.number("note_id")?);
    let note = said(project, thread).into_iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    Ok((thread, note))
}

/// Newest first, unless asked otherwise.
fn notes(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let thread = thread(project, call)?;
    let mut said = said(project, thread);
    if call.asked("order_by") == Some("updated_at") {
        said.sort_by_key(|one| (one.updated_at, one.id));
    }
    if call.asked("sort") != Some("asc") {
        said.reverse();
    }
    Ok(call.list(said.into_iter().map(|one| shape::note(model, project, thread, one)).collect()))
}

fn note(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (thread, note) = found(project, call)?;
    Ok(Reply::json(200, shape::note(model, project, thread, note)))
}

fn shown(model: &Model, call: &Call, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let note = project.comments.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(status, shape::note(model, project, thread(project, call)?, note)))
}

/// Quick actions are done and cut out first; a note of nothing else is never there.
fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let number = thread(model.project(call.project)?, call)?.number;
    let read = quick_action::read(call.required("body")?);
    quick_action::perform(model, call, number, &read)?;
    if read.rest.trim().is_empty() && !read.commands.is_empty() {
        let done = read.commands.join(", ");
        return Ok(Reply::json(
            202,
            json!({ "commands_changes": {}, "summary": [format!("Applied {done}.")] }),
        ));
    }
    let id = model.comment(call.project, call.caller.0, number, &read.rest).map_err(worded)?;
    shown(model, call, id, 201)
}

/// What is wrong with a text, as GitLab says it.
fn worded(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(why) if why.contains("blank") => {
            Refusal::Invalid("400 Bad request - Note {:note=>[\"can't be blank\"]}".into())
        }
        other => other,
    }
}

/// Only who wrote a note, or a maintainer, may write it anew.
fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (_, note) = found(model.project(call.project)?, call)?;
    let (id, author) = (note.id, note.author);
    if author != call.caller.0 {
        return Err(Refusal::Forbidden("403 Forbidden".into()));
    }
    model.edit_comment(call.project, author, id, call.required("body")?).map_err(worded)?;
    shown(model, call, id, 200)
}

fn delete(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = found(model.project(call.project)?, call)?.1.id;
    model.delete_comment(call.project, call.caller.0, id)?;
    Ok(Reply::empty(204))
}

fn awards(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (_, note) = found(model.project(call.project)?, call)?;
    Ok(call.list(note.reactions.iter().map(|one| shape::award(model, note, one)).collect()))
}

/// An emoji makes its note newer.
fn award(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = found(model.project(call.project)?, call)?.1.id;
    let content = shape::reaction_of(call.required("name")?);
    let content = content.ok_or(Refusal::Absent("Award Emoji Name is not a valid emoji name"))?;
    let (made, novelty) = model.react(call.project, call.caller.0, id, content)?;
    if novelty == Novelty::Old {
        return Err(Refusal::Absent("Award Emoji Name has already been taken"));
    }
    let now = model.now();
    let note = model.project_mut(call.project)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
    note.updated_at = now;
    let note = note.clone();
    Ok(Reply::json(201, shape::award(model, &note, &made)))
}

fn shaped(model: &Model, project: &Project, thread: &Thread, notes: &[&Comment]) -> Value {
    let first = notes.first();
    json!({
        "id": first.map(|one| shape::discussion_id(one)),
        "individual_note": first.is_none_or(|one| one.line().is_none()),
        "notes": notes.iter().map(|one| shape::note(model, project, thread, one)).collect::<Vec<_>>(),
    })
}

fn discussions(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let thread = thread(project, call)?;
    let mut gathered: Vec<Vec<&Comment>> = Vec::new();
    for note in said(project, thread) {
        let id = shape::discussion_id(note);
        match gathered.iter_mut().find(|notes| shape::discussion_id(notes[0]) == id) {
            Some(notes) => notes.push(note),
            None => gathered.push(vec![note]),
        }
    }
    Ok(call.list(gathered.iter().map(|notes| shaped(model, project, thread, notes)).collect()))
}

/// The notes of the discussion of the path.
fn gathered<'a>(project: &'a Project, call: &Call) -> Result<Vec<&'a Comment>, Refusal> {
    let id = call.text("discussion_id");
    let all = said(project, thread(project, call)?);
    let notes: Vec<&Comment> = all.into_iter().filter(|one| shape::discussion_id(one) == id).collect();
    if notes.is_empty() { Err(Refusal::Absent("Discussion")) } else { Ok(notes) }
}

fn discussion(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let notes = gathered(project, call)?;
    Ok(Reply::json(200, shaped(model, project, thread(project, call)?, &notes)))
}

/// An answer stands beside what it answers: on the same line, or below on the thread.
fn reply(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let number = thread(project, call)?.number;
    let first = gathered(project, call)?[0];
    let (first, is_on_line, body) = (first.id, first.line().is_some(), call.required("body")?);
    let read = quick_action::read(body);
    quick_action::perform(model, call, number, &read)?;
    let id = if is_on_line {
        model.reply_in_review(call.project, call.caller.0, first, &read.rest)
    } else {
        model.comment(call.project, call.caller.0, number, &read.rest)
    };
    shown(model, call, id.map_err(worded)?, 201)
}
