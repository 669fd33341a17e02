//! Workflow runs: what starts one, which deployments it makes, how it ends. No workflow is ever executed: a script says how it went.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::workflow::{Occasion, PlannedJob, Workflow};
use super::{Job, JobState, Model, Refusal, What, pipeline};

const FOLDER: &str = ".github/workflows/";

#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: u64,
    pub(crate) suite: u64,
    pub(crate) workflow: u64,
    pub(crate) run_number: u64,
    /// The workflow's file.
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) event: String,
    /// The branch, or for a tag its name, as forges do; none for a bare commit.
    pub(crate) head_ref: Option<String>,
    pub(crate) head_oid: String,
    pub(crate) actor: u64,
    pub(crate) inputs: BTreeMap<String, String>,
    pub(crate) jobs: Vec<Job>,
    /// It does not end when somebody cancels it.
    pub(crate) is_deaf: bool,
    pub(crate) began_at: Option<Timestamp>,
    pub(crate) conclusion: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Run {
    pub(crate) fn status(&self) -> &'static str {
        match (&self.conclusion, self.began_at) {
            (Some(_), _) => "completed",
            (None, Some(_)) => "in_progress",
            (None, None) => "queued",
        }
    }

    /// The name of its file.
    pub(crate) fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// An order to run a workflow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dispatch {
    /// The name of the file, or the workflow's number.
    pub(crate) file: String,
    pub(crate) reference: String,
    pub(crate) inputs: BTreeMap<String, String>,
    /// What a run is told besides, where nothing is declared.
    pub(crate) variables: BTreeMap<String, String>,
}

/// A workflow file, by where it is.
fn read(path: &str, text: &str) -> Option<Workflow> {
    if path.starts_with(FOLDER) { Workflow::read(text) } else { pipeline::read(text) }
}

struct NewRun {
    path: String,
    name: Option<String>,
    event: &'static str,
    head_ref: Option<String>,
    oid: String,
    inputs: BTreeMap<String, String>,
    jobs: Vec<PlannedJob>,
}

impl Model {
    /// The workflow files at a commit that can be read.
    fn workflows_at(&self, project: u64, oid: &str) -> Result<Vec<(String, Workflow)>, Refusal> {
        let Some(commit) = self.project(project)?.git.commit(oid) else { return Ok(Vec::new()) };
        let tree = Arc::clone(&commit.tree);
        let files = tree.iter().filter(|(path, _)| (self.manners.is_workflow)(path));
        Ok(files.filter_map(|(path, text)| Some((path.clone(), read(path, text)?))).collect())
    }

    /// Starts a run per workflow file at the ref's commit whose `on: push` is for this ref.
    pub(super) fn start_runs(&mut self, project: u64, actor: u64, reference: &str) -> Result<(), Refusal> {
        let target = self.project(project)?;
        let oid = target.git.reference(reference).unwrap_or_default();
        let Some(oid) = target.git.peel(oid).map(|commit| commit.oid.clone()) else { return Ok(()) };
        let short = reference.splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        for (path, workflow) in self.workflows_at(project, &oid)? {
            if workflow.starts_on_push(reference) {
                let (head_ref, inputs) = (Some(short.clone()), BTreeMap::new());
                let occasion = Occasion { event: "push", reference, deployed: None };
                let Some(jobs) = workflow.jobs(occasion, &inputs) else { continue };
                let (name, oid) = (workflow.name, oid.clone());
                let new = NewRun { path, name, event: "push", head_ref, oid, inputs, jobs };
                self.start_run(project, actor, new)?;
            }
        }
        Ok(())
    }

    /// Starts a run per workflow file at a deployment's commit whose `on:` has `deployment`.
    pub(super) fn start_runs_on_deployment(&mut self, project: u64, id: u64) -> Result<(), Refusal> {
        let target = self.project(project)?;
        let deployment = target.deployments.get(&id).ok_or(Refusal::NotFound)?.clone();
        let is_named = deployment.reference != deployment.oid;
        let head_ref = is_named.then(|| deployment.reference.clone());
        for (path, workflow) in self.workflows_at(project, &deployment.oid)? {
            if workflow.starts_on("deployment") {
                let inputs = BTreeMap::new();
                let deployed = Some(deployment.environment.as_str());
                let occasion = Occasion { event: "deployment", reference: "", deployed };
                let Some(jobs) = workflow.jobs(occasion, &inputs) else { continue };
                let (name, head_ref, oid) = (workflow.name, head_ref.clone(), deployment.oid.clone());
                let new = NewRun { path, name, event: "deployment", head_ref, oid, inputs, jobs };
                self.start_run(project, deployment.creator, new)?;
            }
        }
        Ok(())
    }

    /// Runs a workflow by hand, on a branch or tag; the run.
    pub(crate) fn dispatch(&mut self, project: u64, actor: u64, asked: Dispatch) -> Result<u64, Refusal> {
        let target = self.writable(project)?;
        let path = target.workflow_path(&asked.file, &asked.reference).ok_or(Refusal::NotFound)?;
        let no_ref = || Refusal::Invalid(format!("No ref found for: {}", asked.reference));
        let (full_ref, oid) = target.named(&asked.reference).ok_or_else(no_ref)?;
        let tree = &target.git.commit(&oid).ok_or_else(no_ref)?.tree;
        let no_trigger = || Refusal::Invalid("Workflow does not have 'workflow_dispatch' trigger".into());
        let workflow = tree.get(&path).and_then(|text| read(&path, text)).ok_or_else(no_trigger)?;
        let inputs = workflow.accept(asked.inputs)?;
        let mut known = inputs.clone();
        known.extend(asked.variables);
        let occasion = Occasion { event: "workflow_dispatch", reference: &full_ref, deployed: None };
        let no_jobs = "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs \
                       from being added to the pipeline.";
        let jobs = workflow.jobs(occasion, &known).ok_or_else(|| Refusal::Invalid(no_jobs.into()))?;
        let astray = target.astray.remove(path.trim_start_matches(FOLDER));
        let (name, oid) = (workflow.name, astray.unwrap_or(oid));
        let head_ref = full_ref.splitn(3, '/').nth(2).map(str::to_owned);
        self.start_run(
            project,
            actor,
            NewRun { path, name, event: "workflow_dispatch", head_ref, oid, inputs: known, jobs },
        )
    }

