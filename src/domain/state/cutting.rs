//! A cut on its way, step by step. What each step orders is `domain::cut`'s business.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::event::{Cut, OfLine};
use crate::domain::id::{CommitId, ReleaseId};
use crate::domain::place::CommentRef;

/// A cut on its way: tag, draft, publication, report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cutting {
    /// What is being cut.
    pub cut: Cut,
    /// The command that asked for it; the report answers it. `None`: somebody published it.
    pub asked: Option<CommentRef>,
    /// The journal row that froze it.
    pub started: u64,
    /// When it was frozen: no run that it starts is older.
    pub since: Timestamp,
    /// How far it is.
    pub step: CutStep,
}

/// How far a cut is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum CutStep {
    /// The branch of its line is being made.
    Branching,
    /// The tag is being made.
    Tagging,
    /// The tag is there, the draft is being made.
    Drafting {
        /// The tag object.
        object: CommitId,
    },
    /// The draft is there and is being published.
    Publishing {
        /// The tag object.
        object: CommitId,
        /// The page.
        release: ReleaseId,
    },
    /// Published; we watch for a moment which runs it started.
    Watching {
        /// The page's address.
        page: String,
        /// Since when.
        since: Timestamp,
    },
}

impl Cutting {
    /// When it was published, once it was.
    pub fn published_at(&self) -> Option<Timestamp> {
        match self.step {
            CutStep::Watching { since, .. } => Some(since),
            CutStep::Branching | CutStep::Tagging | CutStep::Drafting { .. } | CutStep::Publishing { .. } => {
                None
            }
        }
    }
}

impl CutStep {
    /// What a cut begins with.
    pub(super) fn first(cut: &Cut) -> Self {
        match cut.line {
            Some(OfLine::Begins(_)) => Self::Branching,
            Some(OfLine::Continues(_)) | None => Self::Tagging,
        }
    }
}
