//! The one function that says who may (invariant 8): for every entry point, of every kind, the same. It asks; it never trusts a payload.

use super::command::Rank;
use super::id::{Actor, ActorKind};
use super::policy::{Policy, Principal, Standing, Who};
use super::query::{Facts, Found, Membership};
use super::state::State;

/// Whether somebody may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// They may.
    Allowed,
    /// They may not; these may.
    Denied {
        /// Who may, as the policy names them; empty: whoever the forge gives the default right.
        may: Vec<Principal>,
    },
    /// They have nothing to do with the project: a reaction, and no words.
    Stranger,
    /// It could not be found out, and so the answer is no.
    Unknown {
        /// Why, for people.
        why: String,
    },
}

/// Who asks, and in which light.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What they must at least be.
    pub rank: Rank,
    /// Whether they wrote the change that they speak on.
    pub wrote_the_change: bool,
    /// Whether everybody can read the project; unknown counts as yes.
    pub is_public: bool,
}

impl<'a> Claim<'a> {
    /// The claim to be of a rank, whatever change it is about.
    pub fn of_rank(state: &State, actor: &'a Actor, rank: Rank) -> Self {
        let is_public = state.project.as_ref().and_then(|project| project.public).unwrap_or(true);
        Self { actor, rank, wrote_the_change: false, is_public }
    }
}

/// Says whether the claim holds. `None`: facts are missing.
pub fn authorize(facts: &Facts, policy: &Policy, claim: Claim<'_>) -> Option<Verdict> {
    if claim.actor.kind == ActorKind::Bot {
        return Some(Verdict::Stranger);
    }
    let standing = facts.standing(claim.actor.clone());
    // All lists are looked at before any answer is missed, so that their teams are asked for at once.
    let named: Vec<Option<Belongs>> =
        RANKS.iter().map(|rank| belongs(facts, &listed(policy, *rank), claim.actor)).collect();
    let standing = match standing?.found {
        Found::Known(standing) => *standing,
        Found::Absent => Standing::None,
        Found::Unknown(why) => return Some(Verdict::Unknown { why }),
    };
    let named: Vec<Belongs> = named.into_iter().collect::<Option<_>>()?;
    let holds = |(rank, named): (&Rank, &Belongs)| {
        *named == Belongs::Yes
            || by_role(&listed(policy, *rank), standing)
            || (*rank == Rank::Reader && claim.wrote_the_change)
            || by_default(policy, *rank, claim, standing)
    };
    let held: Vec<Rank> =
        RANKS.iter().zip(&named).filter(|pair| holds(*pair)).map(|(rank, _)| *rank).collect();
    if held.iter().any(|rank| rank.implies(claim.rank)) {
        return Some(Verdict::Allowed);
    }
    // A team that cannot be read may hold them: then nobody is sent away as a stranger, and nobody let in.
    let unknown = named.into_iter().find_map(|named| match named {
        Belongs::Unknown(why) => Some(why),
        Belongs::Yes | Belongs::No => None,
    });
    Some(match unknown {
        Some(why) => Verdict::Unknown { why },
        None if held.is_empty() && claim.is_public => Verdict::Stranger,
        None => Verdict::Denied { may: listed(policy, claim.rank) },
    })
}

const RANKS: [Rank; 5] = Rank::ALL;

/// Where the policy names nobody for a rank, the forge's own rights count.
fn by_default(policy: &Policy, rank: Rank, claim: Claim<'_>, standing: Standing) -> bool {
    let least = match rank {
        Rank::Writer | Rank::Releaser | Rank::Approver | Rank::Deployer => Standing::Write,
        // On a public repository everybody can read: only who was given something is no stranger there.
        Rank::Reader if claim.is_public => Standing::Triage,
        Rank::Reader => Standing::Read,
    };
    (own_list(&policy.who, rank).is_empty() || rank == Rank::Reader) && standing >= least
}

fn own_list(who: &Who, rank: Rank) -> &[Principal] {
    match rank {
        Rank::Reader => &who.reader,
        Rank::Writer => &who.writer,
        Rank::Releaser => &who.releaser,
        Rank::Approver => &who.approver,
        Rank::Deployer => &who.deployer,
    }
}

/// Who holds a rank by name: whom an environment asks for approval may approve, whatever else they may.
fn listed(policy: &Policy, rank: Rank) -> Vec<Principal> {
    let mut all = own_list(&policy.who, rank).to_vec();
    if rank == Rank::Approver {
        let rules = policy.environments.iter().flat_map(|environment| &environment.conditions.approvals);
        all.extend(rules.flat_map(|rule| rule.from.iter().cloned()));
        all.sort();
        all.dedup();
    }
    all
}

fn by_role(list: &[Principal], standing: Standing) -> bool {
    list.iter().any(|principal| matches!(principal, Principal::Role(least) if standing >= *least))
}

/// Whether somebody is in a list, by name or by team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// It could not be found out.
    Unknown(String),
}

/// Whether somebody stands in a list by name or team; roles are another question. `None`: facts are missing; all teams are
/// asked for at once.
pub fn belongs(facts: &Facts, list: &[Principal], actor: &Actor) -> Option<Belongs> {
    let each: Vec<Option<Belongs>> = list
        .iter()
        .map(|principal| match principal {
            Principal::Role(_) => Some(Belongs::No),
            Principal::User(login) if login.eq_ignore_ascii_case(&actor.login) => Some(Belongs::Yes),
            Principal::User(_) => Some(Belongs::No),
            Principal::Group(group) => {
                let fact = facts.member(Membership { group: group.clone(), actor: actor.clone() })?;
                Some(match fact.found {
                    Found::Known(true) => Belongs::Yes,
                    Found::Known(false) | Found::Absent => Belongs::No,
                    Found::Unknown(why) => Belongs::Unknown(why),
                })
            }
        })
        .collect();
    let each: Vec<Belongs> = each.into_iter().collect::<Option<_>>()?;
    let unknown = each.iter().find(|one| matches!(one, Belongs::Unknown(_)));
    Some(if each.contains(&Belongs::Yes) { Belongs::Yes } else { unknown.cloned().unwrap_or(Belongs::No) })
}

#[cfg(test)]
mod tests;
