//! Whether this process and the store agree on the time (invariant 15). A process with a wrong clock claims nothing; it never sets a clock right.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tracing::error;

use super::Engine;
use crate::store::StoreError;

/// How far the clocks may be apart.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// How often they are compared.
const COMPARED_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// When the clocks were last compared, and whether they agreed. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Agreement(Arc<Mutex<Option<(Timestamp, bool)>>>);

impl Engine {
    /// Whether this process may claim work. Compares now and then; on SQLite the store's time is this process's own.
    pub(super) async fn agrees_on_time(&self) -> Result<bool, StoreError> {
        let before = self.clock.now();
        if let Some((at, agrees)) = *self.agreement.0.lock().unwrap_or_else(PoisonError::into_inner)
            && before.duration_since(at).abs() < COMPARED_EVERY
        {
            return Ok(agrees);
        }
        let store = self.store.now().await?;
        let after = self.clock.now();
        let off = before.duration_since(store).max(store.duration_since(after));
        let agrees = off <= TOLERANCE;
        if !agrees {
            error!(off_s = off.as_secs(), "this process's clock is wrong; it claims no work until it is set");
        }
        *self.agreement.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((after, agrees));
        Ok(agrees)
    }
}
