//! What is heard, before anybody understands it: arrivals, their order in a lane, and what happens when they come twice or
//! too many come. Working them off is `item`'s and `lane`'s.

use std::cell::RefCell;
use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::database::{Columns, Transaction};
use super::error::{Result, StoreError};
use super::word::words;
use super::{Store, lane};
use crate::domain::id::Lane;

/// Above so many waiting arrivals a lane's hints are replaced by one resync. // Invariant 2.
pub const WAITING_LIMIT: i64 = 10_000;

/// The longest key; also what PostgreSQL's indices bear with room to spare.
pub(super) const MAX_KEY_BYTES: usize = 500;

/// No body of a forge is larger; what inflates past this is not what was stored.
const MAX_BODY_BYTES: u64 = 64 * 1024 * 1024;

const REPLACED: &str = "replaced by a resync";

/// What an arrival is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArrivalKind {
    /// A webhook as it came.
    Delivery,
    /// What became of an effect.
    Outcome,
    /// A timer that is due.
    Timer,
    /// A signal of another lane.
    Tell,
    /// An operator's or the store's own wish.
    Operator,
}

words!(
    ArrivalKind,
    "kind of arrival",
    Delivery = "delivery",
    Outcome = "outcome",
    Timer = "timer",
    Tell = "tell",
    Operator = "operator"
);

/// Whether a resync tells the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Says only that something changed at the forge: a resync may replace it.
    Hint,
    /// Is kept always: a command, an outcome, a timer.
    Keep,
    /// Stands for all the hints that it replaced. Made by the store.
    Resync,
}

words!(Weight, "weight", Hint = "hint", Keep = "keep", Resync = "resync");

/// Where an inbox row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemStatus {
    /// Not worked yet, or to be worked again.
    Waiting,
    /// Worked.
    Done,
    /// Set aside after too many tries; visible and replayable.
    Parked,
    /// Kept, with a reason, and nothing done.
    Ignored,
}

words!(ItemStatus, "status", Waiting = "waiting", Done = "done", Parked = "parked", Ignored = "ignored");

/// Something heard, for one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Where it is worked, in order.
    pub lane: Lane,
    /// What it is.
    pub kind: ArrivalKind,
    /// Whether a resync may replace it.
    pub weight: Weight,
    /// Names it for ever (for 40 days): the same key is taken in once. At most 500 bytes.
    pub key: String,
    /// When it was heard, by the application's clock.
    pub received_at: Timestamp,
    /// What came with the body.
    pub headers: Vec<(String, String)>,
    /// The bytes as they came.
    pub body: Bytes,
    /// Not to be worked before; none: at once. As the head of its lane it holds back all behind it.
    pub run_at: Option<Timestamp>,
}

/// What became of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is stored, durably.
    New {
        /// Its place in the lane.
        position: i64,
    },
    /// Its key was there already. A parked one waits again and says so.
    Known {
        /// Where the stored one stands now.
        status: ItemStatus,
    },
}

/// An arrival in the form that is stored: made before the transaction, so that compressing holds no lock.
pub(super) struct Packed {
    pub(super) lane: String,
    kind: ArrivalKind,
    weight: Weight,
    key: String,
    received_at: i64,
    headers: String,
    body: Vec<u8>,
    run_at: Option<i64>,
}

impl Packed {
    pub(super) fn of(arrival: &Arrival) -> Result<Self> {
        if arrival.key.is_empty() || arrival.key.len() > MAX_KEY_BYTES {
            return Err(StoreError::refused("an arrival's key has 1 to 500 bytes"));
        }
        let headers = serde_json::to_string(&arrival.headers).expect("pairs of text always serialise");
        Ok(Self {
            lane: arrival.lane.to_string(),
            kind: arrival.kind,
            weight: arrival.weight,
            key: arrival.key.clone(),
            received_at: arrival.received_at.as_millisecond(),
            headers,
            body: deflate(&arrival.body),
            run_at: arrival.run_at.map(Timestamp::as_millisecond),
        })
    }

    /// When it may be worked: at once, unless it was to wait.
    fn ready_at(&self, now: i64) -> i64 {
        self.run_at.unwrap_or(now)
    }

