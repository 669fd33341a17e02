//! Merged changes and branches as a told world has them: a default and a maintenance branch. What is picked onto them is `errand`'s business.

use super::{World, actor, morning, sha};
use crate::domain::change::{Change, Stage};
use crate::domain::id::{BranchName, ChangeNumber, CommitId};
use crate::domain::query::Answer;

/// The newest commit of a branch, where there is one of this name.
pub(super) fn head(world: &World, branch: &BranchName) -> Option<CommitId> {
    let usual = || ["main", "release/1.4"].contains(&branch.as_str()).then(|| sha(10));
    world.branches.get(branch).cloned().or_else(usual)
}

/// The commit by which a change landed, where it did.
pub(super) fn landed(change: &Change) -> Option<Answer> {
    match &change.stage {
        Stage::Merged { commit, .. } => Some(Answer::Landed(vec![commit.clone()])),
        Stage::Open | Stage::Draft | Stage::Closed => None,
    }
}

/// A merged change: its commit has its number.
pub(crate) fn merged(number: u64, author: &str, title: &str, label: &str) -> Change {
    Change {
        number: ChangeNumber(number),
        title: title.to_owned(),
        body: String::new(),
        author: Some(actor(author)),
        labels: Some(label.to_owned()).filter(|label| !label.is_empty()).into_iter().collect(),
        milestone: None,
        stage: Stage::Merged { commit: sha(number), at: morning() },
        base: BranchName::parse("main").expect("a branch"),
        head: sha(number + 500),
        updated_at: morning(),
    }
}
