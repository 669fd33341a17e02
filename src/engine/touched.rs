//! Which files the commits of a range touch: as the mirror knows, else as the forge tells, each asked once (invariant 12). What follows from it is decided in `domain`.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::domain::change::RangeCommit;
use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::plan::untold;
use crate::domain::query::{Answer, Query};
use crate::domain::state::Project;
use crate::forge::{Forge, ReadError};
use crate::store::{CommitMirror, MirrorRow};

/// Of so many changes, the newest, it is asked in one unit. An older one stays unknown until the next unit asks: it counts in
/// every component meanwhile.
const CHANGES: usize = 1_000;
/// The newest commits that no change brought are asked for one by one, so many of them in one unit.
const COMMITS: usize = 200;
/// So many at once.
const AT_ONCE: usize = 10;

/// The files of commits. Those of a change stand beside its head.
pub(super) type Files = BTreeMap<CommitId, Vec<String>>;

/// The same, asked for; `None`: the forge does not tell.
type Learned = BTreeMap<CommitId, Option<Vec<String>>>;

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

/// The commits of a range, and the heads of the changes that brought them: all under which the mirror may know files.
pub(super) fn names(commits: &[RangeCommit]) -> Vec<CommitId> {
    let heads = commits.iter().filter_map(|commit| commit.change.as_ref().map(|change| &change.head));
    let names: BTreeSet<&CommitId> = commits.iter().map(|commit| &commit.id).chain(heads).collect();
    names.into_iter().cloned().collect()
}

/// What one unit has learned. Ranges of several components overlap, and nothing of them is asked for twice.
#[derive(Debug, Default)]
pub(super) struct Touched(Mutex<Learned>);

impl Touched {
    /// Adds to the commits of a range what they touch. What nobody tells stays unknown.
    ///
    /// # Errors
    /// Where the forge does not answer.
    pub(super) async fn complete(
        &self,
        (forge, project): (&dyn Forge, &Project),
        known: &Files,
        commits: &mut [RangeCommit],
    ) -> Result<(), ReadError> {
        let mut learned = self.0.lock().await;
        tell(commits, known, &learned);
        let open = untold(commits);
        let changes = open.iter().filter_map(|one| one.change.as_ref());
        let changes: BTreeMap<ChangeNumber, CommitId> = changes
            .filter(|change| !learned.contains_key(&change.head))
            .take(CHANGES)
            .map(|change| (change.change, change.head.clone()))
            .collect();
        learned.extend(of_changes((forge, project), changes).await?);
        let alone = open.iter().filter(|one| one.change.is_none()).flat_map(|one| &one.commits);
        let alone: Vec<&CommitId> =
            alone.filter(|commit| !learned.contains_key(commit)).take(COMMITS).collect();
        for some in alone.chunks(AT_ONCE) {
            let told = join_all(some.iter().map(|commit| of_commit((forge, project), commit))).await;
            for (commit, told) in some.iter().zip(told) {
                learned.insert((*commit).clone(), told?);
            }
        }
        tell(commits, known, &learned);
        Ok(())
    }

    /// What is to be kept of it.
    pub(super) fn rows(self) -> Vec<MirrorRow> {
        let learned = self.0.into_inner();
        learned.iter().filter_map(|(commit, paths)| Some(row(commit, paths.as_deref()?))).collect()
    }
}

/// Tells each commit its own files, else those of the change that brought it.
fn tell(commits: &mut [RangeCommit], known: &Files, learned: &Learned) {
    let of = |commit: &CommitId| known.get(commit).or_else(|| learned.get(commit)?.as_ref()).cloned();
    for commit in commits.iter_mut().filter(|commit| commit.paths.is_none()) {
        let head = commit.change.as_ref().map(|change| &change.head);
        commit.paths = of(&commit.id).or_else(|| of(head?));
    }
}

/// The files of changes, by their heads; `None` of those of which the forge does not tell all.
async fn of_changes(
    (forge, project): (&dyn Forge, &Project),
    changes: BTreeMap<ChangeNumber, CommitId>,
) -> Result<Learned, ReadError> {
    let mut told = files((forge, project), changes.keys().copied().collect()).await?;
    Ok(changes.into_iter().map(|(change, head)| (head, told.remove(&change))).collect())
}

/// The files of changes, as the forge tells them now.
///
/// # Errors
/// Where the forge does not answer.
pub(super) async fn files(
    (forge, project): (&dyn Forge, &Project),
    changes: BTreeSet<ChangeNumber>,
) -> Result<BTreeMap<ChangeNumber, Vec<String>>, ReadError> {
    if changes.is_empty() {
        return Ok(BTreeMap::new());
    }
    match forge.read(project, &Query::Files(changes)).await {
        Ok(Some(Answer::Files(files))) => Ok(files),
        Ok(_) | Err(ReadError::Refused { .. }) => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

async fn of_commit(
    (forge, project): (&dyn Forge, &Project),
    commit: &CommitId,
) -> Result<Option<Vec<String>>, ReadError> {
    match forge.read(project, &Query::Touched(commit.clone())).await {
        Ok(Some(Answer::Touched(paths))) => Ok(Some(paths)),
        Ok(_) | Err(ReadError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
