//! The commits by which a merge request landed on its base branch, and the newest commit of a branch. What is done with them is not known here.

use serde::Deserialize;

use super::Reader;
use super::account::{User, certain};
use super::change::Merge;
use crate::domain::id::{Actor, BranchName, ChangeNumber, CommitId};
use crate::domain::state::Project;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::GitLab;
use crate::forge::route::Route;

/// More of its own commits than these are not looked at.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Branch {
    commit: Commit,
}

#[derive(Deserialize)]
struct Merged {
    merge_user: Option<User>,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
}

fn parsed(commit: Commit) -> Result<CommitId, Fault> {
    CommitId::parse(commit.id).map_err(|_| Fault::lacks("a commit"))
}

/// The newest commit of a branch; `None`: there is no such branch.
pub(in crate::forge::gitlab) async fn branch_head(
    gitlab: &GitLab,
    project: &Project,
    branch: &BranchName,
) -> Result<Option<CommitId>, Fault> {
    let route = Route::project(project.id.number).down("repository/branches").then(branch);
    let found: Option<Branch> = if_there(gitlab.api.get(&route).await)?;
    found.map(|branch| parsed(branch.commit)).transpose()
}

/// Who merged it; `None`: it is not merged, or nobody knows.
pub(super) async fn by(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Actor>, Fault> {
    let route = reader.route().then("merge_requests").then(number);
    let found: Option<Merged> = if_there(reader.api().get(&route).await)?;
    match found.and_then(|merge| merge.merge_user) {
        Some(user) => certain(reader, &user).await.map(Some),
        None => Ok(None),
    }
}

/// Oldest first: a merge or a squash is one commit; a fast-forward put the merge request's own there.
pub(super) async fn of(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Vec<CommitId>>, Fault> {
    let route = reader.route().then("merge_requests").then(number);
    let merge: Option<Merge> = if_there(reader.api().get(&route).await)?;
    let Some(merge) = merge.filter(|merge| merge.is_merged_into(reader.project)) else { return Ok(None) };
    if !merge.landed_by_itself() {
        let landing = merge.landing().and_then(|landing| CommitId::parse(landing).ok());
        return Ok(landing.map(|landing| vec![landing]));
    }
    let mut own: Vec<Commit> = reader.api().get(&route.then("commits").with("per_page", MOST)).await?;
    own.reverse();
    own.into_iter().map(parsed).collect::<Result<_, _>>().map(Some)
}
