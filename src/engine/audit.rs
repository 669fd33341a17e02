//! Reading a lane's journal from its first row: verifying the chain, and folding it into the state again (invariant 4).

use std::collections::BTreeMap;

use anyhow::{Context, bail};

use super::Engine;
use crate::domain::id::Lane;
use crate::domain::journal::{Row, SALT_LENGTH, Salted, Tip, verify};
use crate::domain::state::{STATE_VERSION, State, Written};
use crate::store::StoredState;

/// How many rows are read at once.
const PAGE: u32 = 500;

/// What an audit of one lane found to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The lane.
    pub lane: Lane,
    /// How many rows it has.
    pub rows: u64,
    /// The hash of the newest one.
    pub head: String,
}

impl Engine {
    /// Verifies a lane's chain and that its state is what the journal says.
    ///
    /// # Errors
    /// The first row that is missing, changed or out of place; or that the stored state is not the fold of the journal.
    pub async fn audit(&self, lane: &Lane) -> anyhow::Result<Audited> {
        let (state, tip) = self.read_journal(lane).await?;
        let stored = self.store.state(lane).await?;
        if let Some(stored) = stored.filter(|stored| stored.state_version == STATE_VERSION) {
            let kept: State =
                serde_json::from_str(&stored.json).context("the stored state cannot be read")?;
            if stored.seq.cast_unsigned() != tip.seq || stored.last_hash != tip.hash {
                bail!("the journal ends at row {}, the state was made from row {}", tip.seq, stored.seq);
            }
            if kept != state {
                bail!("the stored state is not what the journal says");
            }
        }
        Ok(Audited { lane: lane.clone(), rows: tip.seq, head: tip.hash })
    }

    /// A lane's state as it is stored; one that another version wrote is folded from the journal again.
    pub(super) async fn understood(&self, lane: &Lane, stored: &StoredState) -> anyhow::Result<State> {
        if stored.state_version == STATE_VERSION {
            return serde_json::from_str(&stored.json).context("the stored state cannot be read");
        }
        self.fold(lane).await.context("folding the journal")
    }

    /// Folds a lane's journal into its state.
    pub(super) async fn fold(&self, lane: &Lane) -> anyhow::Result<State> {
        Ok(self.read_journal(lane).await?.0)
    }

    async fn read_journal(&self, lane: &Lane) -> anyhow::Result<(State, Tip)> {
        let mut state = State::default();
        let mut tip = Tip::default();
        loop {
            let page = self.store.journal(lane, (tip.seq + 1).cast_signed(), PAGE).await?;
            if page.is_empty() {
                return Ok((state, tip));
            }
            for stored in page {
                let row: Row = serde_json::from_str(&stored.row)
                    .with_context(|| format!("row {} of {lane} cannot be read", stored.seq))?;
                let texts = self.texts_of(lane, row.seq).await?;
                tip = verify(&tip, &row, &texts).with_context(|| format!("lane {lane}"))?;
                state.apply(&row.event()?, Written { seq: row.seq, at: row.at });
            }
        }
    }

    async fn texts_of(&self, lane: &Lane, seq: u64) -> anyhow::Result<BTreeMap<String, Salted>> {
        let texts = self.store.texts(lane, seq.cast_signed()).await?;
        texts
            .into_iter()
            .map(|text| {
                let salt: [u8; SALT_LENGTH] = text
                    .salt
                    .try_into()
                    .ok()
                    .with_context(|| format!("the salt of `{}` has a wrong length", text.name))?;
                Ok((text.name, Salted { salt, text: text.value }))
            })
            .collect()
    }
}
