//! The journal, its erasable texts, and the state that is its fold. Hashes are computed and verified by `domain::journal`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Store;
use super::database::{Columns, Transaction};
use super::error::{Result, StoreError};
use crate::domain::id::Lane;

/// The largest state of a lane.
pub const MAX_STATE_BYTES: usize = 256 * 1024;

/// One event of a lane, as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Its number in the lane, from 1, without gaps.
    pub seq: i64,
    /// The row's canonical JSON.
    pub row: String,
    /// The hash that the next row names.
    pub hash: String,
    /// When it was decided, by the application's clock.
    pub at: Timestamp,
    /// What people wrote, named in the row by salted hashes. Empty when read by [`Store::journal`].
    pub texts: Vec<StoredText>,
}

/// A text that may be erased without breaking the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredText {
    /// Its name in the row.
    pub name: String,
    /// What is hashed before it.
    pub salt: Vec<u8>,
    /// The text.
    pub value: String,
}

/// What a lane's journal folds to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredState {
    /// The number of the last event folded in.
    pub seq: i64,
    /// The version of the form of `json`.
    pub state_version: u32,
    /// The state; at most [`MAX_STATE_BYTES`].
    pub json: String,
    /// The hash of the last event folded in.
    pub last_hash: String,
}

impl Store {
    /// A lane's state; none before its first event.
    pub async fn state(&self, lane: &Lane) -> Result<Option<StoredState>> {
        let sql = "SELECT seq, state_version, json, last_hash FROM state WHERE lane = $1";
        let row = sqlx::query(sql).bind(lane.to_string());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| stored_state(&Columns(&row))).transpose()
    }

    /// A lane's events from a number on, in order, without their texts.
    pub async fn journal(&self, lane: &Lane, from_seq: i64, limit: u32) -> Result<Vec<JournalRow>> {
        let sql =
            "SELECT seq, \"row\", hash, at FROM journal WHERE lane = $1 AND seq >= $2 ORDER BY seq LIMIT $3";
        let rows = sqlx::query(sql).bind(lane.to_string()).bind(from_seq).bind(i64::from(limit));
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| journal_row(&Columns(row))).collect()
    }

    /// The texts of one event that are not erased.
    pub async fn texts(&self, lane: &Lane, seq: i64) -> Result<Vec<StoredText>> {
        let sql = "SELECT name, salt, value FROM journal_text WHERE lane = $1 AND seq = $2 ORDER BY name";
        let rows = sqlx::query(sql).bind(lane.to_string()).bind(seq);
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| stored_text(&Columns(row))).collect()
    }

    /// The texts of a run of events that are not erased, by the event's number; both ends included.
    pub async fn texts_between(
        &self,
        lane: &Lane,
        from_seq: i64,
        to_seq: i64,
    ) -> Result<BTreeMap<i64, Vec<StoredText>>> {
        let sql = "SELECT seq, name, salt, value FROM journal_text \
                   WHERE lane = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, name";
        let rows = sqlx::query(sql).bind(lane.to_string()).bind(from_seq).bind(to_seq);
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        let mut texts = BTreeMap::<i64, Vec<StoredText>>::new();
        for row in &rows {
            let row = Columns(row);
            texts.entry(row.number("seq")?).or_default().push(stored_text(&row)?);
        }
        Ok(texts)
    }

    /// Erases one text with its salt; false when there is none. The chain stays whole.
    pub async fn erase_text(&self, lane: &Lane, seq: i64, name: &str) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let sql = "DELETE FROM journal_text WHERE lane = $1 AND seq = $2 AND name = $3";
        let delete = sqlx::query(sql).bind(lane.to_string()).bind(seq).bind(name.to_owned());
        let erased = delete.execute(&mut *transaction).await?.rows_affected();
        transaction.commit().await?;
        Ok(erased == 1)
    }
}

/// What can be seen to be wrong without the database: gaps, a state that is not that of the last row, a state too large.
pub(super) fn check(rows: &[JournalRow], state: Option<&StoredState>) -> Result<()> {
    if rows.windows(2).any(|pair| pair[1].seq != pair[0].seq + 1) {
        return Err(StoreError::refused("the unit's journal rows are not numbered without gaps"));
    }
    let Some(state) = state else { return Ok(()) };
    if state.json.len() > MAX_STATE_BYTES {
        return Err(StoreError::refused("the lane's state is larger than 256 KiB"));
    }
    match rows.last() {
        Some(last) if (last.seq, &last.hash) != (state.seq, &state.last_hash) => {
            Err(StoreError::refused("the state is not that of the unit's last journal row"))
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) async fn append(transaction: &mut Transaction, lane: &str, rows: &[JournalRow]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let sql = "SELECT COALESCE(MAX(seq), 0) AS seq FROM journal WHERE lane = $1";
    let last = sqlx::query(sql).bind(lane.to_owned()).fetch_one(&mut **transaction).await?;
    if first.seq != Columns(&last).number("seq")? + 1 {
        return Err(StoreError::refused("the unit's journal rows do not follow the last one stored"));
    }
    for row in rows {
        append_one(transaction, lane, row).await?;
    }
    Ok(())
}

async fn append_one(transaction: &mut Transaction, lane: &str, row: &JournalRow) -> Result<()> {
    let sql = "INSERT INTO journal (lane, seq, \"row\", hash, at) VALUES ($1, $2, $3, $4, $5)";
    let insert = sqlx::query(sql).bind(lane.to_owned()).bind(row.seq).bind(row.row.clone());
    let insert = insert.bind(row.hash.clone()).bind(row.at.as_millisecond());
    insert.execute(&mut **transaction).await?;
    for text in &row.texts {
        let sql = "INSERT INTO journal_text (lane, seq, name, salt, value) VALUES ($1, $2, $3, $4, $5)";
        let insert = sqlx::query(sql).bind(lane.to_owned()).bind(row.seq).bind(text.name.clone());
        let insert = insert.bind(text.salt.clone()).bind(text.value.clone().into_bytes());
        insert.execute(&mut **transaction).await?;
    }
    Ok(())
}

pub(super) async fn save_state(transaction: &mut Transaction, lane: &str, state: &StoredState) -> Result<()> {
    let sql = "INSERT INTO state (lane, seq, state_version, last_hash, json) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, state_version = excluded.state_version, \
               last_hash = excluded.last_hash, json = excluded.json";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(state.seq).bind(i64::from(state.state_version));
    upsert.bind(state.last_hash.clone()).bind(state.json.clone()).execute(&mut **transaction).await?;
    Ok(())
}

fn stored_state(row: &Columns<'_>) -> Result<StoredState> {
    let version = u32::try_from(row.number("state_version")?);
    Ok(StoredState {
        seq: row.number("seq")?,
        state_version: version.map_err(|cause| StoreError::corrupt("state_version", cause))?,
        json: row.text("json")?,
        last_hash: row.text("last_hash")?,
    })
}

fn journal_row(row: &Columns<'_>) -> Result<JournalRow> {
    Ok(JournalRow {
        seq: row.number("seq")?,
        row: row.text("row")?,
        hash: row.text("hash")?,
        at: row.time("at")?,
        texts: Vec::new(),
    })
}

fn stored_text(row: &Columns<'_>) -> Result<StoredText> {
    let value = String::from_utf8(row.bytes("value")?.unwrap_or_default());
    Ok(StoredText {
        name: row.text("name")?,
        salt: row.bytes("salt")?.unwrap_or_default(),
        value: value.map_err(|cause| StoreError::corrupt("text", cause))?,
    })
}
