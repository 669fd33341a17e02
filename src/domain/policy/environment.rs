//! The environments of a policy: what opens the way into each, and how a release is brought there. Where a promotion stands is not known here.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Principal;
use crate::domain::id::{EnvironmentName, TargetName};

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u64);

impl Seconds {
    /// So many minutes.
    pub const fn minutes(count: u64) -> Self {
        Self(count * 60)
    }

    /// So many hours.
    pub const fn hours(count: u64) -> Self {
        Self(count * 3600)
    }

    /// So many days of 24 hours.
    pub const fn days(count: u64) -> Self {
        Self(count * 86_400)
    }

    /// Whether it is no time at all.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// To be added to a moment. More than a policy may name is cut off.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

/// As people read it, in the largest units that are exact: `2 h`, `1 h 30 min`, `5 d`.
impl fmt::Display for Seconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut parts = Vec::new();
        for (unit, size) in [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)] {
            if rest >= size {
                parts.push(format!("{} {unit}", rest / size));
                rest %= size;
            }
        }
        formatter.write_str(if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }.as_str())
    }
}

/// A named stage that releases are carried to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name, as the file spells it.
    pub name: EnvironmentName,
    /// The environments that the same commit must be in first.
    pub after: Vec<EnvironmentName>,
    /// How a release is brought there.
    pub deploy: Deploy,
    /// Whether each release goes there by itself once it is cut, or once it is in every environment of `after`.
    pub auto_promote: bool,
    /// What opens the way, besides `after`.
    pub conditions: Conditions,
    /// The steps, each a list of targets; empty: one step, the environment as a whole.
    pub waves: Vec<Vec<TargetName>>,
    /// How long a wave is watched before the next.
    pub bake: Seconds,
    /// How long a target may take before it counts as failed.
    pub timeout: Seconds,
    /// How long a promotion may wait before it lapses.
    pub expires: Seconds,
    /// What the changes of a release hear when it arrives here.
    pub announce: Announce,
}

/// What an approval covers of the gates: the effective settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// How long the release must have been healthy in the environments before.
    pub soak: Seconds,
    /// Checks of the commit that must have passed.
    pub checks: Vec<Check>,
    /// Approvals, all of them.
    pub approvals: Vec<ApprovalRule>,
}

/// A check of the commit, found by name and, where one is named, by the app that reports it (S17).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The forge's number of the only app whose word counts; `None`: whoever may report checks.
    pub app: Option<u64>,
}

/// So many approvals from these people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRule {
    /// Whose count; empty: whoever may approve by `who`, by default everybody who can push.
    pub from: Vec<Principal>,
    /// How many.
    pub count: u32,
    /// Whether the authors of the changes do not count. The requester never does.
    pub not_authors: bool,
}

/// How a release is brought to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Deploy {
    /// We make a deployment; whoever listens carries it out and reports.
    Event {
        /// Whose reports count: apps by their short name, or users by login. Empty: of whomever the forge lets report.
        reporters: Vec<String>,
    },
    /// We start something of the forge's own automation on the tag and follow the run.
    Run {
        /// What is started.
        what: Automation,
        /// Its inputs; `{tag}`, `{version}`, `{sha}`, `{environment}` and `{target}` are filled in.
        inputs: BTreeMap<String, String>,
    },
    /// Others deploy; we only watch.
    Observe {
        /// Whose reports count, as for an event.
        reporters: Vec<String>,
    },
}

/// What of a forge's own automation can be started. Which of it a forge has, its [`Customs`](super::Customs) tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    /// A workflow, by its file name under the forge's folder of workflows.
    Workflow(String),
    /// A new pipeline on the tag, by a name that its configuration can tell apart.
    Pipeline(String),
    /// A job that waits to be started by hand, by its name, in the pipeline that the tag has.
    Job(String),
}

impl Automation {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Workflow(name) | Self::Pipeline(name) | Self::Job(name) => name,
        }
    }

    /// Its key in a policy file.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Workflow(_) => "workflow",
            Self::Pipeline(_) => "pipeline",
            Self::Job(_) => "job",
        }
    }
}

impl Deploy {
    /// Whose reports count; none where we follow a run ourselves.
    pub fn reporters(&self) -> &[String] {
        match self {
            Self::Event { reporters } | Self::Observe { reporters } => reporters,
            Self::Run { .. } => &[],
        }
    }
}

/// What the changes of a release hear when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announce {
    /// One comment each, edited as it travels.
    Comment,
    /// Nothing.
    Quiet,
}

impl Environment {
    /// How long a target may take where the policy does not say.
    pub const USUAL_TIMEOUT: Seconds = Seconds::hours(1);
    /// How long a promotion may wait where the policy does not say.
    pub const USUAL_EXPIRES: Seconds = Seconds::days(14);

    /// An environment that only has a name: these are watched, and nothing opens or holds it.
    pub fn observed(name: EnvironmentName, reporters: Vec<String>) -> Self {
        Self::new(name, Deploy::Observe { reporters })
    }

    /// An environment that is deployed to like this, all else by default.
    pub fn new(name: EnvironmentName, deploy: Deploy) -> Self {
        Self {
            name,
            after: vec![],
            deploy,
            auto_promote: false,
            conditions: Conditions::default(),
            waves: vec![],
            bake: Seconds(0),
            timeout: Self::USUAL_TIMEOUT,
            expires: Self::USUAL_EXPIRES,
            announce: Announce::Comment,
        }
    }
}
