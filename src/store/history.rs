//! History: closed things, written by the decision that closes them. What is open is in the state, never here.

mod promotion;

use jiff::Timestamp;

use super::Store;
use super::database::{Columns, Transaction};
use super::error::{Result, StoreError};
use crate::domain::id::{ChangeNumber, CommitId, ComponentName, Lane, TagName};

pub use promotion::PromotionRow;

/// What a unit adds to history; a row that is there already is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryRow {
    /// A release.
    Release(ReleaseRow),
    /// A change that a release contains.
    ReleaseChange(ReleaseChangeRow),
    /// A promotion that is over.
    Promotion(PromotionRow),
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// What is released.
    pub component: ComponentName,
    /// Its version.
    pub version: String,
    /// Its tag.
    pub tag: TagName,
    /// The commit that the tag names.
    pub commit: CommitId,
    /// Where it stands, in the words of the caller.
    pub status: String,
    /// When it was cut.
    pub cut_at: Timestamp,
    /// All else.
    pub json: String,
}

/// A change that a release contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseChangeRow {
    /// What is released.
    pub component: ComponentName,
    /// The release's version.
    pub version: String,
    /// The change's number; none for a commit that came without one.
    pub number: Option<ChangeNumber>,
    /// The commit that brought it.
    pub commit: CommitId,
    /// All else.
    pub json: String,
}

impl Store {
    /// A component's releases, newest first.
    pub async fn releases(
        &self,
        lane: &Lane,
        component: &ComponentName,
        limit: u32,
    ) -> Result<Vec<ReleaseRow>> {
        let sql = "SELECT component, version, tag, commit_id, status, cut_at, json FROM release \
                   WHERE lane = $1 AND component = $2 ORDER BY cut_at DESC, version DESC LIMIT $3";
        let rows = sqlx::query(sql).bind(lane.to_string()).bind(component.to_string()).bind(i64::from(limit));
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| release(&Columns(row))).collect()
    }

    /// The releases that contain a change, oldest first: the first is where it shipped.
    pub async fn release_of_change(&self, lane: &Lane, number: ChangeNumber) -> Result<Vec<ReleaseRow>> {
        let sql = "SELECT release.component, release.version, release.tag, release.commit_id, release.status, \
                   release.cut_at, release.json FROM release_change JOIN release \
                   ON release.lane = release_change.lane AND release.component = release_change.component \
                   AND release.version = release_change.version \
                   WHERE release_change.lane = $1 AND release_change.change_number = $2 \
                   ORDER BY release.cut_at, release.component, release.version";
        let rows = sqlx::query(sql).bind(lane.to_string()).bind(stored_number(number)?);
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        let mut releases = rows.iter().map(|row| release(&Columns(row))).collect::<Result<Vec<_>>>()?;
        releases.dedup();
        Ok(releases)
    }

    /// The changes that a release contains.
    pub async fn changes_of_release(
        &self,
        lane: &Lane,
        component: &ComponentName,
        version: &str,
    ) -> Result<Vec<ReleaseChangeRow>> {
        let sql = "SELECT component, version, change_number, commit_id, json FROM release_change \
                   WHERE lane = $1 AND component = $2 AND version = $3 ORDER BY change_number, commit_id";
        let rows =
            sqlx::query(sql).bind(lane.to_string()).bind(component.to_string()).bind(version.to_owned());
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| release_change(&Columns(row))).collect()
    }
}

pub(super) async fn save(transaction: &mut Transaction, lane: &str, rows: &[HistoryRow]) -> Result<()> {
    for row in rows {
        match row {
            HistoryRow::Release(row) => save_release(transaction, lane, row).await?,
            HistoryRow::ReleaseChange(row) => save_release_change(transaction, lane, row).await?,
            HistoryRow::Promotion(row) => promotion::save(transaction, lane, row).await?,
        }
    }
    Ok(())
}

async fn save_release(transaction: &mut Transaction, lane: &str, row: &ReleaseRow) -> Result<()> {
    let sql = "INSERT INTO release (lane, component, version, tag, commit_id, status, cut_at, json) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (lane, component, version) DO UPDATE SET \
               tag = excluded.tag, commit_id = excluded.commit_id, status = excluded.status, \
               cut_at = excluded.cut_at, json = excluded.json";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(row.component.to_string());
    let upsert = upsert.bind(row.version.clone()).bind(row.tag.to_string()).bind(row.commit.to_string());
    let upsert = upsert.bind(row.status.clone()).bind(row.cut_at.as_millisecond()).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

async fn save_release_change(
    transaction: &mut Transaction,
    lane: &str,
    row: &ReleaseChangeRow,
) -> Result<()> {
    let sql = "INSERT INTO release_change (lane, component, version, commit_id, change_number, json) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (lane, component, version, commit_id) DO UPDATE SET \
               change_number = excluded.change_number, json = excluded.json";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(row.component.to_string());
    let upsert = upsert.bind(row.version.clone()).bind(row.commit.to_string());
    let upsert = upsert.bind(row.number.map(stored_number).transpose()?).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

fn release(row: &Columns<'_>) -> Result<ReleaseRow> {
    Ok(ReleaseRow {
        component: row.parsed("component")?,
        version: row.text("version")?,
        tag: row.parsed("tag")?,
        commit: row.parsed("commit_id")?,
        status: row.text("status")?,
        cut_at: row.time("cut_at")?,
        json: row.text("json")?,
    })
}

fn release_change(row: &Columns<'_>) -> Result<ReleaseChangeRow> {
    Ok(ReleaseChangeRow {
        component: row.parsed("component")?,
        version: row.text("version")?,
        number: row.optional_number("change_number")?.map(change_number).transpose()?,
        commit: row.parsed("commit_id")?,
        json: row.text("json")?,
    })
}

pub(super) fn stored_number(number: ChangeNumber) -> Result<i64> {
    i64::try_from(number.0).map_err(|_| StoreError::refused("a change's number has at most 63 bits"))
}

pub(super) fn change_number(stored: i64) -> Result<ChangeNumber> {
    u64::try_from(stored).map(ChangeNumber).map_err(|cause| StoreError::corrupt("change number", cause))
}
