//! Tags, light and annotated.

use serde_json::Value;

use super::{DEVELOPER, GUEST};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Model, Project, Refusal, TagObject};

pub(super) static OPERATIONS: [Operation; 4] = [
    Operation { method: "GET", path: "/projects/{id}/repository/tags", need: GUEST, act: tags },
    Operation { method: "POST", path: "/projects/{id}/repository/tags", need: DEVELOPER, act: create },
    Operation { method: "GET", path: "/projects/{id}/repository/tags/{tag_name}", need: GUEST, act: tag },
    Operation {
        method: "DELETE",
        path: "/projects/{id}/repository/tags/{tag_name}",
        need: DEVELOPER,
        act: delete,
    },
];

/// Newest first unless asked otherwise; `search` knows `^` at the start and `$` at the end.
fn tags(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let search = call.asked("search").unwrap_or_default();
    let is_found = |name: &str| match search.strip_prefix('^') {
        Some(start) => name.starts_with(start),
        None => search.strip_suffix('$').map_or_else(|| name.contains(search), |end| name.ends_with(end)),
    };
    let mut found: Vec<(&str, &str)> =
        project.git.refs_under("refs/tags/").filter(|(name, _)| is_found(name)).collect();
    if call.asked("order_by") != Some("name") {
        found.sort_by_key(|(_, oid)| project.git.peel(oid).map(|commit| commit.at));
    }
    if call.asked("sort") != Some("asc") {
        found.reverse();
    }
    let items = found.into_iter().filter_map(|(name, oid)| shape::tag(model, project, name, oid));
    Ok(call.list(items.collect()))
}

fn shown(model: &Model, project: &Project, name: &str) -> Result<Value, Refusal> {
    let oid = project.git.reference(&format!("refs/tags/{name}"));
    oid.and_then(|oid| shape::tag(model, project, name, oid)).ok_or(Refusal::Absent("Tag"))
}

fn tag(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shown(model, project, call.text("tag_name"))?))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, target) = (call.required("tag_name")?, call.required("ref")?);
    let message = call.said("message").map(str::trim).filter(|message| !message.is_empty());
    make(model, call, (name, target, message))?;
    Ok(Reply::json(201, shown(model, model.project(call.project)?, name)?))
}

/// Makes a tag: annotated with a message, else light.
pub(super) fn make(
    model: &mut Model,
    call: &Call,
    (name, target, message): (&str, &str, Option<&str>),
) -> Result<(), Refusal> {
    let project = model.project(call.project)?;
    let reference = format!("refs/tags/{name}");
    if project.tags_refused {
        let why = "You are not allowed to create this tag as it is protected.";
        return Err(Refusal::Invalid(why.into()));
    }
    if name.is_empty() || name.starts_with('-') || name.contains([' ', '~', '^', ':', '?', '*', '[']) {
        return Err(Refusal::Invalid("Tag name invalid".into()));
    }
    if project.git.reference(&reference).is_some() {
        return Err(Refusal::Invalid(format!("Tag {name} already exists")));
    }
    let commit = project.resolve(target);
    let oid = commit.ok_or_else(|| Refusal::Invalid(format!("Target {target} is invalid")))?.oid.clone();
    let oid = match message {
        None => oid,
        Some(message) => {
            let (tagger, at) = (model.signature(call.caller.0), model.now());
            let (name, message) = (name.to_owned(), format!("{message}\n"));
            let tag = TagObject { oid: String::new(), name, message, target: oid, tagger, at };
            model.create_tag_object(call.project, tag)?
        }
    };
    model.create_ref(call.project, call.caller.0, &reference, &oid)
}

fn delete(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, project) = (call.text("tag_name"), model.project(call.project)?);
    if project.tags_refused {
        return Err(Refusal::Forbidden("403 Forbidden".into()));
    }
    let reference = format!("refs/tags/{name}");
    project.git.reference(&reference).ok_or(Refusal::Absent("Tag"))?;
    model.move_ref(call.project, call.caller.0, &reference, None)?;
    Ok(Reply::empty(204))
}
