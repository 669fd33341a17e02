//! People shape the notes: show a change, or hide it. Hiding never takes merged code out; it ships all the same, and evidence lists it.

use crate::domain::asked::Asked;
use crate::domain::change::Stage;
use crate::domain::command::Reason;
use crate::domain::decision::Decision;
use crate::domain::event::{Event, Recorded};
use crate::domain::id::{ChangeNumber, ComponentName};
use crate::domain::outlook::{Target, look_at_all};
use crate::domain::plan::{Entry, Plan};
use crate::domain::query::{Contained, Fact, Found};
use crate::domain::say;

/// Answers `include`.
pub fn include(asked: &Asked<'_>, number: ChangeNumber) -> Option<Decision> {
    shaped(asked, "include", number, |component, _| {
        Ok((Event::ChangeShown { component, change: number }.into(), say::shape::included(number)))
    })
}

/// Answers `skip`.
pub fn skip(asked: &Asked<'_>, number: ChangeNumber, reason: &Reason) -> Option<Decision> {
    shaped(asked, "skip", number, |component, is_breaking| {
        if is_breaking {
            return Err(("E_BREAKING", say::shape::breaking_stays(number)));
        }
        let event = Event::ChangeHidden { component, change: number };
        Ok((Recorded::from(event).with_text("reason", reason.as_str()), say::shape::skipped(number)))
    })
}

type Shaped = Result<(Recorded, say::Text), (&'static str, say::Text)>;

/// A change can be shaped while its release is still to come: it is in the next one of some component, or open.
fn shaped(
    asked: &Asked<'_>,
    verb: &str,
    number: ChangeNumber,
    shape: impl Fn(ComponentName, bool) -> Shaped,
) -> Option<Decision> {
    let change = asked.moment.facts.change(number);
    let released: Vec<_> = asked
        .rules
        .all_components()
        .iter()
        .map(|known| Contained { component: known.component.clone(), change: number })
        .map(|contained| asked.moment.facts.release_of(contained))
        .collect();
    let plans = look_at_all(&asked.ground(), &Target::default());
    let released: Vec<_> = released.into_iter().collect::<Option<_>>()?;
    let (change, plans) = (change?, plans?);
    let change = match change.found {
        Found::Known(change) => change,
        Found::Absent => return Some(asked.refuse(verb, "E_CHANGE", say::shape::no_such_change(number))),
        Found::Unknown(why) => {
            return Some(asked.refuse(verb, "E_UNREADABLE", say::refusal::unreadable("that change", &why)));
        }
    };
    if let Some(version) = released.into_iter().find_map(Fact::known) {
        return Some(asked.refuse(verb, "E_RELEASED", say::shape::already_out(number, version)));
    }
    if change.stage == Stage::Closed {
        return Some(asked.refuse(verb, "E_CHANGE", say::shape::never_merged(number)));
    }
    let is_it = |entry: &&Entry| entry.number == Some(number);
    let of_plan = |plan: &Plan| Some((plan.component.clone(), plan.entries().find(is_it)?.is_breaking));
    let found: Vec<(ComponentName, bool)> = plans.iter().flatten().filter_map(of_plan).collect();
    let is_merged = matches!(change.stage, Stage::Merged { .. });
    if is_merged && found.is_empty() && plans.is_ok() {
        return Some(asked.refuse(verb, "E_CHANGE", say::shape::not_in_next(number)));
    }
    let is_breaking = found.iter().any(|(_, is_breaking)| *is_breaking);
    let mut components: Vec<ComponentName> = found.into_iter().map(|(component, _)| component).collect();
    if components.is_empty() {
        // Nobody knows yet where an open change will be: it is marked wherever that can be.
        components = asked.rules.all_components().iter().map(|known| known.component.clone()).collect();
    }
    let shaped: Result<Vec<_>, _> =
        components.into_iter().map(|component| shape(component, is_breaking)).collect();
    Some(match shaped {
        Ok(shaped) => {
            let text = shaped.first().map(|(_, text)| text.clone()).unwrap_or_default();
            shaped.into_iter().fold(asked.answer(text), |decision, (recorded, _)| decision.record(recorded))
        }
        Err((code, text)) => asked.refuse(verb, code, text),
    })
}

#[cfg(test)]
mod tests;
