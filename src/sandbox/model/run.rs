//! Workflow runs: what starts one, which deployments it makes, how it ends. No workflow is ever executed: a script says how it went.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Deployed, DeploymentDraft, Model, Refusal, StatusDraft, What, Workflow};

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
    /// Where its jobs deploy to.
    pub(crate) environments: Vec<String>,
    /// The deployments that it made when it began.
    pub(crate) deployments: Vec<u64>,
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
}

struct NewRun {
    path: String,
    name: Option<String>,
    event: &'static str,
    head_ref: Option<String>,
    oid: String,
    inputs: BTreeMap<String, String>,
    environments: Vec<String>,
}

impl Model {
    /// The workflow files at a commit that can be read.
    fn workflows_at(&self, project: u64, oid: &str) -> Result<Vec<(String, Workflow)>, Refusal> {
        let Some(commit) = self.project(project)?.git.commit(oid) else { return Ok(Vec::new()) };
        let tree = Arc::clone(&commit.tree);
        let files = tree.iter().filter(|(path, _)| path.starts_with(FOLDER));
        Ok(files.filter_map(|(path, text)| Some((path.clone(), Workflow::read(text)?))).collect())
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
                let environments = workflow.environments(&inputs, None);
                let new = NewRun {
                    path,
                    name: workflow.name,
                    event: "push",
                    head_ref,
                    oid: oid.clone(),
                    inputs,
                    environments,
                };
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
                let environments = workflow.environments(&inputs, Some(&deployment.environment));
                let (name, head_ref, oid) = (workflow.name, head_ref.clone(), deployment.oid.clone());
                let new = NewRun { path, name, event: "deployment", head_ref, oid, inputs, environments };
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
        let (head_ref, oid) = target.named(&asked.reference).ok_or_else(no_ref)?;
        let tree = &target.git.commit(&oid).ok_or_else(no_ref)?.tree;
        let no_trigger = || Refusal::Invalid("Workflow does not have 'workflow_dispatch' trigger".into());
        let workflow = tree.get(&path).and_then(|text| Workflow::read(text)).ok_or_else(no_trigger)?;
        let inputs = workflow.accept(asked.inputs)?;
        let astray = target.astray.remove(path.trim_start_matches(FOLDER));
        let environments = workflow.environments(&inputs, None);
        let (name, oid) = (workflow.name, astray.unwrap_or(oid));
        let head_ref = Some(head_ref);
        self.start_run(
            project,
            actor,
            NewRun { path, name, event: "workflow_dispatch", head_ref, oid, inputs, environments },
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
            environments: new.environments,
            deployments: Vec::new(),
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
        let (now, actions) = (self.now(), self.actions_bot());
        let run = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
        if run.began_at.is_some() || run.conclusion.is_some() {
            return Err(Refusal::Conflict(format!("{} is already {}", run.path, run.status())));
        }
        (run.began_at, run.updated_at) = (Some(now), now);
        let run = run.clone();
        self.tell(actions, "runs", format!("{} is in progress", run.path));
        self.happen(project, run.actor, What::RunBegan(id));
        for environment in &run.environments {
            let draft = DeploymentDraft {
                reference: run.head_ref.clone().unwrap_or_else(|| run.head_oid.clone()),
                environment: Some(environment.clone()),
                required_contexts: Some(Vec::new()),
                run: Some(id),
                ..DeploymentDraft::default()
            };
            if let Deployed::Made(made) = self.create_deployment(project, actions, draft)? {
                let known = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
                known.deployments.push(made);
                self.report_of_run(project, made, "in_progress")?;
            }
        }
        Ok(())
    }

    pub(crate) fn finish_run(&mut self, project: u64, id: u64, conclusion: &str) -> Result<(), Refusal> {
        let (now, actions) = (self.now(), self.actions_bot());
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
        self.tell(actions, "runs", format!("{} ends: {conclusion}", run.path));
        // A cancelled run leaves its deployments as failed.
        let state = if conclusion == "success" { "success" } else { "failure" };
        for deployment in run.deployments {
            self.report_of_run(project, deployment, state)?;
        }
        self.happen(project, run.actor, What::RunCompleted(id));
        Ok(())
    }

    fn report_of_run(&mut self, project: u64, deployment: u64, state: &str) -> Result<(), Refusal> {
        let actions = self.actions_bot();
        let draft = StatusDraft { state: state.to_owned(), ..StatusDraft::default() };
        self.report(project, actions, deployment, draft).map(|_| ())
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
        let path = format!("{FOLDER}{}", file.trim_start_matches(FOLDER));
        let has = |place: &str| self.tree_at(place).is_some_and(|tree| tree.contains_key(&path));
        (has("HEAD") || has(reference)).then_some(path)
    }

    /// The short name and the commit of a branch or tag; nothing else can be run on.
    fn named(&self, reference: &str) -> Option<(String, String)> {
        let spellings =
            [format!("refs/heads/{reference}"), format!("refs/tags/{reference}"), reference.to_owned()];
        let (name, oid) = spellings.iter().find_map(|name| Some((name, self.git.reference(name)?)))?;
        let short = name.splitn(3, '/').nth(2)?.to_owned();
        Some((short, self.git.peel(oid)?.oid.clone()))
    }
}
