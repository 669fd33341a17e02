//! What the outside says of attempts: outcomes of our orders, reports on deployments, runs. What follows from it is `advance`'s business.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::advance::advance;
use super::draft::Draft;
use super::model::{Attempt, AttemptStage, Handle, Promotion, Stage};
use super::step::Step;
use super::{arrival, begin, dispatch, observe, panel};
use crate::domain::decision::{Decision, Moment};
use crate::domain::effect::{EffectKey, Made, Outcome};
use crate::domain::event::{Event, IgnoredReport, Recorded};
use crate::domain::id::{ActorId, ActorKind, CommitId, ComponentName, DeploymentId, PromotionId};
use crate::domain::policy::environment::Deploy;
use crate::domain::query::{DeploymentNow, Found, Report, ReportedState, RunAsked, RunNow};
use crate::domain::say;
use crate::domain::signal::{DeploymentReported, Run, Signal};
use crate::domain::state::slot::SlotName;
use crate::domain::state::{FollowUp, ReleaseMark};
use crate::domain::timer::TimerKey;

/// How long a deployment may stand before it is said that nobody picks it up.
pub const PICKED_UP_WITHIN: SignedDuration = SignedDuration::from_mins(3);

/// Takes the outcome of an order in, where it was a promotion's. `None`: it was not; the inner `None`: facts are missing.
pub fn outcome(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Option<Decision>> {
    let is = |purpose: String| *key == moment.key(purpose);
    for promotion in moment.state.promotions.values() {
        let id = promotion.id();
        if let Some(drawing) =
            promotion.panel.pending.keys().find(|drawing| is(panel::purpose(id, **drawing)))
        {
            return Some(Some(shown(id, *drawing, outcome)));
        }
        for attempt in promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default() {
            if is(dispatch::purpose(id, attempt.number)) {
                return Some(ordered(moment, promotion, attempt, outcome));
            }
            if is(dispatch::cancel_purpose(id, attempt.number)) {
                return Some(called_off(moment, promotion, attempt));
            }
        }
    }
    let followed = moment.state.follow_ups.values();
    let awaited = |rollback: &&FollowUp| is(arrival::follow_up_purpose(rollback.promotion.id()));
    match { followed }.find(awaited) {
        Some(rollback) => Some(followed_up(moment, rollback, outcome)),
        None => issue_opened(moment, key, outcome),
    }
}

/// The follow-up of a rollback has a number now, or will never have one. `None`: facts are missing.
fn followed_up(moment: &Moment<'_>, rollback: &FollowUp, outcome: &Outcome) -> Option<Decision> {
    let number = match outcome {
        Outcome::Done(Made::Issue { number, .. }) => Some(*number),
        Outcome::Done(_) | Outcome::Refused(_) | Outcome::Lost { .. } => None,
    };
    let mut draft = Draft::new(moment)?;
    arrival::followed_up(&mut draft, rollback, number)?;
    Some(draft.finish())
}

/// A release has an issue of its own now: promotions without a conversation are shown there.
fn issue_opened(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Option<Decision>> {
    let (name, release) = moment.state.components.iter().find_map(|(name, component)| {
        let awaited = |mark: &&ReleaseMark| *key == moment.key(begin::issue_purpose(name, mark));
        Some((name, component.releases.iter().find(awaited)?))
    })?;
    let Outcome::Done(Made::Issue { number, .. }) = outcome else {
        return Some(Some(Decision::ignored("no issue could be opened for the release")));
    };
    let decide = || {
        let mut draft = Draft::new(moment)?;
        let (component, tag) = (name.clone(), release.tag.clone());
        draft.record(Event::IssueOpened { component, tag, number: *number });
        advance(&mut draft)?;
        Some(draft.finish())
    };
    Some(decide())
}

/// Who approves from now on has seen this drawing.
fn shown(promotion: PromotionId, drawing: u32, outcome: &Outcome) -> Decision {
    match outcome {
        Outcome::Done(made) => {
            let page = if let Made::Comment { page, .. } = made { Some(page.clone()) } else { None };
            Decision::default().record(Step::PanelShown { promotion, drawing, page })
        }
        Outcome::Refused(_) | Outcome::Lost { .. } => {
            Decision::ignored("the panel could not be shown; the next drawing will try again")
        }
    }
}

fn ordered(
    moment: &Moment<'_>,
    promotion: &Promotion,
    attempt: &Attempt,
    outcome: &Outcome,
) -> Option<Decision> {
    if attempt.stage != AttemptStage::Created {
        return Some(Decision::ignored("the attempt went on before its order's outcome came"));
    }
    let mut draft = Draft::new(moment)?;
    draft.record(begun(moment, promotion, attempt, outcome));
    if let Some(now) = draft.state().promotions.get(&promotion.id()).cloned()
        && matches!(now.stage, Stage::Aborting { .. })
        && let Some(attempt) =
            now.wave().and_then(|wave| wave.attempts.iter().find(|a| a.number == attempt.number))
        && !attempt.stage.is_over()
    {
        dispatch::call_off(&mut draft, &now, attempt);
    }
    advance(&mut draft)?;
    Some(draft.finish())
}

fn begun(moment: &Moment<'_>, promotion: &Promotion, attempt: &Attempt, outcome: &Outcome) -> Recorded {
    let moved = |to, handle, page| Step::AttemptMoved {
        promotion: promotion.id(),
        attempt: attempt.number,
        to,
        handle,
        page,
    };
    let failed =
        |said: &str| Recorded::from(moved(AttemptStage::Failed, None, None)).with_text("reason", said);
    match outcome {
        Outcome::Done(Made::Deployment { id, page }) => {
            moved(AttemptStage::Dispatched, Some(Handle::Deployment(*id)), page.clone()).into()
        }
        // Its own order was looked for, and that of another target of the same tag was all that could be meant.
        Outcome::Done(Made::Run { number, .. }) if in_hand(moment, Handle::Run(*number)).is_some() => {
            let why = format!("only run {number} was found, and that is another target's");
            Recorded::from(moved(AttemptStage::Lost, None, None)).with_text("reason", why)
        }
        Outcome::Done(Made::Run { number, page }) => {
            moved(AttemptStage::Dispatched, Some(Handle::Run(*number)), Some(page.clone())).into()
        }
        Outcome::Done(_) => failed("the forge made something else"),
        Outcome::Refused(refusal) => failed(refusal.said()),
        Outcome::Lost { why } => {
            Recorded::from(moved(AttemptStage::Lost, None, None)).with_text("reason", why)
        }
    }
}

/// What was called off counts as over, whatever the forge says of the calling off.
fn called_off(moment: &Moment<'_>, promotion: &Promotion, attempt: &Attempt) -> Option<Decision> {
    if attempt.stage.is_over() {
        return Some(Decision::ignored("the attempt was over before"));
    }
    let mut draft = Draft::new(moment)?;
    move_to(&mut draft, promotion, attempt, (AttemptStage::Cancelled, None));
    advance(&mut draft)?;
    Some(draft.finish())
}

fn move_to(
    draft: &mut Draft<'_>,
    promotion: &Promotion,
    attempt: &Attempt,
    (to, seen): (AttemptStage, Option<&Seen>),
) {
    let step = Step::AttemptMoved {
        promotion: promotion.id(),
        attempt: attempt.number,
        to,
        handle: None,
        page: seen.and_then(|seen| seen.page.clone()),
    };
    let said = seen.map(|seen| seen.said.clone()).filter(|said| !said.is_empty());
    let recorded = Recorded::from(step);
    draft.record(match said {
        Some(said) => recorded.with_text("reason", said),
        None => recorded,
    });
}

/// Somebody reported on a deployment. `None`: facts are missing.
pub fn reported(moment: &Moment<'_>, reported: &DeploymentReported) -> Option<Decision> {
    let mut draft = Draft::new(moment)?;
    match in_hand(moment, Handle::Deployment(reported.deployment)) {
        Some((promotion, attempt)) => {
            note(&mut draft, promotion, attempt, reported)?;
            advance(&mut draft)?;
        }
        None if is_past(moment, reported.deployment) => {
            too_late(&mut draft, reported)?;
            advance(&mut draft)?;
        }
        None => {
            observe::reported(&mut draft, reported)?;
            advance(&mut draft)?;
        }
    }
    Some(or_ignored(draft, "the report changes nothing"))
}

/// A check of a commit was reported. `None`: facts are missing.
pub fn check_reported(moment: &Moment<'_>, commit: &CommitId) -> Option<Decision> {
    let waits = |promotion: &Promotion| {
        promotion.stage == Stage::Waiting
            && promotion.asked.commit == *commit
            && !promotion.terms.conditions.checks.is_empty()
    };
    if !moment.state.promotions.values().any(waits) {
        return Some(Decision::ignored("no promotion waits for a check of this commit"));
    }
    onwards(moment, Decision::default())
}

/// The policy file, a tag or a release page was touched: what promotions cover may have changed. `None`: facts are missing.
pub fn afterwards(moment: &Moment<'_>, decision: Decision) -> Option<Decision> {
    if moment.state.promotions.is_empty() {
        return Some(decision);
    }
    let reason = decision.ignored.clone();
    let decision = onwards(moment, Decision { ignored: None, ..decision })?;
    Some(if decision.ignored.is_some() { Decision { ignored: reason, ..decision } } else { decision })
}

/// What follows for open promotions from what was decided. `None`: facts are missing.
pub fn onwards(moment: &Moment<'_>, decision: Decision) -> Option<Decision> {
    let mut draft = Draft::on(moment, decision)?;
    advance(&mut draft)?;
    Some(or_ignored(draft, "nothing follows for any promotion"))
}

/// A timer of a promotion is due. `None`: facts are missing.
pub fn timer_due(moment: &Moment<'_>, promotion: PromotionId) -> Option<Decision> {
    if !moment.state.promotions.contains_key(&promotion) {
        return Some(Decision::ignored("the promotion is over"));
    }
    onwards(moment, Decision::default())
}

/// A release was cut: the policy may carry it on by itself. `None`: facts are missing.
pub fn after_cut(moment: &Moment<'_>, decision: Decision) -> Option<Decision> {
    let cut = decision.events.iter().find_map(|recorded| match &recorded.event {
        Event::ReleaseCut { component, cut, .. } => Some((component.clone(), cut.tag.clone())),
        _ => None,
    });
    let Some((component, tag)) = cut else { return Some(decision) };
    let mut draft = Draft::on(moment, decision)?;
    let release = draft.state().component(&component).releases.into_iter().find(|mark| mark.tag == tag);
    if let Some(release) = release {
        begin::by_policy(&mut draft, &component, &release)?;
        advance(&mut draft)?;
    }
    Some(draft.finish())
}

/// The moment after somebody published a draft is over: the policy may carry the release on by itself. `None`: facts are missing.
pub fn after_publication(moment: &Moment<'_>, name: &ComponentName, decision: Decision) -> Option<Decision> {
    let component = moment.state.component(name);
    let published = component.cutting.filter(|cutting| cutting.asked.is_none());
    let release =
        published.and_then(|cutting| component.releases.into_iter().find(|mark| mark.tag == cutting.cut.tag));
    let Some(release) = release else { return Some(decision) };
    let mut draft = Draft::on(moment, decision)?;
    begin::by_policy(&mut draft, name, &release)?;
    advance(&mut draft)?;
    Some(draft.finish())
}

/// A run moved. `None`: facts are missing.
pub fn run_moved(moment: &Moment<'_>, run: &Run) -> Option<Decision> {
    if in_hand(moment, Handle::Run(run.number)).is_none() {
        // It may be what a gate waits for all the same: where a forge tells of no checks, its runs are them.
        return check_reported(moment, &run.commit);
    }
    let mut draft = Draft::new(moment)?;
    advance(&mut draft)?;
    Some(or_ignored(draft, "the run changes nothing"))
}

fn or_ignored(draft: Draft<'_>, reason: &str) -> Decision {
    let decision = draft.finish();
    if decision.events.is_empty() && decision.effects.is_empty() {
        return Decision::ignored(reason);
    }
    decision
}

fn in_hand<'a>(moment: &Moment<'a>, handle: Handle) -> Option<(&'a Promotion, &'a Attempt)> {
    moment.state.promotions.values().find_map(|promotion| {
        let attempts = &promotion.wave()?.attempts;
        Some((promotion, attempts.iter().find(|attempt| attempt.handle == Some(handle))?))
    })
}

/// Whether a deployment is of an open promotion, but not of the wave in hand: replaced by a newer attempt, or of a wave before.
fn is_past(moment: &Moment<'_>, deployment: DeploymentId) -> bool {
    moment.state.promotions.values().any(|open| {
        open.fenced.contains(&deployment)
            || open.done.iter().any(|done| done.deployment() == Some(deployment))
    })
}

/// What comes of an older attempt changes nothing (invariant 9); where it says how that ended, it is on record. `None`: facts
/// are missing.
fn too_late(draft: &mut Draft<'_>, reported: &DeploymentReported) -> Option<()> {
    let now = draft.moment.facts.deployment(reported.deployment)?;
    let Some(now) = now.known() else { return Some(()) };
    let Some(newest) = now.reports.first() else { return Some(()) };
    if matches!(newest.state, ReportedState::Success | ReportedState::Failure) {
        draft.record(ignored(now, newest, (IgnoredReport::Late, None)));
    }
    Some(())
}

/// A report that will not be believed, or comes too late, is on record all the same. `None`: facts are missing.
fn note(
    draft: &mut Draft<'_>,
    promotion: &Promotion,
    attempt: &Attempt,
    reported: &DeploymentReported,
) -> Option<()> {
    let now = draft.moment.facts.deployment(reported.deployment);
    let reporters = Reporters::of(draft, &promotion.terms.deploy);
    let (now, reporters) = (now?, reporters?);
    let Some(now) = now.known() else { return Some(()) };
    let Some(newest) = now.reports.first() else { return Some(()) };
    // What we said ourselves when we called it off is no news.
    if newest.by.kind == ActorKind::Bot && newest.said == dispatch::stopped(promotion) {
        return Some(());
    }
    let because = match (reporters.count(newest), attempt.stage.is_bad()) {
        (false, _) => Some(IgnoredReport::Stranger),
        (true, true) => Some(IgnoredReport::Late),
        (true, false) => None,
    };
    if let Some(because) = because {
        draft.record(ignored(now, newest, (because, None)));
    }
    Some(())
}

/// The record of a report that changes nothing: why, and where it is shown if its promotion is over.
pub fn ignored(
    now: &DeploymentNow,
    report: &Report,
    (because, slot): (IgnoredReport, Option<SlotName>),
) -> Recorded {
    let event = Event::ReportIgnored { deployment: now.id, commit: now.commit.clone(), because, slot };
    let state = match report.state {
        ReportedState::Queued => "queued",
        ReportedState::InProgress => "in progress",
        ReportedState::Success => "success",
        ReportedState::Failure => "failure",
        ReportedState::Inactive => "inactive",
    };
    Recorded::from(event).with_text("by", report.by.login.clone()).with_text("state", state)
}

/// Whose reports count.
pub enum Reporters {
    /// Whoever the forge lets report.
    Anybody,
    /// These accounts; one that is named and is not there counts for nobody.
    These(BTreeSet<ActorId>),
}

impl Reporters {
    /// Whose reports count by these terms. `None`: facts are missing.
    pub fn of(draft: &Draft<'_>, deploy: &Deploy) -> Option<Self> {
        if deploy.reporters().is_empty() {
            return Some(Self::Anybody);
        }
        let accounts = deploy.reporters().iter().map(|name| draft.moment.facts.account(name.clone()));
        let accounts: Vec<_> = accounts.collect::<Vec<_>>().into_iter().collect::<Option<_>>()?;
        let known = accounts.into_iter().filter_map(|account| account.known().map(|actor| actor.id));
        Some(Self::These(known.collect()))
    }

    /// Whether this report counts.
    pub fn count(&self, report: &Report) -> bool {
        match self {
            Self::Anybody => true,
            Self::These(accounts) => accounts.contains(&report.by.id),
        }
    }

    /// The newest report that counts.
    pub fn newest<'a>(&self, now: &'a DeploymentNow) -> Option<&'a Report> {
        now.reports.iter().find(|report| self.count(report))
    }
}

