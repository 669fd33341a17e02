//! Whether many arrivals come at once: the writer of arrivals says it, and who works them off lets them go first. What is stored is not known here.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// So many in one batch are a crowd: they come faster than the disk takes them one by one.
const CROWD: usize = 8;
/// A crowd is gone when nothing came for so long.
pub(super) const LULL: Duration = Duration::from_millis(2);
/// So long at most each item of work waits for a crowd: a flood slows it, and never stops it.
const COURTESY: Duration = Duration::from_millis(50);

/// The arrivals of now.
#[derive(Default)]
pub(super) struct Crowd(watch::Sender<bool>);

impl Crowd {
    /// So many came together; none: nothing came for a [`LULL`]. What comes behind a crowd belongs to it.
    pub(super) fn grows(&self, count: usize) {
        let is_crowd = count >= CROWD || (count > 0 && self.is_there());
        self.0.send_if_modified(|told| std::mem::replace(told, is_crowd) != is_crowd);
    }

    /// Whether many came together and more come behind them.
    pub(super) fn is_there(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is gone, for at most 50 ms.
    pub(super) async fn gone(&self) {
        let mut told = self.0.subscribe();
        // It cannot fail: the sender is borrowed here.
        let _ = timeout(COURTESY, told.wait_for(|is_crowd| !is_crowd)).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn check(batches: &[usize], is_crowd: bool) {
        let crowd = Crowd::default();
        batches.iter().for_each(|count| crowd.grows(*count));
        assert_eq!(crowd.is_there(), is_crowd, "{batches:?}");
    }

    #[test]
    fn many_together_are_a_crowd_until_nothing_comes() {
        check(&[], false);
        check(&[CROWD - 1, CROWD - 1], false);
        check(&[CROWD], true);
        check(&[CROWD, 1], true);
        check(&[CROWD, 0], false);
        check(&[CROWD, 0, 1], false);
    }

    #[tokio::test]
    async fn work_waits_for_a_crowd_and_not_for_ever() {
        let crowd = Crowd::default();
        assert!(crowd.gone().now_or_never().is_some(), "nobody comes");
        crowd.grows(CROWD);
        assert!(crowd.gone().now_or_never().is_none(), "many come");
        crowd.gone().await;
        assert!(crowd.is_there(), "it came to an end though they still come");
        let waits = crowd.gone();
        crowd.grows(0);
        assert!(waits.now_or_never().is_some(), "all came");
    }
}
