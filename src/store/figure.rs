//! Figures for metrics and the dashboard: how much waits, how much is set aside. Counted from the tables, never kept.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::database::Columns;
use super::error::Result;
use super::inbox::ArrivalKind;
use super::outbox::EffectStatus;

/// How much the store holds that is not at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Waiting arrivals of each kind.
    pub waiting: BTreeMap<ArrivalKind, u64>,
    /// Arrivals set aside.
    pub parked: u64,
    /// Effects that wait, are in flight, were refused or are lost. Ended well or superseded: not counted.
    pub outbox: BTreeMap<EffectStatus, u64>,
    /// How long the oldest waiting arrival has waited since it was heard.
    pub oldest_waiting: Option<SignedDuration>,
}

impl Store {
    /// Counts what is not at rest.
    pub async fn counts(&self) -> Result<Counts> {
        let now = self.now().await?;
        Ok(Counts {
            waiting: self
                .grouped(
                    "SELECT kind AS word, COUNT(*) AS n FROM inbox WHERE status = 'waiting' GROUP BY kind",
                )
                .await?,
            parked: self.parked_count().await?,
            outbox: self.effects().await?,
            oldest_waiting: self.oldest_waiting().await?.map(|oldest| now.duration_since(oldest)),
        })
    }

    async fn effects(&self) -> Result<BTreeMap<EffectStatus, u64>> {
        let open = "SELECT status AS word, COUNT(*) AS n FROM outbox WHERE status IN ('waiting', 'sending') GROUP BY status";
        let trouble = "SELECT status AS word, COUNT(*) AS n FROM outbox WHERE status IN ('refused', 'lost') GROUP BY status";
        let mut effects = self.grouped(open).await?;
        effects.extend(self.grouped(trouble).await?);
        Ok(effects)
    }

    async fn grouped<K>(&self, sql: &'static str) -> Result<BTreeMap<K, u64>>
    where
        K: Ord + std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        let rows = sqlx::query(sql).fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| Ok((Columns(row).parsed("word")?, Columns(row).count("n")?))).collect()
    }

    async fn parked_count(&self) -> Result<u64> {
        let sql = "SELECT COUNT(*) AS n FROM inbox WHERE status = 'parked'";
        let row = sqlx::query(sql).fetch_one(&mut *self.inner.database.reader().await?).await?;
        Columns(&row).count("n")
    }

    async fn oldest_waiting(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT MIN(received_at) AS oldest FROM inbox WHERE status = 'waiting'";
        let row = sqlx::query(sql).fetch_one(&mut *self.inner.database.reader().await?).await?;
        Columns(&row).optional_time("oldest")
    }
}