/// What was seen of an attempt.
#[derive(Clone)]
struct Seen {
    state: ReportedState,
    page: Option<String>,
    said: String,
    /// S16: whether it is the planned commit.
    is_planned: bool,
}

/// Takes in what the forge has on record of the wave in hand, and what time alone says. `None`: facts are missing.
pub fn attempts(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    let Some(wave) = promotion.wave() else { return Some(()) };
    let seen: Vec<Option<Option<Seen>>> =
        wave.attempts.iter().map(|attempt| look(draft, promotion, attempt)).collect();
    let seen: Vec<Option<Seen>> = seen.into_iter().collect::<Option<_>>()?;
    for (attempt, seen) in wave.attempts.iter().zip(seen) {
        match seen {
            // A run that waits for a runner or a reviewer has not begun.
            Some(seen) if !(seen.state == ReportedState::Queued && is_run(attempt)) => {
                judge(draft, promotion, attempt, &seen);
            }
            Some(_) | None => wait_for(draft, promotion, attempt)?,
        }
    }
    Some(())
}

/// Reads what the forge has on record of an attempt, if this moment is about it. `None`: it must be read first.
fn look(draft: &Draft<'_>, promotion: &Promotion, attempt: &Attempt) -> Option<Option<Seen>> {
    let Some(handle) = attempt.handle.filter(|handle| is_about(draft.moment, promotion, *handle)) else {
        return Some(None);
    };
    let planned = &promotion.asked.commit;
    match handle {
        Handle::Deployment(id) => {
            let now = draft.moment.facts.deployment(id);
            let reporters = Reporters::of(draft, &promotion.terms.deploy);
            let (now, reporters) = (now?, reporters?);
            let Some(now) = now.known() else { return Some(None) };
            Some(reporters.newest(now).map(|report| Seen {
                state: report.state,
                page: report.page.clone(),
                said: report.said.clone(),
                is_planned: now.commit == *planned,
            }))
        }
        Handle::Run(number) => Some(match run_now(draft, promotion, number)? {
            Found::Known(now) => Some(Seen {
                state: now.state,
                page: Some(now.run.page.clone()),
                said: String::new(),
                is_planned: now.run.commit == *planned,
            }),
            Found::Absent | Found::Unknown(_) => None,
        }),
    }
}

