//! Issues, pull requests, labels, milestones.

use serde_json::{Value, json};

use super::account::merge;
use super::{api_url, app_of, maybe_time, node_id, repository, site_url, time, user};
use crate::sandbox::model::{Label, Milestone, Model, Project, Pull, REACTIONS, Reaction, Thread};

pub(crate) fn label(model: &Model, project: &Project, label: &Label) -> Value {
    json!({
        "id": label.id, "node_id": node_id("LA", label.id), "name": label.name, "color": label.color,
        "default": false, "description": label.description,
        "url": format!("{}/labels/{}", api_url(model, project), super::super::call::encode(&label.name)),
    })
}

pub(crate) fn milestone(model: &Model, project: &Project, one: &Milestone) -> Value {
    let url = format!("{}/milestones/{}", api_url(model, project), one.number);
    let planned = || project.threads.values().filter(|thread| thread.milestone == Some(one.number));
    json!({
        "id": one.id, "node_id": node_id("MI", one.id), "number": one.number, "title": one.title,
        "description": null, "state": if one.is_open { "open" } else { "closed" }, "url": url,
        "labels_url": format!("{url}/labels"),
        "html_url": format!("{}/milestone/{}", site_url(model, project), one.number),
        "creator": user(model, one.creator), "due_on": maybe_time(one.due_on),
        "open_issues": planned().filter(|thread| thread.is_open).count(),
        "closed_issues": planned().filter(|thread| !thread.is_open).count(),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "closed_at": maybe_time(one.closed_at),
    })
}

/// A relation by which nobody may be given a right: as a private member appears, so does everyone here.
pub(super) fn association(project: &Project, account: u64) -> &'static str {
    let merged = |thread: &&Thread| thread.author == account && thread.merged().is_some();
    if project.threads.values().any(|thread| merged(&thread)) { "CONTRIBUTOR" } else { "NONE" }
}

pub(super) fn reactions(url: &str, reactions: &[Reaction]) -> Value {
    let mut summary = json!({ "url": format!("{url}/reactions"), "total_count": reactions.len() });
    for content in REACTIONS {
        summary[content] = json!(reactions.iter().filter(|one| one.content == content).count());
    }
    summary
}

/// What an issue and a pull request have in common.
fn thread(model: &Model, project: &Project, one: &Thread) -> Value {
    let labels: Vec<Value> = one
        .labels
        .iter()
        .filter_map(|name| project.labels.get(name))
        .map(|found| label(model, project, found))
        .collect();
    let planned = one.milestone.and_then(|number| project.milestones.get(&number));
    json!({
        "number": one.number, "title": one.title,
        "body": (!one.body.is_empty()).then_some(&one.body), "user": user(model, one.author), "labels": labels,
        "milestone": planned.map(|found| milestone(model, project, found)),
        "state": if one.is_open { "open" } else { "closed" }, "locked": false, "active_lock_reason": null,
        "assignee": null, "assignees": [], "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "closed_at": maybe_time(one.closed_at), "author_association": association(project, one.author),
    })
}

pub(crate) fn issue(model: &Model, project: &Project, one: &Thread) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let url = format!("{api}/issues/{}", one.number);
    let mut value = thread(model, project, one);
    let place = if one.pull.is_some() { "pull" } else { "issues" };
    let html_url = format!("{site}/{place}/{}", one.number);
    merge(
        &mut value,
        json!({
            "id": one.id, "node_id": node_id("I", one.id), "url": url, "repository_url": api,
            "labels_url": format!("{url}/labels{{/name}}"), "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"), "timeline_url": format!("{url}/timeline"), "html_url": html_url,
            "comments": project.comments_of(one.number).count(),
            "reactions": reactions(&url, &[]), "performed_via_github_app": app_of(model, one.author).filter(|_| one.pull.is_none()),
            "state_reason": one.reason,
        }),
    );
    if let Some(pull) = &one.pull {
        value["draft"] = json!(pull.is_draft);
        value["pull_request"] = json!({
            "url": format!("{api}/pulls/{}", one.number), "html_url": html_url, "diff_url": format!("{html_url}.diff"),
            "patch_url": format!("{html_url}.patch"), "merged_at": maybe_time(one.merged().map(|merged| merged.at)),
        });
    }
    value
}

fn side(model: &Model, project: &Project, branch: (&str, &str)) -> Value {
    json!({
        "label": format!("{}:{}", model.login(project.owner), branch.0), "ref": branch.0, "sha": branch.1,
        "user": user(model, project.owner), "repo": repository(model, project),
    })
}

/// A pull request as lists hold it.
pub(crate) fn pull_in_list(model: &Model, project: &Project, one: &Thread, pull: &Pull) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let (url, html_url) = (format!("{api}/pulls/{}", one.number), format!("{site}/pull/{}", one.number));
    let issue_url = format!("{api}/issues/{}", one.number);
    let statuses_url = format!("{api}/statuses/{}", pull.head_oid);
    let link = |href: &str| json!({ "href": href });
    let mut value = thread(model, project, one);
    let merged = pull.merged.as_ref();
    merge(
        &mut value,
        json!({
            "id": one.id + 500_000, "node_id": node_id("PR", one.id), "url": url, "html_url": html_url,
            "diff_url": format!("{html_url}.diff"), "patch_url": format!("{html_url}.patch"), "issue_url": issue_url,
            "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
            "review_comment_url": format!("{api}/pulls/comments{{/number}}"),
            "comments_url": format!("{issue_url}/comments"), "statuses_url": statuses_url,
            "base": side(model, project, (&pull.base, &pull.base_oid)),
            "head": side(model, project, (&pull.head, &pull.head_oid)),
            "draft": pull.is_draft, "requested_reviewers": [], "requested_teams": [], "auto_merge": null,
            "merge_commit_sha": merged.map(|merged| &merged.commit), "merged_at": maybe_time(merged.map(|merged| merged.at)),
            "_links": {
                "self": link(&url), "html": link(&html_url), "issue": link(&issue_url),
                "comments": link(&format!("{issue_url}/comments")), "review_comments": link(&format!("{url}/comments")),
                "review_comment": link(&format!("{api}/pulls/comments{{/number}}")),
                "commits": link(&format!("{url}/commits")), "statuses": link(&statuses_url),
            },
        }),
    );
    value
}

/// A pull request by itself.
pub(crate) fn pull(model: &Model, project: &Project, one: &Thread, pull: &Pull) -> Value {
    let mut value = pull_in_list(model, project, one, pull);
    let merged = pull.merged.as_ref();
    let commits = merged.map_or_else(|| project.git.range(&pull.base_oid, &pull.head_oid).len(), |_| 1);
    merge(
        &mut value,
        json!({
            "merged": merged.is_some(), "merged_by": merged.map(|merged| user(model, merged.by)),
            "mergeable": if one.is_open { Some(true) } else { None },
            "mergeable_state": if one.is_open { "clean" } else { "unknown" }, "rebaseable": null,
            "maintainer_can_modify": false, "commits": commits, "additions": 1, "deletions": 0, "changed_files": 1,
            "comments": project.comments_of(one.number).count(),
            "review_comments": project.lines_of(one.number).count(),
        }),
    );
    value
}
