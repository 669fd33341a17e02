//! Deployments, what is reported of them, and the environments that they go to. Nothing is ever deployed: somebody says how it went.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::git::{Git, NewCommit};
use super::{Model, Project, Refusal, What};

/// GitHub's limit on the description of a status.
const LONGEST_DESCRIPTION: usize = 140;

const STATES: [&str; 8] =
    ["cancelled", "error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub(crate) id: u64,
    pub(crate) environment: String,
    /// Where it was to go at first: a status may say another environment.
    pub(crate) original_environment: String,
    pub(crate) task: String,
    /// What was asked for: a branch, a tag or a commit.
    pub(crate) reference: String,
    pub(crate) oid: String,
    pub(crate) payload: Value,
    pub(crate) description: Option<String>,
    pub(crate) creator: u64,
    pub(crate) is_transient: bool,
    pub(crate) is_production: bool,
    /// The run that made it.
    pub(crate) run: Option<u64>,
    /// Oldest first.
    pub(crate) statuses: Vec<DeploymentStatus>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Deployment {
    /// The state last reported.
    pub(crate) fn state(&self) -> Option<&str> {
        self.statuses.last().map(|status| status.state.as_str())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct DeploymentStatus {
    pub(crate) id: u64,
    pub(crate) state: String,
    pub(crate) creator: u64,
    pub(crate) description: String,
    pub(crate) environment: String,
    pub(crate) environment_url: String,
    pub(crate) log_url: String,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Environment {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
}

/// What a request says about a deployment.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeploymentDraft {
    pub(crate) reference: String,
    pub(crate) environment: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) auto_merge: bool,
    /// The contexts that must be green; `None` is all that there are.
    pub(crate) required_contexts: Option<Vec<String>>,
    pub(crate) payload: Value,
    pub(crate) description: Option<String>,
    pub(crate) is_transient: bool,
    /// Where nothing is said, only `production` is.
    pub(crate) is_production: Option<bool>,
    pub(crate) run: Option<u64>,
}

/// What a request for a deployment came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deployed {
    Made(u64),
    /// The default branch was merged into the branch that was asked for instead; there is no deployment.
    Merged(String),
}

/// What a request says about a status.
#[derive(Debug, Clone, Default)]
pub(crate) struct StatusDraft {
    pub(crate) state: String,
    pub(crate) description: String,
    pub(crate) environment: Option<String>,
    pub(crate) environment_url: String,
    pub(crate) log_url: String,
    /// Older deployments that succeeded stay as they are.
    pub(crate) keeps_others: bool,
}

impl Project {
    /// The deployments to an environment, oldest first.
    pub(crate) fn deployments_to<'a>(
        &'a self,
        environment: &'a str,
    ) -> impl DoubleEndedIterator<Item = &'a Deployment> {
        self.deployments.values().filter(move |one| one.environment == environment)
    }

    /// An environment's name and the place of a deployment among those to it: `staging#2`.
    fn place_of(&self, deployment: &Deployment) -> String {
        let nth =
            self.deployments_to(&deployment.environment).take_while(|one| one.id <= deployment.id).count();
        format!("{}#{nth}", deployment.environment)
    }

    /// What stands against a deployment: contexts that are not green, of all or of those that are named.
    fn unmet(&self, oid: &str, required: Option<&[String]>) -> Vec<String> {
        let contexts: BTreeMap<String, String> = self.contexts(oid);
        let is_green = |name: &str| contexts.get(name).is_some_and(|state| state == "success");
        match required {
            Some(names) => names.iter().filter(|name| !is_green(name)).cloned().collect(),
            None => contexts.keys().filter(|name| !is_green(name)).cloned().collect(),
        }
    }
}

impl Model {
    /// Asks for a deployment, as the forge understands that: it may merge first, and it looks at the checks.
    pub(crate) fn create_deployment(
        &mut self,
        project: u64,
        actor: u64,
        draft: DeploymentDraft,
    ) -> Result<Deployed, Refusal> {
        let target = self.writable(project)?;
        let no_ref = || Refusal::Invalid(format!("No ref found for: {}", draft.reference));
        let oid = target.resolve(&draft.reference).ok_or_else(no_ref)?.oid.clone();
        if draft.auto_merge
            && let Some(merged) = self.merge_before(project, actor, &draft.reference)?
        {
            return Ok(Deployed::Merged(merged));
        }
        let unmet = self.project(project)?.unmet(&oid, draft.required_contexts.as_deref());
        if !unmet.is_empty() {
            let what = format!("{}: {}", draft.reference, unmet.join(", "));
            return Err(Refusal::Conflict(format!("Conflict: Commit status checks failed for {what}")));
        }
        let id = self.add_deployment(project, actor, (draft, oid))?;
        // What Actions makes with its own token starts nothing.
        if actor != self.actions_bot() {
            self.start_runs_on_deployment(project, id)?;
        }
        Ok(Deployed::Made(id))
    }

