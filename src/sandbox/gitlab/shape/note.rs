//! Notes, the discussions they stand in, and the emoji given to them.

use serde_json::{Value, json};

use super::{merge, position, time, user};
use crate::sandbox::model::{Comment, Model, Place, Project, Reaction, Thread, object_id};

/// Each name of GitLab with the model's for the same reaction.
const AWARDS: [(&str, &str); 8] = [
    ("thumbsup", "+1"),
    ("thumbsdown", "-1"),
    ("laughing", "laugh"),
    ("confused", "confused"),
    ("heart", "heart"),
    ("tada", "hooray"),
    ("rocket", "rocket"),
    ("eyes", "eyes"),
];

pub(crate) fn award_name(content: &str) -> &str {
    AWARDS.iter().find(|(_, known)| *known == content).map_or(content, |(name, _)| name)
}

pub(crate) fn reaction_of(name: &str) -> Option<&'static str> {
    AWARDS.iter().find(|(known, _)| *known == name).map(|(_, content)| *content)
}

pub(crate) fn award(model: &Model, comment: &Comment, one: &Reaction) -> Value {
    json!({
        "id": one.id, "name": award_name(&one.content), "user": user(model, one.author),
        "created_at": time(one.created_at), "updated_at": time(one.created_at), "awardable_id": comment.id,
        "awardable_type": "Note", "url": null,
    })
}

/// The discussion of a note: that of the note that began it.
pub(crate) fn discussion_id(comment: &Comment) -> String {
    let first = comment.line().and_then(|line| line.in_reply_to).unwrap_or(comment.id);
    object_id("discussion", &first.to_be_bytes())
}

/// Whether something that was said is a note; an approval without words is none.
pub(crate) fn is_note(comment: &Comment) -> bool {
    !comment.body.is_empty()
}

pub(crate) fn note(model: &Model, project: &Project, thread: &Thread, one: &Comment) -> Value {
    let kind = if thread.pull.is_some() { "MergeRequest" } else { "Issue" };
    let is_on_line = one.line().is_some();
    let mut value = json!({
        "id": one.id, "type": is_on_line.then_some("DiffNote"), "body": one.body,
        "author": user(model, one.author), "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "system": false, "noteable_id": thread.id, "noteable_type": kind, "project_id": project.id,
        "resolvable": is_on_line, "confidential": false, "internal": false, "imported": false,
        "imported_from": "none", "noteable_iid": thread.number, "commands_changes": {},
    });
    if let Place::Line(line) = &one.place {
        let position = position(project, thread, line);
        merge(
            &mut value,
            json!({
                "commit_id": null, "position": position, "resolved": false, "resolved_by": null,
                "resolved_at": null, "suggestions": [],
            }),
        );
    }
    value
}
