//! The record of promotions as JSON, the form that `docs/explain-json.md` documents. Fields are added, never renamed; wording for people is not here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::domain::event::Event;
use crate::domain::id::ProjectPath;
use crate::domain::promotion::chronicle::{Chronicle, Entry, Order, Standing};
use crate::domain::promotion::model::Stage;
use crate::domain::say;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::timer::TimerKey;

/// Promotions for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The project's path.
    pub project: String,
    /// What was asked about, in the order in which it is told.
    pub promotions: Vec<PromotionDocument>,
}

/// One promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromotionDocument {
    /// Its number, `p7`.
    pub id: String,
    /// Its last revision.
    pub revision: u32,
    /// The component.
    pub component: String,
    /// Where to.
    pub environment: String,
    /// Which release.
    pub version: String,
    /// Its tag.
    pub tag: String,
    /// Its commit.
    pub commit: String,
    /// What it replaces.
    pub replaces: Option<String>,
    /// `normal` or `rollback`.
    pub kind: Value,
    /// `waiting`, `rolling`, `failed`, `aborting`, or how it ended.
    pub stage: Value,
    /// Whether somebody holds it.
    pub held: bool,
    /// When it was asked for.
    pub asked_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What its panel said last.
    pub panel: Option<PanelDocument>,
    /// What happened, oldest first: the journal's rows.
    pub steps: Vec<StepDocument>,
    /// When it is looked at again.
    pub timers: Vec<TimerDocument>,
    /// Orders that have not come to a good end.
    pub orders: Vec<OrderDocument>,
}

/// What a panel said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelDocument {
    /// As Markdown without links.
    pub markdown: String,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// Whether the forge shows it.
    pub shown: bool,
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepDocument {
    /// The row's number.
    pub row: u64,
    /// Its time.
    pub at: Timestamp,
    /// The account that caused it; null: none did.
    pub actor: Option<u64>,
    /// The commit at which the policy was read.
    pub policy: Option<String>,
    /// What happened, as the journal calls it.
    pub kind: String,
    /// The same as a sentence; null: nothing that people need.
    pub said: Option<String>,
    /// What belongs to it, as the journal has it.
    pub data: Value,
    /// What people wrote, by name.
    pub texts: BTreeMap<String, String>,
}

/// A timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimerDocument {
    /// As it is stored (`promotion:7:expiry:1`).
    pub key: String,
    /// When it is due.
    pub due_at: Timestamp,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderDocument {
    /// What it is about.
    pub subject: String,
    /// What is to be done.
    pub kind: String,
    /// `waiting`, `sending`, `refused` or `lost`.
    pub status: &'static str,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was decided.
    pub since: Timestamp,
    /// Not before then, where it waits.
    pub not_before: Option<Timestamp>,
    /// What was heard of it last.
    pub heard: Option<String>,
}

impl Document {
    /// The document of these promotions.
    pub fn of(project: &ProjectPath, told: &[Chronicle]) -> Self {
        Self { project: project.to_string(), promotions: told.iter().map(promotion).collect() }
    }
}

fn promotion(told: &Chronicle) -> PromotionDocument {
    let asked = &told.asked;
    let last = told.entries.last().filter(|_| told.ended().is_some());
    PromotionDocument {
        id: asked.id.to_string(),
        revision: told.name().revision,
        component: asked.component.to_string(),
        environment: asked.environment.to_string(),
        version: asked.version.to_string(),
        tag: asked.tag.to_string(),
        commit: asked.commit.to_string(),
        replaces: asked.replaces.as_ref().map(ToString::to_string),
        kind: value(&asked.kind),
        stage: stage(told),
        held: told.open.as_ref().is_some_and(|open| open.held.is_some()),
        asked_at: told.entries.first().map(|entry| entry.row.at),
        ended_at: last.map(|entry| entry.row.at),
        panel: told.panel.as_ref().map(|panel| PanelDocument {
            markdown: markdown(&panel.text, &Plain),
            drawn_at: panel.drawn_at,
            shown: panel.is_shown,
        }),
        steps: told.entries.iter().map(|entry| step(told, entry)).collect(),
        timers: told
            .alarms
            .iter()
            .map(|due| {
                let key = TimerKey::Promotion { promotion: asked.id, what: due.what, number: due.number };
                TimerDocument { key: key.to_string(), due_at: due.at }
            })
            .collect(),
        orders: told.orders.iter().map(order).collect(),
    }
}

fn stage(told: &Chronicle) -> Value {
    match (&told.open, told.ended()) {
        (_, Some(how)) => value(&how),
        (Some(open), None) => Value::from(match open.stage {
            Stage::Waiting => "waiting",
            Stage::Rolling { .. } => "rolling",
            Stage::Failed { .. } => "failed",
            Stage::Aborting { .. } => "aborting",
        }),
        (None, None) => Value::Null,
    }
}

fn step(told: &Chronicle, entry: &Entry) -> StepDocument {
    let event = Event::Promotion(Box::new(entry.step.clone()));
    let mut data = value(&entry.step);
    let said = say::chronicle::step(told, entry);
    StepDocument {
        row: entry.row.seq,
        at: entry.row.at,
        actor: entry.actor.map(|actor| actor.0),
        policy: entry.policy.as_ref().map(ToString::to_string),
        kind: event.kind(),
        said: said.map(|spans| markdown(&say::Text::line(spans), &Plain).trim_end().to_owned()),
        data: data.get_mut("data").map_or(Value::Null, Value::take),
        texts: entry.texts.clone(),
    }
}

fn order(order: &Order) -> OrderDocument {
    let (status, not_before) = match order.standing {
        Standing::Waiting { until } => ("waiting", Some(until)),
        Standing::Sending => ("sending", None),
        Standing::Refused => ("refused", None),
        Standing::Lost => ("lost", None),
    };
    OrderDocument {
        subject: order.subject.clone(),
        kind: order.kind.clone(),
        status,
        attempts: order.attempts,
        since: order.since,
        not_before,
        heard: order.heard.clone(),
    }
}

fn value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("what the journal holds has only text keys")
}
