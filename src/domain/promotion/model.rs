//! What a promotion is, as the state holds it and events tell it. How it moves is `state`'s and `advance`'s business.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::event::IgnoredReport;
use crate::domain::id::{
    ActorId, CommitId, ComponentName, DeploymentId, Digest, EnvironmentName, PromotionId, TagName, TargetName,
};
use crate::domain::place::{CommentRef, Thread};
use crate::domain::policy::environment::{Conditions, Deploy, Seconds};
use crate::domain::state::Written;
use crate::domain::version::Version;

/// The carrying of one release into one environment, while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// What was asked for; never changes.
    pub asked: Asked,
    /// The journal row that asked.
    pub since: Written,
    /// Its revision, from 1: how often what it covers changed.
    pub revision: u32,
    /// What an approval of this revision covers.
    pub terms: Terms,
    /// What people see of it, and since when.
    pub panel: Panel,
    /// Approvals of this revision.
    pub approvals: Vec<Approval>,
    /// When people were last asked to approve this revision.
    pub prompt: Option<Prompt>,
    /// Whether somebody holds it: then nothing new begins.
    pub held: Option<Held>,
    /// The attempts of the waves that are done.
    pub done: Vec<Attempt>,
    /// What newer attempts took the place of: what is reported of it comes too late (invariant 9).
    pub fenced: Vec<DeploymentId>,
    /// The newest reports that changed nothing, oldest first.
    pub ignored: Vec<Ignored>,
    /// How many attempts it made; the last one's number is the fencing number.
    pub attempts: u32,
    /// How far it is.
    pub stage: Stage,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its number.
    pub id: PromotionId,
    /// Forward or back.
    pub kind: Kind,
    /// The component.
    pub component: ComponentName,
    /// Where to.
    pub environment: EnvironmentName,
    /// Which release.
    pub version: Version,
    /// Its tag.
    pub tag: TagName,
    /// Its commit.
    pub commit: CommitId,
    /// Which release it replaces, where one is there.
    pub replaces: Option<Version>,
    /// Who asked; `None`: the policy (`auto_promote`).
    pub by: Option<ActorId>,
    /// The comment that asked.
    pub comment: Option<CommentRef>,
}

/// Forward or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Back to a release that was good there. Goes before all that waits.
    Rollback,
    /// Forward.
    Normal,
}

/// What an approval covers. Its [`Digest`] changes exactly when any of this does, or what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The tag's own object; the commit's name where the tag is not annotated.
    pub tag_object: CommitId,
    /// The files of the release page, by name: the SHA-256 in hex, where the forge tells it.
    pub artifacts: BTreeMap<String, Option<String>>,
    /// The steps; a single target without a name is the environment as a whole.
    pub waves: Vec<Vec<Target>>,
    /// How it is deployed.
    pub deploy: Deploy,
    /// What opens the way.
    pub conditions: Conditions,
    /// The environments that come before.
    pub after: Vec<EnvironmentName>,
    /// How long a wave is watched.
    pub bake: Seconds,
    /// How long a target may take. Not covered by the digest.
    pub timeout: Seconds,
    /// How long it may wait. Not covered by the digest.
    pub expires: Seconds,
    /// All of this and what was asked for, in one number.
    pub digest: Digest,
}

/// One place of a wave; `None`: the environment as a whole.
pub type Target = Option<TargetName>;

/// What people see of a promotion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// Where it stands; `None`: nowhere yet.
    pub home: Option<Thread>,
    /// Its page, once the forge has told it.
    pub page: Option<String>,
    /// How often it was drawn.
    pub drawn: u32,
    /// What was drawn last, as a hash of the text without the moment.
    pub content: String,
    /// The revision that each drawing shows, until the forge has it.
    pub pending: BTreeMap<u32, u32>,
    /// Since when the forge shows each revision.
    pub shown: BTreeMap<u32, Timestamp>,
}

/// One person's yes to one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: ActorId,
    /// The journal row that gave it; its text `login` names them.
    pub given: Written,
}

/// That people were asked to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// When, the first time.
    pub at: Timestamp,
    /// Whether it was repeated.
    pub reminded: bool,
}

/// That somebody holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The journal row that says so; its text `login` names them.
    pub row: Written,
}

/// A report that changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The journal row that has it; its texts `by` and `state` say whose and what.
    pub row: Written,
    /// Why it changed nothing.
    pub because: IgnoredReport,
}

