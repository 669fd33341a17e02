//! What happens by time alone: due timers become signals, old deliveries are erased, the log of the database is kept short.

use jiff::SignedDuration;

use super::Engine;
use crate::store::StoreError;

/// How many due timers one step turns into signals.
const TIMERS_AT_ONCE: u32 = 100;

/// How often old deliveries are erased.
pub const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often the database's log is folded into the database.
pub const CHECKPOINT_EVERY: SignedDuration = SignedDuration::from_secs(10);

impl Engine {
    /// Turns due timers into signals; says how many.
    pub async fn fire_timers(&self) -> Result<usize, StoreError> {
        self.store.fire_timers(TIMERS_AT_ONCE).await
    }

    /// Erases what is older than it need be.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.store.now().await?;
        self.store.forget(now).await.map(|_| ())
    }
}
