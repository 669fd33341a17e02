//! A repository, its branches, commits, comparisons and files.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{METADATA, READ_CONTENTS, WRITE_CONTENTS};
use crate::sandbox::github::call::{Call, encode};
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Operation, Reply};
use crate::sandbox::model::{Commit, Git, Model, Project, Refusal, Relation, Tree, object_id, tree_oid};

pub(super) static OPERATIONS: [Operation; 9] = [
    Operation { method: "POST", path: "/repos/{owner}/{repo}/merges", need: WRITE_CONTENTS, act: merge },
    Operation { method: "GET", path: "/repos/{owner}/{repo}", need: METADATA, act: repository },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/branches", need: READ_CONTENTS, act: branches },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/branches/{branch*}",
        need: READ_CONTENTS,
        act: branch,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/commits", need: READ_CONTENTS, act: commits },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/commits/{ref*}",
        need: READ_CONTENTS,
        act: commit,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/compare/{basehead*}",
        need: READ_CONTENTS,
        act: compare,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/contents/{path*}",
        need: READ_CONTENTS,
        act: contents,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/tags", need: METADATA, act: tags },
];

fn repository(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, shape::repository(model, model.project(call.project)?)))
}

fn branches(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let api = shape::api_url(model, project);
    let wanted = |name: &str| match call.asked("protected") {
        Some("true") => project.protected.contains(name),
        Some("false") => !project.protected.contains(name),
        _ => true,
    };
    let found = project.git.refs_under("refs/heads/").filter(|(name, _)| wanted(name));
    let items = found.map(|(name, oid)| {
        let commit = json!({ "sha": oid, "url": format!("{api}/commits/{oid}") });
        json!({ "name": name, "commit": commit, "protected": project.protected.contains(name) })
    });
    Ok(call.list(items.collect()))
}

fn branch(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let name = call.text("branch");
    let oid = project.git.branch(name).ok_or(Refusal::NotFound)?;
    let commit = project.git.commit(oid).ok_or(Refusal::NotFound)?;
    let url = format!("{}/branches/{}", shape::api_url(model, project), encode(name));
    let protected = project.protected.contains(name);
    Ok(Reply::json(
        200,
        json!({
            "name": name, "commit": shape::commit(model, project, commit), "protected": protected,
            "protection": { "enabled": protected }, "protection_url": format!("{url}/protection"),
            "_links": { "self": url, "html": format!("{}/tree/{name}", shape::site_url(model, project)) },
        }),
    ))
}

fn commits(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let head = project.resolve(call.asked("sha").unwrap_or("HEAD")).ok_or(Refusal::NotFound)?;
    let log = project.git.log(&head.oid);
    let found = log.iter().filter_map(|oid| project.git.commit(oid));
    Ok(call.list(found.map(|one| shape::commit(model, project, one)).collect()))
}

fn commit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let name = call.text("ref");
    let no_commit = || Refusal::Invalid(format!("No commit found for SHA: {name}"));
    let found = project.resolve(name).ok_or_else(no_commit)?;
    let mut value = shape::commit(model, project, found);
    let before = found.parents.first().and_then(|oid| project.git.commit(oid));
    let before = before.map(|parent| parent.tree.clone()).unwrap_or_default();
    value["files"] = files(model, project, (&before, found));
    value["stats"] = json!({ "additions": 1, "deletions": 0, "total": 1 });
    Ok(Reply::json(200, value))
}

/// The files that a commit has otherwise than a tree.
fn files(model: &Model, project: &Project, (before, found): (&Tree, &Commit)) -> Value {
    let api = shape::api_url(model, project);
    let files = Git::changed(before, &found.tree).into_iter().map(|path| {
        let text = found.tree.get(&path).or_else(|| before.get(&path)).cloned().unwrap_or_default();
        let oid = object_id("blob", text.as_bytes());
        let encoded = path.split('/').map(encode).collect::<Vec<_>>().join("/");
        let at = format!("{}/{encoded}", found.oid);
        json!({
            "sha": oid, "filename": path, "status": "modified", "additions": 1, "deletions": 0, "changes": 1,
            "blob_url": format!("{api}/blob/{at}"), "raw_url": format!("{api}/raw/{at}"),
            "contents_url": format!("{api}/contents/{encoded}?ref={}", found.oid),
        })
    });
    Value::Array(files.collect())
}

/// A branch merges a commit; nothing where it has it.
fn merge(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (base, head) = (call.required("base")?, call.required("head")?);
    let message = call.said("commit_message").unwrap_or("Merge");
    let Some(oid) = model.merge_into(call.project, model.app.bot, (base, head), message)? else {
        return Ok(Reply::empty(204));
    };
    let project = model.project(call.project)?;
    let made = project.git.commit(&oid).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::commit(model, project, made)))
}

