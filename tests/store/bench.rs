//! What a test of the store stands on: a database of its own, time that can be moved, and short words for common steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use lockkeeper::clock::Clock;
use lockkeeper::domain::id::Lane;
use lockkeeper::store::{
    Arrival, ArrivalKind, EffectClass, EffectStatus, Finish, Item, JournalRow, Lease, NewEffect, Sending,
    Store, StoreTime, StoredState, Taken, Unit, UnitStatus, Weight,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;

use crate::server::server;

pub(crate) const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// What a test lets pass: far shorter than a lease, far longer than the test itself takes on a busy machine.
pub(crate) const SHORT: SignedDuration = SignedDuration::from_secs(20);

/// Time on PostgreSQL, so that a test can move it: found before the server's own function of this name.
const MOVABLE_TIME: &str = "CREATE SCHEMA bench; CREATE TABLE bench.passed (length interval NOT NULL); \
    INSERT INTO bench.passed VALUES ('0'); CREATE FUNCTION bench.clock_timestamp() RETURNS timestamptz \
    LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.clock_timestamp() + length FROM bench.passed'; \
    GRANT USAGE ON SCHEMA bench TO PUBLIC; GRANT SELECT ON bench.passed TO PUBLIC";

/// A database of its own.
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) url: String,
    clock: Clock,
    folder: Option<TempDir>,
}

impl Bench {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        Self::at(url, Some(folder)).await
    }

    /// None, said aloud, where there is no PostgreSQL.
    pub(crate) async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(server) = server() else {
            println!("skipped: no `initdb` found, so no PostgreSQL to test on");
            return None;
        };
        let name = format!("store_{}", COUNT.fetch_add(1, Ordering::SeqCst));
        let found = format!("ALTER DATABASE {name} SET search_path = public, bench, pg_catalog");
        for sql in [format!("CREATE DATABASE {name}"), found] {
            execute(&server.url("postgres", "postgres"), &sql).await.unwrap();
        }
        execute(&server.url("postgres", &name), MOVABLE_TIME).await.unwrap();
        Some(Self::at(server.url("postgres", &name), None).await)
    }

    async fn at(url: String, folder: Option<TempDir>) -> Self {
        let clock = Clock::system();
        let store = Store::open(&url, time_of(&clock), 1).await.unwrap();
        Self { store, url, clock, folder }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// The same database for another role; the database's name stays.
    pub(crate) fn url_as(&self, role: &str) -> String {
        self.url.replace("postgres://postgres@", &format!("postgres://{role}@"))
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self, state_version: u32) -> Store {
        Store::open(&self.url, time_of(&self.clock), state_version).await.unwrap()
    }

    pub(crate) fn wal_bytes(&self) -> u64 {
        let folder = self.folder.as_ref().unwrap().path();
        std::fs::metadata(folder.join("store.db-wal")).map_or(0, |wal| wal.len())
    }

    /// Time passes, without anybody's waiting for it.
    pub(crate) async fn pass(&self, length: SignedDuration) {
        if self.is_sqlite() {
            self.clock.advance(length);
        } else {
            let milliseconds = length.as_millis();
            let sql =
                format!("UPDATE bench.passed SET length = length + interval '{milliseconds} milliseconds'");
            execute(&self.url, &sql).await.unwrap();
        }
    }

    pub(crate) async fn later(&self, length: SignedDuration) -> Timestamp {
        self.store.now().await.unwrap() + length
    }

    pub(crate) async fn hear(&self, lane: &Lane, key: &str) -> Taken {
        self.store.take_in(arrival(lane, key)).await.unwrap()
    }

    pub(crate) async fn claim(&self) -> Option<Lease> {
        self.store.claim_lane("worker", LEASE).await.unwrap()
    }

    /// Claims the only lane that is ready and takes its head.
    pub(crate) async fn begin(&self) -> (Lease, Item) {
        let lease = self.claim().await.expect("a lane is ready");
        let item = self.store.head(&lease).await.unwrap().expect("an item is ready");
        (lease, item)
    }

    /// Hears something, works it, and leaves these effects behind.
    pub(crate) async fn order(&self, key: &str, effects: Vec<NewEffect>) {
        self.order_on(1, key, effects).await;
    }

    pub(crate) async fn order_on(&self, number: u64, key: &str, effects: Vec<NewEffect>) {
        self.hear(&lane(number), key).await;
        let (lease, item) = self.begin().await;
        let unit = Unit { effects, ..done(item.position) };
        self.store.commit(&lease, unit).await.unwrap();
        self.store.release(lease).await.unwrap();
    }

    pub(crate) async fn send(&self) -> Option<Sending> {
        self.store.claim_effect("sender", LEASE).await.unwrap()
    }

    /// Claims and ends effects until none is due; their keys in order.
    pub(crate) async fn send_all(&self) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some(sending) = self.send().await {
            self.store.finish_effect(&sending, finish(EffectStatus::Done)).await.unwrap();
            sent.push(sending.key);
        }
        sent
    }

    /// The keys that still wait in the only lane, worked off in order.
    pub(crate) async fn work_all(&self) -> Vec<String> {
        let mut worked = Vec::new();
        while let Some(lease) = self.claim().await {
            if let Some(item) = self.store.head(&lease).await.unwrap() {
                self.store.commit(&lease, done(item.position)).await.unwrap();
                worked.push(item.key);
            }
            self.store.release(lease).await.unwrap();
        }
        worked
    }

    /// What each lane keeps about itself agrees with its inbox: how many wait, and that it is ready at some time if any do.
    pub(crate) async fn is_in_order(&self) {
        let waiting =
            "(SELECT COUNT(*) FROM inbox WHERE inbox.lane = lane.lane AND inbox.status = 'waiting')";
        for wrong in [
            format!("waiting <> {waiting}"),
            "waiting > 0 AND ready_at IS NULL".to_owned(),
            "waiting = 0 AND ready_at IS NOT NULL AND owner IS NULL".to_owned(),
        ] {
            let lanes = self.sql(&format!("UPDATE lane SET tail = tail WHERE {wrong}")).await.unwrap();
            assert_eq!(lanes, 0, "{wrong}");
        }
    }

    pub(crate) async fn sql(&self, sql: &str) -> sqlx::Result<u64> {
        execute(&self.url, sql).await
    }
}

