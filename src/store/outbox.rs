//! Orders to the outside as decided: keyed, in order per subject, edits latest-wins. Carrying them out is `sending`'s.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::Store;
use super::database::{Columns, Transaction};
use super::error::{Result, StoreError};
use super::inbox::MAX_KEY_BYTES;
use super::lane::milliseconds;
use super::pace::Pace;
use super::word::words;
use crate::domain::id::Lane;

/// Which effects go first when a token's budget is short. Invariant 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectClass {
    /// Replies, panels, dispatch: somebody waits.
    Prompt,
    /// Tags and releases.
    Release,
    /// Sweeps: whenever there is time.
    Sweep,
}

impl EffectClass {
    fn rank(self) -> i64 {
        match self {
            Self::Prompt => 0,
            Self::Release => 1,
            Self::Sweep => 2,
        }
    }

    pub(super) fn of_rank(rank: i64) -> Result<Self> {
        match rank {
            0 => Ok(Self::Prompt),
            1 => Ok(Self::Release),
            2 => Ok(Self::Sweep),
            _ => Err(StoreError::corrupt("class", "the rank of an effect's class is 0, 1 or 2")),
        }
    }
}

/// Where an effect stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectStatus {
    /// Not begun, or to be begun again.
    Waiting,
    /// Somebody is at it, or died at it.
    Sending,
    /// It is so in the world.
    Done,
    /// The other side will not have it.
    Refused,
    /// Nobody can know; a human is asked.
    Lost,
    /// A later edit of the same thing took its place before it was begun.
    Superseded,
}

words!(
    EffectStatus,
    "status of an effect",
    Waiting = "waiting",
    Sending = "sending",
    Done = "done",
    Refused = "refused",
    Lost = "lost",
    Superseded = "superseded"
);

/// An order to the outside, as decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEffect {
    /// Derived from what it is for; the same key is ordered once. At most 500 bytes.
    pub key: String,
    /// What it acts on; effects of one subject go in order, one in flight.
    pub subject: String,
    /// Which effects it goes after.
    pub class: EffectClass,
    /// What is done; edits of one subject and kind are latest-wins.
    pub kind: String,
    /// The effect itself.
    pub json: String,
    /// For an edit: the state's number that it shows. A lower one never overwrites a higher.
    pub edition: Option<i64>,
    /// Not before; none: at once.
    pub run_at: Option<Timestamp>,
    /// How it keeps its distance from the next that keeps a pace; none: it keeps none.
    pub pace: Option<Pace>,
}

/// An effect as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectRow {
    /// The lane that ordered it.
    pub lane: Lane,
    /// Its number there.
    pub number: i64,
    /// Its name.
    pub key: String,
    /// What it acts on.
    pub subject: String,
    /// Which effects it goes after.
    pub class: EffectClass,
    /// What is done.
    pub kind: String,
    /// The effect itself.
    pub json: String,
    /// For an edit: the state's number that it shows.
    pub edition: Option<i64>,
    /// Where it stands.
    pub status: EffectStatus,
    /// How often it was begun.
    pub attempts: i64,
    /// Not before, by the store's time.
    pub run_at: Timestamp,
    /// What became of it, or why it was put off.
    pub outcome: Option<String>,
    /// When it was ordered, by the store's time.
    pub created_at: Timestamp,
    /// When it ended, by the store's time.
    pub done_at: Option<Timestamp>,
}

/// What the forge calls the thing that was made for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// The forge's identifier.
    pub reference: Option<String>,
    /// The highest edition that is there.
    pub edition: Option<i64>,
}

const SELECT: &str = "SELECT lane, number, key, subject, class, kind, effect, edition, status, attempts, run_at, \
                      outcome, created_at, done_at FROM outbox";

impl Store {
    /// The effect with this key, if it was ever ordered.
    pub async fn ordered(&self, key: &str) -> Result<Option<EffectRow>> {
        let sql = format!("{SELECT} WHERE key = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(key.to_owned());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| effect_row(&Columns(&row))).transpose()
    }

    /// The newest edit of a subject, whatever became of it.
    pub async fn newest_edit(&self, lane: &Lane, subject: &str) -> Result<Option<EffectRow>> {
        let sql = format!(
            "{SELECT} WHERE lane = $1 AND subject = $2 AND edition IS NOT NULL \
             ORDER BY edition DESC, number DESC LIMIT 1"
        );
        let row = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string()).bind(subject.to_owned());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| effect_row(&Columns(&row))).transpose()
    }

    /// A lane's effects that have not ended, were refused or are lost, in the order in which they were decided.
    pub async fn effects_without_a_good_end(&self, lane: &Lane) -> Result<Vec<EffectRow>> {
        // Two questions, because each has an index of its own.
        let mut found = Vec::new();
        for open in ["status IN ('waiting', 'sending')", "status IN ('refused', 'lost')"] {
            let sql = format!("{SELECT} WHERE {open} AND lane = $1");
            let rows = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string());
            let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
            for row in &rows {
                found.push(effect_row(&Columns(row))?);
            }
        }
        found.sort_by_key(|effect| effect.number);
        Ok(found)
    }

    /// What is known of a subject.
    pub async fn subject(&self, lane: &Lane, subject: &str) -> Result<Option<SubjectRow>> {
        let sql = "SELECT reference, edition FROM subject WHERE lane = $1 AND subject = $2";
        let row = sqlx::query(sql).bind(lane.to_string()).bind(subject.to_owned());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| {
            let row = Columns(&row);
            Ok(SubjectRow {
                reference: row.optional_text("reference")?,
                edition: row.optional_number("edition")?,
            })
        })
        .transpose()
    }

    /// How many effects have not ended.
    pub async fn unfinished_effects(&self) -> Result<u64> {
        let sql = "SELECT COUNT(*) AS unfinished FROM outbox WHERE status IN ('waiting', 'sending')";
        let row = sqlx::query(sql).fetch_one(&mut *self.inner.database.reader().await?).await?;
        Columns(&row).count("unfinished")
    }
}