/// How far a promotion is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    /// Gates are shut, or the slot is taken.
    Waiting,
    /// A wave is on its way. It has the slot.
    Rolling {
        /// The wave.
        wave: Wave,
    },
    /// A target failed. It keeps the slot.
    Failed {
        /// The wave that failed.
        wave: Wave,
    },
    /// It is being stopped. It keeps the slot.
    Aborting {
        /// The wave that is being stopped.
        wave: Wave,
        /// The journal row that began it.
        row: Written,
    },
}

/// One step of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Which, from 0.
    pub number: usize,
    /// How far it is.
    pub step: WaveStep,
    /// The newest attempt of each target, in the order of the wave.
    pub attempts: Vec<Attempt>,
}

/// How far a wave is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum WaveStep {
    /// Its targets are being deployed.
    Deploying,
    /// All targets succeeded; it is watched.
    Baking {
        /// Until then.
        until: Timestamp,
    },
}

/// One try at one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Where.
    pub target: Target,
    /// The fencing number: a report of an older attempt is recorded and ignored (invariant 9).
    pub number: u32,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// What the forge calls it, once it is there.
    pub handle: Option<Handle>,
    /// Its page, where there is one.
    pub page: Option<String>,
    /// Whether it was said that nobody picks it up.
    pub unclaimed: bool,
    /// The journal row that moved it last; its text `reason` holds what was said of it.
    pub moved: Option<Written>,
    /// How far it is.
    pub stage: AttemptStage,
}

impl Attempt {
    /// The deployment that it made, where it made one.
    pub fn deployment(&self) -> Option<DeploymentId> {
        match self.handle {
            Some(Handle::Deployment(id)) => Some(id),
            Some(Handle::Run(_)) | None => None,
        }
    }
}

/// What the forge calls an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handle {
    /// A deployment.
    Deployment(DeploymentId),
    /// A run of the forge's own automation.
    Run(u64),
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStage {
    /// The order is on its way.
    Created,
    /// The forge has it; nobody works on it yet.
    Dispatched,
    /// Somebody works on it.
    InProgress,
    /// It is there, and the commit seen there is the planned one.
    Succeeded,
    /// It is not there.
    Failed,
    /// Nobody said anything to the end.
    TimedOut,
    /// Nobody can say whether it began.
    Lost,
    /// It was called off.
    Cancelled,
}

impl AttemptStage {
    /// Whether nothing more is expected of it.
    pub fn is_over(self) -> bool {
        match self {
            Self::Created | Self::Dispatched | Self::InProgress => false,
            Self::Succeeded | Self::Failed | Self::TimedOut | Self::Lost | Self::Cancelled => true,
        }
    }

    /// Whether it is over, and not well.
    pub fn is_bad(self) -> bool {
        self.is_over() && self != Self::Succeeded
    }
}

/// How a promotion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The release is there.
    Succeeded,
    /// Somebody who may said no.
    Rejected,
    /// A newer one was asked for.
    Superseded,
    /// It was called off before it began.
    Cancelled,
    /// It waited too long.
    Expired,
    /// It was stopped on its way; what is there now is not known.
    Aborted,
    /// It failed, and the release before is back.
    RolledBack,
}

impl Promotion {
    /// Its number.
    pub fn id(&self) -> PromotionId {
        self.asked.id
    }

    /// What people write to approve it: `p7.1`.
    pub fn name(&self) -> RevisionName {
        RevisionName { promotion: self.asked.id, revision: self.revision }
    }

    /// When it lapses if it still waits then.
    pub fn expires_at(&self) -> Timestamp {
        self.since.at + self.terms.expires.duration()
    }

    /// Whether it has the slot of its environment.
    pub fn has_slot(&self) -> bool {
        match self.stage {
            Stage::Waiting => false,
            Stage::Rolling { .. } | Stage::Failed { .. } | Stage::Aborting { .. } => true,
        }
    }

    /// The wave in hand, where one is.
    pub fn wave(&self) -> Option<&Wave> {
        match &self.stage {
            Stage::Waiting => None,
            Stage::Rolling { wave } | Stage::Failed { wave } | Stage::Aborting { wave, .. } => Some(wave),
        }
    }

    /// The deployments that it made, one per target that it reached.
    pub fn deployments(&self) -> Vec<DeploymentId> {
        let in_hand = self.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
        self.done.iter().chain(in_hand).filter_map(Attempt::deployment).collect()
    }

    /// Whether it goes back.
    pub fn is_rollback(&self) -> bool {
        self.asked.kind == Kind::Rollback
    }
}

/// `p7.1`: a promotion and the revision of what it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RevisionName {
    /// The promotion.
    pub promotion: PromotionId,
    /// The revision, from 1.
    pub revision: u32,
}

impl fmt::Display for RevisionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.promotion, self.revision)
    }
}
