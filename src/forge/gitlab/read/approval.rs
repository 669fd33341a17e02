//! Who approved merge requests, one by one: for a GitLab that does not tell it of many at once. Whose approval counts is not decided here.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use serde::Deserialize;

use super::account::User;
use super::actor::AT_ONCE;
use super::change;
use crate::domain::id::{Actor, ActorId, ActorKind};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;

/// Of so many merge requests, the newest, it is asked one by one: GitLab.com takes two thousand questions a minute, from all
/// projects together, so that a first release with the whole history must not ask more.
const MOST: usize = 500;

#[derive(Deserialize)]
struct Approvals {
    #[serde(default)]
    approved_by: Vec<Approval>,
}

#[derive(Deserialize)]
struct Approval {
    user: User,
}

/// Who approved each of these merge requests, the newest first, as far as so many questions may be asked.
pub(super) async fn of(reader: &Reader<'_>, merges: &[u64]) -> Result<HashMap<u64, Vec<ActorId>>, Fault> {
    let mut approvers = HashMap::new();
    for some in merges[..merges.len().min(MOST)].chunks(AT_ONCE) {
        let found = try_join_all(some.iter().map(|number| one(reader, *number))).await?;
        approvers.extend(some.iter().copied().zip(found));
    }
    Ok(approvers)
}

async fn one(reader: &Reader<'_>, number: u64) -> Result<Vec<ActorId>, Fault> {
    let route = change::all(reader).then(number).then("approvals");
    let found: Option<Approvals> = if_there(reader.api().get(&route).await)?;
    let approvals = found.map(|found| found.approved_by).unwrap_or_default();
    Ok(people(approvals.iter().map(|approval| approval.user.actor())))
}

/// The people among these accounts, each once.
pub(super) fn people(accounts: impl Iterator<Item = Actor>) -> Vec<ActorId> {
    let mut people: Vec<ActorId> =
        accounts.filter(|actor| actor.kind == ActorKind::Person).map(|actor| actor.id).collect();
    people.sort_unstable();
    people.dedup();
    people
}
