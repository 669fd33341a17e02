//! What a test of the loop stands on: an engine on SQLite in a folder of its own, a fake forge, time that is moved by hand.

use std::sync::Arc;

use bytes::Bytes;
use jiff::SignedDuration;
use lockkeeper::app::{Parts, engine};
use lockkeeper::clock::Clock;
use lockkeeper::config::redact::Redactor;
use lockkeeper::domain::effect::Effect;
use lockkeeper::domain::event::Event;
use lockkeeper::domain::id::{Actor, ActorId, ActorKind, Lane, ProjectId};
use lockkeeper::domain::journal::Row;
use lockkeeper::domain::place::{CommentKind, CommentRef, Thread};
use lockkeeper::domain::say::{Block, Span, Text};
use lockkeeper::domain::signal::{Comment, Signal};
use lockkeeper::domain::state::State;
use lockkeeper::engine::Engine;
use lockkeeper::engine::intake::{Admitted, Received};
use lockkeeper::engine::send::Sent;
use lockkeeper::engine::work::Worked;
use lockkeeper::forge::{Forge, Headers};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;

use crate::fake::{Fake, seen};

/// An engine and what it stands on.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) forge: Arc<Fake>,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::admitting(Admitted::default()).await
    }

    pub(crate) async fn admitting(admitted: Admitted) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let clock = Clock::standing_at("2026-12-01T12:00:00Z".parse().unwrap());
        let forge = Arc::new(Fake::new());
        let engine = self::built(&url, &forge, &clock, admitted).await;
        Self { engine, forge, clock, url, _folder: folder }
    }

    /// Another process on the same database, as after a restart.
    pub(crate) async fn another(&self) -> Engine {
        built(&self.url, &self.forge, &self.clock, Admitted::default()).await
    }

    pub(crate) fn lane(&self) -> Lane {
        lane()
    }

    /// A delivery comes in.
    pub(crate) async fn hears(&self, delivery: &str, signal: &Signal) -> Received {
        if let Signal::CommentWritten(comment) = signal {
            self.forge.said().comments.insert(comment.at.number, comment.clone());
        }
        self.takes(delivery, &serde_json::to_vec(signal).unwrap()).await
    }

    /// Bytes come in as a delivery.
    pub(crate) async fn takes(&self, delivery: &str, body: &[u8]) -> Received {
        let name = self.forge.name();
        self.engine.take_in(name, &headers(delivery), Bytes::copy_from_slice(body)).await.unwrap()
    }

    /// Works until nothing is left to do now; says what became of each.
    pub(crate) async fn work(&self) -> Vec<&'static str> {
        let mut became = Vec::new();
        loop {
            became.push(match self.engine.work_once().await.unwrap() {
                Worked::Idle => return became,
                Worked::Settled(_) => "settled",
                Worked::Postponed(_) => "postponed",
                Worked::Parked(_) => "parked",
            });
        }
    }

    /// Sends until nothing is left to send now.
    pub(crate) async fn send(&self) {
        while self.engine.send_once().await.unwrap() != Sent::Idle {}
    }

    /// Works and sends until both rest.
    pub(crate) async fn settle(&self) {
        loop {
            let worked = self.work().await;
            self.send().await;
            if worked.is_empty() && self.work().await.is_empty() {
                return;
            }
        }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) async fn events(&self) -> Vec<Event> {
        let rows = self.engine.store.journal(&self.lane(), 1, 1000).await.unwrap();
        rows.iter().map(|row| serde_json::from_str::<Row>(&row.row).unwrap().event().unwrap()).collect()
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        self.events().await.iter().map(Event::kind).collect()
    }

    pub(crate) async fn state(&self) -> State {
        let stored = self.engine.store.state(&self.lane()).await.unwrap().unwrap();
        serde_json::from_str(&stored.json).unwrap()
    }

    /// Every text that was sent, a line each: key's end, reference, first line.
    pub(crate) fn said(&self) -> Vec<String> {
        let said = self.forge.said();
        said.performed.iter().filter_map(|(_, effect, _)| spoken(effect)).collect()
    }

    /// Runs SQL past the store, as somebody at the database might.
    pub(crate) async fn sql(&self, sql: &str) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }
}

async fn built(url: &str, forge: &Arc<Fake>, clock: &Clock, admitted: Admitted) -> Engine {
    let forges: Vec<Arc<dyn Forge>> = vec![Arc::<Fake>::clone(forge)];
    engine(Parts {
        database_url: url.to_owned(),
        forges,
        admitted,
        clock: clock.clone(),
        redactor: Redactor::default(),
    })
    .await
    .unwrap()
}

pub(crate) fn lane() -> Lane {
    Lane::Project(ProjectId { number: 7, ..seen().id })
}

pub(crate) fn headers(delivery: &str) -> Headers {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Headers(vec![pair("signature", "good"), pair("delivery", delivery), pair("project", "7")])
}

/// A comment by ana, who may push.
pub(crate) fn said(number: u64, body: &str) -> Signal {
    let author = Actor { id: ActorId(1), login: "ana".to_owned(), kind: ActorKind::Person };
    Signal::CommentWritten(Comment {
        at: CommentRef { thread: Thread::Issue(40), kind: CommentKind::Discussion, number },
        sender: author.id,
        author,
        body: body.to_owned(),
        written_at: "2026-12-01T11:59:00Z".parse().unwrap(),
    })
}

/// The words of an effect that speaks.
pub(crate) fn spoken(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Comment { text, .. } => Some(words(text)),
        _ => None,
    }
}

fn words(text: &Text) -> String {
    let blocks = text.0.iter().map(|block| match block {
        Block::Line(spans) | Block::Small(spans) | Block::Heading(spans) => plain(spans),
        Block::Command(line) => line.clone(),
        _ => String::new(),
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn plain(spans: &[Span]) -> String {
    let words = spans.iter().map(|span| match span {
        Span::Words(words) | Span::Written(words) | Span::Code(words) => words.clone(),
        Span::Strong(inner) | Span::Emphasis(inner) => plain(inner),
        _ => "…".to_owned(),
    });
    words.collect()
}
