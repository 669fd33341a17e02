//! What GitLab says of people: their standing, their groups, whether they are new. What that allows is not decided here.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::account::User;
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber};
use crate::domain::policy::Standing;
use crate::domain::query::{Membership, Newcomers};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// Of so many people it is asked by one question whether they are new: a question may only be so big.
const AUTHORS: usize = 20;
/// So many questions are under way at once.
pub(super) const AT_ONCE: usize = 8;

/// Somebody's membership in a project or group, inherited or their own.
#[derive(Debug, Deserialize)]
pub(super) struct Member {
    #[serde(flatten)]
    pub(super) user: User,
    access_level: u32,
    /// `awaiting` until an owner agreed.
    #[serde(default)]
    membership_state: Option<String>,
    /// The day from which it is none; GitLab takes it away some time later.
    #[serde(default)]
    expires_at: Option<Date>,
}

impl Member {
    /// Whether it counts today.
    pub(super) fn is_active(&self, today: Date) -> bool {
        self.user.state.as_deref().is_none_or(|state| state == "active")
            && self.membership_state.as_deref().is_none_or(|state| state == "active")
            && self.expires_at.is_none_or(|end| end > today)
    }

    /// What the level comes to. Levels are ordered and new ones may stand between these, so that each counts as the one below.
    /// <https://docs.gitlab.com/api/access_requests/#valid-access-levels>
    pub(super) fn standing(&self) -> Standing {
        match self.access_level {
            50.. => Standing::Admin,
            40.. => Standing::Maintain,
            30.. => Standing::Write,
            15.. => Standing::Triage,
            10.. => Standing::Read,
            _ => Standing::None,
        }
    }
}

/// Today, as GitLab counts days.
pub(super) fn today(reader: &Reader<'_>) -> Date {
    (reader.api().now)().to_zoned(TimeZone::UTC).date()
}

/// What GitLab lets somebody do, by number: a number never changes hands. Where everybody may read, a stranger may, too.
pub(super) async fn standing(reader: &Reader<'_>, actor: &Actor) -> Result<Standing, Fault> {
    let held = held(reader, reader.route(), actor).await?;
    let held = held.map_or(Standing::None, |member| member.standing());
    if held > Standing::None {
        return Ok(held);
    }
    let is_open = matches!(reader.itself().await?.visibility.as_deref(), Some("public" | "internal"));
    Ok(if is_open { Standing::Read } else { Standing::None })
}

/// Whether somebody is an active member of the group, by itself or through one above it. Groups that we cannot see have no
/// members.
pub(super) async fn member(reader: &Reader<'_>, asked: &Membership) -> Result<bool, Fault> {
    let group = Route::root().then("groups").then(&asked.group.0);
    Ok(held(reader, group, &asked.actor).await?.is_some())
}

async fn held(reader: &Reader<'_>, of: Route, actor: &Actor) -> Result<Option<Member>, Fault> {
    let route = of.down("members/all").then(actor.id);
    let found: Option<Member> = if_there(reader.api().get(&route).await)?;
    let is_them = |member: &Member| member.user.id == actor.id.0 && member.is_active(today(reader));
    Ok(found.filter(is_them))
}

#[derive(Deserialize)]
struct Numbered {
    iid: u64,
}

/// The people whose oldest merged change is one of the given ones.
pub(super) async fn first_timers(reader: &Reader<'_>, asked: &Newcomers) -> Result<BTreeSet<ActorId>, Fault> {
    let people: Vec<&Actor> = asked.people.iter().filter(|actor| actor.kind == ActorKind::Person).collect();
    let mut new = BTreeSet::new();
    for some in people.chunks(AUTHORS) {
        let oldest = match oldest_of(reader, some).await {
            Err(Fault::Denied { .. }) => one_by_one(reader, some).await?,
            told => told?,
        };
        let known = some.iter().zip(oldest);
        new.extend(
            known
                .filter(|(_, oldest)| oldest.is_some_and(|it| asked.changes.contains(&it)))
                .map(|(it, _)| it.id),
        );
    }
    Ok(new)
}

/// The oldest merged change of each, by one question. <https://docs.gitlab.com/api/graphql/reference/#projectmergerequests>
async fn oldest_of(reader: &Reader<'_>, people: &[&Actor]) -> Result<Vec<Option<ChangeNumber>>, Fault> {
    let mut variables = json!({ "path": reader.project.path });
    let (mut names, mut fields) = (String::new(), String::new());
    for (at, actor) in people.iter().enumerate() {
        variables[format!("a{at}")] = json!(actor.login);
        names += &format!(",$a{at}:String!");
        fields += &format!(
            "a{at}:mergeRequests(authorUsername:$a{at},state:merged,sort:CREATED_ASC,first:1){{nodes{{iid}}}}"
        );
    }
    let document = format!("query($path:ID!{names}){{project(fullPath:$path){{{fields}}}}}");
    let data = reader.api().graphql(&document, variables).await?;
    // Who had nothing merged has an empty list.
    let oldest = |at: usize| data["project"][format!("a{at}")]["nodes"][0]["iid"].as_str()?.parse().ok();
    Ok((0..people.len()).map(|at| oldest(at).map(ChangeNumber)).collect())
}

/// The same for a GitLab that does not tell it of several at once.
async fn one_by_one(reader: &Reader<'_>, people: &[&Actor]) -> Result<Vec<Option<ChangeNumber>>, Fault> {
    let mut oldest = Vec::new();
    for some in people.chunks(AT_ONCE) {
        oldest.extend(try_join_all(some.iter().map(|actor| oldest_by(reader, actor.id))).await?);
    }
    Ok(oldest)
}

async fn oldest_by(reader: &Reader<'_>, author: ActorId) -> Result<Option<ChangeNumber>, Fault> {
    let route = reader.route().then("merge_requests").with("state", "merged").with("author_id", author);
    let route = route.with("order_by", "created_at").with("sort", "asc").with("per_page", 1);
    let found: Vec<Numbered> = reader.api().get(&route).await?;
    Ok(found.first().map(|oldest| ChangeNumber(oldest.iid)))
}
