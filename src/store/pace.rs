//! The pace of notes: after one, the next of its lane, or of all that keep pace together, waits its time, across decisions and restarts. Whatever keeps no pace overtakes them; which effects keep one is not decided here.

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::database::{Columns, Transaction};
use super::error::Result;

/// How an effect keeps its distance from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// How long after it the next may be begun.
    pub every: SignedDuration,
    /// All that name the same keep it together, whatever their lanes; none: those of its lane.
    pub with: Option<String>,
}

impl Store {
    /// When the next effect may be begun, where nothing but the pace of its lane holds back every effect that has not ended.
    pub async fn held_by_pace(&self) -> Result<Option<Timestamp>> {
        let now = self.now().await?.as_millisecond();
        let sql = "SELECT COUNT(*) AS unfinished, COUNT(pace.next_at) AS held, MIN(pace.next_at) AS ends FROM outbox \
                   LEFT JOIN pace ON pace.lane = COALESCE(outbox.paced_with, outbox.lane) AND pace.next_at > $1 \
                   AND outbox.pace IS NOT NULL AND outbox.status = 'waiting' \
                   WHERE outbox.status IN ('waiting', 'sending')";
        let row = sqlx::query(sql).bind(now).fetch_one(&mut *self.inner.database.reader().await?).await?;
        let row = Columns(&row);
        if row.count("unfinished")? > row.count("held")? {
            return Ok(None);
        }
        row.optional_time("ends")
    }
}

/// Takes the next moment of a lane, or of those that keep pace together, for an effect that is begun now; false if another worker took it meanwhile.
pub(super) async fn take(
    transaction: &mut Transaction,
    lane: &str,
    pace: Option<i64>,
    now: i64,
) -> Result<bool> {
    let Some(pace) = pace else { return Ok(true) };
    let sql = "INSERT INTO pace (lane, next_at) VALUES ($1, $2) \
               ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at WHERE pace.next_at <= $3";
    let taken = sqlx::query(sql).bind(lane.to_owned()).bind(now.saturating_add(pace)).bind(now);
    Ok(taken.execute(&mut **transaction).await?.rows_affected() == 1)
}
