//! Reactions on comments. Giving one twice is giving it once, so nothing is looked for.

use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Reaction};
use crate::domain::place::{CommentKind, CommentRef};
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::github::read::{FoundComment, comment_route};

const REACT: &str = "mutation($subject:ID!,$content:ReactionContent!){\
    addReaction(input:{subjectId:$subject,content:$content}){clientMutationId}}";

pub(super) async fn ensure(
    work: &Work<'_>,
    comment: &CommentRef,
    reaction: Reaction,
) -> Result<Made, PerformError> {
    match comment.kind {
        CommentKind::Discussion | CommentKind::Remark | CommentKind::Merge => {
            on_comment(work, comment, reaction).await?
        }
        CommentKind::Review => on_review(work, comment, reaction).await?,
    }
    Ok(Made::Nothing)
}

async fn on_comment(work: &Work<'_>, comment: &CommentRef, reaction: Reaction) -> Result<(), PerformError> {
    let content = match reaction {
        Reaction::Eyes => "eyes",
        Reaction::Confused => "confused",
    };
    let route = comment_route(work.reader.repository(), comment).then("reactions");
    let posted = work.reader.caller.post::<IgnoredAny>(&route, json!({ "content": content })).await;
    posted.map(drop).map_err(Fault::of_write)
}

/// REST has no reactions on reviews; GraphQL has.
async fn on_review(work: &Work<'_>, review: &CommentRef, reaction: Reaction) -> Result<(), PerformError> {
    let content = match reaction {
        Reaction::Eyes => "EYES",
        Reaction::Confused => "CONFUSED",
    };
    let caller = work.reader.caller;
    let route = comment_route(work.reader.repository(), review);
    let found: FoundComment = caller.get(&route).await.map_err(Fault::of_lookup)?;
    let Some(subject) = found.node_id else { return Ok(()) };
    let variables = json!({ "subject": subject, "content": content });
    caller.graphql::<IgnoredAny>(REACT, variables).await.map(drop).map_err(Fault::of_write)
}
