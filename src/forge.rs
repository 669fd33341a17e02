//! How to speak with a forge: understand its deliveries, read, perform, render. No rule of releasing lives here.

pub mod client;
mod fault;
pub mod github;
pub mod gitlab;
mod lenient;
mod lineage;
pub mod local;
mod merge;
mod route;
mod within;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::effect::{Effect, EffectKey, Made, Refusal};
use crate::domain::id::{ActorId, BranchName, CommitId, ForgeName, Lane, ProjectId, ProjectPath};
use crate::domain::notes::frame::Frame;
use crate::domain::policy::Customs;
use crate::domain::query::{Answer, Query};
use crate::domain::say::Text;
use crate::domain::signal::{ProjectSeen, Signal};
use crate::domain::state::Project;

/// A forge as the engine sees it. Pure methods look at bytes alone; the two async ones speak over the network.
#[async_trait]
pub trait Forge: Send + Sync {
    /// How this forge's lanes and projects are named.
    fn name(&self) -> &ForgeName;

    /// What a policy may use here, and what goes without saying.
    fn customs(&self) -> Customs;

    /// The HTTP status by which this forge is told that a delivery of its own was taken, whatever it means.
    fn acknowledgement(&self) -> StatusCode {
        StatusCode::ACCEPTED
    }

    /// Whether a delivery is authentic, over its raw bytes, in constant time. Never looks into the body.
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), NotAuthentic>;

    /// The lane and key of an authentic delivery, by a shallow look: enough to file it, nothing more.
    fn file(&self, headers: &Headers, body: &[u8]) -> Filed;

    /// What a delivery means. The same bytes always mean the same, so that a repaired reading can be replayed.
    fn understand(&self, headers: &Headers, body: &[u8]) -> Understood;

    /// The text as a comment on this project, in the forge's markup: everything that a person wrote is harmless (invariant 13), and
    /// it is at most as long as the forge takes.
    fn render(&self, text: &Text, project: &Project) -> String;

    /// Answers a question about a project.
    async fn read(&self, project: &Project, query: &Query) -> Result<Option<Answer>, ReadError>;

    /// Answers the questions of one round in their order, each as [`Forge::read`] does, by fewer calls where this forge can.
    async fn read_round(
        &self,
        project: &Project,
        queries: &[Query],
    ) -> Vec<Result<Option<Answer>, ReadError>> {
        join_all(queries.iter().map(|query| self.read(project, query))).await
    }

    /// Where the policy of a project comes from: the newest commit of its default branch, and the files there.
    async fn policy_source(&self, project: &Project) -> Result<Option<PolicySource>, ReadError>;

    /// The policy file that another project shares; `None` where there is none that we can read.
    async fn shared_policy(&self, of: &Project, path: &ProjectPath) -> Result<Option<PolicyFile>, ReadError>;

    /// How far apart notes are written that nobody waits for. GitHub asks for a second between writes:
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests>
    fn pace(&self) -> Pace {
        Pace::OfProject(SignedDuration::from_secs(1))
    }

    /// Carries an order out, as *ensure*: on a later attempt look first, adopt what is there, refuse what contradicts.
    async fn perform(&self, order: &Order<'_>) -> Result<Made, PerformError>;

    /// Deliveries since then that did not reach us, oldest first, each once and at most `limit`. They are authentic, because
    /// the forge's API told them, but their bytes need not be those that were signed. A forge that delivers again by itself
    /// has none.
    async fn missed(&self, since: Timestamp, limit: usize) -> Result<Vec<(Headers, Bytes)>, ReadError> {
        let _ = (since, limit);
        Ok(Vec::new())
    }
}

/// How far apart notes are written that nobody waits for, so that a release with hundreds of changes does not use up what others
/// need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Those of a project keep it among themselves: the forge counts by project or installation.
    OfProject(SignedDuration),
    /// All that we write keep it together: the forge counts by account.
    OfAccount(SignedDuration),
}

/// Where a project's policy comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySource {
    /// The newest commit of the default branch.
    pub revision: CommitId,
    /// The default branch.
    pub branch: BranchName,
    /// Our own file, where there is one.
    pub file: Option<PolicyFile>,
    /// The forge's own file for release notes, where there is one.
    pub conventions: Option<PolicyFile>,
}

