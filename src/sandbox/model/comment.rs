//! What is said on threads: comments, comments on lines, reviews, and the reactions to all three. Limits are the forge's: 65,536 characters.

use jiff::Timestamp;

use super::{Model, Project, Refusal, What};

const LONGEST_COMMENT: usize = 65_536;

/// The reactions that there are.
pub(crate) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// Something that was said. All kinds share one row of numbers, so a number alone finds it.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) place: Place,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
}

/// Where it was said.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Thread,
    Line(Line),
    Review(Review),
}

/// A line of a change's file.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) review: u64,
    pub(crate) path: String,
    pub(crate) commit: String,
    pub(crate) in_reply_to: Option<u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Review {
    /// Upper case, as forges say it: `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`.
    pub(crate) state: String,
    pub(crate) commit: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) content: String,
    pub(crate) created_at: Timestamp,
}

impl Comment {
    pub(crate) fn on_thread(&self) -> bool {
        matches!(self.place, Place::Thread)
    }

    pub(crate) fn line(&self) -> Option<&Line> {
        match &self.place {
            Place::Line(line) => Some(line),
            Place::Thread | Place::Review(_) => None,
        }
    }

    pub(crate) fn review(&self) -> Option<&Review> {
        match &self.place {
            Place::Review(review) => Some(review),
            Place::Thread | Place::Line(_) => None,
        }
    }

    /// What the story calls it.
    fn noun(&self) -> &'static str {
        match self.place {
            Place::Thread => "comment",
            Place::Line(_) => "comment in a review",
            Place::Review(_) => "review",
        }
    }
}

impl Project {
    /// The comments of a thread itself, neither on lines nor in reviews.
    pub(crate) fn comments_of(&self, number: u64) -> impl Iterator<Item = &Comment> {
        self.said_on(number).filter(|comment| comment.on_thread())
    }

    /// The comments on lines of a change.
    pub(crate) fn lines_of(&self, number: u64) -> impl Iterator<Item = (&Comment, &Line)> {
        self.said_on(number).filter_map(|comment| Some((comment, comment.line()?)))
    }

    /// The reviews of a change.
    pub(crate) fn reviews_of(&self, number: u64) -> impl Iterator<Item = (&Comment, &Review)> {
        self.said_on(number).filter_map(|comment| Some((comment, comment.review()?)))
    }

    fn said_on(&self, number: u64) -> impl Iterator<Item = &Comment> {
        self.comments.values().filter(move |comment| comment.number == number)
    }
}

fn checked(body: &str) -> Result<&str, Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::Invalid("body can't be blank".into()));
    }
    if body.chars().count() > LONGEST_COMMENT {
        return Err(Refusal::Invalid("body is too long (maximum is 65536 characters)".into()));
    }
    Ok(body)
}

/// What is about to be said.
struct New<'a> {
    actor: u64,
    number: u64,
    body: &'a str,
    place: Place,
}

struct NewOnLine<'a> {
    actor: u64,
    number: u64,
    body: &'a str,
    path: String,
    in_reply_to: Option<u64>,
}

impl Model {
    pub(crate) fn comment(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        body: &str,
    ) -> Result<u64, Refusal> {
        let (now, body) = (self.now(), checked(body)?);
        self.writable(project)?.thread_mut(number)?.updated_at = now;
        self.post(project, New { actor, number, body, place: Place::Thread })
    }

    /// Adds a comment, and lets everybody hear of it.
    fn post(&mut self, project: u64, new: New<'_>) -> Result<u64, Refusal> {
        let New { actor, number, body, .. } = new;
        let id = self.add_comment(project, new)?;
        self.tell(actor, format!("#{number}"), body);
        self.happen(project, actor, What::CommentCreated(id));
        Ok(id)
    }

    /// A verdict and its text, which may be empty.
    pub(crate) fn review(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        said: (&str, &str),
    ) -> Result<u64, Refusal> {
        let (state, body) = said;
        let id = self.add_review(project, actor, number, said)?;
        let told = format!("reviews ({}): {body}", state.to_lowercase());
        self.tell(actor, format!("#{number}"), told.trim_end_matches(": "));
        self.happen(project, actor, What::CommentCreated(id));
        Ok(id)
    }

