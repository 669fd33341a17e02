//! What stands in an environment, what was good there before, and who has it for themselves. What may go there is a gate's question.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Written;
use crate::domain::id::{ActorId, CommitId, ComponentName, DeploymentId, EnvironmentName, PromotionId};
use crate::domain::promotion::model::Ignored;
use crate::domain::version::Version;

/// How many good releases an environment remembers: as far as a rollback can go back.
const GOOD_KEPT: usize = 20;

/// One component in one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// What was good there, newest first; the first is there now, unless the slot is [`Slot::unclear`].
    pub good: Vec<Standing>,
    /// Releases that may not go there: rolled back there, or withdrawn.
    pub barred: BTreeSet<Version>,
    /// The follow-up issues of what was rolled back there, by release.
    pub follow_ups: BTreeMap<Version, u64>,
    /// Whether a promotion was stopped on its way there, so that nobody can say what runs.
    pub unclear: bool,
    /// The newest reports that changed nothing since what is there arrived, oldest first.
    pub ignored: Vec<Ignored>,
}

/// One component in one environment, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotName {
    /// The component.
    pub component: ComponentName,
    /// The environment.
    pub environment: EnvironmentName,
}

/// What stood in an environment from some moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The release; `None`: a commit that no release names.
    pub version: Option<Version>,
    /// The commit.
    pub commit: CommitId,
    /// Since when.
    pub since: Timestamp,
    /// The forge's records of it, one per target.
    pub deployments: Vec<DeploymentId>,
    /// What carried it there; `None`: others did.
    pub promotion: Option<PromotionId>,
}

/// Whether one can go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBack {
    /// To this release.
    To(Version),
    /// Nothing was good there before.
    FirstThere,
    /// What was good there is held by now.
    AllHeld,
}

/// That somebody has an environment for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Who.
    pub by: ActorId,
    /// The journal row that says so; its text `login` names them.
    pub row: Written,
    /// Until when; `None`: until they give it back.
    pub until: Option<Timestamp>,
}

impl Lock {
    /// Whether it holds at that moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Slot {
    /// What is there now; `None`: nothing, or nobody can say.
    pub fn current(&self) -> Option<&Standing> {
        self.good.first().filter(|_| !self.unclear)
    }

    /// What a rollback goes back to, if nobody names it: the newest good release that is neither `from` nor barred.
    pub fn before(&self, from: Option<&Version>) -> Option<&Standing> {
        self.good.iter().find(|standing| {
            standing.version.is_some()
                && standing.version.as_ref() != from
                && !self.bars(standing.version.as_ref())
        })
    }

    /// Whether one can go back from a release.
    pub fn way_back(&self, from: Option<&Version>) -> WayBack {
        let has_others = self.good.iter().any(|standing| standing.version.as_ref() != from);
        match self.before(from).and_then(|standing| standing.version.clone()) {
            Some(version) => WayBack::To(version),
            None if has_others => WayBack::AllHeld,
            None => WayBack::FirstThere,
        }
    }

    /// Whether a release was good there and may go there again.
    pub fn was_good(&self, version: &Version) -> Option<&Standing> {
        self.good.iter().find(|standing| standing.version.as_ref() == Some(version))
    }

    /// Whether a release may not go there.
    pub fn bars(&self, version: Option<&Version>) -> bool {
        version.is_some_and(|version| self.barred.contains(version))
    }

    /// The issue in which it is asked why a release, or a later one that carried it, was rolled back there.
    pub fn follow_up(&self, version: &Version) -> Option<u64> {
        self.follow_ups.range(version..).map(|(_, issue)| *issue).max()
    }

    pub(super) fn followed_up(&mut self, version: &Version, issue: u64) {
        self.follow_ups.insert(version.clone(), issue);
        while self.follow_ups.len() > GOOD_KEPT {
            self.follow_ups.pop_first();
        }
    }

    pub(super) fn bar(&mut self, version: &Version, barred: bool) {
        if barred {
            self.barred.insert(version.clone());
        } else {
            self.barred.remove(version);
        }
    }

    pub(super) fn arrive(&mut self, standing: Standing) {
        self.unclear = false;
        self.ignored.clear();
        self.good.retain(|known| known.commit != standing.commit);
        self.good.insert(0, standing);
        self.good.truncate(GOOD_KEPT);
    }
}
