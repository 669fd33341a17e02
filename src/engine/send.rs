//! One attempt at one effect: claim, check, perform, record the outcome as a signal for its lane. Sending holds no lane.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::Timestamp;
use tracing::{info, warn};

use super::{CALL_TIMEOUT, Engine, SEND_LEASE, SEND_LIMIT, backoff};
use crate::domain::effect::{Effect, EffectKey, Made, Outcome, Refusal};
use crate::domain::signal::Signal;
use crate::domain::state::{Project, State};
use crate::forge::{Order, PerformError};
use crate::store::{ArrivalKind, EffectStatus, Finish, Sending, StoreError, Trace};

use super::record::arrival;

/// What a step of sending did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Nothing is due.
    Idle,
    /// An effect ended, well or not; its lane will hear.
    Ended {
        /// Which.
        key: String,
    },
    /// An effect will be tried again.
    Postponed {
        /// Which.
        key: String,
    },
}

/// After so many attempts an effect is given up; a day and more at the longest back-off. What the last one did, nobody knows.
const LAST_ATTEMPT: u32 = 200;

impl Engine {
    /// Makes one attempt at the effect that is next.
    pub async fn send_once(&self) -> Result<Sent, StoreError> {
        if !self.agrees_on_time().await? {
            return Ok(Sent::Idle);
        }
        let Some(sending) = self.store.claim_effect(&self.worker, SEND_LEASE).await? else {
            return Ok(Sent::Idle);
        };
        let key = sending.key.clone();
        match self.attempt(&sending).await? {
            Attempt::Ended(outcome) => {
                self.finish(&sending, outcome).await?;
                Ok(Sent::Ended { key })
            }
            Attempt::Later { at, why, trace } => {
                info!(lane = %sending.lane, effect = key, attempts = sending.attempts, why, "postponed");
                self.store.postpone_effect(&sending, at, (&why, trace)).await?;
                Ok(Sent::Postponed { key })
            }
        }
    }

    async fn attempt(&self, sending: &Sending) -> Result<Attempt, StoreError> {
        let Ok(effect) = serde_json::from_str::<Effect>(&sending.json) else {
            return Ok(Attempt::lost("the stored effect cannot be read"));
        };
        let Some(project) = self.project_of(sending).await? else {
            return Ok(Attempt::lost("the project is not known any more"));
        };
        let Some(forge) = self.forges.get(sending.lane.forge()) else {
            return Ok(Attempt::lost("the forge is not configured any more"));
        };
        // Invariant 5: the lease is checked just before writing, so that two replicas never send the same.
        if !self.store.still_mine(sending).await? {
            return Ok(Attempt::Later {
                at: self.store.now().await?,
                why: "another replica took it over".to_owned(),
                trace: Trace::Nothing,
            });
        }
        let order = Order {
            project: &project,
            key: &EffectKey::stored(sending.key.clone()),
            effect: &effect,
            attempt: looks_from(sending),
            reference: sending.reference.as_deref(),
            ordered_at: sending.created_at,
        };
        // A panic in an adapter stops nobody else; what it did before is unknown.
        let performed = AssertUnwindSafe(forge.perform(&order)).catch_unwind();
        let unsure = |cause| Err(PerformError::Unsure { cause });
        let performed = match tokio::time::timeout(SEND_LIMIT.unsigned_abs(), performed).await {
            Ok(Ok(performed)) => performed,
            Ok(Err(_)) => unsure(anyhow::anyhow!("carrying it out panicked")),
            Err(late) => unsure(late.into()),
        };
        self.judge(sending, performed).await
    }

    async fn project_of(&self, sending: &Sending) -> Result<Option<Project>, StoreError> {
        let stored = self.store.state(&sending.lane).await?;
        Ok(stored
            .and_then(|stored| serde_json::from_str::<State>(&stored.json).ok())
            .and_then(|state| state.project))
    }

