//! A note as it is now. What it says is not read here.

use serde::Deserialize;

use super::account::{User, certain};
use crate::domain::place::{CommentRef, Thread};
use crate::domain::query::CommentNow;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// A note, on a line of the diff or not.
#[derive(Deserialize)]
struct Note {
    id: u64,
    #[serde(default)]
    body: String,
    /// Whether GitLab itself wrote it, in somebody's name.
    #[serde(default)]
    system: bool,
    author: Option<User>,
}

/// The note; `None` where it was deleted, or was never a person's.
pub(super) async fn now(reader: &Reader<'_>, at: &CommentRef) -> Result<Option<CommentNow>, Fault> {
    let found: Option<Note> = if_there(reader.api().get(&route(reader.route(), at)).await)?;
    let Some(note) = found.filter(|note| note.id == at.number && !note.system) else { return Ok(None) };
    let author = match &note.author {
        Some(author) => certain(reader, author).await?,
        None => User::or_nobody(None),
    };
    Ok(Some(CommentNow {
        author,
        body: note.body,
        page: reader.gitlab.site.note(&reader.project.path, at.thread, at.number),
    }))
}

/// Where a note is found: those on lines of the diff are notes as well.
fn route(project: Route, at: &CommentRef) -> Route {
    let kind = match at.thread {
        Thread::Change(_) => "merge_requests",
        Thread::Issue(_) => "issues",
    };
    project.then(kind).then(at.thread.number()).then("notes").then(at.number)
}