/// A run of ours as it is now. `None`: it must be read first.
fn run_now(draft: &Draft<'_>, promotion: &Promotion, number: u64) -> Option<Found<RunNow>> {
    let Deploy::Run { what, .. } = &promotion.terms.deploy else { return Some(Found::Absent) };
    let fact = draft.moment.facts.run(RunAsked { what: what.clone(), number })?;
    Some(match fact.found {
        Found::Known(now) => Found::Known(now.clone()),
        Found::Absent => Found::Absent,
        Found::Unknown(why) => Found::Unknown(why),
    })
}

fn is_run(attempt: &Attempt) -> bool {
    matches!(attempt.handle, Some(Handle::Run(_)))
}

/// Results are pushed and polled: a report says that there is something to read, a timer that there may be. So does the outcome of
/// the order itself: where it came late, the reports came first and meant nobody.
fn is_about(moment: &Moment<'_>, promotion: &Promotion, handle: Handle) -> bool {
    match (moment.signal, handle) {
        (
            Signal::EffectEnded { outcome: Outcome::Done(Made::Deployment { id, .. }), .. },
            Handle::Deployment(own),
        ) => *id == own,
        (Signal::EffectEnded { outcome: Outcome::Done(Made::Run { number, .. }), .. }, Handle::Run(own)) => {
            *number == own
        }
        (Signal::DeploymentReported(reported), Handle::Deployment(id)) => reported.deployment == id,
        (Signal::RunMoved(run), Handle::Run(number)) => run.number == number,
        (Signal::TimerDue { timer: TimerKey::Promotion { promotion: of, .. } }, _) => *of == promotion.id(),
        _ => false,
    }
}

