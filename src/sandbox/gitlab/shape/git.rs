//! Commits, branches, tags and what stands on a commit.

use serde_json::{Value, json};

use super::project::page;
use super::{commit_time, merge, time, user};
use crate::sandbox::model::{Commit, Git, Model, Project, Tree};

pub(crate) fn commit(model: &Model, project: &Project, one: &Commit) -> Value {
    let at = commit_time(one.at);
    let trailers = trailers(one);
    json!({
        "id": one.oid, "short_id": &one.oid[..8], "created_at": at, "parent_ids": one.parents,
        "title": one.headline(), "message": one.message, "author_name": one.author.name,
        "author_email": one.author.email, "authored_date": at, "committer_name": one.author.name,
        "committer_email": one.author.email, "committed_date": at, "trailers": trailers,
        "extended_trailers": {}, "web_url": page(model, project, "commit", &one.oid),
    })
}

/// `Name: value` lines of the last paragraph.
fn trailers(one: &Commit) -> Value {
    let last = one.body().rsplit("\n\n").next().unwrap_or_default();
    let lines = last.lines().filter_map(|line| line.split_once(": "));
    let fields = lines.filter(|(name, _)| !name.is_empty() && !name.contains(' '));
    fields
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A commit that was asked for by itself.
pub(crate) fn commit_in_full(model: &Model, project: &Project, one: &Commit) -> Value {
    let mut value = commit(model, project, one);
    let before = one.parents.first().and_then(|oid| project.git.commit(oid));
    let before = before.map(|parent| parent.tree.clone()).unwrap_or_default();
    let changed = Git::changed(&before, &one.tree).len();
    let newest = project.runs.values().rfind(|run| run.head_oid == one.oid);
    merge(
        &mut value,
        json!({
            "stats": { "additions": changed, "deletions": 0, "total": changed },
            "status": newest.map(super::pipeline_status), "project_id": project.id,
            "last_pipeline": newest.map(|run| super::pipeline_in_list(model, project, run)),
        }),
    );
    value
}

/// What differs between two trees, file by file.
pub(crate) fn diffs(before: Option<&Tree>, after: &Tree) -> Vec<Value> {
    let none = Tree::default();
    let before = before.unwrap_or(&none);
    let one = |path: String| {
        let (is_new, is_gone) = (!before.contains_key(&path), !after.contains_key(&path));
        json!({
            "diff": "", "collapsed": false, "too_large": false, "new_path": path, "old_path": path,
            "a_mode": "100644", "b_mode": "100644", "new_file": is_new, "renamed_file": false,
            "deleted_file": is_gone, "generated_file": null,
        })
    };
    Git::changed(before, after).into_iter().map(one).collect()
}

pub(crate) fn branch(model: &Model, project: &Project, name: &str, one: &Commit) -> Value {
    let is_protected = project.protected.contains(name);
    let head = project.head();
    json!({
        "name": name, "commit": commit(model, project, one),
        "merged": name != project.default_branch && project.git.is_reachable(&one.oid, head),
        "protected": is_protected, "developers_can_push": false, "developers_can_merge": false, "can_push": true,
        "default": name == project.default_branch, "web_url": page(model, project, "tree", name),
    })
}

/// A tag and what it leads to; `target` is the tag object of an annotated one.
pub(crate) fn tag(model: &Model, project: &Project, name: &str, oid: &str) -> Option<Value> {
    let peeled = project.git.peel(oid)?;
    let object = project.git.tag_object(oid);
    let release = project.release_of(name);
    Some(json!({
        "name": name, "message": object.map(|tag| tag.message.trim_end()), "target": oid,
        "commit": commit(model, project, peeled),
        "release": release.map(|one| json!({ "tag_name": one.tag, "description": one.body })),
        "protected": project.tags_refused, "created_at": object.map(|tag| commit_time(tag.at)),
    }))
}

/// What was reported of a commit: who, by which name, and how it went.
pub(crate) struct Reported<'a> {
    pub(crate) id: u64,
    pub(crate) oid: &'a str,
    pub(crate) name: &'a str,
    pub(crate) status: &'static str,
    pub(crate) author: u64,
    pub(crate) description: Option<&'a str>,
    pub(crate) target_url: Option<&'a str>,
    pub(crate) at: jiff::Timestamp,
}

pub(crate) fn commit_status(model: &Model, project: &Project, one: &Reported<'_>) -> Value {
    let branch = project.git.refs_under("refs/heads/").find(|(_, head)| *head == one.oid);
    let is_over = !matches!(one.status, "pending" | "running");
    json!({
        "id": one.id, "sha": one.oid, "ref": branch.map_or(project.default_branch.as_str(), |(name, _)| name),
        "status": one.status, "name": one.name, "target_url": one.target_url, "description": one.description,
        "created_at": time(one.at), "started_at": null, "finished_at": is_over.then(|| time(one.at)),
        "allow_failure": false, "coverage": null, "pipeline_id": null, "author": user(model, one.author),
    })
}

/// Everything that was reported of a commit, by statuses and by checks alike, oldest first.
pub(crate) fn reported<'a>(project: &'a Project, oid: &'a str) -> Vec<Reported<'a>> {
    let statuses = project.statuses.values().filter(|one| one.oid == oid).map(|one| Reported {
        id: one.id,
        oid: &one.oid,
        name: &one.context,
        status: status_name(&one.state),
        author: one.creator,
        description: one.description.as_deref(),
        target_url: one.target_url.as_deref(),
        at: one.created_at,
    });
    let checks = project.checks.values().filter(|one| one.head_oid == oid).map(|one| Reported {
        id: one.id,
        oid: &one.head_oid,
        name: &one.name,
        status: check_name(&one.status, one.conclusion.as_deref()),
        author: one.app,
        description: one.title.as_deref(),
        target_url: None,
        at: one.started_at,
    });
    let mut all: Vec<Reported<'a>> = statuses.chain(checks).collect();
    all.sort_by_key(|one| one.id);
    all
}

fn status_name(state: &str) -> &'static str {
    match state {
        "success" => "success",
        "failure" => "failed",
        "error" => "canceled",
        _ => "pending",
    }
}

fn check_name(status: &str, conclusion: Option<&str>) -> &'static str {
    match (status, conclusion) {
        (_, Some("success" | "neutral")) => "success",
        (_, Some("skipped")) => "skipped",
        (_, Some("cancelled")) => "canceled",
        (_, Some(_)) => "failed",
        ("in_progress", None) => "running",
        (_, None) => "pending",
    }
}
