//! What is said on threads: comments, reviews, comments in reviews, reactions. Limits are the forge's: 65,536 characters.

use jiff::Timestamp;

use super::{Model, Refusal, What};

const LONGEST_COMMENT: usize = 65_536;

#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) content: String,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    /// Upper case, as forges say it: `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`.
    pub(crate) state: String,
    pub(crate) commit: String,
    pub(crate) submitted_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct ReviewComment {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) review: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) path: String,
    pub(crate) commit: String,
    pub(crate) in_reply_to: Option<u64>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
}

fn checked(body: &str) -> Result<String, Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::Invalid("body can't be blank".into()));
    }
    if body.chars().count() > LONGEST_COMMENT {
        return Err(Refusal::Invalid("body is too long (maximum is 65536 characters)".into()));
    }
    Ok(body.to_owned())
}

impl Model {
    pub(crate) fn comment(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        body: &str,
    ) -> Result<u64, Refusal> {
        let (id, now, body) = (self.next_id(), self.now(), checked(body)?);
        let target = self.writable(project)?;
        target.thread_mut(number)?.updated_at = now;
        let text = body.clone();
        let comment = Comment {
            id,
            number,
            author: actor,
            body,
            created_at: now,
            updated_at: now,
            reactions: Vec::new(),
        };
        target.comments.insert(id, comment);
        self.tell(actor, format!("#{number}"), text);
        self.happen(project, actor, What::CommentCreated(id));
        Ok(id)
    }

    pub(crate) fn edit_comment(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        body: &str,
    ) -> Result<(), Refusal> {
        let (now, body) = (self.now(), checked(body)?);
        let comment = self.writable(project)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
        let before = std::mem::replace(&mut comment.body, body.clone());
        comment.updated_at = now;
        let number = comment.number;
        self.tell(actor, format!("#{number}"), format!("(edited) {body}"));
        self.happen(project, actor, What::CommentEdited { id, before });
        Ok(())
    }

    pub(crate) fn delete_comment(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let gone = self.writable(project)?.comments.remove(&id).ok_or(Refusal::NotFound)?;
        self.tell(actor, format!("#{}", gone.number), "deletes a comment");
        self.happen(project, actor, What::CommentDeleted(Box::new(gone)));
        Ok(())
    }

    pub(crate) fn review(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        said: (&str, &str),
    ) -> Result<u64, Refusal> {
        let (id, submitted_at) = (self.next_id(), self.now());
        let (state, body) = (said.0.to_owned(), said.1.to_owned());
        let target = self.writable(project)?;
        let commit = target.thread(number)?.pull()?.head_oid.clone();
        let text = format!("reviews ({}): {body}", state.to_lowercase());
        target.reviews.insert(id, Review { id, number, author: actor, body, state, commit, submitted_at });
        self.tell(actor, format!("#{number}"), text);
        self.happen(project, actor, What::ReviewSubmitted(id));
        Ok(id)
    }

    pub(crate) fn edit_review(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        body: &str,
    ) -> Result<(), Refusal> {
        let review = self.writable(project)?.reviews.get_mut(&id).ok_or(Refusal::NotFound)?;
        let before = std::mem::replace(&mut review.body, body.to_owned());
        let number = review.number;
        self.tell(actor, format!("#{number}"), format!("(edited review) {body}"));
        self.happen(project, actor, What::ReviewEdited { id, before });
        Ok(())
    }

    pub(crate) fn dismiss_review(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let review = self.writable(project)?.reviews.get_mut(&id).ok_or(Refusal::NotFound)?;
        review.state = "DISMISSED".into();
        let number = review.number;
        self.tell(actor, format!("#{number}"), "dismisses a review");
        self.happen(project, actor, What::ReviewDismissed(id));
        Ok(())
    }

    pub(crate) fn review_comment(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        body: &str,
    ) -> Result<u64, Refusal> {
        let path = format!("changes/{number}.md");
        self.add_review_comment(project, NewReviewComment { actor, number, body, path, in_reply_to: None })
    }

