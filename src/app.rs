//! The composition root: builds everything, owns every task and the shutdown. Nothing is decided here.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::redact::Redactor;
use crate::config::settings::Allowed;
use crate::domain::id::ForgeName;
use crate::engine::agreement::Agreement;
use crate::engine::intake::Admitted;
use crate::engine::resume::{CATCH_UP_AFTER_FAILURE, CATCH_UP_EVERY, KEPT, OVERLAP};
use crate::engine::schedule::{CHECKPOINT_EVERY, TIDY_EVERY};
use crate::engine::send::Sent;
use crate::engine::work::Worked;
use crate::engine::{Chance, Engine, chain};
use crate::forge::client::http_client;
use crate::forge::github::{self, GitHub};
use crate::forge::gitlab::{self, GitLab};
use crate::forge::{Forge, Forges, Listed, Operated};
use crate::store::{Store, StoreError, StoreTime};
use crate::web::metrics::Metrics;
use crate::web::page::Pages;
use crate::web::{Web, router};
use crate::{config, domain};

/// How many units are worked and how many effects are sent side by side.
const HANDS: usize = 4;

/// How long a loop that found nothing waits before it looks again, unless it is woken.
const IDLE: Duration = Duration::from_millis(500);

/// How long a loop waits after the store failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How long work in hand may take once the process was asked to end.
const DRAIN: Duration = Duration::from_secs(25);

/// What a server is made from.
pub struct Parts {
    /// A `sqlite:` or `postgres:` URL.
    pub database_url: String,
    /// The forges.
    pub forges: Vec<Arc<dyn Forge>>,
    /// Whom we listen to.
    pub admitted: Admitted,
    /// The time.
    pub clock: Clock,
    /// Knows the secrets that nobody may read.
    pub redactor: Redactor,
}

/// Opens the store and puts the engine together.
///
/// # Errors
/// Where the database cannot be opened or migrated.
pub async fn engine(parts: Parts) -> anyhow::Result<Engine> {
    let time = time_of(&parts.clock);
    let opened = Store::open(&parts.database_url, time, domain::state::STATE_VERSION).await;
    Ok(over(opened.context(CANNOT_BE_OPENED)?, parts))
}

/// The same for who only looks: tables that are older than this program are refused, not changed.
///
/// # Errors
/// Where the database cannot be opened, or must be migrated first.
pub async fn onlooker(parts: Parts) -> anyhow::Result<Engine> {
    let time = time_of(&parts.clock);
    let opened = Store::open_unmigrated(&parts.database_url, time, domain::state::STATE_VERSION).await;
    Ok(over(opened.context(CANNOT_BE_OPENED)?, parts))
}

const CANNOT_BE_OPENED: &str = "LOCKKEEPER_DATABASE_URL: the database cannot be opened";

fn time_of(clock: &Clock) -> StoreTime {
    let clock = clock.clone();
    Arc::new(move || clock.now())
}

fn over(store: Store, parts: Parts) -> Engine {
    let chance = Chance::system();
    let worker = chance.incarnation().to_string();
    Engine {
        store,
        forges: Forges::new(parts.forges),
        clock: parts.clock,
        chance,
        admitted: Arc::new(parts.admitted),
        redactor: Arc::new(parts.redactor),
        worker,
        agreement: Agreement::default(),
    }
}

/// The forges as the settings describe them.
///
/// # Errors
/// Where a setting cannot be used; the message names it, never its value.
pub fn forges(settings: &config::settings::Forges, clock: &Clock) -> anyhow::Result<Vec<Arc<dyn Operated>>> {
    let http = http(settings.more_roots.as_deref())?;
    let mut forges: Vec<Arc<dyn Operated>> = Vec::new();
    if let Some(settings) = &settings.github {
        forges.push(Arc::new(github(settings, &http, clock)?));
    }
    if let Some(settings) = &settings.gitlab {
        forges.push(Arc::new(gitlab(settings, &http, clock)?));
    }
    Ok(forges)
}

