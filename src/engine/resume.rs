//! How a process begins: it takes over what the one before held, and catches up with deliveries that came while nobody listened. What they mean is found out later, as with all others.

use jiff::{SignedDuration, Timestamp};

use super::intake::Received;
use super::{CALL_TIMEOUT, Engine, chain};
use crate::forge::Forge;
use crate::store::StoreError;

/// GitHub keeps deliveries for three days; asking for older ones finds nothing.
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>
pub const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// How often missed deliveries are asked for.
pub const CATCH_UP_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How long the next attempt waits where asking failed.
pub const CATCH_UP_AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(1);

/// How far a later look reaches back before the one ahead of it: a delivery counts as failed only some time after it was sent.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// So many missed deliveries are taken in at once, the oldest ones.
const AT_ONCE: usize = 1_000;

/// What catching up found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaughtUp {
    /// So many deliveries were new to us and will be worked.
    pub kept: usize,
    /// So many we had already, or do not serve.
    pub passed_over: usize,
}

/// Why catching up stopped. What was taken in before stays; the next time begins again.
#[derive(Debug, thiserror::Error)]
#[error("missed deliveries could not be taken in: {why}")]
pub struct Behind {
    /// What happened.
    pub why: String,
}

impl Engine {
    /// Takes over what the process before this one held. For a process that is to work; one that only looks must not.
    pub async fn take_over(&self) -> Result<(), StoreError> {
        // Invariant 5: after an unknown outcome one call time-out passes before we look.
        self.store.take_over(CALL_TIMEOUT).await
    }

    /// Takes in the deliveries since then that did not reach us (S4). Twice is once: each keeps its name.
    pub async fn catch_up(&self, since: Timestamp) -> Result<CaughtUp, Behind> {
        let mut caught_up = CaughtUp::default();
        let mut behind = Ok(());
        for forge in self.forges.iter() {
            // One forge that does not answer keeps no other from being heard.
            behind = behind.and(self.catch_up_with(forge.as_ref(), since, &mut caught_up).await);
        }
        behind.map(|()| caught_up)
    }

    async fn catch_up_with(
        &self,
        forge: &dyn Forge,
        since: Timestamp,
        caught_up: &mut CaughtUp,
    ) -> Result<(), Behind> {
        let missed = forge.missed(since, AT_ONCE).await.map_err(|error| Behind { why: chain(&error) })?;
        for (headers, body) in missed {
            let received = self.take_in_again(forge, &headers, body).await;
            match received.map_err(|error| Behind { why: chain(&error) })? {
                Received::Kept => caught_up.kept += 1,
                Received::Again | Received::NotAdmitted | Received::Nowhere { .. } => {
                    caught_up.passed_over += 1;
                }
            }
        }
        Ok(())
    }
}