    fn resync(lane: &str, after: i64, now: i64) -> Self {
        Self {
            lane: lane.to_owned(),
            kind: ArrivalKind::Operator,
            weight: Weight::Resync,
            key: format!("resync:{lane}:{after}"),
            received_at: now,
            headers: "[]".to_owned(),
            body: deflate(b"resync"),
            run_at: None,
        }
    }
}

impl Store {
    /// Stores an arrival durably, once per key; one that was parked waits again. While an
    /// [`intake_writer`](Store::intake_writer) runs, many share one transaction.
    pub async fn take_in(&self, arrival: Arrival) -> Result<Taken> {
        let packed = Packed::of(&arrival)?;
        match self.queue(packed).await {
            Ok(answer) => answer,
            Err(packed) => self.take_in_alone(&packed).await,
        }
    }

    pub(super) async fn take_in_alone(&self, packed: &Packed) -> Result<Taken> {
        let mut transaction = self.begin().await?;
        let now = self.now_ms(&mut transaction).await?;
        let taken = place_or_revive(&mut transaction, packed, now).await?;
        self.commit_work(transaction).await?;
        Ok(taken)
    }
}

/// As [`place`], and a parked one that comes again waits again: the sender asks for another try.
pub(super) async fn place_or_revive(
    transaction: &mut Transaction,
    packed: &Packed,
    now: i64,
) -> Result<Taken> {
    let taken = place(transaction, packed, now).await?;
    if taken != (Taken::Known { status: ItemStatus::Parked }) {
        return Ok(taken);
    }
    let sql = "SELECT lane, position FROM inbox WHERE delivery_key = $1";
    let row = sqlx::query(sql).bind(packed.key.clone()).fetch_one(&mut **transaction).await?;
    let (lane, position) = (Columns(&row).text("lane")?, Columns(&row).number("position")?);
    revive(transaction, &lane, position, now).await?;
    Ok(Taken::Known { status: ItemStatus::Waiting })
}

/// Stores one arrival within a transaction, once per key, and keeps the lane's hints within their limit.
pub(super) async fn place(transaction: &mut Transaction, packed: &Packed, now: i64) -> Result<Taken> {
    let (taken, waiting) = enter(transaction, packed, now).await?;
    if waiting > WAITING_LIMIT && packed.weight == Weight::Hint && matches!(taken, Taken::New { .. }) {
        replace_hints(transaction, &packed.lane, now).await?;
    }
    Ok(taken)
}

/// The lane's row first, then the inbox row: the lane's lock makes the order of positions the order of commits.
async fn enter(transaction: &mut Transaction, packed: &Packed, now: i64) -> Result<(Taken, i64)> {
    let (position, waiting) = lane::extend(transaction, &packed.lane, packed.ready_at(now), 1).await?;
    if insert(transaction, &[packed], position, now).await? == 1 {
        return Ok((Taken::New { position }, waiting));
    }
    lane::shorten(transaction, &packed.lane).await?;
    let status = status_of(transaction, &packed.key).await?;
    Ok((Taken::Known { status }, waiting - 1))
}

/// Stores arrivals of one lane, in their order, all at once. `None`: not all of them are new, or there are hints among them and the lane
/// holds so many that hints must go; then nothing of this transaction may be kept. With it comes whether the lane was empty: where something
/// waited already, somebody works it or knows when.
pub(super) async fn place_together(
    transaction: &mut Transaction,
    arrivals: &[&Packed],
    now: i64,
) -> Result<Option<(Vec<Taken>, bool)>> {
    let Some(first) = arrivals.first() else { return Ok(Some((Vec::new(), false))) };
    let ready_at = arrivals.iter().map(|packed| packed.ready_at(now)).min().unwrap_or(now);
    let (last, waiting) = lane::extend(transaction, &first.lane, ready_at, arrivals.len()).await?;
    let count = i64::try_from(arrivals.len()).expect("a batch is small");
    let start = last - count + 1;
    let hints_must_go =
        waiting > WAITING_LIMIT && arrivals.iter().any(|packed| packed.weight == Weight::Hint);
    if hints_must_go || insert(transaction, arrivals, start, now).await? < arrivals.len() as u64 {
        return Ok(None);
    }
    let taken = (start..=last).map(|position| Taken::New { position }).collect();
    Ok(Some((taken, waiting == count)))
}

