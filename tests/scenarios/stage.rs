//! A stage on which a script is played: the stand-in, the bot, their clock, and the post between them. What the lines of a script mean is told in `act` and `expect`.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use lockkeeper::clock::Clock;
use lockkeeper::domain::id::Lane;
use lockkeeper::domain::journal::Row;
use lockkeeper::sandbox::{DeliveryFate, Envelope, World};

use super::bot::{Bot, Crashed, Parts};
use super::door::Door;
use super::script::Line;
use super::wire::Wire;
use super::{act, bot, expect, script, timeline, told};

/// How far the clock may run ahead until all that waits is done.
const PATIENCE: SignedDuration = SignedDuration::from_mins(45);

/// Where a scenario is kept.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios").join(name)
}

/// Everything that a script is played on.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) bot: Bot,
    pub(crate) wire: Wire,
    /// The policy that the project begins with.
    pub(crate) policy: Option<String>,
    /// Events that are kept back until the script passes them on.
    pub(crate) withheld: Option<String>,
    /// What is kept back.
    pub(crate) kept: Vec<Envelope>,
    /// The next delivery gets another name.
    pub(crate) renames_next: bool,
    /// Whether the bot is left alone until the script says `go`.
    pub(crate) holds: bool,
    /// What there was before the last line that did something.
    pub(crate) before: Before,
    /// Whether effects may be left undone at the end.
    pub(crate) may_leave: bool,
    _temporary: tempfile::TempDir,
}

/// How far things were at some moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    pub(crate) timeline: usize,
    pub(crate) requests: usize,
}

impl Stage {
    /// A stage with nothing on it but a project without people.
    pub(crate) async fn set(wire: Wire, door: &Door, policy: Option<String>) -> Self {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().expect("it is a time");
        let clock = Clock::standing_at(start);
        let world = (wire.stand_in)(clock.clone(), "acme/shop");
        world.set_addresses(&door.address, "https://github.example");
        door.lead_to((wire.router)(world.clone()));
        let temporary = temporary_folder();
        let (adapted, address, time) = (world.clone(), door.address.clone(), clock.clone());
        let parts = Parts {
            folder: temporary.path().to_owned(),
            clock: clock.clone(),
            forge_name: wire.name,
            forge: Box::new(move || (wire.adapter)(&adapted, &address, &time)),
        };
        let bot = Bot::begin(parts, &world).await;
        Self {
            world,
            clock,
            bot,
            wire,
            policy,
            withheld: None,
            kept: vec![],
            renames_next: false,
            holds: false,
            before: Before::default(),
            may_leave: false,
            _temporary: temporary,
        }
    }

    /// Does what these lines say, and expects nothing of it.
    pub(crate) async fn perform(&mut self, lines: &[&str]) {
        for (at, text) in lines.iter().enumerate() {
            self.line(&Line { number: at + 1, text: (*text).to_owned() }).await;
        }
    }

    /// Plays a script from its first line to its last.
    pub(crate) async fn play(&mut self, text: &str) {
        for line in script::read(text, self.wire.name) {
            self.line(&line).await;
        }
    }

    async fn line(&mut self, line: &Line) {
        if let Some(expected) = line.text.strip_prefix("expect ") {
            return expect::judge(self, &self.wire.worded(expected), line).await;
        }
        self.before = Before { timeline: self.world.timeline().len(), requests: self.world.requests().len() };
        self.clock.advance(SignedDuration::from_secs(1));
        act::perform(self, &line.text).await;
        if !self.holds {
            self.settle().await;
        }
    }

    /// Delivers, works and sends until nothing is left to do; the clock runs ahead over what must wait.
    pub(crate) async fn settle(&mut self) {
        let until = self.clock.now() + PATIENCE;
        let mut pause = SignedDuration::from_secs(1);
        loop {
            while self.round().await {
                pause = SignedDuration::from_secs(1);
            }
            if self.bot.waiting().await == 0 || self.clock.now() >= until {
                return;
            }
            // Where nothing but the pace of notes holds anything back, the clock goes on to the next one.
            if let Some(moment) = self.bot.held_by_pace().await {
                self.clock.advance(moment.duration_since(self.clock.now()));
                continue;
            }
            self.clock.advance(pause);
            pause = (pause * 2).min(SignedDuration::from_secs(60));
        }
    }

