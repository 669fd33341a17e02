//! The record of a promotion, gathered from the store for who looks: state, history, journal, outbox, timers. Reads only, and asks no forge.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::Timestamp;

use super::Engine;
use crate::domain::effect::{Effect, Made, Outcome};
use crate::domain::event::Event;
use crate::domain::id::{EnvironmentName, Lane, PromotionId};
use crate::domain::journal::Row;
use crate::domain::promotion::chronicle::{Chronicle, Due, Entry, Order, Panel, Standing};
use crate::domain::promotion::step::Step;
use crate::domain::state::{State, Written};
use crate::domain::timer::TimerKey;
use crate::store::{EffectRow, EffectStatus, JournalRow, Project, StoredText};

/// How many rows are read at once.
const PAGE: u32 = 500;

impl Engine {
    /// A lane's state as it is now; empty where nothing happened yet.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn state_of(&self, lane: &Lane) -> anyhow::Result<State> {
        match self.store.state(lane).await? {
            Some(stored) => self.understood(lane, &stored).await,
            None => Ok(State::default()),
        }
    }

    /// The environments that anything is known of: what stands there, goes there, or went there.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn environments(&self, lane: &Lane, state: &State) -> anyhow::Result<Vec<EnvironmentName>> {
        let there = state.components.values().flat_map(|component| component.slots.keys());
        let going = state.promotions.values().map(|promotion| &promotion.asked.environment);
        let mut names: Vec<EnvironmentName> = there.chain(going).chain(state.locks.keys()).cloned().collect();
        let past = self.store.past_promotions(lane, PAGE).await?;
        names.extend(past.into_iter().map(|row| row.environment));
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// All that is on record of a promotion; `None`: there was none of this number.
    ///
    /// # Errors
    /// Where the store cannot be read, or a row of it not be understood.
    pub async fn chronicle(
        &self,
        project: &Project,
        state: &State,
        id: PromotionId,
    ) -> anyhow::Result<Option<Chronicle>> {
        let lane = &project.lane;
        let open = state.promotions.get(&id).cloned();
        let past = self.store.past_promotion(lane, id).await?;
        let (from, to) = match (&open, past) {
            (Some(open), _) => (open.since.seq.cast_signed(), i64::MAX),
            (None, Some(past)) => (past.asked_row, past.ended_row),
            (None, None) => return Ok(None),
        };
        let entries = self.entries(lane, id, (from, to)).await?;
        let Some(Step::PromotionAsked { asked, .. }) = entries.first().map(|entry| &entry.step) else {
            anyhow::bail!("row {from} of {lane} does not ask for {id}");
        };
        Ok(Some(Chronicle {
            project: project.row.path.clone(),
            asked: (**asked).clone(),
            open: open.filter(|_| !entries.iter().any(is_end)),
            panel: self.panel(lane, id).await?,
            alarms: self.alarms(lane, id).await?,
            orders: self.orders(lane, id).await?,
            entries,
        }))
    }

    async fn entries(
        &self,
        lane: &Lane,
        id: PromotionId,
        (from, to): (i64, i64),
    ) -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut next = from;
        loop {
            let page = self.store.journal(lane, next, PAGE).await?;
            let Some(last) = page.last().map(|row| row.seq) else { return Ok(entries) };
            let mut texts = self.store.texts_between(lane, next, last.min(to)).await?;
            for stored in page.iter().filter(|stored| stored.seq <= to) {
                let texts = texts.remove(&stored.seq).unwrap_or_default();
                entries.extend(entry(stored, texts, id)?);
            }
            if last >= to {
                return Ok(entries);
            }
            next = last + 1;
        }
    }

    /// What a promotion's panel said last; `None`: none was drawn.
    ///
    /// # Errors
    /// Where the store cannot be read, or what it holds not be understood.
    pub async fn panel(&self, lane: &Lane, id: PromotionId) -> anyhow::Result<Option<Panel>> {
        let Some(drawn) = self.store.newest_edit(lane, &format!("{id}:panel")).await? else {
            return Ok(None);
        };
        let effect: Effect = serde_json::from_str(&drawn.json).context("the panel cannot be read")?;
        let Effect::Comment { text, .. } = effect else { return Ok(None) };
        let outcome = drawn.outcome.as_deref().and_then(|stored| serde_json::from_str(stored).ok());
        let page = match outcome {
            Some(Outcome::Done(Made::Comment { page, .. })) => Some(page),
            Some(Outcome::Done(_) | Outcome::Refused(_) | Outcome::Lost { .. }) | None => None,
        };
        let is_shown = drawn.status == EffectStatus::Done;
        Ok(Some(Panel { text, drawn_at: drawn.created_at, is_shown, page }))
    }

    async fn alarms(&self, lane: &Lane, id: PromotionId) -> anyhow::Result<Vec<Due>> {
        let timers: BTreeMap<String, Timestamp> = self.store.timers(lane).await?;
        let mut due: Vec<Due> = timers
            .iter()
            .filter_map(|(key, at)| match key.parse().ok()? {
                TimerKey::Promotion { promotion, what, number } if promotion == id => {
                    Some(Due { what, number, at: *at })
                }
                TimerKey::Promotion { .. }
                | TimerKey::RunsOf(_)
                | TimerKey::Draft(_)
                | TimerKey::Milestone(_) => None,
            })
            .collect();
        due.sort_by_key(|due| due.at);
        Ok(due)
    }

    async fn orders(&self, lane: &Lane, id: PromotionId) -> anyhow::Result<Vec<Order>> {
        let own = format!("{id}:");
        let open = self.store.effects_without_a_good_end(lane).await?;
        Ok(open
            .into_iter()
            .filter(|effect| effect.subject.starts_with(&own))
            .filter_map(|it| self.order(it))
            .collect())
    }

    fn order(&self, effect: EffectRow) -> Option<Order> {
        let standing = match effect.status {
            EffectStatus::Waiting => Standing::Waiting { until: effect.run_at },
            EffectStatus::Sending => Standing::Sending,
            EffectStatus::Refused => Standing::Refused,
            EffectStatus::Lost => Standing::Lost,
            EffectStatus::Done | EffectStatus::Superseded => return None,
        };
        Some(Order {
            subject: effect.subject,
            kind: effect.kind,
            since: effect.created_at,
            attempts: u32::try_from(effect.attempts).unwrap_or(u32::MAX),
            standing,
            // S27: what was put off has its reason as it came.
            heard: effect.outcome.map(|stored| self.redactor.redact(&heard(stored))),
        })
    }
}

fn is_end(entry: &Entry) -> bool {
    matches!(entry.step, Step::PromotionEnded { .. })
}

/// The row as far as it is about this promotion.
fn entry(stored: &JournalRow, texts: Vec<StoredText>, id: PromotionId) -> anyhow::Result<Option<Entry>> {
    let row: Row = serde_json::from_str(&stored.row)
        .with_context(|| format!("row {} of the journal cannot be read", stored.seq))?;
    let Event::Promotion(step) = row.event()? else { return Ok(None) };
    Ok((step.promotion() == id).then(|| Entry {
        row: Written { seq: row.seq, at: row.at },
        actor: row.actor,
        policy: row.policy,
        texts: texts.into_iter().map(|text| (text.name, text.value)).collect(),
        step: *step,
    }))
}

/// What was heard, in words; what is put off has its reason as it is.
fn heard(stored: String) -> String {
    match serde_json::from_str(&stored) {
        Ok(Outcome::Refused(refusal)) => refusal.said().to_owned(),
        Ok(Outcome::Lost { why }) => why,
        Ok(Outcome::Done(_)) | Err(_) => stored,
    }
}
