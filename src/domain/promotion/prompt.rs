//! Asking people for their yes: by name, once, and once again after a day. Whose yes counts is `gate::approval`'s business.

use super::draft::Draft;
use super::model::{Promotion, Stage};
use super::panel;
use super::step::Step;
use crate::domain::gate::{self, Gate, Opening, Verdict};
use crate::domain::id::Actor;
use crate::domain::policy::environment::Seconds;
use crate::domain::say;
use crate::domain::say::promotion::Again;

/// How many people are called at most.
const CALLED: usize = 10;

/// After how long people are asked once more.
pub const REMIND_AFTER: Seconds = Seconds::days(1);

/// Asks for the approvals that are missing, if people are next to act and were not asked yet. `None`: facts are missing.
pub fn ask(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    let Some(again) = due(draft, promotion).filter(|_| promotion.stage == Stage::Waiting) else {
        return Some(());
    };
    let verdicts = gate::weigh(draft, promotion)?;
    let people = missing(&verdicts);
    if people.is_empty() || promotion.panel.home.is_none() || !people_are_next(&verdicts) {
        return Some(());
    }
    let name = promotion.name();
    let ids = people.iter().map(|actor| actor.id).collect();
    draft.record(Step::ApproversAsked { name, people: ids, again: again == Again::Reminder });
    let logins: Vec<String> = people.into_iter().map(|actor| actor.login).collect();
    let what = match again {
        Again::First => format!("prompt:{}", name.revision),
        Again::Reminder => format!("reminder:{}", name.revision),
    };
    panel::tell(draft, promotion.id(), &what, |view| say::promotion::prompt(view, &logins, again))
}

fn due(draft: &Draft<'_>, promotion: &Promotion) -> Option<Again> {
    match &promotion.prompt {
        None => Some(Again::First),
        Some(prompt) if prompt.reminded => None,
        Some(prompt) => (draft.moment.now >= prompt.at + REMIND_AFTER.duration()).then_some(Again::Reminder),
    }
}

/// Nobody is called while something that they cannot open stands in the way: a failed check, an environment not reached.
fn people_are_next(verdicts: &[Verdict]) -> bool {
    verdicts.iter().all(|verdict| match (&verdict.gate, verdict.opening) {
        // Where too few people are left, or nobody's yes counts, a yes opens nothing.
        (_, Opening::Open) => true,
        (Gate::Approvals(count), Opening::Waiting { .. }) => count.untold.is_none(),
        (
            Gate::Soak { since: Some(_), .. } | Gate::Lock { .. } | Gate::Slot { .. },
            Opening::Waiting { .. },
        ) => true,
        (Gate::Check { .. }, Opening::Waiting { .. }) => true,
        (_, Opening::Waiting { .. } | Opening::Shut) => false,
    })
}

fn missing(verdicts: &[Verdict]) -> Vec<Actor> {
    let mut people: Vec<Actor> = Vec::new();
    for verdict in verdicts.iter().filter(|verdict| !verdict.is_open()) {
        if let Gate::Approvals(count) = &verdict.gate {
            people.extend(count.could.iter().flatten().cloned());
        }
    }
    people.sort_by(|one, other| one.login.cmp(&other.login));
    people.dedup_by_key(|actor| actor.id);
    people.truncate(CALLED);
    people
}
