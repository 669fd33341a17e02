//! Everything that must survive: inbox and lanes, journal and state, outbox and timers, history and mirror, on SQLite or
//! PostgreSQL with one SQL text. Rules of release management and calls to a forge must not be here.

mod crowd;
mod database;
mod error;
mod figure;
mod history;
mod inbox;
mod intake;
mod item;
mod journal;
mod lane;
mod mirror;
mod outbox;
mod pace;
mod retention;
mod sending;
mod takeover;
mod timer;
mod unit;
mod word;

use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::sync::watch;

pub use error::{Cause, Result, StoreError};
pub use figure::Counts;
pub use history::{HistoryRow, PromotionRow, ReleaseChangeRow, ReleaseRow};
pub use inbox::{Arrival, ArrivalKind, ItemStatus, Taken, WAITING_LIMIT, Weight};
pub use item::{Item, Parked, Which};
pub use journal::{JournalRow, MAX_STATE_BYTES, StoredState, StoredText};
pub use lane::Lease;
pub use mirror::{ChangeMirror, CommitMirror, MirrorRow, PolicyMirror, Project, ProjectRow};
pub use outbox::{EffectClass, EffectRow, EffectStatus, NewEffect, SubjectRow};
pub use pace::Pace;
pub use retention::Forgotten;
pub use sending::{Finish, Sending, Trace};
pub use unit::{Unit, UnitStatus};
pub use word::UnknownWord;

use crowd::Crowd;
use database::{Database, Dialect, Survives, Transaction};
use intake::Intake;

/// Tells the time to a store on SQLite; a store on PostgreSQL takes its server's time, which all replicas share.
pub type StoreTime = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The store. Clones share connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    time: StoreTime,
    state_version: u32,
    intake: Mutex<Option<Intake>>,
    work_stored: watch::Sender<u64>,
    crowd: Crowd,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("dialect", &self.inner.database.dialect).finish_non_exhaustive()
    }
}

/// What a checkpoint found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkpoint {
    /// The log was copied into the database; so long it is, in bytes.
    Copied {
        /// The log's length.
        wal_bytes: i64,
    },
    /// The log had passed its bound and was cut to nothing.
    Cut,
    /// The log has passed its bound and could not be cut, because a reader or writer held it; the next one tries again.
    Held {
        /// The log's length.
        wal_bytes: i64,
    },
    /// This database keeps its own log.
    NotNeeded,
}

impl Store {
    /// Opens the database and brings its tables up to date. `state_version` is the newest state that this program
    /// understands: lanes whose state is newer are not claimed.
    pub async fn open(url: &str, time: StoreTime, state_version: u32) -> Result<Self> {
        let store = Self::connect(url, time, state_version).await?;
        if !store.is_migrated().await {
            let migrated = store.inner.database.migrate().await;
            // Another process may have been faster; then there is nothing to complain of.
            if let Err(failure) = migrated
                && !store.is_migrated().await
            {
                return Err(failure.while_migrating());
            }
        }
        Ok(store)
    }

    /// Opens the database and refuses if its tables are older than this program: for a role that may not change them.
    pub async fn open_unmigrated(url: &str, time: StoreTime, state_version: u32) -> Result<Self> {
        let store = Self::connect(url, time, state_version).await?;
        match store.is_migrated().await {
            true => Ok(store),
            false => Err(StoreError::refused("the tables are older than this program: migrate first")),
        }
    }

    async fn connect(url: &str, time: StoreTime, state_version: u32) -> Result<Self> {
        let database = Database::open(url).await?;
        let inner = Inner {
            database,
            time,
            state_version,
            intake: Mutex::default(),
            work_stored: watch::Sender::new(0),
            crowd: Crowd::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    async fn is_migrated(&self) -> bool {
        let wanted = self.inner.database.newest_migration();
        self.inner.database.schema_version().await.is_some_and(|version| version >= wanted)
    }

    /// The time that leases and run times are compared with. // Invariant 15.
    pub async fn now(&self) -> Result<Timestamp> {
        match self.inner.database.dialect {
            Dialect::Sqlite => Ok((self.inner.time)()),
            Dialect::Postgres => {
                database::time(Database::server_time(&mut *self.inner.database.reader().await?).await?)
            }
        }
    }

    async fn now_ms(&self, transaction: &mut Transaction) -> Result<i64> {
        match self.inner.database.dialect {
            Dialect::Sqlite => Ok((self.inner.time)().as_millisecond()),
            Dialect::Postgres => Database::server_time(transaction).await,
        }
    }

    async fn begin(&self) -> Result<Transaction> {
        self.inner.database.begin(Survives::PowerLoss).await
    }

    async fn begin_fleeting(&self) -> Result<Transaction> {
        self.inner.database.begin(Survives::Kill).await
    }

    /// Changes whenever this process has stored something that may be work, so that loops need not poll fast. What another
    /// replica stores does not show here: poll slowly all the same.
    pub fn work_stored(&self) -> watch::Receiver<u64> {
        self.inner.work_stored.subscribe()
    }

    /// Commits, and wakes who waits for work.
    async fn commit_work(&self, transaction: Transaction) -> Result<()> {
        transaction.commit().await?;
        self.look_again();
        Ok(())
    }

    /// Wakes who waits for work: for whoever moved the clock.
    pub fn look_again(&self) {
        self.inner.work_stored.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Whether the store takes writes: writes one row, durably.
    pub async fn ready(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        let sql = "INSERT INTO readiness (name, at) VALUES ('written', $1) \
                   ON CONFLICT (name) DO UPDATE SET at = excluded.at";
        sqlx::query(sql).bind(now).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Copies SQLite's write-ahead log into the database, off the writer's path, and cuts it once it is past 64 MiB.
    pub async fn checkpoint(&self) -> Result<Checkpoint> {
        let database = &self.inner.database;
        if database.dialect == Dialect::Postgres {
            return Ok(Checkpoint::NotNeeded);
        }
        let wal_bytes = database.copy_log().await?;
        if wal_bytes <= database::WAL_BOUND {
            return Ok(Checkpoint::Copied { wal_bytes });
        }
        Ok(if database.cut_log().await? { Checkpoint::Cut } else { Checkpoint::Held { wal_bytes } })
    }

    /// Closes every connection; on SQLite the last one folds the write-ahead log into the database.
    pub async fn close(&self) {
        self.inner.database.close().await;
    }
}
