//! What machines and people report: deployments and how they go, workflow runs, check runs, commit statuses. A login is a person,
//! or `slug[bot]` for an app, which is made on first mention. Nothing is ever run.

use std::collections::BTreeMap;

use super::World;
use crate::sandbox::model::{
    CheckDraft, CommitStatusDraft, Deployed, DeploymentDraft, Dispatch, Refusal, StatusDraft,
};

/// The bot of GitHub Actions, who reports where nobody else is named.
pub const ACTIONS: &str = "github-actions[bot]";

impl World {
    /// Asks for a deployment of a branch, tag or commit by hand, past the checks; its number.
    pub fn deploy(&self, login: &str, environment: &str, reference: &str) -> u64 {
        self.ask_for(login, environment, DeploymentDraft { reference: reference.to_owned(), ..past_checks() })
    }

    /// Like [`World::deploy`], to an environment that will be gone.
    pub fn deploy_transiently(&self, login: &str, environment: &str, reference: &str) -> u64 {
        let reference = reference.to_owned();
        self.ask_for(login, environment, DeploymentDraft { reference, is_transient: true, ..past_checks() })
    }

    fn ask_for(&self, login: &str, environment: &str, draft: DeploymentDraft) -> u64 {
        let draft = DeploymentDraft { environment: Some(environment.to_owned()), ..draft };
        let deployed =
            self.act_as(login, |model, project, actor| model.create_deployment(project, actor, draft));
        match deployed {
            Deployed::Made(id) => id,
            Deployed::Merged(what) => panic!("nobody asked to merge: {what}"),
        }
    }

    /// Says how a deployment goes: `queued pending in_progress success failure error inactive`, and a few words or none.
    pub fn report(&self, login: &str, deployment: u64, state: &str, description: &str) {
        let (state, description) = (state.to_owned(), description.to_owned());
        let draft = StatusDraft { state, description, ..StatusDraft::default() };
        self.act_as(login, |model, project, actor| {
            model.report(project, actor, deployment, draft).map(|_| ())
        });
    }

    /// Starts a workflow on a branch or tag by hand; the run's number.
    pub fn dispatch(
        &self,
        login: &str,
        file: &str,
        reference: &str,
        inputs: &BTreeMap<String, String>,
    ) -> u64 {
        let (file, reference) = (file.to_owned(), reference.to_owned());
        let asked = Dispatch { file, reference, inputs: inputs.clone(), ..Dispatch::default() };
        self.act_as(login, |model, project, actor| model.dispatch(project, actor, asked))
    }

    /// A workflow run begins; it deploys to the environments that its jobs name.
    pub fn begin_run(&self, id: u64) {
        self.act(|model, project| model.begin_run(project, id));
    }

    /// A workflow run ends: `success failure cancelled skipped timed_out …`. What it deployed ends with it.
    pub fn finish_run(&self, id: u64, conclusion: &str) {
        self.act(|model, project| model.finish_run(project, id, conclusion));
    }

    /// Starts a job that waits for somebody.
    pub fn play_job(&self, login: &str, id: u64) {
        self.act_as(login, |model, project, actor| model.play_job(project, actor, id, BTreeMap::new()));
    }

    /// A job begins; it deploys to the environment that it names.
    pub fn begin_job(&self, id: u64) {
        self.act(|model, project| model.begin_job(project, id));
    }

    /// A job ends; with the last one its run does.
    pub fn finish_job(&self, id: u64, conclusion: &str) {
        self.act(|model, project| model.finish_job(project, id, conclusion));
    }

    /// Nobody may give variables to a run from now on.
    pub fn refuse_variables(&self) {
        self.attempt(|model| model.variables_refused = true);
    }

    /// A run does not end when somebody cancels it.
    pub fn ignore_cancel(&self, id: u64) {
        self.act(|model, project| {
            model.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?.is_deaf = true;
            Ok(())
        });
    }

    /// The next run that somebody starts of a workflow file goes to another commit than was asked for.
    pub fn lead_astray(&self, file: &str, to: &str) {
        self.act(|model, project| {
            let target = model.project_mut(project)?;
            let oid = target.resolve(to).ok_or(Refusal::NotFound)?.oid.clone();
            target.astray.insert(file.to_owned(), oid);
            Ok(())
        });
    }

    /// The forge is an older one: it refuses `return_run_details`.
    pub fn forget_run_details(&self) {
        self.attempt(|model| model.tells_runs = false);
    }

    /// An app reports a check on a commit: `queued`, `in_progress` or a conclusion. One of that name that is not over goes on.
    pub fn report_check(&self, login: &str, name: &str, oid: &str, outcome: &str) -> u64 {
        let is_over = !matches!(outcome, "queued" | "in_progress");
        let draft = CheckDraft {
            head_oid: Some(oid.to_owned()),
            name: Some(name.to_owned()),
            status: Some(if is_over { "completed" } else { outcome }.to_owned()),
            conclusion: is_over.then(|| outcome.to_owned()),
            ..CheckDraft::default()
        };
        self.act_as(login, |model, project, actor| {
            let mut checks = model.project(project)?.checks.values().rev();
            let going_on = checks.find(|one| {
                one.app == actor && one.name == name && one.head_oid == oid && one.conclusion.is_none()
            });
            match going_on.map(|one| one.id) {
                Some(id) => model.edit_check(project, actor, id, draft).map(|()| id),
                None => model.create_check(project, actor, draft),
            }
        })
    }

    /// Somebody puts a status on a commit: `error failure pending success`.
    pub fn report_status(&self, login: &str, context: &str, oid: &str, state: &str) {
        let draft = CommitStatusDraft {
            oid: oid.to_owned(),
            context: Some(context.to_owned()),
            state: state.to_owned(),
            ..CommitStatusDraft::default()
        };
        self.act_as(login, |model, project, actor| model.create_status(project, actor, draft).map(|_| ()));
    }
}

/// A deployment by hand does not wait for checks.
fn past_checks() -> DeploymentDraft {
    DeploymentDraft { required_contexts: Some(Vec::new()), ..DeploymentDraft::default() }
}
