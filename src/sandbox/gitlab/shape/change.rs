//! Merge requests, issues, approvals, and the place of a note on a line.

use serde_json::{Value, json};

use super::{api_url, maybe_time, merge, milestone, site_url, time, user};
use crate::sandbox::model::{Line, MergeMethod, Model, Project, Pull, Thread};

/// The kind of a thread in addresses.
pub(crate) fn place_of(thread: &Thread) -> &'static str {
    if thread.pull.is_some() { "merge_requests" } else { "issues" }
}

pub(crate) fn thread_url(model: &Model, project: &Project, thread: &Thread) -> String {
    format!("{}/-/{}/{}", site_url(model, project), place_of(thread), thread.number)
}

/// The title as GitLab has it: what is a draft says so there.
pub(crate) fn title(thread: &Thread) -> String {
    let is_draft = thread.pull.as_ref().is_some_and(|pull| pull.is_draft);
    if is_draft { format!("Draft: {}", thread.title) } else { thread.title.clone() }
}

pub(crate) fn state(thread: &Thread) -> &'static str {
    match (thread.merged(), thread.is_open) {
        (Some(_), _) => "merged",
        (None, true) => "opened",
        (None, false) => "closed",
    }
}

fn thread(model: &Model, project: &Project, one: &Thread) -> Value {
    let planned = one.milestone.and_then(|number| project.milestones.get(&number));
    let (path, url) = (model.path_of(project), thread_url(model, project, one));
    let mark = if one.pull.is_some() { '!' } else { '#' };
    let number = one.number;
    json!({
        "id": one.id, "iid": number, "project_id": project.id, "title": title(one), "description": one.body,
        "state": state(one), "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "closed_at": maybe_time(one.closed_at.filter(|_| one.merged().is_none())), "closed_by": null,
        "author": user(model, one.author), "assignees": [], "assignee": null, "labels": one.labels,
        "milestone": planned.map(|found| milestone(model, project, found)),
        "user_notes_count": project.comments_of(number).count(), "upvotes": 0, "downvotes": 0,
        "discussion_locked": null, "imported": false, "imported_from": "none", "web_url": url,
        "references": {
            "short": format!("{mark}{number}"), "relative": format!("{mark}{number}"),
            "full": format!("{path}{mark}{number}"),
        },
        "time_stats": {
            "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null, "human_total_time_spent": null,
        },
        "task_completion_status": { "count": 0, "completed_count": 0 }, "has_tasks": false,
    })
}

pub(crate) fn issue(model: &Model, project: &Project, one: &Thread) -> Value {
    let mut value = thread(model, project, one);
    let url = format!("{}/issues/{}", api_url(model, project), one.number);
    merge(
        &mut value,
        json!({
            "type": "ISSUE", "merge_requests_count": 0, "due_date": null, "confidential": false,
            "issue_type": "issue", "blocking_issues_count": 0, "severity": "UNKNOWN", "subscribed": false,
            "_links": {
                "self": url, "notes": format!("{url}/notes"), "award_emoji": format!("{url}/award_emoji"),
                "project": api_url(model, project), "closed_as_duplicate_of": null,
            },
        }),
    );
    value
}

/// The ids of the commits that a merge made: of all in one, and of the two parents.
pub(crate) fn landing(pull: &Pull) -> (Option<&str>, Option<&str>) {
    let Some(merged) = pull.merged.as_ref() else { return (None, None) };
    match merged.method {
        MergeMethod::Squash => (Some(&merged.commit), None),
        MergeMethod::MergeCommit => (None, Some(&merged.commit)),
        MergeMethod::Rebase => (None, None),
    }
}

/// The newest commit of a change; after a merge by rebasing, as it landed.
pub(crate) fn head(pull: &Pull) -> &str {
    let rebased = pull.merged.as_ref().filter(|merged| merged.method == MergeMethod::Rebase);
    rebased.map_or(pull.head_oid.as_str(), |merged| merged.commit.as_str())
}

/// How far a change is from being merged.
pub(crate) fn readiness(one: &Thread, pull: &Pull) -> &'static str {
    if one.is_open && pull.is_draft {
        "draft_status"
    } else if one.is_open {
        "mergeable"
    } else {
        "not_open"
    }
}

