//! One unit of work: understand, gather, decide, record in one transaction (invariant 3). What a signal means for a release is decided in `domain`.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use jiff::Timestamp;
use tracing::{info, warn};

use super::gather::{Library, relied_on};
use super::{ATTEMPTS, CRASHES, Engine, LANE_LEASE, PATIENCE, ROUNDS, backoff, chain};
use crate::domain::change::Change;
use crate::domain::conversation;
use crate::domain::decide::{Decision, Moment, Past, Thought, decide};
use crate::domain::due::due;
use crate::domain::effect::{Class, Ordered};
use crate::domain::id::{Lane, Malformed, ProjectId};
use crate::domain::journal::{Cause, Circumstances, Row, Tip, salt};
use crate::domain::query::{Fact, Facts, Found, Query};
use crate::domain::signal::{ProjectSeen, Signal};
use crate::domain::state::{Project, STATE_VERSION, Service, State, Written};
use crate::forge::{Forge, Headers, ReadError};
use crate::store::{
    Arrival, ArrivalKind, ChangeMirror, EffectClass, HistoryRow, Item, JournalRow, Lease, MirrorRow,
    NewEffect, ProjectRow, ReleaseChangeRow, ReleaseRow, StoreError, StoredState, StoredText, Unit,
    UnitStatus, Weight,
};

/// What a step of work did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worked {
    /// No lane has anything to do now.
    Idle,
    /// One item of this lane was settled.
    Settled(Lane),
    /// One item could not be settled yet and will be tried again.
    Postponed(Lane),
    /// One item was put aside, visibly, so that its lane can go on.
    Parked(Lane),
}

/// Why an item was not settled.
enum Trouble {
    /// The forge did not answer.
    Unavailable { retry_at: Option<Timestamp>, whole_installation: bool, why: String },
    /// It cannot be understood, decided or recorded, however often it is tried.
    Hopeless { why: String },
    /// The store failed, or the lane is another's by now.
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            // The store would refuse it, or read it wrongly, however often it is tried: the lane must go on.
            StoreError::Refused { .. } | StoreError::Corrupt { .. } => Self::Hopeless { why: chain(&error) },
            StoreError::Unavailable { .. } | StoreError::LeaseLost | StoreError::Full { .. } => {
                Self::Store(error)
            }
        }
    }
}

/// A lane's state as it was loaded.
struct Loaded {
    state: State,
    tip: Tip,
}

