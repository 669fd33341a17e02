//! One question, one answer: what follows from this signal in this state? Routes only; each rule lives with its noun.
//!
//! A decision is a function of what it is handed. Where it lacks a fact it says which ([`Thought::Needs`]), is given the
//! answer, and is asked again; so what is read and what is decided cannot drift apart (docs/decisions).

mod project;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::change::Change;
use super::effect::{Class, Effect, EffectKey, Ordered, Subject};
use super::event::{Cut, Event, Recorded};
use super::id::{ActorId, ChangeNumber, CommitId, ComponentName, Incarnation, Lane, TagName};
use super::query::{Facts, Query};
use super::signal::{ProjectSeen, Signal};
use super::state::{State, Written};
use super::version::Version;
use super::{adopt, conversation, cut, preview};

/// All that a decision may look at.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The lane's state.
    pub state: &'a State,
    /// What happened.
    pub signal: &'a Signal,
    /// What is known so far.
    pub facts: &'a Facts,
    /// The time.
    pub now: Timestamp,
    /// What the delivery said in passing of the project.
    pub seen: Option<&'a ProjectSeen>,
    /// The life that a project begins if it joins now.
    pub fresh: &'a Incarnation,
}

impl Moment<'_> {
    /// The project's life in this database.
    pub fn incarnation(&self) -> &Incarnation {
        self.state.incarnation.as_ref().unwrap_or(self.fresh)
    }

    /// The key of what serves `purpose` in this project.
    pub fn key(&self, purpose: impl std::fmt::Display) -> EffectKey {
        EffectKey::new(self.incarnation(), purpose)
    }
}

/// What came of thinking.
#[derive(Debug)]
pub enum Thought {
    /// A decision.
    Decided(Box<Decision>),
    /// These questions must be answered first.
    Needs(Vec<Query>),
}

/// What follows from a signal. Recorded in one transaction (invariant 3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happened.
    pub events: Vec<Recorded>,
    /// What is to be done.
    pub effects: Vec<Ordered>,
    /// What other lanes must hear.
    pub tells: Vec<Tell>,
    /// What closed and is history now.
    pub history: Vec<Past>,
    /// What the forge last told, to be kept at hand.
    pub mirror: Vec<Change>,
    /// Who caused it.
    pub actor: Option<ActorId>,
    /// The commit at which the policy in force was read.
    pub policy: Option<CommitId>,
    /// Why nothing follows, where nothing does.
    pub ignored: Option<String>,
}

/// A signal for another lane, in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tell {
    /// The other lane.
    pub lane: Lane,
    /// What it must hear.
    pub signal: Signal,
    /// Distinguishes this word from every other to that lane.
    pub key: String,
}

/// What is written into history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    /// A release came to be, by us or by hand.
    Released {
        /// The component.
        component: ComponentName,
        /// Its version.
        version: Version,
        /// Its tag.
        tag: TagName,
        /// The commit.
        commit: CommitId,
        /// When.
        at: Timestamp,
        /// The changes in it that have a number, each with the commit that brought it.
        changes: Vec<(ChangeNumber, CommitId)>,
    },
}

impl Decision {
    /// Nothing follows; the reason is for the operator.
    pub fn ignored(reason: impl Into<String>) -> Self {
        Self { ignored: Some(reason.into()), ..Self::default() }
    }

    /// Adds an event.
    #[must_use]
    pub fn record(mut self, event: impl Into<Recorded>) -> Self {
        self.events.push(event.into());
        self
    }

    /// Adds an order.
    #[must_use]
    pub fn order(mut self, key: EffectKey, subject: Subject, effect: Effect) -> Self {
        let class = class_of(&effect);
        self.effects.push(Ordered { key, subject, class, effect });
        self
    }

