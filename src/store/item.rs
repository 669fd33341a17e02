//! The head of a lane and what may become of it short of a commit: postponed, parked, given back, replayed.

use bytes::Bytes;
use jiff::Timestamp;

use super::Store;
use super::database::{Columns, Transaction};
use super::error::{Result, StoreError};
use super::inbox::{ArrivalKind, Weight, inflate, revive};
use super::lane::{self, Lease, fence};
use crate::domain::id::Lane;

/// The head of a lane, to be worked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its place in the lane.
    pub position: i64,
    /// What it is.
    pub kind: ArrivalKind,
    /// Whether it is a hint, or stands for many.
    pub weight: Weight,
    /// Its name.
    pub key: String,
    /// When it was heard.
    pub received_at: Timestamp,
    /// What came with the body.
    pub headers: Vec<(String, String)>,
    /// The bytes as they came.
    pub body: Bytes,
    /// How often it was begun, with this time.
    pub attempts: i64,
    /// When it was begun first, by the store's time.
    pub first_tried_at: Timestamp,
}

/// An arrival that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Its lane.
    pub lane: Lane,
    /// Its place there.
    pub position: i64,
    /// What it is.
    pub kind: ArrivalKind,
    /// Its name, by which it is replayed.
    pub key: String,
    /// When it was heard.
    pub received_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it was set aside.
    pub reason: String,
}

/// How an operator names an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// By its key.
    Key(String),
    /// By its place.
    At(Lane, i64),
}

impl Store {
    /// The first waiting item of the lane, if it may be worked now. The attempt is counted before the work, and
    /// stays counted if the process is killed: a crash in the middle must not reset it. An item that cannot be read is parked: [`StoreError::Corrupt`] says so
    /// once, and the lane goes on.
    pub async fn head(&self, lease: &Lease) -> Result<Option<Item>> {
        let mut transaction = self.begin_fleeting().await?;
        fence(&mut transaction, lease).await?;
        let now = self.now_ms(&mut transaction).await?;
        let sql = "SELECT position, kind, weight, delivery_key, received_at, headers, body, attempts, \
                   first_tried_at, run_at FROM inbox \
                   WHERE lane = $1 AND status = 'waiting' ORDER BY position LIMIT 1";
        let row = sqlx::query(sql).bind(lease.lane.to_string()).fetch_optional(&mut *transaction).await?;
        let row = row.as_ref().map(Columns);
        let Some(row) = ready(row, now)? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let position = row.number("position")?;
        count_attempt(&mut transaction, lease, position, now).await?;
        let item = item(&row, now);
        if item.is_err() {
            set_aside(&mut transaction, lease, position, "what is stored cannot be read").await?;
        }
        transaction.commit().await?;
        item.map(Some)
    }

    /// Leaves the item at the head, not to be tried before `run_at`. All behind it wait too. The attempt counts.
    pub async fn postpone(
        &self,
        lease: &Lease,
        position: i64,
        run_at: Timestamp,
        reason: &str,
    ) -> Result<()> {
        let sql = "UPDATE inbox SET run_at = $1, reason = $2 WHERE lane = $3 AND position = $4 AND status = 'waiting'";
        self.put_off(sql, lease, (position, run_at, reason)).await
    }

    /// As [`postpone`](Store::postpone), and the attempt does not count: it was not the item's fault.
    pub async fn give_back(
        &self,
        lease: &Lease,
        position: i64,
        run_at: Timestamp,
        reason: &str,
    ) -> Result<()> {
        let sql = "UPDATE inbox SET run_at = $1, reason = $2, attempts = attempts - 1, \
                   first_tried_at = CASE WHEN attempts <= 1 THEN NULL ELSE first_tried_at END \
                   WHERE lane = $3 AND position = $4 AND status = 'waiting' AND attempts > 0";
        self.put_off(sql, lease, (position, run_at, reason)).await
    }

    async fn put_off(
        &self,
        sql: &'static str,
        lease: &Lease,
        (position, run_at, reason): (i64, Timestamp, &str),
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        fence(&mut transaction, lease).await?;
        let update = sqlx::query(sql).bind(run_at.as_millisecond()).bind(storable(reason));
        let update = update.bind(lease.lane.to_string()).bind(position);
        one(update.execute(&mut *transaction).await?.rows_affected())?;
        Ok(transaction.commit().await?)
    }

