//! What GitHub says of people: their standing, their teams, whether they are new. What that allows is not decided here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber};
use crate::domain::policy::Standing;
use crate::domain::query::{Membership, Newcomers};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::User;
use crate::forge::route::Route;

/// More searches in one document are refused as too dear.
pub(super) const SEARCHES: usize = 30;

#[derive(Deserialize)]
struct Permission {
    #[serde(default)]
    permission: String,
    #[serde(default)]
    role_name: String,
    user: Option<User>,
}

#[derive(Deserialize)]
struct TeamMembership {
    state: String,
}

/// What GitHub lets somebody do. A login that belongs to another number by now has no standing.
pub(super) async fn standing(reader: &Reader<'_>, actor: &Actor) -> Result<Standing, Fault> {
    let route = reader.repository().then("collaborators").then(&actor.login).then("permission");
    let Some(found) = if_there(reader.caller.get::<Permission>(&route).await)? else {
        return Ok(Standing::None);
    };
    if found.user.as_ref().and_then(|user| user.id) != Some(actor.id.0) {
        return Ok(Standing::None);
    }
    // `permission` folds maintain into write and triage into read; roles of an organisation's own have only that.
    Ok(role(&found.role_name).or_else(|| role(&found.permission)).unwrap_or(Standing::None))
}

/// The standing of one of GitHub's own roles.
pub(super) fn role(name: &str) -> Option<Standing> {
    Some(match name {
        "admin" => Standing::Admin,
        "maintain" => Standing::Maintain,
        "write" => Standing::Write,
        "triage" => Standing::Triage,
        "read" => Standing::Read,
        "none" => Standing::None,
        _ => return None,
    })
}

/// Whether somebody is an active member of `organisation/team`. Teams that we cannot see have no members.
pub(super) async fn member(reader: &Reader<'_>, asked: &Membership) -> Result<bool, Fault> {
    let Some((organisation, team)) = asked.group.0.split_once('/') else { return Ok(false) };
    let route = Route::root().then("orgs").then(organisation).then("teams").then(team);
    let route = route.then("memberships").then(&asked.actor.login);
    let found: Option<TeamMembership> = if_there(reader.caller.get(&route).await)?;
    if found.is_none_or(|membership| membership.state != "active") {
        return Ok(false);
    }
    // The membership names no number, and a login may have changed hands.
    is_still(reader, &asked.actor).await
}

async fn is_still(reader: &Reader<'_>, actor: &Actor) -> Result<bool, Fault> {
    let route = Route::root().then("users").then(&actor.login);
    let found: Option<User> = if_there(reader.caller.get(&route).await)?;
    Ok(found.and_then(|user| user.id) == Some(actor.id.0))
}

#[derive(Deserialize)]
struct Found {
    nodes: Vec<Option<Numbered>>,
}

#[derive(Deserialize)]
struct Numbered {
    number: Option<u64>,
}

/// The people whose oldest merged change is one of the given ones.
pub(super) async fn first_timers(reader: &Reader<'_>, asked: &Newcomers) -> Result<BTreeSet<ActorId>, Fault> {
    let mut new = BTreeSet::new();
    for some in searchable(asked).chunks(SEARCHES) {
        let searches = Searches::of(reader, some);
        let document = format!("query({}){{{}}}", searches.declared, searches.fields);
        let found = reader.caller.graphql(&document, searches.variables).await?;
        new.extend(new_among(asked, some, &found));
    }
    Ok(new)
}

/// Those of the people who can be searched for.
pub(super) fn searchable(asked: &Newcomers) -> Vec<&Actor> {
    asked.people.iter().filter(|actor| is_searchable(actor)).collect()
}

/// Those of the people whom the searches found new.
pub(super) fn new_among(
    asked: &Newcomers,
    people: &[&Actor],
    found: &Map<String, Value>,
) -> BTreeSet<ActorId> {
    let is_new = |at: usize| {
        let oldest = found.get(&format!("p{at}")).and_then(oldest_of);
        oldest.is_some_and(|oldest| asked.changes.contains(&oldest))
    };
    people.iter().enumerate().filter(|(at, _)| is_new(*at)).map(|(_, actor)| actor.id).collect()
}

fn oldest_of(found: &Value) -> Option<ChangeNumber> {
    let found: Found = serde_json::from_value(found.clone()).ok()?;
    found.nodes.into_iter().flatten().find_map(|node| node.number).map(ChangeNumber)
}

/// Bots are never new; a login with other characters than GitHub gives could say more than a login in a search.
fn is_searchable(actor: &Actor) -> bool {
    actor.kind == ActorKind::Person
        && !actor.login.is_empty()
        && actor.login.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Searches for the oldest merged change of each of some people, as the parts of a document.
pub(super) struct Searches {
    pub(super) declared: String,
    pub(super) fields: String,
    pub(super) variables: Value,
}

impl Searches {
    pub(super) fn of(reader: &Reader<'_>, people: &[&Actor]) -> Self {
        let (mut declared, mut fields, mut variables) = (String::new(), String::new(), Map::new());
        for (at, actor) in people.iter().enumerate() {
            let search = format!(
                "repo:{} is:pr is:merged author:{} sort:created-asc",
                reader.project.path, actor.login
            );
            variables.insert(format!("q{at}"), json!(search));
            let _ = write!(declared, "{}$q{at}:String!", if at == 0 { "" } else { "," });
            let _ = write!(
                fields,
                "p{at}:search(query:$q{at},type:ISSUE,first:1){{issueCount nodes{{... on PullRequest{{number}}}}}} "
            );
        }
        Self { declared, fields, variables: Value::Object(variables) }
    }
}
