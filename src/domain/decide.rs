//! One question, one answer: what follows from this signal in this state? Routes only; each rule lives with its noun.
//!
//! A decision is a function of what it is handed. Where it lacks a fact it says which ([`Thought::Needs`]), is given the
//! answer, and is asked again; so what is read and what is decided cannot drift apart (docs/decisions).

mod project;

use super::decision::{Decision, Moment};
use super::query::Query;
use super::signal::Signal;
use super::state::{Service, Written};
use super::{adopt, conversation, cut, preview};

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
    for recorded in &joined {
        state.apply(&recorded.event, Written { seq: 0, at: moment.now });
    }
    let decision = route(&Moment { state: &state, ..moment });
    match decision {
        Some(decision) => Thought::Decided(Box::new(decision.after(joined))),
        None => Thought::Needs(moment.facts.take_missing()),
    }
}

fn route(moment: &Moment<'_>) -> Option<Decision> {
    if let Signal::Ignored { reason } = moment.signal {
        return Some(Decision::ignored(reason.clone()));
    }
    if let Some(decision) = project::about_service(moment) {
        return Some(decision);
    }
    match moment.state.project.as_ref() {
        Some(project) if project.service == Service::Active && !project.archived => {}
        Some(_) => return Some(Decision::ignored("the project is archived or not ours to serve")),
        None => return Some(Decision::ignored("nothing is known of this project yet")),
    }
    match moment.signal {
        Signal::CommentWritten(comment) => conversation::heard(moment, comment),
        Signal::CommentEdited(comment) => conversation::edited(moment, comment),
        Signal::CommentDeleted(_) => Some(Decision::ignored("a deleted comment changes nothing")),
        Signal::ChangeTouched(touched) => preview::touched(moment, touched),
        Signal::PreviewAsked { change } => preview::asked(moment, *change),
        Signal::BranchMoved { branch, head, touches_policy } => {
            project::branch_moved(moment, branch, head.as_ref(), *touches_policy)
        }
        Signal::TagMoved { tag, exists: true, .. } => adopt::tag_appeared(moment, tag),
        Signal::TagMoved { exists: false, .. } => {
            Some(Decision::ignored("a tag went away; releases stay on record"))
        }
        Signal::ReleaseTouched(touched) => adopt::release_touched(moment, touched),
        Signal::RunStarted(run) => cut::run_started(moment, run),
        Signal::MilestoneTouched { .. } => Some(Decision::ignored("milestones are read when a plan is made")),
        Signal::EffectEnded { key, outcome } => cut::effect_ended(moment, key, outcome),
        Signal::TimerDue { timer } => cut::timer_due(moment, timer),
        Signal::ResyncDue => Some(Decision::ignored("everything is read anew when it is needed")),
        Signal::Ignored { .. }
        | Signal::ProjectArchived { .. }
        | Signal::ProjectDeleted
        | Signal::InstallationTouched(_)
        | Signal::Joined(_)
        | Signal::Left { .. } => Some(Decision::ignored("settled above")),
    }
}
