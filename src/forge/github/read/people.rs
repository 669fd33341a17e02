//! People by what they belong to, and accounts by name. Whether somebody may do something is asked one by one, in `actor`.

use serde::Deserialize;

use super::actor::role;
use crate::domain::id::{Actor, ActorKind};
use crate::domain::policy::{GroupPath, Standing};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::User;
use crate::forge::route::Route;

/// Two thousand people are told at most: who is named and counted is always far fewer.
const PAGES: u32 = 20;

#[derive(Deserialize)]
struct Collaborator {
    id: u64,
    login: String,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    role_name: String,
    #[serde(default)]
    permissions: Permissions,
}

/// What a role comes to, whatever an organisation calls it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Permissions {
    admin: bool,
    maintain: bool,
    push: bool,
    triage: bool,
    pull: bool,
}

impl Permissions {
    fn standing(&self) -> Standing {
        let held = [
            (self.admin, Standing::Admin),
            (self.maintain, Standing::Maintain),
            (self.push, Standing::Write),
            (self.triage, Standing::Triage),
            (self.pull, Standing::Read),
        ];
        held.into_iter().find(|(holds, _)| *holds).map_or(Standing::None, |(_, standing)| standing)
    }
}

impl Collaborator {
    fn standing(&self) -> Standing {
        role(&self.role_name).unwrap_or_else(|| self.permissions.standing())
    }

    fn actor(self) -> Actor {
        User::actor(Some(&User { id: Some(self.id), login: Some(self.login), kind: self.kind }))
    }
}

/// The active members of `organisation/team`, those of child teams too; `None` where we can see no such team.
pub(super) async fn team(reader: &Reader<'_>, group: &GroupPath) -> Result<Option<Vec<Actor>>, Fault> {
    let Some((organisation, team)) = group.0.split_once('/') else { return Ok(None) };
    let route = Route::root().then("orgs").then(organisation).then("teams").then(team);
    let route = route.then("members").with("per_page", 100);
    let members = if_there(reader.caller.pages(&route, PAGES, |page: Vec<User>| page, |_| false).await)?;
    Ok(members.map(|members| members.iter().filter_map(known).collect()))
}

/// The people who have at least this standing, directly or through a team.
pub(super) async fn with(reader: &Reader<'_>, least: Standing) -> Result<Vec<Actor>, Fault> {
    let route = reader.repository().then("collaborators").with("affiliation", "all");
    let route = match permission(least) {
        Some(name) => route.with("permission", name),
        None => route,
    };
    let items = |page: Vec<Collaborator>| page;
    let found = reader.caller.pages(&route.with("per_page", 100), PAGES, items, |_| false).await?;
    let able = found.into_iter().filter(|one| one.standing() >= least).map(Collaborator::actor);
    Ok(able.filter(|actor| actor.kind == ActorKind::Person).collect())
}

/// The permission that at least this standing has; nothing is asked for where everybody has it.
fn permission(least: Standing) -> Option<&'static str> {
    match least {
        Standing::None | Standing::Read => None,
        Standing::Triage => Some("triage"),
        Standing::Write => Some("push"),
        Standing::Maintain => Some("maintain"),
        Standing::Admin => Some("admin"),
    }
}

/// The account of an App by its short name, before that of a user of the same name.
pub(super) async fn account(reader: &Reader<'_>, name: &str) -> Result<Option<Actor>, Fault> {
    let bot = (!name.ends_with("[bot]")).then(|| format!("{name}[bot]"));
    for login in bot.into_iter().chain([name.to_owned()]) {
        let found: Option<User> =
            if_there(reader.caller.get(&Route::root().then("users").then(login)).await)?;
        if let Some(found) = found {
            return known(&found).map(Some).ok_or_else(|| Fault::lacks("an account's number"));
        }
    }
    Ok(None)
}

fn known(user: &User) -> Option<Actor> {
    user.id.and(user.login.as_ref())?;
    Some(User::actor(Some(user)))
}
