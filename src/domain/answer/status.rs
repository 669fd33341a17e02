//! The most asked question of all: where is it? First where this change is, then what is out and what comes next.

use super::place::{Meant, environment};
use super::steer;
use crate::domain::asked::Asked;
use crate::domain::change::Stage;
use crate::domain::command::WrittenEnvironment;
use crate::domain::decision::Decision;
use crate::domain::id::{ChangeNumber, EnvironmentName};
use crate::domain::line;
use crate::domain::outlook::{Target, look};
use crate::domain::promotion::arrival::travelled;
use crate::domain::promotion::draft::Draft;
use crate::domain::promotion::observe;
use crate::domain::promotion::view::said_in;
use crate::domain::query::Newest;
use crate::domain::say;
use crate::domain::say::arrival::Stop;
use crate::domain::say::status::{Next, Part, Place, Whereabouts};
use crate::domain::version::Version;

/// Answers `status`. `None`: facts are missing.
pub fn status(asked: &Asked<'_>, only: Option<&WrittenEnvironment>) -> Option<Decision> {
    let names = match names(asked, only)? {
        Ok(names) => names,
        Err(refusal) => return Some(*refusal),
    };
    let each = asked.rules.each_component();
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let in_force = draft.rules;
    let mut parts = Vec::new();
    for rules in &each {
        let asked = &Asked { rules, ..*asked };
        draft.rules = in_force.map(|_| rules);
        parts.push(part(asked, &mut draft, &names));
    }
    let parts: Vec<Part<'_>> = parts.into_iter().collect::<Option<_>>()?;
    let text = say::status::status(&parts);
    steer::reply(&mut draft, asked, text);
    Some(draft.finish())
}

/// What is told of one component. `None`: facts are missing.
fn part<'a>(asked: &Asked<'a>, draft: &mut Draft<'_>, names: &'a [EnvironmentName]) -> Option<Part<'a>> {
    let learned = observe::learn(draft, names);
    let here = match asked.comment.at.thread.change() {
        Some(number) => whereabouts(asked, draft, number),
        None => Some(None),
    };
    let (next, line) = (next(asked), line::open(&asked.ground()));
    let places: Vec<Option<Place<'a>>> = names.iter().map(|name| place(asked, draft, name)).collect();
    let (here, next, line) = (here?, next?, line?);
    learned?;
    let component = asked.rules.versioning.component.clone();
    Some(Part {
        state: draft.state().component(&component),
        component,
        here,
        places: places.into_iter().collect::<Option<_>>()?,
        next,
        line,
    })
}

/// The environments that are told of: the one that was asked for, else those of the policy, else well-known ones of the forge.
fn names(asked: &Asked<'_>, only: Option<&WrittenEnvironment>) -> Option<Meant<Vec<EnvironmentName>>> {
    if let Some(written) = only {
        return Some(environment(asked, "status", written)?.map(|environment| vec![environment.name]));
    }
    let described: Vec<EnvironmentName> =
        asked.rules.environments.iter().map(|environment| environment.name.clone()).collect();
    if !described.is_empty() {
        return Some(Ok(described));
    }
    let forge = asked.moment.facts.environments(Newest)?.known().cloned().unwrap_or_default();
    let known = forge.iter().filter(|name| observe::is_well_known(name));
    Some(Ok(known.filter_map(|name| EnvironmentName::parse(name).ok()).collect()))
}

fn place<'a>(asked: &Asked<'a>, draft: &Draft<'_>, name: &'a EnvironmentName) -> Option<Place<'a>> {
    let component = &asked.rules.versioning.component;
    let state = asked.moment.state;
    let lock = match state.locks.get(name).filter(|lock| lock.holds(asked.moment.now)) {
        Some(lock) => Some((lock, said_in(draft, lock.row)?)),
        None => None,
    };
    let open = state.promotions_into(component, name).collect();
    Some(Place { environment: name, slot: draft.state().slot(component, name), lock, open })
}

fn whereabouts(asked: &Asked<'_>, draft: &Draft<'_>, number: ChangeNumber) -> Option<Option<Whereabouts>> {
    let change = asked.moment.facts.change(number);
    let released = asked.moment.facts.release_of(asked.contained(number));
    let (change, released) = (change?, released?);
    let Some(change) = change.known() else { return Some(None) };
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    Some(Some(match (&change.stage, released.known()) {
        (_, Some(version)) => Whereabouts::Released {
            number,
            component: asked.rules.versioning.component.clone(),
            version: version.clone(),
            withdrawn: asked.moment.state.is_withdrawn(&asked.rules.versioning.component, version),
            reached: reached(asked, draft, version),
        },
        (Stage::Open | Stage::Draft, None) => Whereabouts::Open { number },
        (Stage::Closed, None) => Whereabouts::Closed { number },
        (Stage::Merged { .. }, None) => {
            Whereabouts::Waiting { number, hidden: component.hidden.contains(&number) }
        }
    }))
}

/// Where a release is by now.
fn reached(asked: &Asked<'_>, draft: &Draft<'_>, version: &Version) -> Vec<Stop> {
    let name = &asked.rules.versioning.component;
    draft.state().release(name, version).map(|mark| travelled(draft, name, mark).there).unwrap_or_default()
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
