//! What people do with changes and issues: open, push to, edit, merge, close.

use super::World;
use crate::sandbox::model::{MergeMethod, Model, NewThread, Push, Refusal, ThreadEdit, What};

impl World {
    /// Opens a change of a new branch with one commit; its number.
    pub fn open_change(&self, login: &str, title: &str) -> u64 {
        self.act(|model, project| {
            let author = model.actor(login);
            let base = model.project(project)?.default_branch.clone();
            model.open_change(project, author, title, &base)
        })
    }

    /// Like [`World::open_change`], into another branch than the default one.
    pub fn open_change_into(&self, login: &str, title: &str, base: &str) -> u64 {
        self.act(|model, project| {
            let author = model.actor(login);
            model.open_change(project, author, title, base)
        })
    }

    /// Opens an issue; its number.
    pub fn open_issue(&self, login: &str, title: &str) -> u64 {
        self.open_issue_saying(login, title, "")
    }

    /// Opens an issue with a text; its number.
    pub fn open_issue_saying(&self, login: &str, title: &str, body: &str) -> u64 {
        let new = NewThread { title, body, pull: None };
        self.act_as(login, |model, project, actor| model.open_thread(project, actor, new))
    }

    /// Gives a change or issue another text.
    pub fn rewrite(&self, login: &str, number: u64, body: &str) {
        let edit = ThreadEdit { title: None, body: Some(body.to_owned()) };
        self.act_as(login, |model, project, actor| model.edit_thread(project, actor, number, edit));
    }

    /// Gives an open change's description a text. Nobody is told: set it before the change is looked at.
    pub fn describe_change(&self, number: u64, body: &str) {
        self.act(|model, project| {
            model.project_mut(project)?.thread_mut(number)?.body = body.to_owned();
            Ok(())
        });
    }

    /// One more commit on a change's branch; its id.
    pub fn push_commit(&self, login: &str, number: u64, message: &str) -> String {
        self.act(|model, project| {
            let actor = model.actor(login);
            let branch = model.project(project)?.thread(number)?.pull()?.head.clone();
            let path = format!("changes/{number}-{message}.md");
            let files = vec![(path.as_str(), Some(message))];
            model.push(project, Push { actor, branch: &branch, message, files })
        })
    }

    /// Gives a thread another title.
    pub fn edit_title(&self, login: &str, number: u64, title: &str) {
        let edit = ThreadEdit { title: Some(title.to_owned()), body: None };
        self.act_as(login, |model, project, actor| model.edit_thread(project, actor, number, edit));
    }

    /// Merges by squashing; the new commit.
    pub fn merge(&self, number: u64, login: &str) -> String {
        self.merge_by(number, login, MergeMethod::Squash)
    }

    /// Merges in a given manner; the last new commit.
    pub fn merge_by(&self, number: u64, login: &str, method: MergeMethod) -> String {
        self.act_as(login, |model, project, actor| model.merge(project, actor, number, method))
    }

    /// Closes a change or issue without merging.
    pub fn close(&self, login: &str, number: u64) {
        self.act_as(login, |model, project, actor| model.close_thread(project, actor, number, None));
    }

    /// Opens a closed one again.
    pub fn reopen(&self, login: &str, number: u64) {
        self.act_as(login, |model, project, actor| model.reopen_thread(project, actor, number));
    }

    /// Makes a change a draft.
    pub fn make_draft(&self, login: &str, number: u64) {
        let what = What::ChangeDrafted(number);
        self.act_as(login, |model, project, actor| model.set_draft(project, actor, number, what));
    }

    /// Says that a draft is ready.
    pub fn make_ready(&self, login: &str, number: u64) {
        let what = What::ChangeReady(number);
        self.act_as(login, |model, project, actor| model.set_draft(project, actor, number, what));
    }

    #[track_caller]
    pub(super) fn act_as<T>(
        &self,
        login: &str,
        act: impl FnOnce(&mut Model, u64, u64) -> Result<T, Refusal>,
    ) -> T {
        self.act(|model, project| {
            let actor = model.actor(login);
            act(model, project, actor)
        })
    }
}
