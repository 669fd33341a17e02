//! The one function that says who may (invariant 8): for every entry point, of every kind, the same. It asks; it never trusts a payload.

use super::command::Rank;
use super::id::{Actor, ActorKind};
use super::policy::{Policy, Principal, Standing, Who};
use super::query::{Facts, Found, Membership};

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

/// Says whether the claim holds. `None`: facts are missing.
pub fn authorize(facts: &Facts, policy: &Policy, claim: Claim<'_>) -> Option<Verdict> {
    if claim.actor.kind == ActorKind::Bot {
        return Some(Verdict::Stranger);
    }
    let standing = facts.standing(claim.actor.clone());
    let named = named(facts, &policy.who, claim);
    let standing = match standing?.found {
        Found::Known(standing) => *standing,
        Found::Absent => Standing::None,
        Found::Unknown(why) => return Some(Verdict::Unknown { why }),
    };
    let named = match named? {
        Named::In(rank) => Some(rank),
        Named::Nowhere => None,
        Named::Unknown(why) => return Some(Verdict::Unknown { why }),
    };
    let by_role = by_role(&policy.who, standing);
    let reached = named.max(by_role).max(default_rank(&policy.who, standing, claim));
    Some(match reached {
        Some(rank) if rank >= claim.rank => Verdict::Allowed,
        None if claim.is_public => Verdict::Stranger,
        _ => Verdict::Denied { may: listed(&policy.who, claim.rank).to_vec() },
    })
}

/// Where the policy names nobody for a rank, the forge's own rights count.
fn default_rank(who: &Who, standing: Standing, claim: Claim<'_>) -> Option<Rank> {
    let least = |rank: Rank| match rank {
        Rank::Writer | Rank::Releaser => Standing::Write,
        // On a public repository everybody can read: only who was given something is no stranger there.
        Rank::Reader if claim.is_public => Standing::Triage,
        Rank::Reader => Standing::Read,
    };
    let by_default = RANKS
        .into_iter()
        .filter(|rank| listed(who, *rank).is_empty() || *rank == Rank::Reader)
        .filter(|rank| standing >= least(*rank))
        .max();
    by_default.max(claim.wrote_the_change.then_some(Rank::Reader))
}

const RANKS: [Rank; 3] = [Rank::Reader, Rank::Writer, Rank::Releaser];

fn listed(who: &Who, rank: Rank) -> &[Principal] {
    match rank {
        Rank::Reader => &who.reader,
        Rank::Writer => &who.writer,
        Rank::Releaser => &who.releaser,
    }
}

fn by_role(who: &Who, standing: Standing) -> Option<Rank> {
    RANKS
        .into_iter()
        .filter(|rank| {
            listed(who, *rank)
                .iter()
                .any(|principal| matches!(principal, Principal::Role(least) if standing >= *least))
        })
        .max()
}

enum Named {
    In(Rank),
    Nowhere,
    Unknown(String),
}

/// The highest rank in whose list the actor stands by name or team. All teams are asked at once.
fn named(facts: &Facts, who: &Who, claim: Claim<'_>) -> Option<Named> {
    let mut best: Option<Rank> = None;
    let mut unknown = None;
    let mut complete = true;
    for rank in RANKS {
        for principal in listed(who, rank) {
            let is_in = match principal {
                Principal::Role(_) => false,
                Principal::User(login) => login.eq_ignore_ascii_case(&claim.actor.login),
                Principal::Group(group) => {
                    match facts.member(Membership { group: group.clone(), actor: claim.actor.clone() }) {
                        None => {
                            complete = false;
                            false
                        }
                        Some(fact) => match fact.found {
                            Found::Known(is_member) => *is_member,
                            Found::Absent => false,
                            Found::Unknown(why) => {
                                unknown = Some(why);
                                false
                            }
                        },
                    }
                }
            };
            if is_in {
                best = best.max(Some(rank));
            }
        }
    }
    complete.then_some(match (best, unknown) {
        (Some(rank), _) if rank >= claim.rank => Named::In(rank),
        (_, Some(why)) => Named::Unknown(why),
        (Some(rank), None) => Named::In(rank),
        (None, None) => Named::Nowhere,
    })
}

#[cfg(test)]
mod tests;
