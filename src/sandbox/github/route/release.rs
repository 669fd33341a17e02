//! Releases.

use serde_json::Value;

use super::{READ_CONTENTS, WRITE_CONTENTS};
use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Refusal, Release, ReleaseDraft};

pub(super) static OPERATIONS: [Operation; 7] = [
    Operation { method: "GET", path: "/repos/{owner}/{repo}/releases", need: READ_CONTENTS, act: releases },
    Operation { method: "POST", path: "/repos/{owner}/{repo}/releases", need: WRITE_CONTENTS, act: create },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/releases/latest",
        need: READ_CONTENTS,
        act: latest,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/releases/tags/{tag*}",
        need: READ_CONTENTS,
        act: by_tag,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/releases/{release_id}",
        need: READ_CONTENTS,
        act: release,
    },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/releases/{release_id}",
        need: WRITE_CONTENTS,
        act: edit,
    },
    Operation {
        method: "DELETE",
        path: "/repos/{owner}/{repo}/releases/{release_id}",
        need: WRITE_CONTENTS,
        act: delete,
    },
];

/// Newest first, drafts included: an app that may write sees them.
fn releases(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(call.list(project.releases.values().rev().map(|one| shape::release(model, project, one)).collect()))
}

fn shown(model: &Model, call: &Call, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.releases.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(status, shape::release(model, project, found)))
}

fn draft(call: &Call) -> Result<ReleaseDraft, Refusal> {
    let text = |name: &str| call.said(name).map(str::to_owned);
    let claim = |name: &str| call.body.get(name).and_then(Value::as_bool);
    let latest = match call.body.get("make_latest") {
        None => None,
        Some(Value::String(text)) if text == "true" => Some(true),
        Some(Value::String(text)) if text == "false" => Some(false),
        Some(Value::String(text)) if text == "legacy" => None,
        Some(_) => {
            return Err(Refusal::Invalid("make_latest is not \"true\", \"false\" or \"legacy\"".into()));
        }
    };
    Ok(ReleaseDraft {
        tag: text("tag_name"),
        target: text("target_commitish").filter(|target| !target.is_empty()),
        name: text("name"),
        body: text("body"),
        is_draft: claim("draft"),
        is_prerelease: claim("prerelease"),
        latest,
        milestones: None,
    })
}

/// What is not said to be otherwise becomes the latest, when it is published.
fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let mut asked = draft(call)?;
    if call.body.get("make_latest").is_none() && asked.is_prerelease != Some(true) {
        asked.latest = Some(true);
    }
    let id = model.create_release(call.project, model.app.bot, asked)?;
    shown(model, call, id, 201)
}

fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("release_id")?;
    model.edit_release(call.project, model.app.bot, id, draft(call)?)?;
    shown(model, call, id, 200)
}

fn delete(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    model.delete_release(call.project, model.app.bot, call.number("release_id")?)?;
    Ok(Reply::empty(204))
}

fn release(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown(model, call, call.number("release_id")?, 200)
}

fn one(model: &Model, call: &Call, found: Option<&Release>) -> Result<Reply, Refusal> {
    let found = found.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::release(model, model.project(call.project)?, found)))
}

fn latest(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    one(model, call, model.project(call.project)?.latest_release())
}

fn by_tag(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    one(model, call, model.project(call.project)?.release_of(call.text("tag")))
}
