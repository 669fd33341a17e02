//! Events of changes and issues: their life, labels, milestones, and what is said on them.

use serde_json::{Value, json};

use super::super::shape;
use super::Event;
use crate::sandbox::model::{Comment, Model, Place, Project, What};

pub(super) fn events(model: &Model, project: &Project, what: &What) -> Vec<Event> {
    said(model, project, what).or_else(|| lived(model, project, what)).into_iter().collect()
}

fn said(model: &Model, project: &Project, what: &What) -> Option<Event> {
    match what {
        What::CommentCreated(id) => {
            let comment = project.comments.get(id)?;
            let action = if comment.review().is_some() { "submitted" } else { "created" };
            spoken(model, project, (action, comment))
        }
        What::CommentEdited { id, before } => {
            let mut event = spoken(model, project, ("edited", project.comments.get(id)?))?;
            event.fields["changes"] = json!({ "body": { "from": before } });
            Some(event)
        }
        What::CommentDeleted(gone) => spoken(model, project, ("deleted", gone)),
        What::ReviewDismissed(id) => spoken(model, project, ("dismissed", project.comments.get(id)?)),
        _ => None,
    }
}

/// Each place has an event of its own.
fn spoken(model: &Model, project: &Project, told: (&'static str, &Comment)) -> Option<Event> {
    let (action, comment) = told;
    let thread = project.threads.get(&comment.number)?;
    let pull = || Some(shape::pull_in_list(model, project, thread, thread.pull.as_ref()?));
    Some(match &comment.place {
        Place::Thread => {
            let fields = json!({
                "issue": shape::issue(model, project, thread), "comment": shape::comment(model, project, comment),
            });
            Event::of("issue_comment", action, fields)
        }
        Place::Line(line) => {
            let shaped = shape::review_comment(model, project, (comment, line));
            let fields = json!({ "comment": shaped, "pull_request": pull()? });
            Event::of("pull_request_review_comment", action, fields)
        }
        Place::Review(review) => {
            let mut shaped = shape::review(model, project, (comment, review));
            shaped["state"] = json!(review.state.to_lowercase());
            let fields = json!({ "review": shaped, "pull_request": pull()? });
            Event::of("pull_request_review", action, fields)
        }
    })
}

fn lived(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let event = |action, number: &u64, more: Value| {
        let thread = project.threads.get(number)?;
        let (name, mut fields) = match &thread.pull {
            Some(pull) => {
                let pull = shape::pull(model, project, thread, pull);
                ("pull_request", json!({ "number": number, "pull_request": pull }))
            }
            None => ("issues", json!({ "issue": shape::issue(model, project, thread) })),
        };
        shape::merge(&mut fields, more);
        Some(Event::of(name, action, fields))
    };
    let label = |name: &str| {
        let found = project.labels.get(name).map(|label| shape::label(model, project, label));
        json!({ "label": found })
    };
    let milestone = |number: &u64| {
        let found = project.milestones.get(number).map(|one| shape::milestone(model, project, one));
        json!({ "milestone": found })
    };
    match what {
        What::ChangeOpened(number) => event("opened", number, json!({})),
        What::ChangeEdited { number, title_before, body_before } => {
            let mut changes = json!({});
            for (name, before) in [("title", title_before), ("body", body_before)] {
                if let Some(before) = before {
                    changes[name] = json!({ "from": before });
                }
            }
            event("edited", number, json!({ "changes": changes }))
        }
        What::ChangeLabelled { number, label: name } => event("labeled", number, label(name)),
        What::ChangeUnlabelled { number, label: name } => event("unlabeled", number, label(name)),
        What::ChangePlanned { number, milestone: planned } => event("milestoned", number, milestone(planned)),
        What::ChangeUnplanned { number, milestone: planned } => {
            event("demilestoned", number, milestone(planned))
        }
        What::ChangePushed { number, before, after } => {
            event("synchronize", number, json!({ "before": before, "after": after }))
        }
        What::ChangeDrafted(number) => event("converted_to_draft", number, json!({})),
        What::ChangeReady(number) => event("ready_for_review", number, json!({})),
        What::ChangeClosed(number) => event("closed", number, json!({})),
        What::ChangeReopened(number) => event("reopened", number, json!({})),
        _ => None,
    }
}
