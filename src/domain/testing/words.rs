//! What tests write in a word or a line: comments, milestones, a project as deliveries tell of it. No fact of the world lives here.

use super::{actor, morning};
use crate::domain::change::MilestoneRef;
use crate::domain::id::{BranchName, ChangeNumber, ForgeName, ProjectId, ProjectPath};
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::query::Query;
use crate::domain::signal::{Comment, ProjectSeen, Signal};

/// The kind of a question, as its variant is written.
pub(crate) fn kind(query: &Query) -> String {
    format!("{query:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// What deliveries say in passing of the stage's project.
pub(crate) fn seen() -> ProjectSeen {
    ProjectSeen {
        id: ProjectId { forge: ForgeName::parse("github").expect("a name"), number: 7 },
        path: ProjectPath::parse("acme/shop").expect("a path"),
        installation: None,
        default_branch: Some(BranchName::parse("main").expect("a branch")),
        public: Some(true),
    }
}

/// `ana on #12: /release cut` or `ana in 40: …` (an issue), as a comment that was written.
pub(crate) fn said(line: &str) -> Signal {
    Signal::CommentWritten(comment(line))
}

/// The comment behind such a line.
pub(crate) fn comment(line: &str) -> Comment {
    let (head, body) = line.split_once(": ").expect("who, where, and what");
    let words: Vec<&str> = head.split(' ').collect();
    let (login, place) = (words[0], words[2].trim_start_matches('#').parse().expect("a number"));
    let thread = if words[1] == "on" { Thread::Change(ChangeNumber(place)) } else { Thread::Issue(place) };
    let number =
        line.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) >> 16;
    Comment {
        at: CommentRef { thread, kind: CommentKind::Discussion, number },
        author: actor(login),
        sender: actor(login).id,
        body: body.to_owned(),
        written_at: morning(),
    }
}

/// A milestone's name on a change.
pub(crate) fn milestone(number: u64, title: &str) -> MilestoneRef {
    MilestoneRef { number, title: title.to_owned() }
}