    async fn judge(
        &self,
        sending: &Sending,
        performed: Result<Made, PerformError>,
    ) -> Result<Attempt, StoreError> {
        let now = self.store.now().await?;
        let attempts = tries(sending);
        Ok(match performed {
            Ok(made) => Attempt::Ended(Outcome::Done(made)),
            Err(PerformError::Refused(refusal)) => Attempt::Ended(Outcome::Refused(self.clean(refusal))),
            Err(PerformError::Lost { why }) => Attempt::lost(why),
            Err(PerformError::Unavailable { cause, .. } | PerformError::Unsure { cause })
                if attempts >= LAST_ATTEMPT =>
            {
                Attempt::lost(format!("given up after {LAST_ATTEMPT} attempts: {cause:#}"))
            }
            Err(PerformError::Unavailable { retry_at, cause, .. }) => Attempt::Later {
                at: retry_at.unwrap_or(now).max(now + backoff(attempts)),
                why: format!("{cause:#}"),
                trace: Trace::Nothing,
            },
            // Invariant 5: after an unknown outcome one call time-out passes before we look.
            Err(PerformError::Unsure { cause }) => Attempt::Later {
                at: now + CALL_TIMEOUT.max(backoff(attempts)),
                why: format!("{cause:#}"),
                trace: Trace::Perhaps,
            },
        })
    }

    /// S27: what the forge said may be shown to people.
    fn clean(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Forbidden { said } => Refusal::Forbidden { said: self.redactor.redact(&said) },
            Refusal::Invalid { said } => Refusal::Invalid { said: self.redactor.redact(&said) },
            Refusal::Taken { .. } | Refusal::Conflict { .. } | Refusal::Gone => refusal,
        }
    }

    async fn finish(&self, sending: &Sending, outcome: Outcome) -> Result<(), StoreError> {
        let status = match &outcome {
            Outcome::Done(_) => EffectStatus::Done,
            Outcome::Refused(_) => EffectStatus::Refused,
            Outcome::Lost { .. } => EffectStatus::Lost,
        };
        if !matches!(outcome, Outcome::Done(_)) {
            warn!(lane = %sending.lane, effect = sending.key, ?outcome, "an effect was not carried out");
        }
        let reference = reference_of(&outcome);
        let json = serde_json::to_string(&outcome).expect("an outcome has only text keys");
        let signal = Signal::EffectEnded { key: EffectKey::stored(sending.key.clone()), outcome };
        let word = arrival(
            &sending.lane,
            ArrivalKind::Outcome,
            &format!("outcome:{}", sending.key),
            &signal,
            self.clock.now(),
        );
        let finished = self
            .store
            .finish_effect(sending, Finish { status, outcome: json, reference, arrival: Some(word) })
            .await;
        match finished {
            // Another replica took over and will look before it writes; what we made is found again.
            Err(StoreError::LeaseLost) => Ok(()),
            other => other,
        }
    }
}

fn tries(sending: &Sending) -> u32 {
    u32::try_from(sending.attempts).unwrap_or(u32::MAX)
}

/// Which attempt this is for the forge: one that certainly did nothing leaves nothing to look for.
fn looks_from(sending: &Sending) -> u32 {
    let counted = sending.attempts.saturating_sub(sending.in_vain);
    u32::try_from(counted).unwrap_or(u32::MAX).max(1)
}

/// What came of an attempt.
enum Attempt {
    Ended(Outcome),
    Later { at: Timestamp, why: String, trace: Trace },
}

impl Attempt {
    fn lost(why: impl Into<String>) -> Self {
        Self::Ended(Outcome::Lost { why: why.into() })
    }
}

/// What a later effect of the same subject needs to find what this one made.
fn reference_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        // One on a commit serves that commit alone.
        Outcome::Done(Made::Preview { number, head: Some(head) }) => Some(format!("{number} {head}")),
        Outcome::Done(Made::Comment { number, .. } | Made::Preview { number, head: None }) => {
            Some(number.to_string())
        }
        Outcome::Done(Made::Release { id, .. } | Made::Draft { id, .. }) => Some(id.to_string()),
        Outcome::Done(Made::Deployment { id, .. }) => Some(id.to_string()),
        Outcome::Done(Made::Run { number, .. } | Made::Issue { number, .. }) => Some(number.to_string()),
        Outcome::Done(Made::Change { number, .. } | Made::Proposal { number, .. }) => {
            Some(number.to_string())
        }
        Outcome::Done(Made::Nothing | Made::Tag { .. }) | Outcome::Refused(_) | Outcome::Lost { .. } => None,
    }
}