fn compare(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let (base, head) = call.text("basehead").split_once("...").ok_or(Refusal::NotFound)?;
    let base = project.resolve(base).ok_or(Refusal::NotFound)?;
    let head = project.resolve(head).ok_or(Refusal::NotFound)?;
    let comparison = project.git.compare(&base.oid, &head.oid);
    let origin = comparison.merge_base.as_deref().and_then(|oid| project.git.commit(oid));
    let all: Vec<Value> = comparison
        .commits
        .iter()
        .filter_map(|oid| project.git.commit(oid))
        .map(|one| shape::commit(model, project, one))
        .collect();
    let total = all.len();
    let paged = call.asked("per_page").is_some() || call.asked("page").is_some();
    let (shown, link) =
        if paged { call.linked_page(all) } else { (all.into_iter().take(250).collect(), None) };
    let at = format!("compare/{}...{}", base.oid, head.oid);
    let (url, site) = (format!("{}/{at}", shape::api_url(model, project)), shape::site_url(model, project));
    let html = format!("{site}/{at}");
    let origin = origin.ok_or(Refusal::NotFound)?;
    let reply = Reply::json(
        200,
        json!({
            "url": url, "html_url": html, "permalink_url": html, "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"), "base_commit": shape::commit(model, project, base),
            "merge_base_commit": shape::commit(model, project, origin),
            "status": relation(comparison.relation), "ahead_by": total, "behind_by": comparison.behind,
            "total_commits": total, "commits": shown, "files": files(model, project, (&origin.tree, head)),
        }),
    );
    Ok(match link {
        Some(link) => reply.header("link", link),
        None => reply,
    })
}

pub(crate) fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Ahead => "ahead",
        Relation::Behind => "behind",
        Relation::Diverged => "diverged",
        Relation::Identical => "identical",
    }
}

/// A file, or the listing of a folder.
fn contents(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let path = call.text("path").trim_matches('/');
    let reference = call.asked("ref").unwrap_or(&project.default_branch);
    let tree = project.tree_at(reference).ok_or(Refusal::NotFound)?;
    if let Some(text) = tree.get(path) {
        let mut value = entry(model, project, reference, (path, "file", &object_id("blob", text.as_bytes())));
        value["size"] = json!(text.len());
        value["encoding"] = json!("base64");
        value["content"] = json!(STANDARD.encode(text.as_bytes()));
        return Ok(Reply::json(200, value));
    }
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut children = BTreeMap::new();
    for (full, text) in tree.iter() {
        let Some(rest) = full.strip_prefix(&folder) else { continue };
        match rest.split_once('/') {
            None => children.insert(full.clone(), ("file", object_id("blob", text.as_bytes()))),
            Some((name, _)) => {
                let child = format!("{folder}{name}");
                let oid = tree_oid(tree, &format!("{child}/"));
                children.insert(child, ("dir", oid))
            }
        };
    }
    if children.is_empty() {
        return Err(Refusal::NotFound);
    }
    let listing =
        children.iter().map(|(path, (kind, oid))| entry(model, project, reference, (path, kind, oid)));
    Ok(Reply::json(200, Value::Array(listing.collect())))
}

fn entry(model: &Model, project: &Project, reference: &str, what: (&str, &str, &str)) -> Value {
    let (path, kind, oid) = what;
    let (api, site) = (shape::api_url(model, project), shape::site_url(model, project));
    let is_file = kind == "file";
    let encoded = path.split('/').map(encode).collect::<Vec<_>>().join("/");
    let url = format!("{api}/contents/{encoded}?ref={}", encode(reference));
    let git_url = format!("{api}/git/{}/{oid}", if is_file { "blobs" } else { "trees" });
    let html_url =
        format!("{site}/{}/{}/{encoded}", if is_file { "blob" } else { "tree" }, encode(reference));
    json!({
        "name": path.rsplit('/').next(), "path": path, "sha": oid, "size": 0, "type": kind, "url": url,
        "git_url": git_url, "html_url": html_url, "download_url": is_file.then(|| format!("{html_url}?raw=1")),
        "_links": { "self": url, "git": git_url, "html": html_url },
    })
}

fn tags(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let api = shape::api_url(model, project);
    let found = project.git.refs_under("refs/tags/").rev().filter_map(|(name, oid)| {
        let commit = &project.git.peel(oid)?.oid;
        Some(json!({
            "name": name, "node_id": shape::node_id("REF", name), "zipball_url": format!("{api}/zipball/{}", encode(name)),
            "tarball_url": format!("{api}/tarball/{}", encode(name)),
            "commit": { "sha": commit, "url": format!("{api}/commits/{commit}") },
        }))
    });
    Ok(call.list(found.collect()))
}
