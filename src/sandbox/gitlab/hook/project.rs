//! Webhooks of a project besides its changes: pushes, releases, milestones, its name, its bot's token; and of groups.

use serde_json::{Value, json};

use super::{Event, message};
use crate::sandbox::gitlab::shape::{self, told};
use crate::sandbox::model::{
    Happening, Message, Model, Project, Reach, Release, ReleaseAct, Role, Team, What,
};

/// What a push that makes or deletes a ref has for the missing side.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// GitLab puts at most this many commits into a push, the newest ones.
const MOST_COMMITS: usize = 20;

pub(super) fn events(model: &Model, project: &Project, happening: &Happening) -> Vec<Event> {
    let found = match &happening.what {
        What::RefMoved { name, before, after } => {
            let moved =
                Moved { actor: happening.actor, name, before: before.as_deref(), after: after.as_deref() };
            Some(pushed(model, project, &moved))
        }
        What::ReleaseTold { id, act } => {
            let action = match act {
                ReleaseAct::Published => Some("create"),
                ReleaseAct::Edited => Some("update"),
                ReleaseAct::Created | ReleaseAct::Unpublished => None,
            };
            let release = project.releases.get(id);
            action.zip(release).and_then(|(action, release)| released(model, project, release, action))
        }
        What::ReleaseDeleted(gone) => released(model, project, gone, "delete"),
        What::TokenExpiring => token_expiring(model, project),
        other => planned(model, project, other).or_else(|| system(model, project, other)),
    };
    found.into_iter().collect()
}

struct Moved<'a> {
    actor: u64,
    name: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

fn pushed(model: &Model, project: &Project, moved: &Moved<'_>) -> Event {
    let is_tag = moved.name.starts_with("refs/tags/");
    let (header, kind) = if is_tag { ("Tag Push Hook", "tag_push") } else { ("Push Hook", "push") };
    let (before, after) = (moved.before.unwrap_or(NOTHING), moved.after.unwrap_or(NOTHING));
    let known = moved.before.unwrap_or_else(|| project.head());
    let range = if is_tag { Vec::new() } else { project.git.range(known, after) };
    let skipped = range.len().saturating_sub(MOST_COMMITS);
    let commits = range[skipped..].iter().filter_map(|oid| project.git.commit(oid));
    let branch = moved.name.trim_start_matches("refs/heads/");
    let checked_out = moved.after.and_then(|oid| project.git.peel(oid)).map(|commit| &commit.oid);
    let message = moved.after.and_then(|oid| project.git.tag_object(oid)).map(|tag| tag.message.trim_end());
    let name = shape::username(model, moved.actor);
    let user = told::user(model, moved.actor);
    let is_protected = if is_tag { project.tags_refused } else { project.protected.contains(branch) };
    let body = json!({
        "object_kind": kind, "event_name": kind, "before": before, "after": after, "ref": moved.name,
        "ref_protected": is_protected, "checkout_sha": checked_out, "message": message, "user_id": moved.actor,
        "user_name": name, "user_username": name, "user_email": null, "user_avatar": user["avatar_url"],
        "project_id": project.id, "project": told::project(model, project),
        "commits": commits.map(|one| told::pushed_commit(model, project, one)).collect::<Vec<_>>(),
        "total_commits_count": range.len(), "push_options": {}, "repository": told::repository(model, project),
    });
    Event::bare(header, body)
}

fn released(model: &Model, project: &Project, one: &Release, action: &'static str) -> Option<Event> {
    let released_at = one.published_at.unwrap_or(one.created_at);
    let shaped = shape::release(model, project, one);
    let commit = project.resolve(&one.tag).map(|commit| told::commit(model, project, commit));
    let links = &shaped["assets"]["links"];
    let links: Vec<Value> = links.as_array().into_iter().flatten().map(link).collect();
    let body = json!({
        "id": one.id, "created_at": told::time(one.created_at), "description": shaped["description"],
        "name": shaped["name"], "released_at": told::time(released_at), "tag": one.tag, "object_kind": "release",
        "project": told::project(model, project), "url": shaped["_links"]["self"], "action": action,
        "assets": { "count": shaped["assets"]["count"], "links": links, "sources": shaped["assets"]["sources"] },
        "commit": commit,
    });
    Some(Event::of("Release Hook", action, body))
}

fn link(one: &Value) -> Value {
    json!({ "id": one["id"], "link_type": one["link_type"], "name": one["name"], "url": one["url"] })
}

fn planned(model: &Model, project: &Project, what: &What) -> Option<Event> {
    let (action, found) = match what {
        What::MilestoneOpened(number) => ("create", project.milestones.get(number)?),
        What::MilestoneClosed(number) => ("close", project.milestones.get(number)?),
        What::MilestoneReopened(number) => ("reopen", project.milestones.get(number)?),
        What::MilestoneDeleted(gone) => ("delete", &**gone),
        _ => return None,
    };
    let body = json!({
        "object_kind": "milestone", "event_type": "milestone", "project": told::project(model, project),
        "object_attributes": told::milestone(project, found), "action": action,
    });
    Some(Event::of("Milestone Hook", action, body))
}

