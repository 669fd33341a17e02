//! Our notes: posted once, edited afterwards. Nothing but our own marker is ever read from their text (S21).

use serde::Deserialize;
use serde_json::json;

use super::Work;
use crate::domain::effect::Made;
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::say::Text;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};

/// Notes and discussions looked through: ten pages of a hundred.
const PAGES: u32 = 10;

/// A note as an answer tells it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Note {
    pub(super) id: u64,
    #[serde(default)]
    body: String,
    author: Author,
}

#[derive(Debug, Clone, Deserialize)]
struct Author {
    id: u64,
}

/// A thread of notes.
#[derive(Deserialize)]
struct Discussion {
    id: String,
    #[serde(default)]
    notes: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

pub(super) async fn ensure(
    work: &Work<'_>,
    (thread, answers): (Thread, Option<&CommentRef>),
    text: &Text,
) -> Result<Made, PerformError> {
    let marker = marker(work.order.key);
    let body = work.pen().marked(text, &marker);
    if let Some(number) = work.order.reference
        && let Some(edited) = edit(work, thread, (number, &body)).await?
    {
        return Ok(made(work, thread, edited.id));
    }
    if work.may_be_done()
        && let Some(found) = find(work, thread, &marker).await?
    {
        return Ok(made(work, thread, found.id));
    }
    let route = match answers {
        Some(remark) if remark.kind == CommentKind::Remark => below(work, remark).await?,
        _ => notes(work, thread),
    };
    let posted: Note = work.api().post(&route, json!({ "body": body })).await.map_err(Fault::of_write)?;
    Ok(made(work, thread, posted.id))
}

/// Edits a note; `None` where somebody deleted it: then it is posted anew.
pub(super) async fn edit(
    work: &Work<'_>,
    thread: Thread,
    (number, body): (&str, &str),
) -> Result<Option<Note>, PerformError> {
    let route = notes(work, thread).then(number);
    if_there(work.api().put(&route, json!({ "body": body })).await).map_err(Fault::of_write)
}

/// The note of ours that carries this marker; by its author's number, for anybody can write a marker.
pub(super) async fn find(
    work: &Work<'_>,
    thread: Thread,
    marker: &str,
) -> Result<Option<Note>, PerformError> {
    let us = work.ourselves().await?.id.0;
    let is_ours = |note: &Note| note.author.id == us && note.body.lines().any(|line| line.trim() == marker);
    let route = notes(work, thread).with("sort", "desc").with("order_by", "created_at").with("per_page", 100);
    let all = work.api().pages(&route, PAGES, |all: &[Note]| all.iter().any(is_ours)).await;
    Ok(all.map_err(Fault::of_lookup)?.into_iter().find(is_ours))
}

/// Where to answer a remark on the diff: in its own thread. A thread that is gone is answered in the conversation.
async fn below(work: &Work<'_>, remark: &CommentRef) -> Result<Route, PerformError> {
    let all = conversation(work, remark.thread).then("discussions");
    let is_its = |one: &Discussion| one.notes.iter().any(|note| note.id == remark.number);
    let route = all.clone().with("per_page", 100);
    let found = work.api().pages(&route, PAGES, |all: &[Discussion]| all.iter().any(is_its)).await;
    let found = found.map_err(Fault::of_lookup)?.into_iter().find(is_its);
    Ok(match found {
        Some(discussion) => all.then(discussion.id).then("notes"),
        None => notes(work, remark.thread),
    })
}

/// All notes of a thread.
pub(super) fn notes(work: &Work<'_>, thread: Thread) -> Route {
    conversation(work, thread).then("notes")
}

fn conversation(work: &Work<'_>, thread: Thread) -> Route {
    match thread {
        Thread::Change(change) => work.project().then("merge_requests").then(change),
        Thread::Issue(issue) => work.project().then("issues").then(issue),
    }
}

fn made(work: &Work<'_>, thread: Thread, number: u64) -> Made {
    let page = work.gitlab.site.note(&work.order.project.path, thread, number);
    Made::Comment { number, page }
}
