//! A decision as the store keeps it: journal rows sealed, state folded, effects and tells as rows. Nothing is decided here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::gather::relied_on;
use super::{Engine, touched};
use crate::domain::change::Change;
use crate::domain::decision::{Decision, Past, PastPromotion};
use crate::domain::due::due;
use crate::domain::effect::{Class, Ordered};
use crate::domain::id::{Lane, ProjectId};
use crate::domain::journal::{Cause, Circumstances, Row, Tip, salt};
use crate::domain::query::Facts;
use crate::domain::signal::Signal;
use crate::domain::state::{Project, STATE_VERSION, State, Written};
use crate::forge;
use crate::store::{
    Arrival, ArrivalKind, ChangeMirror, EffectClass, HistoryRow, Item, JournalRow, MirrorRow, NewEffect,
    Pace, ProjectRow, PromotionRow, ReleaseChangeRow, ReleaseRow, StoredState, StoredText, Unit, UnitStatus,
    Weight,
};

/// A lane's state and the end of its chain, as they were loaded.
pub(super) struct Loaded {
    pub(super) state: State,
    pub(super) tip: Tip,
}

/// What all rows of a decision share.
pub(super) fn circumstances(
    lane: &Lane,
    item: &Item,
    decision: &Decision,
    facts: &Facts,
    at: Timestamp,
) -> Circumstances {
    Circumstances {
        // Known only once the events are applied: the first one of a project begins its life.
        incarnation: None,
        project: project_of(lane),
        at,
        actor: decision.actor,
        cause: cause_of(item),
        policy: decision.policy.clone(),
        facts: relied_on(facts),
    }
}

impl Engine {
    /// All that one decision leaves behind, for one transaction (invariant 3).
    pub(super) fn unit(
        &self,
        position: i64,
        loaded: Loaded,
        decision: Decision,
        mut circumstances: Circumstances,
    ) -> Unit {
        let now = circumstances.at;
        let pace = circumstances.project.as_ref().and_then(|project| self.pace(project));
        let Loaded { mut state, mut tip } = loaded;
        let mut rows = Vec::new();
        for recorded in &decision.events {
            state.apply(&recorded.event, Written { seq: tip.seq + 1, at: now });
            circumstances.incarnation = state.incarnation.clone();
            let texts = salt(recorded, || self.chance.salt());
            let row = Row::seal(&tip, &recorded.event, &texts, &circumstances);
            tip = row.tip();
            rows.push(JournalRow {
                seq: row.seq.cast_signed(),
                row: row.to_json(),
                hash: row.hash.clone(),
                at: now,
                texts: texts
                    .into_iter()
                    .map(|(name, text)| StoredText { name, salt: text.salt.to_vec(), value: text.text })
                    .collect(),
            });
        }
        let recorded = !rows.is_empty();
        let mirror = mirror_rows(&decision);
        let status = match decision.ignored {
            Some(reason) if !recorded && decision.effects.is_empty() => UnitStatus::Ignored(reason),
            _ => UnitStatus::Done,
        };
        Unit {
            rows,
            timers: recorded.then(|| {
                due(&state).into_iter().map(|(key, at)| (key.to_string(), at)).collect::<BTreeMap<_, _>>()
            }),
            state: recorded.then(|| StoredState {
                seq: tip.seq.cast_signed(),
                state_version: STATE_VERSION,
                json: serde_json::to_string(&state).expect("a state has only text keys"),
                last_hash: tip.hash.clone(),
            }),
            effects: decision
                .effects
                .iter()
                .map(|order| new_effect(order, position, pace.as_ref()))
                .collect(),
            tells: decision
                .tells
                .iter()
                .map(|tell| arrival(&tell.lane, ArrivalKind::Tell, &tell.key, &tell.signal, now))
                .collect(),
            history: decision.history.iter().flat_map(history_rows).collect(),
            mirror,
            project: state.project.as_ref().map(project_row),
            ..Unit::new(position, status)
        }
    }
}

fn project_of(lane: &Lane) -> Option<ProjectId> {
    match lane {
        Lane::Project(id) => Some(id.clone()),
        Lane::Installation(_) => None,
    }
}