    /// Lets so much time pass in small steps, the bot at work.
    pub(crate) async fn wait(&mut self, time: SignedDuration) {
        let until = self.clock.now() + time;
        while self.clock.now() < until {
            while self.round().await {}
            self.clock.advance(SignedDuration::from_mins(5));
        }
    }

    /// One of each: the post, the timers, a unit, an effect. Whether anything happened; a crash is something, too.
    async fn round(&mut self) -> bool {
        let steps = async {
            let mut went_on = self.post().await?;
            went_on |= self.bot.fire().await?;
            went_on |= self.bot.work().await?;
            went_on |= self.bot.send().await?;
            Ok::<bool, Crashed>(went_on)
        };
        match steps.await {
            Ok(went_on) => went_on,
            Err(Crashed) => {
                self.bot.crash().await;
                true
            }
        }
    }

    /// Hands all that waits to the bot. What a crash left without an answer is sent again, as a forge does when it is asked to.
    pub(crate) async fn post(&mut self) -> Result<bool, Crashed> {
        let mut any = false;
        while let Some(mut envelope) = self.world.take_delivery() {
            let id = envelope.id;
            let event = header(&envelope, self.wire.event_header).to_owned();
            if self.withheld.as_ref() == Some(&event) {
                self.kept.push(envelope);
                continue;
            }
            if std::mem::take(&mut self.renames_next) {
                rename(&mut envelope, self.wire.delivery_header);
            }
            any = true;
            match self.bot.hear(envelope).await {
                Ok(answer) => self.world.settle(id, DeliveryFate::Answered(answer.as_u16())),
                Err(crashed) => {
                    self.world.settle(id, DeliveryFate::Unreachable);
                    self.world.redeliver(id);
                    return Err(crashed);
                }
            }
        }
        Ok(any)
    }

    /// Passes on what was kept back.
    pub(crate) async fn pass_on(&mut self) {
        self.withheld = None;
        for envelope in std::mem::take(&mut self.kept) {
            let id = envelope.id;
            let answer = self.bot.hear(envelope).await.expect("nobody crashes here");
            self.world.settle(id, DeliveryFate::Answered(answer.as_u16()));
        }
    }

    /// The rows of every lane's journal, in order.
    pub(crate) async fn journal(&self) -> Vec<(Lane, Row)> {
        let store = &self.bot.engine.store;
        let mut rows = Vec::new();
        for lane in store.lanes().await.expect("the store can be read") {
            let stored = store.journal(&lane, 1, 10_000).await.expect("the store can be read");
            let read = |text: &str| serde_json::from_str::<Row>(text).expect("a row can be read");
            rows.extend(stored.iter().map(|row| (lane.clone(), read(&row.row))));
        }
        rows
    }

    /// What must hold at the end of every script.
    pub(crate) async fn end(&mut self) {
        assert_eq!(self.world.unknown_routes(), Vec::<String>::new(), "the bot asked for what no forge has");
        if !self.may_leave {
            let reasons = bot::reasons(self.bot.folder()).await.join("\n");
            assert_eq!(self.bot.waiting().await, 0, "something was left undone:\n{reasons}");
            assert_eq!(self.bot.parked().await, 0, "something was put aside");
        }
        for lane in self.bot.engine.store.lanes().await.expect("the store can be read") {
            // Invariant 4.
            self.bot.engine.audit(&lane).await.expect("the journal is whole and folds to the state");
        }
    }

    /// What there is in the end, whenever it came to be.
    pub(crate) async fn outcome(&self) -> String {
        told::outcome(self).await
    }

    /// What happened, without a forge's own words.
    pub(crate) async fn timeline(&self) -> Vec<String> {
        timeline::of(self).await
    }

    /// The whole story, as it is kept beside the script.
    pub(crate) async fn story(&self, name: &str) -> String {
        told::story(self, name).await
    }
}

/// In memory where the machine offers that: a scenario outlives no power cut.
fn temporary_folder() -> tempfile::TempDir {
    let in_memory = tempfile::tempdir_in("/dev/shm");
    in_memory.or_else(|_| tempfile::tempdir()).expect("a temporary folder can be made")
}

fn header<'a>(envelope: &'a Envelope, name: &str) -> &'a str {
    envelope.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn rename(envelope: &mut Envelope, header: &str) {
    for (name, value) in &mut envelope.headers {
        if name == header {
            *value = "0f0f0f0f-0000-4000-8000-00000000beef".to_owned();
        }
    }
}
