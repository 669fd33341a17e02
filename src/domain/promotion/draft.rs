//! A decision in the making: what was decided so far, and the state as it would be then. No rule lives here.

use super::ahead;
use crate::domain::decision::{Decision, Moment, Past};
use crate::domain::effect::{Class, Effect, Ordered, Subject};
use crate::domain::event::Recorded;
use crate::domain::id::{CommitId, EnvironmentName};
use crate::domain::policy::Policy;
use crate::domain::policy::environment::Environment;
use crate::domain::query::{Found, Newest};
use crate::domain::state::{State, Written};

/// A decision in the making. Each event moves the working state, so that what follows from it can be decided at once.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The policy in force; `None`: the file is broken or could not be read, and then nothing new begins (invariant 11).
    pub rules: Option<&'a Policy>,
    /// The commit at which it was read.
    pub revision: Option<&'a CommitId>,
    state: State,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// Nothing decided yet. `None`: the policy must be read first.
    pub fn new(moment: &'a Moment<'a>) -> Option<Self> {
        Self::on(moment, Decision::default())
    }

    /// Goes on from what was decided. `None`: the policy must be read first.
    pub fn on(moment: &'a Moment<'a>, decision: Decision) -> Option<Self> {
        ahead::of_open(moment);
        let (rules, revision) = match moment.facts.policy(Newest)?.found {
            Found::Known(now) => (now.policy.as_ref().ok(), Some(&now.revision)),
            Found::Absent | Found::Unknown(_) => (None, None),
        };
        let begun = Decision { events: vec![], ..decision };
        let mut draft = Self { moment, rules, revision, state: moment.state.clone(), decision: begun };
        decision.events.into_iter().for_each(|recorded| draft.record(recorded));
        Some(draft)
    }

    /// The state as it would be.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The environments of the policy; none where it is not in force.
    pub fn environments(&self) -> &'a [Environment] {
        self.rules.map_or(&[], |rules| rules.environments.as_slice())
    }

    /// An environment as the policy in force describes it.
    pub fn environment(&self, name: &EnvironmentName) -> Option<&'a Environment> {
        self.rules.and_then(|rules| rules.environment(name))
    }

    /// Whose reports count where nobody is named.
    pub fn usual_reporters(&self) -> Vec<String> {
        self.rules.map(|rules| rules.usual_reporters.clone()).unwrap_or_default()
    }

    /// How many events were decided so far.
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

    /// Hands something that closed over to history.
    pub fn close(&mut self, past: Past) {
        self.decision.history.push(past);
    }

    /// Adds an order; the purpose makes its key.
    pub fn order(&mut self, purpose: impl std::fmt::Display, subject: Subject, effect: Effect) {
        let key = self.moment.key(purpose);
        self.decision = std::mem::take(&mut self.decision).order(key, subject, effect);
    }

    /// Adds an order that may wait until nobody waits for anything.
    pub fn order_when_quiet(&mut self, purpose: impl std::fmt::Display, subject: Subject, effect: Effect) {
        let key = self.moment.key(purpose);
        self.decision.effects.push(Ordered { key, subject, class: Class::Sweep, effect });
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
        match self.revision {
            Some(revision) => self.decision.under(revision.clone()),
            None => self.decision,
        }
    }
}
