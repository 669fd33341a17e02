//! What a change would be in the next release, shown on the change itself: one neutral preview per head commit, refreshed by that change's own events only.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::change::{Change, Stage};
use super::decision::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::id::ChangeNumber;
use super::journal::text_hash;
use super::outlook::as_if_merged;
use super::plan::{Basis, Line, Placed, Wish, draw};
use super::policy::Policy;
use super::query::{Found, Newest};
use super::say;
use super::signal::{ChangeTouched, Touch};
use super::version::Naming;

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
    // Deliveries overtake each other: what is shown is the change as it is, not as this delivery saw it (invariant 7).
    let policy = moment.facts.policy(Newest);
    let now = match moment.facts.change(touched.change.number)?.found {
        Found::Known(now) => now,
        Found::Absent | Found::Unknown(_) => &touched.change,
    };
    policy?;
    show(moment, now, now.updated_at).map(mirrored)
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
    let (policy, now) = match moment.facts.policy(Newest)?.found {
        Found::Known(now) => (now.policy.as_ref(), now),
        Found::Absent | Found::Unknown(_) => return Some(Decision::ignored("the policy cannot be read")),
    };
    let ((title, text), asks) = match policy {
        Ok(policy) => described(policy, change),
        Err(_) => (say::preview::policy_broken(now.file.as_deref()), false),
    };
    // What is shown is part of the key: forges tell the time of a change in whole seconds.
    let shown = text_hash(title.as_bytes(), &format!("{text:?}"));
    let purpose = format!("preview:{}:{}:{}", change.head, as_of.as_millisecond(), &shown[..16]);
    let effect = Effect::Preview { change: change.number, head: change.head.clone(), title, text, asks };
    Some(Decision::default().order(moment.key(purpose), Subject(format!("preview:{}", change.head)), effect))
}

/// What the policy makes of one change, as if it were merged alone, and whether a label is missing.
fn described(policy: &Policy, change: &Change) -> ((String, say::Text), bool) {
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
    let plan = draw(&basis);
    let is_excluded = !plan.excluded.is_empty();
    match plan.entries().next() {
        Some(entry) => {
            let is_open = !matches!(change.stage, Stage::Merged { .. });
            let asks = is_open && !is_excluded && entry.placed == Placed::Nowhere;
            (say::preview::preview(change, entry, is_excluded, policy), asks)
        }
        None => (say::preview::empty(), false),
    }
}
