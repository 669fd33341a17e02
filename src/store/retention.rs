//! Forgetting: bodies and headers 14 days after they are done, their keys after 40. The journal is not forgotten here.

use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::Result;

/// The body of a done arrival is kept so long, for replay.
const BODY: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The key of a done arrival is kept so long, against redelivery: longer than forges redeliver.
const KEY: SignedDuration = SignedDuration::from_hours(40 * 24);

/// So many rows in one transaction: forgetting must not hold up hearing.
const BATCH: u64 = 500;

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Bodies erased.
    pub bodies: u64,
    /// Keys erased.
    pub keys: u64,
}

impl Store {
    /// Forgets what is old enough at `now`.
    pub async fn forget(&self, now: Timestamp) -> Result<Forgotten> {
        let keys = "DELETE FROM inbox WHERE (lane, position) IN (SELECT lane, position FROM inbox \
                    WHERE body IS NULL AND done_at <= $1 ORDER BY done_at LIMIT 500)";
        let bodies = "UPDATE inbox SET body = NULL, headers = '[]' WHERE (lane, position) IN (SELECT lane, position \
                      FROM inbox WHERE body IS NOT NULL AND done_at <= $1 ORDER BY done_at LIMIT 500)";
        // Bodies first: a key is forgotten only once its body is.
        let bodies = self.in_batches(bodies, now - BODY).await?;
        Ok(Forgotten { bodies, keys: self.in_batches(keys, now - KEY).await? })
    }

    async fn in_batches(&self, sql: &'static str, done_before: Timestamp) -> Result<u64> {
        let mut all = 0;
        loop {
            let mut transaction = self.begin().await?;
            let batch = sqlx::query(sql).bind(done_before.as_millisecond());
            let rows = batch.execute(&mut *transaction).await?.rows_affected();
            transaction.commit().await?;
            all += rows;
            if rows < BATCH {
                return Ok(all);
            }
        }
    }
}