    fn start_run(&mut self, project: u64, actor: u64, new: NewRun) -> Result<u64, Refusal> {
        let (id, suite, now) = (self.next_id(), self.next_id(), self.now());
        let target = self.project_mut(project)?;
        let earlier: Vec<&Run> = target.runs.values().filter(|run| run.path == new.path).collect();
        let workflow = earlier.first().map_or(id, |run| run.workflow);
        let run_number = earlier.len() as u64 + 1;
        let place = new.head_ref.as_deref().unwrap_or(&new.oid[..7]);
        let with: Vec<String> = new.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
        let line = format!("{} starts on {place}{with}", new.path);
        let run = Run {
            id,
            suite,
            workflow,
            run_number,
            name: new.name.unwrap_or_else(|| new.path.clone()),
            path: new.path,
            event: new.event.to_owned(),
            head_ref: new.head_ref,
            head_oid: new.oid,
            actor,
            inputs: new.inputs,
            jobs: Job::all(id, actor, new.jobs),
            is_deaf: false,
            began_at: None,
            conclusion: None,
            created_at: now,
            updated_at: now,
        };
        target.runs.insert(id, run);
        self.tell(actor, "runs", line);
        self.happen(project, actor, What::RunRequested(id));
        Ok(id)
    }

    /// A run begins: it deploys to the environments that its jobs name.
    pub(crate) fn begin_run(&mut self, project: u64, id: u64) -> Result<(), Refusal> {
        let now = self.now();
        let run = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
        if run.began_at.is_some() || run.conclusion.is_some() {
            return Err(Refusal::Conflict(format!("{} is already {}", run.path, run.status())));
        }
        (run.began_at, run.updated_at) = (Some(now), now);
        let run = run.clone();
        self.tell(self.machine(run.actor), "runs", format!("{} is in progress", run.path));
        self.happen(project, run.actor, What::RunBegan(id));
        for job in run.jobs.iter().filter(|job| job.state == JobState::Waiting) {
            self.begin_job(project, job.id)?;
        }
        Ok(())
    }

    pub(crate) fn finish_run(&mut self, project: u64, id: u64, conclusion: &str) -> Result<(), Refusal> {
        let now = self.now();
        let run = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
        if run.conclusion.is_some() {
            return Err(Refusal::Conflict(format!("{} is already completed", run.path)));
        }
        if run.began_at.is_none() && matches!(conclusion, "success" | "failure" | "timed_out") {
            self.begin_run(project, id)?;
        }
        let run = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
        run.conclusion = Some(conclusion.to_owned());
        run.updated_at = now;
        let run = run.clone();
        self.tell(self.machine(run.actor), "runs", format!("{} ends: {conclusion}", run.path));
        for job in run.jobs.iter().filter(|job| matches!(job.state, JobState::Waiting | JobState::Running)) {
            self.end_job(project, job.id, conclusion)?;
        }
        self.happen(project, run.actor, What::RunCompleted(id));
        Ok(())
    }

    /// Who acts in a run: an account of its own, or who started it.
    pub(super) fn machine(&self, actor: u64) -> u64 {
        if self.manners.has_machine { self.actions_bot() } else { actor }
    }

    /// Asks a run to end early. One that is over cannot.
    pub(crate) fn cancel_run(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let run = self.project(project)?.runs.get(&id).ok_or(Refusal::NotFound)?;
        if run.conclusion.is_some() {
            return Err(Refusal::Conflict("Cannot cancel a workflow run that is completed.".into()));
        }
        let (is_deaf, line) = (run.is_deaf, format!("cancels {}", run.path));
        self.tell(actor, "runs", line);
        if is_deaf { Ok(()) } else { self.finish_run(project, id, "cancelled") }
    }
}

impl super::Project {
    /// The path of a workflow, by its number or its file's name, where it is on the default branch, at the ref, or has run.
    pub(crate) fn workflow_path(&self, file: &str, reference: &str) -> Option<String> {
        if let Some(known) =
            self.runs.values().find(|run| run.workflow.to_string() == file || run.file() == file)
        {
            return Some(known.path.clone());
        }
        let has = |place: &str, path: &str| self.tree_at(place).is_some_and(|tree| tree.contains_key(path));
        let paths = [file.to_owned(), format!("{FOLDER}{}", file.trim_start_matches(FOLDER))];
        paths.into_iter().find(|path| has("HEAD", path) || has(reference, path))
    }

    /// The full name and the commit of a branch or tag; nothing else can be run on.
    fn named(&self, reference: &str) -> Option<(String, String)> {
        let spellings =
            [format!("refs/heads/{reference}"), format!("refs/tags/{reference}"), reference.to_owned()];
        let (name, oid) = spellings.iter().find_map(|name| Some((name, self.git.reference(name)?)))?;
        name.splitn(3, '/').nth(2)?;
        Some((name.clone(), self.git.peel(oid)?.oid.clone()))
    }
}
