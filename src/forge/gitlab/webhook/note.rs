//! What people wrote: notes on merge requests, their diffs, and issues. Whether it is a command is not asked here.

use super::payload::{Attributes, Payload, actor};
use super::{Lacks, Meaning, ignored, other_action, short};
use crate::domain::id::{Actor, ActorId, ChangeNumber};
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::signal::{Comment, Signal};

/// `note`, the confidential ones as well. GitLab tells of no deletion.
pub(super) fn spoken(payload: &Payload) -> Meaning {
    let note = payload.object_attributes.as_ref().ok_or(Lacks("its note"))?;
    if note.system == Some(true) {
        return Ok(ignored("a note that GitLab itself wrote"));
    }
    let Some(thread) = thread(payload, note)? else {
        let on = note.noteable_type.as_deref().unwrap_or("nothing");
        return Ok(ignored(format!("a note on {}, where no commands are read", short(on))));
    };
    match note.action.as_deref() {
        Some("create") => written(payload, note, thread).map(Signal::CommentWritten),
        Some("update") => written(payload, note, thread).map(Signal::CommentEdited),
        // Before 16.11 there is no action, and only new notes were told; in doubt it is none (S18).
        None if note.created_at.is_some() && note.created_at == note.updated_at => {
            written(payload, note, thread).map(Signal::CommentWritten)
        }
        action => Ok(other_action("note", action)),
    }
}

/// The conversation; `None` where it is one that we take no part in.
fn thread(payload: &Payload, note: &Attributes) -> Result<Option<Thread>, Lacks> {
    let number = |thread: Option<&super::payload::Thread>| thread.and_then(|thread| thread.iid);
    match note.noteable_type.as_deref() {
        Some("MergeRequest") => {
            let number = number(payload.merge_request.as_ref()).ok_or(Lacks("its merge request's number"))?;
            Ok(Some(Thread::Change(ChangeNumber(number))))
        }
        Some("Issue" | "WorkItem") => {
            let issue = payload.issue.as_ref().or(payload.work_item.as_ref());
            Ok(Some(Thread::Issue(number(issue).ok_or(Lacks("its issue's number"))?)))
        }
        Some(_) | None => Ok(None),
    }
}

fn written(payload: &Payload, note: &Attributes, thread: Thread) -> Result<Comment, Lacks> {
    let kind = match note.kind.as_deref() {
        Some("DiffNote" | "LegacyDiffNote") => CommentKind::Remark,
        Some(_) | None => CommentKind::Discussion,
    };
    let number = note.id.ok_or(Lacks("its note's number"))?;
    let sender = payload.user.as_ref().and_then(|user| user.id).ok_or(Lacks("who sent it"))?;
    Ok(Comment {
        at: CommentRef { thread, kind, number },
        author: author(payload, note).ok_or(Lacks("its author"))?,
        sender: ActorId(sender),
        body: note.note.clone().unwrap_or_default(),
        written_at: note.created_at.ok_or(Lacks("the time of its note"))?.0,
    })
}

/// The author is told by number alone: the name stands beside who sent it, who is another where somebody edits.
fn author(payload: &Payload, note: &Attributes) -> Option<Actor> {
    let author = note.author_id?;
    let sender = payload.user.as_ref()?.actor()?;
    Some(if sender.id.0 == author { sender } else { actor(author, &author.to_string()) })
}
