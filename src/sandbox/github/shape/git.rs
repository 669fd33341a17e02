//! Commits and tag objects.

use serde_json::{Value, json};

use super::{api_url, node_id, site_url, time, user};
use crate::sandbox::model::{Commit, Git, Model, Project, Signature, TagObject};
use jiff::Timestamp;

fn signature(who: &Signature, at: Timestamp) -> Value {
    json!({ "name": who.name, "email": who.email, "date": time(at) })
}

pub(crate) fn commit(model: &Model, project: &Project, commit: &Commit) -> Value {
    let (api, site, oid) = (api_url(model, project), site_url(model, project), &commit.oid);
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|parent| {
            json!({ "sha": parent, "url": format!("{api}/commits/{parent}"), "html_url": format!("{site}/commit/{parent}") })
        })
        .collect();
    let author = commit.author.account.map(|id| user(model, id));
    let tree = commit.tree_oid();
    json!({
        "sha": oid, "node_id": node_id("C", oid), "url": format!("{api}/commits/{oid}"),
        "html_url": format!("{site}/commit/{oid}"), "comments_url": format!("{api}/commits/{oid}/comments"),
        "author": author, "committer": author, "parents": parents,
        "commit": {
            "author": signature(&commit.author, commit.at), "committer": signature(&commit.author, commit.at),
            "message": commit.message, "comment_count": 0, "url": format!("{api}/git/commits/{oid}"),
            "tree": { "sha": tree, "url": format!("{api}/git/trees/{tree}") },
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        },
    })
}

/// A commit as git has it, without what GitHub knows of it.
pub(crate) fn git_commit(model: &Model, project: &Project, one: &Commit) -> Value {
    let mut value = commit(model, project, one);
    let (mut inner, api) = (value["commit"].take(), api_url(model, project));
    inner["sha"] = json!(one.oid);
    inner["node_id"] = json!(node_id("C", &one.oid));
    inner["url"] = json!(format!("{api}/git/commits/{}", one.oid));
    inner["html_url"] = value["html_url"].take();
    inner["parents"] = value["parents"].take();
    if let Some(fields) = inner.as_object_mut() {
        fields.remove("comment_count");
    }
    inner
}

/// A commit as a push event lists it.
pub(crate) fn pushed_commit(model: &Model, project: &Project, commit: &Commit) -> Value {
    let touched = Touched::by(project, commit);
    let author = json!({
        "name": commit.author.name, "email": commit.author.email, "date": time(commit.at),
        "username": commit.author.account.map(|id| model.login(id)),
    });
    json!({
        "id": commit.oid, "tree_id": commit.tree_oid(), "distinct": true, "message": commit.message,
        "timestamp": time(commit.at), "url": format!("{}/commit/{}", site_url(model, project), commit.oid),
        "author": author, "committer": author, "added": touched.added, "removed": touched.removed,
        "modified": touched.modified,
    })
}

/// The paths that a commit touched, seen from its first parent.
#[derive(Default)]
struct Touched {
    added: Vec<String>,
    removed: Vec<String>,
    modified: Vec<String>,
}

impl Touched {
    fn by(project: &Project, commit: &Commit) -> Self {
        let parent = commit.parents.first().and_then(|oid| project.git.commit(oid));
        let before = parent.map(|parent| parent.tree.clone()).unwrap_or_default();
        let mut touched = Self::default();
        for path in Git::changed(&before, &commit.tree) {
            match (before.contains_key(&path), commit.tree.contains_key(&path)) {
                (false, _) => touched.added.push(path),
                (true, false) => touched.removed.push(path),
                (true, true) => touched.modified.push(path),
            }
        }
        touched
    }
}

pub(crate) fn tag_object(model: &Model, project: &Project, tag: &TagObject) -> Value {
    let api = api_url(model, project);
    json!({
        "node_id": node_id("TA", &tag.oid), "tag": tag.name, "sha": tag.oid, "message": tag.message,
        "url": format!("{api}/git/tags/{}", tag.oid), "tagger": signature(&tag.tagger, tag.at),
        "object": { "type": "commit", "sha": tag.target, "url": format!("{api}/git/commits/{}", tag.target) },
        "verification": {
            "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
        },
    })
}
