//! People by what they belong to. Whether somebody may do something is asked one by one, in `actor`.

use std::collections::BTreeMap;

use super::actor::{Member, today};
use crate::domain::id::{Actor, ActorKind};
use crate::domain::policy::{GroupPath, Standing};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// Two thousand people are told at most: who is named and counted is always far fewer.
const PAGES: u32 = 20;

/// The active members of a group by its full path, inherited ones too; `None` where we can see no such group.
pub(super) async fn team(reader: &Reader<'_>, group: &GroupPath) -> Result<Option<Vec<Actor>>, Fault> {
    let found = if_there(members(reader, Route::root().then("groups").then(&group.0)).await)?;
    Ok(found.map(|members| members.iter().map(|member| member.user.actor()).collect()))
}

/// The people who have at least this standing, directly, by inheritance or through an invited group.
pub(super) async fn with(reader: &Reader<'_>, least: Standing) -> Result<Vec<Actor>, Fault> {
    let members = members(reader, reader.route()).await?;
    let able = members.iter().filter(|member| member.standing() >= least).map(|member| member.user.actor());
    Ok(able.filter(|actor| actor.kind == ActorKind::Person).collect())
}

/// Each active member once but for ourselves, who are nobody to be asked, with the highest level: older servers list one that is both inherited and direct twice.
async fn members(reader: &Reader<'_>, of: Route) -> Result<Vec<Member>, Fault> {
    let route = of.down("members/all").with("per_page", 100);
    let found: Vec<Member> = reader.api().pages(&route, PAGES, |_| false).await?;
    let (today, us) = (today(reader), reader.gitlab.ourselves().await?.id.0);
    let mut highest: BTreeMap<u64, Member> = BTreeMap::new();
    for member in found.into_iter().filter(|member| member.is_active(today) && member.user.id != us) {
        let before = highest.get(&member.user.id).map_or(Standing::None, Member::standing);
        if before <= member.standing() {
            highest.insert(member.user.id, member);
        }
    }
    Ok(highest.into_values().collect())
}
