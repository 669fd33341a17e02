//! One unit of work: understand, gather, decide, record in one transaction (invariant 3). What a signal means for a release is decided in `domain`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use tracing::{info, warn};

use super::gather::Library;
use super::record::{Loaded, circumstances, new_effect};
use super::touched::Touched;
use super::{
    ATTEMPTS, CRASHES, Engine, FRESH, LANE_LEASE, LOCKED_OUT, PATIENCE, ROUNDS, UNIT_LIMIT, backoff, chain,
};
use crate::domain::conversation;
use crate::domain::decide::{Thought, decide};
use crate::domain::decision::Moment;
use crate::domain::effect::Ordered;
use crate::domain::id::{Lane, Malformed};
use crate::domain::journal::Tip;
use crate::domain::query::{Answer, Fact, Facts, Found, Query};
use crate::domain::signal::{ProjectSeen, Signal};
use crate::domain::state::{Project, State};
use crate::forge::{Forge, Headers, ReadError};
use crate::store::{ArrivalKind, Item, Lease, MirrorRow, StoreError, Unit, UnitStatus, Weight};

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
    Unavailable(Outage),
    /// It cannot be understood, decided or recorded, however often it is tried.
    Hopeless { why: String },
    /// The store failed, or the lane is another's by now.
    Store(StoreError),
}

/// What did not answer, and for how long.
struct Outage {
    retry_at: Option<Timestamp>,
    whole_installation: bool,
    why: String,
}

impl Trouble {
    fn hopeless(doing: &str, why: impl std::fmt::Display) -> Self {
        Self::Hopeless { why: format!("{doing} failed: {why}") }
    }

    /// It is read anew on the next attempt.
    fn too_old() -> Self {
        let why = format!("what was read first is older than {} s by now", FRESH.as_secs());
        Self::Unavailable(Outage { retry_at: None, whole_installation: false, why })
    }

    fn too_slow() -> Self {
        let why = format!("it took longer than {} s", UNIT_LIMIT.as_secs());
        Self::Unavailable(Outage { retry_at: None, whole_installation: false, why })
    }
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

impl Engine {
    /// Does one unit of work, for whichever lane is next.
    pub async fn work_once(&self) -> Result<Worked, StoreError> {
        if !self.agrees_on_time().await? {
            return Ok(Worked::Idle);
        }
        self.store.after_you().await;
        let Some(lease) = self.store.claim_lane(&self.worker, LANE_LEASE).await? else {
            return Ok(Worked::Idle);
        };
        let worked = match self.store.head(&lease).await? {
            None => Worked::Idle,
            Some(item) => match (InHand { engine: self, lease: &lease, item: &item }).finish().await {
                // Another replica holds the lane: what was decided here never happened.
                Err(StoreError::LeaseLost) => return Ok(Worked::Postponed(lease.lane)),
                finished => finished?,
            },
        };
        self.store.release(lease).await?;
        Ok(worked)
    }

    /// Loads a lane's state and the end of its chain.
    async fn load(&self, lane: &Lane) -> Result<Loaded, Trouble> {
        let Some(stored) = self.store.state(lane).await? else {
            return Ok(Loaded { state: State::default(), tip: Tip::default() });
        };
        let understood = self.understood(lane, &stored).await;
        let state =
            understood.map_err(|error| Trouble::hopeless("reading the state", format!("{error:#}")))?;
        Ok(Loaded { state, tip: Tip { seq: stored.seq.cast_unsigned(), hash: stored.last_hash } })
    }
}

/// An item and the lane that is held for it.
struct InHand<'a> {
    engine: &'a Engine,
    lease: &'a Lease,
    item: &'a Item,
}

