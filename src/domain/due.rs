//! Which timers a state wants, as a function of the state alone: nobody arms or cancels one. What a due timer means is decided in `decide`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::drafting;
use super::gate::approval::lapses_at;
use super::policy::environment::Seconds;
use super::promotion::advance::ABORT_PATIENCE;
use super::promotion::follow::PICKED_UP_WITHIN;
use super::promotion::model::{Promotion, Stage, Wave, WaveStep};
use super::promotion::prompt::REMIND_AFTER;
use super::state::State;
use super::timer::{Alarm, TimerKey};

/// How long after publishing a release we look which runs it started.
pub const RUNS_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// The timers that this state wants, each with its moment.
pub fn due(state: &State) -> BTreeMap<TimerKey, Timestamp> {
    let runs = state.components.iter().filter_map(|(name, component)| {
        let published = component.cutting.as_ref()?.published_at()?;
        Some((TimerKey::RunsOf(name.clone()), published + RUNS_WAIT))
    });
    let promotions = state.promotions.values().flat_map(|promotion| {
        let alarms = alarms(state, promotion);
        alarms
            .into_iter()
            .map(|(what, number, at)| (TimerKey::Promotion { promotion: promotion.id(), what, number }, at))
    });
    let drafts = state
        .components
        .iter()
        .filter_map(|(name, component)| Some((TimerKey::Draft(name.clone()), drafting::due_at(component)?)));
    let milestones =
        state.milestones.iter().map(|(number, planned)| (TimerKey::Milestone(*number), planned.due));
    runs.chain(drafts).chain(milestones).chain(promotions).collect()
}

type At = (Alarm, u64, Timestamp);

fn alarms(state: &State, promotion: &Promotion) -> Vec<At> {
    match &promotion.stage {
        Stage::Waiting => waiting(state, promotion),
        Stage::Rolling { wave } => rolling(promotion, wave),
        Stage::Failed { wave } => running(promotion, wave),
        Stage::Aborting { row, .. } => vec![(Alarm::Abort, 0, row.at + ABORT_PATIENCE)],
    }
}

fn waiting(state: &State, promotion: &Promotion) -> Vec<At> {
    let asked = &promotion.asked;
    let revision = u64::from(promotion.revision);
    let mut all = vec![(Alarm::Expiry, revision, promotion.expires_at())];
    let soak = promotion.terms.conditions.soak;
    let reached = promotion.terms.after.iter().filter_map(|environment| {
        let slot = state.slot(&asked.component, environment);
        slot.good.iter().find(|standing| standing.commit == asked.commit).map(|standing| standing.since)
    });
    all.extend(
        reached.max().filter(|_| !soak.is_zero()).map(|since| (Alarm::Soak, 0, since + soak.duration())),
    );
    let lock = state.locks.get(&asked.environment).and_then(|lock| lock.until);
    all.extend(lock.map(|until| (Alarm::Lock, 0, until)));
    let prompt = promotion.prompt.as_ref().filter(|prompt| !prompt.reminded);
    all.extend(prompt.map(|prompt| (Alarm::Reminder, revision, prompt.at + REMIND_AFTER.duration())));
    all.extend(promotion.approvals.iter().map(|given| (Alarm::Lapse, given.given.seq, lapses_at(given))));
    all
}

fn rolling(promotion: &Promotion, wave: &Wave) -> Vec<At> {
    if let WaveStep::Baking { until } = wave.step {
        return vec![(Alarm::Bake, wave.number as u64, until)];
    }
    running(promotion, wave)
}

/// What time alone says of the targets of a wave that are not there yet.
fn running(promotion: &Promotion, wave: &Wave) -> Vec<At> {
    let running = wave.attempts.iter().filter(|attempt| !attempt.stage.is_over());
    let timeout = promotion.terms.timeout;
    let half = Seconds(timeout.0 / 2);
    running
        .flat_map(|attempt| {
            let (number, from) = (u64::from(attempt.number), attempt.ordered_at);
            [
                (Alarm::Claim, number, from + PICKED_UP_WITHIN),
                (Alarm::Poll, number, from + half.duration()),
                (Alarm::Timeout, number, from + timeout.duration()),
            ]
        })
        .collect()
}
