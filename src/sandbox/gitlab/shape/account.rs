//! Users, groups and members.

use serde_json::{Value, json};

use super::{day, maybe_time, merge, time};
use crate::sandbox::model::{AccountKind, Model, Project, Role, Team, object_id};

/// A login as GitLab allows it. Bots of others have the names that it gives to the bots of tokens.
pub(crate) fn username(model: &Model, id: u64) -> String {
    let login = model.login(id);
    match login.strip_suffix("[bot]") {
        Some(_) => format!("project_1_bot_{}", &object_id("bot", login.as_bytes())[..8]),
        None => login.to_owned(),
    }
}

/// A user as it stands inside other things.
pub(crate) fn user(model: &Model, id: u64) -> Value {
    let (name, site) = (username(model, id), &model.addresses.site);
    json!({
        "id": id, "username": name, "public_email": "", "name": name, "state": "active", "locked": false,
        "avatar_url": format!("{site}/uploads/avatar/{id}.png"), "web_url": format!("{site}/{name}"),
    })
}

/// The answer of `GET /user`, and of `GET /users/:id` to an administrator.
pub(crate) fn current_user(model: &Model, id: u64) -> Value {
    let mut value = user(model, id);
    let account = model.accounts.get(&id);
    let created_at = time(account.map_or(model.app.created_at, |account| account.created_at));
    let is_bot = account.is_some_and(|account| account.kind == AccountKind::Bot);
    merge(
        &mut value,
        json!({
            "created_at": created_at, "bio": "", "location": "", "linkedin": "", "twitter": "", "discord": "",
            "website_url": "", "github": "", "job_title": "", "pronouns": null, "organization": "", "bot": is_bot,
            "work_information": null, "followers": 0, "following": 0, "is_followed": false, "local_time": null,
            "last_sign_in_at": null, "confirmed_at": created_at, "last_activity_on": null,
            "email": format!("{}@noreply.example", username(model, id)), "theme_id": 3, "color_scheme_id": 1,
            "projects_limit": 0, "current_sign_in_at": null, "identities": [], "can_create_group": false,
            "can_create_project": false, "two_factor_enabled": false, "external": false,
            "private_profile": false, "commit_email": format!("{}@noreply.example", username(model, id)),
        }),
    );
    value
}

/// A role as the number that GitLab orders roles by.
pub(crate) fn level(role: Role) -> u64 {
    match role {
        Role::None => 0,
        Role::Read => 10,
        Role::Triage => 20,
        Role::Write => 30,
        Role::Maintain => 40,
        Role::Admin => 50,
    }
}

pub(crate) fn member(model: &Model, id: u64, role: Role) -> Value {
    let mut value = user(model, id);
    let created_at = time(model.accounts.get(&id).map_or(model.app.created_at, |one| one.created_at));
    let ends = model.app.token_expires_at.filter(|_| id == model.app.bot).map(day);
    merge(
        &mut value,
        json!({
            "access_level": level(role), "created_at": created_at, "expires_at": ends,
            "membership_state": "active",
        }),
    );
    value
}

/// A group: an organisation, or below it a team.
pub(crate) enum Group<'a> {
    Whole(u64),
    Team(&'a Team),
}

/// The group of a full path, or of a number.
pub(crate) fn group_of<'a>(model: &'a Model, name: &str) -> Option<Group<'a>> {
    let number = name.parse::<u64>().ok();
    let is_named = |path: &str, id: u64| path.eq_ignore_ascii_case(name) || number == Some(id);
    let organization = model
        .accounts
        .values()
        .find(|one| one.kind == AccountKind::Organization && is_named(&one.login, one.id));
    if let Some(organization) = organization {
        return Some(Group::Whole(organization.id));
    }
    model.teams.iter().find(|team| is_named(&full_path(model, team), team.id)).map(Group::Team)
}

pub(crate) fn full_path(model: &Model, team: &Team) -> String {
    format!("{}/{}", model.login(team.organization), team.slug)
}

impl Group<'_> {
    fn id(&self) -> u64 {
        match self {
            Group::Whole(id) => *id,
            Group::Team(team) => team.id,
        }
    }

    fn path(&self, model: &Model) -> String {
        match self {
            Group::Whole(id) => model.login(*id).to_owned(),
            Group::Team(team) => full_path(model, team),
        }
    }

    /// Who is in it, by themselves or through a group above it.
    pub(crate) fn members(&self, model: &Model) -> Vec<u64> {
        let path = self.path(model);
        let is_above = |team: &&Team| {
            let above = full_path(model, team);
            path == above || path.starts_with(&format!("{above}/"))
        };
        let mut found: Vec<u64> =
            model.teams.iter().filter(is_above).flat_map(|team| team.members.iter().copied()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

pub(crate) fn group(model: &Model, group: &Group<'_>) -> Value {
    let (id, path) = (group.id(), group.path(model));
    let (above, own) = path.rsplit_once('/').unwrap_or(("", &path));
    let parent = group_of(model, above).map(|parent| parent.id());
    let site = &model.addresses.site;
    let created_at = match group {
        Group::Whole(id) => model.accounts.get(id).map(|one| one.created_at),
        Group::Team(team) => Some(team.created_at),
    };
    json!({
        "id": id, "web_url": format!("{site}/groups/{path}"), "name": own, "path": own, "description": "",
        "visibility": "private", "share_with_group_lock": false, "require_two_factor_authentication": false,
        "two_factor_grace_period": 48, "project_creation_level": "developer", "auto_devops_enabled": null,
        "subgroup_creation_level": "maintainer", "emails_disabled": false, "emails_enabled": true,
        "mentions_disabled": null, "lfs_enabled": true, "archived": false,
        "default_branch": null, "default_branch_protection": 2, "avatar_url": null, "request_access_enabled": true,
        "full_name": path.replace('/', " / "), "full_path": path, "created_at": maybe_time(created_at),
        "parent_id": parent, "organization_id": 1, "shared_with_groups": [],
    })
}

/// Everybody who was given a role in a project, and the bot where its token reaches.
pub(crate) fn members_of(model: &Model, project: &Project) -> Vec<(u64, Role)> {
    let mut found: Vec<(u64, Role)> = project.roles.iter().map(|(id, role)| (*id, *role)).collect();
    if !project.roles.contains_key(&model.app.bot) {
        found.push((model.app.bot, model.membership(project, model.app.bot)));
    }
    found.retain(|(_, role)| *role > Role::None);
    found
}
