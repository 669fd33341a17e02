//! What a plan warns of. The words for it are `say::plan`'s.

use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::version::Series;

/// Something that a releaser should know before the cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// The change is merged, but belongs to another version's milestone: its code ships all the same.
    OtherMilestone {
        /// The change.
        change: ChangeNumber,
        /// The milestone's title.
        milestone: String,
    },
    /// No label or title of the change decides a category, so it stands under [`super::OTHER`].
    Uncategorised {
        /// The change.
        change: ChangeNumber,
        /// Whether it has labels at all.
        has_labels: bool,
        /// Labels that would decide.
        labels: Vec<String>,
    },
    /// The change breaks users, so it cannot be left out as a person or a label asked.
    BreakingStays {
        /// Its number, where it has one.
        change: Option<ChangeNumber>,
        /// The commit that brought it.
        commit: CommitId,
    },
    /// Of so many changes nobody told which files they touch, so they count in every component.
    UnknownPaths {
        /// How many.
        count: usize,
    },
    /// The milestone still expects this. A blocker.
    StillOpen {
        /// The number of the change or issue.
        number: u64,
        /// Whether it is a change; else an issue.
        is_change: bool,
        /// Its title.
        title: String,
        /// The milestone's title.
        milestone: String,
    },
    /// The template of the notes fails over this plan: they are written without it.
    TemplateFails {
        /// The line of the template.
        line: Option<usize>,
        /// What is wrong.
        said: String,
    },
    /// A tag has this version already. A blocker unless it stands on the head.
    VersionTaken,
    /// The version that was asked for is not above the previous one. A blocker.
    NotAbovePrevious,
    /// The version is not written as the project writes its versions. A blocker.
    OtherScheme {
        /// How it writes them.
        scheme: String,
    },
    /// The pattern makes no tag that git takes of this version. A blocker.
    NoSuchTag,
    /// The changes ask for more than the branch takes; the version is less than that.
    Lowered {
        /// What the branch takes.
        series: Series,
    },
    /// The changes ask for less, but what comes from the default branch begins a line.
    BeginsLine,
    /// The version is none of those that may come from the branch. A blocker.
    OutsideSeries {
        /// What the branch takes.
        series: Series,
    },
}

impl Flag {
    /// Whether it stands in the way of a cut.
    pub fn is_blocker(&self) -> bool {
        match self {
            Self::StillOpen { .. }
            | Self::VersionTaken
            | Self::NotAbovePrevious
            | Self::OtherScheme { .. }
            | Self::NoSuchTag
            | Self::OutsideSeries { .. } => true,
            Self::OtherMilestone { .. }
            | Self::Uncategorised { .. }
            | Self::BreakingStays { .. }
            | Self::UnknownPaths { .. }
            | Self::Lowered { .. }
            | Self::BeginsLine
            | Self::TemplateFails { .. } => false,
        }
    }
}