/// A file by name and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFile {
    /// Its path in the project, for people.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A forge as those ask it who run the server.
#[async_trait]
pub trait Operated: Forge {
    /// What an entry of an allow-list stands for, an owner or a project; `None` where we can see nothing of that name.
    async fn listed(&self, entry: &str) -> Result<Option<Listed>, ReadError>;

    /// A project by its path; `None` where we can see none.
    async fn project(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, ReadError>;

    /// A file at the newest commit of a project's default branch; `None` where it is not there.
    async fn text_of(&self, project: &Project, path: &str) -> Result<Option<String>, ReadError>;

    /// Is the set-up right? Reads only; each finding says what to do.
    async fn examine(&self) -> Vec<Finding>;
}

/// One thing of the set-up that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it must be.
    pub is_right: bool,
    /// What was found, and what to do where it is not right.
    pub sentence: String,
}

impl Finding {
    pub(in crate::forge) fn right(sentence: impl Into<String>) -> Self {
        Self { is_right: true, sentence: sentence.into() }
    }

    pub(in crate::forge) fn wrong(sentence: impl Into<String>) -> Self {
        Self { is_right: false, sentence: sentence.into() }
    }
}

/// An order as it is handed to a forge.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// Where.
    pub project: &'a Project,
    /// What it is for; goes into the marker by which it is found again.
    pub key: &'a EffectKey,
    /// What.
    pub effect: &'a Effect,
    /// 1 for the first attempt that may have come through; those that certainly did not are not counted. Later ones must look
    /// first.
    pub attempt: u32,
    /// The forge's number of what this subject already has: the comment to edit, the check to renew.
    pub reference: Option<&'a str>,
    /// When the order was given; nothing older can be its result.
    pub ordered_at: Timestamp,
}

impl Order<'_> {
    /// The number of the run that was started before, where this one starts a run that looks like it.
    fn ordered_before(&self) -> Option<u64> {
        self.reference?.parse().ok()
    }
}

/// The headers of a delivery, names in lower case, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The header's only value; `None` where it is absent or there are several.
    pub fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }
}

/// Why a delivery is not believed. The sender learns no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// No signature, or several.
    #[error(
        "it carries no signature or secret that this server can check, or several; give the hook the secret that this server has"
    )]
    Unsigned,
    /// A signature that is not ours.
    #[error(
        "its signature or secret is none of those in force; give the hook the secret that this server has"
    )]
    Forged,
    /// A signature that is ours, of another time: it may be sent again by somebody who listened.
    #[error(
        "it was signed more than five minutes from this machine's time: somebody sent it again, or a clock is off; set it, best by NTP"
    )]
    Stale,
}

/// Where a delivery belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// On this lane.
    On {
        /// The lane.
        lane: Lane,
        /// The forge's name of the delivery; a redelivery keeps it.
        delivery: String,
        /// The owner of the project, for the allow-list.
        owner: Option<Owner>,
        /// The project's number.
        project: Option<ProjectId>,
        /// Whether losing it among very many would only cost freshness.
        hint: bool,
    },
    /// Authentic, but about nothing that has a lane (a ping, an account's own event).
    Nowhere {
        /// Why.
        reason: String,
    },
}

/// Whoever owns a project, as far as deliveries tell it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// An account, by the forge's number.
    Number(u64),
    /// A group or account by its path in lower case, where deliveries tell no number. What a group owns, all groups above it own.
    Path(String),
}

impl Owner {
    /// Itself, and the groups above it.
    pub fn and_above(&self) -> Vec<Self> {
        match self {
            Self::Number(_) => vec![self.clone()],
            Self::Path(path) => {
                let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
                ends.map(|end| Self::Path(path[..end].to_owned())).collect()
            }
        }
    }
}

/// Owners and projects that an operator listed, as one forge knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Owners, with all their projects.
    pub owners: BTreeSet<Owner>,
    /// Single projects, by number.
    pub projects: BTreeSet<u64>,
}

