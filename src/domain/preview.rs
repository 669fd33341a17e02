//! What a change would be in the next release, shown on the change itself: one neutral preview per head commit, refreshed by that change's own events only.

use std::collections::BTreeSet;

use super::change::{Change, Stage};
use super::decide::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::id::ChangeNumber;
use super::outlook::as_if_merged;
use super::plan::{Basis, Line, Wish, draw};
use super::policy::Policy;
use super::query::{Found, Newest};
use super::say;
use super::signal::{ChangeTouched, Touch};
use super::version::TagPattern;

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
    let now = match moment.facts.change(touched.change.number)?.found {
        Found::Known(now) => now,
        Found::Absent | Found::Unknown(_) => &touched.change,
    };
    show(moment, now).map(mirrored)
}

/// Somebody asked for the preview again.
pub fn asked(moment: &Moment<'_>, number: ChangeNumber) -> Option<Decision> {
    match moment.facts.change(number)?.found {
        Found::Known(change) => show(moment, change),
        Found::Absent | Found::Unknown(_) => Some(Decision::ignored("the change cannot be read")),
    }
}

fn show(moment: &Moment<'_>, change: &Change) -> Option<Decision> {
    let base = moment.state.project.as_ref().and_then(|project| project.default_branch.as_ref());
    if base.is_some_and(|base| *base != change.base) {
        return Some(Decision::ignored("it does not go to the default branch"));
    }
    let (policy, now) = match moment.facts.policy(Newest)?.found {
        Found::Known(now) => (now.policy.as_ref(), now),
        Found::Absent | Found::Unknown(_) => return Some(Decision::ignored("the policy cannot be read")),
    };
    let (title, text) = match policy {
        Ok(policy) => described(policy, change),
        Err(_) => say::preview::policy_broken(now.file.as_deref()),
    };
    // The key holds what would be shown of which state: the same again orders nothing. The state is part of it, for a label
    // that is set, taken away and set again shows the same as before and must be shown anew.
    let shown = super::journal::text_hash(title.as_bytes(), &format!("{text:?}"));
    let at_s = change.updated_at.as_second();
    let key = moment.key(format_args!("preview:{}:{at_s}:{}", change.head, &shown[..16]));
    let effect = Effect::Preview { head: change.head.clone(), title, text };
    Some(Decision::default().order(key, Subject(format!("preview:{}", change.head)), effect))
}

/// What the policy makes of one change, as if it were merged alone.
fn described(policy: &Policy, change: &Change) -> (String, say::Text) {
    let none = BTreeSet::new();
    let basis = Basis {
        policy,
        pattern: &TagPattern::usual(),
        line: &Line::default(),
        head: &change.head,
        range: &[as_if_merged(change)],
        shown: &none,
        hidden: &none,
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
    };
    let plan = draw(&basis);
    let is_excluded = !plan.excluded.is_empty();
    match plan.entries().next() {
        Some(entry) => say::preview::preview(change, entry, is_excluded, policy),
        None => say::preview::empty(),
    }
}
