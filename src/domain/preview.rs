//! What a change would be in the next release, shown on the change itself: one neutral preview per head commit, refreshed by that change's own events only.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::change::{Change, Stage};
use super::decision::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::id::ChangeNumber;
use super::journal::text_hash;
use super::outlook::as_if_merged;
use super::plan::{Basis, Line, Placed, Plan, Wish, draw};
use super::policy::Policy;
use super::policy::label::Label;
use super::query::{AtHead, Found, Held};
use super::say::preview::Shown;
use super::signal::{ChangeTouched, Touch};
use super::version::Naming;
use super::{proposal, say, upkeep};

/// A change was touched: the mirror learns of it, and its preview is renewed where that can have changed it.
pub fn touched(moment: &Moment<'_>, touched: &ChangeTouched) -> Option<Decision> {
    let mirrored = |mut decision: Decision| {
        decision.mirror.push(touched.change.clone());
        decision
    };
    let refreshes = match touched.touch {
        Touch::Opened | Touch::Pushed | Touch::Described | Touch::Merged => true,
        Touch::Closed | Touch::Other => false,
    };
    if !refreshes || touched.change.stage == Stage::Closed {
        return Some(mirrored(Decision::default()));
    }
    let policy = moment.facts.policy_held(Held);
    let now = newest(moment, &touched.change)?;
    policy?;
    let now = confirmed(moment, now)?;
    show(moment, now, now.updated_at).map(mirrored)
}

/// Labels often come a moment after their change: before a person is asked for one, the forge is.
fn confirmed<'a>(moment: &Moment<'a>, told: &'a Change) -> Option<&'a Change> {
    let policy = moment.facts.policy_held(Held)?.known().and_then(|now| now.policy.as_ref().ok());
    if proposal::carries(moment.state, told) || !policy.is_some_and(|policy| asks(&alone(policy, told), told))
    {
        return Some(told);
    }
    Some(moment.facts.change(told.number)?.known().unwrap_or(told))
}

/// Deliveries overtake each other: what is shown is the change as it is, not as this delivery saw it. The forge is asked
/// only where nothing that we hold tells.
fn newest<'a>(moment: &Moment<'a>, told: &'a Change) -> Option<&'a Change> {
    let Found::Known(held) = moment.facts.change_held(told.number)?.found else { return Some(told) };
    if held.updated_at < told.updated_at || held == told {
        return Some(told);
    }
    if held.updated_at > told.updated_at {
        return Some(held);
    }
    // Forges tell this time in whole seconds. A merge is the last that can happen to what is shown.
    match (held.stage.merged_at(), told.stage.merged_at()) {
        (None, Some(_)) => Some(told),
        (Some(_), None) => Some(held),
        (None, None) | (Some(_), Some(_)) => Some(match moment.facts.change(told.number)?.found {
            Found::Known(now) => now,
            Found::Absent | Found::Unknown(_) => told,
        }),
    }
}

/// Somebody asked for the preview again.
pub fn asked(moment: &Moment<'_>, number: ChangeNumber) -> Option<Decision> {
    match moment.facts.change(number)?.found {
        // The forge has put the old one aside, so the same is shown anew.
        Found::Known(change) => show(moment, change, moment.now),
        Found::Absent | Found::Unknown(_) => Some(Decision::ignored("the change cannot be read")),
    }
}

