//! The order to pick a change onto another branch: what is picked, and what the change says that carries it. Which calls that takes is the forge's business.

use serde::{Deserialize, Serialize};

use crate::domain::effect::Refusal;
use crate::domain::id::{BranchName, ChangeNumber, CommitId};
use crate::domain::say::Text;

/// A backport as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backport {
    /// The change.
    pub change: ChangeNumber,
    /// The commits by which it landed, oldest first.
    pub commits: Vec<CommitId>,
    /// The branch that they are for.
    pub target: BranchName,
    /// The branch that carries them.
    pub branch: BranchName,
    /// The new change's title.
    pub title: String,
    /// What it says.
    pub text: Text,
    /// Its labels.
    pub labels: Vec<String>,
}

/// Nothing of what was to be picked is new on the branch.
pub fn nothing_new() -> Refusal {
    Refusal::Invalid { said: "the branch has all of it already".to_owned() }
}

/// The files of a commit that does not fit which the branch changed, too, since they parted; all of the commit's where there are none.
pub fn contested(commit: Vec<String>, branch: &[String]) -> Vec<String> {
    let both: Vec<String> = commit.iter().filter(|file| branch.contains(file)).cloned().collect();
    if both.is_empty() { commit } else { both }
}
