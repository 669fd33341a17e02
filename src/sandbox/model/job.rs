//! Jobs of runs: which wait, for whom, where they deploy to, how they end. What a file says of them is read elsewhere.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::workflow::PlannedJob;
use super::{Deployed, DeploymentDraft, Model, Refusal, StatusDraft, What};

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) stage: String,
    /// Where it deploys to.
    pub(crate) environment: Option<String>,
    pub(crate) is_manual: bool,
    pub(crate) state: JobState,
    /// Who started it.
    pub(crate) actor: u64,
    /// What it was told besides when it was started.
    pub(crate) variables: BTreeMap<String, String>,
    /// The deployment that it made when it began.
    pub(crate) deployment: Option<u64>,
    pub(crate) began_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobState {
    /// Nothing is missing but a machine.
    Waiting,
    /// Somebody must start it.
    Manual,
    Running,
    /// How it ended: `success`, `failure`, `cancelled`, …
    Over(String),
}

impl Job {
    /// The jobs of a run. Their numbers come from the run's: a job is no reason to number anything else anew.
    pub(super) fn all(run: u64, actor: u64, planned: Vec<PlannedJob>) -> Vec<Self> {
        let one = |(id, plan): (u64, PlannedJob)| Self {
            id,
            name: plan.name,
            stage: plan.stage,
            environment: plan.environment,
            is_manual: plan.is_manual,
            state: if plan.is_manual { JobState::Manual } else { JobState::Waiting },
            actor,
            variables: BTreeMap::new(),
            deployment: None,
            began_at: None,
            ended_at: None,
        };
        (run * 100..).zip(planned).map(one).collect()
    }

    /// The run of a job.
    pub(crate) fn run_of(id: u64) -> u64 {
        id / 100
    }
}

impl Model {
    pub(crate) fn job(&self, project: u64, id: u64) -> Result<&Job, Refusal> {
        let run = self.project(project)?.runs.get(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
        run.jobs.iter().find(|job| job.id == id).ok_or(Refusal::NotFound)
    }

    fn job_mut(&mut self, project: u64, id: u64) -> Result<&mut Job, Refusal> {
        let run = self.project_mut(project)?.runs.get_mut(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
        run.jobs.iter_mut().find(|job| job.id == id).ok_or(Refusal::NotFound)
    }

    /// Somebody starts a job that waited for that; its run is on again.
    pub(crate) fn play_job(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        variables: BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let job = self.job_mut(project, id)?;
        if job.state != JobState::Manual {
            return Err(Refusal::Invalid("400 Bad request - Unplayable Job".into()));
        }
        (job.state, job.actor, job.variables) = (JobState::Waiting, actor, variables);
        self.wake(project, actor, id, "plays")
    }

    /// A job that is over, once more; the number of the new one.
    pub(crate) fn retry_job(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        variables: BTreeMap<String, String>,
    ) -> Result<u64, Refusal> {
        let old = self.job(project, id)?.clone();
        if !matches!(old.state, JobState::Over(_)) {
            return Err(Refusal::Invalid("Job cannot be retried".into()));
        }
        let run = self.project_mut(project)?.runs.get_mut(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
        let new = run.id * 100 + run.jobs.len() as u64;
        let (deployment, began_at, ended_at) = (None, None, None);
        let state = JobState::Waiting;
        run.jobs.push(Job { id: new, actor, variables, state, deployment, began_at, ended_at, ..old });
        self.wake(project, actor, new, "runs again")?;
        Ok(new)
    }

    /// The run of a job that was started by hand is on again.
    fn wake(&mut self, project: u64, actor: u64, id: u64, verb: &str) -> Result<(), Refusal> {
        let now = self.now();
        let name = self.job(project, id)?.name.clone();
        let run = self.project_mut(project)?.runs.get_mut(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
        if !run.jobs.iter().any(|job| job.state == JobState::Running) {
            (run.began_at, run.conclusion) = (None, None);
        }
        run.updated_at = now;
        let line = format!("{verb} {name} of {}", run.path);
        self.tell(actor, "runs", line);
        self.happen(project, actor, What::JobChanged(id));
        Ok(())
    }

    /// A job begins; it asks for its deployment.
    pub(crate) fn begin_job(&mut self, project: u64, id: u64) -> Result<(), Refusal> {
        let now = self.now();
        let job = self.job_mut(project, id)?;
        (job.state, job.began_at) = (JobState::Running, Some(now));
        let (job, run) = (job.clone(), Job::run_of(id));
        let actor = self.machine(job.actor);
        if let Some(environment) = job.environment {
            let run = self.project(project)?.runs.get(&run).ok_or(Refusal::NotFound)?;
            let draft = DeploymentDraft {
                reference: run.head_ref.clone().unwrap_or_else(|| run.head_oid.clone()),
                environment: Some(environment),
                required_contexts: Some(Vec::new()),
                run: Some(run.id),
                ..DeploymentDraft::default()
            };
            if let Deployed::Made(made) = self.create_deployment(project, actor, draft)? {
                self.job_mut(project, id)?.deployment = Some(made);
                self.report_of_job(project, (made, actor), "in_progress")?;
            }
        }
        self.happen(project, job.actor, What::JobChanged(id));
        Ok(())
    }

    /// A job ends, and what it deployed with it.
    pub(super) fn end_job(&mut self, project: u64, id: u64, conclusion: &str) -> Result<(), Refusal> {
        let now = self.now();
        let job = self.job_mut(project, id)?;
        (job.state, job.ended_at) = (JobState::Over(conclusion.to_owned()), Some(now));
        let job = job.clone();
        let state = match conclusion {
            "success" => "success",
            "cancelled" => self.manners.cancelled,
            _ => "failure",
        };
        if let Some(deployment) = job.deployment {
            let actor = self.machine(job.actor);
            self.report_of_job(project, (deployment, actor), state)?;
        }
        self.happen(project, job.actor, What::JobChanged(id));
        Ok(())
    }

    /// A job ends by itself; with the last one its run does.
    pub(crate) fn finish_job(&mut self, project: u64, id: u64, conclusion: &str) -> Result<(), Refusal> {
        if conclusion != "cancelled" && self.job(project, id)?.state == JobState::Waiting {
            self.begin_job(project, id)?;
        }
        self.end_job(project, id, conclusion)?;
        let run = self.project(project)?.runs.get(&Job::run_of(id)).ok_or(Refusal::NotFound)?;
        let goes_on = |job: &Job| matches!(job.state, JobState::Waiting | JobState::Running);
        if run.jobs.iter().any(goes_on) || run.conclusion.is_some() {
            return Ok(());
        }
        let has_failed = |job: &Job| matches!(&job.state, JobState::Over(how) if how != "success");
        let conclusion = if run.jobs.iter().any(has_failed) { conclusion } else { "success" };
        let (run, conclusion) = (run.id, conclusion.to_owned());
        self.finish_run(project, run, &conclusion)
    }

    /// Asks a job to end early. One that is over stays as it is.
    pub(crate) fn cancel_job(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let job = self.job(project, id)?;
        let (name, is_over) = (job.name.clone(), matches!(job.state, JobState::Over(_)));
        if is_over {
            return Ok(());
        }
        self.tell(actor, "runs", format!("cancels {name}"));
        self.finish_job(project, id, "cancelled")
    }

    fn report_of_job(
        &mut self,
        project: u64,
        (deployment, actor): (u64, u64),
        state: &str,
    ) -> Result<(), Refusal> {
        let draft = StatusDraft { state: state.to_owned(), ..StatusDraft::default() };
        self.report(project, actor, deployment, draft).map(|_| ())
    }
}
