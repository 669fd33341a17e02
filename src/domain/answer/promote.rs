//! The answers to `promote` and `rollback`: what is refused, and what begins. The way from there on is `promotion`'s.

use super::place::{self, Meant, Release};
use super::steer::begin_abort;
use crate::domain::asked::Asked;
use crate::domain::command::{Reason, WrittenEnvironment, WrittenVersion};
use crate::domain::decision::Decision;
use crate::domain::id::ComponentName;
use crate::domain::policy::environment::{Deploy, Environment};
use crate::domain::promotion::advance::advance;
use crate::domain::promotion::begin::{begin, next_id, way_to};
use crate::domain::promotion::dispatch;
use crate::domain::promotion::draft::Draft;
use crate::domain::promotion::model::{Asked as Order, Kind, Promotion, Stage};
use crate::domain::promotion::observe;
use crate::domain::promotion::terms::Obstacle;
use crate::domain::say::promote::NoReturn;
use crate::domain::say::{self, Text};
use crate::domain::state::slot::{Slot, Standing, WayBack};
use crate::domain::version::Version;

/// Whether a release that is there already is deployed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It is not.
    No,
    /// It is.
    Again,
}

/// Answers `promote`. `None`: facts are missing.
pub fn promote(
    asked: &Asked<'_>,
    environment: &WrittenEnvironment,
    version: Option<&WrittenVersion>,
    repeat: Repeat,
) -> Option<Decision> {
    let environment = match place::environment(asked, "promote", environment)? {
        Ok(environment) => environment,
        Err(refusal) => return Some(*refusal),
    };
    if let Some(refusal) = only_watched(asked, "promote", &environment) {
        return Some(refusal);
    }
    let mut draft = draft(asked)?;
    let learned = observe::learn(&mut draft, &way_to(&environment));
    let release = place::release(asked, &environment.name, version);
    learned?;
    let release = match release? {
        Ok(release) => release,
        Err(refusal) => return Some(*refusal),
    };
    let component = asked.rules.versioning.component.clone();
    let slot = draft.state().slot(&component, &environment.name);
    if let Err(refusal) = may_go(asked, &draft, (&environment, &slot), (&release, repeat)) {
        return Some(*refusal);
    }
    let there = slot.current().and_then(|standing| standing.version.clone());
    let order = order(asked, &draft, (&environment, &release), (Kind::Normal, there));
    go(asked, draft, (&environment, order), None)
}

/// A draft with the component in view that the command is about. `None`: facts are missing.
fn draft<'a>(asked: &Asked<'a>) -> Option<Draft<'a>> {
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    draft.rules = draft.rules.map(|_| asked.rules);
    Some(draft)
}

fn only_watched(asked: &Asked<'_>, verb: &str, environment: &Environment) -> Option<Decision> {
    let is_watched = matches!(environment.deploy, Deploy::Observe { .. });
    is_watched.then(|| asked.refuse(verb, "E_OBSERVED", say::promote::observed(&environment.name)))
}

/// Whether a release may be carried there at all; gates are another question.
fn may_go(
    asked: &Asked<'_>,
    draft: &Draft<'_>,
    (environment, slot): (&Environment, &Slot),
    (release, repeat): (&Release, Repeat),
) -> Meant<()> {
    let (name, version) = (&environment.name, &release.version);
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse("promote", code, text)));
    if release.withdrawn {
        return refuse("E_WITHDRAWN", say::promote::withdrawn(version));
    }
    if draft.state().is_unconfirmed(&asked.rules.versioning.component, version) {
        return refuse("E_UNCONFIRMED", say::drafting::held_back(name, version));
    }
    if slot.bars(Some(version)) {
        return refuse("E_HELD", say::promote::held(name, version));
    }
    let component = &asked.rules.versioning.component;
    let open = draft.state().promotions_into(component, name);
    if let Some(open) = { open }.find(|open| open.asked.version == *version) {
        return refuse("E_ALREADY_OPEN", say::promote::open_already(open));
    }
    let mut open = draft.state().promotions_into(component, name);
    if let Some(newer) = open.find(|open| !open.is_rollback() && open.asked.version > *version) {
        return refuse("E_NEWER_OPEN", say::promote::newer_open(newer, version));
    }
    let Some(there) = slot.current() else { return Ok(()) };
    match &there.version {
        Some(newer) if newer > version => {
            refuse("E_DOWNGRADE", say::promote::downgrade(name, newer, version, slot))
        }
        Some(same) if same == version && repeat == Repeat::No => {
            refuse("E_ALREADY_THERE", say::promote::already_there(name, version, there))
        }
        Some(_) | None => Ok(()),
    }
}

fn order(
    asked: &Asked<'_>,
    draft: &Draft<'_>,
    (environment, release): (&Environment, &Release),
    (kind, replaces): (Kind, Option<Version>),
) -> Order {
    Order {
        id: next_id(draft),
        kind,
        component: asked.rules.versioning.component.clone(),
        environment: environment.name.clone(),
        version: release.version.clone(),
        tag: release.tag.clone(),
        commit: release.commit.clone(),
        replaces,
        by: Some(asked.comment.author.id),
        comment: Some(asked.comment.at.clone()),
    }
}