/// Orders effects within a unit's transaction. The lane's lock is held: numbers are in order of commit.
pub(super) async fn order(
    transaction: &mut Transaction,
    lane: &str,
    effects: &[NewEffect],
    now: i64,
) -> Result<()> {
    if effects.is_empty() {
        return Ok(());
    }
    let sql = "SELECT COALESCE(MAX(number), 0) AS number FROM outbox WHERE lane = $1";
    let last = sqlx::query(sql).bind(lane.to_owned()).fetch_one(&mut **transaction).await?;
    let mut number = Columns(&last).number("number")?;
    for effect in effects {
        number += 1;
        order_one(transaction, (lane, number), effect, now).await?;
    }
    Ok(())
}

async fn order_one(
    transaction: &mut Transaction,
    (lane, number): (&str, i64),
    effect: &NewEffect,
    now: i64,
) -> Result<()> {
    if effect.key.is_empty() || effect.key.len() > MAX_KEY_BYTES || effect.subject.len() > MAX_KEY_BYTES {
        return Err(StoreError::refused("an effect's key has 1 to 500 bytes, its subject at most 500"));
    }
    let late = is_late(transaction, lane, effect).await?;
    let (status, done_at) = if late { ("superseded", Some(now)) } else { ("waiting", None) };
    let sql = "INSERT INTO outbox (lane, number, key, subject, class, kind, effect, edition, status, attempts, \
               run_at, lease_until, created_at, done_at, pace, paced_with) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, $11, $12, $13, $14) ON CONFLICT (key) DO NOTHING";
    let inserted = sqlx::query(sql)
        .bind(lane.to_owned())
        .bind(number)
        .bind(effect.key.clone())
        .bind(effect.subject.clone())
        .bind(effect.class.rank())
        .bind(effect.kind.clone())
        .bind(effect.json.clone())
        .bind(effect.edition)
        .bind(status)
        .bind(effect.run_at.map_or(now, Timestamp::as_millisecond))
        .bind(now)
        .bind(done_at)
        .bind(effect.pace.as_ref().map(|pace| milliseconds(pace.every)))
        .bind(effect.pace.as_ref().and_then(|pace| pace.with.clone()))
        .execute(&mut **transaction)
        .await?;
    match effect.edition {
        Some(edition) if inserted.rows_affected() == 1 && !late => {
            supersede(transaction, lane, (effect, edition), now).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a later edition of the same thing was ordered already.
async fn is_late(transaction: &mut Transaction, lane: &str, effect: &NewEffect) -> Result<bool> {
    let Some(edition) = effect.edition else { return Ok(false) };
    let sql =
        "SELECT number FROM outbox WHERE lane = $1 AND subject = $2 AND kind = $3 AND edition > $4 LIMIT 1";
    let later = sqlx::query(sql).bind(lane.to_owned()).bind(effect.subject.clone());
    let later = later.bind(effect.kind.clone()).bind(edition).fetch_optional(&mut **transaction).await?;
    Ok(later.is_some())
}

/// Drops older edits of the same thing that nobody began. One that was begun may be in the world: it keeps its turn.
async fn supersede(
    transaction: &mut Transaction,
    lane: &str,
    (effect, edition): (&NewEffect, i64),
    now: i64,
) -> Result<()> {
    let sql = "UPDATE outbox SET status = 'superseded', done_at = $1 WHERE lane = $2 AND subject = $3 AND kind = $4 \
               AND edition < $5 AND status = 'waiting' AND attempts = 0";
    let update = sqlx::query(sql).bind(now).bind(lane.to_owned()).bind(effect.subject.clone());
    update.bind(effect.kind.clone()).bind(edition).execute(&mut **transaction).await?;
    Ok(())
}

fn effect_row(row: &Columns<'_>) -> Result<EffectRow> {
    Ok(EffectRow {
        lane: row.parsed("lane")?,
        number: row.number("number")?,
        key: row.text("key")?,
        subject: row.text("subject")?,
        class: EffectClass::of_rank(row.number("class")?)?,
        kind: row.text("kind")?,
        json: row.text("effect")?,
        edition: row.optional_number("edition")?,
        status: row.parsed("status")?,
        attempts: row.number("attempts")?,
        run_at: row.time("run_at")?,
        outcome: row.optional_text("outcome")?,
        created_at: row.time("created_at")?,
        done_at: row.optional_time("done_at")?,
    })
}
