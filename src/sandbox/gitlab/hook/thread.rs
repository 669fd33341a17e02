//! Webhooks of merge requests and issues: their life, labels, milestones, and what is said on them.

use serde_json::{Value, json};

use super::Event;
use crate::sandbox::gitlab::shape::{self, told};
use crate::sandbox::model::{Comment, Happening, Model, Project, Thread, What};

pub(super) fn events(model: &Model, project: &Project, happening: &Happening) -> Vec<Event> {
    let told = Telling { model, project, actor: happening.actor };
    match &happening.what {
        What::CommentCreated(id) => told.said(*id),
        What::CommentEdited { id, .. } => {
            let found = project.comments.get(id).filter(|one| shape::is_note(one));
            found.and_then(|one| told.note(one, "update")).into_iter().collect()
        }
        What::ReviewDismissed(id) => {
            let number = project.comments.get(id).map(|one| one.number);
            number.and_then(|number| told.thread(number, "unapproved", json!({}))).into_iter().collect()
        }
        other => told.lived(other).into_iter().collect(),
    }
}

/// What all of these webhooks are told with.
struct Telling<'a> {
    model: &'a Model,
    project: &'a Project,
    actor: u64,
}

impl Telling<'_> {
    /// A note, an approval, or both.
    fn said(&self, id: u64) -> Vec<Event> {
        let Some(one) = self.project.comments.get(&id) else { return Vec::new() };
        let approves = one.review().is_some_and(|review| review.state == "APPROVED");
        let approved = approves.then(|| self.thread(one.number, "approved", json!({}))).flatten();
        let note = shape::is_note(one).then(|| self.note(one, "create")).flatten();
        approved.into_iter().chain(note).collect()
    }

    fn note(&self, one: &Comment, action: &'static str) -> Option<Event> {
        let (model, project) = (self.model, self.project);
        let thread = project.threads.get(&one.number)?;
        let mut note = told::note(model, project, thread, one);
        note["action"] = json!(action);
        let mut body = json!({
            "object_kind": "note", "event_type": "note", "user": told::user(model, self.actor),
            "project_id": project.id, "project": told::project(model, project), "object_attributes": note,
            "repository": told::repository(model, project),
        });
        match &thread.pull {
            Some(pull) => body["merge_request"] = told::change(model, project, thread, pull),
            None => body["issue"] = told::issue(model, project, thread),
        }
        Some(Event::of("Note Hook", action, body))
    }

    fn lived(&self, what: &What) -> Option<Event> {
        match what {
            What::ChangeOpened(number) => self.thread(*number, "open", json!({})),
            What::ChangeClosed(number) => {
                let is_merged = self.project.threads.get(number)?.merged().is_some();
                self.thread(*number, if is_merged { "merge" } else { "close" }, json!({}))
            }
            What::ChangeReopened(number) => self.thread(*number, "reopen", json!({})),
            What::ChangePushed { number, before, .. } => {
                self.thread(*number, "update", json!({ "oldrev": before }))
            }
            other => self.changed(other),
        }
    }

    /// Whatever else is changed of a thread is an update that says what was before.
    fn changed(&self, what: &What) -> Option<Event> {
        let update = |number: &u64, changes: Value| {
            let mut event = self.thread(*number, "update", json!({}))?;
            shape::merge(&mut event.body["changes"], changes);
            Some(event)
        };
        match what {
            What::ChangeEdited { number, title_before, body_before } => {
                let thread = self.project.threads.get(number)?;
                let mut changes = json!({});
                if let Some(before) = title_before {
                    changes["title"] = json!({ "previous": before, "current": thread.title });
                }
                if let Some(before) = body_before {
                    changes["description"] = json!({ "previous": before, "current": thread.body });
                }
                update(number, changes)
            }
            What::ChangeLabelled { number, label } => {
                let now = &self.project.threads.get(number)?.labels;
                let before: Vec<String> = now.iter().filter(|name| *name != label).cloned().collect();
                update(number, self.labels(&before, now))
            }
            What::ChangeUnlabelled { number, label } => {
                let now = &self.project.threads.get(number)?.labels;
                let before: Vec<String> = now.iter().chain([label]).cloned().collect();
                update(number, self.labels(&before, now))
            }
            What::ChangePlanned { number, milestone } => {
                let id = self.project.milestones.get(milestone)?.id;
                update(number, json!({ "milestone_id": { "previous": null, "current": id } }))
            }
            What::ChangeUnplanned { number, milestone } => {
                let id = self.project.milestones.get(milestone)?.id;
                update(number, json!({ "milestone_id": { "previous": id, "current": null } }))
            }
            What::ChangeDrafted(number) => update(number, self.drafted(*number, false)?),
            What::ChangeReady(number) => update(number, self.drafted(*number, true)?),
            _ => None,
        }
    }

    fn labels<'a>(
        &self,
        before: impl IntoIterator<Item = &'a String>,
        now: impl IntoIterator<Item = &'a String>,
    ) -> Value {
        let of = |names: Vec<&'a String>| told::labels(self.model, self.project, names);
        json!({ "labels": {
            "previous": of(before.into_iter().collect()), "current": of(now.into_iter().collect()),
        } })
    }

    fn drafted(&self, number: u64, was: bool) -> Option<Value> {
        let title = &self.project.threads.get(&number)?.title;
        let of = |is_draft: bool| if is_draft { format!("Draft: {title}") } else { title.clone() };
        Some(json!({
            "draft": { "previous": was, "current": !was }, "title": { "previous": of(was), "current": of(!was) },
        }))
    }

    /// The webhook of a merge request or issue; `more` goes into its attributes.
    fn thread(&self, number: u64, action: &'static str, more: Value) -> Option<Event> {
        let (model, project) = (self.model, self.project);
        let thread: &Thread = project.threads.get(&number)?;
        let (header, kind, mut attributes) = match &thread.pull {
            Some(pull) => ("Merge Request Hook", "merge_request", told::change(model, project, thread, pull)),
            None => ("Issue Hook", "issue", told::issue(model, project, thread)),
        };
        attributes["action"] = json!(action);
        shape::merge(&mut attributes, more);
        let labels = attributes["labels"].clone();
        let updated_at = json!({ "previous": null, "current": told::time(thread.updated_at) });
        let changes = if action == "update" { json!({ "updated_at": updated_at }) } else { json!({}) };
        let body = json!({
            "object_kind": kind, "event_type": kind, "user": told::user(model, self.actor),
            "project": told::project(model, project), "object_attributes": attributes, "labels": labels,
            "changes": changes, "repository": told::repository(model, project), "assignees": [], "reviewers": [],
        });
        Some(Event::of(header, action, body))
    }
}