    pub(crate) fn dismiss_review(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let review = self.writable(project)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
        let Place::Review(place) = &mut review.place else { return Err(Refusal::NotFound) };
        place.state = "DISMISSED".into();
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
        self.add_on_line(project, NewOnLine { actor, number, body, path, in_reply_to: None })
    }

    pub(crate) fn reply_in_review(
        &mut self,
        project: u64,
        actor: u64,
        comment: u64,
        body: &str,
    ) -> Result<u64, Refusal> {
        let first = self.project(project)?.comments.get(&comment).ok_or(Refusal::NotFound)?;
        let (number, line) = (first.number, first.line().ok_or(Refusal::NotFound)?);
        let (path, in_reply_to) = (line.path.clone(), Some(line.in_reply_to.unwrap_or(comment)));
        self.add_on_line(project, NewOnLine { actor, number, body, path, in_reply_to })
    }

    /// A comment on a line stands in a review without a text of its own.
    fn add_on_line(&mut self, project: u64, new: NewOnLine<'_>) -> Result<u64, Refusal> {
        let NewOnLine { actor, number, path, in_reply_to, .. } = new;
        let body = checked(new.body)?;
        let review = self.add_review(project, actor, number, ("COMMENTED", ""))?;
        let commit = self.project(project)?.thread(number)?.pull()?.head_oid.clone();
        let place = Place::Line(Line { review, path, commit, in_reply_to });
        self.post(project, New { actor, number, body, place })
    }

    fn add_review(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        said: (&str, &str),
    ) -> Result<u64, Refusal> {
        let (state, body) = (said.0.to_owned(), said.1);
        let commit = self.project(project)?.thread(number)?.pull()?.head_oid.clone();
        let place = Place::Review(Review { state, commit });
        self.add_comment(project, New { actor, number, body, place })
    }

    fn add_comment(&mut self, project: u64, new: New<'_>) -> Result<u64, Refusal> {
        let (id, now) = (self.next_id(), self.now());
        let comment = Comment {
            id,
            number: new.number,
            author: new.actor,
            body: new.body.to_owned(),
            place: new.place,
            created_at: now,
            updated_at: now,
            reactions: Vec::new(),
        };
        self.writable(project)?.comments.insert(id, comment);
        Ok(id)
    }

    /// Edits a comment of any kind.
    pub(crate) fn edit_comment(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        body: &str,
    ) -> Result<(), Refusal> {
        let (now, body) = (self.now(), checked(body)?);
        let comment = self.writable(project)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated_at = now;
        let number = comment.number;
        let edited = if comment.review().is_some() { "edited review" } else { "edited" };
        self.tell(actor, format!("#{number}"), format!("({edited}) {body}"));
        self.happen(project, actor, What::CommentEdited { id, before });
        Ok(())
    }

    /// Deletes a comment. A review that was submitted stays.
    pub(crate) fn delete_comment(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let comments = &mut self.writable(project)?.comments;
        if comments.get(&id).ok_or(Refusal::NotFound)?.review().is_some() {
            return Err(Refusal::Invalid("Can not delete a non-pending pull request review".into()));
        }
        let gone = comments.remove(&id).ok_or(Refusal::NotFound)?;
        self.tell(actor, format!("#{}", gone.number), format!("deletes a {}", gone.noun()));
        self.happen(project, actor, What::CommentDeleted(Box::new(gone)));
        Ok(())
    }

    /// Adds a reaction to a comment of any kind. A second one of the same content by the same account is the first.
    pub(crate) fn react(
        &mut self,
        project: u64,
        actor: u64,
        comment: u64,
        content: &str,
    ) -> Result<(Reaction, Novelty), Refusal> {
        if !REACTIONS.contains(&content) {
            return Err(Refusal::Invalid(format!("{content} is not a reaction")));
        }
        let (id, created_at) = (self.next_id(), self.now());
        let comment = self.writable(project)?.comments.get_mut(&comment).ok_or(Refusal::NotFound)?;
        let mut known = comment.reactions.iter();
        if let Some(old) = known.find(|old| old.author == actor && old.content == content) {
            return Ok((old.clone(), Novelty::Old));
        }
        let reaction = Reaction { id, author: actor, content: content.to_owned(), created_at };
        comment.reactions.push(reaction.clone());
        let number = comment.number;
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
