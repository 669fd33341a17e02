//! A branch that is being made for people: a backport or the beginning of a hotfix. How it is made is the forge's business, what is said of it `say`'s.

use serde::{Deserialize, Serialize};

use crate::domain::id::{BranchName, ChangeNumber, CommitId, TagName};
use crate::domain::place::CommentRef;
use crate::domain::version::Version;

/// A branch on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "errand")]
pub enum Errand {
    /// A merged change is picked onto a maintenance branch.
    Backport {
        /// The change.
        change: ChangeNumber,
        /// The commits by which it landed, oldest first.
        commits: Vec<CommitId>,
        /// The maintenance branch.
        target: BranchName,
        /// The branch that is made.
        branch: BranchName,
        /// The command that asked; `None`: a label.
        asked: Option<CommentRef>,
    },
    /// A branch is made at a release, for its fix.
    Hotfix {
        /// The version that the fix shall have.
        version: Version,
        /// The tag that it begins at.
        from: TagName,
        /// The branch that is made.
        branch: BranchName,
        /// The command that asked.
        asked: CommentRef,
    },
}

impl Errand {
    /// The branch that is made.
    pub fn branch(&self) -> &BranchName {
        match self {
            Self::Backport { branch, .. } | Self::Hotfix { branch, .. } => branch,
        }
    }
}

/// How an errand ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum ErrandEnd {
    /// A change is open.
    Opened {
        /// Its number.
        change: ChangeNumber,
    },
    /// The branch is there.
    Made,
    /// It does not fit.
    Conflict,
    /// The forge refused it.
    Refused,
    /// Nobody can say whether it happened.
    Lost,
}
