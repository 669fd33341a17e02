//! Users, organisations, teams, the app and its installations.

use serde_json::{Value, json};

use super::{maybe_time, node_id, time};
use crate::sandbox::model::{AccountKind, Installation, Model, OtherApp, Role, Team};

fn kind_name(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Person => "User",
        AccountKind::Bot => "Bot",
        AccountKind::Organization => "Organization",
    }
}

/// A user as it stands inside other things.
pub(crate) fn user(model: &Model, id: u64) -> Value {
    let login = model.login(id);
    let kind = model.accounts.get(&id).map_or(AccountKind::Person, |account| account.kind);
    let api = format!("{}/users/{}", model.addresses.api, login.replace('[', "%5B").replace(']', "%5D"));
    json!({
        "login": login, "id": id, "node_id": node_id("U", id), "gravatar_id": "",
        "avatar_url": format!("{}/avatars/{id}", model.addresses.site),
        "url": api, "html_url": format!("{}/{}", model.addresses.site, login.replace("[bot]", "")),
        "followers_url": format!("{api}/followers"), "following_url": format!("{api}/following{{/other_user}}"),
        "gists_url": format!("{api}/gists{{/gist_id}}"), "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{api}/subscriptions"), "organizations_url": format!("{api}/orgs"),
        "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events{{/privacy}}"),
        "received_events_url": format!("{api}/received_events"), "type": kind_name(kind), "site_admin": false,
    })
}

/// The answer of `GET /users/{username}`.
pub(crate) fn public_user(model: &Model, id: u64) -> Value {
    let mut value = user(model, id);
    let created_at = time(model.accounts.get(&id).map_or(model.app.created_at, |account| account.created_at));
    merge(
        &mut value,
        json!({
            "name": null, "company": null, "blog": null, "location": null, "email": null, "hireable": null, "bio": null,
            "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": created_at, "updated_at": created_at,
        }),
    );
    value
}

/// Puts the members of one object into another.
pub(crate) fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(from)) = (value, more) {
        into.extend(from);
    }
}

/// An organisation as it stands in a webhook.
pub(crate) fn organization(model: &Model, id: u64) -> Value {
    let login = model.login(id);
    let api = format!("{}/orgs/{login}", model.addresses.api);
    json!({
        "login": login, "id": id, "node_id": node_id("O", id), "url": api, "repos_url": format!("{api}/repos"),
        "events_url": format!("{api}/events"), "hooks_url": format!("{api}/hooks"),
        "issues_url": format!("{api}/issues"), "members_url": format!("{api}/members{{/member}}"),
        "public_members_url": format!("{api}/public_members{{/member}}"),
        "avatar_url": format!("{}/avatars/{id}", model.addresses.site), "description": null,
    })
}

/// A team as events carry it.
pub(crate) fn team_in_event(model: &Model, one: &Team) -> Value {
    let mut value = team(model, one);
    if let Value::Object(fields) = &mut value {
        for name in ["type", "created_at", "updated_at", "members_count", "repos_count", "organization"] {
            fields.remove(name);
        }
    }
    value
}

pub(crate) fn team(model: &Model, team: &Team) -> Value {
    let login = model.login(team.organization);
    let api = format!("{}/orgs/{login}/teams/{}", model.addresses.api, team.slug);
    let mut organization = organization(model, team.organization);
    let created_at = time(team.created_at);
    merge(
        &mut organization,
        json!({
            "html_url": format!("{}/{login}", model.addresses.site), "has_organization_projects": true,
            "has_repository_projects": true, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "type": "Organization", "created_at": created_at, "updated_at": created_at, "archived_at": null,
        }),
    );
    json!({
        "id": team.id, "node_id": node_id("T", team.id), "url": api, "slug": team.slug, "name": team.slug,
        "html_url": format!("{}/orgs/{login}/teams/{}", model.addresses.site, team.slug), "description": null,
        "members_url": format!("{api}/members{{/member}}"), "repositories_url": format!("{api}/repos"),
        "permission": "pull", "privacy": "closed", "type": "organization", "parent": null,
        "created_at": created_at, "updated_at": created_at, "members_count": team.members.len(), "repos_count": 0,
        "organization": organization,
    })
}

