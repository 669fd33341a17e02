//! How GitLab writes nouns in webhooks: other fields, other names, and dates as people of another time wrote them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::change::{head, landing, readiness, thread_url, title};
use super::project::{page, ssh_url, visibility};
use super::{discussion_id, merge, position, site_url, state, username};
use crate::sandbox::model::{
    Comment, Commit, Git, Label, Milestone, Model, Place, Project, Pull, Thread, object_id,
};

/// `2026-12-01 12:00:00 UTC`: the times of records.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `2026-12-01 12:00:00 +0000`: the times of deployments.
pub(crate) fn offset_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S +0000").to_string()
}

pub(crate) fn user(model: &Model, id: u64) -> Value {
    let name = username(model, id);
    let avatar = format!("{}/uploads/avatar/{id}.png", model.addresses.site);
    json!({ "id": id, "name": name, "username": name, "avatar_url": avatar, "email": "[REDACTED]" })
}

pub(crate) fn project(model: &Model, project: &Project) -> Value {
    let (site, path) = (site_url(model, project), model.path_of(project));
    let (ssh, owner) = (ssh_url(model, project), model.login(project.owner));
    json!({
        "id": project.id, "name": project.name, "description": null, "web_url": site, "avatar_url": null,
        "git_ssh_url": ssh, "git_http_url": format!("{site}.git"), "namespace": owner,
        "visibility_level": visibility(project).1, "path_with_namespace": path, "default_branch": project.default_branch,
        "ci_config_path": "", "homepage": site, "url": ssh, "ssh_url": ssh, "http_url": format!("{site}.git"),
    })
}

pub(crate) fn repository(model: &Model, project: &Project) -> Value {
    let site = site_url(model, project);
    json!({ "name": project.name, "url": ssh_url(model, project), "description": null, "homepage": site })
}

pub(crate) fn label(model: &Model, project: &Project, one: &Label) -> Value {
    let at = time(model.app.created_at);
    json!({
        "id": one.id, "title": one.name, "color": format!("#{}", one.color), "project_id": project.id,
        "created_at": at, "updated_at": at, "template": false, "description": one.description,
        "type": "ProjectLabel", "group_id": null,
    })
}

/// Labels by their names, as they are or were.
pub(crate) fn labels<'a>(
    model: &Model,
    project: &Project,
    names: impl IntoIterator<Item = &'a String>,
) -> Vec<Value> {
    let known = names.into_iter().filter_map(|name| project.labels.get(name));
    known.map(|one| label(model, project, one)).collect()
}

pub(crate) fn commit(model: &Model, project: &Project, one: &Commit) -> Value {
    json!({
        "id": one.oid, "message": one.message, "title": one.headline(),
        "timestamp": one.at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
        "url": page(model, project, "commit", &one.oid),
        "author": { "name": one.author.name, "email": "[REDACTED]" },
    })
}

/// A commit of a push, with its files.
pub(crate) fn pushed_commit(model: &Model, project: &Project, one: &Commit) -> Value {
    let mut value = commit(model, project, one);
    let before = one.parents.first().and_then(|oid| project.git.commit(oid));
    let before = before.map(|parent| parent.tree.clone()).unwrap_or_default();
    let changed = Git::changed(&before, &one.tree);
    let among = |was: bool, is: bool| -> Vec<&String> {
        changed
            .iter()
            .filter(|path| before.contains_key(*path) == was && one.tree.contains_key(*path) == is)
            .collect()
    };
    merge(
        &mut value,
        json!({ "added": among(false, true), "modified": among(true, true), "removed": among(true, false) }),
    );
    value
}

fn thread(model: &Model, project: &Project, one: &Thread) -> Value {
    let milestone = one.milestone.and_then(|number| project.milestones.get(&number));
    json!({
        "id": one.id, "iid": one.number, "title": title(one), "description": one.body, "state": state(one),
        "author_id": one.author, "assignee_id": null, "assignee_ids": [], "milestone_id": milestone.map(|one| one.id),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at), "last_edited_at": null,
        "last_edited_by_id": null, "updated_by_id": null, "time_estimate": 0, "total_time_spent": 0, "time_change": 0,
        "human_total_time_spent": null, "human_time_change": null, "human_time_estimate": null,
        "labels": labels(model, project, &one.labels), "url": thread_url(model, project, one),
    })
}

pub(crate) fn issue(model: &Model, project: &Project, one: &Thread) -> Value {
    let mut value = thread(model, project, one);
    let state_id = if one.is_open { 1 } else { 2 };
    let closed_at = one.closed_at.map(time);
    merge(
        &mut value,
        json!({
            "project_id": project.id, "confidential": false, "closed_at": closed_at, "due_date": null,
            "discussion_locked": null, "moved_to_id": null, "duplicated_to_id": null, "relative_position": null,
            "state_id": state_id, "severity": "unknown", "type": "Issue", "weight": null,
        }),
    );
    value
}

pub(crate) fn change(model: &Model, project: &Project, one: &Thread, pull: &Pull) -> Value {
    let mut value = thread(model, project, one);
    let sides = self::project(model, project);
    let last = project.git.commit(head(pull)).map(|last| commit(model, project, last));
    let readiness = readiness(one, pull);
    let state_id = match state(one) {
        "opened" => 1,
        "closed" => 2,
        _ => 3,
    };
    merge(
        &mut value,
        json!({
            "source_branch": pull.head, "target_branch": pull.base, "source_project_id": project.id,
            "target_project_id": project.id, "source": sides, "target": sides, "last_commit": last,
            "draft": pull.is_draft, "work_in_progress": pull.is_draft, "merge_status": "can_be_merged",
            "detailed_merge_status": readiness, "merge_commit_sha": landing(pull).1, "merge_error": null,
            "merge_params": { "force_remove_source_branch": "1" }, "merge_when_pipeline_succeeds": false,
            "merge_user_id": pull.merged.as_ref().map(|merged| merged.by), "head_pipeline_id": null,
            "state_id": state_id, "first_contribution": false, "blocking_discussions_resolved": true,
            "reviewer_ids": [], "prepared_at": time(one.created_at),
        }),
    );
    value
}

pub(crate) fn note(model: &Model, project: &Project, thread: &Thread, one: &Comment) -> Value {
    let kind = if thread.pull.is_some() { "MergeRequest" } else { "Issue" };
    let (kind_of_note, line_code, place) = match &one.place {
        Place::Line(line) => {
            let file = object_id("path", line.path.as_bytes());
            (Some("DiffNote"), Some(format!("{file}_0_1")), position(project, thread, line))
        }
        Place::Thread | Place::Review(_) => (None, None, Value::Null),
    };
    json!({
        "id": one.id, "note": one.body, "description": one.body, "noteable_type": kind, "noteable_id": thread.id,
        "author_id": one.author, "project_id": project.id, "attachment": null, "line_code": line_code, "commit_id": null,
        "system": false, "st_diff": null, "type": kind_of_note, "position": place, "original_position": place,
        "change_position": null, "discussion_id": discussion_id(one), "internal": false, "resolved_at": null,
        "resolved_by_id": null, "resolved_by_push": null, "updated_by_id": null,
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "url": format!("{}#note_{}", thread_url(model, project, thread), one.id),
    })
}

pub(crate) fn milestone(project: &Project, one: &Milestone) -> Value {
    json!({
        "id": one.id, "iid": one.number, "title": one.title, "description": "",
        "state": if one.is_open { "active" } else { "closed" }, "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "due_date": one.due_on.map(super::day), "start_date": null,
        "group_id": null, "project_id": project.id,
    })
}
