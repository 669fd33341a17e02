//! What people do with labels and milestones.

use jiff::Timestamp;

use super::World;
use crate::sandbox::model::What;

impl World {
    /// Labels a thread, as its author; the label is made on first use.
    pub fn label(&self, number: u64, name: &str) {
        self.act(|model, project| {
            let author = model.project(project)?.thread(number)?.author;
            model.label(project, author, number, name)
        });
    }

    /// Labels a thread as somebody else.
    pub fn label_as(&self, login: &str, number: u64, name: &str) {
        self.act_as(login, |model, project, actor| model.label(project, actor, number, name));
    }

    /// Takes a label away.
    pub fn unlabel(&self, login: &str, number: u64, name: &str) {
        self.act_as(login, |model, project, actor| model.unlabel(project, actor, number, name));
    }

    /// Makes a label that nothing has yet.
    pub fn create_label(&self, login: &str, name: &str) {
        self.act_as(login, |model, project, actor| model.create_label(project, actor, name));
    }

    /// Renames a label everywhere.
    pub fn rename_label(&self, login: &str, name: &str, new: &str) {
        self.act_as(login, |model, project, actor| model.rename_label(project, actor, name, new));
    }

    /// Deletes a label everywhere.
    pub fn delete_label(&self, login: &str, name: &str) {
        self.act_as(login, |model, project, actor| model.delete_label(project, actor, name));
    }

    /// Opens a milestone; its number.
    pub fn milestone(&self, login: &str, title: &str, due_on: Option<Timestamp>) -> u64 {
        self.act_as(login, |model, project, actor| model.create_milestone(project, actor, title, due_on))
    }

    /// Moves a milestone's date.
    pub fn set_milestone_due(&self, login: &str, number: u64, due_on: Option<Timestamp>) {
        self.act_as(login, |model, project, actor| model.set_due(project, actor, number, due_on));
    }

    /// Closes a milestone.
    pub fn close_milestone(&self, login: &str, number: u64) {
        let what = What::MilestoneClosed(number);
        self.act_as(login, |model, project, actor| model.turn_milestone(project, actor, number, what));
    }

    /// Opens a milestone again.
    pub fn reopen_milestone(&self, login: &str, number: u64) {
        let what = What::MilestoneReopened(number);
        self.act_as(login, |model, project, actor| model.turn_milestone(project, actor, number, what));
    }

    /// Deletes a milestone.
    pub fn delete_milestone(&self, login: &str, number: u64) {
        self.act_as(login, |model, project, actor| model.delete_milestone(project, actor, number));
    }

    /// Puts a thread into a milestone.
    pub fn plan_for(&self, login: &str, number: u64, milestone: u64) {
        self.act_as(login, |model, project, actor| model.plan(project, actor, number, Some(milestone)));
    }

    /// Takes a thread out of its milestone.
    pub fn unplan(&self, login: &str, number: u64) {
        self.act_as(login, |model, project, actor| model.plan(project, actor, number, None));
    }
}
