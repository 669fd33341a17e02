//! One question, one answer: what follows from this signal in this state? Routes only; each rule lives with its noun.
//!
//! A decision is a function of what it is handed. Where it lacks a fact it says which ([`Thought::Needs`]), is given the
//! answer, and is asked again; so what is read and what is decided cannot drift apart (docs/decisions).

mod project;
#[cfg(test)]
mod tests;

use super::decision::{Decision, Moment};
use super::promotion::follow;
use super::query::Query;
use super::signal::{ChangeTouched, Labelled, Signal};
use super::state::Written;
use super::timer::TimerKey;
use super::{adopt, conversation, cut, drafting, errand, milestone, preview, proposal};

/// What came of thinking.
#[derive(Debug)]
pub enum Thought {
    /// A decision.
    Decided(Box<Decision>),
    /// These questions must be answered first.
    Needs(Vec<Query>),
}

/// Thinks one signal through.
pub fn decide(moment: Moment<'_>) -> Thought {
    let joined = project::noticed(&moment);
    let mut state = moment.state.clone();
    let mut next_row = moment.next_row;
    for recorded in &joined {
        state.apply(&recorded.event, Written { seq: next_row, at: moment.now });
        next_row += 1;
    }
    let moment = Moment { state: &state, next_row, ..moment };
    let decision = route(&moment).and_then(|decision| match project::not_served(&moment) {
        None => drafting::noticed(&moment, decision),
        Some(_) => Some(decision),
    });
    match decision {
        Some(decision) => Thought::Decided(Box::new(decision.after(joined))),
        None => Thought::Needs(moment.facts.take_missing()),
    }
}

fn route(moment: &Moment<'_>) -> Option<Decision> {
    let served = |answer: &dyn Fn() -> Option<Decision>| match project::not_served(moment) {
        Some(reason) => Some(Decision::ignored(reason)),
        None => answer(),
    };
    let ignored = |reason: &str| served(&|| Some(Decision::ignored(reason)));
    match moment.signal {
        // What we began ends, whatever became of the project meanwhile; else it would be under way for ever.
        Signal::EffectEnded { key, outcome } => match follow::outcome(moment, key, outcome) {
            Some(decision) => decision,
            None => match drafting::effect_ended(moment, key, outcome)
                .or_else(|| errand::effect_ended(moment, key, outcome))
            {
                Some(decision) => Some(decision),
                None => follow::after_cut(moment, cut::effect_ended(moment, key, outcome)?),
            },
        },
        Signal::TimerDue { timer: TimerKey::RunsOf(component) } => {
            follow::after_publication(moment, component, cut::timer_due(moment, component)?)
        }
        Signal::TimerDue { timer: TimerKey::Draft(component) } => {
            served(&|| drafting::timer_due(moment, component))
        }
        Signal::TimerDue { timer: TimerKey::Milestone(number) } => {
            served(&|| milestone::timer_due(moment, *number))
        }
        Signal::TimerDue { timer: TimerKey::Promotion { promotion, .. } } => {
            served(&|| follow::timer_due(moment, *promotion))
        }
        Signal::InstallationTouched(touched) => Some(project::spread(moment, touched)),
        Signal::Joined(_) => Some(Decision::default()),
        Signal::ProjectArchived { archived } => Some(project::archived(moment, *archived)),
        Signal::Left { suspended } => Some(project::left(moment, *suspended)),
        Signal::ProjectDeleted => Some(project::left(moment, false)),
        Signal::CommentWritten(comment) => served(&|| conversation::heard(moment, comment)),
        Signal::CommentEdited(comment) => served(&|| conversation::edited(moment, comment)),
        Signal::CommentDeleted(_) => ignored("a deleted comment changes nothing"),
        Signal::ChangeTouched(touched) => served(&|| change_touched(moment, touched)),
        Signal::ChangeLabelled(labelled) => served(&|| change_labelled(moment, labelled)),
        Signal::PreviewAsked { change } => served(&|| preview::asked(moment, *change)),
        Signal::BranchMoved { branch, head, touches_policy, touched } => {
            served(&|| {
                let mut decision = project::branch_moved(moment, branch, head.as_ref(), *touches_policy)?;
                decision.touched = project::worth_keeping(moment, branch, touched);
                // What a new policy asks for may void approvals, or open a gate.
                if *touches_policy { follow::afterwards(moment, decision) } else { Some(decision) }
            })
        }
        Signal::TagMoved { tag, exists: true, .. } => {
            served(&|| follow::afterwards(moment, adopt::tag_appeared(moment, tag)?))
        }
        Signal::TagMoved { exists: false, .. } => served(&|| {
            follow::afterwards(moment, Decision::ignored("a tag went away; releases stay on record"))
        }),
        Signal::ReleaseTouched(touched) => {
            served(&|| follow::afterwards(moment, adopt::release_touched(moment, touched)?))
        }
        Signal::RunStarted(run) => served(&|| cut::run_started(moment, run)),
        Signal::RunMoved(run) => served(&|| follow::run_moved(moment, run)),
        Signal::DeploymentReported(report) => served(&|| follow::reported(moment, report)),
        Signal::CheckReported { commit } => served(&|| follow::check_reported(moment, commit)),
        Signal::MilestoneTouched(touched) => served(&|| milestone::touched(moment, touched)),
        Signal::ResyncDue => ignored("everything is read anew when it is needed"),
        Signal::Ignored { reason } => Some(Decision::ignored(reason.clone())),
    }
}

fn change_touched(moment: &Moment<'_>, touched: &ChangeTouched) -> Option<Decision> {
    let shown = preview::touched(moment, touched);
    let cut = proposal::merged(moment, touched, shown);
    errand::merged(moment, touched, cut?)
}

fn change_labelled(moment: &Moment<'_>, labelled: &Labelled) -> Option<Decision> {
    let shown = preview::touched(moment, &labelled.touched());
    let wished = errand::labelled(moment, labelled);
    let (shown, wished) = (shown?, wished?);
    Some(match wished {
        Some(wished) => wished.beside(shown),
        None => shown,
    })
}
