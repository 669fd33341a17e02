//! A command in hand: who asked, where, under which policy, and how it is answered or refused. What it asks for is its answer's business.

use super::command::{self, Rank};
use super::decision::{Decision, Moment};
use super::effect::{Effect, Reaction, Subject};
use super::event::Event;
use super::id::ChangeNumber;
use super::outlook::Ground;
use super::place::{CommentKind, CommentRef};
use super::policy::Policy;
use super::query::{Contained, PolicyNow};
use super::say::Text;
use super::signal::Comment;
use super::state::Project;

/// A command that may be answered: who asked, where, under which policy.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The comment that holds the command.
    pub comment: &'a Comment,
    /// The project.
    pub project: &'a Project,
    /// The policy in force.
    pub policy: &'a PolicyNow,
    /// The policy's content, defaults where the file is broken; broken ones let only harmless commands through.
    pub rules: &'a Policy,
}

impl<'a> Asked<'a> {
    /// What a plan for this command stands on.
    pub fn ground(&self) -> Ground<'a> {
        Ground { moment: self.moment, newest: &self.policy.revision, rules: self.rules }
    }

    /// A change in the component in view.
    pub fn contained(&self, change: ChangeNumber) -> Contained {
        Contained { component: self.rules.versioning.component.clone(), change }
    }

    /// A decision that answers with this text, and records nothing yet.
    pub fn answer(&self, text: Text) -> Decision {
        let at = &self.comment.at;
        self.acknowledge().order(self.moment.key(reply(at)), subject(at, "reply"), comment_effect(at, text))
    }

    /// A decision that has no answer yet: something must happen first.
    pub fn acknowledge(&self) -> Decision {
        let at = &self.comment.at;
        let decision = Decision::default().by(self.comment.author.id).under(self.policy.revision.clone());
        if at.kind == CommentKind::Merge {
            return decision;
        }
        decision.order(self.moment.key(receipt(at)), subject(at, "receipt"), eyes(at))
    }

    /// A refusal: the sentence, and the record where the verb is privileged.
    pub fn refuse(&self, verb: &str, code: &str, text: Text) -> Decision {
        let privileged = command::verb(verb).is_some_and(|verb| verb.who > Rank::Reader);
        let answer = self.answer(text);
        if privileged {
            answer.record(Event::CommandRefused { verb: verb.to_owned(), code: code.to_owned() })
        } else {
            answer
        }
    }
}

/// What a command's answer is for.
pub fn reply(at: &CommentRef) -> String {
    format!("reply:{}", place(at))
}

/// The subject of a command's answer, so that a later edit finds it.
pub fn reply_subject(at: &CommentRef) -> Subject {
    subject(at, "reply")
}

/// An order that answers a comment, or edits the answer that it already has.
pub fn comment_effect(at: &CommentRef, text: Text) -> Effect {
    let answers = (at.kind != CommentKind::Merge).then(|| at.clone());
    Effect::Comment { thread: at.thread, answers, text }
}

/// What the receipt of a comment is for; a comment that has one was answered.
pub(super) fn receipt(at: &CommentRef) -> String {
    format!("receipt:{}", place(at))
}

/// 👀: received.
pub(super) fn eyes(at: &CommentRef) -> Effect {
    Effect::React { comment: at.clone(), reaction: Reaction::Eyes }
}

/// The subject of what is done about a comment.
pub(super) fn subject(at: &CommentRef, what: &str) -> Subject {
    Subject(format!("{what}:{}", place(at)))
}

/// A comment in keys and subjects.
pub(super) fn place(at: &CommentRef) -> String {
    let kind = match at.kind {
        CommentKind::Discussion => "discussion",
        CommentKind::Review => "review",
        CommentKind::Remark => "remark",
        CommentKind::Merge => "merge",
    };
    format!("{kind}:{}", at.number)
}
