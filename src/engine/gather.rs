//! How a question is answered: from what we hold first, then from the forge. No answer is invented: what cannot be read is unknown.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use serde_json::json;

use super::Engine;
use super::policy::Files;
use super::touched::{self, Touched};
use crate::domain::change::Change;
use crate::domain::event::Recorded;
use crate::domain::id::{ChangeNumber, CommitId, Lane, Malformed};
use crate::domain::journal::{Relied, Row};
use crate::domain::query::{
    Answer, AtHead, Contained, Detail, Fact, Facts, Found, Held, Newest, PolicyNow, Query,
};
use crate::domain::state::Project;
use crate::domain::version::Version;
use crate::forge::{Forge, ReadError};
use crate::store::{MirrorRow, PolicyMirror, StoreError};

/// For so long a policy that was read serves what only informs, if no push that touches it was heard: a push can be lost, and
/// what another project shares changes unheard.
const HELD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Where answers are looked for.
pub(super) struct Library<'a> {
    pub(super) engine: &'a Engine,
    pub(super) lane: &'a Lane,
    pub(super) forge: &'a dyn Forge,
    pub(super) project: &'a Project,
    /// What this unit has learned of the files of commits so far.
    pub(super) touched: &'a Touched,
    /// What was read on the way and is worth keeping.
    pub(super) learned: Mutex<Vec<MirrorRow>>,
}

impl Library<'_> {
    /// Answers one question. `Err`: it could not be read now.
    pub(super) async fn answer(&self, query: &Query) -> Result<Option<Answer>, ReadError> {
        match query {
            Query::Policy(Newest) => Ok(self.policy().await?.map(Answer::Policy)),
            Query::PolicyHeld(Held) => Ok(self.policy_held().await?.map(Answer::PolicyHeld)),
            Query::ChangeHeld(number) => Ok(self.change_held(*number).await?.map(Answer::ChangeHeld)),
            Query::ReleaseOf(asked) => {
                self.release_of(asked).await.map(|version| version.map(Answer::ReleaseOf))
            }
            Query::Ordered(key) => {
                let known = self.engine.store.ordered(key.as_str()).await.map_err(store_failed)?;
                Ok(Some(Answer::Ordered(known.is_some())))
            }
            Query::Base(_) if !self.may_list_branches().await? => Ok(None),
            Query::FilesHeld(at) => Ok(self.files_held(&at.head).await?.map(Answer::FilesHeld)),
            Query::FilesAt(at) => Ok(self.files_at(at).await?.map(Answer::FilesAt)),
            Query::Range(asked) if asked.detail == Detail::Paths => self.range(query).await,
            Query::Row(seq) => self.row(*seq).await.map(|row| row.map(Answer::Row)),
            _ => self.forge.read(self.project, query).await,
        }
    }

    /// Reads the policy anew, and keeps it for those who only inform.
    async fn policy(&self) -> Result<Option<PolicyNow>, ReadError> {
        let Some(files) = Files::read(self.forge, self.project).await? else { return Ok(None) };
        let json = serde_json::to_string(&files).expect("files have only text keys");
        let row = MirrorRow::Policy(PolicyMirror { read_at: self.engine.clock.now(), json });
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        Ok(Some(files.policy(&self.forge.customs())))
    }

    async fn policy_held(&self) -> Result<Option<PolicyNow>, ReadError> {
        let held = self.engine.store.policy(self.lane).await.map_err(store_failed)?;
        let fresh = held.filter(|held| self.engine.clock.now() < held.read_at + HELD_FOR);
        match fresh.and_then(|held| serde_json::from_str::<Files>(&held.json).ok()) {
            Some(files) => Ok(Some(files.policy(&self.forge.customs()))),
            None => self.policy().await,
        }
    }

    /// Whether releases may come from several branches, as far as we hold the policy: where they do not, nobody asks for one.
    async fn may_list_branches(&self) -> Result<bool, ReadError> {
        let held = self.engine.store.policy(self.lane).await.map_err(store_failed)?;
        let files = held.and_then(|held| serde_json::from_str::<Files>(&held.json).ok());
        let policy = files.and_then(|files| files.policy(&self.forge.customs()).policy.ok());
        Ok(policy.is_none_or(|policy| !policy.branches.is_empty()))
    }

    async fn change_held(&self, number: ChangeNumber) -> Result<Option<Change>, ReadError> {
        let held = self.engine.store.changes(self.lane, &[number]).await.map_err(store_failed)?;
        Ok(held.first().and_then(|held| serde_json::from_str(&held.json).ok()))
    }

    /// What was read on the way and is worth keeping with the unit.
    pub(super) fn learned(self) -> Vec<MirrorRow> {
        self.learned.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// A range with the files that its commits touch.
    async fn range(&self, query: &Query) -> Result<Option<Answer>, ReadError> {
        let Some(Answer::Range(mut commits)) = self.forge.read(self.project, query).await? else {
            return Ok(None);
        };
        let known = self.mirrored(&touched::names(&commits)).await?;
        self.touched.complete((self.forge, self.project), &known, &mut commits).await?;
        Ok(Some(Answer::Range(commits)))
    }

    async fn mirrored(&self, commits: &[CommitId]) -> Result<touched::Files, ReadError> {
        let rows = self.engine.store.commits(self.lane, commits).await.map_err(store_failed)?;
        let known = rows.into_iter().filter_map(|row| Some((row.commit.clone(), touched::mirrored(&row)?)));
        Ok(known.collect())
    }

    async fn files_held(&self, head: &CommitId) -> Result<Option<Vec<String>>, ReadError> {
        Ok(self.mirrored(std::slice::from_ref(head)).await?.remove(head))
    }

    /// The files of a change, kept beside its head: what is merged later needs no second look.
    async fn files_at(&self, at: &AtHead) -> Result<Option<Vec<String>>, ReadError> {
        if let Some(files) = self.files_held(&at.head).await? {
            return Ok(Some(files));
        }
        let mut told = touched::files((self.forge, self.project), BTreeSet::from([at.change])).await?;
        let files = told.remove(&at.change);
        let row = files.as_ref().map(|files| touched::row(&at.head, files));
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).extend(row);
        Ok(files)
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
