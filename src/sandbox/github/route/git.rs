//! Refs and tag objects.

use serde_json::{Value, json};

use super::{READ_CONTENTS, WRITE_CONTENTS};
use crate::sandbox::github::call::{Call, encode};
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Project, Refusal, Signature, TagObject, object_id};

pub(super) static OPERATIONS: [Operation; 10] = [
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/git/trees",
        need: WRITE_CONTENTS,
        act: create_tree,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/git/commits",
        need: WRITE_CONTENTS,
        act: create_commit,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/git/commits/{commit_sha}",
        need: READ_CONTENTS,
        act: commit,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/git/ref/{ref*}",
        need: READ_CONTENTS,
        act: reference,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/git/matching-refs/{ref*}",
        need: READ_CONTENTS,
        act: matching,
    },
    Operation { method: "POST", path: "/repos/{owner}/{repo}/git/refs", need: WRITE_CONTENTS, act: create },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/git/refs/{ref*}",
        need: WRITE_CONTENTS,
        act: update,
    },
    Operation {
        method: "DELETE",
        path: "/repos/{owner}/{repo}/git/refs/{ref*}",
        need: WRITE_CONTENTS,
        act: delete,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/git/tags",
        need: WRITE_CONTENTS,
        act: create_tag,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/git/tags/{tag_sha}",
        need: READ_CONTENTS,
        act: tag,
    },
];

fn shaped(model: &Model, project: &Project, name: &str, oid: &str) -> Value {
    let api = shape::api_url(model, project);
    let (kind, place) =
        if project.git.tag_object(oid).is_some() { ("tag", "tags") } else { ("commit", "commits") };
    let path = name.trim_start_matches("refs/").split('/').map(encode).collect::<Vec<_>>().join("/");
    json!({
        "ref": name, "node_id": shape::node_id("REF", name), "url": format!("{api}/git/refs/{path}"),
        "object": { "type": kind, "sha": oid, "url": format!("{api}/git/{place}/{oid}") },
    })
}

fn reference(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let name = format!("refs/{}", call.text("ref"));
    let oid = project.git.reference(&name).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shaped(model, project, &name, oid)))
}

fn matching(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let prefix = format!("refs/{}", call.text("ref"));
    let found = project.git.refs_under(&prefix);
    Ok(call.list(found.map(|(rest, oid)| shaped(model, project, &format!("{prefix}{rest}"), oid)).collect()))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, oid) = (call.required("ref")?, call.required("sha")?);
    model.create_ref(call.project, model.app.bot, name, oid)?;
    Ok(Reply::json(201, shaped(model, model.project(call.project)?, name, oid)))
}

fn update(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, oid) = (format!("refs/{}", call.text("ref")), call.required("sha")?);
    let git = &model.project(call.project)?.git;
    let before = git.reference(&name).ok_or(Refusal::Invalid("Reference does not exist".into()))?;
    let forced = call.body.get("force").and_then(Value::as_bool).unwrap_or(false);
    if !git.knows(oid) {
        return Err(Refusal::Invalid("Object does not exist".into()));
    }
    if !forced && !git.is_reachable(before, oid) {
        return Err(Refusal::Invalid("Update is not a fast forward".into()));
    }
    model.move_ref(call.project, model.app.bot, &name, Some(oid))?;
    Ok(Reply::json(200, shaped(model, model.project(call.project)?, &name, oid)))
}

fn delete(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = format!("refs/{}", call.text("ref"));
    if model.project(call.project)?.git.reference(&name).is_none() {
        return Err(Refusal::Invalid("Reference does not exist".into()));
    }
    model.move_ref(call.project, model.app.bot, &name, None)?;
    Ok(Reply::empty(204))
}

/// A tree with other files upon one that is there. It is kept by a commit that leads nowhere.
fn create_tree(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let entries =
        call.body.get("tree").and_then(Value::as_array).ok_or(Refusal::Invalid("tree is missing".into()))?;
    let said = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let files =
        entries.iter().filter_map(|entry| Some((said(entry, "path")?, said(entry, "content")?))).collect();
    let oid = model.tree_with(call.project, call.required("base_tree")?, files)?;
    let project = model.project(call.project)?;
    let url = format!("{}/git/trees/{oid}", shape::api_url(model, project));
    let listed = entries.iter().map(|entry| {
        let (path, text) = (said(entry, "path").unwrap_or_default(), said(entry, "content").unwrap_or_default());
        let blob = object_id("blob", text.as_bytes());
        json!({ "path": path, "mode": "100644", "type": "blob", "sha": blob, "size": text.len(), "url": format!("{}/git/blobs/{blob}", shape::api_url(model, project)) })
    });
    Ok(Reply::json(
        201,
        json!({ "sha": oid, "url": url, "truncated": false, "tree": listed.collect::<Vec<_>>() }),
    ))
}

fn create_commit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let parents = call.body.get("parents").and_then(Value::as_array).cloned().unwrap_or_default();
    let parents = parents.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let (tree, message) = (call.required("tree")?, call.required("message")?);
    let oid = model.commit_tree(call.project, model.app.bot, (tree, parents), message)?;
    let project = model.project(call.project)?;
    let made = project.git.commit(&oid).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::git_commit(model, project, made)))
}

fn commit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.git.commit(call.text("commit_sha")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::git_commit(model, project, found)))
}

fn create_tag(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let now = model.now();
    let tagger = call.body.get("tagger");
    let said = |name: &str| tagger.and_then(|tagger| tagger.get(name)?.as_str()).map(str::to_owned);
    let bot = model.signature(model.app.bot);
    let tagger = Signature {
        name: said("name").unwrap_or(bot.name),
        email: said("email").unwrap_or(bot.email),
        account: bot.account,
    };
    let tag = TagObject {
        oid: String::new(),
        name: call.required("tag")?.to_owned(),
        message: call.required("message")?.to_owned(),
        target: call.required("object")?.to_owned(),
        tagger,
        at: now,
    };
    let oid = model.create_tag_object(call.project, tag)?;
    let project = model.project(call.project)?;
    let made = project.git.tag_object(&oid).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::tag_object(model, project, made)))
}

fn tag(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.git.tag_object(call.text("tag_sha")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::tag_object(model, project, found)))
}
