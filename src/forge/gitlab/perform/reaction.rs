//! Reactions on notes, which GitLab calls award emoji. The same one twice is refused there, which is as good as given.

use serde::de::IgnoredAny;
use serde_json::json;

use super::{Work, note};
use crate::domain::effect::{Made, Reaction};
use crate::domain::place::CommentRef;
use crate::forge::PerformError;
use crate::forge::fault::Fault;

pub(super) async fn ensure(
    work: &Work<'_>,
    comment: &CommentRef,
    reaction: Reaction,
) -> Result<Made, PerformError> {
    let name = match reaction {
        Reaction::Eyes => "eyes",
        Reaction::Confused => "confused",
    };
    let route = note::notes(work, comment.thread).then(comment.number).then("award_emoji");
    match work.api().post::<IgnoredAny>(&route, json!({ "name": name })).await {
        Ok(_) => Ok(Made::Nothing),
        // <https://docs.gitlab.com/api/emoji_reactions/>: a reaction that is there already is answered like a missing note.
        Err(Fault::Denied { status: 400 | 404 | 409, .. }) => Ok(Made::Nothing),
        Err(fault) => Err(fault.of_write()),
    }
}
