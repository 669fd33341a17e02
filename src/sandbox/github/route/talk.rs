//! Comments, reviews, comments in reviews and reactions.

use super::{READ_PULLS, READ_TALK, WRITE_PULLS, WRITE_TALK};
use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Operation, Reply};
use crate::sandbox::model::{Comment, Model, Novelty, Reaction, Refusal};

pub(super) static OPERATIONS: [Operation; 15] = [
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        need: READ_TALK,
        act: comments,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        need: WRITE_TALK,
        act: create_comment,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        need: READ_TALK,
        act: comment,
    },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        need: WRITE_TALK,
        act: edit_comment,
    },
    Operation {
        method: "DELETE",
        path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        need: WRITE_TALK,
        act: delete_comment,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        need: READ_TALK,
        act: reactions,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        need: WRITE_TALK,
        act: react,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
        need: READ_PULLS,
        act: reactions,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
        need: WRITE_PULLS,
        act: react,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        need: READ_PULLS,
        act: reviews,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}",
        need: READ_PULLS,
        act: review,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
        need: READ_PULLS,
        act: review_comments,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
        need: WRITE_PULLS,
        act: create_review_comment,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
        need: READ_PULLS,
        act: review_comment,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
        need: WRITE_PULLS,
        act: reply,
    },
];

fn comments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let number = project.thread(call.number("issue_number")?)?.number;
    let found = project.comments_of(number);
    Ok(call.list(found.map(|comment| shape::comment(model, project, comment)).collect()))
}

fn create_comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let body = call.required("body")?;
    let id = model.comment(call.project, model.app.bot, call.number("issue_number")?, body)?;
    shown(model, call, id, 201)
}

fn shown(model: &Model, call: &Call, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.comments.get(&id).filter(|comment| comment.on_thread());
    Ok(Reply::json(status, shape::comment(model, project, found.ok_or(Refusal::NotFound)?)))
}

fn comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown(model, call, call.number("comment_id")?, 200)
}

fn edit_comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (id, body) = (own(model, call)?, call.required("body")?);
    model.edit_comment(call.project, model.app.bot, id, body)?;
    shown(model, call, id, 200)
}

fn delete_comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = own(model, call)?;
    model.delete_comment(call.project, model.app.bot, id)?;
    Ok(Reply::empty(204))
}

/// The comment on a thread that is asked for. An app changes only what it wrote.
fn own(model: &Model, call: &Call) -> Result<u64, Refusal> {
    let comments = &model.project(call.project)?.comments;
    let found = comments.get(&call.number("comment_id")?).filter(|comment| comment.on_thread());
    let found = found.ok_or(Refusal::NotFound)?;
    if found.author == model.app.bot {
        return Ok(found.id);
    }
    Err(Refusal::Forbidden("Resource not accessible by integration".into()))
}

/// The comment whose reactions are meant. REST has none on reviews.
fn reactable<'a>(model: &'a Model, call: &Call) -> Result<&'a Comment, Refusal> {
    let comments = &model.project(call.project)?.comments;
    let found = comments.get(&call.number("comment_id")?).filter(|comment| comment.review().is_none());
    found.ok_or(Refusal::NotFound)
}

fn reactions(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let wanted = |one: &&Reaction| call.asked("content").is_none_or(|content| content == one.content);
    let found = reactable(model, call)?.reactions.iter().filter(wanted);
    Ok(call.list(found.map(|one| shape::reaction(model, one)).collect()))
}

fn react(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (id, content) = (reactable(model, call)?.id, call.required("content")?);
    let (reaction, novelty) = model.react(call.project, model.app.bot, id, content)?;
    let status = if novelty == Novelty::New { 201 } else { 200 };
    Ok(Reply::json(status, shape::reaction(model, &reaction)))
}

fn reviews(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let number = project.thread(call.number("pull_number")?)?.number;
    let found = project.reviews_of(number);
    Ok(call.list(found.map(|review| shape::review(model, project, review)).collect()))
}

fn review(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (project, id) = (model.project(call.project)?, call.number("review_id")?);
    let mut all = project.reviews_of(call.number("pull_number")?);
    let found = all.find(|(comment, _)| comment.id == id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::review(model, project, found)))
}

fn review_comments(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let number = project.thread(call.number("pull_number")?)?.number;
    let found = project.lines_of(number);
    Ok(call.list(found.map(|comment| shape::review_comment(model, project, comment)).collect()))
}

fn review_comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown_on_line(model, call, call.number("comment_id")?, 200)
}

fn shown_on_line(model: &Model, call: &Call, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.comments.get(&id).and_then(|comment| Some((comment, comment.line()?)));
    Ok(Reply::json(status, shape::review_comment(model, project, found.ok_or(Refusal::NotFound)?)))
}

/// With `in_reply_to` all else but the text is ignored.
fn create_review_comment(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (bot, body) = (model.app.bot, call.required("body")?);
    let id = match call.body.get("in_reply_to").and_then(serde_json::Value::as_u64) {
        Some(first) => model.reply_in_review(call.project, bot, first, body)?,
        None => model.review_comment(call.project, bot, call.number("pull_number")?, body)?,
    };
    shown_on_line(model, call, id, 201)
}

fn reply(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (first, body) = (call.number("comment_id")?, call.required("body")?);
    let id = model.reply_in_review(call.project, model.app.bot, first, body)?;
    shown_on_line(model, call, id, 201)
}