fn token_expiring(model: &Model, project: &Project) -> Option<Event> {
    let app = &model.app;
    let token = json!({
        "user_id": app.bot, "created_at": told::time(app.created_at), "id": 7, "name": app.slug,
        "expires_at": shape::day(app.token_expires_at?),
    });
    let mut body = json!({
        "object_kind": "access_token", "object_attributes": token, "event_name": "expiring_access_token",
    });
    if model.hook.reach == Reach::Project {
        body["project"] = told::project(model, project);
    } else {
        let path = model.login(project.owner);
        let own = path.rsplit('/').next();
        body["group"] =
            json!({ "group_name": own, "group_path": own, "full_path": path, "group_id": project.owner });
    }
    Some(Event::bare("Resource Access Token Hook", body))
}

/// What only a hook of the whole forge hears.
fn system(model: &Model, project: &Project, what: &What) -> Option<Event> {
    if model.hook.reach != Reach::System {
        return None;
    }
    let path = model.path_of(project);
    let old = project.former_paths.last();
    let moved = |name| Some((name, json!({ "old_path_with_namespace": old })));
    let member = |name, id: &u64| {
        let role = project.roles.get(id).copied().unwrap_or(Role::None);
        let user = shape::username(model, *id);
        let more = json!({
            "user_id": id, "user_name": user, "user_username": user, "user_email": "[REDACTED]",
            "access_level": access_name(role), "project_name": project.name, "project_path": project.name,
            "project_path_with_namespace": path,
        });
        Some((name, more))
    };
    let (name, more) = match what {
        What::Renamed { .. } => moved("project_rename"),
        What::Transferred { .. } => moved("project_transfer"),
        What::Archived | What::Unarchived => Some(("project_update", json!({}))),
        What::Deleted => Some(("project_destroy", json!({}))),
        What::CollaboratorAdded(id) => member("user_add_to_team", id),
        What::CollaboratorRemoved(id) => member("user_remove_from_team", id),
        _ => None,
    }?;
    let owner = model.login(project.owner);
    let mut body = json!({
        "event_name": name, "created_at": shape::time(project.created_at), "updated_at": shape::time(model.now()),
        "name": project.name, "path": project.name, "path_with_namespace": path, "project_id": project.id,
        "owner_name": owner, "owners": [{ "name": owner, "email": "[REDACTED]" }], "project_namespace_id": project.owner,
        "project_visibility": shape::visibility(project).0,
    });
    shape::merge(&mut body, more);
    Some(Event::of("System Hook", name, body))
}

fn access_name(role: Role) -> &'static str {
    match role {
        Role::None => "No access",
        Role::Read => "Guest",
        Role::Triage => "Reporter",
        Role::Write => "Developer",
        Role::Maintain => "Maintainer",
        Role::Admin => "Owner",
    }
}

/// What a hook of a group hears of its sub-groups and their members.
pub(super) fn of_group(model: &Model, happening: &Happening) -> Vec<Message> {
    if model.hook.reach < Reach::Group {
        return Vec::new();
    }
    let found = |id: &u64| model.teams.iter().find(|team| team.id == *id);
    let event = match &happening.what {
        What::TeamCreated(id) => found(id).map(|team| subgroup(model, team, "subgroup_create")),
        What::TeamDeleted(gone) => Some(subgroup(model, gone, "subgroup_destroy")),
        What::TeamJoined { team, member } => {
            found(team).map(|team| joined(model, (team, *member), "user_add_to_group"))
        }
        What::TeamLeft { team, member } => {
            found(team).map(|team| joined(model, (team, *member), "user_remove_from_group"))
        }
        _ => None,
    };
    event.into_iter().map(|event| message(event, None)).collect()
}

fn subgroup(model: &Model, team: &Team, name: &'static str) -> Event {
    let (parent, own) = (model.login(team.organization), team.slug.rsplit('/').next());
    let body = json!({
        "event_name": name, "created_at": shape::time(team.created_at), "updated_at": shape::time(model.now()),
        "name": own, "path": own, "full_path": format!("{parent}/{}", team.slug), "group_id": team.id,
        "parent_group_id": team.organization, "parent_name": parent, "parent_path": parent, "parent_full_path": parent,
    });
    Event::of("Subgroup Hook", name, body)
}

fn joined(model: &Model, (team, member): (&Team, u64), name: &'static str) -> Event {
    let user = shape::username(model, member);
    let body = json!({
        "event_name": name, "created_at": shape::time(model.now()), "updated_at": shape::time(model.now()),
        "group_name": team.slug, "group_path": team.slug, "group_id": team.id, "user_username": user,
        "user_name": user, "user_email": "[REDACTED]", "user_id": member, "group_access": "Developer",
        "group_plan": null, "expires_at": null,
    });
    Event::of("Member Hook", name, body)
}
