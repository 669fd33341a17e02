//! The two databases behind one seam: connections, transactions, migrations, the checkpoint. No table is named here.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, AssertSqlSafe, ConnectOptions, Row, SqlSafeStr};

use super::error::{Result, StoreError};

pub(super) type Transaction = sqlx::Transaction<'static, Any>;

/// Past this the write-ahead log is cut, which keeps writers waiting for a moment; before it is only copied.
pub(super) const WAL_BOUND: i64 = 64 * 1024 * 1024;

const WAIT: Duration = Duration::from_secs(10);

/// Which of the two databases it is; asked only where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn of(url: &str) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some(_) | None => Err(StoreError::refused("a database URL begins with `sqlite:` or `postgres:`")),
        }
    }

    /// Takes the chosen row, passing over rows that others hold. SQLite has one writer at a time and needs nothing.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// A read followed by a write must hold SQLite's write lock from the start, or it fails as busy without waiting.
    fn begin(self, survives: Survives) -> &'static str {
        match (self, survives) {
            (Self::Sqlite, Survives::PowerLoss) => "PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
            (Self::Sqlite, Survives::Kill) => "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
            (Self::Postgres, _) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Version, what both databases run, what this one runs besides.
    fn migrations(self) -> [(i64, &'static str, &'static str); 5] {
        let own = match self {
            Self::Sqlite => include_str!("../../migrations/0001.sqlite.sql"),
            Self::Postgres => include_str!("../../migrations/0001.postgres.sql"),
        };
        [
            (1, include_str!("../../migrations/0001.sql"), own),
            (2, include_str!("../../migrations/0002.sql"), ""),
            (3, include_str!("../../migrations/0003.sql"), ""),
            (4, include_str!("../../migrations/0004.sql"), ""),
            (5, include_str!("../../migrations/0005.sql"), ""),
        ]
    }
}

/// What a transaction must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survives {
    /// All that was heard, decided or begun outside: nobody could know it again.
    PowerLoss,
    /// Leases and counts of tries: they mean nothing once the machine has stopped, and need not wait for the disk. On
    /// PostgreSQL the server may stop while its workers live on, so there they are like all else.
    Kill,
}

/// What a connection is for.
#[derive(Clone, Copy)]
enum Purpose {
    Write,
    Read,
    Checkpoint,
}

/// Open connections. On SQLite: one writer (its pool of one is a fair queue), a few readers, and one that only checkpoints.
pub(super) struct Database {
    pub(super) dialect: Dialect,
    writer: AnyPool,
    reader: AnyPool,
    checkpointer: AnyPool,
}

impl Database {
    pub(super) async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        match dialect {
            Dialect::Sqlite => {
                let url = creating(url);
                let writer = sqlite(&url, Purpose::Write).await?;
                let reader = sqlite(&url, Purpose::Read).await?;
                let checkpointer = sqlite(&url, Purpose::Checkpoint).await?;
                Ok(Self { dialect, writer, reader, checkpointer })
            }
            Dialect::Postgres => {
                let pool = postgres(url).await?;
                Ok(Self { dialect, writer: pool.clone(), reader: pool.clone(), checkpointer: pool })
            }
        }
    }

    pub(super) async fn begin(&self, survives: Survives) -> Result<Transaction> {
        Ok(self.writer.begin_with(self.dialect.begin(survives)).await?)
    }

    pub(super) async fn reader(&self) -> Result<PoolConnection<Any>> {
        Ok(self.reader.acquire().await?)
    }

    /// The version of the newest migration that the database holds; none in an empty database.
    pub(super) async fn schema_version(&self) -> Option<i64> {
        let newest = sqlx::query("SELECT MAX(version) AS version FROM _sqlx_migrations");
        newest.fetch_one(&self.reader).await.ok()?.try_get("version").ok()
    }

    pub(super) fn newest_migration(&self) -> i64 {
        self.dialect.migrations().map(|(version, _, _)| version).into_iter().max().unwrap_or(0)
    }

    /// Brings the tables up to date. Migrations only add, so a database that is newer than this program is left as it is.
    pub(super) async fn migrate(&self) -> Result<()> {
        let migrations = self.dialect.migrations().map(|(version, both, own)| {
            let sql = AssertSqlSafe(format!("{both}\n{own}")).into_sql_str();
            Migration::new(version, "lockkeeper".into(), MigrationType::Simple, sql, false)
        });
        let mut migrator = Migrator::with_migrations(migrations.into());
        migrator.set_ignore_missing(true);
        Ok(migrator.run(&self.writer).await?)
    }

    /// PostgreSQL's own time, so that replicas whose clocks differ agree about leases.
    pub(super) async fn server_time(connection: &mut sqlx::AnyConnection) -> Result<i64> {
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now";
        Ok(sqlx::query(sql).fetch_one(connection).await?.try_get("now")?)
    }

    /// Copies the write-ahead log into the database and returns the log's length in bytes. Waits for nobody.
    pub(super) async fn copy_log(&self) -> Result<i64> {
        let pages: i64 = self.pragma("PRAGMA wal_checkpoint(PASSIVE)").await?.try_get(1)?;
        let page_size: i64 = self.pragma("PRAGMA page_size").await?.try_get(0)?;
        Ok(pages.max(0) * page_size)
    }

    /// Cuts the log to nothing; false when a reader or writer did not let go in time.
    pub(super) async fn cut_log(&self) -> Result<bool> {
        let busy: i64 = self.pragma("PRAGMA wal_checkpoint(TRUNCATE)").await?.try_get(0)?;
        Ok(busy == 0)
    }

    async fn pragma(&self, sql: &'static str) -> Result<AnyRow> {
        Ok(sqlx::query(sql).fetch_one(&self.checkpointer).await?)
    }

    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.checkpointer.close().await;
        self.writer.close().await;
    }
}

