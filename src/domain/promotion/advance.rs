//! The reconciler: compares what is wanted with what is, and takes the next step, until nothing more follows (invariant 10). What a report is worth is `follow`'s business.

use jiff::SignedDuration;

use super::draft::Draft;
use super::model::{Promotion, Stage, Wave, WaveStep};
use super::step::{ApprovalEnd, Step};
use super::terms::{self, Obstacle};
use super::view::{Cancellation, Ending, said_in};
use super::{arrival, dispatch, follow, panel, prompt};
use crate::domain::authorize::Belongs;
use crate::domain::gate::{self, approval};
use crate::domain::id::PromotionId;
use crate::domain::say;
use crate::domain::state::Written;

/// How long what was called off may take to end.
pub const ABORT_PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Takes every step that follows, and draws what changed. `None`: facts are missing.
pub fn advance(draft: &mut Draft<'_>) -> Option<()> {
    loop {
        let before = draft.length();
        // Each has its turn before a missing fact is missed, so that all of them are asked for at once.
        let turns: Vec<Option<()>> = in_turn(draft).into_iter().map(|id| turn(draft, id)).collect();
        turns.into_iter().collect::<Option<Vec<()>>>()?;
        if draft.length() == before {
            break;
        }
    }
    panel::draw_all(draft)?;
    // Asked last, so that the panel which people are sent to is there.
    let waiting: Vec<Promotion> = draft.state().promotions.values().cloned().collect();
    let asked: Vec<Option<()>> = waiting.iter().map(|promotion| prompt::ask(draft, promotion)).collect();
    asked.into_iter().collect()
}

/// Rollbacks first, then by number.
fn in_turn(draft: &Draft<'_>) -> Vec<PromotionId> {
    let mut open: Vec<_> =
        draft.state().promotions.values().map(|open| (open.asked.kind, open.id())).collect();
    open.sort();
    open.into_iter().map(|(_, id)| id).collect()
}

fn turn(draft: &mut Draft<'_>, id: PromotionId) -> Option<()> {
    let Some(promotion) = draft.state().promotions.get(&id).cloned() else { return Some(()) };
    match &promotion.stage {
        Stage::Waiting => waiting(draft, &promotion),
        Stage::Rolling { .. } => rolling(draft, &promotion),
        // Its other targets go on, and how they end decides what is to be tried again.
        Stage::Failed { .. } => follow::attempts(draft, &promotion),
        Stage::Aborting { wave, row } => aborting(draft, &promotion, wave, *row),
    }
}

fn waiting(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    if draft.moment.now >= promotion.expires_at() {
        return panel::end(draft, promotion, &Ending::Expired);
    }
    if draft.state().is_withdrawn(&promotion.asked.component, &promotion.asked.version) {
        return panel::end(draft, promotion, &Ending::Cancelled(Cancellation::Withdrawn));
    }
    if let Some(environment) = draft.environment(&promotion.asked.environment) {
        match terms::terms(draft.moment, &promotion.asked, environment)? {
            Ok(terms) if terms.digest != promotion.terms.digest => {
                return revise(draft, promotion, terms);
            }
            Err(Obstacle::TagMoved { to }) => {
                let ending = Ending::Cancelled(Cancellation::TagMoved { to });
                return panel::end(draft, promotion, &ending);
            }
            Ok(_) | Err(Obstacle::Unreadable { .. }) => {}
        }
    }
    if end_approvals(draft, promotion)? {
        return Some(());
    }
    if gate::weigh(draft, promotion)?.iter().all(gate::Verdict::is_open) {
        return start(draft, promotion, 0);
    }
    Some(())
}

/// S11: what an approval covers changed, so a new revision begins and what was given is void.
fn revise(draft: &mut Draft<'_>, promotion: &Promotion, terms: super::model::Terms) -> Option<()> {
    let fields = terms::differences(&promotion.terms, &terms);
    let givers: Vec<String> =
        approval::givers(draft, promotion)?.into_iter().map(|giver| giver.login).collect();
    let mut name = promotion.name();
    name.revision += 1;
    draft.record(Step::TermsChanged { name, terms: Box::new(terms), fields: fields.clone() });
    if givers.is_empty() {
        return Some(());
    }
    panel::tell(draft, promotion.id(), &format!("voided:{}", name.revision), |view| {
        say::promotion::voided(view, &fields, &givers)
    })
}

