//! The stand-in's one model of a forge: accounts, projects, what is in them, and what happened. It knows no wire format:
//! how a thing is written for a particular forge stands in that forge's wire layer.

mod account;
mod change;
mod check;
mod comment;
mod delivery;
mod deployment;
mod fault;
mod git;
mod happening;
mod job;
mod log;
mod pick;
mod pipeline;
mod plan;
mod project;
mod release;
mod run;
mod status;
mod workflow;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::wire::Manners;
use crate::clock::Clock;

pub(crate) use account::{Account, AccountKind, App, Hook, Installation, OtherApp, Team, Token};
pub use account::{AppCredentials, Reach, Role};
pub use change::MergeMethod;
pub(crate) use change::{NewThread, Pull, Thread, ThreadEdit};
pub(crate) use check::{Check, CheckDraft};
pub(crate) use comment::{Comment, Line, Novelty, Place, REACTIONS, Reaction, Review};
pub use delivery::DeliveryFate;
pub(crate) use delivery::{Delivery, Message, Post, guid};
pub(crate) use deployment::{
    Deployed, Deployment, DeploymentDraft, DeploymentStatus, Environment, StatusDraft,
};
pub use fault::{Break, Fault};
pub(crate) use git::{Commit, Comparison, Git, Relation, Signature, TagObject, Tree, object_id, tree_oid};
pub(crate) use happening::{Happening, ReleaseAct, What};
pub(crate) use job::{Job, JobState};
pub use log::{Entry, RequestRecord};
pub(crate) use plan::{Label, Milestone, NewLabel};
pub(crate) use project::{Project, Push};
pub(crate) use release::{Asset, Release, ReleaseDraft};
pub(crate) use run::{Dispatch, Run};
pub(crate) use status::{CommitStatusDraft, Status};
pub(crate) use workflow::plain;

/// Why the forge would not do something. Each wire layer turns it into its own status and words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing, or none that the asker may see.
    #[error("not found")]
    NotFound,
    /// Like [`Refusal::NotFound`], by the forge's name for such things.
    #[error("{0} not found")]
    Absent(&'static str),
    /// The request is understood and wrong: what is wrong with it.
    #[error("{0}")]
    Invalid(String),
    /// A rule of the project forbids it.
    #[error("{0}")]
    Forbidden(String),
    /// It contradicts what is there now.
    #[error("{0}")]
    Conflict(String),
}

/// Where links in answers and payloads point.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) api: String,
    pub(crate) site: String,
}

/// Everything that the forge knows.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) clock: Clock,
    pub(crate) manners: &'static Manners,
    pub(crate) addresses: Addresses,
    pub(crate) accounts: BTreeMap<u64, Account>,
    /// Accounts that nobody finds by the address on their commits.
    pub(crate) unlinked: BTreeSet<u64>,
    pub(crate) teams: Vec<Team>,
    pub(crate) app: App,
    /// Apps besides ours, GitHub Actions among them.
    pub(crate) others: Vec<OtherApp>,
    /// Whether a dispatch can be asked which run it made; older servers cannot.
    pub(crate) tells_runs: bool,
    /// Nobody may give variables to a run.
    pub(crate) variables_refused: bool,
    pub(crate) installations: BTreeMap<u64, Installation>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) projects: BTreeMap<u64, Project>,
    /// What happened and was not yet put into deliveries; emptied after each act.
    pub(crate) happened: Vec<Happening>,
    pub(crate) hook: Hook,
    pub(crate) post: Post,
    pub(crate) faults: Vec<Fault>,
    pub(crate) timeline: Vec<Entry>,
    pub(crate) requests: Vec<RequestRecord>,
    last_id: u64,
}

impl Model {
    pub(crate) fn new(clock: Clock, credentials: AppCredentials, manners: &'static Manners) -> Self {
        let mut model = Self {
            manners,
            addresses: Addresses { api: manners.api.into(), site: manners.site.into() },
            app: App::new(credentials, clock.now()),
            clock,
            accounts: BTreeMap::new(),
            unlinked: BTreeSet::new(),
            others: Vec::new(),
            tells_runs: true,
            variables_refused: false,
            teams: Vec::new(),
            installations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            projects: BTreeMap::new(),
            happened: Vec::new(),
            hook: Hook { reach: Reach::Project, has_token: true, is_signed: true },
            post: Post::default(),
            faults: Vec::new(),
            timeline: Vec::new(),
            requests: Vec::new(),
            last_id: 1000,
        };
        let login = (manners.bot)(&model.app.slug);
        model.app.bot = model.add_account(&login, AccountKind::Bot);
        model.add_actions();
        model.app.owner = model.add_account("lockkeeper-makers", AccountKind::Organization);
        model
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A number that nothing else on this forge has.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn project(&self, id: u64) -> Result<&Project, Refusal> {
        self.projects.get(&id).ok_or(Refusal::NotFound)
    }

    pub(crate) fn project_mut(&mut self, id: u64) -> Result<&mut Project, Refusal> {
        self.projects.get_mut(&id).ok_or(Refusal::NotFound)
    }

    /// Like [`Model::project_mut`], for acts that an archived project refuses.
    pub(crate) fn writable(&mut self, id: u64) -> Result<&mut Project, Refusal> {
        let project = self.project_mut(id)?;
        if project.archived {
            return Err(Refusal::Forbidden("Repository was archived so is read-only.".into()));
        }
        Ok(project)
    }

    /// Notes that something happened, for the deliveries of the wire layer.
    pub(crate) fn happen(&mut self, project: u64, actor: u64, what: What) {
        self.happened.push(Happening { project: Some(project), installation: None, actor, what });
    }

    /// One line of the timeline.
    pub(crate) fn tell(&mut self, actor: u64, subject: impl Into<String>, text: impl Into<String>) {
        let entry = Entry {
            at: self.now(),
            by_bot: actor == self.app.bot,
            actor: self.login(actor).to_owned(),
            subject: subject.into(),
            text: text.into(),
        };
        self.timeline.push(entry);
    }
}
