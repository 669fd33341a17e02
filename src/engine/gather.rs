//! How a question is answered: from what we hold first, then from the forge. No answer is invented: what cannot be read is unknown.

use serde_json::json;

use super::touched::{self, Learned};
use super::{Engine, policy};
use crate::domain::event::Recorded;
use crate::domain::id::{CommitId, Lane, Malformed};
use crate::domain::journal::{Relied, Row};
use crate::domain::query::{Answer, Contained, Detail, Fact, Facts, Found, Newest, Query};
use crate::domain::state::Project;
use crate::domain::version::Version;
use crate::forge::{Forge, ReadError};
use crate::store::StoreError;

/// Where answers are looked for.
pub(super) struct Library<'a> {
    pub(super) engine: &'a Engine,
    pub(super) lane: &'a Lane,
    pub(super) forge: &'a dyn Forge,
    pub(super) project: &'a Project,
    /// What this unit has learned of commits so far.
    pub(super) learned: &'a Learned,
}

impl Library<'_> {
    /// Answers one question. `Err`: it could not be read now.
    pub(super) async fn answer(&self, query: &Query) -> Result<Option<Answer>, ReadError> {
        match query {
            Query::Policy(Newest) => {
                policy::in_force(self.forge, self.project).await.map(|policy| policy.map(Answer::Policy))
            }
            Query::ReleaseOf(asked) => {
                self.release_of(asked).await.map(|version| version.map(Answer::ReleaseOf))
            }
            Query::Ordered(key) => {
                let known = self.engine.store.ordered(key.as_str()).await.map_err(store_failed)?;
                Ok(Some(Answer::Ordered(known.is_some())))
            }
            Query::Range(asked) if asked.detail == Detail::Paths => self.range(query).await,
            Query::Row(seq) => self.row(*seq).await.map(|row| row.map(Answer::Row)),
            _ => self.forge.read(self.project, query).await,
        }
    }

    /// A range with the files that its commits touch.
    async fn range(&self, query: &Query) -> Result<Option<Answer>, ReadError> {
        let Some(Answer::Range(mut commits)) = self.forge.read(self.project, query).await? else {
            return Ok(None);
        };
        let names: Vec<CommitId> = commits.iter().map(|commit| commit.id.clone()).collect();
        let rows = self.engine.store.commits(self.lane, &names).await.map_err(store_failed)?;
        let known = rows.into_iter().filter_map(|row| Some((row.commit.clone(), touched::mirrored(&row)?)));
        self.learned.complete((self.forge, self.project), &known.collect(), &mut commits).await?;
        Ok(Some(Answer::Range(commits)))
    }

    async fn release_of(&self, asked: &Contained) -> Result<Option<Version>, ReadError> {
        let mut releases =
            self.engine.store.release_of_change(self.lane, asked.change).await.map_err(store_failed)?;
        releases.retain(|release| release.component == asked.component);
        // Oldest first: the first final release brought it to everybody; before that, the newest pre-release.
        let versions: Result<Vec<Version>, _> =
            releases.iter().map(|release| release.version.parse()).collect();
        let versions = versions.map_err(|error: Malformed| corrupt(error))?;
        Ok(versions.iter().find(|version| version.is_final()).or(versions.last()).cloned())
    }

    async fn row(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        let rows = self.engine.store.journal(self.lane, seq.cast_signed(), 1).await.map_err(store_failed)?;
        let Some(stored) = rows.into_iter().find(|row| row.seq == seq.cast_signed()) else { return Ok(None) };
        let row: Row = serde_json::from_str(&stored.row).map_err(corrupt)?;
        let texts = self.engine.store.texts(self.lane, stored.seq).await.map_err(store_failed)?;
        let texts = texts.into_iter().map(|text| (text.name, text.value)).collect();
        Ok(Some(Recorded { event: row.event().map_err(corrupt)?, texts }))
    }
}

/// What a decision relied on, for its journal rows.
pub(super) fn relied_on(facts: &Facts) -> Vec<Relied> {
    facts
        .relied_on()
        .map(|(query, fact)| Relied {
            query: json!(query),
            found: found_word(fact).to_owned(),
            read_at: fact.read_at,
        })
        .collect()
}

fn found_word(fact: &Fact<Answer>) -> &'static str {
    match fact.found {
        Found::Known(_) => "known",
        Found::Absent => "absent",
        Found::Unknown(_) => "unknown",
    }
}

fn store_failed(error: StoreError) -> ReadError {
    ReadError::Unavailable { retry_at: None, whole_installation: false, cause: error.into() }
}

fn corrupt(error: impl Into<anyhow::Error>) -> ReadError {
    ReadError::Corrupt { cause: error.into() }
}