/// Inserts arrivals of one lane at the positions from `start` on, but for those whose key is known. How many were inserted.
async fn insert(transaction: &mut Transaction, arrivals: &[&Packed], start: i64, now: i64) -> Result<u64> {
    const COLUMNS: usize = 9;
    let place = |nth: usize| {
        let [a, b, c, d, e, f, g, h, i]: [usize; COLUMNS] =
            std::array::from_fn(|column| nth * COLUMNS + column + 1);
        format!("(${a}, ${b}, ${c}, ${d}, ${e}, ${f}, ${g}, ${h}, 0, ${i}, 'waiting')")
    };
    let places: Vec<String> = (0..arrivals.len()).map(place).collect();
    let sql = format!(
        "INSERT INTO inbox (lane, position, kind, weight, delivery_key, received_at, headers, body, attempts, \
         run_at, status) VALUES {} ON CONFLICT (delivery_key) DO NOTHING",
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (packed, position) in arrivals.iter().zip(start..) {
        query = query
            .bind(packed.lane.clone())
            .bind(position)
            .bind(packed.kind.as_str())
            .bind(packed.weight.as_str())
            .bind(packed.key.clone())
            .bind(packed.received_at)
            .bind(packed.headers.clone())
            .bind(packed.body.clone())
            .bind(packed.ready_at(now));
    }
    Ok(query.execute(&mut **transaction).await?.rows_affected())
}

async fn status_of(transaction: &mut Transaction, key: &str) -> Result<ItemStatus> {
    let sql = "SELECT status FROM inbox WHERE delivery_key = $1";
    let row = sqlx::query(sql).bind(key.to_owned()).fetch_one(&mut **transaction).await?;
    Columns(&row).parsed("status")
}

/// Sets the lane's untried hints aside and puts one resync at its end, unless one waits there already.
async fn replace_hints(transaction: &mut Transaction, lane: &str, now: i64) -> Result<()> {
    let sql = "UPDATE inbox SET status = 'ignored', reason = $1, done_at = $2 \
               WHERE lane = $3 AND weight = 'hint' AND status = 'waiting' AND attempts = 0";
    let replaced = sqlx::query(sql).bind(REPLACED).bind(now).bind(lane.to_owned());
    let count =
        i64::try_from(replaced.execute(&mut **transaction).await?.rows_affected()).unwrap_or(i64::MAX);
    let position = lane::fewer_wait(transaction, lane, count).await?;
    let sql = "SELECT position FROM inbox \
               WHERE lane = $1 AND weight = 'resync' AND status = 'waiting' AND attempts = 0 LIMIT 1";
    if sqlx::query(sql).bind(lane.to_owned()).fetch_optional(&mut **transaction).await?.is_none() {
        enter(transaction, &Packed::resync(lane, position, now), now).await?;
    }
    Ok(())
}

/// Makes a row wait again, as if it had never been tried; false when its body is erased or it waits already.
pub(super) async fn revive(
    transaction: &mut Transaction,
    lane: &str,
    position: i64,
    now: i64,
) -> Result<bool> {
    lane::lock(transaction, lane).await?;
    let sql = "UPDATE inbox SET status = 'waiting', reason = NULL, done_at = NULL, attempts = 0, \
               first_tried_at = NULL, run_at = $1 \
               WHERE lane = $2 AND position = $3 AND status <> 'waiting' AND body IS NOT NULL";
    let revived = sqlx::query(sql).bind(now).bind(lane.to_owned()).bind(position);
    if revived.execute(&mut **transaction).await?.rows_affected() == 0 {
        return Ok(false);
    }
    lane::one_more_waits(transaction, lane, now).await?;
    Ok(true)
}

thread_local! {
    /// An encoder is some hundred kilobytes of tables: one per thread, not one per body.
    static ENCODER: RefCell<DeflateEncoder<Vec<u8>>> = RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
}

fn deflate(body: &[u8]) -> Vec<u8> {
    ENCODER.with_borrow_mut(|encoder| {
        encoder
            .write_all(body)
            .and_then(|()| encoder.reset(Vec::new()))
            .expect("writing to memory cannot fail")
    })
}

pub(super) fn inflate(stored: &[u8]) -> Result<Bytes> {
    let mut body = Vec::new();
    let corrupt = |cause: std::io::Error| StoreError::corrupt("body", cause);
    DeflateDecoder::new(stored).take(MAX_BODY_BYTES).read_to_end(&mut body).map_err(corrupt)?;
    Ok(body.into())
}