impl Engine {
    /// Does one unit of work, for whichever lane is next.
    pub async fn work_once(&self) -> Result<Worked, StoreError> {
        if !self.agrees_on_time().await? {
            return Ok(Worked::Idle);
        }
        let Some(lease) = self.store.claim_lane(&self.worker, LANE_LEASE).await? else {
            return Ok(Worked::Idle);
        };
        let lane = lease.lane.clone();
        let worked = match self.store.head(&lease).await? {
            None => Worked::Idle,
            Some(item) => match self.guarded(&lease, &item).await {
                Ok(()) => Worked::Settled(lane),
                Err(Trouble::Store(StoreError::LeaseLost)) => return Ok(Worked::Postponed(lane)),
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::Unavailable { retry_at, whole_installation, why }) => {
                    self.postpone(&lease, &item, retry_at, whole_installation, &why).await?;
                    Worked::Postponed(lane)
                }
                Err(Trouble::Hopeless { why }) => {
                    self.park(&lease, &item, &why).await?;
                    Worked::Parked(lane)
                }
            },
        };
        self.store.release(lease).await?;
        Ok(worked)
    }

    /// Settles an item; what ends the process or the step again and again is put aside.
    async fn guarded(&self, lease: &Lease, item: &Item) -> Result<(), Trouble> {
        if item.attempts > CRASHES {
            return Err(Trouble::Hopeless { why: format!("{} attempts came to no end", item.attempts - 1) });
        }
        // A panic parks this one item and stops nobody else.
        let settled = AssertUnwindSafe(self.settle(lease, item)).catch_unwind().await;
        settled.unwrap_or_else(|panic| {
            Err(Trouble::Hopeless { why: format!("it panicked: {}", words_of(&*panic)) })
        })
    }

    async fn settle(&self, lease: &Lease, item: &Item) -> Result<(), Trouble> {
        let (signal, seen) = self.understand(&lease.lane, item)?;
        let loaded = self.load(&lease.lane).await?;
        let fresh = self.chance.incarnation();
        let mut facts = Facts::default();
        for _ in 0..=ROUNDS {
            let now = self.clock.now();
            let moment = Moment {
                state: &loaded.state,
                signal: &signal,
                facts: &facts,
                now,
                seen: seen.as_ref(),
                fresh: &fresh,
            };
            match decide(moment) {
                Thought::Decided(decision) => {
                    let unit = self.unit(lease, item, loaded, *decision, &facts, now);
                    self.store.commit(lease, unit).await?;
                    return Ok(());
                }
                Thought::Needs(queries) => {
                    let project = project_now(&loaded.state, seen.as_ref(), now);
                    self.learn(lease, item, project, queries, &mut facts).await?;
                }
            }
        }
        Err(Trouble::Hopeless { why: format!("still not decided after {ROUNDS} rounds of questions") })
    }

    fn understand(&self, lane: &Lane, item: &Item) -> Result<(Signal, Option<ProjectSeen>), Trouble> {
        if item.kind != ArrivalKind::Delivery {
            return own_signal(item).map(|signal| (signal, None));
        }
        let forge = self.forge_of(lane)?;
        let headers = Headers(item.headers.clone());
        let understood =
            catch_unwind(AssertUnwindSafe(|| forge.understand(&headers, &item.body))).map_err(|panic| {
                Trouble::Hopeless { why: format!("understanding panicked: {}", words_of(&*panic)) }
            })?;
        Ok((understood.signal, understood.project))
    }

    fn forge_of(&self, lane: &Lane) -> Result<&dyn Forge, Trouble> {
        self.forges
            .get(lane.forge())
            .map(AsRef::as_ref)
            .ok_or_else(|| Trouble::Hopeless { why: format!("no forge `{}` is configured", lane.forge()) })
    }

    /// Loads a lane's state; one that an older version wrote is folded from the journal again.
    async fn load(&self, lane: &Lane) -> Result<Loaded, Trouble> {
        let Some(stored) = self.store.state(lane).await? else {
            return Ok(Loaded { state: State::default(), tip: Tip::default() });
        };
        let tip = Tip { seq: stored.seq.cast_unsigned(), hash: stored.last_hash.clone() };
        if stored.state_version == STATE_VERSION {
            let state = serde_json::from_str(&stored.json)
                .map_err(|error| Trouble::Hopeless { why: format!("the state cannot be read: {error}") })?;
            return Ok(Loaded { state, tip });
        }
        let folded =
            self.fold(lane).await.map_err(|error| Trouble::Hopeless { why: format!("{error:#}") })?;
        Ok(Loaded { state: folded, tip })
    }

    async fn learn(
        &self,
        lease: &Lease,
        item: &Item,
        project: Option<Project>,
        queries: Vec<Query>,
        facts: &mut Facts,
    ) -> Result<(), Trouble> {
        let Some(project) = project else {
            return Err(Trouble::Hopeless { why: "questions about a project that is not known".to_owned() });
        };
        let forge = self.forge_of(&lease.lane)?;
        let library = Library { engine: self, lane: &lease.lane, forge, project: &project };
        for query in queries {
            let found = match library.answer(&query).await {
                Ok(Some(answer)) => Found::Known(answer),
                Ok(None) => Found::Absent,
                Err(error) => self.unanswered(item, error)?,
            };
            facts.learn(query, Fact { found, read_at: self.clock.now() });
        }
        Ok(())
    }

    /// Invariant 7: on the last attempt what cannot be read counts as unknown, so that the person gets a sentence.
    fn unanswered<T>(&self, item: &Item, error: ReadError) -> Result<Found<T>, Trouble> {
        match error {
            ReadError::Refused { said } => Ok(Found::Unknown(said)),
            ReadError::Unavailable { retry_at, whole_installation, cause }
                if whole_installation || self.may_wait(item) =>
            {
                Err(Trouble::Unavailable { retry_at, whole_installation, why: format!("{cause:#}") })
            }
            ReadError::Unavailable { cause, .. } => {
                warn!(error = format!("{cause:#}"), "a look-up failed to the end");
                Ok(Found::Unknown("the forge is not answering".to_owned()))
            }
            ReadError::Corrupt { cause } if self.may_wait(item) => Err(Trouble::Unavailable {
                retry_at: None,
                whole_installation: false,
                why: format!("{cause:#}"),
            }),
            ReadError::Corrupt { cause } => {
                warn!(error = format!("{cause:#}"), "an answer of the forge could not be read");
                Ok(Found::Unknown("the forge's answer could not be read".to_owned()))
            }
        }
    }

    fn may_wait(&self, item: &Item) -> bool {
        item.attempts < i64::from(ATTEMPTS) && self.clock.now() < item.first_tried_at + PATIENCE
    }

    async fn postpone(
        &self,
        lease: &Lease,
        item: &Item,
        retry_at: Option<Timestamp>,
        whole_installation: bool,
        why: &str,
    ) -> Result<(), StoreError> {
        let now = self.store.now().await?;
        let run_at =
            retry_at.unwrap_or(now).max(now + backoff(u32::try_from(item.attempts).unwrap_or(u32::MAX)));
        info!(lane = %lease.lane, delivery = item.key, attempts = item.attempts, why, "postponed");
        if whole_installation {
            // Not the item's fault: the attempt does not count, and the lane rests meanwhile.
            self.store.pause_lanes(std::slice::from_ref(&lease.lane), run_at).await?;
            return self.store.give_back(lease, item.position, run_at, why).await;
        }
        self.store.postpone(lease, item.position, run_at, why).await
    }

    async fn park(&self, lease: &Lease, item: &Item, why: &str) -> Result<(), StoreError> {
        warn!(lane = %lease.lane, delivery = item.key, why, "parked");
        let effects = self.sorry(&lease.lane, item).await?;
        let unit = Unit { effects, ..Unit::new(item.position, UnitStatus::Parked(why.to_owned())) };
        match self.store.commit(lease, unit).await {
            Err(StoreError::Refused { .. }) => self.store.park(lease, item.position, why).await,
            other => other,
        }
    }

    /// A command that was put aside gets a reply with a reference, so that nobody waits in vain.
    async fn sorry(&self, lane: &Lane, item: &Item) -> Result<Vec<NewEffect>, StoreError> {
        let Ok((Signal::CommentWritten(comment), _)) = self.understand(lane, item) else { return Ok(vec![]) };
        let Ok(Loaded { state, .. }) = self.load(lane).await else { return Ok(vec![]) };
        let order =
            state.incarnation.as_ref().and_then(|life| conversation::sorry(life, &comment, &item.key));
        Ok(order.iter().map(|order| new_effect(order, item.position)).collect())
    }

    fn unit(
        &self,
        lease: &Lease,
        item: &Item,
        loaded: Loaded,
        decision: Decision,
        facts: &Facts,
        now: Timestamp,
    ) -> Unit {
        let Loaded { mut state, mut tip } = loaded;
        let mut rows = Vec::new();
        let mut circumstances = Circumstances {
            incarnation: None,
            project: project_of(&lease.lane),
            at: now,
            actor: decision.actor,
            cause: cause_of(item),
            policy: decision.policy.clone(),
            facts: relied_on(facts),
        };
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
            effects: decision.effects.iter().map(|order| new_effect(order, item.position)).collect(),
            tells: decision
                .tells
                .iter()
                .map(|tell| arrival(&tell.lane, ArrivalKind::Tell, &tell.key, &tell.signal, now))
                .collect(),
            history: decision.history.iter().flat_map(history_rows).collect(),
            mirror: decision.mirror.iter().map(mirror_row).collect(),
            project: state.project.as_ref().map(project_row),
            ..Unit::new(item.position, status)
        }
    }
}

