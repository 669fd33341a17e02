//! The stage of the demonstration: a stand-in forge, the bot, a page, a clock. What is played on it is the story's.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use tokio::net::TcpListener;

use super::Step;
use super::executor::Executor;
use super::scene::Scene;
use crate::app::{self, Running};
use crate::clock::Clock;
use crate::config::redact::Redactor;
use crate::engine::Engine;
use crate::engine::intake::Admitted;
use crate::sandbox::{AppCredentials, Break, DeliveryFate, Fault, World};

/// How long a step of the story may take, by the machine's clock.
const PATIENCE: Duration = Duration::from_secs(15);

/// When the story begins.
const BEGINS: civil::DateTime = civil::date(2026, 12, 1).at(11, 50, 0, 0);

const SECOND: Duration = Duration::from_secs(1);

/// How often the stage looks whether something came true, and posts deliveries.
const BEAT: Duration = Duration::from_millis(25);

/// Everything that the demonstration runs on.
pub(super) struct Stage {
    /// The stand-in, for acting.
    pub(super) world: World,
    /// The forge that it stands for.
    pub(super) scene: &'static Scene,
    clock: Clock,
    broken: Option<Step>,
    engine: Engine,
    running: tokio::sync::Mutex<Option<Running>>,
    site: tokio::sync::Mutex<Option<TcpListener>>,
    hook: String,
    page: String,
    folder: PathBuf,
}

impl Stage {
    /// Sets the stage: everything listens on loopback, the data live in a temporary folder.
    pub(super) async fn set(scene: &'static Scene, port: u16, broken: Option<Step>) -> anyhow::Result<Self> {
        // It stands unless the story moves it: the story is then the same on every run, to the second.
        let clock = Clock::standing_at(BEGINS.to_zoned(TimeZone::UTC)?.timestamp());
        let world = (scene.stand_in)(clock.clone(), AppCredentials::generate(), "acme/shop");
        let site = TcpListener::bind(("127.0.0.1", port)).await.context("--port cannot be listened on")?;
        let bot = TcpListener::bind("127.0.0.1:0").await?;
        let page = format!("http://{}", site.local_addr()?);
        world.set_addresses(&format!("{page}{}", scene.api), &page);
        let hook = format!("http://{}{}", bot.local_addr()?, scene.hook);
        let folder = temporary_folder()?;
        let engine = app::engine(app::Parts {
            database_url: format!("sqlite:{}", folder.join("lockkeeper.db").display()),
            forges: vec![(scene.adapter)(&world, &page, &clock)?],
            admitted: Admitted::default(),
            clock: clock.clone(),
            redactor: Redactor::new(&[]),
        })
        .await?;
        let running = app::start(engine.clone(), bot);
        Ok(Self {
            world,
            scene,
            clock,
            broken,
            engine,
            running: Some(running).into(),
            site: Some(site).into(),
            hook,
            page,
            folder,
        })
    }

    /// The story comes to a step; if that one is to be broken, it breaks at the stand-in, for good.
    pub(super) fn reach(&self, step: Step) {
        if self.broken != Some(step) {
            return;
        }
        let pattern = match step {
            Step::Comment => self.scene.comment,
            Step::Tag => self.scene.tag,
            Step::Deployment | Step::Rollback => self.scene.deployment,
            Step::Approval => return self.world.lose_next_deliveries(u32::MAX),
        };
        self.world.inject(Fault::always(pattern, Break::ServerErrorBefore));
    }

    /// Lets the stand-in answer, show its page and post its deliveries, until something fails. Once: the listener is used up.
    pub(super) async fn serve(&self) -> anyhow::Result<()> {
        let deliver = async {
            loop {
                if self.world.deliver_all(&self.hook).await == 0 {
                    tokio::time::sleep(BEAT).await;
                }
            }
        };
        let listener = self.site.lock().await.take().context("the stand-in is served once")?;
        tokio::select! {
            ended = async { axum::serve(listener, (self.scene.router)(self.world.clone())).await } => ended?,
            () = deliver => {}
        }
        Ok(())
    }

    /// Waits until something is true of the stand-in.
    ///
    /// # Errors
    /// Names the step where it does not become true in time.
    pub(super) async fn until(&self, step: &str, is_true: impl Fn(&World) -> bool) -> anyhow::Result<()> {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_true(&self.world) {
                self.beat().await?;
            }
            anyhow::Ok(())
        });
        waited.await.with_context(|| {
            format!("step `{step}` did not come true within {} s; the story stops here", PATIENCE.as_secs())
        })?
    }

    /// Waits until everything that was caused is done.
    ///
    /// # Errors
    /// Names the step where it is not done in time.
    pub(super) async fn settled(&self, step: &str) -> anyhow::Result<()> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                // Worked before and after: what an effect told the bot while it was looked at is not missed.
                if self.is_heard().await?
                    && self.engine.store.unfinished_effects().await? == 0
                    && self.is_worked().await?
                {
                    return anyhow::Ok(());
                }
                self.beat().await?;
            }
        });
        waited.await.with_context(|| format!("step `{step}` was not done within {} s", PATIENCE.as_secs()))?
    }

    /// Whether everything that was said has come to the bot, and been worked.
    async fn is_heard(&self) -> anyhow::Result<bool> {
        let is_answered = || self.world.deliveries().iter().all(|one| one.fate != DeliveryFate::Waiting);
        // What is delivered after the first look waits in the inbox by the time of the last one.
        Ok(self.is_worked().await? && is_answered() && self.is_worked().await?)
    }

    async fn is_worked(&self) -> anyhow::Result<bool> {
        Ok(self.engine.store.counts().await?.waiting.values().sum::<u64>() == 0)
    }

    /// Lets a moment pass. Where nothing is left to do but to wait until the next note may be written, the clock moves on to it.
    async fn beat(&self) -> anyhow::Result<()> {
        tokio::time::sleep(BEAT).await;
        if let Some(moment) = self.engine.store.held_by_pace().await?
            && self.is_heard().await?
        {
            self.move_on_to(moment);
            self.engine.store.look_again();
        }
        Ok(())
    }

    /// The time on the clock of the demonstration.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock of bot and stand-in on to a moment. It never goes back.
    pub(super) fn move_on_to(&self, moment: Timestamp) {
        self.clock.advance(moment.duration_since(self.clock.now()));
    }

    /// Lets the clock go as the machine's does, and the executor do its part.
    pub(super) async fn go_on(&self) {
        let clock = async {
            loop {
                tokio::time::sleep(SECOND).await;
                self.clock.advance(SignedDuration::from_secs(1));
            }
        };
        tokio::join!(clock, self.executor().carry_on());
    }

    /// The team's automation.
    pub(super) fn executor(&self) -> Executor<'_> {
        Executor { name: self.scene.machine, world: &self.world }
    }

    /// The address of the page.
    pub(super) fn page(&self) -> &str {
        &self.page
    }

    /// What the story cost, counted by the stand-in.
    pub(super) fn farewell(&self) -> String {
        let requests = self.world.requests();
        let writes = requests
            .iter()
            .filter(|request| request.method != "GET" && !request.path.ends_with("graphql"))
            .count();
        format!("The bot asked the forge {} times and wrote {writes} of them.", requests.len())
    }

    /// Ends the bot and removes its data.
    pub(super) async fn end(&self) {
        if let Some(running) = self.running.lock().await.take() {
            running.end().await;
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn temporary_folder() -> anyhow::Result<PathBuf> {
    let name = format!("lockkeeper-demo-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).context("the temporary folder cannot be made")?;
    Ok(folder)
}
