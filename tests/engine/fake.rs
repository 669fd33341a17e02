//! A forge in memory: deliveries are signals as JSON, readings and outcomes are what a test says. No HTTP here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use anyhow::anyhow;
use async_trait::async_trait;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use lockkeeper::clock::Clock;
use lockkeeper::domain::effect::{Effect, Made, Outcome};
use lockkeeper::domain::id::{
    ActorId, BranchName, CommitId, ForgeName, Lane, ProjectId, ProjectPath, ReleaseId,
};
use lockkeeper::domain::policy::{Customs, Standing};
use lockkeeper::domain::query::{Answer, CommentNow, Query, Tag};
use lockkeeper::domain::say::Text;
use lockkeeper::domain::signal::{Comment, ProjectSeen, Signal};
use lockkeeper::domain::state::Project;
use lockkeeper::forge::{
    Filed, Forge, Headers, NotAuthentic, Order, Owner, PerformError, PolicyFile, PolicySource, ReadError,
    Understood,
};

/// The newest commit of the project.
pub(crate) fn head() -> CommitId {
    CommitId::parse("8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0").unwrap()
}

/// What happens when something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Unavailable,
    WholeInstallation,
    Refused,
    Corrupt,
    Panic,
    /// An answer of another kind than the question.
    Nonsense,
}

/// What becomes of a call that has no good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A rate limit: it certainly did nothing.
    Unavailable,
    /// No answer: nobody can say.
    Unsure,
}

/// What a test says of the forge, and what the forge saw.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) readings: BTreeMap<&'static str, Reading>,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) outcomes: BTreeMap<&'static str, Outcome>,
    pub(crate) performing_panics: bool,
    /// What becomes of the next calls, in order; then all is well again.
    pub(crate) troubles: Vec<Trouble>,
    /// The number that each order carried.
    pub(crate) attempts: Vec<u32>,
    pub(crate) policy: Option<String>,
    pub(crate) comments: BTreeMap<u64, Comment>,
    /// The next reading of an ancestor takes so long, by this clock.
    pub(crate) slow: Option<(Clock, SignedDuration)>,
    pub(crate) read: Vec<Query>,
    pub(crate) performed: Vec<(String, Effect, Option<String>)>,
    /// By which status it is told that a delivery was taken; as most are, where nothing is said.
    pub(crate) acknowledgement: Option<StatusCode>,
}

/// The forge.
pub(crate) struct Fake {
    name: ForgeName,
    said: Mutex<Said>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self { name: ForgeName::parse("fake").unwrap(), said: Mutex::default() }
    }

    pub(crate) fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    fn fault(&self, kind: &str) -> Option<ReadError> {
        let said = self.said();
        let reading = *said.readings.get(kind)?;
        let unavailable = |whole_installation| ReadError::Unavailable {
            retry_at: said.retry_at,
            whole_installation,
            cause: anyhow!("no answer"),
        };
        Some(match reading {
            Reading::Unavailable => unavailable(false),
            Reading::WholeInstallation => unavailable(true),
            Reading::Refused => ReadError::Refused { said: "a permission is missing".to_owned() },
            Reading::Corrupt => ReadError::Corrupt { cause: anyhow!("not JSON") },
            Reading::Panic => {
                drop(said);
                panic!("reading {kind} panics, as the test asks")
            }
            Reading::Nonsense => return None,
        })
    }
}

/// The kind of a question, as its variant is written.
pub(crate) fn kind(query: &Query) -> String {
    format!("{query:?}").split(['(', ' ']).next().unwrap().to_owned()
}

/// What every delivery says of the project.
pub(crate) fn seen() -> ProjectSeen {
    ProjectSeen {
        id: ProjectId { forge: ForgeName::parse("fake").unwrap(), number: 7 },
        path: ProjectPath::parse("acme/shop").unwrap(),
        installation: None,
        default_branch: Some(BranchName::parse("main").unwrap()),
        public: Some(true),
    }
}

#[async_trait]
impl Forge for Fake {
    fn name(&self) -> &ForgeName {
        &self.name
    }

    fn customs(&self) -> Customs {
        Customs::default()
    }

    fn acknowledgement(&self) -> StatusCode {
        self.said().acknowledgement.unwrap_or(StatusCode::ACCEPTED)
    }

    fn verify(&self, headers: &Headers, _body: &[u8]) -> Result<(), NotAuthentic> {
        match headers.only("signature") {
            Some("good") => Ok(()),
            Some(_) => Err(NotAuthentic::Forged),
            None => Err(NotAuthentic::Unsigned),
        }
    }

    fn file(&self, headers: &Headers, _body: &[u8]) -> Filed {
        let Some(number) = headers.only("project").and_then(|number| number.parse().ok()) else {
            return Filed::Nowhere { reason: "a ping".to_owned() };
        };
        let project = ProjectId { forge: self.name.clone(), number };
        Filed::On {
            lane: Lane::Project(project.clone()),
            delivery: headers.only("delivery").unwrap_or_default().to_owned(),
            owner: Some(Owner::Number(3)),
            project: Some(project),
            hint: false,
        }
    }

