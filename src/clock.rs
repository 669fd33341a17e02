//! The only reader of the wall clock. A clock can be shifted forward, so that a demonstration or a test need not wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time: that of the machine plus a shift, or a fixed start plus a shift. Clones share the shift.
#[derive(Debug, Clone)]
pub struct Clock {
    start: Option<Timestamp>,
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { start: None, shift_ms: Arc::default() }
    }

    /// A clock that stands at `start` and moves only by [`Clock::advance`].
    pub fn standing_at(start: Timestamp) -> Self {
        Self { start: Some(start), shift_ms: Arc::default() }
    }

    /// The time now, to the millisecond.
    #[expect(clippy::disallowed_methods, reason = "this file is the only reader of the wall clock")]
    pub fn now(&self) -> Timestamp {
        let base = self.start.unwrap_or_else(Timestamp::now);
        let shifted = base.as_millisecond().saturating_add(self.shift_ms.load(Ordering::SeqCst));
        Timestamp::from_millisecond(shifted).unwrap_or(Timestamp::MAX)
    }

    /// Moves this clock and all its clones forward.
    pub fn advance(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(by_ms.max(0), Ordering::SeqCst);
    }
}
