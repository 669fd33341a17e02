//! People shape the notes: show a change, or hide it. Hiding never takes merged code out; it ships all the same, and evidence lists it.

use crate::domain::asked::Asked;
use crate::domain::change::Stage;
use crate::domain::command::Reason;
use crate::domain::decision::Decision;
use crate::domain::event::{Event, Recorded};
use crate::domain::id::ChangeNumber;
use crate::domain::outlook::{Target, look};
use crate::domain::query::Found;
use crate::domain::say;

/// Answers `include`.
pub fn include(asked: &Asked<'_>, number: ChangeNumber) -> Option<Decision> {
    shaped(asked, "include", number, |_| {
        let component = asked.rules.versioning.component.clone();
        Ok((Event::ChangeShown { component, change: number }.into(), say::shape::included(number)))
    })
}

/// Answers `skip`.
pub fn skip(asked: &Asked<'_>, number: ChangeNumber, reason: &Reason) -> Option<Decision> {
    shaped(asked, "skip", number, |is_breaking| {
        if is_breaking {
            return Err(("E_BREAKING", say::shape::breaking_stays(number)));
        }
        let component = asked.rules.versioning.component.clone();
        let event = Event::ChangeHidden { component, change: number };
        Ok((Recorded::from(event).with_text("reason", reason.as_str()), say::shape::skipped(number)))
    })
}

type Shaped = Result<(Recorded, say::Text), (&'static str, say::Text)>;

/// A change can be shaped while its release is still to come: it is in the next one, or open.
fn shaped(
    asked: &Asked<'_>,
    verb: &str,
    number: ChangeNumber,
    shape: impl FnOnce(bool) -> Shaped,
) -> Option<Decision> {
    let change = asked.moment.facts.change(number);
    let released = asked.moment.facts.release_of(number);
    let outlook = look(&asked.ground(), Target::default());
    let (change, released, outlook) = (change?, released?, outlook?);
    let change = match change.found {
        Found::Known(change) => change,
        Found::Absent => return Some(asked.refuse(verb, "E_CHANGE", say::shape::no_such_change(number))),
        Found::Unknown(why) => {
            return Some(asked.refuse(verb, "E_UNREADABLE", say::refusal::unreadable("that change", &why)));
        }
    };
    if let Some(version) = released.known() {
        return Some(asked.refuse(verb, "E_RELEASED", say::shape::already_out(number, version)));
    }
    if change.stage == Stage::Closed {
        return Some(asked.refuse(verb, "E_CHANGE", say::shape::never_merged(number)));
    }
    let entry = outlook
        .as_ref()
        .ok()
        .and_then(|outlook| outlook.plan.entries().find(|entry| entry.number == Some(number)));
    let is_breaking = entry.is_some_and(|entry| entry.is_breaking);
    let is_merged = matches!(change.stage, Stage::Merged { .. });
    if let (true, None, Ok(_)) = (is_merged, entry, &outlook) {
        return Some(asked.refuse(verb, "E_CHANGE", say::shape::not_in_next(number)));
    }
    Some(match shape(is_breaking) {
        Ok((recorded, text)) => asked.answer(text).record(recorded),
        Err((code, text)) => asked.refuse(verb, code, text),
    })
}

#[cfg(test)]
mod tests;