    /// Names who caused it.
    #[must_use]
    pub fn by(mut self, actor: ActorId) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Names the commit at which the policy was read.
    #[must_use]
    pub fn under(mut self, policy: CommitId) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Puts what must come first before what is here.
    #[must_use]
    fn after(mut self, mut events: Vec<Recorded>) -> Self {
        events.append(&mut self.events);
        self.events = events;
        self
    }
}

/// Invariant 6: which share of the token's budget an effect draws on.
fn class_of(effect: &Effect) -> Class {
    match effect {
        Effect::React { .. } | Effect::Comment { .. } => Class::Reply,
        Effect::CreateTag { .. }
        | Effect::DraftRelease { .. }
        | Effect::PublishRelease { .. }
        | Effect::AddBanner { .. } => Class::Release,
        Effect::Preview { .. } => Class::Sweep,
    }
}

/// Thinks one signal through.
pub fn decide(moment: Moment<'_>) -> Thought {
    let joined = project::noticed(&moment);
    let mut state = moment.state.clone();
    for recorded in &joined {
        state.apply(&recorded.event, Written { seq: 0, at: moment.now });
    }
    let decision = route(&Moment { state: &state, ..moment });
    match decision {
        Some(decision) => Thought::Decided(Box::new(decision.after(joined))),
        None => Thought::Needs(moment.facts.take_missing()),
    }
}

fn route(moment: &Moment<'_>) -> Option<Decision> {
    let served = |answer: &dyn Fn() -> Option<Decision>| match project::not_served(moment) {
        Some(reason) => Some(Decision::ignored(reason)),
        None => answer(),
    };
    let ignored = |reason: &str| served(&|| Some(Decision::ignored(reason)));
    match moment.signal {
        // What we began ends, whatever became of the project meanwhile; else it would be under way for ever.
        Signal::EffectEnded { key, outcome } => cut::effect_ended(moment, key, outcome),
        Signal::TimerDue { timer } => cut::timer_due(moment, timer),
        Signal::InstallationTouched(touched) => Some(project::spread(moment, touched)),
        Signal::Joined(_) => Some(Decision::default()),
        Signal::ProjectArchived { archived } => Some(project::archived(moment, *archived)),
        Signal::Left { suspended } => Some(project::left(moment, *suspended)),
        Signal::ProjectDeleted => Some(project::left(moment, false)),
        Signal::CommentWritten(comment) => served(&|| conversation::heard(moment, comment)),
        Signal::CommentEdited(comment) => served(&|| conversation::edited(moment, comment)),
        Signal::CommentDeleted(_) => ignored("a deleted comment changes nothing"),
        Signal::ChangeTouched(touched) => served(&|| preview::touched(moment, touched)),
        Signal::PreviewAsked { change } => served(&|| preview::asked(moment, *change)),
        Signal::BranchMoved { branch, head, touches_policy } => {
            served(&|| project::branch_moved(moment, branch, head.as_ref(), *touches_policy))
        }
        Signal::TagMoved { tag, exists: true, .. } => served(&|| adopt::tag_appeared(moment, tag)),
        Signal::TagMoved { exists: false, .. } => ignored("a tag went away; releases stay on record"),
        Signal::ReleaseTouched(touched) => served(&|| adopt::release_touched(moment, touched)),
        Signal::RunStarted(run) => served(&|| cut::run_started(moment, run)),
        Signal::MilestoneTouched { .. } => ignored("milestones are read when a plan is made"),
        Signal::ResyncDue => ignored("everything is read anew when it is needed"),
        Signal::Ignored { reason } => ignored(reason),
    }
}

/// What is refused on record, beside the answer that says so.
pub fn refused(verb: &str, code: &str) -> Recorded {
    Event::CommandRefused { verb: verb.to_owned(), code: code.to_owned() }.into()
}

/// The subject under which tag, draft and page of a release go in order.
pub fn release_subject(component: &ComponentName, cut: &Cut) -> Subject {
    Subject(format!("{component}:release:{}", cut.tag))
}
