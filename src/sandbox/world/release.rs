//! What people do with releases, and the buttons of a check run.

use super::World;
use crate::sandbox::model::{Model, Refusal, ReleaseDraft, What};

impl World {
    /// Publishes a release by hand; its tag is made at `at` if it is missing. The release's number.
    pub fn release_by_hand(&self, login: &str, tag: &str, at: &str) -> u64 {
        let draft =
            ReleaseDraft { tag: Some(tag.into()), target: Some(at.into()), ..ReleaseDraft::default() };
        let draft = ReleaseDraft { name: Some(tag.into()), body: Some("By hand.".into()), ..draft };
        self.act_as(login, |model, project, actor| model.create_release(project, actor, draft))
    }

    /// Publishes a draft.
    pub fn publish_draft(&self, login: &str, tag: &str) {
        let draft = ReleaseDraft { is_draft: Some(false), ..ReleaseDraft::default() };
        self.edit_found(login, tag, draft);
    }

    /// Makes a published release a draft again.
    pub fn unpublish_release(&self, login: &str, tag: &str) {
        let draft = ReleaseDraft { is_draft: Some(true), ..ReleaseDraft::default() };
        self.edit_found(login, tag, draft);
    }

    /// Rewrites a release's notes.
    pub fn edit_release(&self, login: &str, tag: &str, body: &str) {
        let draft = ReleaseDraft { body: Some(body.into()), ..ReleaseDraft::default() };
        self.edit_found(login, tag, draft);
    }

    /// Deletes a release; its tag stays.
    pub fn delete_release(&self, login: &str, tag: &str) {
        self.act_as(login, |model, project, actor| {
            let id = find_release(model, project, tag)?;
            model.delete_release(project, actor, id)
        });
    }

    /// Adds a file to a release, or replaces the one of that name; `digest` is `sha256:…`.
    pub fn add_asset(&self, login: &str, tag: &str, name: &str, digest: &str) {
        self.act_as(login, |model, project, actor| model.add_asset(project, actor, tag, (name, digest)));
    }

    fn edit_found(&self, login: &str, tag: &str, draft: ReleaseDraft) {
        self.act_as(login, |model, project, actor| {
            let id = find_release(model, project, tag)?;
            model.edit_release(project, actor, id, draft)
        });
    }

    /// Asks for a check run again.
    pub fn rerequest_check(&self, login: &str, id: u64) {
        self.act_as(login, |model, project, actor| {
            model.project(project)?.checks.get(&id).ok_or(Refusal::NotFound)?;
            model.happen(project, actor, What::CheckRerequested(id));
            Ok(())
        });
    }

    /// Presses a button of a check run.
    pub fn press_check_button(&self, login: &str, id: u64, identifier: &str) {
        self.act_as(login, |model, project, actor| {
            model.project(project)?.checks.get(&id).ok_or(Refusal::NotFound)?;
            model.happen(
                project,
                actor,
                What::CheckActionRequested { id, identifier: identifier.to_owned() },
            );
            Ok(())
        });
    }
}

fn find_release(model: &Model, project: u64, tag: &str) -> Result<u64, Refusal> {
    let releases = model.project(project)?.releases.values();
    releases.rev().find(|release| release.tag == tag).map(|release| release.id).ok_or(Refusal::NotFound)
}
