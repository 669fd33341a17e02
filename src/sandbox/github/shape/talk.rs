//! Comments, reviews, comments in reviews, reactions.

use serde_json::{Value, json};

use super::change::{association, reactions};
use super::{api_url, app, node_id, site_url, time, user};
use crate::sandbox::model::{Comment, Line, Model, Project, Reaction, Review};

pub(crate) fn comment(model: &Model, project: &Project, one: &Comment) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let url = format!("{api}/issues/comments/{}", one.id);
    let via = (one.author == model.app.bot).then(|| app(model));
    let is_change = project.threads.get(&one.number).is_some_and(|thread| thread.pull.is_some());
    let place = if is_change { "pull" } else { "issues" };
    json!({
        "id": one.id, "node_id": node_id("IC", one.id), "url": url, "body": one.body,
        "html_url": format!("{site}/{place}/{}#issuecomment-{}", one.number, one.id),
        "issue_url": format!("{api}/issues/{}", one.number), "user": user(model, one.author),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "author_association": association(project, one.author), "reactions": reactions(&url, &one.reactions),
        "performed_via_github_app": via,
    })
}

pub(crate) fn reaction(model: &Model, one: &Reaction) -> Value {
    json!({
        "id": one.id, "node_id": node_id("REA", one.id), "user": user(model, one.author), "content": one.content,
        "created_at": time(one.created_at),
    })
}

/// `state` is upper case in REST and lower case in webhooks.
pub(crate) fn review(model: &Model, project: &Project, one: (&Comment, &Review)) -> Value {
    let (one, Review { state, commit }) = one;
    let pull_url = format!("{}/pulls/{}", api_url(model, project), one.number);
    let html_url = format!("{}/pull/{}#pullrequestreview-{}", site_url(model, project), one.number, one.id);
    json!({
        "id": one.id, "node_id": node_id("PRR", one.id), "user": user(model, one.author), "body": one.body,
        "state": state, "commit_id": commit, "submitted_at": time(one.created_at),
        "updated_at": time(one.updated_at), "html_url": html_url,
        "pull_request_url": pull_url, "author_association": association(project, one.author),
        "_links": { "html": { "href": html_url }, "pull_request": { "href": pull_url } },
    })
}

pub(crate) fn review_comment(model: &Model, project: &Project, one: (&Comment, &Line)) -> Value {
    let (one, line) = one;
    let api = api_url(model, project);
    let url = format!("{api}/pulls/comments/{}", one.id);
    let pull_url = format!("{api}/pulls/{}", one.number);
    let html_url = format!("{}/pull/{}#discussion_r{}", site_url(model, project), one.number, one.id);
    let mut value = json!({
        "id": one.id, "node_id": node_id("PRRC", one.id), "pull_request_review_id": line.review, "url": url,
        "diff_hunk": "@@ -0,0 +1 @@", "path": line.path, "position": 1, "original_position": 1,
        "commit_id": line.commit, "original_commit_id": line.commit, "user": user(model, one.author),
        "body": one.body, "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "html_url": html_url, "pull_request_url": pull_url, "start_line": null, "original_start_line": null,
        "start_side": null, "line": 1, "original_line": 1, "side": "RIGHT", "subject_type": "line",
        "author_association": association(project, one.author), "reactions": reactions(&url, &one.reactions),
        "_links": {
            "self": { "href": url }, "html": { "href": html_url }, "pull_request": { "href": pull_url },
        },
    });
    if let Some(first) = line.in_reply_to {
        value["in_reply_to_id"] = json!(first);
    }
    value
}