    pub(crate) fn reply_in_review(
        &mut self,
        project: u64,
        actor: u64,
        comment: u64,
        body: &str,
    ) -> Result<u64, Refusal> {
        let first = self.project(project)?.review_comments.get(&comment).ok_or(Refusal::NotFound)?;
        let (number, path) = (first.number, first.path.clone());
        let in_reply_to = Some(first.in_reply_to.unwrap_or(comment));
        self.add_review_comment(project, NewReviewComment { actor, number, body, path, in_reply_to })
    }

    fn add_review_comment(&mut self, project: u64, new: NewReviewComment<'_>) -> Result<u64, Refusal> {
        let (review, id, now, body) = (self.next_id(), self.next_id(), self.now(), checked(new.body)?);
        let NewReviewComment { actor, number, path, in_reply_to, .. } = new;
        let target = self.writable(project)?;
        let commit = target.thread(number)?.pull()?.head_oid.clone();
        let holder = Review {
            id: review,
            number,
            author: actor,
            body: String::new(),
            state: "COMMENTED".into(),
            commit: commit.clone(),
            submitted_at: now,
        };
        target.reviews.insert(review, holder);
        let text = body.clone();
        let comment = ReviewComment {
            id,
            number,
            review,
            author: actor,
            body,
            path,
            commit,
            in_reply_to,
            created_at: now,
            updated_at: now,
            reactions: Vec::new(),
        };
        target.review_comments.insert(id, comment);
        self.tell(actor, format!("#{number}"), text);
        self.happen(project, actor, What::ReviewCommentCreated(id));
        Ok(id)
    }

    pub(crate) fn edit_review_comment(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        body: &str,
    ) -> Result<(), Refusal> {
        let (now, body) = (self.now(), checked(body)?);
        let comment = self.writable(project)?.review_comments.get_mut(&id).ok_or(Refusal::NotFound)?;
        let before = std::mem::replace(&mut comment.body, body.clone());
        comment.updated_at = now;
        let number = comment.number;
        self.tell(actor, format!("#{number}"), format!("(edited) {body}"));
        self.happen(project, actor, What::ReviewCommentEdited { id, before });
        Ok(())
    }

    pub(crate) fn delete_review_comment(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let gone = self.writable(project)?.review_comments.remove(&id).ok_or(Refusal::NotFound)?;
        self.tell(actor, format!("#{}", gone.number), "deletes a comment in a review");
        self.happen(project, actor, What::ReviewCommentDeleted(Box::new(gone)));
        Ok(())
    }

    /// Adds a reaction to a comment or a review's comment. A second one of the same kind by the same account is the first.
    pub(crate) fn react(
        &mut self,
        project: u64,
        actor: u64,
        comment: u64,
        content: &str,
    ) -> Result<(Reaction, Novelty), Refusal> {
        if !["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"].contains(&content) {
            return Err(Refusal::Invalid(format!("{content} is not a reaction")));
        }
        let (id, created_at) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        let (number, reactions) = match target.comments.get_mut(&comment) {
            Some(found) => (found.number, &mut found.reactions),
            None => {
                let found = target.review_comments.get_mut(&comment).ok_or(Refusal::NotFound)?;
                (found.number, &mut found.reactions)
            }
        };
        if let Some(old) = reactions.iter().find(|old| old.author == actor && old.content == content) {
            return Ok((old.clone(), Novelty::Old));
        }
        let reaction = Reaction { id, author: actor, content: content.to_owned(), created_at };
        reactions.push(reaction.clone());
        self.tell(actor, format!("#{number}"), format!("reacts :{content}:"));
        Ok((reaction, Novelty::New))
    }
}

/// Whether a thing was made now or was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Novelty {
    New,
    Old,
}

struct NewReviewComment<'a> {
    actor: u64,
    number: u64,
    body: &'a str,
    path: String,
    in_reply_to: Option<u64>,
}
