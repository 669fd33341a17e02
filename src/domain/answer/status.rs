//! The most asked question of all: where is it? First where this change is, then what is out and what comes next.

use crate::domain::asked::Asked;
use crate::domain::change::Stage;
use crate::domain::decision::Decision;
use crate::domain::id::ChangeNumber;
use crate::domain::outlook::{Target, look};
use crate::domain::say;
use crate::domain::say::status::{Next, Whereabouts};

/// Answers `status`. `None`: facts are missing.
pub fn status(asked: &Asked<'_>) -> Option<Decision> {
    let here = asked.comment.at.thread.change();
    let whereabouts = match here {
        Some(number) => whereabouts(asked, number),
        None => Some(None),
    };
    let next = next(asked);
    let (whereabouts, next) = (whereabouts?, next?);
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    Some(asked.answer(say::status::status(whereabouts.as_ref(), &[], &component, &next)))
}

fn whereabouts(asked: &Asked<'_>, number: ChangeNumber) -> Option<Option<Whereabouts>> {
    let change = asked.moment.facts.change(number);
    let released = asked.moment.facts.release_of(number);
    let (change, released) = (change?, released?);
    let Some(change) = change.known() else { return Some(None) };
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    Some(Some(match (&change.stage, released.known()) {
        (_, Some(version)) => Whereabouts::Released {
            number,
            version: version.clone(),
            withdrawn: component.releases.iter().any(|mark| mark.version == *version && mark.withdrawn),
            reached: vec![],
        },
        (Stage::Open | Stage::Draft, None) => Whereabouts::Open { number },
        (Stage::Closed, None) => Whereabouts::Closed { number },
        (Stage::Merged { .. }, None) => {
            Whereabouts::Waiting { number, hidden: component.hidden.contains(&number) }
        }
    }))
}

fn next(asked: &Asked<'_>) -> Option<Next> {
    if let Err(_report) = &asked.policy.policy {
        return Some(Next::PolicyBroken);
    }
    Some(match look(&asked.ground(), Target::default())? {
        Ok(outlook) => Next::Planned(Box::new(outlook.plan)),
        Err(obstacle) => Next::Unclear(obstacle),
    })
}