impl InHand<'_> {
    /// Settles the item, or puts it off or aside.
    async fn finish(&self) -> Result<Worked, StoreError> {
        let lane = self.lease.lane.clone();
        match self.guarded().await {
            Ok(()) => Ok(Worked::Settled(lane)),
            Err(Trouble::Unavailable(outage)) if outage.whole_installation || self.may_wait() => {
                self.postpone(&outage).await?;
                Ok(Worked::Postponed(lane))
            }
            Err(Trouble::Unavailable(Outage { why, .. }) | Trouble::Hopeless { why }) => {
                self.park(&why).await?;
                Ok(Worked::Parked(lane))
            }
            Err(Trouble::Store(error)) => Err(error),
        }
    }

    /// Settles the item; what ends the process or the step again and again, or takes too long, comes to an end all the same.
    async fn guarded(&self) -> Result<(), Trouble> {
        if self.item.attempts > CRASHES {
            return Err(Trouble::hopeless(
                "working",
                format!("{} attempts came to no end", self.item.attempts - 1),
            ));
        }
        // A panic parks this one item and stops nobody else.
        let settled = AssertUnwindSafe(self.settle()).catch_unwind();
        match tokio::time::timeout(UNIT_LIMIT.unsigned_abs(), settled).await {
            Ok(Ok(settled)) => settled,
            Ok(Err(panic)) => Err(Trouble::hopeless("working", words_of(&*panic))),
            Err(_) => Err(Trouble::too_slow()),
        }
    }

    async fn settle(&self) -> Result<(), Trouble> {
        let (signal, seen) = self.understand()?;
        let loaded = self.engine.load(&self.lease.lane).await?;
        let fresh = self.engine.chance.incarnation();
        let (mut facts, touched) = (Facts::default(), Touched::default());
        let mut learned = Vec::new();
        for _ in 0..=ROUNDS {
            let (state, seen, now) = (&loaded.state, seen.as_ref(), self.engine.clock.now());
            let next_row = loaded.tip.seq + 1;
            let moment = Moment { state, signal: &signal, facts: &facts, now, seen, next_row, fresh: &fresh };
            match decide(moment) {
                Thought::Decided(decision) if decision.begins_something() && is_stale(&facts, now) => {
                    return Err(Trouble::too_old());
                }
                Thought::Decided(decision) => {
                    let circumstances = circumstances(&self.lease.lane, self.item, &decision, &facts, now);
                    let mut unit = self.engine.unit(self.item.position, loaded, *decision, circumstances);
                    unit.mirror.extend(learned.into_iter().chain(touched.rows()));
                    return Ok(self.engine.store.commit(self.lease, unit).await?);
                }
                Thought::Needs(queries) => {
                    let project = project_now(state, seen, now);
                    learned.extend(self.learn(project, queries, (&mut facts, &touched)).await?);
                }
            }
        }
        Err(Trouble::hopeless("deciding", format!("still not done after {ROUNDS} rounds of questions")))
    }

    fn understand(&self) -> Result<(Signal, Option<ProjectSeen>), Trouble> {
        if self.item.kind != ArrivalKind::Delivery {
            return own_signal(self.item).map(|signal| (signal, None));
        }
        let (forge, headers) = (self.forge()?, Headers(self.item.headers.clone()));
        let understood = catch_unwind(AssertUnwindSafe(|| forge.understand(&headers, &self.item.body)))
            .map_err(|panic| Trouble::hopeless("understanding", words_of(&*panic)))?;
        Ok((understood.signal, understood.project))
    }

    fn forge(&self) -> Result<&dyn Forge, Trouble> {
        let name = self.lease.lane.forge();
        let forge = self.engine.forges.get(name).map(AsRef::as_ref);
        forge.ok_or_else(|| Trouble::hopeless("finding the forge", format!("`{name}` is not configured")))
    }

    /// Finds answers; what was read on the way and is worth keeping.
    async fn learn(
        &self,
        project: Option<Project>,
        queries: Vec<Query>,
        (facts, touched): (&mut Facts, &Touched),
    ) -> Result<Vec<MirrorRow>, Trouble> {
        let nobody = || Trouble::hopeless("asking", "the project is not known");
        let project = project.ok_or_else(nobody)?;
        let (engine, lane, learned) = (self.engine, &self.lease.lane, Mutex::default());
        let library = Library { engine, lane, forge: self.forge()?, project: &project, touched, learned };
        // What one round asks is read side by side: somebody waits for the answer.
        let answers = join_all(queries.iter().map(|query| library.answer(query))).await;
        for (query, answer) in queries.into_iter().zip(answers) {
            let found = match answer {
                Ok(Some(answer)) => Found::Known(answer),
                Ok(None) => Found::Absent,
                Err(error) => self.unanswered(error)?,
            };
            facts.learn(query, Fact { found, read_at: engine.clock.now() });
        }
        Ok(library.learned())
    }

    /// Invariant 7: on the last attempt what cannot be read counts as unknown, so that the person gets a sentence.
    fn unanswered(&self, error: ReadError) -> Result<Found<Answer>, Trouble> {
        let (outage, said) = match error {
            ReadError::Refused { said } => return Ok(Found::Unknown(self.engine.redactor.redact(&said))),
            ReadError::Unavailable { retry_at, whole_installation, cause } => {
                let outage = Outage { retry_at, whole_installation, why: format!("{cause:#}") };
                (outage, "the forge is not answering")
            }
            ReadError::Corrupt { cause } => {
                let outage = Outage { retry_at: None, whole_installation: false, why: format!("{cause:#}") };
                (outage, "the forge's answer could not be read")
            }
        };
        if outage.whole_installation || self.may_wait() {
            return Err(Trouble::Unavailable(outage));
        }
        warn!(lane = %self.lease.lane, error = outage.why, "a look-up failed to the end");
        Ok(Found::Unknown(said.to_owned()))
    }

    fn may_wait(&self) -> bool {
        let patient = self.engine.clock.now() < self.item.first_tried_at + PATIENCE;
        self.item.attempts < i64::from(ATTEMPTS) && patient
    }

    async fn postpone(&self, outage: &Outage) -> Result<(), StoreError> {
        let (store, lease, item) = (&self.engine.store, self.lease, self.item);
        let now = store.now().await?;
        let tries = u32::try_from(item.attempts).unwrap_or(u32::MAX);
        let unasked = if outage.whole_installation { now + LOCKED_OUT } else { now };
        let run_at = outage.retry_at.unwrap_or(unasked).max(now + backoff(tries));
        info!(lane = %lease.lane, delivery = item.key, attempts = item.attempts, why = outage.why, "postponed");
        if outage.whole_installation {
            // Not the item's fault: the attempt does not count, and the lane rests meanwhile.
            store.pause_lanes(std::slice::from_ref(&lease.lane), run_at).await?;
            return store.give_back(lease, item.position, run_at, &outage.why).await;
        }
        store.postpone(lease, item.position, run_at, &outage.why).await
    }

    async fn park(&self, why: &str) -> Result<(), StoreError> {
        warn!(lane = %self.lease.lane, delivery = self.item.key, why, "parked");
        let position = self.item.position;
        // Somebody waits for it, so it keeps no pace.
        let effects = self.apology().await.iter().map(|order| new_effect(order, position, None)).collect();
        let unit = Unit { effects, ..Unit::new(position, UnitStatus::Parked(why.to_owned())) };
        match self.engine.store.commit(self.lease, unit).await {
            Err(StoreError::Refused { .. }) => self.engine.store.park(self.lease, position, why).await,
            committed => committed,
        }
    }

    /// A command that was put aside gets a reply with a reference, so that nobody waits in vain.
    async fn apology(&self) -> Option<Ordered> {
        let Ok((Signal::CommentWritten(comment), _)) = self.understand() else { return None };
        let loaded = self.engine.load(&self.lease.lane).await.ok()?;
        conversation::sorry(loaded.state.incarnation.as_ref()?, &comment, &self.item.key)
    }
}

