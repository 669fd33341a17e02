//! Carrying effects out: who sends which, whether it is still theirs, and what became of it. Calls are made elsewhere.

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::Store;
use super::database::{Columns, Transaction, time};
use super::error::{Result, StoreError};
use super::inbox::{Arrival, Packed, place};
use super::item::storable;
use super::lane::{self, milliseconds};
use super::outbox::{EffectClass, EffectStatus};
use super::pace;
use crate::domain::id::Lane;

/// An effect in somebody's hands. The number of its attempts is its fence.
#[derive(Debug, PartialEq, Eq)]
pub struct Sending {
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
    /// What is to be done.
    pub kind: String,
    /// The effect itself.
    pub json: String,
    /// For an edit: the state's number that it shows.
    pub edition: Option<i64>,
    /// How often it was begun, with this time. Above 1: look first, it may be in the world.
    pub attempts: i64,
    /// How many of the attempts before this one certainly did nothing: there is nothing of theirs to look for.
    pub in_vain: i64,
    /// What the forge calls the thing that was made for the subject, if one was.
    pub reference: Option<String>,
    /// When it was ordered, by the store's time.
    pub created_at: Timestamp,
    /// Until then nobody else may claim it, by the store's time.
    pub until: Timestamp,
    worker: String,
    length: SignedDuration,
}

/// What an attempt that came to no end left at the forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// Certainly nothing: the next attempt need not look for it.
    Nothing,
    /// Nobody can say.
    Perhaps,
}

/// What became of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    /// How it ended.
    pub status: EffectStatus,
    /// What was seen.
    pub outcome: String,
    /// What the forge calls the thing that was made for the subject; none: as it was.
    pub reference: Option<String>,
    /// What the lane is told.
    pub arrival: Option<Arrival>,
}

/// The effect to claim now; `$1` is the time.
const NEXT: &str = "SELECT due.lane, due.number FROM outbox due \
                    WHERE due.status IN ('waiting', 'sending') AND due.run_at <= $1 AND due.lease_until <= $1 \
                    AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.lane = due.lane \
                    AND earlier.subject = due.subject AND earlier.status IN ('waiting', 'sending') \
                    AND earlier.number < due.number) \
                    AND (due.pace IS NULL OR NOT EXISTS (SELECT 1 FROM pace \
                    WHERE pace.lane = COALESCE(due.paced_with, due.lane) AND pace.next_at > $1)) \
                    ORDER BY due.class, due.created_at, due.number LIMIT 1";

impl Store {
    /// The next effect that is due, in pace, and whose subject has no earlier unfinished one: by class, then by age. The attempt is
    /// counted, durably, before the call. `length` is at least twice the call's time-out. Invariant 5.
    pub async fn claim_effect(&self, worker: &str, length: SignedDuration) -> Result<Option<Sending>> {
        while self.is_effect_due().await? {
            let mut transaction = self.begin().await?;
            let now = self.now_ms(&mut transaction).await?;
            let until = now.saturating_add(milliseconds(length));
            let Some(row) = self.next(&mut transaction, worker, (now, until)).await? else {
                transaction.rollback().await?;
                return Ok(None);
            };
            let mut sending = sending(&Columns(&row), worker, (until, length))?;
            let pace = Columns(&row).optional_number("pace")?;
            let with = Columns(&row).optional_text("paced_with")?.unwrap_or_else(|| sending.lane.to_string());
            if !pace::take(&mut transaction, &with, pace, now).await? {
                // Another worker was faster with a note of the same pace: this one waits, and something else may go.
                transaction.rollback().await?;
                continue;
            }
            sending.reference = reference(&mut transaction, &sending).await?;
            transaction.commit().await?;
            return Ok(Some(sending));
        }
        Ok(None)
    }

    /// Mostly none is; as for lanes, only who may find one asks for the right to write.
    async fn is_effect_due(&self) -> Result<bool> {
        let now = self.now().await?.as_millisecond();
        let next = sqlx::query(NEXT).bind(now);
        Ok(next.fetch_optional(&mut *self.inner.database.reader().await?).await?.is_some())
    }

    async fn next(
        &self,
        transaction: &mut Transaction,
        worker: &str,
        (now, until): (i64, i64),
    ) -> Result<Option<AnyRow>> {
        let sql = format!(
            "UPDATE outbox SET status = 'sending', attempts = attempts + 1, owner = $2, lease_until = $3 \
             WHERE (lane, number) = ({NEXT}{}) AND status IN ('waiting', 'sending') AND lease_until <= $1 \
             RETURNING lane, number, key, subject, class, kind, effect, edition, attempts, created_at, in_vain, pace, \
             paced_with",
            self.inner.database.dialect.skip_locked()
        );
        let claim = sqlx::query(AssertSqlSafe(sql)).bind(now).bind(worker.to_owned()).bind(until);
        Ok(claim.fetch_optional(&mut **transaction).await?)
    }

