//! Our comments: posted once, edited afterwards. Nothing but our own marker is ever read from their text (S21).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Work;
use crate::domain::effect::Made;
use crate::domain::id::ActorId;
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::say::Text;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::webhook::{Comment, User};
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};

/// Comments looked through for one whose answer was lost: ten pages of a hundred.
const PAGES: u32 = 10;

/// Where a comment of ours stands.
pub(super) enum Place {
    /// In the conversation.
    Discussion(u64),
    /// Below a remark on the diff of a change.
    Below { change: u64, remark: u64 },
}

/// A comment as an answer tells it.
#[derive(Deserialize)]
struct Posted {
    id: u64,
    #[serde(default)]
    html_url: String,
}

/// Where a remark stands.
#[derive(Deserialize)]
struct Remark {
    commit_id: String,
    path: String,
    #[serde(default)]
    in_reply_to_id: Option<u64>,
}

impl Place {
    /// Remarks are answered below themselves; everything else in the conversation.
    pub(super) fn of(thread: Thread, answers: Option<&CommentRef>) -> Self {
        match answers {
            Some(CommentRef { thread: Thread::Change(change), kind: CommentKind::Remark, number }) => {
                Self::Below { change: change.0, remark: *number }
            }
            _ => Self::Discussion(thread.number()),
        }
    }

    fn one(&self, repository: Route, number: &str) -> Route {
        match self {
            Self::Discussion(_) => repository.down("issues/comments").then(number),
            Self::Below { .. } => repository.down("pulls/comments").then(number),
        }
    }

    fn all(&self, repository: Route) -> Route {
        match self {
            Self::Discussion(thread) => repository.then("issues").then(thread).then("comments"),
            Self::Below { change, .. } => repository.then("pulls").then(change).then("comments"),
        }
    }
}

pub(super) async fn ensure(work: &Work<'_>, place: Place, text: &Text) -> Result<Made, PerformError> {
    let marker = marker(work.order.key);
    let body = work.pen().marked(text, &marker);
    if let Some(number) = work.order.reference
        && let Some(edited) = edit(work, &place, (number, &body)).await?
    {
        return Ok(made(edited));
    }
    if work.may_be_done()
        && let Some(found) = find(work, &place, &marker).await?
    {
        return Ok(made(found));
    }
    let new = match place {
        Place::Discussion(_) => json!({ "body": body }),
        Place::Below { remark, .. } => reply(work, remark, &body).await?,
    };
    let posted = work.reader.caller.post(&place.all(work.reader.repository()), new).await;
    posted.map(made).map_err(Fault::of_write)
}

/// A new remark that answers another. GitHub's own way to reply, `…/replies`, is closed to Apps; this one wants to be
/// told where the first remark of the thread stands, although it then looks at that remark itself.
async fn reply(work: &Work<'_>, remark: u64, body: &str) -> Result<Value, PerformError> {
    let route = work.reader.repository().down("pulls/comments").then(remark);
    let found: Remark = work.reader.caller.get(&route).await.map_err(Fault::of_lookup)?;
    let first = found.in_reply_to_id.unwrap_or(remark);
    Ok(json!({ "body": body, "commit_id": found.commit_id, "path": found.path, "in_reply_to": first }))
}

/// Edits the comment; `None` where somebody deleted it: then it is posted anew.
async fn edit(
    work: &Work<'_>,
    place: &Place,
    (number, body): (&str, &str),
) -> Result<Option<Posted>, PerformError> {
    let route = place.one(work.reader.repository(), number);
    if_there(work.reader.caller.patch(&route, json!({ "body": body })).await).map_err(Fault::of_write)
}

/// The comment that an earlier attempt posted without our hearing of it: ours by its author's number, and with this marker.
async fn find(work: &Work<'_>, place: &Place, marker: &str) -> Result<Option<Posted>, PerformError> {
    let us = work.ourselves().await?.user;
    let route = place.all(work.reader.repository());
    let route = route.with("since", work.ordered_at_text()).with("per_page", 100);
    let is_ours = |comment: &Comment| is_ours(comment, us, marker);
    let comments = work
        .reader
        .caller
        .pages(&route, PAGES, |page: Vec<Comment>| page, |all| all.iter().any(is_ours))
        .await
        .map_err(Fault::of_lookup)?;
    let found = comments.into_iter().find(is_ours);
    Ok(found
        .and_then(|comment| Some(Posted { id: comment.id?, html_url: comment.html_url.unwrap_or_default() })))
}

fn is_ours(comment: &Comment, us: ActorId, marker: &str) -> bool {
    let body = comment.body.as_deref().unwrap_or_default();
    User::actor(comment.user.as_ref()).id == us && body.lines().any(|line| line.trim() == marker)
}

fn made(posted: Posted) -> Made {
    Made::Comment { number: posted.id, page: posted.html_url }
}
