//! One unit of work: understand, gather, decide, record in one transaction (invariant 3). What a signal means for a release is decided in `domain`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::future::join_all;
use jiff::Timestamp;
use tracing::{info, warn};

use super::gather::Library;
use super::record::{Loaded, new_effect};
use super::{ATTEMPTS, Engine, LANE_LEASE, PATIENCE, ROUNDS, UNIT_LIMIT, backoff, chain};
use crate::domain::conversation;
use crate::domain::decide::{Moment, Thought, decide};
use crate::domain::id::{Lane, Malformed};
use crate::domain::journal::Tip;
use crate::domain::query::{Answer, Fact, Facts, Found, Query};
use crate::domain::signal::{ProjectSeen, Signal};
use crate::domain::state::{Project, STATE_VERSION, Service, State};
use crate::forge::{Forge, Headers, ReadError};
use crate::store::{ArrivalKind, Item, Lease, NewEffect, StoreError, Unit, UnitStatus, Weight};

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

impl Trouble {
    fn too_slow() -> Self {
        let why = format!("it took longer than {} s", UNIT_LIMIT.as_secs());
        Self::Unavailable { retry_at: None, whole_installation: false, why }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    /// Does one unit of work, for whichever lane is next.
    pub async fn work_once(&self) -> Result<Worked, StoreError> {
        let Some(lease) = self.store.claim_lane(&self.worker, LANE_LEASE).await? else {
            return Ok(Worked::Idle);
        };
        let worked = match self.store.head(&lease).await? {
            None => Worked::Idle,
            Some(item) => match self.settle_or_put_off(&lease, &item).await {
                // Another replica holds the lane: what was decided here never happened.
                Err(StoreError::LeaseLost) => return Ok(Worked::Postponed(lease.lane)),
                settled => settled?,
            },
        };
        self.store.release(lease).await?;
        Ok(worked)
    }

    async fn settle_or_put_off(&self, lease: &Lease, item: &Item) -> Result<Worked, StoreError> {
        let lane = lease.lane.clone();
        let settled = tokio::time::timeout(UNIT_LIMIT.unsigned_abs(), self.settle(lease, item)).await;
        match settled.unwrap_or_else(|_| Err(Trouble::too_slow())) {
            Ok(()) => Ok(Worked::Settled(lane)),
            Err(Trouble::Unavailable { retry_at, whole_installation, why })
                if whole_installation || self.may_wait(item) =>
            {
                self.postpone(lease, item, retry_at, whole_installation, &why).await?;
                Ok(Worked::Postponed(lane))
            }
            Err(Trouble::Unavailable { why, .. } | Trouble::Hopeless { why }) => {
                self.park(lease, item, &why).await?;
                Ok(Worked::Parked(lane))
            }
            // What the store will never take is put aside, so that the lane goes on.
            Err(Trouble::Store(refused @ (StoreError::Refused { .. } | StoreError::Corrupt { .. }))) => {
                self.park(lease, item, &chain(&refused)).await?;
                Ok(Worked::Parked(lane))
            }
            Err(Trouble::Store(error)) => Err(error),
        }
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
            // A panic parks this one item and stops nobody else.
            let thought = catch_unwind(AssertUnwindSafe(|| decide(moment))).map_err(|panic| {
                Trouble::Hopeless { why: format!("deciding panicked: {}", words_of(&*panic)) }
            })?;
            match thought {
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
        // What one round asks is read side by side: somebody waits for the answer.
        let answers = join_all(queries.iter().map(|query| library.answer(query))).await;
        for (query, answer) in queries.into_iter().zip(answers) {
            let found = self.found(item, answer)?;
            facts.learn(query, Fact { found, read_at: self.clock.now() });
        }
        Ok(())
    }

    fn found(
        &self,
        item: &Item,
        answer: Result<Option<Answer>, ReadError>,
    ) -> Result<Found<Answer>, Trouble> {
        match answer {
            Ok(Some(answer)) => Ok(Found::Known(answer)),
            Ok(None) => Ok(Found::Absent),
            Err(error) => self.unanswered(item, error),
        }
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
        self.store
            .commit(lease, Unit { effects, ..Unit::new(item.position, UnitStatus::Parked(why.to_owned())) })
            .await
    }

    /// A command that was put aside gets a reply with a reference, so that nobody waits in vain.
    async fn sorry(&self, lane: &Lane, item: &Item) -> Result<Vec<NewEffect>, StoreError> {
        let Ok((Signal::CommentWritten(comment), _)) = self.understand(lane, item) else { return Ok(vec![]) };
        let Ok(Loaded { state, .. }) = self.load(lane).await else { return Ok(vec![]) };
        let order =
            state.incarnation.as_ref().and_then(|life| conversation::sorry(life, &comment, &item.key));
        Ok(order.iter().map(|order| new_effect(order, item.position)).collect())
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

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}