/// Shows what a change would be, as of a moment: the same telling orders one preview, a later one another.
fn show(moment: &Moment<'_>, change: &Change, as_of: Timestamp) -> Option<Decision> {
    let base = moment.state.project.as_ref().and_then(|project| project.default_branch.as_ref());
    if base.is_some_and(|base| *base != change.base) {
        return Some(Decision::ignored("it does not go to the default branch"));
    }
    let (policy, now) = match moment.facts.policy_held(Held)?.found {
        Found::Known(now) => (now.policy.as_ref(), now),
        Found::Absent | Found::Unknown(_) => return Some(Decision::ignored("the policy cannot be read")),
    };
    let ((title, text), asks, missing) = match policy {
        Ok(policy) => described(moment, policy, change)?,
        Err(_) => (say::preview::policy_broken(now.file.as_deref()), false, vec![]),
    };
    // What is shown is part of the key: forges tell the time of a change in whole seconds.
    let shown = text_hash(title.as_bytes(), &format!("{text:?}"));
    let purpose = format!("preview:{}:{}:{}", change.head, as_of.as_millisecond(), &shown[..16]);
    let effect = Effect::Preview { change: change.number, head: change.head.clone(), title, text, asks };
    let subject = Subject::preview(change.number);
    let decision = Decision::default().order(moment.key(purpose), subject, effect);
    Some(match policy {
        Ok(policy) => upkeep::make(moment, policy, &missing, decision),
        Err(_) => decision,
    })
}

/// What the policy makes of one change, as if it were merged alone, whether a label is missing, and which ones the project does not
/// even have; only who needs a label is told of those. `None`: facts are missing.
fn described(
    moment: &Moment<'_>,
    policy: &Policy,
    change: &Change,
) -> Option<((String, say::Text), bool, Vec<Label>)> {
    if proposal::carries(moment.state, change) {
        return Some((say::preview::carrier(), false, vec![]));
    }
    let homes = homes(moment, policy, change)?;
    let plans: Vec<Plan> = homes.iter().map(|policy| alone(policy, change)).collect();
    let Some(plan) = plans.first() else { return Some((say::preview::homeless(change), false, vec![])) };
    let shown: Vec<Shown<'_>> = plans
        .iter()
        .filter(|plan| plan.excluded.is_empty())
        .filter_map(|plan| Some(Shown { component: &plan.component, entry: plan.entries().next()? }))
        .collect();
    let Some(first) = shown.first() else {
        let is_excluded = !plan.excluded.is_empty();
        let text = if is_excluded { say::preview::left_out(change) } else { say::preview::empty() };
        return Some((text, false, vec![]));
    };
    let asks = asks(plan, change);
    let missing = if asks { upkeep::missing_labels(moment, policy)? } else { vec![] };
    let text = if first.entry.placed == Placed::Nowhere {
        say::preview::unlabelled(change, policy, &missing)
    } else {
        say::preview::placed(change, &shown)
    };
    Some((text, asks, missing))
}

/// The policy with each component in view that a change belongs to; where nobody tells what it touches, each of all. `None`:
/// facts are missing.
fn homes(moment: &Moment<'_>, policy: &Policy, change: &Change) -> Option<Vec<Policy>> {
    let mut homes = policy.each_component();
    if policy.components.is_empty() {
        return Some(homes);
    }
    let at = AtHead::from(change);
    // A merge reads nothing: what an open change touches was read when it came.
    let files = match change.stage {
        Stage::Merged { .. } => moment.facts.files_held(at)?.known(),
        Stage::Open | Stage::Draft | Stage::Closed => moment.facts.files_at(at)?.known(),
    };
    let is_home =
        |files: &Vec<String>, home: &Policy| files.iter().any(|file| home.versioning.paths.hold(file));
    if let Some(files) = files {
        homes.retain(|home| is_home(files, home));
    }
    Some(homes)
}

/// The plan of one change, as if it were merged alone.
fn alone(policy: &Policy, change: &Change) -> Plan {
    let none = BTreeSet::new();
    let basis = Basis {
        policy,
        naming: &Naming::usual(),
        line: &Line::default(),
        head: &change.head,
        range: &[as_if_merged(change)],
        shown: &none,
        hidden: &none,
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
        today: jiff::civil::Date::ZERO,
        series: None,
        linked: &[],
    };
    draw(&basis)
}

/// Whether a person should give an open change a label.
fn asks(plan: &Plan, change: &Change) -> bool {
    let is_open = !matches!(change.stage, Stage::Merged { .. });
    let entry = plan.entries().next().filter(|_| plan.excluded.is_empty());
    is_open && entry.is_some_and(|entry| entry.placed == Placed::Nowhere)
}

#[cfg(test)]
mod tests;