/// S32: whether anything that the decision relies on is too old to begin something on.
fn is_stale(facts: &Facts, now: Timestamp) -> bool {
    facts.relied_on().any(|(_, fact)| fact.read_at + FRESH < now)
}

/// A signal that we ourselves put into the inbox.
fn own_signal(item: &Item) -> Result<Signal, Trouble> {
    let unreadable = |error: String| Trouble::hopeless("reading the signal", error);
    if item.weight == Weight::Resync {
        return Ok(Signal::ResyncDue);
    }
    if item.kind == ArrivalKind::Timer {
        let text = String::from_utf8_lossy(&item.body);
        let timer = text.parse().map_err(|error: Malformed| unreadable(error.to_string()))?;
        return Ok(Signal::TimerDue { timer });
    }
    serde_json::from_slice(&item.body).map_err(|error| unreadable(error.to_string()))
}

/// The project as this moment knows it: a delivery about a project that joins with it must already be able to ask.
fn project_now(state: &State, seen: Option<&ProjectSeen>, now: Timestamp) -> Option<Project> {
    let mut project = state.project.clone();
    if let Some(seen) = seen {
        let known = project.get_or_insert_with(|| Project::first_seen(seen, now));
        known.path = seen.path.clone();
        known.installation = seen.installation.clone().or(known.installation.take());
        known.default_branch = seen.default_branch.clone().or(known.default_branch.take());
        known.public = seen.public.or(known.public);
    }
    project
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}
