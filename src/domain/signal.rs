//! What a delivery, a timer or an outcome means, in words that no forge owns. What follows from it is `decide`'s business.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::effect::{EffectKey, Outcome};
use super::id::{
    Actor, ActorId, BranchName, ChangeNumber, CommitId, DeploymentId, InstallationId, ProjectId, ProjectPath,
    ReleaseId, TagName,
};
use super::place::CommentRef;
use super::timer::TimerKey;

/// What happened, as far as it concerns one lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "signal")]
pub enum Signal {
    /// Somebody wrote a comment, a review or a remark on a line.
    CommentWritten(Comment),
    /// A comment changed after it was written. Never run.
    CommentEdited(Comment),
    /// A comment was deleted. Recorded only: a command given stays given.
    CommentDeleted(CommentRef),
    /// A change was opened, edited, labelled, pushed to, closed or reopened.
    ChangeTouched(ChangeTouched),
    /// Somebody put labels on a change that ask for something.
    ChangeLabelled(Labelled),
    /// Somebody asked for the preview again by the forge's own button.
    PreviewAsked {
        /// The change whose preview is asked for.
        change: ChangeNumber,
    },
    /// A branch moved, appeared or went away.
    BranchMoved {
        /// The branch.
        branch: BranchName,
        /// Its newest commit; `None` where it was deleted.
        head: Option<CommitId>,
        /// Whether a commit of the push touched the policy file, or may have (the forge's list was cut short).
        touches_policy: bool,
        /// The files that its commits touch, as far as the push tells.
        #[serde(default)]
        touched: BTreeMap<CommitId, Vec<String>>,
    },
    /// A tag appeared, moved or went away.
    TagMoved {
        /// The tag.
        tag: TagName,
        /// Who did it, where the forge says.
        by: Option<ActorId>,
        /// Whether it is there now.
        exists: bool,
    },
    /// A release page was published, edited, taken back or deleted.
    ReleaseTouched(ReleaseTouched),
    /// A program of the forge's own automation started for a commit.
    RunStarted(Run),
    /// A run began, went on or ended. What it is now is read before anything is believed.
    RunMoved(Run),
    /// Somebody reported on a deployment. What the forge has on record is read before anything is believed.
    DeploymentReported(DeploymentReported),
    /// A check or status of a commit was reported.
    CheckReported {
        /// The commit.
        commit: CommitId,
    },
    /// A milestone was made, renamed, closed or deleted.
    MilestoneTouched(MilestoneTouched),
    /// The project was archived or opened again.
    ProjectArchived {
        /// Whether it is archived now.
        archived: bool,
    },
    /// The project is gone from the forge.
    ProjectDeleted,
    /// An installation began, ended, was suspended or resumed, or covers other projects now. On an installation's lane.
    InstallationTouched(InstallationTouched),
    /// Told by the installation's lane: this project is ours to serve from now on.
    Joined(ProjectSeen),
    /// Told by the installation's lane: this project is no longer ours to serve.
    Left {
        /// Whether it may come back by itself (suspended) or not (uninstalled, removed).
        suspended: bool,
    },
    /// An effect of ours was carried out, refused, or lost.
    EffectEnded {
        /// Which.
        key: EffectKey,
        /// How.
        outcome: Outcome,
    },
    /// A timer that the state wanted is due.
    TimerDue {
        /// Which.
        timer: TimerKey,
    },
    /// Too many hints were waiting and were dropped; what they would have said must be read anew.
    ResyncDue,
    /// Known, but this version has no use for it, or it says nothing. Kept, with the reason.
    Ignored {
        /// Why, for the operator.
        reason: String,
    },
}

/// A comment as a delivery told it. The body is a hint until it was fetched again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Where and which.
    pub at: CommentRef,
    /// Whose words they are.
    pub author: Actor,
    /// Who caused the delivery; differs from the author when somebody edits another's comment.
    pub sender: ActorId,
    /// The raw text.
    pub body: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// A milestone as a delivery told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneTouched {
    /// The forge's number of it.
    pub number: u64,
    /// Its title now.
    pub title: String,
    /// Its day, where it has one.
    pub due: Option<Timestamp>,
    /// What was done.
    pub touch: MilestoneTouch,
}

/// What was done to a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneTouch {
    /// Made, changed or opened again.
    Open,
    /// Closed.
    Closed,
    /// Deleted.
    Deleted,
}

/// A change as a delivery told it, and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTouched {
    /// The change now.
    pub change: Change,
    /// What was done.
    pub touch: Touch,
}

/// A change on which somebody put labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelled {
    /// The change now.
    pub change: Change,
    /// The labels.
    pub labels: Vec<String>,
    /// Who put them there.
    pub by: Actor,
}

impl Labelled {
    /// The same as a touch.
    pub fn touched(&self) -> ChangeTouched {
        ChangeTouched { change: self.change.clone(), touch: Touch::Described }
    }
}

/// What was done to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// Opened or reopened.
    Opened,
    /// New commits on its branch.
    Pushed,
    /// Title, body, labels, milestone or readiness changed.
    Described,
    /// Merged.
    Merged,
    /// Closed without a merge.
    Closed,
    /// Anything that changes neither notes nor preview.
    Other,
}

/// A release page as a delivery told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseTouched {
    /// The forge's number of the page.
    pub id: ReleaseId,
    /// The tag it stands for.
    pub tag: TagName,
    /// Who did it, where the forge says.
    pub by: Option<Actor>,
    /// What was done.
    pub touch: ReleaseTouch,
}

/// What was done to a release page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseTouch {
    /// Now visible to everybody.
    Published,
    /// Title or notes changed.
    Edited,
    /// Taken back to a draft, or deleted.
    Withdrawn,
}

/// A report on a deployment, as a delivery told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentReported {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The environment, as the forge spells it.
    pub environment: String,
    /// The commit that is deployed.
    pub commit: CommitId,
}

/// A run of the forge's own automation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Run {
    /// The forge's number of it.
    pub number: u64,
    /// The commit it works on.
    pub commit: CommitId,
    /// The branch or tag that started it, where the forge says.
    pub on: Option<String>,
    /// The file that describes it, for people (`publish.yml`).
    pub file: String,
    /// Its page.
    pub page: String,
}

/// What became of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallationTouched {
    /// Which.
    pub installation: InstallationId,
    /// Projects that it covers now and did not before.
    pub joined: Vec<ProjectSeen>,
    /// Projects that it no longer covers.
    pub left: Vec<ProjectId>,
    /// What became of the whole.
    pub change: InstallationChange,
}

/// What became of an installation as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallationChange {
    /// Only the list of projects changed.
    None,
    /// It began.
    Created,
    /// It ended.
    Deleted,
    /// The owner suspended it.
    Suspended,
    /// The owner resumed it, or accepted new permissions.
    Resumed,
}

/// What a delivery says in passing of the project it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSeen {
    /// The number that never changes.
    pub id: ProjectId,
    /// Its path now.
    pub path: ProjectPath,
    /// The installation that lets us in, where the delivery says.
    pub installation: Option<InstallationId>,
    /// Its default branch, where the delivery says.
    pub default_branch: Option<BranchName>,
    /// Whether everybody can read it, where the delivery says.
    pub public: Option<bool>,
}