/// The one forge of a command that only asks: it hears nothing, so it believes no delivery.
///
/// # Errors
/// Where a setting cannot be used.
pub fn asked(settings: config::settings::Asked, clock: &Clock) -> anyhow::Result<Arc<dyn Operated>> {
    use config::settings::{AskedForge, GitHub, GitLab};
    let http = http(settings.more_roots.as_deref())?;
    // Nobody knows it, so nobody can send a delivery with it.
    let secret: SecretString = hex::encode(Chance::system().salt()).into();
    Ok(match settings.forge {
        AskedForge::GitHub(app) => {
            let settings = GitHub { app, webhook_secret: secret, webhook_secret_old: None };
            Arc::new(github(&settings, &http, clock)?)
        }
        AskedForge::GitHubToken(given) => {
            let clock = clock.clone();
            let setup = github::TokenSetup {
                api_url: given.api_url.to_string(),
                token: given.token,
                webhook_secret: secret,
                now: Arc::new(move || clock.now()),
            };
            Arc::new(github::GitHub::by_token(setup, &http)?)
        }
        AskedForge::GitLab(account) => {
            let settings = GitLab {
                account,
                webhook_secret: Some(secret),
                webhook_secret_old: None,
                signing_token: None,
                signing_token_old: None,
            };
            Arc::new(gitlab(&settings, &http, clock)?)
        }
    })
}

/// The one HTTP client of this process.
///
/// # Errors
/// Where the certificates that are to be believed as well are none.
pub fn http(more_roots: Option<&str>) -> anyhow::Result<reqwest::Client> {
    http_client(more_roots).context("LOCKKEEPER_CA_FILE: its certificates cannot be used")
}

/// The GitLab adapter as the settings describe it.
///
/// # Errors
/// Where a setting cannot be used; the message names it, never its value.
pub fn gitlab(
    settings: &config::settings::GitLab,
    http: &reqwest::Client,
    clock: &Clock,
) -> anyhow::Result<GitLab> {
    let clock = clock.clone();
    let setup = gitlab::Setup {
        url: settings.account.url.to_string(),
        token: settings.account.token.clone(),
        webhook_secret: settings.webhook_secret.clone(),
        webhook_secret_old: settings.webhook_secret_old.clone(),
        signing_token: settings.signing_token.clone(),
        signing_token_old: settings.signing_token_old.clone(),
        now: Arc::new(move || clock.now()),
    };
    Ok(GitLab::new(setup, http)?)
}

/// The GitHub adapter as the settings describe it.
///
/// # Errors
/// Where a setting cannot be used; the message names it, never its value.
pub fn github(
    settings: &config::settings::GitHub,
    http: &reqwest::Client,
    clock: &Clock,
) -> anyhow::Result<GitHub> {
    let clock = clock.clone();
    let setup = github::Setup {
        api_url: settings.app.api_url.to_string(),
        app_id: settings.app.app_id.clone(),
        private_key: settings.app.private_key.clone(),
        webhook_secret: settings.webhook_secret.clone(),
        webhook_secret_old: settings.webhook_secret_old.clone(),
        now: Arc::new(move || clock.now()),
    };
    Ok(GitHub::new(setup, http)?)
}

/// What the entries of the allow-list stand for, at every forge; one that stands for nothing anywhere refuses to start.
///
/// # Errors
/// The first name that no forge shows us, or that a forge does not answer.
pub async fn admitted(allow: &[Allowed], forges: &[Arc<dyn Operated>]) -> anyhow::Result<Admitted> {
    if allow.is_empty() {
        return Ok(Admitted::default());
    }
    let mut only: BTreeMap<ForgeName, Listed> = BTreeMap::new();
    for entry in allow {
        let mut is_known = false;
        for forge in forges {
            let found = forge.listed(&entry.0).await.context("LOCKKEEPER_ALLOW could not be looked up")?;
            let Some(found) = found else { continue };
            is_known = true;
            let listed = only.entry(forge.name().clone()).or_default();
            listed.owners.extend(found.owners);
            listed.projects.extend(found.projects);
        }
        if !is_known {
            bail!("LOCKKEEPER_ALLOW: `{entry}` is neither an owner nor a project that the bot can see");
        }
    }
    Ok(Admitted { only: Some(only) })
}

/// A server that runs: its tasks, and the way to end them.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    store: Store,
}

/// Whether only this machine can reach a listener. Until there is a log-in, pages are shown to nobody else.
pub fn is_ours_alone(listener: &TcpListener) -> bool {
    listener.local_addr().is_ok_and(|address| address.ip().to_canonical().is_loopback())
}