pub(crate) fn time_of(clock: &Clock) -> StoreTime {
    let clock = clock.clone();
    Arc::new(move || clock.now())
}

/// Runs SQL past the store, as an attacker or an operator would.
pub(crate) async fn execute(url: &str, sql: &str) -> sqlx::Result<u64> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let result = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await?;
    Ok(result?.rows_affected())
}

pub(crate) fn lane(number: u64) -> Lane {
    format!("project:github:{number}").parse().unwrap()
}

pub(crate) fn arrival(lane: &Lane, key: &str) -> Arrival {
    Arrival {
        lane: lane.clone(),
        kind: ArrivalKind::Delivery,
        weight: Weight::Keep,
        key: key.to_owned(),
        received_at: at(1_000),
        headers: vec![("X-GitHub-Event".to_owned(), "issue_comment".to_owned())],
        body: Bytes::from(format!("{{\"key\":\"{key}\"}}")),
        run_at: None,
    }
}

pub(crate) fn hint(lane: &Lane, key: &str) -> Arrival {
    Arrival { weight: Weight::Hint, ..arrival(lane, key) }
}

pub(crate) fn done(position: i64) -> Unit {
    Unit::new(position, UnitStatus::Done)
}

pub(crate) fn event(seq: i64) -> JournalRow {
    JournalRow {
        seq,
        row: format!("{{\"seq\":{seq}}}"),
        hash: format!("hash{seq}"),
        at: at(2_000),
        texts: Vec::new(),
    }
}

pub(crate) fn state(seq: i64, state_version: u32) -> StoredState {
    StoredState { seq, state_version, json: "{}".to_owned(), last_hash: format!("hash{seq}") }
}

pub(crate) fn effect(key: &str, subject: &str) -> NewEffect {
    NewEffect {
        key: key.to_owned(),
        subject: subject.to_owned(),
        class: EffectClass::Prompt,
        kind: "create".to_owned(),
        json: "{}".to_owned(),
        edition: None,
        run_at: None,
        pace: None,
    }
}

pub(crate) fn edit(key: &str, subject: &str, edition: i64) -> NewEffect {
    NewEffect { kind: "edit".to_owned(), edition: Some(edition), ..effect(key, subject) }
}

pub(crate) fn finish(status: EffectStatus) -> Finish {
    Finish { status, outcome: "{}".to_owned(), reference: None, arrival: None }
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

pub(crate) fn ms(ms: i64) -> SignedDuration {
    SignedDuration::from_millis(ms)
}

/// Each claim becomes two tests: `sqlite::…` and `postgres::…`.
macro_rules! on_both {
    ($($claim:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() {
                super::$claim($crate::bench::Bench::sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() {
                if let Some(bench) = $crate::bench::Bench::postgres().await {
                    super::$claim(bench).await;
                }
            })+
        }
    };
}

pub(crate) use on_both;
