//! The bot on a database that outlives it: its steps one by one, and its sudden death between any two of them. No script is read here.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::body::Body;
use http::{Request, StatusCode};
use jiff::Timestamp;
use lockkeeper::app;
use lockkeeper::clock::Clock;
use lockkeeper::config::redact::Redactor;
use lockkeeper::engine::Engine;
use lockkeeper::engine::intake::Admitted;
use lockkeeper::engine::send::Sent;
use lockkeeper::engine::work::Worked;
use lockkeeper::forge::Forge;
use lockkeeper::sandbox::{Envelope, World};
use lockkeeper::web::metrics::Metrics;
use lockkeeper::web::{Web, router};
use sqlx::{Connection, Row, SqliteConnection};
use tower::ServiceExt;

/// The process died; what it had not stored is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crashed;

/// What every life of the bot is made from.
pub(crate) struct Parts {
    pub(crate) folder: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) forge_name: &'static str,
    pub(crate) forge: Box<dyn Fn() -> Arc<dyn Forge> + Send + Sync>,
}

/// A bot. One life after the other, on one database.
pub(crate) struct Bot {
    parts: Parts,
    /// Of the present life.
    pub(crate) engine: Engine,
    pulse: Pulse,
}

impl Bot {
    /// The first life.
    pub(crate) async fn begin(parts: Parts, world: &World) -> Self {
        let engine = life(&parts).await;
        let pulse = Pulse::of(&database(&parts.folder), world.clone()).await;
        Self { parts, engine, pulse }
    }

    /// Where its database is.
    pub(crate) fn folder(&self) -> &Path {
        &self.parts.folder
    }

    /// How many moments it could have died at so far: the transactions that it committed, and what it wrote at the forge.
    pub(crate) fn moments(&self) -> u64 {
        self.pulse.moments
    }

    /// Dies as soon as so many more moments have passed.
    pub(crate) fn crash_after(&mut self, moments: u64) {
        self.pulse.dies_at = Some(self.pulse.moments + moments);
    }

    /// Dies now. Another life begins, which knows only what was stored.
    pub(crate) async fn crash(&mut self) {
        let old = std::mem::replace(&mut self.engine, life(&self.parts).await);
        old.store.close().await;
        self.pulse.dies_at = None;
    }

    /// Hears a delivery over its own routes; what it answered.
    pub(crate) async fn hear(&mut self, envelope: Envelope) -> Result<StatusCode, Crashed> {
        let web = Web { engine: self.engine.clone(), metrics: Arc::new(Metrics::default()), pages: None };
        let mut request = Request::post(format!("/webhooks/{}", self.parts.forge_name));
        for (name, value) in &envelope.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(envelope.body)).expect("an envelope is a request");
        let answer = self.pulse.guard(router(web).oneshot(request)).await?;
        Ok(answer.unwrap_or_else(|never| match never {}).status())
    }

    /// One unit of work; whether there was one.
    pub(crate) async fn work(&mut self) -> Result<bool, Crashed> {
        let engine = self.engine.clone();
        let worked = self.pulse.guard(engine.work_once()).await?;
        Ok(worked.expect("the store works") != Worked::Idle)
    }

    /// One attempt at one effect; whether there was one.
    pub(crate) async fn send(&mut self) -> Result<bool, Crashed> {
        let engine = self.engine.clone();
        let sent = self.pulse.guard(engine.send_once()).await?;
        Ok(sent.expect("the store works") != Sent::Idle)
    }

    /// The timers that are due; whether there were any.
    pub(crate) async fn fire(&mut self) -> Result<bool, Crashed> {
        let engine = self.engine.clone();
        let fired = self.pulse.guard(engine.fire_timers()).await?;
        Ok(fired.expect("the store works") > 0)
    }

    /// From now on the journal refuses every row.
    pub(crate) async fn spoil_journal(&mut self) {
        let sql = "CREATE TRIGGER spoilt BEFORE INSERT ON journal \
                   BEGIN SELECT RAISE(ABORT, 'the disk says no'); END";
        sqlx::raw_sql(sql).execute(&mut self.pulse.look).await.expect("a trigger can be made");
    }

    /// The journal is as it was.
    pub(crate) async fn mend_journal(&mut self) {
        let sql = "DROP TRIGGER spoilt";
        sqlx::raw_sql(sql).execute(&mut self.pulse.look).await.expect("the trigger is there");
    }

    /// When the next note may be written, where nothing else is left to do.
    pub(crate) async fn held_by_pace(&self) -> Option<Timestamp> {
        let counts = self.engine.store.counts().await.expect("the store can be read");
        let is_worked = counts.waiting.values().all(|waiting| *waiting == 0);
        self.engine.store.held_by_pace().await.expect("the store can be read").filter(|_| is_worked)
    }

    /// How much waits for a later moment: signals and effects.
    pub(crate) async fn waiting(&self) -> u64 {
        let counts = self.engine.store.counts().await.expect("the store can be read");
        let effects = self.engine.store.unfinished_effects().await.expect("the store can be read");
        counts.waiting.values().sum::<u64>() + effects
    }

    /// How many signals were put aside.
    pub(crate) async fn parked(&self) -> u64 {
        self.engine.store.counts().await.expect("the store can be read").parked
    }
}

