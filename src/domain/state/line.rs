//! Lines of versions that have a branch of their own: which there are, and which is open. What may be cut from one is `answer`'s business.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Component, CutStep};
use crate::domain::event::Event;
use crate::domain::id::BranchName;
use crate::domain::version::{Series, Version};

/// How many lines of a component the state remembers; older ones are known by their branches only.
const LINES_KEPT: usize = 20;

/// A line of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its branch.
    pub branch: BranchName,
    /// Since when we know of it.
    pub since: Timestamp,
    /// Whether its release is still to come.
    pub is_open: bool,
}

impl Line {
    /// Whether a version is of this line.
    pub fn holds(&self, version: &Version) -> bool {
        Series::of(&self.branch).is_some_and(|series| series.holds(version))
    }
}

impl Component {
    /// The line whose release is still to come.
    pub fn open_line(&self) -> Option<&Line> {
        self.lines.iter().find(|line| line.is_open)
    }

    /// Whether this is the branch of the line whose release is still to come.
    pub fn is_open_on(&self, branch: &BranchName) -> bool {
        self.open_line().is_some_and(|line| line.branch == *branch)
    }

    /// Takes in what became of a line.
    pub(super) fn line_moved(&mut self, event: &Event, at: Timestamp) {
        if let Event::LineOpened { branch, .. } = event {
            self.line_opened(branch, at);
            if self.cutting.as_ref().is_some_and(|cutting| cutting.step == CutStep::Branching) {
                self.step(CutStep::Tagging);
            }
        }
        if let Event::LineDropped { branch, .. } = event {
            self.line_dropped(branch);
        }
    }

    /// A line is open: only one is at a time.
    fn line_opened(&mut self, branch: &BranchName, at: Timestamp) {
        self.lines.retain(|line| line.branch != *branch);
        self.lines.iter_mut().for_each(|line| line.is_open = false);
        self.lines.insert(0, Line { branch: branch.clone(), since: at, is_open: true });
        self.lines.truncate(LINES_KEPT);
    }

    /// A line's branch is gone, and the line with it.
    fn line_dropped(&mut self, branch: &BranchName) {
        self.lines.retain(|line| line.branch != *branch);
    }

    /// A release is out: where it is final, its line waits for no other.
    pub(super) fn line_out(&mut self, version: &Version) {
        for line in self.lines.iter_mut().filter(|line| version.is_final() && line.holds(version)) {
            line.is_open = false;
        }
    }
}
