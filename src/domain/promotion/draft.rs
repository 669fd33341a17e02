//! A decision in the making: what was decided so far, and the state as it would be then. No rule lives here.

use crate::domain::decision::{Decision, Moment, Past};
use crate::domain::effect::{Effect, EffectKey, Subject};
use crate::domain::event::Recorded;
use crate::domain::policy::Policy;
use crate::domain::query::PolicyNow;
use crate::domain::state::{State, Written};

/// A decision in the making. Each event moves the working state, so that what follows from it can be decided at once.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The policy in force.
    pub policy: &'a PolicyNow,
    /// Its content; defaults where the file is broken, and then nothing new begins.
    pub rules: &'a Policy,
    state: State,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// Nothing decided yet.
    pub fn new(moment: &'a Moment<'a>, policy: &'a PolicyNow, rules: &'a Policy) -> Self {
        let decision = Decision::default().under(policy.revision.clone());
        Self { moment, policy, rules, state: moment.state.clone(), decision }
    }

    /// The state as it would be.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether anything was decided.
    pub fn is_empty(&self) -> bool {
        self.decision.events.is_empty() && self.decision.effects.is_empty()
    }

    /// How much was decided so far.
    pub fn length(&self) -> usize {
        self.decision.events.len()
    }

    /// The row that the next event will be.
    pub fn next_row(&self) -> Written {
        Written { seq: self.moment.next_row + self.decision.events.len() as u64, at: self.moment.now }
    }

    /// Takes an event in.
    pub fn record(&mut self, recorded: impl Into<Recorded>) {
        let recorded = recorded.into();
        let row = self.next_row();
        self.state.apply(&recorded.event, row);
        self.decision.events.push(recorded);
    }

    /// Adds an order.
    pub fn order(&mut self, key: EffectKey, subject: Subject, effect: Effect) {
        self.decision = std::mem::take(&mut self.decision).order(key, subject, effect);
    }

    /// Adds what is history now.
    pub fn close(&mut self, past: Past) {
        self.decision.history.push(past);
    }

    /// A text of a journal row, one of this decision's own included. `None`: it must be read first; the inner `None`: there is no
    /// such text, or it was erased.
    pub fn text(&self, row: Written, name: &str) -> Option<Option<String>> {
        let own = row.seq.checked_sub(self.moment.next_row).and_then(|at| usize::try_from(at).ok());
        if let Some(at) = own {
            let recorded = self.decision.events.get(at);
            return Some(recorded.and_then(|recorded| recorded.texts.get(name).cloned()));
        }
        let row = self.moment.facts.row(row.seq)?;
        Some(row.known().and_then(|row| row.texts.get(name).cloned()))
    }

    /// What was decided.
    pub fn finish(self) -> Decision {
        self.decision
    }
}
