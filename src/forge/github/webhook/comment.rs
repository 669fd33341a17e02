//! What people wrote: comments, reviews, remarks. Whether it is a command is not asked here.

use super::payload::{Comment, Payload, User};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::id::ChangeNumber;
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::signal::{Comment as Written, Signal};
use crate::forge::github::Names;

/// `issue_comment`: on an issue, or in the conversation of a pull request.
pub(super) fn discussion(names: &Names, payload: &Payload) -> Meaning {
    let issue = payload.issue.as_ref().ok_or(Lacks("its issue"))?;
    let number = issue.number.ok_or(Lacks("its issue's number"))?;
    let is_change = issue.pull_request.as_ref().is_some_and(|link| !link.is_null());
    let thread = if is_change { Thread::Change(ChangeNumber(number)) } else { Thread::Issue(number) };
    let comment = payload.comment.as_ref().ok_or(Lacks("its comment"))?;
    spoken(names, payload, comment, (thread, CommentKind::Discussion))
}

/// `pull_request_review_comment`: on a line of the diff.
pub(super) fn remark(names: &Names, payload: &Payload) -> Meaning {
    let comment = payload.comment.as_ref().ok_or(Lacks("its comment"))?;
    spoken(names, payload, comment, (change_thread(payload)?, CommentKind::Remark))
}

/// `pull_request_review`: the body of a review.
pub(super) fn review(names: &Names, payload: &Payload) -> Meaning {
    let review = payload.review.as_ref().ok_or(Lacks("its review"))?;
    let at = (change_thread(payload)?, CommentKind::Review);
    match payload.action.as_deref() {
        Some("submitted") if review.body.as_deref().unwrap_or_default().trim().is_empty() => {
            Ok(ignored("a review without words"))
        }
        Some("submitted") => written(names, payload, review, at).map(Signal::CommentWritten),
        Some("edited") => written(names, payload, review, at).map(Signal::CommentEdited),
        _ => Ok(other_action("pull_request_review", payload, &["dismissed"])),
    }
}

fn spoken(names: &Names, payload: &Payload, comment: &Comment, at: (Thread, CommentKind)) -> Meaning {
    match payload.action.as_deref() {
        Some("created") => written(names, payload, comment, at).map(Signal::CommentWritten),
        Some("edited") => written(names, payload, comment, at).map(Signal::CommentEdited),
        Some("deleted") => Ok(Signal::CommentDeleted(reference(comment, at)?)),
        _ => Ok(other_action("issue_comment", payload, &["pinned", "unpinned"])),
    }
}

fn written(
    names: &Names,
    payload: &Payload,
    comment: &Comment,
    at: (Thread, CommentKind),
) -> Result<Written, Lacks> {
    Ok(Written {
        at: reference(comment, at)?,
        author: comment.author(names),
        sender: User::actor(payload.sender.as_ref()).id,
        body: comment.body.clone().unwrap_or_default(),
        written_at: comment.created_at.or(comment.submitted_at).ok_or(Lacks("the time of its comment"))?,
    })
}

fn reference(comment: &Comment, (thread, kind): (Thread, CommentKind)) -> Result<CommentRef, Lacks> {
    Ok(CommentRef { thread, kind, number: comment.id.ok_or(Lacks("its comment's number"))? })
}

fn change_thread(payload: &Payload) -> Result<Thread, Lacks> {
    let number = payload.pull_request.as_ref().and_then(|it| it.number);
    Ok(Thread::Change(ChangeNumber(number.ok_or(Lacks("its pull request"))?)))
}