fn cause_of(item: &Item) -> Cause {
    let key = item.key.clone();
    match item.kind {
        ArrivalKind::Delivery => Cause::Delivery(key),
        ArrivalKind::Outcome => Cause::Outcome(key),
        ArrivalKind::Timer => Cause::Timer(key),
        ArrivalKind::Tell => Cause::Tell(key),
        ArrivalKind::Operator => Cause::Operator(key),
    }
}

impl Engine {
    /// How the notes of a project keep their distance, as its forge wants it.
    fn pace(&self, project: &ProjectId) -> Option<Pace> {
        Some(match self.forges.get(&project.forge)?.pace() {
            forge::Pace::OfProject(every) => Pace { every, with: None },
            forge::Pace::OfAccount(every) => Pace { every, with: Some(format!("account:{}", project.forge)) },
        })
    }
}

pub(super) fn new_effect(order: &Ordered, position: i64, pace: Option<&Pace>) -> NewEffect {
    NewEffect {
        key: order.key.to_string(),
        subject: order.subject.0.clone(),
        class: match order.class {
            Class::Reply => EffectClass::Prompt,
            Class::Release => EffectClass::Release,
            Class::Sweep => EffectClass::Sweep,
        },
        kind: order.effect.kind().to_owned(),
        json: serde_json::to_string(&order.effect).expect("an effect has only text keys"),
        // Invariant 6: what a later signal says of a subject is newer than what an earlier one said.
        edition: order.effect.replaces_older().then_some(position),
        run_at: None,
        pace: pace.filter(|_| order.keeps_pace()).cloned(),
    }
}

fn history_rows(past: &Past) -> Vec<HistoryRow> {
    match past {
        Past::Released { component, version, tag, commit, at, changes } => {
            let release = HistoryRow::Release(ReleaseRow {
                component: component.clone(),
                version: version.to_string(),
                tag: tag.clone(),
                commit: commit.clone(),
                status: "cut".to_owned(),
                cut_at: *at,
                json: "{}".to_owned(),
            });
            let contained = changes.iter().map(|(number, commit)| {
                HistoryRow::ReleaseChange(ReleaseChangeRow {
                    component: component.clone(),
                    version: version.to_string(),
                    number: Some(*number),
                    commit: commit.clone(),
                    json: "{}".to_owned(),
                })
            });
            std::iter::once(release).chain(contained).collect()
        }
        Past::Promoted(past) => vec![HistoryRow::Promotion(promotion_row(past))],
    }
}

fn promotion_row(past: &PastPromotion) -> PromotionRow {
    PromotionRow {
        id: past.id,
        component: past.component.clone(),
        environment: past.environment.clone(),
        version: past.version.to_string(),
        kind: word(&past.kind),
        revision: past.revision,
        ended: word(&past.how),
        asked_by: past.by,
        asked_at: past.asked.at,
        asked_row: past.asked.seq.cast_signed(),
        ended_at: past.ended.at,
        ended_row: past.ended.seq.cast_signed(),
        approvals: past.approvals.clone(),
    }
}

/// A word as it stands in the journal.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("a word has only text keys");
    value.as_str().unwrap_or_default().to_owned()
}

fn mirror_rows(decision: &Decision) -> Vec<MirrorRow> {
    let commits = decision.touched.iter().map(|(commit, paths)| touched::row(commit, paths));
    decision.mirror.iter().map(mirror_row).chain(commits).collect()
}

fn mirror_row(change: &Change) -> MirrorRow {
    MirrorRow::Change(ChangeMirror {
        number: change.number,
        updated_at: change.updated_at,
        json: serde_json::to_string(change).expect("a change has only text keys"),
    })
}

fn project_row(project: &Project) -> ProjectRow {
    ProjectRow {
        path: project.path.clone(),
        json: serde_json::to_string(project).expect("a project has only text keys"),
    }
}

/// A signal of our own as it goes into the inbox.
pub(super) fn arrival(lane: &Lane, kind: ArrivalKind, key: &str, signal: &Signal, now: Timestamp) -> Arrival {
    Arrival {
        lane: lane.clone(),
        kind,
        key: key.to_owned(),
        received_at: now,
        headers: vec![],
        body: serde_json::to_vec(signal).expect("a signal has only text keys").into(),
        run_at: None,
        weight: Weight::Keep,
    }
}
