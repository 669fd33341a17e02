//! The commits of a range with the changes that brought them. Which of them a release shows is not decided here.
//!
//! GitLab does not tell a commit's merge request beside it. The merge requests that were merged meanwhile are listed, and found again in the
//! graph by the commit that each put there; only what is left on the first-parent line is asked for one by one. What a merge brought in
//! besides, `plan` knows by the graph.

mod listed;

use std::collections::{HashMap, HashSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;

use super::actor::AT_ONCE;
use super::change::{self, Merge};
use super::inside::{self, Wanted};
use super::writers::{Made, People, Signed};
use super::{commit, writers};
use crate::domain::change::RangeCommit;
use crate::domain::id::{ActorId, CommitId};
use crate::domain::query::RangeAsked;
use crate::forge::fault::Fault;
use crate::forge::gitlab::read::Reader;
use crate::forge::lineage::{Node, newest_first};
use crate::forge::merge::merged;

/// So many merge requests are looked through, the newest first: those of a range of the most commits.
const MERGE_PAGES: u32 = 50;
/// The commits of one merge request are looked through to this many hundred.
const COMMIT_PAGES: u32 = 5;
/// The newest commits that nothing else explains are asked for one by one, so many of them. An older one counts as pushed directly.
const LOOKUPS: usize = 100;

#[derive(Debug, Clone, Deserialize)]
struct Commit {
    id: String,
    #[serde(default)]
    parent_ids: Vec<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    author_name: String,
    #[serde(default)]
    author_email: Option<String>,
    #[serde(default)]
    committer_name: Option<String>,
    #[serde(default)]
    committer_email: Option<String>,
    committed_date: Timestamp,
}

impl Commit {
    /// Whose names it bears. REST tells no accounts.
    fn signed(&self) -> Signed {
        Signed {
            sha: self.id.clone(),
            message: Some(self.message.clone()),
            author_name: Some(self.author_name.clone()),
            author_email: self.author_email.clone(),
            committer_name: self.committer_name.clone(),
            committer_email: self.committer_email.clone(),
            author: None,
        }
    }
}

/// The commits that the head has and the base lacks, newest first; `None` where base or head are not there.
pub(super) async fn commits(
    reader: &Reader<'_>,
    asked: &RangeAsked,
) -> Result<Option<Vec<RangeCommit>>, Fault> {
    let Some(commits) = listed::all(reader, asked).await? else { return Ok(None) };
    let commits = newest_first(commits, node);
    let brought = brought(reader, &commits).await?;
    // What is only shown names nobody: who wrote and approved costs a question for every few merge requests.
    let people = if asked.with_people {
        writers::of(reader, made(&commits, &brought)).await?
    } else {
        People::default()
    };
    let ours = change::ours(reader, brought.values()).await?;
    commits
        .into_iter()
        .map(|commit| {
            let merge = brought.get(&commit.id);
            let reviewers = merge.map(|merge| people.approvers(merge.iid)).unwrap_or_default();
            let writers = people.behind(merge.map(|merge| merge.iid), &commit.id);
            Ok(RangeCommit { reviewers, writers, ..told(commit, merge, ours)? })
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

/// The merge requests of a range, and what none of them put there.
fn made(commits: &[Commit], brought: &HashMap<String, Merge>) -> Made {
    let direct = commits.iter().filter(|commit| !brought.contains_key(&commit.id)).map(Commit::signed);
    Made { merges: brought.values().map(|merge| merge.iid).collect(), commits: direct.collect() }
}

fn node(commit: &Commit) -> Node<'_> {
    let parents = commit.parent_ids.iter().map(String::as_str).collect();
    Node { id: &commit.id, parents, at: commit.committed_date }
}

fn told(commit: Commit, merge: Option<&Merge>, ours: Option<ActorId>) -> Result<RangeCommit, Fault> {
    let id = |text: &str| CommitId::parse(text).map_err(|_| Fault::lacks("a readable commit name"));
    Ok(RangeCommit {
        id: id(&commit.id)?,
        parents: commit.parent_ids.iter().map(|parent| id(parent)).collect::<Result<_, _>>()?,
        merges: merged(&commit.message),
        message: commit.message,
        author: commit.author_name,
        change: merge.map(|merge| merge.change(ours)).transpose()?,
        reviewers: vec![],
        writers: None,
        paths: None,
    })
}

/// The merge request that brought each commit, as far as there is one.
async fn brought(reader: &Reader<'_>, commits: &[Commit]) -> Result<HashMap<String, Merge>, Fault> {
    let line = first_parents(commits);
    let Some(oldest) = line.iter().map(|commit| commit.committed_date).min() else {
        return Ok(HashMap::new());
    };
    let merged = merged_since(reader, oldest).await?;
    let known: HashSet<&str> = commits.iter().map(|commit| commit.id.as_str()).collect();
    let mut brought = landings(&merged, &known);
    follow(reader, &line, &mut brought).await?;
    let left: Vec<&&Commit> =
        line.iter().filter(|commit| !brought.contains_key(&commit.id)).take(LOOKUPS).collect();
    for some in left.chunks(AT_ONCE) {
        let found = try_join_all(some.iter().map(|commit| change::bringer(reader, &commit.id))).await?;
        let found = some.iter().zip(found).filter_map(|(commit, merge)| Some((commit.id.clone(), merge?)));
        brought.extend(found);
    }
    Ok(brought)
}

/// The first-parent line from the newest commit, newest first: where merge requests land.
fn first_parents(commits: &[Commit]) -> Vec<&Commit> {
    let by_name: HashMap<&str, &Commit> = commits.iter().map(|commit| (commit.id.as_str(), commit)).collect();
    let parent = |commit: &&Commit| by_name.get(commit.parent_ids.first()?.as_str()).copied();
    std::iter::successors(commits.first(), parent).collect()
}

/// What was merged into this project since then, best first. A merge touches its merge request, so none that is older counts.
async fn merged_since(reader: &Reader<'_>, since: Timestamp) -> Result<Vec<Merge>, Fault> {
    let route = change::all(reader).with("state", "merged").with("updated_after", since);
    let route = route.with("order_by", "updated_at").with("sort", "desc").with("per_page", 100);
    let mut merged: Vec<Merge> = reader.api().pages(&route, MERGE_PAGES, |_| false).await?;
    merged.retain(|merge| merge.is_merged_into(reader.project));
    merged.sort_by_key(|merge| merge.rank(reader.project));
    Ok(merged)
}

/// Each known commit that a merge request put there: its merge, else its squash, else the newest of its own.
fn landings(merged: &[Merge], known: &HashSet<&str>) -> HashMap<String, Merge> {
    let kinds: [fn(&Merge) -> Option<&String>; 3] = [
        |merge| merge.merge_commit_sha.as_ref(),
        |merge| merge.squash_commit_sha.as_ref(),
        |merge| merge.sha.as_ref(),
    ];
    let mut landings = HashMap::new();
    for name in kinds {
        for merge in merged {
            if let Some(name) = name(merge).filter(|name| known.contains(name.as_str())) {
                landings.entry(name.clone()).or_insert_with(|| merge.clone());
            }
        }
    }
    landings
}

/// Where merge requests land without a merge commit, all their commits stand on the line, and only the newest is known so
/// far: the rest is asked for, of many at once, where there is any.
async fn follow(
    reader: &Reader<'_>,
    line: &[&Commit],
    brought: &mut HashMap<String, Merge>,
) -> Result<(), Fault> {
    let pairs = line.windows(2).filter(|pair| !brought.contains_key(&pair[1].id));
    let tips = pairs.filter_map(|pair| brought.get(&pair[0].id).filter(|merge| merge.landed_by_itself()));
    let tips: Vec<Merge> = tips.cloned().collect();
    let numbers: Vec<u64> = tips.iter().map(|merge| merge.iid).collect();
    let found = match inside::of(reader, &numbers, Wanted::Names).await {
        Err(Fault::Denied { .. }) => one_by_one(reader, &numbers).await?,
        found => found?.iter().map(|one| (one.number(), one.names())).collect(),
    };
    for merge in tips {
        for commit in found.get(&merge.iid).into_iter().flatten() {
            brought.entry(commit.clone()).or_insert_with(|| merge.clone());
        }
    }
    Ok(())
}

/// The commits of merge requests, for a GitLab that does not tell them of many at once.
async fn one_by_one(reader: &Reader<'_>, numbers: &[u64]) -> Result<HashMap<u64, Vec<String>>, Fault> {
    let mut all = HashMap::new();
    for some in numbers.chunks(AT_ONCE) {
        let found = try_join_all(some.iter().map(|number| commits_of(reader, *number))).await?;
        all.extend(some.iter().copied().zip(found));
    }
    Ok(all)
}

async fn commits_of(reader: &Reader<'_>, merge: u64) -> Result<Vec<String>, Fault> {
    let route = change::all(reader).then(merge).then("commits").with("per_page", 100);
    let found: Vec<commit::Named> = reader.api().pages(&route, COMMIT_PAGES, |_| false).await?;
    Ok(found.into_iter().map(|commit| commit.id).collect())
}