    fn understand(&self, _headers: &Headers, body: &[u8]) -> Understood {
        assert!(body != b"panic", "understanding panics, as the test asks");
        let signal = serde_json::from_slice(body)
            .unwrap_or_else(|_| Signal::Ignored { reason: "an event without use".to_owned() });
        Understood { project: Some(seen()), signal }
    }

    fn render(&self, _text: &Text, _project: &Project) -> String {
        String::new()
    }

    async fn read(&self, _project: &Project, query: &Query) -> Result<Option<Answer>, ReadError> {
        let kind = kind(query);
        if let Some(fault) = self.fault(&kind) {
            return Err(fault);
        }
        let mut said = self.said();
        said.read.push(query.clone());
        if said.readings.get(kind.as_str()) == Some(&Reading::Nonsense) {
            return Ok(Some(Answer::Ordered(true)));
        }
        Ok(match query {
            Query::Comment(at) => said.comments.get(&at.number).map(|comment| {
                Answer::Comment(CommentNow {
                    author: comment.author.clone(),
                    body: comment.body.clone(),
                    page: String::new(),
                })
            }),
            Query::Standing(actor) => {
                Some(Answer::Standing(if actor.id == ActorId(1) { Standing::Write } else { Standing::None }))
            }
            Query::Tags(_) => Some(Answer::Tags(vec![Tag {
                name: "v1.4.2".to_owned().try_into().unwrap(),
                commit: CommitId::parse("1".repeat(40)).unwrap(),
            }])),
            Query::FirstAncestor(asked) if said.slow.is_some() => {
                let (clock, by) = said.slow.take().expect("it was looked at");
                clock.advance(by);
                asked.tags.first().cloned().map(Answer::FirstAncestor)
            }
            Query::FirstAncestor(asked) => asked.tags.first().cloned().map(Answer::FirstAncestor),
            Query::Range(_) => Some(Answer::Range(vec![])),
            Query::FirstTimers(_) => Some(Answer::FirstTimers(BTreeSet::new())),
            Query::TagStarts(_) => Some(Answer::TagStarts(vec![])),
            Query::Runs(_) => Some(Answer::Runs(vec![])),
            _ => None,
        })
    }

    async fn policy_source(&self, _project: &Project) -> Result<Option<PolicySource>, ReadError> {
        if let Some(fault) = self.fault("Policy") {
            return Err(fault);
        }
        let name = ".github/lockkeeper.yml".to_owned();
        let file = self.said().policy.clone().map(|text| PolicyFile { name, text });
        let branch = BranchName::parse("main").unwrap();
        Ok(Some(PolicySource { revision: head(), branch, file, conventions: None }))
    }

    async fn shared_policy(
        &self,
        _of: &Project,
        _path: &ProjectPath,
    ) -> Result<Option<PolicyFile>, ReadError> {
        Ok(None)
    }

    async fn perform(&self, order: &Order<'_>) -> Result<Made, PerformError> {
        let mut said = self.said();
        let seen = (order.key.to_string(), order.effect.clone(), order.reference.map(str::to_owned));
        said.performed.push(seen);
        said.attempts.push(order.attempt);
        if !said.troubles.is_empty() {
            return Err(match said.troubles.remove(0) {
                Trouble::Unavailable => PerformError::Unavailable {
                    retry_at: said.retry_at,
                    whole_installation: true,
                    cause: anyhow!("too many requests"),
                },
                Trouble::Unsure => PerformError::Unsure { cause: anyhow!("no answer") },
            });
        }
        let panics = said.performing_panics;
        let outcome = said.outcomes.get(order.effect.kind()).cloned();
        drop(said);
        assert!(!panics, "performing panics, as the test asks");
        let page = "https://forge.example/77".to_owned();
        match outcome {
            Some(Outcome::Done(made)) => Ok(made),
            Some(Outcome::Refused(refusal)) => Err(PerformError::Refused(refusal)),
            Some(Outcome::Lost { why }) => Err(PerformError::Lost { why }),
            None => Ok(match order.effect {
                Effect::CreateDeployment { .. }
                | Effect::ReportDeployment { .. }
                | Effect::StartRun { .. }
                | Effect::CancelRun { .. }
                | Effect::OpenIssue { .. }
                | Effect::SetIssue { .. }
                | Effect::CreateLabel { .. }
                | Effect::CarryOver { .. }
                | Effect::CloseMilestone { .. } => Made::Nothing,
                Effect::React { .. } | Effect::AddBanner { .. } => Made::Nothing,
                Effect::Comment { .. } => Made::Comment { number: 500, page },
                Effect::Preview { .. } => Made::Preview { number: 9, head: None },
                Effect::CreateTag { .. } => Made::Tag { object: head(), adopted: false },
                Effect::DraftRelease { .. } | Effect::PublishRelease { .. } => {
                    Made::Release { id: ReleaseId(77), page }
                }
                Effect::CreateBranch { .. } => Made::Nothing,
                Effect::Backport(wanted) => Made::Change { number: wanted.change, page },
                Effect::KeepProposal(_) => {
                    Made::Proposal { number: lockkeeper::domain::id::ChangeNumber(9), page, left: None }
                }
                Effect::KeepDraft { .. } => Made::Draft { id: ReleaseId(77), page, notes: None },
            }),
        }
    }
}
