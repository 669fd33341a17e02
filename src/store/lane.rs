//! Lanes: who works which, in turn, and the fence that lets only the holder write. What is worked is `item`'s.

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;

use super::Store;
use super::database::{Columns, Transaction, time};
use super::error::{Result, StoreError};
use crate::domain::id::Lane;

/// The right to work a lane. Whoever holds an older epoch can no longer write: two holders cannot both commit.
#[derive(Debug, PartialEq, Eq)]
pub struct Lease {
    /// The lane.
    pub lane: Lane,
    /// Counts the claims of this lane; the fence.
    pub epoch: i64,
    /// Who holds it.
    pub worker: String,
    /// Until then nobody else may claim it, by the store's time.
    pub until: Timestamp,
    /// How long it was claimed for, and is renewed for.
    pub length: SignedDuration,
}

/// The lane to claim now; `$1` is the time, `$2` the newest state that is understood.
const NEXT: &str = "SELECT lane FROM lane WHERE ready_at <= $1 AND lease_until <= $1 \
                    AND NOT EXISTS (SELECT 1 FROM state WHERE state.lane = lane.lane AND state.state_version > $2) \
                    ORDER BY ready_at, epoch LIMIT 1";

impl Store {
    /// The lane that has been ready longest (a paused one is ready when its pause ends), of those that nobody holds and
    /// whose state this program understands. Invariant 2: fair, because a released lane goes to the back.
    pub async fn claim_lane(&self, worker: &str, length: SignedDuration) -> Result<Option<Lease>> {
        if !self.is_lane_ready().await? {
            return Ok(None);
        }
        let mut transaction = self.begin_fleeting().await?;
        let now = self.now_ms(&mut transaction).await?;
        let until = now.saturating_add(milliseconds(length));
        let sql = format!(
            "UPDATE lane SET owner = $3, lease_until = $4, epoch = epoch + 1 \
             WHERE lane = ({NEXT}{}) AND lease_until <= $1 RETURNING lane, epoch",
            self.inner.database.dialect.skip_locked()
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(now)
            .bind(i64::from(self.inner.state_version))
            .bind(worker.to_owned())
            .bind(until)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let row = Columns(&row);
        Ok(Some(Lease {
            lane: row.parsed("lane")?,
            epoch: row.number("epoch")?,
            worker: worker.to_owned(),
            until: time(until)?,
            length,
        }))
    }

    /// Mostly none is. Whoever asked for the right to write only to learn that would keep waiting who takes deliveries in.
    async fn is_lane_ready(&self) -> Result<bool> {
        let now = self.now().await?.as_millisecond();
        let next = sqlx::query(NEXT).bind(now).bind(i64::from(self.inner.state_version));
        Ok(next.fetch_optional(&mut *self.inner.database.reader().await?).await?.is_some())
    }

    /// Gives a lane back. It goes to the back: it is ready when its next item is, and not before now. Wakes nobody: who gives a
    /// lane back looks for the next one at once.
    pub async fn release(&self, lease: Lease) -> Result<()> {
        let mut transaction = self.begin_fleeting().await?;
        fence(&mut transaction, &lease).await?;
        let now = self.now_ms(&mut transaction).await?;
        // After the fence, in a statement of its own: it must see what was committed while the fence waited for the lock.
        let sql = "UPDATE lane SET owner = NULL, lease_until = 0, ready_at = (SELECT CASE \
                   WHEN inbox.run_at > lane.paused_until AND inbox.run_at > $1 THEN inbox.run_at \
                   WHEN lane.paused_until > $1 THEN lane.paused_until ELSE $1 END FROM inbox \
                   WHERE inbox.lane = lane.lane AND inbox.status = 'waiting' ORDER BY inbox.position LIMIT 1) \
                   WHERE lane = $2";
        sqlx::query(sql).bind(now).bind(lease.lane.to_string()).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Holds a lane for another length of time; returns until when.
    pub async fn renew(&self, lease: &Lease) -> Result<Timestamp> {
        let mut transaction = self.begin_fleeting().await?;
        fence(&mut transaction, lease).await?;
        let until = self.now_ms(&mut transaction).await?.saturating_add(milliseconds(lease.length));
        let sql = "UPDATE lane SET lease_until = $1 WHERE lane = $2";
        sqlx::query(sql).bind(until).bind(lease.lane.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        time(until)
    }

    /// Nobody claims these lanes before `until`; a time in the past lets them go on. Counts no attempt.
    pub async fn pause_lanes(&self, lanes: &[Lane], until: Timestamp) -> Result<()> {
        // A lane per transaction: together they could wait for each other with whoever locks in another order.
        for lane in lanes {
            let mut transaction = self.begin().await?;
            let sql = "UPDATE lane SET paused_until = $1, ready_at = CASE \
                       WHEN ready_at < $1 OR ready_at = paused_until THEN $1 ELSE ready_at END WHERE lane = $2";
            let pause = sqlx::query(sql).bind(until.as_millisecond()).bind(lane.to_string());
            pause.execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Every lane that anything ever arrived in.
    pub async fn lanes(&self) -> Result<Vec<Lane>> {
        let rows = sqlx::query("SELECT lane FROM lane ORDER BY lane");
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| Columns(row).parsed("lane")).collect()
    }
}

/// Locks the lane's row and makes sure that the lease is the latest. First in every transaction that writes for a lane.
pub(super) async fn fence(transaction: &mut Transaction, lease: &Lease) -> Result<()> {
    let sql = "UPDATE lane SET owner = owner WHERE lane = $1 AND epoch = $2 AND owner = $3";
    let fenced = sqlx::query(sql).bind(lease.lane.to_string()).bind(lease.epoch).bind(lease.worker.clone());
    match fenced.execute(&mut **transaction).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::LeaseLost),
    }
}

/// Locks the row of a lane that need not exist.
pub(super) async fn lock(transaction: &mut Transaction, lane: &str) -> Result<()> {
    let sql = "UPDATE lane SET tail = tail WHERE lane = $1";
    sqlx::query(sql).bind(lane.to_owned()).execute(&mut **transaction).await?;
    Ok(())
}

/// Makes room for so many more at the end of the lane, which need not exist. Returns the last one's position and how many
/// wait now.
pub(super) async fn extend(
    transaction: &mut Transaction,
    lane: &str,
    run_at: i64,
    count: usize,
) -> Result<(i64, i64)> {
    let sql = "INSERT INTO lane (lane, tail, waiting, epoch, lease_until, ready_at, paused_until) \
               VALUES ($1, $3, $3, 0, 0, $2, 0) ON CONFLICT (lane) DO UPDATE SET \
               tail = lane.tail + excluded.tail, waiting = lane.waiting + excluded.waiting, \
               ready_at = COALESCE(lane.ready_at, \
               CASE WHEN excluded.ready_at > lane.paused_until THEN excluded.ready_at ELSE lane.paused_until END) \
               RETURNING tail, waiting";
    let count = i64::try_from(count).expect("a batch is small");
    let query = sqlx::query(sql).bind(lane.to_owned()).bind(run_at).bind(count);
    let row = query.fetch_one(&mut **transaction).await?;
    Ok((Columns(&row).number("tail")?, Columns(&row).number("waiting")?))
}

/// Takes back what [`extend`] did, for an arrival that was there already.
pub(super) async fn shorten(transaction: &mut Transaction, lane: &str) -> Result<()> {
    let sql = "UPDATE lane SET tail = tail - 1, waiting = waiting - 1, \
               ready_at = CASE WHEN waiting = 1 THEN NULL ELSE ready_at END WHERE lane = $1";
    sqlx::query(sql).bind(lane.to_owned()).execute(&mut **transaction).await?;
    Ok(())
}

/// So many of a lane wait no longer. Returns the lane's last position.
pub(super) async fn fewer_wait(transaction: &mut Transaction, lane: &str, count: i64) -> Result<i64> {
    let sql = "UPDATE lane SET waiting = waiting - $1 WHERE lane = $2 RETURNING tail";
    let row = sqlx::query(sql).bind(count).bind(lane.to_owned()).fetch_one(&mut **transaction).await?;
    Columns(&row).number("tail")
}

/// A row of the lane waits again, perhaps before the one that was its head.
pub(super) async fn one_more_waits(transaction: &mut Transaction, lane: &str, now: i64) -> Result<()> {
    let sql = "UPDATE lane SET waiting = waiting + 1, \
               ready_at = CASE WHEN paused_until > $1 THEN paused_until ELSE $1 END WHERE lane = $2";
    sqlx::query(sql).bind(now).bind(lane.to_owned()).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) fn milliseconds(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
