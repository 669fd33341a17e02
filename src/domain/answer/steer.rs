//! The answers to `hold`, `resume`, `abort`, `retry`, `lock`, `unlock` and `why`: which promotion is meant, and what is done to it.

use jiff::Timestamp;

use super::place;
use super::promote::component;
use crate::domain::asked::{Asked, comment_effect, reply as reply_purpose, reply_subject};
use crate::domain::authorize::{Claim, Verdict, authorize};
use crate::domain::command::{Length, Rank, Reason, Which, WrittenEnvironment, WrittenVersion};
use crate::domain::decision::Decision;
use crate::domain::event::{Event, Recorded};
use crate::domain::id::EnvironmentName;
use crate::domain::promotion::advance::advance;
use crate::domain::promotion::draft::Draft;
use crate::domain::promotion::model::{Promotion, Stage};
use crate::domain::promotion::panel;
use crate::domain::promotion::step::Step;
use crate::domain::promotion::terms::{Obstacle, terms};
use crate::domain::promotion::view::{Afterwords, Cancellation, Ending, Said, afterwords, said_in, view};
use crate::domain::promotion::{begin, dispatch};
use crate::domain::say::{self, Text};
use crate::domain::state::slot::SlotName;
use crate::domain::version::Version;

/// Adds the answer to the command.
pub(super) fn reply(draft: &mut Draft<'_>, asked: &Asked<'_>, text: Text) {
    let at = &asked.comment.at;
    draft.order(reply_purpose(at), reply_subject(at), comment_effect(at, text));
}

/// Who writes, and what they say.
pub(super) fn said(asked: &Asked<'_>, reason: Option<&Reason>) -> Said {
    let login = Some(asked.comment.author.login.clone());
    Said { login, reason: reason.map(|reason| reason.as_str().to_owned()) }
}

fn signed(asked: &Asked<'_>, event: impl Into<Recorded>, reason: Option<&Reason>) -> Recorded {
    let recorded = event.into().with_text("login", asked.comment.author.login.clone());
    match reason {
        Some(reason) => recorded.with_text("reason", reason.as_str()),
        None => recorded,
    }
}

/// The open promotion that is named by its number, or the only one whose panel stands here.
pub(super) fn here_or_named(
    asked: &Asked<'_>,
    verb: &str,
    which: Option<&Which>,
) -> Result<Promotion, Box<Decision>> {
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse(verb, code, text)));
    let state = asked.moment.state;
    if let Some(Which::Promotion(word)) = which {
        return match state.promotions.get(&word.promotion) {
            Some(promotion) => Ok(promotion.clone()),
            None => refuse(
                "E_NOTHING_OPEN",
                say::steer::no_such_promotion(word.promotion, state.newest_promotion),
            ),
        };
    }
    let thread = Some(asked.comment.at.thread);
    let here: Vec<&Promotion> = state.promotions.values().filter(|open| open.panel.home == thread).collect();
    only(asked, verb, &here)
}

fn only(asked: &Asked<'_>, verb: &str, open: &[&Promotion]) -> Result<Promotion, Box<Decision>> {
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse(verb, code, text)));
    match open {
        [] => refuse("E_NOTHING_OPEN", say::steer::nothing_open(verb)),
        [one] => Ok((*one).clone()),
        several => refuse("E_WHICH", say::steer::which(verb, several)),
    }
}

/// The open promotion that a command means. `None`: facts are missing.
fn meant(asked: &Asked<'_>, verb: &str, which: Option<&Which>) -> Option<Result<Promotion, Box<Decision>>> {
    let state = asked.moment.state;
    Some(match which {
        None | Some(Which::Promotion(_)) => here_or_named(asked, verb, which),
        Some(Which::Environment(written)) => match place::environment(asked, verb, written)? {
            Err(refusal) => Err(refusal),
            Ok(environment) => {
                let is_into = |open: &&Promotion| open.asked.environment == environment.name;
                let open: Vec<&Promotion> = state.promotions.values().filter(is_into).collect();
                // What runs is meant before what waits.
                let running: Vec<&Promotion> = open.iter().copied().filter(|open| open.has_slot()).collect();
                only(asked, verb, if running.is_empty() { &open } else { &running })
            }
        },
        Some(Which::Version(written)) => {
            let version: Option<Version> = written.as_str().parse().ok();
            let is_it = |open: &&Promotion| Some(&open.asked.version) == version.as_ref();
            only(asked, verb, &state.promotions.values().filter(is_it).collect::<Vec<_>>())
        }
    })
}