    /// Whether the effect is still in these hands, with at least half of its lease left: enough for one call. Asked just
    /// before writing.
    pub async fn still_mine(&self, sending: &Sending) -> Result<bool> {
        let now = self.now().await?.as_millisecond();
        let enough = now.saturating_add(milliseconds(sending.length) / 2);
        let sql = "SELECT number FROM outbox WHERE lane = $1 AND number = $2 AND status = 'sending' \
                   AND attempts = $3 AND owner = $4 AND lease_until >= $5";
        let row = sqlx::query(sql).bind(sending.lane.to_string()).bind(sending.number).bind(sending.attempts);
        let row = row.bind(sending.worker.clone()).bind(enough);
        Ok(row.fetch_optional(&mut *self.inner.database.reader().await?).await?.is_some())
    }

    /// Ends an effect: its row, its subject's reference and what the lane is told, in one transaction.
    pub async fn finish_effect(&self, sending: &Sending, finish: Finish) -> Result<()> {
        if matches!(finish.status, EffectStatus::Waiting | EffectStatus::Sending) {
            return Err(StoreError::refused("an effect ends as done, refused, lost or superseded"));
        }
        let told = finish.arrival.as_ref().map(Packed::of).transpose()?;
        let mut transaction = self.begin().await?;
        // The told lane's lock comes first, as in every other transaction that takes both.
        lane::lock(
            &mut transaction,
            &told.as_ref().map_or(sending.lane.to_string(), |told| told.lane.clone()),
        )
        .await?;
        let now = self.now_ms(&mut transaction).await?;
        end(&mut transaction, sending, &finish, now).await?;
        if finish.status == EffectStatus::Done {
            save_subject(&mut transaction, sending, finish.reference).await?;
        }
        if let Some(told) = &told {
            place(&mut transaction, told, now).await?;
        }
        self.commit_work(transaction).await
    }

    /// Leaves the effect for later, at the head of its subject. The attempt counts, and so does what it may have left.
    pub async fn postpone_effect(
        &self,
        sending: &Sending,
        run_at: Timestamp,
        (reason, trace): (&str, Trace),
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let sql = "UPDATE outbox SET status = 'waiting', owner = NULL, lease_until = 0, run_at = $1, outcome = $2, \
                   in_vain = in_vain + $3 \
                   WHERE lane = $4 AND number = $5 AND status = 'sending' AND attempts = $6 AND owner = $7";
        let update = sqlx::query(sql).bind(run_at.as_millisecond()).bind(storable(reason));
        let update = update.bind(i64::from(trace == Trace::Nothing));
        let update = update.bind(sending.lane.to_string()).bind(sending.number).bind(sending.attempts);
        fenced(update.bind(sending.worker.clone()).execute(&mut *transaction).await?.rows_affected())?;
        Ok(transaction.commit().await?)
    }
}

async fn end(transaction: &mut Transaction, sending: &Sending, finish: &Finish, now: i64) -> Result<()> {
    let sql = "UPDATE outbox SET status = $1, outcome = $2, done_at = $3, owner = NULL, lease_until = 0 \
               WHERE lane = $4 AND number = $5 AND status = 'sending' AND attempts = $6 AND owner = $7";
    let update = sqlx::query(sql).bind(finish.status.as_str()).bind(storable(&finish.outcome)).bind(now);
    let update = update.bind(sending.lane.to_string()).bind(sending.number).bind(sending.attempts);
    fenced(update.bind(sending.worker.clone()).execute(&mut **transaction).await?.rows_affected())
}

fn fenced(rows: u64) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(StoreError::LeaseLost),
    }
}

async fn save_subject(
    transaction: &mut Transaction,
    sending: &Sending,
    reference: Option<String>,
) -> Result<()> {
    let sql = "INSERT INTO subject (lane, subject, reference, edition) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (lane, subject) DO UPDATE SET \
               reference = COALESCE(excluded.reference, subject.reference), \
               edition = CASE WHEN subject.edition IS NULL OR excluded.edition > subject.edition \
               THEN excluded.edition ELSE subject.edition END";
    let upsert = sqlx::query(sql).bind(sending.lane.to_string()).bind(sending.subject.clone());
    upsert.bind(reference).bind(sending.edition).execute(&mut **transaction).await?;
    Ok(())
}

async fn reference(transaction: &mut Transaction, sending: &Sending) -> Result<Option<String>> {
    let sql = "SELECT reference FROM subject WHERE lane = $1 AND subject = $2";
    let row = sqlx::query(sql).bind(sending.lane.to_string()).bind(sending.subject.clone());
    let row = row.fetch_optional(&mut **transaction).await?;
    row.map_or(Ok(None), |row| Columns(&row).optional_text("reference"))
}

fn sending(row: &Columns<'_>, worker: &str, (until, length): (i64, SignedDuration)) -> Result<Sending> {
    Ok(Sending {
        lane: row.parsed("lane")?,
        number: row.number("number")?,
        key: row.text("key")?,
        subject: row.text("subject")?,
        class: EffectClass::of_rank(row.number("class")?)?,
        kind: row.text("kind")?,
        json: row.text("effect")?,
        edition: row.optional_number("edition")?,
        attempts: row.number("attempts")?,
        in_vain: row.number("in_vain")?,
        reference: None,
        created_at: row.time("created_at")?,
        until: time(until)?,
        worker: worker.to_owned(),
        length,
    })
}
