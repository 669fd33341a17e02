//! Which files the commits of a range touch: as the mirror knows, else as the forge tells, each commit asked once (invariant 12). What follows from it is decided in `domain`.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::domain::change::RangeCommit;
use crate::domain::id::CommitId;
use crate::domain::query::{Answer, Query};
use crate::domain::state::Project;
use crate::forge::{Forge, ReadError};
use crate::store::{CommitMirror, MirrorRow};

/// The newest commits that nobody has told of are asked for one by one, so many of them in one unit. An older one stays
/// unknown until the next unit asks: its change counts in every component meanwhile.
const LOOKUPS: usize = 200;
/// So many at once.
const AT_ONCE: usize = 10;

/// What the mirror holds of a commit.
#[derive(Serialize, Deserialize)]
struct Mirrored {
    paths: Vec<String>,
}

/// A commit's files as the mirror keeps them.
pub(super) fn row(commit: &CommitId, paths: &[String]) -> MirrorRow {
    let mirrored = Mirrored { paths: paths.to_vec() };
    MirrorRow::Commit(CommitMirror {
        commit: commit.clone(),
        json: serde_json::to_string(&mirrored).expect("a list of texts"),
    })
}

/// A commit's files as the mirror kept them; `None`: that cannot be read any more, and is asked for again.
pub(super) fn mirrored(row: &CommitMirror) -> Option<Vec<String>> {
    serde_json::from_str::<Mirrored>(&row.json).ok().map(|mirrored| mirrored.paths)
}

/// What one unit has learned. Ranges of several components overlap, and none of their commits is asked for twice.
#[derive(Debug, Default)]
pub(super) struct Touched(Mutex<BTreeMap<CommitId, Option<Vec<String>>>>);

impl Touched {
    /// Adds to the commits of a range what they touch. What nobody tells stays unknown.
    ///
    /// # Errors
    /// Where the forge does not answer.
    pub(super) async fn complete(
        &self,
        (forge, project): (&dyn Forge, &Project),
        known: &BTreeMap<CommitId, Vec<String>>,
        commits: &mut [RangeCommit],
    ) -> Result<(), ReadError> {
        let mut learned = self.0.lock().await;
        let is_open = |commit: &&RangeCommit| {
            // A merge brings nothing of its own.
            commit.paths.is_none()
                && commit.parents.len() < 2
                && !known.contains_key(&commit.id)
                && !learned.contains_key(&commit.id)
        };
        let left = LOOKUPS.saturating_sub(learned.len());
        let open: Vec<CommitId> =
            commits.iter().filter(is_open).take(left).map(|commit| commit.id.clone()).collect();
        for some in open.chunks(AT_ONCE) {
            let told = join_all(some.iter().map(|commit| touched(forge, project, commit))).await;
            for (commit, told) in some.iter().zip(told) {
                learned.insert(commit.clone(), told?);
            }
        }
        for commit in commits.iter_mut().filter(|commit| commit.paths.is_none()) {
            let told = || learned.get(&commit.id).cloned().flatten();
            commit.paths = known.get(&commit.id).cloned().or_else(told);
        }
        Ok(())
    }

    /// What is to be kept of it.
    pub(super) fn rows(self) -> Vec<MirrorRow> {
        let learned = self.0.into_inner();
        learned.iter().filter_map(|(commit, paths)| Some(row(commit, paths.as_deref()?))).collect()
    }
}

async fn touched(
    forge: &dyn Forge,
    project: &Project,
    commit: &CommitId,
) -> Result<Option<Vec<String>>, ReadError> {
    match forge.read(project, &Query::Touched(commit.clone())).await {
        Ok(Some(Answer::Touched(paths))) => Ok(Some(paths)),
        Ok(_) | Err(ReadError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