    /// Brings a branch up to the default branch if it is behind; what was done.
    fn merge_before(&mut self, project: u64, actor: u64, branch: &str) -> Result<Option<String>, Refusal> {
        let target = self.project(project)?;
        let base = target.default_branch.clone();
        let Some(oid) = target.git.branch(branch).filter(|_| branch != base) else { return Ok(None) };
        let head = target.head();
        if target.git.is_reachable(head, oid) {
            return Ok(None);
        }
        let tree = |oid: &str| target.git.commit(oid).map(|commit| commit.tree.clone()).unwrap_or_default();
        let origin = target.git.merge_base(oid, head).unwrap_or_default();
        let merged = Git::apply(&tree(&origin), &tree(head), &tree(oid));
        let commit = NewCommit {
            parents: vec![oid.to_owned(), head.to_owned()],
            message: format!("Merge {base} into {branch}"),
            author: self.signature(actor),
            committer: None,
            at: self.now(),
            tree: merged,
        };
        let oid = self.writable(project)?.git.add_commit(commit);
        self.move_ref(project, actor, &format!("refs/heads/{branch}"), Some(&oid))?;
        Ok(Some(format!("Auto-merged {base} into {branch} on deployment.")))
    }

    fn add_deployment(
        &mut self,
        project: u64,
        creator: u64,
        (draft, oid): (DeploymentDraft, String),
    ) -> Result<u64, Refusal> {
        let (id, fresh, now) = (self.next_id(), self.next_id(), self.now());
        let target = self.writable(project)?;
        let environment = draft.environment.unwrap_or_else(|| "production".into());
        let named = Environment { id: fresh, name: environment.clone(), created_at: now };
        target.environments.entry(environment.clone()).or_insert(named);
        let deployment = Deployment {
            id,
            is_production: draft.is_production.unwrap_or(environment == "production"),
            original_environment: environment.clone(),
            environment,
            task: draft.task.unwrap_or_else(|| "deploy".into()),
            reference: draft.reference,
            oid,
            payload: if draft.payload.is_null() { Value::String(String::new()) } else { draft.payload },
            description: draft.description,
            creator,
            is_transient: draft.is_transient,
            run: draft.run,
            statuses: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        target.deployments.insert(id, deployment.clone());
        let what = if deployment.reference == deployment.oid {
            deployment.oid[..7].to_owned()
        } else {
            format!("{} ({})", deployment.reference, &deployment.oid[..7])
        };
        let line = format!("{} is asked for: {what}", target.place_of(&deployment));
        self.tell(creator, "deployments", line);
        self.happen(project, creator, What::DeploymentCreated(id));
        Ok(id)
    }

    /// Somebody says how a deployment goes; the status's number.
    pub(crate) fn report(
        &mut self,
        project: u64,
        actor: u64,
        deployment: u64,
        draft: StatusDraft,
    ) -> Result<u64, Refusal> {
        if !STATES.contains(&draft.state.as_str()) {
            return Err(Refusal::Invalid("state is not included in the list".into()));
        }
        if draft.description.chars().count() > LONGEST_DESCRIPTION {
            return Err(Refusal::Invalid("description is too long (maximum is 140 characters)".into()));
        }
        let (id, now) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        let found = target.deployments.get_mut(&deployment).ok_or(Refusal::NotFound)?;
        if let Some(environment) = draft.environment {
            found.environment = environment;
        }
        let status = DeploymentStatus {
            id,
            state: draft.state,
            creator: actor,
            description: draft.description,
            environment: found.environment.clone(),
            environment_url: draft.environment_url,
            log_url: draft.log_url,
            created_at: now,
        };
        found.updated_at = now;
        found.statuses.push(status.clone());
        let found = found.clone();
        let said = if status.description.is_empty() {
            String::new()
        } else {
            format!(" \"{}\"", status.description)
        };
        let line = format!("{} {}{said}", target.place_of(&found), status.state);
        self.tell(actor, "deployments", line);
        // GitHub tells nobody of `inactive`.
        if status.state != "inactive" {
            self.happen(project, actor, What::DeploymentReported { deployment, status: id });
        }
        if status.state == "success" && !draft.keeps_others {
            self.retire(project, actor, &found)?;
        }
        Ok(id)
    }

    /// What succeeded earlier in the same environment becomes inactive, unless it is transient or production.
    fn retire(&mut self, project: u64, actor: u64, newest: &Deployment) -> Result<(), Refusal> {
        let earlier: Vec<u64> = self
            .project(project)?
            .deployments_to(&newest.environment)
            .filter(|one| one.id < newest.id && !(one.is_transient || one.is_production))
            .filter(|one| one.state() == Some("success"))
            .map(|one| one.id)
            .collect();
        for earlier in earlier {
            let (id, created_at) = (self.next_id(), self.now());
            let one = self.project_mut(project)?.deployments.get_mut(&earlier).ok_or(Refusal::NotFound)?;
            one.updated_at = created_at;
            one.statuses.push(DeploymentStatus {
                id,
                state: "inactive".into(),
                creator: actor,
                description: String::new(),
                environment: one.environment.clone(),
                environment_url: String::new(),
                log_url: String::new(),
                created_at,
            });
        }
        Ok(())
    }
}
