//! Commit statuses, and what they and the check runs of a commit come to. Check runs by themselves have their own file.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Model, Project, Refusal, What};

const STATES: [&str; 4] = ["error", "failure", "pending", "success"];

#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) oid: String,
    pub(crate) context: String,
    pub(crate) state: String,
    pub(crate) description: Option<String>,
    pub(crate) target_url: Option<String>,
    pub(crate) creator: u64,
    pub(crate) created_at: Timestamp,
}

/// What a request says about a commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct CommitStatusDraft {
    pub(crate) oid: String,
    pub(crate) context: Option<String>,
    pub(crate) state: String,
    pub(crate) description: Option<String>,
    pub(crate) target_url: Option<String>,
}

impl Project {
    /// The newest status of each context of a commit.
    pub(crate) fn statuses_of(&self, oid: &str) -> Vec<&Status> {
        let mut newest = BTreeMap::new();
        for status in self.statuses.values().filter(|status| status.oid == oid) {
            newest.insert(status.context.as_str(), status);
        }
        newest.into_values().collect()
    }

    /// Each context of a commit, status or check run, with `success`, `pending` or `failure`.
    pub(super) fn contexts(&self, oid: &str) -> BTreeMap<String, String> {
        let mut contexts: BTreeMap<String, String> = self
            .statuses_of(oid)
            .into_iter()
            .map(|status| (status.context.clone(), status.state.clone()))
            .collect();
        for check in self.checks.values().filter(|check| check.head_oid == oid) {
            let state = match check.conclusion.as_deref() {
                Some("success" | "neutral" | "skipped") => "success",
                Some(_) => "failure",
                None => "pending",
            };
            contexts.insert(check.name.clone(), state.into());
        }
        contexts
    }
}

impl Model {
    pub(crate) fn create_status(
        &mut self,
        project: u64,
        creator: u64,
        draft: CommitStatusDraft,
    ) -> Result<u64, Refusal> {
        let (id, created_at) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        if target.git.commit(&draft.oid).is_none() {
            return Err(Refusal::Invalid(format!("No commit found for SHA: {}", draft.oid)));
        }
        if !STATES.contains(&draft.state.as_str()) {
            return Err(Refusal::Invalid("State is not included in the list".into()));
        }
        let CommitStatusDraft { oid, context, state, description, target_url } = draft;
        let context = context.unwrap_or_else(|| "default".into());
        let line = format!("{context} on {}: {state}", &oid[..7]);
        target
            .statuses
            .insert(id, Status { id, oid, context, state, description, target_url, creator, created_at });
        self.tell(creator, "statuses", line);
        self.happen(project, creator, What::StatusCreated(id));
        Ok(id)
    }
}
