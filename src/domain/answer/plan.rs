//! Answers to `plan` and `notes`: what the next release would be. Nothing is changed by asking.

use crate::domain::asked::Asked;
use crate::domain::change::{Change, Stage};
use crate::domain::command::PlanAsk;
use crate::domain::decision::Decision;
use crate::domain::id::ComponentName;
use crate::domain::outlook::{Outlook, Target, look};
use crate::domain::plan::Wish;
use crate::domain::policy::environment::Environment;
use crate::domain::policy::staffing::{self, Shortage};
use crate::domain::say::{self, Text};
use crate::domain::state::Drafting;

/// Answers `plan`.
pub fn plan(asked: &Asked<'_>, ask: Option<&PlanAsk>, component: Option<&ComponentName>) -> Option<Decision> {
    if let Some(unknown) = component.filter(|name| **name != asked.rules.versioning.component) {
        let known = &asked.rules.versioning.component;
        return Some(asked.refuse("plan", "E_COMPONENT", say::refusal::component(unknown, known)));
    }
    let with = standing_on(asked);
    let wish = match ask {
        None => Wish::Next,
        Some(PlanAsk::Exactly(version)) => match version.as_str().parse() {
            Ok(version) => Wish::Exactly(version),
            Err(_) => Wish::Next,
        },
        Some(ask) => ask.bump().map_or(Wish::Next, Wish::Bump),
    };
    let target = Target { wish, with: with?, ..Target::default() };
    let outlook = look(&asked.ground(), target);
    let shortages = shortages(asked);
    let shortages = shortages?;
    Some(match outlook? {
        Ok(outlook) => asked.answer(say::outlook::plan(&outlook, &shortages, drafting(asked).as_ref())),
        Err(obstacle) => {
            asked.refuse("plan", say::refusal::obstacle_code(&obstacle), say::refusal::obstacle(&obstacle))
        }
    })
}

/// What follows the plan, where something does.
fn drafting(asked: &Asked<'_>) -> Option<Drafting> {
    asked.moment.state.component(&asked.rules.versioning.component).drafting
}

/// The people that approvals will lack, said before anybody waits for them. `None`: facts are missing.
fn shortages(asked: &Asked<'_>) -> Option<Vec<Shortage>> {
    let wants_approval = |environment: &Environment| !environment.conditions.approvals.is_empty();
    if !asked.rules.environments.iter().any(wants_approval) {
        return Some(vec![]);
    }
    staffing::shortages(asked.rules, asked.moment.facts)
}

/// Answers `notes`, shown as it was asked for.
pub fn notes(asked: &Asked<'_>, shown: fn(&Outlook<'_>) -> Text) -> Option<Decision> {
    let with = standing_on(asked);
    let target = Target { with: with?, ..Target::default() };
    Some(match look(&asked.ground(), target)? {
        Ok(outlook) => asked.answer(shown(&outlook)),
        Err(obstacle) => {
            asked.refuse("notes", say::refusal::obstacle_code(&obstacle), say::refusal::obstacle(&obstacle))
        }
    })
}

/// The open change that a command stands on, to be taken in as if merged now. `None`: facts are missing.
pub(super) fn standing_on(asked: &Asked<'_>) -> Option<Option<Change>> {
    let Some(number) = asked.comment.at.thread.change() else { return Some(None) };
    let change = asked.moment.facts.change(number)?.known().cloned();
    Some(change.filter(|change| matches!(change.stage, Stage::Open | Stage::Draft)))
}
