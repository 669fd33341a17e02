//! Views of what machines report: deployments, environments, runs, statuses; and the files of a release. No view changes anything.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::sandbox::model::{Asset, Deployment, Job, JobState, Model, Project, Run};
use crate::sandbox::world::World;

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// Its number.
    pub id: u64,
    /// The workflow's file.
    pub path: String,
    /// `push`, `workflow_dispatch` or `deployment`.
    pub event: String,
    /// The login of who started it.
    pub actor: String,
    /// The branch or tag; of a bare commit its id.
    pub head_ref: String,
    /// The commit.
    pub head: String,
    /// What it was started with.
    pub inputs: BTreeMap<String, String>,
    /// `queued`, `in_progress` or `completed`.
    pub status: &'static str,
    /// How it ended, if it did.
    pub conclusion: Option<String>,
    /// Its jobs.
    pub jobs: Vec<JobView>,
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `waiting`, `manual`, `running`, or how it ended.
    pub state: String,
    /// The login of who started it.
    pub actor: String,
    /// What it was told besides when it was started.
    pub variables: BTreeMap<String, String>,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentView {
    /// Its number.
    pub id: u64,
    /// Where it goes.
    pub environment: String,
    /// Its place among those to its environment, from 1.
    pub nth: usize,
    /// What was asked for: a branch, a tag or a commit.
    pub reference: String,
    /// The commit.
    pub commit: String,
    /// The login of who asked for it.
    pub creator: String,
    /// Whether the app's bot asked for it.
    pub by_bot: bool,
    /// What it is for.
    pub task: String,
    /// What it carries.
    pub payload: Value,
    /// A few words.
    pub description: Option<String>,
    /// Whether its environment is production.
    pub is_production: bool,
    /// Whether its environment will be gone.
    pub is_transient: bool,
    /// What was reported, oldest first.
    pub reports: Vec<ReportView>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl DeploymentView {
    /// What was reported last; `waiting` where nothing was.
    pub fn state(&self) -> &str {
        self.reports.last().map_or("waiting", |report| report.state.as_str())
    }
}

/// What somebody reported of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    /// `queued`, `success`, …
    pub state: String,
    /// The login of who reported it.
    pub reporter: String,
    /// A few words, or none.
    pub description: String,
    /// When.
    pub at: Timestamp,
}

/// An environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentView {
    /// Its name.
    pub name: String,
    /// The newest deployment to it.
    pub newest: Option<DeploymentView>,
    /// The newest deployment to it that succeeded and stands.
    pub current: Option<DeploymentView>,
}

/// A commit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    /// Its name.
    pub context: String,
    /// The commit.
    pub head: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// The login of who reported it.
    pub reporter: String,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetView {
    /// Its name.
    pub name: String,
    /// `sha256:` and the sum in hex.
    pub digest: String,
}

impl World {
    /// The workflow runs.
    pub fn runs(&self) -> Vec<RunView> {
        self.ask(|model, project| project.runs.values().map(|run| RunView::of(model, run)).collect())
    }

    /// The runs of one workflow file (`deploy.yml`).
    pub fn runs_of(&self, file: &str) -> Vec<RunView> {
        let suffix = format!("/{file}");
        self.runs().into_iter().filter(|run| run.path == file || run.path.ends_with(&suffix)).collect()
    }

    /// All deployments.
    pub fn deployments(&self) -> Vec<DeploymentView> {
        self.ask(|model, project| {
            project.deployments.values().map(|one| DeploymentView::of(model, project, one)).collect()
        })
    }

    /// The deployments to an environment.
    pub fn deployments_to(&self, environment: &str) -> Vec<DeploymentView> {
        self.deployments().into_iter().filter(|one| one.environment == environment).collect()
    }

    /// The environments, by name.
    pub fn environments(&self) -> Vec<EnvironmentView> {
        let names: Vec<String> = self.ask(|_, project| project.environments.keys().cloned().collect());
        let of = |name: String| {
            let all = self.deployments_to(&name);
            let current = all.iter().rfind(|one| one.state() == "success").cloned();
            EnvironmentView { name, newest: all.last().cloned(), current }
        };
        names.into_iter().map(of).collect()
    }

    /// The commit statuses.
    pub fn statuses(&self) -> Vec<StatusView> {
        self.ask(|model, project| {
            let all = project.statuses.values();
            all.map(|one| StatusView {
                context: one.context.clone(),
                head: one.oid.clone(),
                state: one.state.clone(),
                reporter: model.login(one.creator).to_owned(),
            })
            .collect()
        })
    }
}

impl RunView {
    fn of(model: &Model, run: &Run) -> Self {
        Self {
            id: run.id,
            path: run.path.clone(),
            event: run.event.clone(),
            actor: model.login(run.actor).to_owned(),
            head_ref: run.head_ref.clone().unwrap_or_else(|| run.head_oid.clone()),
            head: run.head_oid.clone(),
            inputs: run.inputs.clone(),
            status: run.status(),
            conclusion: run.conclusion.clone(),
            jobs: run.jobs.iter().map(|job| JobView::of(model, job)).collect(),
        }
    }
}

impl JobView {
    fn of(model: &Model, job: &Job) -> Self {
        let state = match &job.state {
            JobState::Waiting => "waiting",
            JobState::Manual => "manual",
            JobState::Running => "running",
            JobState::Over(how) => how,
        };
        Self {
            id: job.id,
            name: job.name.clone(),
            state: state.to_owned(),
            actor: model.login(job.actor).to_owned(),
            variables: job.variables.clone(),
        }
    }
}

impl DeploymentView {
    fn of(model: &Model, project: &Project, one: &Deployment) -> Self {
        let reports = one.statuses.iter().map(|status| ReportView {
            state: status.state.clone(),
            reporter: model.login(status.creator).to_owned(),
            description: status.description.clone(),
            at: status.created_at,
        });
        Self {
            id: one.id,
            environment: one.environment.clone(),
            nth: project.deployments_to(&one.environment).take_while(|other| other.id <= one.id).count(),
            reference: one.reference.clone(),
            commit: one.oid.clone(),
            creator: model.login(one.creator).to_owned(),
            by_bot: one.creator == model.app.bot,
            task: one.task.clone(),
            payload: one.payload.clone(),
            description: one.description.clone(),
            is_production: one.is_production,
            is_transient: one.is_transient,
            reports: reports.collect(),
            created_at: one.created_at,
        }
    }
}

impl AssetView {
    pub(super) fn of(asset: &Asset) -> Self {
        Self { name: asset.name.clone(), digest: asset.digest.clone() }
    }
}
