//! Promotions that are over. What is under way is in the state, what happened in between in the journal; neither is read here.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use crate::domain::id::{ActorId, ComponentName, EnvironmentName, Lane, PromotionId};
use crate::store::Store;
use crate::store::database::{Columns, Transaction};
use crate::store::error::{Result, StoreError};

/// A promotion that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRow {
    /// Its number in the lane.
    pub id: PromotionId,
    /// What was carried.
    pub component: ComponentName,
    /// Where to.
    pub environment: EnvironmentName,
    /// Which release.
    pub version: String,
    /// Forward or back, in the words of the caller.
    pub kind: String,
    /// Its last revision, from 1.
    pub revision: u32,
    /// How it ended, in the words of the caller.
    pub ended: String,
    /// Who asked; none: the policy.
    pub asked_by: Option<ActorId>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The number of the journal row that asked.
    pub asked_row: i64,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The number of the journal row that ended it.
    pub ended_row: i64,
    /// Whose approvals counted at the end.
    pub approvals: Vec<ActorId>,
}

const SELECT: &str = "SELECT number, component, environment, version, kind, revision, ended, asked_by, asked_at, \
                      asked_row, ended_at, ended_row, approvals FROM promotion";

impl Store {
    /// A promotion that is over; none while it is open, or where there was none.
    pub async fn past_promotion(&self, lane: &Lane, id: PromotionId) -> Result<Option<PromotionRow>> {
        let sql = format!("{SELECT} WHERE lane = $1 AND number = $2");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string()).bind(stored(id.0)?);
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| promotion(&Columns(&row))).transpose()
    }

    /// A lane's promotions that are over, the last one that ended first.
    pub async fn past_promotions(&self, lane: &Lane, limit: u32) -> Result<Vec<PromotionRow>> {
        let sql = format!("{SELECT} WHERE lane = $1 ORDER BY ended_row DESC LIMIT $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string()).bind(i64::from(limit));
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| promotion(&Columns(row))).collect()
    }

    /// The same into one environment alone.
    pub async fn past_promotions_into(
        &self,
        lane: &Lane,
        environment: &EnvironmentName,
        limit: u32,
    ) -> Result<Vec<PromotionRow>> {
        let sql = format!("{SELECT} WHERE lane = $1 AND environment = $2 ORDER BY ended_row DESC LIMIT $3");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string());
        let rows = rows.bind(environment.to_string()).bind(i64::from(limit));
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| promotion(&Columns(row))).collect()
    }
}

pub(super) async fn save(transaction: &mut Transaction, lane: &str, row: &PromotionRow) -> Result<()> {
    let sql = "INSERT INTO promotion (lane, number, component, environment, version, kind, revision, ended, \
               asked_by, asked_at, asked_row, ended_at, ended_row, approvals) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
               ON CONFLICT (lane, number) DO UPDATE SET component = excluded.component, \
               environment = excluded.environment, version = excluded.version, kind = excluded.kind, \
               revision = excluded.revision, ended = excluded.ended, asked_by = excluded.asked_by, \
               asked_at = excluded.asked_at, asked_row = excluded.asked_row, ended_at = excluded.ended_at, \
               ended_row = excluded.ended_row, approvals = excluded.approvals";
    let approvals = serde_json::to_string(&row.approvals).expect("numbers are JSON");
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(stored(row.id.0)?);
    let upsert = upsert.bind(row.component.to_string()).bind(row.environment.to_string());
    let upsert = upsert.bind(row.version.clone()).bind(row.kind.clone()).bind(i64::from(row.revision));
    let upsert = upsert.bind(row.ended.clone()).bind(row.asked_by.map(|by| stored(by.0)).transpose()?);
    let upsert = upsert.bind(row.asked_at.as_millisecond()).bind(row.asked_row);
    let upsert = upsert.bind(row.ended_at.as_millisecond()).bind(row.ended_row).bind(approvals);
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

fn promotion(row: &Columns<'_>) -> Result<PromotionRow> {
    let asked_by = row.optional_number("asked_by")?.map(u64::try_from).transpose();
    let revision = u32::try_from(row.number("revision")?);
    Ok(PromotionRow {
        id: PromotionId(row.count("number")?),
        component: row.parsed("component")?,
        environment: row.parsed("environment")?,
        version: row.text("version")?,
        kind: row.text("kind")?,
        revision: revision.map_err(|cause| StoreError::corrupt("revision", cause))?,
        ended: row.text("ended")?,
        asked_by: asked_by.map_err(|cause| StoreError::corrupt("asked_by", cause))?.map(ActorId),
        asked_at: row.time("asked_at")?,
        asked_row: row.number("asked_row")?,
        ended_at: row.time("ended_at")?,
        ended_row: row.number("ended_row")?,
        approvals: serde_json::from_str(&row.text("approvals")?)
            .map_err(|cause| StoreError::corrupt("approvals", cause))?,
    })
}

fn stored(number: u64) -> Result<i64> {
    i64::try_from(number)
        .map_err(|_| StoreError::refused("a promotion's and an account's number have at most 63 bits"))
}
