//! Milestones that are named like a version: when they propose a cut, and what becomes of them after it. What they say to a plan is `plan::milestone`'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::event::{Cut, Event};
use super::id::ChangeNumber;
use super::line;
use super::outlook::{Ground, Target, look};
use super::place::Thread;
use super::plan::{Flag, Plan, Wish};
use super::policy::{CutMode, Milestones, Policy};
use super::query::{Expected, Found, Milestone, MilestoneTitle, Newest};
use super::say;
use super::signal::{MilestoneTouch, MilestoneTouched};
use super::state::Component;
use super::version::{Channel, Version};

/// A forge tells at most so many open items of a milestone; of more, some may stay in it.
const TOLD: usize = 100;

/// A milestone whose day is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The version that it is named like.
    pub version: Version,
    /// When it is due.
    pub due: Timestamp,
}

/// Why a cut is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The milestone was closed.
    Closed,
    /// Its day has come.
    Due,
}

/// What became of a release's milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aftermath {
    /// Whether it was closed.
    pub closed: bool,
    /// How many items were open in it.
    pub open: usize,
    /// The version whose milestone they went to; `None`: there is no later one, so they stay.
    pub to: Option<Version>,
}

/// The version that a milestone stands for.
fn version_of(title: &str) -> Option<Version> {
    Version::parse_loosely(title).filter(Version::is_final)
}

/// Somebody made, moved, renamed, closed or deleted a milestone: its day is kept, and closing it proposes the cut. `None`: facts
/// are missing.
pub fn touched(moment: &Moment<'_>, told: &MilestoneTouched) -> Option<Decision> {
    let version = version_of(&told.title);
    let is_open = told.touch == MilestoneTouch::Open;
    let now = version.clone().zip(told.due).filter(|_| is_open);
    let now = now.map(|(version, due)| Planned { version, due });
    let number = told.number;
    let decision = match (moment.state.milestones.get(&number), now) {
        (None, None) => Decision::ignored("no open milestone that a version and a date name"),
        (Some(before), Some(now)) if *before == now => Decision::ignored("known already"),
        (_, Some(now)) => Decision::default().record(Event::MilestonePlanned {
            milestone: number,
            version: now.version,
            due: now.due,
        }),
        (Some(_), None) => Decision::default().record(Event::MilestoneDropped { milestone: number }),
    };
    match version.filter(|_| told.touch == MilestoneTouch::Closed) {
        Some(version) => propose(moment, decision, &version, Because::Closed),
        None => Some(decision),
    }
}

/// A milestone's day has come. `None`: facts are missing.
pub fn timer_due(moment: &Moment<'_>, number: u64) -> Option<Decision> {
    let Some(planned) = moment.state.milestones.get(&number) else {
        return Some(Decision::ignored("the milestone is no longer planned"));
    };
    let decision = Decision::default().record(Event::MilestoneDropped { milestone: number });
    propose(moment, decision, &planned.version, Because::Due)
}

/// Opens the issue that proposes a cut, once for each version, where there is something to cut. `None`: facts are missing.
fn propose(moment: &Moment<'_>, decision: Decision, version: &Version, because: Because) -> Option<Decision> {
    let is_cut = |component: &Component| {
        component.releases.iter().any(|mark| mark.version == *version)
            || component.cutting.as_ref().is_some_and(|cutting| cutting.cut.version == *version)
    };
    if moment.state.components.values().any(is_cut) {
        return Some(decision);
    }
    let purpose = format!("milestone:{version}:proposal");
    let key = moment.key(&purpose);
    // Asked beside the rest: a plan takes all the rounds that there are.
    let (policy, ordered) = (moment.facts.policy(Newest), moment.facts.ordered(key.clone()));
    let _ = moment.facts.tags(Newest);
    let (policy, ordered) = (policy?, ordered?);
    let Found::Known(now) = policy.found else { return Some(decision) };
    let Some(rules) = managed(now.policy.as_ref().ok()) else { return Some(decision) };
    if ordered.known().is_some_and(|ordered| *ordered) {
        return Some(decision);
    }
    let ground = Ground { moment, newest: &now.revision, rules };
    let target = Target { wish: Wish::Exactly(version.clone()), ..Target::default() };
    let Ok(outlook) = look(&ground, target)? else { return Some(decision) };
    if !can_be_cut(&outlook.plan) {
        return Some(decision);
    }
    let effect = Effect::OpenIssue {
        title: say::milestone::title(version),
        text: say::milestone::proposal(
            &outlook.plan,
            (version, begins_line(moment, rules, version)),
            because,
        ),
    };
    let component = rules.versioning.component.clone();
    let proposed = Event::CutProposed { component, version: version.clone() };
    let decision = Decision { ignored: None, ..decision }.under(now.revision.clone()).record(proposed);
    Some(decision.order(key, Subject(purpose), effect))
}