/// A database that is not there yet is made, unless the URL says how to open it.
fn creating(url: &str) -> String {
    match url.split_once('?') {
        None => format!("{url}?mode=rwc"),
        Some((_, query)) if !query.contains("mode=") => format!("{url}&mode=rwc"),
        Some(_) => url.to_owned(),
    }
}

fn options(url: &str) -> Result<AnyConnectOptions> {
    let options: AnyConnectOptions = url.parse()?;
    Ok(options.disable_statement_logging())
}

async fn sqlite(url: &str, purpose: Purpose) -> Result<AnyPool> {
    let (size, pragmas) = match purpose {
        // The busy time-out comes first: switching to WAL may itself have to wait.
        Purpose::Write | Purpose::Checkpoint => (
            1,
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864",
        ),
        Purpose::Read => (4, "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON"),
    };
    Ok(pool(size, pragmas).connect_with(options(url)?).await?)
}

async fn postgres(url: &str) -> Result<AnyPool> {
    let limits = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
                  SET idle_in_transaction_session_timeout = '60s'";
    Ok(pool(16, limits).connect_with(options(url)?).await?)
}

fn pool(size: u32, at_start: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(true)
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(at_start).execute(connection).await.map(|_| ()) })
        })
}

/// A stored number of milliseconds as a time.
pub(super) fn time(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|cause| StoreError::corrupt("time", cause))
}

/// The columns of a row, read by name; a column that is missing or of another type is [`StoreError::Corrupt`].
pub(super) struct Columns<'r>(pub(super) &'r AnyRow);

impl Columns<'_> {
    pub(super) fn text(&self, name: &str) -> Result<String> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn number(&self, name: &str) -> Result<i64> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn optional_number(&self, name: &str) -> Result<Option<i64>> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn count(&self, name: &str) -> Result<u64> {
        u64::try_from(self.number(name)?).map_err(|cause| StoreError::corrupt("number", cause))
    }

    pub(super) fn time(&self, name: &str) -> Result<Timestamp> {
        time(self.number(name)?)
    }

    pub(super) fn optional_time(&self, name: &str) -> Result<Option<Timestamp>> {
        self.optional_number(name)?.map(time).transpose()
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.try_get(name)?)
    }

    /// A column that holds something with a rule of its own: a lane, a commit, a word of one of our enums.
    pub(super) fn parsed<T>(&self, name: &'static str) -> Result<T>
    where
        T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        self.text(name)?.parse().map_err(|cause| StoreError::corrupt(name, cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn synchronous(database: &Database, survives: Survives) -> i64 {
        let mut transaction = database.begin(survives).await.expect("the database is open");
        let row = sqlx::query("PRAGMA synchronous").fetch_one(&mut *transaction).await;
        row.and_then(|row| row.try_get(0)).expect("a pragma gives a number")
    }

    #[tokio::test]
    async fn what_must_survive_a_power_loss_waits_for_the_disk() {
        const NORMAL: i64 = 1;
        const FULL: i64 = 2;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let database = Database::open(&url).await.expect("a new database can be made");
        assert_eq!(synchronous(&database, Survives::Kill).await, NORMAL);
        assert_eq!(synchronous(&database, Survives::PowerLoss).await, FULL);
        assert_eq!(synchronous(&database, Survives::Kill).await, NORMAL);
    }
}