/// Why nothing came of signals, in order: for the reader of a test that failed.
pub(crate) async fn reasons(folder: &Path) -> Vec<String> {
    let url = format!("sqlite:{}", database(folder).display());
    let Ok(mut look) = SqliteConnection::connect(&url).await else { return vec![] };
    let mut reasons = Vec::new();
    for sql in [
        "SELECT status || ': ' || reason FROM inbox WHERE reason IS NOT NULL ORDER BY position",
        "SELECT status || ': ' || kind || ' ' || subject || ', ' || COALESCE(outcome, '') FROM outbox \
         WHERE status IN ('waiting', 'sending')",
    ] {
        let rows = sqlx::query(sql).fetch_all(&mut look).await.unwrap_or_default();
        reasons.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    reasons
}

async fn life(parts: &Parts) -> Engine {
    let url = format!("sqlite:{}", database(&parts.folder).display());
    let made = app::engine(app::Parts {
        database_url: url,
        forges: vec![(parts.forge)()],
        admitted: Admitted::default(),
        clock: parts.clock.clone(),
        redactor: Redactor::default(),
    });
    made.await.expect("the database can be opened")
}

fn database(folder: &Path) -> PathBuf {
    folder.join("lockkeeper.db")
}

/// Watches a bot from outside, and ends a step between two moments.
///
/// A future goes on only when it is polled. Before each poll the database is asked whether somebody committed, and the stand-in
/// whether it was told to write, so no two moments pass unseen between two looks: each wait of the bot is for one of them at most.
struct Pulse {
    look: SqliteConnection,
    seen: i64,
    world: World,
    called: usize,
    moments: u64,
    dies_at: Option<u64>,
}

impl Pulse {
    async fn of(database: &Path, world: World) -> Self {
        let url = format!("sqlite:{}", database.display());
        let mut look = SqliteConnection::connect(&url).await.expect("the database can be opened twice");
        let seen = commits(&mut look).await;
        Self { look, seen, called: writes(&world), world, moments: 0, dies_at: None }
    }

    async fn guard<T>(&mut self, step: impl Future<Output = T>) -> Result<T, Crashed> {
        let mut step = pin!(step);
        loop {
            let mut polled = false;
            // Polled once; if it must wait, this ends when it is woken, before it is polled again.
            let done = std::future::poll_fn(|context| {
                if std::mem::replace(&mut polled, true) {
                    return Poll::Ready(None);
                }
                step.as_mut().poll(context).map(Some)
            });
            let done = done.await;
            self.count().await;
            if self.dies_at.is_some_and(|at| self.moments >= at) {
                return Err(Crashed);
            }
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }

    async fn count(&mut self) {
        let seen = commits(&mut self.look).await;
        let called = writes(&self.world);
        self.moments += u64::from(seen != self.seen) + u64::from(called != self.called);
        (self.seen, self.called) = (seen, called);
    }
}

/// How often the forge was told to do something. A death after a reading is one before it: it leaves no trace.
fn writes(world: &World) -> usize {
    let requests = world.requests();
    let reads = |path: &str| path.ends_with("graphql") || path.ends_with("access_tokens");
    requests.iter().filter(|one| one.method != "GET" && !reads(&one.path)).count()
}

/// A number that changes whenever another connection committed.
async fn commits(connection: &mut SqliteConnection) -> i64 {
    let row = sqlx::query("PRAGMA data_version").fetch_one(connection).await;
    row.expect("SQLite tells its version of the data").get(0)
}