/// Answers `hold`. `None`: facts are missing.
pub fn hold(asked: &Asked<'_>, which: Option<&Which>, reason: Option<&Reason>) -> Option<Decision> {
    if let Some(Which::Version(written)) = which {
        return bar(asked, written, reason);
    }
    let promotion = match meant(asked, "hold", which)? {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    if promotion.held.is_some() {
        let text = say::steer::held_already(&view(&draft, &promotion)?);
        return Some(asked.refuse("hold", "E_HELD_ALREADY", text));
    }
    draft.record(signed(asked, Step::PromotionHeld { promotion: promotion.id() }, reason));
    onwards(asked, draft, &promotion, say::steer::held)
}

/// Answers `resume`. `None`: facts are missing.
pub fn resume(asked: &Asked<'_>, which: Option<&Which>) -> Option<Decision> {
    if let Some(Which::Version(written)) = which {
        return unbar(asked, written);
    }
    let promotion = match meant(asked, "resume", which)? {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    if promotion.held.is_none() {
        let text = say::steer::not_held(&promotion.id().to_string());
        return Some(asked.refuse("resume", "E_NOT_HELD", text));
    }
    draft.record(signed(asked, Step::PromotionResumed { promotion: promotion.id() }, None));
    advance(&mut draft)?;
    let Some(now) = draft.state().promotions.get(&promotion.id()).cloned() else {
        return Some(draft.finish());
    };
    // That it begins is told in a comment of its own, where it is at home.
    let is_told = promotion.stage == Stage::Waiting && now.stage != Stage::Waiting;
    if !is_told || now.panel.home != Some(asked.comment.at.thread) {
        let text = say::steer::resumed(&view(&draft, &now)?);
        reply(&mut draft, asked, text);
    }
    Some(draft.finish())
}

/// Goes on, and answers with what is so then. `None`: facts are missing.
fn onwards(
    asked: &Asked<'_>,
    mut draft: Draft<'_>,
    promotion: &Promotion,
    text: impl Fn(&crate::domain::promotion::view::View) -> Text,
) -> Option<Decision> {
    advance(&mut draft)?;
    if let Some(now) = draft.state().promotions.get(&promotion.id()).cloned() {
        let text = text(&view(&draft, &now)?);
        reply(&mut draft, asked, text);
    }
    Some(draft.finish())
}

/// A release is held in every environment.
fn bar(asked: &Asked<'_>, written: &WrittenVersion, reason: Option<&Reason>) -> Option<Decision> {
    let known = place::releases(asked)?;
    let version: Option<Version> = written.as_str().parse().ok();
    let Some(release) = known.iter().find(|release| Some(&release.version) == version.as_ref()) else {
        let text = say::promote::unknown_version(written.as_str(), &place::newest(&known));
        return Some(asked.refuse("hold", "E_UNKNOWN_VERSION", text));
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let names = names(asked);
    for environment in &names {
        draft.record(signed(asked, barred(asked, environment, &release.version, true), reason));
    }
    advance(&mut draft)?;
    let state = asked.moment.state;
    let begun = |open: &&Promotion| {
        open.asked.version == release.version && open.asked.component == *component(asked) && open.has_slot()
    };
    let running: Vec<&Promotion> = state.promotions.values().filter(begun).collect();
    reply(&mut draft, asked, say::steer::release_held(&release.version, &names, &running));
    Some(draft.finish())
}

/// A held release may go on where it was held; a withdrawn one may not.
fn unbar(asked: &Asked<'_>, written: &WrittenVersion) -> Option<Decision> {
    let not_held = || asked.refuse("resume", "E_NOT_HELD", say::steer::not_held(&written.to_string()));
    let Some(version) = &written.as_str().parse::<Version>().ok() else { return Some(not_held()) };
    let state = asked.moment.state;
    if state.is_withdrawn(component(asked), version) {
        return Some(asked.refuse("resume", "E_WITHDRAWN", say::promote::withdrawn(version)));
    }
    if state.is_unconfirmed(component(asked), version) {
        return confirm(asked, version);
    }
    let slots = &state.component(component(asked)).slots;
    let held: Vec<EnvironmentName> = slots
        .iter()
        .filter(|(_, slot)| slot.barred.contains(version))
        .map(|(name, _)| name.clone())
        .collect();
    if held.is_empty() {
        return Some(not_held());
    }
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    for environment in &held {
        draft.record(signed(asked, barred(asked, environment, version, false), None));
    }
    advance(&mut draft)?;
    reply(&mut draft, asked, say::steer::release_resumed(version, &held));
    Some(draft.finish())
}

/// A releaser lets a release go that somebody else had published; the policy may carry it on then.
fn confirm(asked: &Asked<'_>, version: &Version) -> Option<Decision> {
    let claim = Claim::of_rank(asked.moment.state, &asked.comment.author, Rank::Releaser);
    match authorize(asked.moment.facts, asked.rules, claim)? {
        Verdict::Allowed => {}
        Verdict::Denied { .. } | Verdict::Stranger => {
            return Some(asked.refuse("resume", "E_ROLE", say::drafting::not_a_releaser(version)));
        }
        Verdict::Unknown { why } => {
            return Some(asked.refuse("resume", "E_RIGHTS_UNKNOWN", say::refusal::rights_unknown(&why)));
        }
    }
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let name = component(asked);
    let event = Event::ReleaseConfirmed { component: name.clone(), version: version.clone() };
    draft.record(signed(asked, event, None));
    if let Some(release) = draft.state().release(name, version).cloned() {
        begin::by_policy(&mut draft, name, &release)?;
    }
    advance(&mut draft)?;
    reply(&mut draft, asked, say::drafting::confirmed(version));
    Some(draft.finish())
}

fn names(asked: &Asked<'_>) -> Vec<EnvironmentName> {
    asked.rules.environments.iter().map(|environment| environment.name.clone()).collect()
}

fn barred(asked: &Asked<'_>, environment: &EnvironmentName, version: &Version, barred: bool) -> Event {
    Event::ReleaseBarred {
        component: component(asked).clone(),
        environment: environment.clone(),
        version: version.clone(),
        barred,
    }
}

/// Answers `abort`. `None`: facts are missing.
pub fn abort(asked: &Asked<'_>, which: Option<&Which>, reason: Option<&Reason>) -> Option<Decision> {
    let promotion = match meant(asked, "abort", which)? {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    match promotion.stage {
        Stage::Waiting => {
            let ending = Ending::Cancelled(Cancellation::Asked(said(asked, reason)));
            panel::end(&mut draft, &promotion, &ending)?;
        }
        Stage::Rolling { .. } | Stage::Failed { .. } => begin_abort(&mut draft, asked, &promotion, reason),
        Stage::Aborting { .. } => {}
    }
    onwards(asked, draft, &promotion, say::steer::aborting)
}

/// Begins to stop what runs: what the forge can call off is called off.
pub(super) fn begin_abort(
    draft: &mut Draft<'_>,
    asked: &Asked<'_>,
    promotion: &Promotion,
    reason: Option<&Reason>,
) {
    draft.record(signed(asked, Step::AbortBegun { promotion: promotion.id() }, reason));
    let attempts = promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
    for attempt in attempts.iter().filter(|attempt| !attempt.stage.is_over()) {
        dispatch::call_off(draft, promotion, attempt);
    }
}

/// Answers `retry`. `None`: facts are missing.
pub fn retry(asked: &Asked<'_>, which: Option<&Which>) -> Option<Decision> {
    let promotion = match meant(asked, "retry", which)? {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let Stage::Failed { wave } = &promotion.stage else {
        let text = say::steer::nothing_failed(&view(&draft, &promotion)?);
        return Some(asked.refuse("retry", "E_NOT_FAILED", text));
    };
    // S13: what is tried again is still what was approved.
    if let Some(environment) = asked.rules.environment(&promotion.asked.environment)
        && let Err(Obstacle::TagMoved { to }) = terms(asked.moment, &promotion.asked, environment)?
    {
        let text = say::promote::tag_moved(&promotion.asked.tag, &promotion.asked.commit, to.as_ref());
        return Some(asked.refuse("retry", "E_TAG_MOVED", text));
    }
    let failed = wave.attempts.iter().filter(|attempt| attempt.stage.is_bad());
    let targets = failed.map(|attempt| attempt.target.clone()).collect();
    dispatch::begin(&mut draft, promotion.id(), wave.number, targets)?;
    onwards(asked, draft, &promotion, say::steer::retried)
}

/// Answers `lock`. `None`: facts are missing.
pub fn lock(
    asked: &Asked<'_>,
    written: &WrittenEnvironment,
    length: Option<Length>,
    reason: Option<&Reason>,
) -> Option<Decision> {
    let environment = match place::environment(asked, "lock", written)? {
        Ok(environment) => environment.name,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let (me, now) = (asked.comment.author.id, asked.moment.now);
    let theirs =
        draft.state().locks.get(&environment).filter(|lock| lock.holds(now) && lock.by != me).cloned();
    if let Some(lock) = theirs {
        let owner = said_in(&draft, lock.row)?;
        let text = say::steer::locked_by_another(&environment, &owner, lock.until);
        return Some(asked.refuse("lock", "E_LOCKED", text));
    }
    let until: Option<Timestamp> = length.map(|length| now + length.seconds().duration());
    let event = Event::EnvironmentLocked { environment: environment.clone(), by: me, until };
    draft.record(signed(asked, event, reason));
    advance(&mut draft)?;
    reply(&mut draft, asked, say::steer::locked(&environment, until));
    Some(draft.finish())
}

/// Answers `unlock`. `None`: facts are missing.
pub fn unlock(asked: &Asked<'_>, written: &WrittenEnvironment) -> Option<Decision> {
    let environment = match place::environment(asked, "unlock", written)? {
        Ok(environment) => environment.name,
        Err(refusal) => return Some(*refusal),
    };
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let lock = draft.state().locks.get(&environment).filter(|lock| lock.holds(asked.moment.now)).cloned();
    let Some(lock) = lock else {
        return Some(asked.refuse("unlock", "E_NOT_LOCKED", say::steer::not_locked(&environment)));
    };
    let owner = said_in(&draft, lock.row)?;
    draft.record(signed(asked, Event::EnvironmentUnlocked { environment: environment.clone() }, None));
    advance(&mut draft)?;
    reply(&mut draft, asked, say::steer::unlocked(&environment, &owner));
    Some(draft.finish())
}

/// Answers `why`. `None`: facts are missing.
pub fn why(asked: &Asked<'_>, written: Option<&WrittenEnvironment>) -> Option<Decision> {
    let only = match written.map(|written| place::environment(asked, "why", written)) {
        None => None,
        Some(meant) => match meant? {
            Ok(environment) => Some(environment.name),
            Err(refusal) => return Some(*refusal),
        },
    };
    let draft = Draft::new(asked.moment)?;
    let open: Vec<Promotion> = asked.moment.state.promotions.values().cloned().collect();
    let wanted = |open: &&Promotion| only.as_ref().is_none_or(|only| open.asked.environment == *only);
    let views: Vec<_> = open.iter().filter(wanted).map(|promotion| view(&draft, promotion)).collect();
    let components = asked.moment.state.components.iter();
    let slots = components.flat_map(|(name, known)| known.slots.keys().map(move |slot| (name, slot)));
    let wanted = |(_, name): &(_, &EnvironmentName)| only.as_ref().is_none_or(|only| *name == only);
    let afterwords = slots.filter(wanted).map(|(component, name)| {
        let slot = SlotName { component: component.clone(), environment: name.clone() };
        afterwords(&draft, &slot)
    });
    // Both have their turn before a missing fact is missed: together they are one round of questions.
    let afterwords: Vec<Option<Option<Afterwords>>> = afterwords.collect();
    let views: Vec<_> = views.into_iter().collect::<Option<_>>()?;
    let afterwords: Vec<_> = afterwords.into_iter().collect::<Option<_>>()?;
    let afterwords: Vec<Afterwords> = afterwords.into_iter().flatten().collect();
    Some(asked.answer(say::steer::why(&views, &afterwords)))
}
