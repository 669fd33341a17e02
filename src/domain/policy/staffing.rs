//! Whether the people whom a policy names are there, and enough of them. Who may do what at a moment is `authorize`'s question.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::{ApprovalRule, Environment};
use super::{GroupPath, Policy, Principal, Standing};
use crate::domain::id::{Actor, ActorId, ActorKind, EnvironmentName};
use crate::domain::query::{Fact, Facts, Found};

/// What a policy lacks of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortage {
    /// There is no such team or user, or we cannot see it.
    Absent(Principal),
    /// A team without anybody.
    Empty(GroupPath),
    /// An account whose reports would count does not exist.
    NoReporter {
        /// Where.
        environment: EnvironmentName,
        /// As the policy names it.
        account: String,
    },
    /// It could not be read, and why.
    Unread(Principal, String),
    /// Fewer people than approvals that only they may give, because who asks gives none.
    TooFew {
        /// Where.
        environment: EnvironmentName,
        /// So many approvals.
        wanted: u32,
        /// These people.
        people: Vec<Actor>,
        /// When.
        when: When,
    },
}

/// When there are too few people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Whoever asks.
    Always,
    /// Where one of them asks.
    OneOfThemAsks,
}

/// Everything that is lacking, in the order of the policy. `None`: facts are missing.
pub fn shortages(policy: &Policy, facts: &Facts) -> Option<Vec<Shortage>> {
    // Everybody is asked for before any answer is missed, so that one round of questions is enough.
    let people = People::of(policy, facts);
    let reporters: Vec<_> =
        policy.environments.iter().map(|environment| absent_reporters(policy, environment, facts)).collect();
    let (people, reporters) = (people?, reporters.into_iter().collect::<Option<Vec<_>>>()?);
    let mut shortages: Vec<Shortage> = named(policy).iter().filter_map(|one| people.shortage(one)).collect();
    shortages.extend(reporters.into_iter().flatten());
    shortages.extend(policy.environments.iter().filter_map(|one| too_few(policy, one, &people)));
    Some(shortages)
}

/// Everybody whom the policy names, each once.
fn named(policy: &Policy) -> Vec<Principal> {
    let who = &policy.who;
    let by_rank = [&who.reader, &who.writer, &who.releaser, &who.deployer, &who.approver];
    let rules = policy.environments.iter().flat_map(|environment| &environment.conditions.approvals);
    let mut seen = BTreeSet::new();
    let all = by_rank.into_iter().flatten().chain(rules.flat_map(|rule| &rule.from));
    all.filter(|principal| seen.insert(*principal)).cloned().collect()
}

/// What the forge says of everybody who matters.
struct People(BTreeMap<Principal, Found<Vec<Actor>>>);

impl People {
    fn of(policy: &Policy, facts: &Facts) -> Option<Self> {
        let has_rules = policy.environments.iter().any(|one| !one.conditions.approvals.is_empty());
        let names_it = |principal: &Principal| !matches!(principal, Principal::Role(_)) || has_rules;
        let usual = has_rules.then_some(Principal::Role(Standing::Write));
        let wanted: Vec<Principal> = named(policy).into_iter().filter(names_it).chain(usual).collect();
        let answers: Vec<_> = wanted.iter().map(|principal| behind(principal, facts)).collect();
        let answers: Vec<Found<Vec<Actor>>> = answers.into_iter().collect::<Option<_>>()?;
        Some(Self(wanted.into_iter().zip(answers).collect()))
    }

    fn shortage(&self, principal: &Principal) -> Option<Shortage> {
        shortage(principal, self.0.get(principal)?)
    }

    /// The persons behind a list, or behind the forge's own right where it is empty. `None`: some could not be read.
    fn behind(&self, list: &[Principal]) -> Option<BTreeMap<ActorId, Actor>> {
        let usual = [Principal::Role(Standing::Write)];
        let mut all = BTreeMap::new();
        for principal in if list.is_empty() { &usual } else { list } {
            match self.0.get(principal)? {
                Found::Known(people) => {
                    let persons = people.iter().filter(|actor| actor.kind == ActorKind::Person);
                    all.extend(persons.map(|actor| (actor.id, actor.clone())));
                }
                Found::Absent => {}
                Found::Unknown(_) => return None,
            }
        }
        Some(all)
    }
}