/// A delivery in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What it says in passing of the project.
    pub project: Option<ProjectSeen>,
    /// What it means.
    pub signal: Signal,
}

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Try again, not before this moment where one is named.
    #[error("the forge is not answering")]
    Unavailable {
        /// Not before this moment.
        retry_at: Option<Timestamp>,
        /// Whether it concerns all projects of the installation (a rate limit, a suspended installation).
        whole_installation: bool,
        /// What happened.
        #[source]
        cause: anyhow::Error,
    },
    /// The forge will not tell us, and trying again would not help (a missing permission).
    #[error("the forge refuses: {said}")]
    Refused {
        /// What to tell the person, in words for people.
        said: String,
    },
    /// The forge answered with something that cannot be read: a fault of ours or a change of theirs.
    #[error("the forge's answer cannot be read")]
    Corrupt {
        /// What happened.
        #[source]
        cause: anyhow::Error,
    },
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// It certainly did not happen; try again, not before this moment where one is named.
    #[error("the forge is not answering")]
    Unavailable {
        /// Not before this moment.
        retry_at: Option<Timestamp>,
        /// Whether it concerns all projects of the installation.
        whole_installation: bool,
        /// What happened.
        #[source]
        cause: anyhow::Error,
    },
    /// It may have happened: wait one call time-out, then look before trying again.
    #[error("nobody can say yet whether it happened")]
    Unsure {
        /// What happened.
        #[source]
        cause: anyhow::Error,
    },
    /// The forge refuses for good.
    #[error("the forge refuses for good: {0:?}")]
    Refused(Refusal),
    /// It may have happened and cannot be found again: never send it again, ask a human.
    #[error("lost: {why}")]
    Lost {
        /// Why, for the operator.
        why: String,
    },
}

/// The forges that this process serves, by name.
#[derive(Clone, Default)]
pub struct Forges(Vec<Arc<dyn Forge>>);

impl Forges {
    /// These forges; their names differ.
    pub fn new(forges: Vec<Arc<dyn Forge>>) -> Self {
        Self(forges)
    }

    /// The forge of that name, where it is configured.
    pub fn get(&self, name: &ForgeName) -> Option<&Arc<dyn Forge>> {
        self.0.iter().find(|forge| forge.name() == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Forge>> {
        self.0.iter()
    }
}

/// Our own accounts on a forge, whose words and deeds are never taken for a person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ourselves {
    /// The app's number.
    pub app: u64,
    /// The app's short name, as its URL has it.
    pub slug: String,
    /// The bot user's number.
    pub user: ActorId,
}

/// The lines between which our text stands on a page that people write on as well.
fn frame(mark: &EffectKey) -> Frame {
    Frame { begin: marker(&EffectKey::stored(format!("{mark}:begin"))), end: marker(mark) }
}

/// The marker by which a comment or page of ours is found again after an answer was lost. Nothing else is ever read from text.
///
/// A key holds names that people gave, such as a tag's: what could end the comment early is percent-encoded, so that
/// different keys stay different.
pub fn marker(key: &EffectKey) -> String {
    let mut safe = String::with_capacity(key.as_str().len());
    for c in key.as_str().chars() {
        let ends = matches!(c, '<' | '>' | '%') || c.is_control() || c.is_whitespace();
        if ends || (c == '-' && safe.ends_with('-')) {
            let mut bytes = [0; 4];
            let encoded = c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}"));
            safe.extend(encoded);
        } else {
            safe.push(c);
        }
    }
    format!("<!-- lockkeeper:{safe} -->")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s22_no_key_ends_its_marker_early() {
        for (key, expected) in [
            ("1:default:tag:v1.5.0", "1:default:tag:v1.5.0"),
            ("1:tag:a-b", "1:tag:a-b"),
            ("1:tag:v1--><b>", "1:tag:v1-%2D%3E%3Cb%3E"),
            ("1:tag:v1---", "1:tag:v1-%2D-"),
            ("1:tag:v1-%2D", "1:tag:v1-%252D"),
            ("1:tag:a\u{2028}b\nc", "1:tag:a%E2%80%A8b%0Ac"),
        ] {
            assert_eq!(marker(&EffectKey::stored(key)), format!("<!-- lockkeeper:{expected} -->"));
        }
    }
}
