//! Releases, found by their tags.

use jiff::Timestamp;
use serde_json::Value;

use super::{DEVELOPER, GUEST, MAINTAINER, tag};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Project, Refusal, Release, ReleaseDraft};

pub(super) static OPERATIONS: [Operation; 5] = [
    Operation { method: "GET", path: "/projects/{id}/releases", need: GUEST, act: releases },
    Operation { method: "POST", path: "/projects/{id}/releases", need: DEVELOPER, act: create },
    Operation { method: "GET", path: "/projects/{id}/releases/{tag_name}", need: GUEST, act: release },
    Operation { method: "PUT", path: "/projects/{id}/releases/{tag_name}", need: DEVELOPER, act: edit },
    Operation { method: "DELETE", path: "/projects/{id}/releases/{tag_name}", need: MAINTAINER, act: delete },
];

/// Newest first by when they were released.
fn releases(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let mut found: Vec<&Release> = project.releases.values().filter(|one| !one.is_draft).collect();
    found.sort_by_key(|one| std::cmp::Reverse((one.published_at, one.id)));
    if call.asked("sort") == Some("asc") {
        found.reverse();
    }
    Ok(call.list(found.into_iter().map(|one| shape::release(model, project, one)).collect()))
}

fn found<'a>(project: &'a Project, name: &str) -> Result<&'a Release, Refusal> {
    project.release_of(name).ok_or(Refusal::NotFound)
}

fn shown(model: &Model, call: &Call, name: &str, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(status, shape::release(model, project, found(project, name)?)))
}

fn release(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown(model, call, call.text("tag_name"), 200)
}

/// The milestones that were named, all of which must be there.
fn milestones(project: &Project, call: &Call) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(titles) = call.several("milestones") else { return Ok(None) };
    let number =
        |title: &String| project.milestones.values().find(|one| one.title == *title).map(|one| one.number);
    let unknown: Vec<&str> =
        titles.iter().filter(|title| number(title).is_none()).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(Refusal::Invalid(format!("Milestone(s) not found: {}", unknown.join(", "))));
    }
    Ok(Some(titles.iter().filter_map(number).collect()))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = call.required("tag_name")?;
    let project = model.project(call.project)?;
    let has_tag = project.git.reference(&format!("refs/tags/{name}")).is_some();
    if project.tags_refused && !has_tag {
        let why = "You are not allowed to create this tag as it is protected.";
        return Err(Refusal::Forbidden(why.into()));
    }
    if project.release_of(name).is_some() {
        return Err(Refusal::Conflict("Release already exists".into()));
    }
    let milestones = milestones(project, call)?;
    if !has_tag {
        // A missing ref is 422 at the forge; nobody here has the status, and no client asks without it.
        let target = call.said("ref").ok_or_else(|| Refusal::Invalid("Ref is not specified".into()))?;
        tag::make(model, call, (name, target, call.said("tag_message")))?;
    }
    let draft = ReleaseDraft {
        tag: Some(name.to_owned()),
        name: call.words("name"),
        body: call.words("description"),
        milestones,
        ..ReleaseDraft::default()
    };
    let id = model.create_release(call.project, call.caller.0, draft)?;
    date(model, call, id)?;
    link(model, call, name)?;
    shown(model, call, name, 201)
}

/// When it is released, where that was said: also in the future.
fn date(model: &mut Model, call: &Call, id: u64) -> Result<(), Refusal> {
    let Some(text) = call.said("released_at") else { return Ok(()) };
    let at: Timestamp =
        text.parse().map_err(|_| Refusal::Invalid("released_at does not have a valid value".into()))?;
    let release = model.project_mut(call.project)?.releases.get_mut(&id).ok_or(Refusal::NotFound)?;
    release.published_at = Some(at);
    Ok(())
}

/// Links to files elsewhere. GitLab knows no sums of them.
fn link(model: &mut Model, call: &Call, name: &str) -> Result<(), Refusal> {
    let links = call.body.get("assets").and_then(|assets| assets.get("links")?.as_array());
    for one in links.into_iter().flatten() {
        let title = one.get("name").and_then(Value::as_str);
        let title = title.ok_or_else(|| Refusal::Invalid("assets[links][0][name] is missing".into()))?;
        model.add_asset(call.project, call.caller.0, name, (title, ""))?;
    }
    Ok(())
}

fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, project) = (call.text("tag_name"), model.project(call.project)?);
    let (id, milestones) = (found(project, name)?.id, milestones(project, call)?);
    let draft = ReleaseDraft {
        name: call.words("name"),
        body: call.words("description"),
        milestones,
        ..ReleaseDraft::default()
    };
    model.edit_release(call.project, call.caller.0, id, draft)?;
    date(model, call, id)?;
    shown(model, call, name, 200)
}

/// The tag stays.
fn delete(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let reply = shown(model, call, call.text("tag_name"), 200)?;
    let id = found(model.project(call.project)?, call.text("tag_name"))?.id;
    model.delete_release(call.project, call.caller.0, id)?;
    Ok(reply)
}
