//! Events of a project besides its changes: refs, releases, milestones, labels, its name and state. What machines report stands in `work`.

use serde_json::{Value, json};

use super::super::shape;
use super::Event;
use crate::sandbox::model::{Happening, Model, Project, Release, ReleaseAct, What};

/// What a push that makes or deletes a ref has for the missing side.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// GitHub puts at most this many commits into a push.
const MOST_COMMITS: usize = 2048;

pub(super) fn events(model: &Model, project: &Project, happening: &Happening) -> Vec<Event> {
    let one = |event: Option<Event>| event.into_iter().collect();
    match &happening.what {
        What::RefMoved { name, before, after } => {
            let moved =
                Moved { actor: happening.actor, name, before: before.as_deref(), after: after.as_deref() };
            ref_moved(model, project, &moved)
        }
        What::ReleaseTold { id, act } => project
            .releases
            .get(id)
            .map(|release| released(model, project, release, *act))
            .unwrap_or_default(),
        What::ReleaseDeleted(gone) => {
            vec![Event::of("release", "deleted", json!({ "release": shape::release(model, project, gone) }))]
        }
        What::Renamed { from } => {
            vec![Event::of(
                "repository",
                "renamed",
                json!({ "changes": { "repository": { "name": { "from": from } } } }),
            )]
        }
        What::Transferred { from } => {
            let owner = json!({ "from": { "organization": shape::organization(model, *from) } });
            vec![Event::of("repository", "transferred", json!({ "changes": { "owner": owner } }))]
        }
        What::Archived => vec![Event::of("repository", "archived", json!({}))],
        What::Unarchived => vec![Event::of("repository", "unarchived", json!({}))],
        other => one(planned(model, project, other)),
    }
}

fn planned(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let milestone = |action, number: &u64, mut fields: Value| {
        fields["milestone"] = shape::milestone(model, project, project.milestones.get(number)?);
        Some(Event::of("milestone", action, fields))
    };
    let label = |action, name: &str, mut fields: Value| {
        fields["label"] = shape::label(model, project, project.labels.get(name)?);
        Some(Event::of("label", action, fields))
    };
    match what {
        What::MilestoneOpened(number) => milestone("created", number, json!({})),
        What::MilestoneEdited(number) => milestone("edited", number, json!({ "changes": {} })),
        What::MilestoneClosed(number) => milestone("closed", number, json!({})),
        What::MilestoneReopened(number) => milestone("opened", number, json!({})),
        What::MilestoneDeleted(gone) => Some(Event::of(
            "milestone",
            "deleted",
            json!({ "milestone": shape::milestone(model, project, gone) }),
        )),
        What::LabelCreated(name) => label("created", name, json!({})),
        What::LabelEdited { name, before } => {
            label("edited", name, json!({ "changes": { "name": { "from": before } } }))
        }
        What::LabelDeleted(gone) => {
            Some(Event::of("label", "deleted", json!({ "label": shape::label(model, project, gone) })))
        }
        _ => None,
    }
}

/// Publishing tells twice: `published`, and `released` or `prereleased` by its kind.
fn released(model: &Model, project: &Project, release: &Release, act: ReleaseAct) -> Vec<Event> {
    let event = |action, more: Value| {
        let mut fields = json!({ "release": shape::release(model, project, release) });
        shape::merge(&mut fields, more);
        Event::of("release", action, fields)
    };
    let kind = if release.is_prerelease { "prereleased" } else { "released" };
    match act {
        ReleaseAct::Created => vec![event("created", json!({}))],
        ReleaseAct::Published => vec![event("published", json!({})), event(kind, json!({}))],
        ReleaseAct::Edited => vec![event("edited", json!({ "changes": {} }))],
        ReleaseAct::Unpublished => vec![event("unpublished", json!({}))],
    }
}

struct Moved<'a> {
    actor: u64,
    name: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

fn ref_moved(model: &Model, project: &Project, moved: &Moved<'_>) -> Vec<Event> {
    let push = Event::bare("push", pushed(model, project, moved));
    let (kind, short) = match moved.name.strip_prefix("refs/tags/") {
        Some(tag) => ("tag", tag),
        None => ("branch", moved.name.trim_start_matches("refs/heads/")),
    };
    let fields = json!({
        "ref": short, "ref_type": kind, "master_branch": project.default_branch, "description": null,
        "pusher_type": "user",
    });
    match (moved.before, moved.after) {
        (None, Some(_)) => vec![Event::bare("create", fields), push],
        (Some(_), None) => {
            vec![
                Event::bare("delete", json!({ "ref": short, "ref_type": kind, "pusher_type": "user" })),
                push,
            ]
        }
        _ => vec![push],
    }
}

fn pushed(model: &Model, project: &Project, moved: &Moved<'_>) -> Value {
    let is_branch = moved.name.starts_with("refs/heads/");
    let (before, after) = (moved.before.unwrap_or(NOTHING), moved.after.unwrap_or(NOTHING));
    let known = moved.before.unwrap_or_else(|| project.head());
    let range = if is_branch { project.git.range(known, after) } else { Vec::new() };
    let commits = range.iter().take(MOST_COMMITS).filter_map(|oid| project.git.commit(oid));
    let forced =
        moved.before.is_some_and(|before| moved.after.is_some() && !project.git.is_reachable(before, after));
    let head = moved.after.and_then(|oid| project.git.peel(oid));
    let mut repository = shape::repository(model, project);
    shape::merge(
        &mut repository,
        json!({
            "master_branch": project.default_branch, "stargazers": 0, "created_at": project.created_at.as_second(),
            "pushed_at": model.now().as_second(), "organization": model.login(project.owner),
        }),
    );
    let login = model.login(moved.actor);
    json!({
        "ref": moved.name, "before": before, "after": after, "created": moved.before.is_none(),
        "deleted": moved.after.is_none(), "forced": forced, "base_ref": null,
        "compare": format!("{}/compare/{}...{}", shape::site_url(model, project), &before[..12], &after[..12]),
        "commits": commits.map(|one| shape::pushed_commit(model, project, one)).collect::<Vec<_>>(),
        "head_commit": head.map(|one| shape::pushed_commit(model, project, one)),
        "pusher": { "name": login, "email": format!("{login}@users.noreply.example").replace(['[', ']'], "") },
        "repository": repository,
    })
}
