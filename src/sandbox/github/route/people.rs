//! Users, roles and teams.

use serde_json::json;

use super::METADATA;
use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{Model, Refusal, Role, Team};

const READ_MEMBERS: Need = Need::Token(&[("members", "read")]);

pub(super) static OPERATIONS: [Operation; 7] = [
    Operation { method: "GET", path: "/users/{username}", need: METADATA, act: user },
    Operation { method: "GET", path: "/user/{account_id}", need: METADATA, act: user_by_id },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/collaborators",
        need: METADATA,
        act: collaborators,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
        need: METADATA,
        act: permission,
    },
    Operation { method: "GET", path: "/orgs/{org}/teams/{team_slug}", need: READ_MEMBERS, act: team },
    Operation {
        method: "GET",
        path: "/orgs/{org}/teams/{team_slug}/memberships/{username}",
        need: READ_MEMBERS,
        act: membership,
    },
    Operation {
        method: "GET",
        path: "/orgs/{org}/teams/{team_slug}/members",
        need: READ_MEMBERS,
        act: members,
    },
];

fn user(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = model.find_account(call.text("username")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::public_user(model, id)))
}

fn user_by_id(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("account_id")?;
    model.accounts.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::public_user(model, id)))
}

fn permission(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = model.find_account(call.text("username")).ok_or(Refusal::NotFound)?;
    let role = model.role(call.project, id);
    let (role_name, permission) = shape::role_names(role);
    let user = shape::collaborator(model, id, role);
    Ok(Reply::json(200, json!({ "permission": permission, "role_name": role_name, "user": user })))
}

/// Who was given a role that is at least the one asked for.
fn collaborators(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let least = match call.asked("permission") {
        None | Some("pull") => Role::Read,
        Some("triage") => Role::Triage,
        Some("push") => Role::Write,
        Some("maintain") => Role::Maintain,
        Some(_) => Role::Admin,
    };
    let project = model.project(call.project)?;
    let found = project.roles.iter().filter(|(_, role)| **role >= least);
    Ok(call.list(found.map(|(id, role)| shape::collaborator(model, *id, *role)).collect()))
}

fn found<'a>(model: &'a Model, call: &Call) -> Result<&'a Team, Refusal> {
    let organization = model.find_account(call.text("org")).ok_or(Refusal::NotFound)?;
    let slug = call.text("team_slug");
    let mut teams = model.teams.iter();
    teams.find(|team| team.organization == organization && team.slug == slug).ok_or(Refusal::NotFound)
}

fn team(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, shape::team(model, found(model, call)?)))
}

fn members(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let team = found(model, call)?;
    Ok(call.list(team.members.iter().map(|id| shape::user(model, *id)).collect()))
}

fn membership(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (team, login) = (found(model, call)?, call.text("username"));
    let id = model.find_account(login).filter(|id| team.members.contains(id)).ok_or(Refusal::NotFound)?;
    let place = format!("orgs/{}/teams/{}/memberships", call.text("org"), team.slug);
    let url = format!("{}/{place}/{}", model.addresses.api, model.login(id));
    Ok(Reply::json(200, json!({ "url": url, "role": "member", "state": "active" })))
}
