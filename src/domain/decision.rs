//! What a decision may look at, and what it leaves behind. Which rule decides is `decide`'s business.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::change::Change;
use super::effect::{Class, Effect, EffectKey, Ordered, Subject};
use super::event::Recorded;
use super::id::{
    ActorId, ChangeNumber, CommitId, ComponentName, EnvironmentName, Incarnation, Lane, PromotionId, TagName,
};
use super::promotion::{Ended, Kind, Promotion};
use super::query::Facts;
use super::signal::{ProjectSeen, Signal};
use super::state::{State, Written};
use super::version::Version;

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
    /// The journal row that the first event of the decision will be.
    pub next_row: u64,
    /// The life that a project begins if it joins now.
    pub fresh: &'a Incarnation,
}

impl Moment<'_> {
    /// The project's life in this database.
    pub fn incarnation(&self) -> &Incarnation {
        self.state.incarnation.as_ref().unwrap_or(self.fresh)
    }

    /// The day, as calendars of versions have it: that of UTC.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// The key of what serves `purpose` in this project.
    pub fn key(&self, purpose: impl std::fmt::Display) -> EffectKey {
        EffectKey::new(self.incarnation(), purpose)
    }
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
    /// The files that commits touch, as the forge told in passing, to be kept at hand.
    pub touched: BTreeMap<CommitId, Vec<String>>,
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
    /// A promotion is over.
    Promoted(Box<PastPromotion>),
}

/// A promotion that is over. What happened in between stands in the journal, from `asked` to `ended`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPromotion {
    /// Its number.
    pub id: PromotionId,
    /// The component.
    pub component: ComponentName,
    /// Where to.
    pub environment: EnvironmentName,
    /// Which release.
    pub version: Version,
    /// Forward or back.
    pub kind: Kind,
    /// Its last revision.
    pub revision: u32,
    /// How it ended.
    pub how: Ended,
    /// Who asked; `None`: the policy.
    pub by: Option<ActorId>,
    /// The journal row that asked.
    pub asked: Written,
    /// The journal row that ended it.
    pub ended: Written,
    /// Whose approvals of the last revision counted when it ended.
    pub approvals: Vec<ActorId>,
}

impl PastPromotion {
    /// What is kept of a promotion that this row ends.
    pub fn of(promotion: &Promotion, how: Ended, ended: Written) -> Self {
        let asked = &promotion.asked;
        Self {
            id: asked.id,
            component: asked.component.clone(),
            environment: asked.environment.clone(),
            version: asked.version.clone(),
            kind: asked.kind,
            revision: promotion.revision,
            how,
            by: asked.by,
            asked: promotion.since,
            ended,
            approvals: promotion.approvals.iter().map(|approval| approval.by).collect(),
        }
    }
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

    /// Whether it makes something that cannot be taken back: a tag, a deployment, a run.
    pub fn begins_something(&self) -> bool {
        self.effects.iter().any(|order| match order.effect {
            Effect::CreateTag { .. } | Effect::CreateDeployment { .. } | Effect::StartRun { .. } => true,
            Effect::React { .. }
            | Effect::Comment { .. }
            | Effect::Preview { .. }
            | Effect::DraftRelease { .. }
            | Effect::KeepDraft { .. }
            | Effect::KeepProposal(_)
            | Effect::CreateBranch { .. }
            | Effect::Backport(_)
            | Effect::PublishRelease { .. }
            | Effect::AddBanner { .. }
            | Effect::ReportDeployment { .. }
            | Effect::CancelRun { .. }
            | Effect::OpenIssue { .. }
            | Effect::SetIssue { .. }
            | Effect::CreateLabel { .. }
            | Effect::CarryOver { .. }
            | Effect::CloseMilestone { .. } => false,
        })
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

    /// Adds what follows for another reason, which records nothing.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.effects.extend(other.effects);
        self.mirror.extend(other.mirror);
        self.policy = self.policy.or(other.policy);
        let is_something = !self.events.is_empty() || !self.effects.is_empty();
        self.ignored = if is_something { None } else { self.ignored.or(other.ignored) };
        self
    }

    /// Puts what must come first before what is here.
    #[must_use]
    pub fn after(mut self, mut events: Vec<Recorded>) -> Self {
        events.append(&mut self.events);
        self.events = events;
        self
    }
}

/// Invariant 6: which share of the token's budget an effect draws on.
fn class_of(effect: &Effect) -> Class {
    match effect {
        Effect::React { .. }
        | Effect::Comment { .. }
        | Effect::OpenIssue { .. }
        | Effect::SetIssue { .. }
        | Effect::CreateDeployment { .. }
        | Effect::ReportDeployment { .. }
        | Effect::StartRun { .. }
        | Effect::CancelRun { .. }
        | Effect::CreateBranch { .. }
        | Effect::Backport(_) => Class::Reply,
        Effect::CreateTag { .. }
        | Effect::DraftRelease { .. }
        | Effect::PublishRelease { .. }
        | Effect::AddBanner { .. } => Class::Release,
        Effect::KeepDraft { .. }
        | Effect::KeepProposal(_)
        | Effect::Preview { .. }
        | Effect::CreateLabel { .. }
        | Effect::CarryOver { .. }
        | Effect::CloseMilestone { .. } => Class::Sweep,
    }
}