/// A signal that we ourselves put into the inbox.
fn own_signal(item: &Item) -> Result<Signal, Trouble> {
    let hopeless = |error: String| Trouble::Hopeless { why: format!("the signal cannot be read: {error}") };
    if item.weight == Weight::Resync {
        return Ok(Signal::ResyncDue);
    }
    if item.kind == ArrivalKind::Timer {
        let text = String::from_utf8_lossy(&item.body);
        let timer = text.parse().map_err(|error: Malformed| hopeless(error.to_string()))?;
        return Ok(Signal::TimerDue { timer });
    }
    serde_json::from_slice(&item.body).map_err(|error| hopeless(error.to_string()))
}

/// The project as this moment knows it: a delivery about a project that joins with it must already be able to ask.
fn project_now(state: &State, seen: Option<&ProjectSeen>, now: Timestamp) -> Option<Project> {
    let mut project = state.project.clone();
    if let Some(seen) = seen {
        let known = project.get_or_insert_with(|| Project {
            id: seen.id.clone(),
            path: seen.path.clone(),
            installation: None,
            default_branch: None,
            public: None,
            archived: false,
            service: Service::Active,
            joined_at: now,
        });
        known.path = seen.path.clone();
        known.installation = seen.installation.clone().or(known.installation.take());
        known.default_branch = seen.default_branch.clone().or(known.default_branch.take());
        known.public = seen.public.or(known.public);
    }
    project
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

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

fn new_effect(order: &Ordered, position: i64) -> NewEffect {
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
    }
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