    /// Sets the item aside, visible and replayable; the lane goes on.
    pub async fn park(&self, lease: &Lease, position: i64, reason: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        fence(&mut transaction, lease).await?;
        set_aside(&mut transaction, lease, position, reason).await?;
        Ok(transaction.commit().await?)
    }

    /// Makes a parked, done or ignored arrival wait again, in its old place. False when there is none such, it waits
    /// already, or its body is erased.
    pub async fn replay(&self, which: &Which) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let Some((lane, position)) = place_of(&mut transaction, which).await? else { return Ok(false) };
        let now = self.now_ms(&mut transaction).await?;
        let revived = revive(&mut transaction, &lane, position, now).await?;
        self.commit_work(transaction).await?;
        Ok(revived)
    }

    /// What was set aside, oldest first.
    pub async fn parked(&self, limit: u32) -> Result<Vec<Parked>> {
        let sql = "SELECT lane, position, kind, delivery_key, received_at, attempts, reason FROM inbox \
                   WHERE status = 'parked' ORDER BY received_at LIMIT $1";
        let rows = sqlx::query(sql).bind(i64::from(limit));
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| parked(&Columns(row))).collect()
    }
}

fn ready(row: Option<Columns<'_>>, now: i64) -> Result<Option<Columns<'_>>> {
    let Some(row) = row else { return Ok(None) };
    let is_ready = row.number("run_at")? <= now;
    Ok(is_ready.then_some(row))
}

async fn set_aside(transaction: &mut Transaction, lease: &Lease, position: i64, reason: &str) -> Result<()> {
    let sql = "UPDATE inbox SET status = 'parked', reason = $1 \
               WHERE lane = $2 AND position = $3 AND status = 'waiting'";
    let update = sqlx::query(sql).bind(storable(reason)).bind(lease.lane.to_string()).bind(position);
    one(update.execute(&mut **transaction).await?.rows_affected())?;
    lane::fewer_wait(transaction, &lease.lane.to_string(), 1).await?;
    Ok(())
}

async fn count_attempt(transaction: &mut Transaction, lease: &Lease, position: i64, now: i64) -> Result<()> {
    let sql = "UPDATE inbox SET attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, $1) \
               WHERE lane = $2 AND position = $3";
    let update = sqlx::query(sql).bind(now).bind(lease.lane.to_string()).bind(position);
    update.execute(&mut **transaction).await?;
    Ok(())
}

async fn place_of(transaction: &mut Transaction, which: &Which) -> Result<Option<(String, i64)>> {
    let key = match which {
        Which::At(lane, position) => return Ok(Some((lane.to_string(), *position))),
        Which::Key(key) => key.clone(),
    };
    let sql = "SELECT lane, position FROM inbox WHERE delivery_key = $1";
    let row = sqlx::query(sql).bind(key).fetch_optional(&mut **transaction).await?;
    row.map(|row| Ok((Columns(&row).text("lane")?, Columns(&row).number("position")?))).transpose()
}

fn item(row: &Columns<'_>, now: i64) -> Result<Item> {
    let headers = row.text("headers")?;
    Ok(Item {
        position: row.number("position")?,
        kind: row.parsed("kind")?,
        weight: row.parsed("weight")?,
        key: row.text("delivery_key")?,
        received_at: row.time("received_at")?,
        headers: serde_json::from_str(&headers).map_err(|cause| StoreError::corrupt("headers", cause))?,
        body: inflate(&row.bytes("body")?.unwrap_or_default())?,
        attempts: row.number("attempts")? + 1,
        first_tried_at: super::database::time(row.optional_number("first_tried_at")?.unwrap_or(now))?,
    })
}

fn parked(row: &Columns<'_>) -> Result<Parked> {
    Ok(Parked {
        lane: row.parsed("lane")?,
        position: row.number("position")?,
        kind: row.parsed("kind")?,
        key: row.text("delivery_key")?,
        received_at: row.time("received_at")?,
        attempts: row.number("attempts")?,
        reason: row.optional_text("reason")?.unwrap_or_default(),
    })
}

/// The item in hand is waiting by contract; anything else is a mistake of the caller.
pub(super) fn one(rows: u64) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(StoreError::refused("the item in hand does not wait in this lane")),
    }
}

/// A reason may quote anything; PostgreSQL's TEXT cannot hold NUL.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
