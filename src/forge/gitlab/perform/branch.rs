//! Branches made for people: at a commit, or with the commits of a merge request picked onto another branch, which GitLab does itself.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::errand::{Backport, contested, nothing_new};
use crate::domain::id::{BranchName, ChangeNumber, CommitId};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::branch_head;
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};

#[derive(Deserialize)]
pub(super) struct Merge {
    pub(super) iid: u64,
    pub(super) web_url: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sha: Option<String>,
}

#[derive(Deserialize)]
struct Diff {
    new_path: String,
}

#[derive(Deserialize)]
struct Comparison {
    #[serde(default)]
    diffs: Vec<Diff>,
}

#[derive(Deserialize)]
struct Commit {
    #[serde(default)]
    parent_ids: Vec<String>,
}

/// Makes a branch at a commit, or adopts one that is there on it.
pub(super) async fn ensure(
    work: &Work<'_>,
    branch: &BranchName,
    commit: &CommitId,
) -> Result<Made, PerformError> {
    match make(work, branch, commit.as_str()).await {
        Ok(()) => Ok(Made::Nothing),
        Err(fault @ Fault::Denied { status: 400, .. }) => {
            match branch_head(work.gitlab, work.order.project, branch).await.map_err(Fault::of_lookup)? {
                Some(there) if there == *commit => Ok(Made::Nothing),
                Some(there) => Err(PerformError::Refused(Refusal::Taken { by: Some(there) })),
                None => Err(fault.of_write()),
            }
        }
        Err(fault) => Err(fault.of_write()),
    }
}

/// Picks commits onto a branch of their own and opens a merge request. One that is open or merged is adopted; of one that was given up
/// the branch is, where it stands as it did.
pub(super) async fn ensure_backport(work: &Work<'_>, wanted: &Backport) -> Result<Made, PerformError> {
    let before = list(work, (&wanted.branch, &wanted.target), "all").await?;
    let is_open = |merge: &&Merge| merge.state == "opened";
    let answer = before.iter().find(is_open).or_else(|| before.iter().find(|merge| merge.state != "closed"));
    if let Some(merge) = answer {
        return Ok(made(merge));
    }
    if let Some(left) = before.first().and_then(|merge| merge.sha.as_ref()) {
        let there = branch_head(work.gitlab, work.order.project, &wanted.branch).await;
        if there.map_err(Fault::of_lookup)?.is_some_and(|there| there.as_str() == left) {
            return open(work, wanted).await;
        }
    }
    if work.may_be_done() {
        // What an earlier attempt picked, and how much of it, is not known: it begins anew.
        remove(work, &wanted.branch).await?;
    }
    match make(work, &wanted.branch, wanted.target.as_str()).await {
        Ok(()) => {}
        Err(Fault::Denied { status: 400, .. }) => {
            return Err(PerformError::Refused(Refusal::Taken { by: None }));
        }
        Err(fault) => return Err(fault.of_write()),
    }
    let mut picked = 0;
    for commit in &wanted.commits {
        match pick(work, wanted, commit).await {
            Ok(is_new) => picked += usize::from(is_new),
            Err(refused) => {
                remove(work, &wanted.branch).await?;
                return Err(refused);
            }
        }
    }
    if picked == 0 {
        remove(work, &wanted.branch).await?;
        return Err(PerformError::Refused(nothing_new()));
    }
    open(work, wanted).await
}

/// The newest merge request between two branches that stands so (`opened`, `all`).
pub(super) async fn find(
    work: &Work<'_>,
    (branch, target): (&BranchName, &BranchName),
    state: &str,
) -> Result<Option<Merge>, PerformError> {
    list(work, (branch, target), state).await.map(|found| found.into_iter().next())
}

/// The merge requests between two branches that stand so, newest first.
async fn list(
    work: &Work<'_>,
    (branch, target): (&BranchName, &BranchName),
    state: &str,
) -> Result<Vec<Merge>, PerformError> {
    let route = work.project().then("merge_requests").with("source_branch", branch);
    let route = route.with("target_branch", target).with("state", state);
    work.api().get(&route).await.map_err(Fault::of_lookup)
}

async fn make(work: &Work<'_>, branch: &BranchName, at: &str) -> Result<(), Fault> {
    let body = json!({ "branch": branch, "ref": at });
    work.api().post::<IgnoredAny>(&work.project().down("repository/branches"), body).await.map(drop)
}

async fn remove(work: &Work<'_>, branch: &BranchName) -> Result<(), PerformError> {
    let route = work.project().down("repository/branches").then(branch);
    if_there(work.api().delete(&route).await).map(drop).map_err(Fault::of_write)
}

/// Whether the commit brought something. GitLab says by a word of its own what is there already and what does not fit:
/// <https://docs.gitlab.com/api/commits/#cherry-pick-a-commit>
async fn pick(work: &Work<'_>, wanted: &Backport, commit: &CommitId) -> Result<bool, PerformError> {
    let one = || work.project().down("repository/commits").then(commit);
    let body = json!({ "branch": wanted.branch, "dry_run": false });
    match work.api().post::<IgnoredAny>(&one().then("cherry_pick"), body).await {
        Ok(_) => Ok(true),
        Err(Fault::Denied { status: 400, said }) if said.ends_with("(empty)") => Ok(false),
        Err(Fault::Denied { status: 400, .. }) => {
            let (files, is_merge) = conflicting(work, one(), &wanted.target).await?;
            Err(PerformError::Refused(Refusal::Conflict { commit: commit.clone(), files, is_merge }))
        }
        Err(fault) => Err(fault.of_write()),
    }
}

/// The files that the commit changed and that the branch changed since they parted (all of the commit's where there are none), and
/// whether it is a merge.
async fn conflicting(
    work: &Work<'_>,
    one: Route,
    target: &BranchName,
) -> Result<(Vec<String>, bool), PerformError> {
    let commit: Commit = work.api().get(&one).await.map_err(Fault::of_lookup)?;
    let theirs: Vec<Diff> = work.api().get(&one.then("diff")).await.map_err(Fault::of_lookup)?;
    let parent = commit.parent_ids.first().map(String::as_str).unwrap_or_default();
    let since = work.project().down("repository/compare").with("from", parent).with("to", target);
    let ours: Comparison = work.api().get(&since).await.map_err(Fault::of_lookup)?;
    let names = |diffs: Vec<Diff>| diffs.into_iter().map(|diff| diff.new_path).collect();
    Ok((contested(names(theirs), &names(ours.diffs)), commit.parent_ids.len() > 1))
}

async fn open(work: &Work<'_>, wanted: &Backport) -> Result<Made, PerformError> {
    let body = json!({
        "title": wanted.title,
        "source_branch": wanted.branch,
        "target_branch": wanted.target,
        "description": work.pen().marked(&wanted.text, &marker(work.order.key)),
        "labels": wanted.labels.join(","),
        "remove_source_branch": true,
    });
    let route = work.project().then("merge_requests");
    let merge: Merge = work.api().post(&route, body).await.map_err(Fault::of_write)?;
    Ok(made(&merge))
}

fn made(merge: &Merge) -> Made {
    Made::Change { number: ChangeNumber(merge.iid), page: merge.web_url.clone() }
}
