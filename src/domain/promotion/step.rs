//! What happens to a promotion, in the past tense: events of the journal that each concern one. How they move it is `state`'s business.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::model::{Asked, AttemptStage, Ended, Handle, RevisionName, Target, Terms};
use crate::domain::id::{ActorId, PromotionId};
use crate::domain::place::Thread;

/// What happened to a promotion. Every kind stays readable for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum Step {
    /// A promotion was asked for. Texts `login`, `reason`.
    PromotionAsked {
        /// What.
        asked: Box<Asked>,
        /// What an approval of its first revision covers.
        terms: Box<Terms>,
        /// Where its panel stands; `None`: an issue is opened for it.
        home: Option<Thread>,
    },
    /// What an approval would cover changed: the next revision begins, and every approval is void (S11).
    TermsChanged {
        /// The new revision.
        name: RevisionName,
        /// What it covers now.
        terms: Box<Terms>,
        /// What differs, as field names of [`Terms`].
        fields: Vec<String>,
    },
    /// Somebody approved. Texts `login`, `meaning`.
    ApprovalGiven {
        /// What.
        name: RevisionName,
        /// Who.
        by: ActorId,
    },
    /// An approval counts no more: taken back, lapsed, or its giver may not any longer (S8).
    ApprovalEnded {
        /// Which promotion.
        promotion: PromotionId,
        /// Whose.
        by: ActorId,
        /// Why.
        because: ApprovalEnd,
    },
    /// People were asked to approve, by name.
    ApproversAsked {
        /// What.
        name: RevisionName,
        /// Whom.
        people: Vec<ActorId>,
        /// Whether it is the reminder.
        again: bool,
    },
    /// Nothing new begins in a promotion until it is resumed. Texts `login`, `reason`.
    PromotionHeld {
        /// Which.
        promotion: PromotionId,
    },
    /// A held promotion goes on. Text `login`.
    PromotionResumed {
        /// Which.
        promotion: PromotionId,
    },
    /// A wave began: the slot is taken, and its targets are ordered.
    WaveStarted {
        /// Which promotion.
        promotion: PromotionId,
        /// Which wave, from 0.
        wave: usize,
        /// The targets that are tried; on a retry only those that failed.
        targets: Vec<Target>,
    },
    /// An attempt went on. Text `reason`: what the forge or the executor said.
    AttemptMoved {
        /// Which promotion.
        promotion: PromotionId,
        /// The attempt's number.
        attempt: u32,
        /// How far it is.
        to: AttemptStage,
        /// What the forge calls it, where that is news.
        handle: Option<Handle>,
        /// Its page, where that is news.
        page: Option<String>,
    },
    /// Nobody picked an attempt up in time; that was said.
    AttemptUnclaimed {
        /// Which promotion.
        promotion: PromotionId,
        /// The attempt's number.
        attempt: u32,
    },
    /// All targets of a wave are there; it is watched until then.
    WaveBaking {
        /// Which promotion.
        promotion: PromotionId,
        /// Until when.
        until: Timestamp,
    },
    /// A target failed: the promotion stops, and keeps the slot.
    PromotionFailed {
        /// Which.
        promotion: PromotionId,
    },
    /// A promotion is being stopped. Texts `login`, `reason`.
    AbortBegun {
        /// Which.
        promotion: PromotionId,
    },
    /// A promotion is over. Texts `login`, `reason`, where a person ended it.
    PromotionEnded {
        /// Which.
        promotion: PromotionId,
        /// How.
        how: Ended,
    },
    /// The panel of a promotion was drawn anew.
    PanelDrawn {
        /// The promotion and the revision that it shows.
        name: RevisionName,
        /// Which drawing, from 1.
        drawing: u32,
        /// A hash of what it says, without the moment.
        content: String,
    },
    /// The forge shows this drawing: who approves now has seen it.
    PanelShown {
        /// Which promotion.
        promotion: PromotionId,
        /// Which drawing.
        drawing: u32,
        /// Its page, where the forge told it.
        #[serde(default)]
        page: Option<String>,
    },
}

/// Why an approval counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalEnd {
    /// Its giver took it back.
    TakenBack,
    /// It is too old.
    Lapsed,
    /// Its giver may not approve any longer, or nobody can say.
    NoLongerEntitled,
}

impl Step {
    /// Which promotion it concerns.
    pub fn promotion(&self) -> PromotionId {
        match self {
            Self::PromotionAsked { asked, .. } => asked.id,
            Self::TermsChanged { name, .. }
            | Self::ApprovalGiven { name, .. }
            | Self::ApproversAsked { name, .. }
            | Self::PanelDrawn { name, .. } => name.promotion,
            Self::ApprovalEnded { promotion, .. }
            | Self::PromotionHeld { promotion }
            | Self::PromotionResumed { promotion }
            | Self::WaveStarted { promotion, .. }
            | Self::AttemptMoved { promotion, .. }
            | Self::AttemptUnclaimed { promotion, .. }
            | Self::WaveBaking { promotion, .. }
            | Self::PromotionFailed { promotion }
            | Self::AbortBegun { promotion }
            | Self::PromotionEnded { promotion, .. }
            | Self::PanelShown { promotion, .. } => *promotion,
        }
    }
}