/// The channel of the candidate by which a version begins its line; `None`: it is cut as it is.
fn begins_line(moment: &Moment<'_>, rules: &Policy, version: &Version) -> Option<Channel> {
    let component = moment.state.component(&rules.versioning.component);
    let is_known = component.lines.iter().any(|line| line.holds(version));
    (rules.cut == CutMode::Branch && !is_known).then(line::candidate)
}

/// The policy, where it leaves milestones to us.
fn managed(policy: Option<&Policy>) -> Option<&Policy> {
    policy.filter(|policy| policy.milestones == Milestones::Manage)
}

/// Whether the version can come next and brings something: an old milestone that is tidied up proposes nothing.
fn can_be_cut(plan: &Plan) -> bool {
    let is_past = |flag: &Flag| matches!(flag, Flag::VersionTaken | Flag::NotAbovePrevious);
    plan.shown().next().is_some() && !plan.flags.iter().any(is_past)
}

/// What is to be done about the milestone of a release that was just cut.
#[derive(Debug)]
pub struct After {
    /// What the person reads and the journal keeps.
    pub told: Aftermath,
    orders: Vec<(String, Effect)>,
}

impl After {
    /// Orders it.
    pub fn order(self, moment: &Moment<'_>, decision: Decision) -> Decision {
        self.orders.into_iter().fold(decision, |decision, (purpose, effect)| {
            decision.order(moment.key(&purpose), Subject(purpose.clone()), effect)
        })
    }
}

/// What becomes of the milestone of a release: what is open in it moves on to the next, and it is closed. Nothing where there is
/// none, or its forge does not tell. `None`: facts are missing.
pub fn after(moment: &Moment<'_>, cut: &Cut) -> Option<Option<After>> {
    if !cut.version.is_final() {
        return Some(None);
    }
    let policy = moment.facts.policy(Newest);
    let milestone = moment.facts.milestone(cut.version.clone());
    let (policy, milestone) = (policy?, milestone?);
    let policy = policy.known().and_then(|now| managed(now.policy.as_ref().ok()));
    let Some(found) = milestone.known().filter(|_| policy.is_some()) else { return Some(None) };
    let next = if found.open.is_empty() {
        None
    } else {
        moment.facts.milestones(Newest)?.known().and_then(|all| next_of(all, &cut.version))
    };
    Some(tidied(found, &cut.version, next))
}

/// The open milestone of the lowest version above this one.
fn next_of<'a>(all: &'a [MilestoneTitle], version: &Version) -> Option<(&'a MilestoneTitle, Version)> {
    let later = all.iter().filter_map(|one| Some((one, version_of(&one.title)?)));
    later.filter(|(_, later)| later > version).min_by(|one, other| one.1.cmp(&other.1))
}

fn tidied(found: &Milestone, version: &Version, next: Option<(&MilestoneTitle, Version)>) -> Option<After> {
    let next = next.filter(|_| !found.open.is_empty());
    let is_left = found.open.len() >= TOLD || (next.is_none() && !found.open.is_empty());
    // One that a group shares among its projects is not ours to close.
    let closes = !found.closed && !found.shared && !is_left;
    let moves = |(next, _): &(&MilestoneTitle, Version)| {
        let to = next.number;
        found.open.iter().map(|item| carried(item, (found.number, to))).collect::<Vec<_>>()
    };
    let mut orders: Vec<(String, Effect)> = next.as_ref().map(moves).unwrap_or_default();
    if closes {
        let purpose = format!("milestone:{}:close:{version}", found.number);
        orders.push((purpose, Effect::CloseMilestone { number: found.number }));
    }
    let stays = !found.closed && !found.shared && is_left;
    let told = Aftermath { closed: closes, open: found.open.len(), to: next.map(|(_, version)| version) };
    (!orders.is_empty() || stays).then_some(After { told, orders })
}

fn carried(item: &Expected, (from, to): (u64, u64)) -> (String, Effect) {
    let thread = match item.is_change {
        true => Thread::Change(ChangeNumber(item.number)),
        false => Thread::Issue(item.number),
    };
    let kind = if item.is_change { "change" } else { "issue" };
    (format!("milestone:{from}:{kind}:{}", item.number), Effect::CarryOver { thread, from, to })
}

#[cfg(test)]
mod tests;
