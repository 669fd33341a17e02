//! Check runs, by our app and by others. Commit statuses have their own file.

use jiff::Timestamp;

use super::{Model, Refusal, What};

#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) id: u64,
    pub(crate) suite: u64,
    /// The bot of the app that made it; only that app may change it.
    pub(crate) app: u64,
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
            app: actor,
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
        if check.app != actor {
            return Err(Refusal::Forbidden(
                "Check runs can only be modified by the GitHub App that created them".into(),
            ));
        }
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
        let ended = check.conclusion.as_ref().unwrap_or(&check.status);
        let title = check.title.as_ref().unwrap_or(ended);
        let line = format!("{} on {}: {title}", check.name, &check.head_oid[..7]);
        self.tell(actor, "checks", line);
        if is_over && !was_over {
            self.happen(project, actor, What::CheckCompleted(id));
        }
        Ok(())
    }
}