pub(crate) fn app(model: &Model) -> Value {
    let app = &model.app;
    let created_at = time(app.created_at);
    json!({
        "id": app.credentials.id, "slug": app.slug, "client_id": app.credentials.client_id,
        "node_id": node_id("A", app.credentials.id), "owner": user(model, app.owner), "name": "Lockkeeper",
        "description": null, "external_url": model.addresses.site,
        "html_url": format!("{}/apps/{}", model.addresses.site, app.slug), "created_at": created_at,
        "updated_at": created_at, "permissions": app.permissions, "events": heard(model),
        "installations_count": model.installations.len(),
    })
}

/// The app whose bot an account is; none for people.
pub(crate) fn app_of(model: &Model, account: u64) -> Option<Value> {
    if account == model.app.bot {
        return Some(app(model));
    }
    model.others.iter().find(|other| other.bot == account).map(|other| other_app(model, other))
}

fn other_app(model: &Model, other: &OtherApp) -> Value {
    let created_at = time(model.app.created_at);
    json!({
        "id": other.id, "slug": other.slug, "node_id": node_id("A", other.id), "owner": user(model, other.bot),
        "name": other.slug, "description": null, "external_url": model.addresses.site,
        "html_url": format!("{}/apps/{}", model.addresses.site, other.slug), "created_at": created_at,
        "updated_at": created_at, "events": [],
        "permissions": { "checks": "write", "deployments": "write", "metadata": "read", "statuses": "write" },
    })
}

/// The exact role, and the four levels that GitHub folds it into.
pub(crate) fn role_names(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::None => ("none", "none"),
        Role::Read => ("read", "read"),
        Role::Triage => ("triage", "read"),
        Role::Write => ("write", "write"),
        Role::Maintain => ("maintain", "write"),
        Role::Admin => ("admin", "admin"),
    }
}

/// A user with what they may do in a project.
pub(crate) fn collaborator(model: &Model, id: u64, role: Role) -> Value {
    let mut value = user(model, id);
    value["role_name"] = json!(role_names(role).0);
    value["permissions"] = json!({
        "pull": role >= Role::Read, "triage": role >= Role::Triage, "push": role >= Role::Write,
        "maintain": role >= Role::Maintain, "admin": role >= Role::Admin,
    });
    value
}

/// What the app is subscribed to, besides what is always sent.
pub(crate) const EVENTS: [&str; 20] = [
    "check_run",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "issue_comment",
    "label",
    "member",
    "membership",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "release",
    "repository",
    "status",
    "team",
    "workflow_run",
    "issues",
];

fn heard(model: &Model) -> Vec<&'static str> {
    EVENTS.into_iter().filter(|event| !model.app.unheard.contains(*event)).collect()
}

pub(crate) fn installation(model: &Model, one: &Installation) -> Value {
    let api = format!("{}/app/installations/{}", model.addresses.api, one.id);
    let login = model.login(one.account);
    let kind = model.accounts.get(&one.account).map_or(AccountKind::Organization, |account| account.kind);
    json!({
        "id": one.id, "app_id": model.app.credentials.id, "client_id": model.app.credentials.client_id,
        "app_slug": model.app.slug, "target_id": one.account, "target_type": kind_name(kind),
        "account": user(model, one.account), "single_file_name": null,
        "repository_selection": if one.selected.is_some() { "selected" } else { "all" },
        "access_tokens_url": format!("{api}/access_tokens"),
        "repositories_url": format!("{}/installation/repositories", model.addresses.api),
        "html_url": format!("{}/organizations/{login}/settings/installations/{}", model.addresses.site, one.id),
        "permissions": one.permissions, "events": heard(model),
        "created_at": time(one.created_at), "updated_at": time(one.created_at),
        "suspended_at": maybe_time(one.suspended_at),
        "suspended_by": one.suspended_at.map(|_| user(model, one.account)),
    })
}
