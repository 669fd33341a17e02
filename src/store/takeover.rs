//! What a new process finds in the hands of one that is gone. Only for a database that one process works at a time; who works it is not decided here.

use jiff::SignedDuration;

use super::Store;
use super::database::Dialect;
use super::error::Result;
use super::lane::milliseconds;

impl Store {
    /// Takes everything out of the hands of the process before this one. What was being sent may be in the world, so it rests
    /// for `rest` and is then looked for. On PostgreSQL the others may be alive: there leases run out by themselves, and nothing
    /// is done here.
    pub async fn take_over(&self, rest: SignedDuration) -> Result<()> {
        if self.inner.database.dialect == Dialect::Postgres {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        // The epoch goes on as well, so that nothing that was claimed before can commit.
        let lanes =
            "UPDATE lane SET owner = NULL, lease_until = 0, epoch = epoch + 1 WHERE owner IS NOT NULL";
        sqlx::query(lanes).execute(&mut *transaction).await?;
        let effects = "UPDATE outbox SET status = 'waiting', owner = NULL, lease_until = 0, run_at = $1 \
                       WHERE status = 'sending'";
        let rested = now.saturating_add(milliseconds(rest));
        sqlx::query(effects).bind(rested).execute(&mut *transaction).await?;
        self.commit_work(transaction).await
    }
}
