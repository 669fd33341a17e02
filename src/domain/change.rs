//! What a release is made of: changes, as the forge or a clone told them. Which of them a release contains is `plan`'s question.

pub mod backport;
pub mod conventional;
pub mod dependency;
pub mod note;
pub mod revert;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{Actor, ActorId, BranchName, ChangeNumber, CommitId};

/// A pull or merge request as the forge last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The number people write.
    pub number: ChangeNumber,
    /// The title, as a person wrote it. Never trusted in our output.
    pub title: String,
    /// Its description, as people wrote it, up to a limit. Never trusted in our output.
    #[serde(default)]
    pub body: String,
    /// Who opened it; `None` where the account is gone.
    pub author: Option<Actor>,
    /// Label names, in the forge's order.
    pub labels: Vec<String>,
    /// The milestone's title and number.
    pub milestone: Option<MilestoneRef>,
    /// Where it stands.
    pub stage: Stage,
    /// The branch it is or was to be merged into.
    pub base: BranchName,
    /// The newest commit of its own branch.
    pub head: CommitId,
    /// When the forge last touched it; orders deliveries that arrive in the wrong order.
    pub updated_at: Timestamp,
}

/// So many characters of a description are read; a forge takes more, and what programs write there is long.
const BODY_LIMIT: usize = 20_000;

/// A description, as much of it as is read.
pub fn bounded(body: &str) -> String {
    let end = body.char_indices().nth(BODY_LIMIT).map_or(body.len(), |(at, _)| at);
    body[..end].to_owned()
}

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    /// Open for review.
    Open,
    /// Open, but marked as not ready.
    Draft,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged {
        /// The commit that brought it onto its base branch: a merge, a squash, or the last of a rebase.
        commit: CommitId,
        /// When.
        at: Timestamp,
    },
}

impl Stage {
    /// When it was merged, if it was.
    pub fn merged_at(&self) -> Option<Timestamp> {
        match self {
            Self::Merged { at, .. } => Some(*at),
            Self::Open | Self::Draft | Self::Closed => None,
        }
    }
}

/// The milestone that a change belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneRef {
    /// The forge's number of it.
    pub number: u64,
    /// Its title.
    pub title: String,
}

/// One commit of a range, newest first, with the merged change that brought it, if one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeCommit {
    /// Its object name.
    pub id: CommitId,
    /// Its parents' object names; more than one: a merge.
    pub parents: Vec<CommitId>,
    /// The whole message.
    pub message: String,
    /// The author's name as git has it, or the login where the forge knows it.
    pub author: String,
    /// The change that its own message says it merges, in the words of the forge that made the merge.
    pub merges: Option<ChangeNumber>,
    /// The merged change that brought it.
    pub change: Option<Change>,
    /// Who approved that change, people only. They cannot be collected later, so a cut freezes them.
    pub reviewers: Vec<ActorId>,
    /// The people behind it; `None`: nobody told.
    pub writers: Option<Writers>,
    /// The files that it touches, from the root; `None`: nobody told, or nobody asked.
    pub paths: Option<Vec<String>>,
}

/// The people behind commits: authors, co-authors and committers, programs left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writers {
    /// Their accounts.
    pub accounts: BTreeSet<ActorId>,
    /// The names, as git has them, of those whom the forge links to no account. Never trusted in our output.
    pub strangers: BTreeSet<String>,
}

impl Writers {
    /// Takes others in, each once.
    pub fn join(&mut self, others: &Self) {
        self.accounts.extend(&others.accounts);
        self.strangers.extend(others.strangers.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_up_to_its_limit() {
        assert_eq!(bounded("a"), "a");
        assert_eq!(bounded(&"ä".repeat(BODY_LIMIT + 1)).chars().count(), BODY_LIMIT);
    }
}