/// S8: approvals that are too old, or whose givers may not any longer, count no more. Says whether any ended.
fn end_approvals(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<bool> {
    let givers = approval::givers(draft, promotion)?;
    let rules = &promotion.terms.conditions.approvals;
    let mut endings = Vec::new();
    let mut complete = true;
    for (given, giver) in promotion.approvals.iter().zip(&givers) {
        let entitled: Vec<Option<Belongs>> =
            rules.iter().map(|rule| approval::entitled(draft, rule, giver)).collect();
        let Some(entitled) = entitled.into_iter().collect::<Option<Vec<_>>>() else {
            complete = false;
            continue;
        };
        if approval::has_lapsed(given, draft.moment.now) {
            endings.push((given.clone(), giver.login.clone(), ApprovalEnd::Lapsed));
        } else if entitled.iter().all(|belongs| *belongs == Belongs::No) {
            endings.push((given.clone(), giver.login.clone(), ApprovalEnd::NoLongerEntitled));
        }
    }
    if !complete {
        return None;
    }
    for (given, login, because) in &endings {
        draft.record(Step::ApprovalEnded { promotion: promotion.id(), by: given.by, because: *because });
        panel::tell(draft, promotion.id(), &format!("approval-ended:{}", given.given.seq), |view| {
            say::promotion::approval_ended(view, login, *because)
        })?;
    }
    Some(!endings.is_empty())
}

/// Begins a wave with all its targets.
fn start(draft: &mut Draft<'_>, promotion: &Promotion, wave: usize) -> Option<()> {
    let targets = promotion.terms.waves.get(wave)?.clone();
    let had_panel = promotion.panel.drawn > 0;
    dispatch::begin(draft, promotion.id(), wave, targets)?;
    if wave == 0 && had_panel && !is_told_of(draft, promotion) {
        return panel::tell(draft, promotion.id(), "begun", say::promotion::begun);
    }
    Some(())
}

/// Whether the end of what gave way to a rollback, in the same place and moment, says already that it is on its way.
fn is_told_of(draft: &Draft<'_>, promotion: &Promotion) -> bool {
    let asked = &promotion.asked;
    let mut before = draft.moment.state.promotions_into(&asked.component, &asked.environment);
    let gave_way = |other: &Promotion| {
        other.has_slot()
            && other.panel.home == promotion.panel.home
            && !draft.state().promotions.contains_key(&other.id())
    };
    promotion.is_rollback() && before.any(gave_way)
}

fn rolling(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    follow::attempts(draft, promotion)?;
    let Some(promotion) = draft.state().promotions.get(&promotion.id()).cloned() else { return Some(()) };
    let Stage::Rolling { wave } = &promotion.stage else { return Some(()) };
    if wave.attempts.iter().any(|attempt| attempt.stage.is_bad()) {
        draft.record(Step::PromotionFailed { promotion: promotion.id() });
        let newest = wave.attempts.iter().map(|attempt| attempt.number).max().unwrap_or_default();
        return panel::tell(draft, promotion.id(), &format!("failed:{newest}"), say::promotion::failed);
    }
    if !wave.attempts.iter().all(|attempt| attempt.stage.is_over()) {
        return Some(());
    }
    let now = draft.moment.now;
    match wave.step {
        WaveStep::Deploying if !promotion.terms.bake.is_zero() => {
            let until = now + promotion.terms.bake.duration();
            draft.record(Step::WaveBaking { promotion: promotion.id(), until });
            Some(())
        }
        WaveStep::Baking { until } if now < until => Some(()),
        // Held: what runs went on to the end of its wave, and nothing new begins.
        WaveStep::Deploying | WaveStep::Baking { .. } if promotion.held.is_some() => Some(()),
        WaveStep::Deploying | WaveStep::Baking { .. } => next(draft, &promotion, wave),
    }
}

fn next(draft: &mut Draft<'_>, promotion: &Promotion, wave: &Wave) -> Option<()> {
    let next = wave.number + 1;
    if next < promotion.terms.waves.len() {
        return start(draft, promotion, next);
    }
    arrival::arrived(draft, promotion)
}

fn aborting(draft: &mut Draft<'_>, promotion: &Promotion, wave: &Wave, row: Written) -> Option<()> {
    let over = wave.attempts.iter().all(|attempt| attempt.stage.is_over());
    if over || draft.moment.now >= row.at + ABORT_PATIENCE {
        let said = said_in(draft, row)?;
        return panel::end(draft, promotion, &Ending::Aborted(said));
    }
    Some(())
}
