//! Timers: what a lane wants to be woken by and when. Which timers are wanted is `domain::due`'s.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use sqlx::AnyConnection;

use super::Store;
use super::database::{Columns, Transaction, time};
use super::error::{Result, StoreError};
use super::inbox::{Arrival, ArrivalKind, Packed, Taken, Weight, place};
use super::lane;
use crate::domain::id::Lane;

/// Leaves room for the lane and the time in the arrival's key: a timer that cannot fire would hold up all others.
const MAX_KEY_BYTES: usize = 300;

impl Store {
    /// Turns due timers into arrivals: key `timer:<lane>:<key>:<due in ms>`, body the timer's key, header `due_at` in ms.
    /// The same timer at the same time fires once. Returns how many arrived.
    pub async fn fire_timers(&self, limit: u32) -> Result<usize> {
        // Mostly none is due. Who then committed would wake everybody who waits for work, itself first, and so go round for ever.
        let now = self.now().await?.as_millisecond();
        if due(&mut *self.inner.database.reader().await?, now, limit).await?.is_empty() {
            return Ok(0);
        }
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        let mut due = due(&mut transaction, now, limit).await?;
        // One order of lanes everywhere, or two replicas could wait for each other.
        due.sort();
        let mut fired = 0;
        for (lane, key, due_at) in due {
            fired += usize::from(fire(&mut transaction, (&lane, &key, due_at), now).await?);
        }
        self.commit_work(transaction).await?;
        Ok(fired)
    }

    /// The timers of a lane.
    pub async fn timers(&self, lane: &Lane) -> Result<BTreeMap<String, Timestamp>> {
        let rows = sqlx::query("SELECT key, due_at FROM timer WHERE lane = $1").bind(lane.to_string());
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| Ok((Columns(row).text("key")?, Columns(row).time("due_at")?))).collect()
    }
}

async fn due(connection: &mut AnyConnection, now: i64, limit: u32) -> Result<Vec<(Lane, String, i64)>> {
    let sql = "SELECT lane, key, due_at FROM timer WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    let rows = sqlx::query(sql).bind(now).bind(i64::from(limit)).fetch_all(connection).await?;
    let due = rows.iter().map(Columns);
    due.map(|row| Ok((row.parsed("lane")?, row.text("key")?, row.number("due_at")?))).collect()
}

/// The lane's lock, then the timer, then the arrival; nothing if somebody fired or changed the timer meanwhile.
async fn fire(
    transaction: &mut Transaction,
    (lane, key, due_at): (&Lane, &str, i64),
    now: i64,
) -> Result<bool> {
    lane::lock(transaction, &lane.to_string()).await?;
    let sql = "DELETE FROM timer WHERE lane = $1 AND key = $2 AND due_at = $3";
    let delete = sqlx::query(sql).bind(lane.to_string()).bind(key.to_owned()).bind(due_at);
    if delete.execute(&mut **transaction).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let arrival = Arrival {
        lane: lane.clone(),
        kind: ArrivalKind::Timer,
        weight: Weight::Keep,
        key: format!("timer:{lane}:{key}:{due_at}"),
        received_at: time(now)?,
        headers: vec![("due_at".to_owned(), due_at.to_string())],
        body: Bytes::copy_from_slice(key.as_bytes()),
        run_at: None,
    };
    Ok(matches!(place(transaction, &Packed::of(&arrival)?, now).await?, Taken::New { .. }))
}

/// The lane's timers are these from now on.
pub(super) async fn replace(
    transaction: &mut Transaction,
    lane: &str,
    timers: &BTreeMap<String, Timestamp>,
) -> Result<()> {
    let delete = sqlx::query("DELETE FROM timer WHERE lane = $1").bind(lane.to_owned());
    delete.execute(&mut **transaction).await?;
    if timers.keys().any(|key| key.is_empty() || key.len() > MAX_KEY_BYTES) {
        return Err(StoreError::refused("a timer's key has 1 to 300 bytes"));
    }
    for (key, due_at) in timers {
        let insert = sqlx::query("INSERT INTO timer (lane, key, due_at) VALUES ($1, $2, $3)");
        let insert = insert.bind(lane.to_owned()).bind(key.clone()).bind(due_at.as_millisecond());
        insert.execute(&mut **transaction).await?;
    }
    Ok(())
}
