//! A comment as it is now. What it says is not read here.

use crate::domain::place::{CommentKind, CommentRef};
use crate::domain::query::CommentNow;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::Comment;
use crate::forge::route::Route;

pub(in crate::forge::github) use crate::forge::github::webhook::Comment as Found;

/// The comment; `None` where it was deleted.
pub(super) async fn now(reader: &Reader<'_>, at: &CommentRef) -> Result<Option<CommentNow>, Fault> {
    let route = route(reader.repository(), at);
    let found: Option<Comment> = if_there(reader.caller.get(&route).await)?;
    let Some(comment) = found.filter(|comment| comment.id == Some(at.number)) else { return Ok(None) };
    Ok(Some(CommentNow {
        author: comment.author(reader.names),
        body: comment.body.unwrap_or_default(),
        page: comment.html_url.unwrap_or_default(),
    }))
}

/// Where a comment of each kind is found.
pub(in crate::forge::github) fn route(repository: Route, at: &CommentRef) -> Route {
    match at.kind {
        CommentKind::Discussion => repository.down("issues/comments").then(at.number),
        CommentKind::Review => {
            repository.then("pulls").then(at.thread.number()).then("reviews").then(at.number)
        }
        CommentKind::Remark => repository.down("pulls/comments").then(at.number),
        // Nobody reads it or answers below it.
        CommentKind::Merge => repository.then("issues").then(at.number),
    }
}