/// Takes it up and goes as far as it goes at once. `None`: facts are missing.
fn go(
    asked: &Asked<'_>,
    mut draft: Draft<'_>,
    (environment, order): (&Environment, Order),
    reason: Option<&Reason>,
) -> Option<Decision> {
    let verb = if order.kind == Kind::Rollback { "rollback" } else { "promote" };
    let (tag, commit) = (order.tag.clone(), order.commit.clone());
    let home = Some(asked.comment.at.thread);
    let mut texts = vec![("login", asked.comment.author.login.as_str())];
    texts.extend(reason.map(|reason| ("reason", reason.as_str())));
    let id = match begin(&mut draft, environment, order, home, &texts)? {
        Ok(id) => id,
        Err(Obstacle::TagMoved { to }) => {
            let text = say::promote::tag_moved(&tag, &commit, to.as_ref());
            return Some(asked.refuse(verb, "E_TAG_MOVED", text));
        }
        Err(Obstacle::Unreadable { why }) => {
            let text = say::promote::unreadable("the release", &why);
            return Some(asked.refuse(verb, "E_UNREADABLE", text));
        }
    };
    let promotion = draft.state().promotions[&id].clone();
    // Both have their turn before a missing fact is missed: together they are one round of questions.
    let startable = dispatch::startable(&draft, &promotion);
    let advanced = advance(&mut draft);
    if let (Deploy::Run { what, .. }, Err(_)) = (&environment.deploy, startable?) {
        return Some(asked.refuse(verb, "E_NOT_STARTABLE", say::promote::not_startable(what, &tag)));
    }
    advanced?;
    Some(draft.finish())
}

/// Answers `rollback`. `None`: facts are missing.
pub fn rollback(
    asked: &Asked<'_>,
    environment: &WrittenEnvironment,
    version: Option<&WrittenVersion>,
    reason: Option<&Reason>,
) -> Option<Decision> {
    let environment = match place::environment(asked, "rollback", environment)? {
        Ok(environment) => environment,
        Err(refusal) => return Some(*refusal),
    };
    if let Some(refusal) = only_watched(asked, "rollback", &environment) {
        return Some(refusal);
    }
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let learned = observe::learn(&mut draft, std::slice::from_ref(&environment.name));
    let releases = place::releases(asked);
    learned?;
    let releases = releases?;
    let component = asked.rules.versioning.component.clone();
    let slot = draft.state().slot(&component, &environment.name);
    let holder = draft.state().holder(&component, &environment.name).cloned();
    let going_back =
        draft.state().promotions_into(&component, &environment.name).find(|open| open.is_rollback());
    if let Some(open) = going_back {
        return Some(asked.refuse("rollback", "E_ALREADY_OPEN", say::promote::open_already(open)));
    }
    let replaced = replaced(holder.as_ref(), &slot);
    let target = match target(asked, (&environment, &slot), version, replaced.as_ref()) {
        Ok(target) => target,
        Err(refusal) => return Some(*refusal),
    };
    let Some(release) =
        releases.into_iter().find(|release| Some(&release.version) == target.version.as_ref())
    else {
        let text = say::promote::nothing_good(&environment.name, &WayBack::FirstThere);
        return Some(asked.refuse("rollback", "E_NOTHING_GOOD", text));
    };
    if let Some(running) = holder.filter(|holder| matches!(holder.stage, Stage::Rolling { .. })) {
        begin_abort(&mut draft, asked, &running, None);
    }
    let release = Release { commit: target.commit.clone(), ..release };
    let order = order(asked, &draft, (&environment, &release), (Kind::Rollback, replaced));
    go(asked, draft, (&environment, order), reason)
}

/// What a rollback takes away: what is on its way there, else what is there.
fn replaced(holder: Option<&Promotion>, slot: &Slot) -> Option<Version> {
    let on_its_way = holder.map(|holder| holder.asked.version.clone());
    // Where nobody can say what is there, nothing is taken away: what was good last may be what is wanted back.
    on_its_way.or_else(|| slot.current().and_then(|standing| standing.version.clone()))
}

/// What a rollback brings back.
fn target(
    asked: &Asked<'_>,
    (environment, slot): (&Environment, &Slot),
    version: Option<&WrittenVersion>,
    replaced: Option<&Version>,
) -> Meant<Standing> {
    let name = &environment.name;
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse("rollback", code, text)));
    let Some(written) = version else {
        return match slot.before(replaced) {
            Some(standing) => Ok(standing.clone()),
            None => refuse("E_NOTHING_GOOD", say::promote::nothing_good(name, &slot.way_back(replaced))),
        };
    };
    let good: Vec<Version> = slot
        .good
        .iter()
        .filter_map(|standing| standing.version.clone())
        .filter(|version| !slot.bars(Some(version)) && Some(version) != replaced)
        .collect();
    let Some(version) = written.as_str().parse::<Version>().ok() else {
        return refuse("E_UNKNOWN_VERSION", say::promote::unknown_version(written.as_str(), &good));
    };
    if let Some(there) = slot.current().filter(|there| there.version.as_ref() == Some(&version))
        && replaced == Some(&version)
    {
        return refuse("E_ALREADY_THERE", say::promote::already_there(name, &version, there));
    }
    match slot.was_good(&version).filter(|_| good.contains(&version)) {
        Some(standing) => Ok(standing.clone()),
        None => {
            let why = no_return(asked, slot, &version);
            refuse("E_NOT_GOOD_THERE", say::promote::not_good_there(name, &version, why, &good))
        }
    }
}

fn no_return(asked: &Asked<'_>, slot: &Slot, version: &Version) -> NoReturn {
    if asked.moment.state.is_withdrawn(component(asked), version) {
        NoReturn::Withdrawn
    } else if slot.was_good(version).is_none() {
        NoReturn::NeverGood
    } else if slot.bars(Some(version)) {
        NoReturn::Held
    } else {
        NoReturn::OnItsWay
    }
}

/// The component that every answer here is about.
pub(super) fn component<'a>(asked: &'a Asked<'_>) -> &'a ComponentName {
    &asked.rules.versioning.component
}