fn judge(draft: &mut Draft<'_>, promotion: &Promotion, attempt: &Attempt, seen: &Seen) {
    if attempt.stage.is_bad() {
        return;
    }
    let to = match seen.state {
        ReportedState::Queued | ReportedState::InProgress => AttemptStage::InProgress,
        ReportedState::Success if seen.is_planned => AttemptStage::Succeeded,
        ReportedState::Success | ReportedState::Failure => AttemptStage::Failed,
        ReportedState::Inactive => return,
    };
    let goes_on = to == AttemptStage::InProgress;
    if attempt.stage == AttemptStage::Succeeded && goes_on {
        return;
    }
    if goes_on && is_out_of_time(draft, promotion, attempt) {
        return move_to(draft, promotion, attempt, (AttemptStage::TimedOut, None));
    }
    if to == attempt.stage {
        return;
    }
    let other = seen.state == ReportedState::Success && !seen.is_planned;
    let said = "it reported success, but for another commit than this release";
    let said = if other { said.to_owned() } else { seen.said.clone() };
    move_to(draft, promotion, attempt, (to, Some(&Seen { said, ..seen.clone() })));
}

/// Nothing was heard: after a while that is said, in the end it is a failure. `None`: facts are missing.
fn wait_for(draft: &mut Draft<'_>, promotion: &Promotion, attempt: &Attempt) -> Option<()> {
    if attempt.stage.is_over() {
        return Some(());
    }
    let waited = draft.moment.now.duration_since(attempt.ordered_at);
    if is_out_of_time(draft, promotion, attempt) {
        move_to(draft, promotion, attempt, (AttemptStage::TimedOut, None));
    } else if attempt.stage == AttemptStage::Dispatched && !attempt.unclaimed && waited >= PICKED_UP_WITHIN {
        let (id, number) = (promotion.id(), attempt.number);
        draft.record(Step::AttemptUnclaimed { promotion: id, attempt: number });
        return panel::tell(draft, id, &format!("unclaimed:{number}"), |view| {
            say::promotion::unclaimed(view, attempt)
        });
    }
    Some(())
}

/// Whether an attempt goes on for longer than its environment lets one.
fn is_out_of_time(draft: &Draft<'_>, promotion: &Promotion, attempt: &Attempt) -> bool {
    draft.moment.now.duration_since(attempt.ordered_at) >= promotion.terms.timeout.duration()
}
