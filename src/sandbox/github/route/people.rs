//! Users, roles and teams.

use serde_json::json;

use super::METADATA;
use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{Model, Refusal, Role, Team};

const READ_MEMBERS: Need = Need::Token(&[("members", "read")]);

pub(super) static OPERATIONS: [Operation; 4] = [
    Operation { method: "GET", path: "/users/{username}", need: METADATA, act: user },
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
];

fn user(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = model.find_account(call.text("username")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::public_user(model, id)))
}

/// The exact role, and the four levels that GitHub folds it into.
fn role_names(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::None => ("none", "none"),
        Role::Read => ("read", "read"),
        Role::Triage => ("triage", "read"),
        Role::Write => ("write", "write"),
        Role::Maintain => ("maintain", "write"),
        Role::Admin => ("admin", "admin"),
    }
}

fn permission(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = model.find_account(call.text("username")).ok_or(Refusal::NotFound)?;
    let role = model.role(call.project, id);
    let (role_name, permission) = role_names(role);
    let mut user = shape::user(model, id);
    user["role_name"] = json!(role_name);
    user["permissions"] = json!({
        "pull": role >= Role::Read, "triage": role >= Role::Triage, "push": role >= Role::Write,
        "maintain": role >= Role::Maintain, "admin": role >= Role::Admin,
    });
    Ok(Reply::json(200, json!({ "permission": permission, "role_name": role_name, "user": user })))
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

fn membership(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (team, login) = (found(model, call)?, call.text("username"));
    let id = model.find_account(login).filter(|id| team.members.contains(id)).ok_or(Refusal::NotFound)?;
    let place = format!("orgs/{}/teams/{}/memberships", call.text("org"), team.slug);
    let url = format!("{}/{place}/{}", model.addresses.api, model.login(id));
    Ok(Reply::json(200, json!({ "url": url, "role": "member", "state": "active" })))
}
