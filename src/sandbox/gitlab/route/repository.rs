//! Files, branches, comparisons and what is protected.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{DEVELOPER, GUEST, MAINTAINER, REPORTER};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Commit, Model, Project, Refusal, object_id};

pub(super) static OPERATIONS: [Operation; 10] = [
    Operation {
        method: "POST",
        path: "/projects/{id}/repository/branches",
        need: DEVELOPER,
        act: create_branch,
    },
    Operation {
        method: "DELETE",
        path: "/projects/{id}/repository/branches/{branch}",
        need: DEVELOPER,
        act: delete_branch,
    },
    Operation { method: "GET", path: "/projects/{id}/repository/files/{file_path}", need: GUEST, act: file },
    Operation {
        method: "GET",
        path: "/projects/{id}/repository/files/{file_path}/raw",
        need: GUEST,
        act: raw_file,
    },
    Operation { method: "GET", path: "/projects/{id}/repository/branches", need: GUEST, act: branches },
    Operation {
        method: "GET",
        path: "/projects/{id}/repository/branches/{branch}",
        need: GUEST,
        act: branch,
    },
    Operation { method: "GET", path: "/projects/{id}/repository/compare", need: GUEST, act: compare },
    Operation { method: "GET", path: "/projects/{id}/repository/merge_base", need: GUEST, act: merge_base },
    Operation {
        method: "GET",
        path: "/projects/{id}/protected_branches",
        need: REPORTER,
        act: protected_branches,
    },
    Operation { method: "GET", path: "/projects/{id}/protected_tags", need: MAINTAINER, act: protected_tags },
];

/// A file, its commit and its text.
fn found<'a>(project: &'a Project, call: &Call) -> Result<(&'a Commit, &'a str), Refusal> {
    let commit = project.resolve(call.asked("ref").unwrap_or("HEAD")).ok_or(Refusal::Absent("Commit"))?;
    let text = commit.tree.get(call.text("file_path")).ok_or(Refusal::Absent("File"))?;
    Ok((commit, text))
}

/// The newest commit up to one that changed a file.
fn last_change<'a>(project: &'a Project, commit: &'a Commit, path: &str) -> &'a Commit {
    let mut newest = commit;
    while let Some(before) = newest.parents.first().and_then(|oid| project.git.commit(oid)) {
        if before.tree.get(path) != newest.tree.get(path) {
            break;
        }
        newest = before;
    }
    newest
}

fn file(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (commit, text) = found(project, call)?;
    let path = call.text("file_path");
    Ok(Reply::json(
        200,
        json!({
            "file_name": path.rsplit('/').next(), "file_path": path, "size": text.len(), "encoding": "base64",
            "content_sha256": hex::encode(Sha256::digest(text.as_bytes())),
            "ref": call.asked("ref").unwrap_or("HEAD"), "blob_id": object_id("blob", text.as_bytes()),
            "commit_id": commit.oid, "last_commit_id": last_change(project, commit, path).oid,
            "execute_filemode": false, "content": STANDARD.encode(text.as_bytes()),
        }),
    ))
}

fn raw_file(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (_, text) = found(model.project(call.project)?, call)?;
    Ok(Reply::text(200, text))
}

fn branches(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let search = call.asked("search").unwrap_or_default();
    let is_found = |name: &str| match (search.strip_prefix('^'), search.strip_suffix('$')) {
        (Some(start), None) => name.starts_with(start),
        (None, Some(end)) => name.ends_with(end),
        _ => name.contains(search.trim_start_matches('^').trim_end_matches('$')),
    };
    let items = project
        .git
        .refs_under("refs/heads/")
        .filter(|(name, _)| is_found(name))
        .filter_map(|(name, oid)| Some(shape::branch(model, project, name, project.git.commit(oid)?)));
    Ok(call.list(items.collect()))
}

