//! What people say: comments, reviews, comments in reviews, reactions.

use super::World;

impl World {
    /// Comments on a change or issue; the comment's number.
    pub fn comment(&self, login: &str, number: u64, body: &str) -> u64 {
        self.act_as(login, |model, project, actor| model.comment(project, actor, number, body))
    }

    /// Edits a comment, on a thread, on a line, or the text of a review.
    pub fn edit_comment(&self, login: &str, id: u64, body: &str) {
        self.act_as(login, |model, project, actor| model.edit_comment(project, actor, id, body));
    }

    /// Deletes a comment, on a thread or on a line.
    pub fn delete_comment(&self, login: &str, id: u64) {
        self.act_as(login, |model, project, actor| model.delete_comment(project, actor, id));
    }

    /// Reviews a change with a text and without a verdict; the review's number.
    pub fn review(&self, login: &str, number: u64, body: &str) -> u64 {
        self.act_as(login, |model, project, actor| model.review(project, actor, number, ("COMMENTED", body)))
    }

    /// Approves a change; the review's number.
    pub fn approve(&self, login: &str, number: u64, body: &str) -> u64 {
        self.act_as(login, |model, project, actor| model.review(project, actor, number, ("APPROVED", body)))
    }

    /// Asks for something else in a change; the review's number.
    pub fn request_changes(&self, login: &str, number: u64, body: &str) -> u64 {
        let state = "CHANGES_REQUESTED";
        self.act_as(login, |model, project, actor| model.review(project, actor, number, (state, body)))
    }

    /// Dismisses a review.
    pub fn dismiss_review(&self, login: &str, id: u64) {
        self.act_as(login, |model, project, actor| model.dismiss_review(project, actor, id));
    }

    /// Comments on a line of a change; the comment's number.
    pub fn review_comment(&self, login: &str, number: u64, body: &str) -> u64 {
        self.act_as(login, |model, project, actor| model.review_comment(project, actor, number, body))
    }

    /// Reacts to a comment or review: `+1 -1 laugh confused heart hooray rocket eyes`.
    pub fn react(&self, login: &str, comment: u64, content: &str) {
        self.act_as(login, |model, project, actor| model.react(project, actor, comment, content).map(|_| ()));
    }
}
