//! Group commit of arrivals: one writer stores what many hear, so that one wait for the disk serves them all. The caller owns
//! the writer's task; without one, each arrival is stored by itself.

use std::future::Future;
use std::sync::PoisonError;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Store;
use super::crowd::LULL;
use super::error::{Result, StoreError};
use super::inbox::{Packed, Taken, place_or_revive, place_together};

/// As many arrivals as share one transaction at most.
const BATCH: usize = 256;
pub(super) struct Waiting {
    packed: Packed,
    answer: oneshot::Sender<Result<Taken>>,
}

pub(super) type Intake = mpsc::Sender<Waiting>;

impl Store {
    /// The writer of arrivals: run it for as long as the server takes deliveries. Ends when the store is dropped or another
    /// writer takes over; dropping it loses nothing that was answered.
    pub fn intake_writer(&self) -> impl Future<Output = ()> + Send + 'static {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(4 * BATCH);
        *self.inner.intake.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        let inner = std::sync::Arc::downgrade(&self.inner);
        async move {
            let mut batch = Vec::with_capacity(BATCH);
            let mut is_crowd = false;
            loop {
                let came = receiver.recv_many(&mut batch, BATCH);
                let came = if is_crowd { timeout(LULL, came).await.ok() } else { Some(came.await) };
                let Some(inner) = inner.upgrade().filter(|_| came != Some(0)) else { return };
                inner.crowd.grows(came.unwrap_or_default());
                is_crowd = inner.crowd.is_there();
                if !batch.is_empty() {
                    Self { inner }.store_batch(std::mem::take(&mut batch)).await;
                }
            }
        }
    }

    /// Waits while many arrive at once, for at most 50 ms. What works them off lets them go first: a forge waits ten seconds for the
    /// answer to a delivery and then counts it as failed, and in a flood nobody waits for the work.
    pub async fn after_you(&self) {
        self.inner.crowd.gone().await;
    }

    /// Hands an arrival to the writer and waits for its commit; gives the arrival back when no writer runs.
    pub(super) async fn queue(&self, packed: Packed) -> std::result::Result<Result<Taken>, Packed> {
        let sender = self.inner.intake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else { return Err(packed) };
        let (answer, answered) = oneshot::channel();
        match sender.send(Waiting { packed, answer }).await {
            Ok(()) => Ok(answered
                .await
                .unwrap_or_else(|cause| Err(StoreError::Unavailable { cause: cause.into() }))),
            Err(refused) => Err(refused.0.packed),
        }
    }

    /// Stores a batch in one transaction; if that fails, each by itself, so that one bad arrival fails alone.
    async fn store_batch(&self, mut batch: Vec<Waiting>) {
        // One order of lanes everywhere, or two writers could wait for each other. Within a lane: as they came.
        batch.sort_by(|a, b| a.packed.lane.cmp(&b.packed.lane));
        if let Ok(taken) = self.take_in_together(&batch).await {
            for (waiting, taken) in batch.into_iter().zip(taken) {
                // Nobody may be waiting any more: the arrival is stored all the same.
                let _ = waiting.answer.send(Ok(taken));
            }
            return;
        }
        for waiting in batch {
            let _ = waiting.answer.send(self.take_in_alone(&waiting.packed).await);
        }
    }

    async fn take_in_together(&self, batch: &[Waiting]) -> Result<Vec<Taken>> {
        match self.take_in_new(batch).await? {
            Some(taken) => Ok(taken),
            None => self.take_in_each(batch).await,
        }
    }

    /// The common case, one statement a lane: nothing in the batch was here before.
    async fn take_in_new(&self, batch: &[Waiting]) -> Result<Option<Vec<Taken>>> {
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        let mut taken = Vec::with_capacity(batch.len());
        let mut is_work = false;
        for lane in batch.chunk_by(|a, b| a.packed.lane == b.packed.lane) {
            let arrivals: Vec<&Packed> = lane.iter().map(|waiting| &waiting.packed).collect();
            let Some((placed, was_empty)) = place_together(&mut transaction, &arrivals, now).await? else {
                transaction.rollback().await?;
                return Ok(None);
            };
            taken.extend(placed);
            is_work |= was_empty;
        }
        transaction.commit().await?;
        if is_work {
            self.look_again();
        }
        Ok(Some(taken))
    }

    async fn take_in_each(&self, batch: &[Waiting]) -> Result<Vec<Taken>> {
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        let mut taken = Vec::with_capacity(batch.len());
        for waiting in batch {
            taken.push(place_or_revive(&mut transaction, &waiting.packed, now).await?);
        }
        self.commit_work(transaction).await?;
        Ok(taken)
    }
}