/// A merge request as lists hold it.
pub(crate) fn change_in_list(model: &Model, project: &Project, one: &Thread, pull: &Pull) -> Value {
    let mut value = thread(model, project, one);
    let merged = pull.merged.as_ref();
    let merger = merged.map(|merged| user(model, merged.by));
    let (squashed, committed) = landing(pull);
    let readiness = readiness(one, pull);
    merge(
        &mut value,
        json!({
            "merged_by": merger, "merge_user": merger, "merged_at": maybe_time(merged.map(|merged| merged.at)),
            "target_branch": pull.base, "source_branch": pull.head, "reviewers": [],
            "source_project_id": project.id, "target_project_id": project.id, "draft": pull.is_draft,
            "work_in_progress": pull.is_draft, "merge_when_pipeline_succeeds": false, "merge_status": "can_be_merged",
            "detailed_merge_status": readiness, "merge_after": null, "sha": head(pull),
            "merge_commit_sha": committed, "squash_commit_sha": squashed, "should_remove_source_branch": null,
            "force_remove_source_branch": true, "prepared_at": time(one.created_at), "reference": format!("!{}", one.number),
            "squash": true, "squash_on_merge": true, "has_conflicts": false,
            "blocking_discussions_resolved": true, "approvals_before_merge": null,
        }),
    );
    value
}

/// A merge request that was asked for by itself.
pub(crate) fn change(model: &Model, project: &Project, one: &Thread, pull: &Pull) -> Value {
    let mut value = change_in_list(model, project, one, pull);
    let newest = project.runs.values().rfind(|run| run.head_oid == pull.head_oid);
    let newest = newest.map(|run| super::pipeline_in_list(model, project, run));
    let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid);
    merge(
        &mut value,
        json!({
            "subscribed": false, "changes_count": "1", "latest_build_started_at": null,
            "latest_build_finished_at": null, "first_deployed_to_production_at": null, "pipeline": newest,
            "head_pipeline": newest, "merge_error": null, "first_contribution": is_first(project, one),
            "diff_refs": { "base_sha": origin, "head_sha": pull.head_oid, "start_sha": origin },
            "user": { "can_merge": true },
        }),
    );
    value
}

/// Whether nothing else of the author was ever merged.
fn is_first(project: &Project, one: &Thread) -> bool {
    let others = project.threads.values().filter(|other| other.number != one.number);
    !others.filter(|other| other.author == one.author).any(|other| other.merged().is_some())
}

/// Who approves of a change now: the last word of each.
pub(crate) fn approvers(project: &Project, number: u64) -> Vec<(u64, jiff::Timestamp)> {
    let mut words = std::collections::BTreeMap::new();
    for (said, review) in project.reviews_of(number) {
        match review.state.as_str() {
            "APPROVED" => _ = words.insert(said.author, said.created_at),
            "CHANGES_REQUESTED" | "DISMISSED" => _ = words.remove(&said.author),
            _ => {}
        }
    }
    words.into_iter().collect()
}

pub(crate) fn approvals(model: &Model, project: &Project, one: &Thread) -> Value {
    let given = approvers(project, one.number);
    let by = given.iter().map(|(id, at)| json!({ "user": user(model, *id), "approved_at": time(*at) }));
    let by: Vec<Value> = by.collect();
    json!({
        "id": one.id, "iid": one.number, "project_id": project.id, "title": title(one), "description": one.body,
        "state": state(one), "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "merge_status": "can_be_merged", "approved": true, "approvals_required": 0, "approvals_left": 0,
        "require_password_to_approve": false, "approved_by": by, "suggested_approvers": [], "approvers": [],
        "approver_groups": [], "user_has_approved": given.iter().any(|(id, _)| *id == model.app.bot),
        "user_can_approve": true, "approval_rules_left": [], "has_approval_rules": false,
        "merge_request_approvers_available": false, "multiple_approval_rules_available": false,
        "invalid_approvers_rules": [],
    })
}

/// Where on a file a note stands.
pub(crate) fn position(project: &Project, thread: &Thread, line: &Line) -> Value {
    let base = thread.pull.as_ref().and_then(|pull| project.git.merge_base(&pull.base_oid, &line.commit));
    json!({
        "base_sha": base, "start_sha": base, "head_sha": line.commit, "old_path": line.path, "new_path": line.path,
        "position_type": "text", "old_line": null, "new_line": 1, "line_range": null,
    })
}
