//! Check runs, and workflow runs that a pushed tag or branch starts. No workflow is ever executed: a person says how it ended.

use jiff::Timestamp;

use super::{Model, Refusal, What};

#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) id: u64,
    pub(crate) suite: u64,
    pub(crate) head_oid: String,
    pub(crate) name: String,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
}

/// What a request says about a check run; what it leaves out stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckDraft {
    pub(crate) head_oid: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) conclusion: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
}

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
    /// The branch, or for a tag its name, as forges do.
    pub(crate) head_ref: String,
    pub(crate) head_oid: String,
    pub(crate) actor: u64,
    pub(crate) conclusion: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Model {
    pub(crate) fn create_check(
        &mut self,
        project: u64,
        actor: u64,
        draft: CheckDraft,
    ) -> Result<u64, Refusal> {
        let (id, suite, now) = (self.next_id(), self.next_id(), self.now());
        let target = self.writable(project)?;
        let head_oid = draft.head_oid.clone().unwrap_or_default();
        if target.git.commit(&head_oid).is_none() {
            return Err(Refusal::Invalid(format!("No commit found for SHA: {head_oid}")));
        }
        let check = Check {
            id,
            suite,
            head_oid,
            name: draft.name.clone().ok_or(Refusal::Invalid("name is missing".into()))?,
            external_id: None,
            details_url: None,
            status: "queued".into(),
            conclusion: None,
            title: None,
            summary: None,
            text: None,
            started_at: now,
            completed_at: None,
        };
        target.checks.insert(id, check);
        self.happen(project, actor, What::CheckCreated(id));
        self.edit_check(project, actor, id, draft)?;
        Ok(id)
    }

    pub(crate) fn edit_check(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        draft: CheckDraft,
    ) -> Result<(), Refusal> {
        let now = self.now();
        if [&draft.summary, &draft.text].into_iter().flatten().any(|text| text.chars().count() > 65_535) {
            return Err(Refusal::Invalid("Only 65535 characters are allowed".into()));
        }
        let check = self.writable(project)?.checks.get_mut(&id).ok_or(Refusal::NotFound)?;
        let was_over = check.conclusion.is_some();
        check.name = draft.name.unwrap_or_else(|| check.name.clone());
        check.external_id = draft.external_id.or_else(|| check.external_id.take());
        check.details_url = draft.details_url.or_else(|| check.details_url.take());
        check.status = draft.status.unwrap_or_else(|| check.status.clone());
        check.title = draft.title.or_else(|| check.title.take());
        check.summary = draft.summary.or_else(|| check.summary.take());
        check.text = draft.text.or_else(|| check.text.take());
        if draft.conclusion.is_some() {
            check.conclusion = draft.conclusion;
            check.status = "completed".into();
            check.completed_at = Some(now);
        }
        let is_over = check.conclusion.is_some();
        let title = check.title.clone().unwrap_or_else(|| check.status.clone());
        let line = format!("{} on {}: {title}", check.name, &check.head_oid[..7]);
        self.tell(actor, "checks", line);
        if is_over && !was_over {
            self.happen(project, actor, What::CheckCompleted(id));
        }
        Ok(())
    }

    /// Records a run per workflow file at the ref's commit whose `on:` would start for it.
    pub(super) fn start_runs(&mut self, project: u64, actor: u64, reference: &str) -> Result<(), Refusal> {
        let target = self.project(project)?;
        let oid = target.git.reference(reference).unwrap_or_default();
        let Some(commit) = target.git.peel(oid) else { return Ok(()) };
        let (oid, tree) = (commit.oid.clone(), commit.tree.clone());
        let files = tree.iter().filter(|(path, text)| {
            path.starts_with(".github/workflows/")
                && starts_on_push(text, reference.starts_with("refs/tags/"))
        });
        for (path, text) in files {
            self.start_run(project, actor, NewRun { path, text, reference, oid: &oid })?;
        }
        Ok(())
    }

    fn start_run(&mut self, project: u64, actor: u64, new: NewRun<'_>) -> Result<(), Refusal> {
        let (id, suite, now) = (self.next_id(), self.next_id(), self.now());
        let target = self.project_mut(project)?;
        let earlier: Vec<&Run> = target.runs.values().filter(|run| run.path == new.path).collect();
        let workflow = earlier.first().map_or(id, |run| run.workflow);
        let run_number = earlier.len() as u64 + 1;
        let name = new.text.lines().find_map(|line| line.strip_prefix("name:")).unwrap_or(new.path).trim();
        let head_ref = new.reference.splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        let line = format!("{} starts on {head_ref}", new.path);
        let run = Run {
            id,
            suite,
            workflow,
            run_number,
            path: new.path.to_owned(),
            name: name.to_owned(),
            event: "push".into(),
            head_ref,
            head_oid: new.oid.to_owned(),
            actor,
            conclusion: None,
            created_at: now,
            updated_at: now,
        };
        target.runs.insert(id, run);
        self.tell(actor, "runs", line);
        self.happen(project, actor, What::RunRequested(id));
        Ok(())
    }

    pub(crate) fn finish_run(&mut self, project: u64, id: u64, conclusion: &str) -> Result<(), Refusal> {
        let now = self.now();
        let run = self.project_mut(project)?.runs.get_mut(&id).ok_or(Refusal::NotFound)?;
        run.conclusion = Some(conclusion.to_owned());
        run.updated_at = now;
        let (actor, line) = (run.actor, format!("{} ends: {conclusion}", run.path));
        self.tell(actor, "runs", line);
        self.happen(project, actor, What::RunCompleted(id));
        Ok(())
    }
}

struct NewRun<'a> {
    path: &'a str,
    text: &'a str,
    reference: &'a str,
    oid: &'a str,
}

/// A reading of `on:` that is good enough for scripts: `push` counts for tags unless it is limited to branches, and for
/// branches unless it is limited to tags.
fn starts_on_push(text: &str, is_tag: bool) -> bool {
    let Some(start) = text.find("on:") else { return false };
    let rest = &text[start + 3..];
    let end = rest.find("\njobs:").unwrap_or(rest.len());
    let block = &rest[..end];
    let (branches, tags) = (block.contains("branches"), block.contains("tags"));
    block.contains("push") && if is_tag { tags || !branches } else { branches || !tags }
}