fn branch(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (project, name) = (model.project(call.project)?, call.text("branch"));
    let commit = project.git.branch(name).and_then(|oid| project.git.commit(oid));
    let commit = commit.ok_or(Refusal::Absent("Branch"))?;
    Ok(Reply::json(200, shape::branch(model, project, name, commit)))
}

fn create_branch(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (name, at) = (call.required("branch")?, call.required("ref")?);
    let project = model.project(call.project)?;
    if project.git.branch(name).is_some() {
        return Err(Refusal::Invalid("Branch already exists".into()));
    }
    let oid = project.resolve(at).ok_or_else(|| Refusal::Invalid(format!("Invalid reference name: {at}")))?;
    let oid = oid.oid.clone();
    model.move_ref(call.project, call.caller.0, &format!("refs/heads/{name}"), Some(&oid))?;
    let project = model.project(call.project)?;
    let commit = project.git.commit(&oid).ok_or(Refusal::Absent("Branch"))?;
    Ok(Reply::json(201, shape::branch(model, project, name, commit)))
}

fn delete_branch(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = call.text("branch");
    model.project(call.project)?.git.branch(name).ok_or(Refusal::Absent("Branch"))?;
    model.move_ref(call.project, call.caller.0, &format!("refs/heads/{name}"), None)?;
    Ok(Reply::empty(204))
}

/// What `to` has and `from` has not, oldest first.
fn compare(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let side = |name: &str| {
        let text = call.asked(name).ok_or_else(|| Refusal::Invalid(format!("{name} is missing")))?;
        project.resolve(text).ok_or(Refusal::Absent("Ref"))
    };
    let (from, to) = (side("from")?, side("to")?);
    let range = project.git.range(&from.oid, &to.oid);
    let commits: Vec<Value> = range
        .iter()
        .filter_map(|oid| project.git.commit(oid))
        .map(|one| shape::commit(model, project, one))
        .collect();
    let origin = project.git.merge_base(&from.oid, &to.oid);
    let origin = origin.as_deref().and_then(|oid| project.git.commit(oid));
    let diffs = shape::diffs(origin.map(|one| &one.tree), &to.tree);
    let url = format!("{}/-/compare/{}...{}", shape::site_url(model, project), from.oid, to.oid);
    Ok(Reply::json(
        200,
        json!({
            "commit": commits.last(), "commits": commits, "diffs": diffs, "compare_timeout": false,
            "compare_same_ref": from.oid == to.oid, "web_url": url,
        }),
    ))
}

fn merge_base(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let sides: Vec<&Commit> = call
        .all_asked("refs")
        .into_iter()
        .map(|name| {
            project.resolve(name).ok_or_else(|| Refusal::Invalid(format!("Could not find ref: {name}")))
        })
        .collect::<Result<_, _>>()?;
    let [one, other] = sides[..] else { return Err(Refusal::Invalid("refs is missing".into())) };
    let base = project.git.merge_base(&one.oid, &other.oid);
    let base =
        base.as_deref().and_then(|oid| project.git.commit(oid)).ok_or(Refusal::Absent("Merge Base"))?;
    Ok(Reply::json(200, shape::commit(model, project, base)))
}

fn access(level: u64) -> Value {
    let name = if level == 0 { "No one" } else { "Maintainers" };
    json!([{ "id": 1, "access_level": level, "access_level_description": name, "user_id": null, "group_id": null }])
}

fn protected_branches(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let names = model.project(call.project)?.protected.iter().enumerate();
    let items = names.map(|(index, name)| {
        json!({
            "id": index + 1, "name": name, "push_access_levels": access(40), "merge_access_levels": access(40),
            "unprotect_access_levels": [], "allow_force_push": false, "code_owner_approval_required": false,
            "inherited": false,
        })
    });
    Ok(call.list(items.collect()))
}

fn protected_tags(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let is_refused = model.project(call.project)?.tags_refused;
    let all = is_refused.then(|| json!({ "name": "*", "create_access_levels": access(0) }));
    Ok(call.list(all.into_iter().collect()))
}
