//! The order to write the change that carries a release: what its branch, its files and its text shall be. Which calls that takes is the forge's business.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::file::{self, Files, Raised};
use crate::domain::effect::EffectKey;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::notes::frame::{Frame, Merged, sum};
use crate::domain::say::{self, Text};
use crate::domain::version::Version;

/// The change that carries the next release, as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// By what our text is found among people's words.
    pub mark: EffectKey,
    /// The branch, ours alone.
    pub branch: BranchName,
    /// The branch that it is for.
    pub base: BranchName,
    /// The newest commit there, which its one commit stands upon.
    pub commit: CommitId,
    /// The change's title.
    pub title: String,
    /// What it says.
    pub text: Text,
    /// The version that the files shall say.
    pub version: Version,
    /// The files that name the version.
    pub files: Vec<String>,
    /// The changelog.
    pub changelog: String,
    /// The heading of the release there.
    pub section: String,
    /// What stands below it.
    pub notes: Text,
    /// What we left there last; what differs from it is people's.
    pub left: Option<LeftProposal>,
}

/// The change that carries a release as we left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftProposal {
    /// The newest commit of its branch.
    pub head: CommitId,
    /// The sum of our text.
    pub text: String,
}

impl Proposal {
    /// The files that must be read.
    pub fn needed(&self) -> BTreeSet<String> {
        let mut needed = file::needed(&self.files);
        needed.insert(self.changelog.clone());
        needed
    }

    /// What the files become; `notes` is what stands in the changelog, in the forge's markup.
    pub fn written(&self, read: &Files, notes: &str) -> Raised {
        let mut raised = file::raise(&self.files, read, &self.version);
        let before = raised.files.get(&self.changelog).or_else(|| read.get(&self.changelog));
        let changelog = file::with_section(before.map(String::as_str), &self.section, notes);
        raised.files.insert(self.changelog.clone(), changelog);
        raised
    }

    /// What the change says, with the files that name no version.
    pub fn described(&self, left: &[String]) -> Text {
        let mut text = self.text.clone();
        text.0.extend(say::proposal::left_out(left));
        text
    }

    /// What people read on a change that says `before`, with our `text` in its frame; `None`: as it is. Then the sum of our text as
    /// it stands: where people changed it, all of it is theirs.
    pub fn renewed(&self, frame: &Frame, before: &str, text: &str) -> (Option<String>, String) {
        let left = self.left.as_ref().map(|left| left.text.as_str());
        match frame.merge(before, text, left) {
            Merged::Same => (None, sum(text)),
            Merged::Renewed(body) => (Some(body), sum(text)),
            Merged::Theirs => (None, left.unwrap_or_default().to_owned()),
        }
    }
}
