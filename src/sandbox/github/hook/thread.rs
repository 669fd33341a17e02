//! Events of changes and issues: their life, labels, milestones, and what is said on them.

use serde_json::{Value, json};

use super::super::shape;
use super::Event;
use crate::sandbox::model::{Comment, Model, Project, Review, ReviewComment, What};

pub(super) fn events(model: &Model, project: &Project, what: &What) -> Vec<Event> {
    said(model, project, what)
        .or_else(|| reviewed(model, project, what))
        .or_else(|| lived(model, project, what))
        .into_iter()
        .collect()
}

fn said(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let event = |action, comment: &Comment, changes: Option<Value>| {
        let issue = shape::issue(model, project, project.threads.get(&comment.number)?);
        let mut fields = json!({ "issue": issue, "comment": shape::comment(model, project, comment) });
        if let Some(changes) = changes {
            fields["changes"] = changes;
        }
        Some(Event::of("issue_comment", action, fields))
    };
    match what {
        What::CommentCreated(id) => event("created", project.comments.get(id)?, None),
        What::CommentEdited { id, before } => {
            event("edited", project.comments.get(id)?, Some(json!({ "body": { "from": before } })))
        }
        What::CommentDeleted(gone) => event("deleted", gone, None),
        _ => None,
    }
}

fn reviewed(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let pull = |number: u64| {
        let thread = project.threads.get(&number)?;
        Some(shape::pull_in_list(model, project, thread, thread.pull.as_ref()?))
    };
    let review = |action, one: &Review, changes: Option<Value>| {
        let mut shaped = shape::review(model, project, one);
        shaped["state"] = json!(one.state.to_lowercase());
        let mut fields = json!({ "review": shaped, "pull_request": pull(one.number)? });
        if let Some(changes) = changes {
            fields["changes"] = changes;
        }
        Some(Event::of("pull_request_review", action, fields))
    };
    let line = |action, one: &ReviewComment, changes: Option<Value>| {
        let comment = shape::review_comment(model, project, one);
        let mut fields = json!({ "comment": comment, "pull_request": pull(one.number)? });
        if let Some(changes) = changes {
            fields["changes"] = changes;
        }
        Some(Event::of("pull_request_review_comment", action, fields))
    };
    match what {
        What::ReviewSubmitted(id) => review("submitted", project.reviews.get(id)?, None),
        What::ReviewEdited { id, before } => {
            review("edited", project.reviews.get(id)?, Some(json!({ "body": { "from": before } })))
        }
        What::ReviewDismissed(id) => review("dismissed", project.reviews.get(id)?, None),
        What::ReviewCommentCreated(id) => line("created", project.review_comments.get(id)?, None),
        What::ReviewCommentEdited { id, before } => {
            line("edited", project.review_comments.get(id)?, Some(json!({ "body": { "from": before } })))
        }
        What::ReviewCommentDeleted(gone) => line("deleted", gone, None),
        _ => None,
    }
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
