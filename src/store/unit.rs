//! One unit of work in one transaction: journal, state, history, mirror, outbox, timers, signals to other lanes, and the inbox
//! row that is done. Invariant 3. What the rows mean is not known here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Store;
use super::database::Transaction;
use super::error::Result;
use super::history::{self, HistoryRow};
use super::inbox::{Arrival, Packed, place};
use super::item::{one, storable};
use super::journal::{self, JournalRow, StoredState};
use super::lane::{self, Lease, fence};
use super::mirror::{self, MirrorRow, ProjectRow};
use super::outbox::{self, NewEffect};
use super::timer;

/// How a unit ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitStatus {
    /// It was worked.
    Done,
    /// There was nothing to do; why.
    Ignored(String),
    /// It was set aside, visible and replayable; why.
    Parked(String),
}

/// All that one decision leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The inbox row that was worked.
    pub position: i64,
    /// How it ended.
    pub status: UnitStatus,
    /// What happened, appended to the lane's journal.
    pub rows: Vec<JournalRow>,
    /// The state after it; none: unchanged.
    pub state: Option<StoredState>,
    /// Orders to the outside.
    pub effects: Vec<NewEffect>,
    /// Signals to other lanes (or to this one), stored as their arrivals.
    pub tells: Vec<Arrival>,
    /// The timers that the lane wants from now on, in place of those it has; none: unchanged.
    pub timers: Option<BTreeMap<String, Timestamp>>,
    /// What closed.
    pub history: Vec<HistoryRow>,
    /// What the forge told.
    pub mirror: Vec<MirrorRow>,
    /// What the project is called now; none: unchanged.
    pub project: Option<ProjectRow>,
}

impl Unit {
    /// A unit that leaves nothing behind but the end of its inbox row.
    pub fn new(position: i64, status: UnitStatus) -> Self {
        Self {
            position,
            status,
            rows: Vec::new(),
            state: None,
            effects: Vec::new(),
            tells: Vec::new(),
            timers: None,
            history: Vec::new(),
            mirror: Vec::new(),
            project: None,
        }
    }

    /// Whether it leaves anything that somebody may wait for: to send it, to wake by it, to show it.
    fn leaves_work(&self) -> bool {
        !(self.rows.is_empty() && self.effects.is_empty() && self.tells.is_empty() && self.timers.is_none())
    }
}

impl Store {
    /// Stores a unit whole or not at all, if the lease is still the latest of its lane.
    pub async fn commit(&self, lease: &Lease, unit: Unit) -> Result<()> {
        journal::check(&unit.rows, unit.state.as_ref())?;
        let tells = unit.tells.iter().map(Packed::of).collect::<Result<Vec<_>>>()?;
        let own = lease.lane.to_string();
        let mut transaction = self.begin().await?;
        lock_lanes(&mut transaction, lease, &tells).await?;
        let now = self.now_ms(&mut transaction).await?;
        finish(&mut transaction, &own, &unit, now).await?;
        journal::append(&mut transaction, &own, &unit.rows).await?;
        if let Some(state) = &unit.state {
            journal::save_state(&mut transaction, &own, state).await?;
        }
        outbox::order(&mut transaction, &own, &unit.effects, now).await?;
        for tell in &tells {
            place(&mut transaction, tell, now).await?;
        }
        if let Some(timers) = &unit.timers {
            timer::replace(&mut transaction, &own, timers).await?;
        }
        history::save(&mut transaction, &own, &unit.history).await?;
        mirror::save(&mut transaction, &own, &unit.mirror).await?;
        if let Some(project) = &unit.project {
            mirror::save_project(&mut transaction, &own, project).await?;
        }
        transaction.commit().await?;
        if unit.leaves_work() {
            self.look_again();
        }
        Ok(())
    }
}

/// The own lane is fenced and the told lanes are locked, all in one order: two lanes that tell each other do not dead-lock.
async fn lock_lanes(transaction: &mut Transaction, lease: &Lease, tells: &[Packed]) -> Result<()> {
    let own = lease.lane.to_string();
    let mut lanes: BTreeSet<&str> = tells.iter().map(|tell| tell.lane.as_str()).collect();
    lanes.insert(&own);
    for lane in lanes {
        if lane == own {
            fence(transaction, lease).await?;
        } else {
            lane::lock(transaction, lane).await?;
        }
    }
    Ok(())
}

async fn finish(transaction: &mut Transaction, lane: &str, unit: &Unit, now: i64) -> Result<()> {
    let (status, reason) = match &unit.status {
        UnitStatus::Done => ("done", None),
        UnitStatus::Ignored(reason) => ("ignored", Some(storable(reason))),
        UnitStatus::Parked(reason) => ("parked", Some(storable(reason))),
    };
    let sql = "UPDATE inbox SET status = $1, reason = $2, done_at = $3 \
               WHERE lane = $4 AND position = $5 AND status = 'waiting'";
    let update =
        sqlx::query(sql).bind(status).bind(reason).bind(now).bind(lane.to_owned()).bind(unit.position);
    one(update.execute(&mut **transaction).await?.rows_affected())?;
    lane::fewer_wait(transaction, lane, 1).await?;
    Ok(())
}