/// Starts to listen, work and send.
pub fn start(engine: Engine, listener: TcpListener) -> Running {
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let store = engine.store.clone();
    tasks.spawn(store.intake_writer());
    for hand in 0..HANDS {
        let own = Engine { worker: format!("{}-{hand}", engine.worker), ..engine.clone() };
        tasks.spawn(repeat("work", own.clone(), stopped.clone(), |engine| Box::pin(work(engine))));
        tasks.spawn(repeat("send", own, stopped.clone(), |engine| Box::pin(send(engine))));
    }
    tasks.spawn(repeat("timers", engine.clone(), stopped.clone(), |engine| Box::pin(timers(engine))));
    tasks.spawn(upkeep(engine.clone(), stopped.clone()));
    tasks.spawn(catch_up(engine.clone(), stopped.clone()));
    let pages = is_ours_alone(&listener).then(|| Pages::new(stopped.clone()));
    let routes = router(Web { engine, metrics: Arc::new(Metrics::default()), pages });
    tasks.spawn(serve(routes, listener, stopped));
    Running { stop, tasks, store }
}

impl Running {
    /// Takes nothing new in, lets what is in hand finish, and ends. What is not finished in time is safe: it is durable.
    pub async fn end(mut self) {
        let _ = self.stop.send(true);
        let drained = tokio::time::timeout(DRAIN, async {
            while let Some(ended) = self.tasks.join_next().await {
                if let Err(failure) = ended
                    && failure.is_panic()
                {
                    error!(%failure, "a task panicked");
                }
                // The intake writer ends with the store, so it is the last one.
                if self.tasks.len() == 1 {
                    break;
                }
            }
        });
        if drained.await.is_err() {
            warn!("not everything in hand finished in time; it goes on at the next start");
        }
        self.tasks.abort_all();
        self.store.close().await;
    }
}

type Step<'a> = Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>>;

/// One unit of work; whether there may be more.
async fn work(engine: &Engine) -> Result<bool, StoreError> {
    Ok(engine.work_once().await? != Worked::Idle)
}

/// One attempt at one effect; whether there may be more.
async fn send(engine: &Engine) -> Result<bool, StoreError> {
    Ok(engine.send_once().await? != Sent::Idle)
}

/// The timers that are due; whether there were any.
async fn timers(engine: &Engine) -> Result<bool, StoreError> {
    Ok(engine.fire_timers().await? > 0)
}

/// Does a step over and over; sleeps while there is nothing to do, until something is stored or the process must end.
async fn repeat(
    name: &'static str,
    engine: Engine,
    mut stopped: watch::Receiver<bool>,
    step: impl for<'a> Fn(&'a Engine) -> Step<'a> + Send,
) {
    let mut stored = engine.store.work_stored();
    while !*stopped.borrow() {
        stored.mark_unchanged();
        let pause = match step(&engine).await {
            Ok(true) => continue,
            Ok(false) => IDLE,
            Err(failure) => {
                error!(step = name, error = %chain(&failure), "the store failed");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            _ = stored.changed() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Keeps the database's log short and erases what is old.
async fn upkeep(engine: Engine, mut stopped: watch::Receiver<bool>) {
    let mut next_tidy = engine.clock.now();
    while !*stopped.borrow() {
        if let Err(failure) = engine.store.checkpoint().await {
            warn!(error = %chain(&failure), "the database's log could not be shortened");
        }
        if engine.clock.now() >= next_tidy {
            next_tidy = engine.clock.now() + TIDY_EVERY;
            if let Err(failure) = engine.tidy().await {
                warn!(error = %chain(&failure), "old deliveries could not be erased");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(CHECKPOINT_EVERY.unsigned_abs()) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Takes in what did not reach us: at the start all that the forge still keeps, then what failed since. Can be left at any moment.
async fn catch_up(engine: Engine, mut stopped: watch::Receiver<bool>) {
    let mut since = engine.clock.now() - KEPT;
    loop {
        let begun = engine.clock.now();
        let caught_up = tokio::select! {
            caught_up = engine.catch_up(since) => caught_up,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let pause = match caught_up {
            Ok(found) => {
                info!(kept = found.kept, passed_over = found.passed_over, "caught up with missed deliveries");
                since = begun - OVERLAP;
                CATCH_UP_EVERY
            }
            Err(behind) => {
                warn!(error = %behind, "missed deliveries are asked for again in a minute");
                CATCH_UP_AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause.unsigned_abs()) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn serve(routes: axum::Router, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let ended = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(failure) = axum::serve(listener, routes).with_graceful_shutdown(ended).await {
        error!(%failure, "the listener failed");
    }
}

/// Ends when the process is asked to, by SIGTERM or Ctrl-C.
///
/// # Errors
/// Where the signals cannot be listened for.
pub async fn asked_to_end() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => info!("SIGTERM: finishing what is in hand"),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            info!("interrupted: finishing what is in hand");
        }
    }
    Ok(())
}