/// Everybody for whom a name stands. `None`: facts are missing.
pub fn behind(principal: &Principal, facts: &Facts) -> Option<Found<Vec<Actor>>> {
    fn people<T>(fact: Fact<&T>, list: impl FnOnce(&T) -> Vec<Actor>) -> Found<Vec<Actor>> {
        match fact.found {
            Found::Known(value) => Found::Known(list(value)),
            Found::Absent => Found::Absent,
            Found::Unknown(why) => Found::Unknown(why),
        }
    }
    Some(match principal {
        Principal::Group(path) => people(facts.team(path.clone())?, Clone::clone),
        Principal::Role(least) => people(facts.people(*least)?, Clone::clone),
        Principal::User(login) => people(facts.account(login.clone())?, |actor| vec![actor.clone()]),
    })
}

/// What is lacking behind a name.
pub fn shortage(principal: &Principal, found: &Found<Vec<Actor>>) -> Option<Shortage> {
    match (found, principal) {
        (Found::Absent, _) => Some(Shortage::Absent(principal.clone())),
        (Found::Unknown(why), _) => Some(Shortage::Unread(principal.clone(), why.clone())),
        (Found::Known(people), Principal::Group(path)) if people.is_empty() => {
            Some(Shortage::Empty(path.clone()))
        }
        (Found::Known(_), Principal::Group(_) | Principal::User(_) | Principal::Role(_)) => None,
    }
}

/// Reporters that the policy names and nobody is. The usual ones are the forge's own, and are not asked for.
fn absent_reporters(policy: &Policy, environment: &Environment, facts: &Facts) -> Option<Vec<Shortage>> {
    let usual = &policy.usual_reporters;
    let named = environment.deploy.reporters().iter().filter(|account| !usual.contains(account));
    let each = named.map(|account| {
        let absent = matches!(facts.account(account.clone())?.found, Found::Absent);
        let (environment, account) = (environment.name.clone(), account.clone());
        Some(absent.then_some(Shortage::NoReporter { environment, account }))
    });
    let each: Vec<Option<Option<Shortage>>> = each.collect();
    Some(each.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

/// The fewest rules of an environment that ask more of their people together than these can give, one yes each. By Hall's
/// theorem the rules can be met if there are none.
fn too_few(policy: &Policy, environment: &Environment, people: &People) -> Option<Shortage> {
    let rules = &environment.conditions.approvals;
    let eligible = |rule: &ApprovalRule| {
        people.behind(if rule.from.is_empty() { &policy.who.approver } else { &rule.from })
    };
    let each: Vec<_> = rules.iter().map(eligible).collect::<Option<_>>()?;
    let asking = people.behind(&policy.who.deployer);
    let mut groups: Vec<u32> = (1..1_u32 << rules.len().min(MOST_RULES)).collect();
    groups.sort_by_key(|group| group.count_ones());
    let found = groups.into_iter().filter_map(|group| {
        let chosen = || (0..rules.len()).filter(move |at| group & (1 << at) != 0);
        let wanted: u32 = chosen().map(|at| rules[at].count).sum();
        let together: BTreeMap<&ActorId, &Actor> = chosen().flat_map(|at| &each[at]).collect();
        let has = u32::try_from(together.len()).unwrap_or(u32::MAX);
        let all_ask = asking.as_ref().is_some_and(|asking| asking.keys().all(|id| together.contains_key(id)));
        let when = match has {
            _ if has < wanted => When::Always,
            _ if has > wanted => return None,
            _ if all_ask => When::Always,
            _ => When::OneOfThemAsks,
        };
        let people = together.into_values().cloned().collect();
        Some(Shortage::TooFew { environment: environment.name.clone(), wanted, people, when })
    });
    let found: Vec<Shortage> = found.collect();
    let always = found.iter().position(|one| matches!(one, Shortage::TooFew { when: When::Always, .. }));
    found.into_iter().nth(always.unwrap_or(0))
}

/// More rules than this are not looked at together; no file may have more.
const MOST_RULES: usize = 10;

#[cfg(test)]
mod tests;
