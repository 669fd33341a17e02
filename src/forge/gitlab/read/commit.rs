//! Commits by name, and the branch that contains one. Whether that branch may be released from is not decided here.

use serde::Deserialize;

use crate::domain::id::{BranchName, CommitId};
use crate::domain::query::{BranchAsked, Holding};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// A thousand branches that contain a commit are looked through.
const PAGES: u32 = 10;

/// A commit of which only the name is read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
}

impl Named {
    fn commit(&self) -> Result<CommitId, Fault> {
        CommitId::parse(self.id.as_str()).map_err(|_| Fault::lacks("a readable commit name"))
    }
}

#[derive(Deserialize)]
struct Branch {
    commit: Named,
    protected: bool,
    /// Whether it is the default one.
    #[serde(default)]
    default: bool,
}

#[derive(Deserialize)]
struct Ref {
    name: String,
}

/// A commit by its full or abbreviated name, or the newest one of a branch by `refs/heads/name` or `HEAD` (the default
/// branch). A branch or tag that happens to be spelled like a commit does not count.
pub(super) async fn named(reader: &Reader<'_>, name: &str) -> Result<Option<CommitId>, Fault> {
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        let Ok(branch) = BranchName::parse(branch) else { return Ok(None) };
        return newest_of(reader, &branch).await;
    }
    if name == "HEAD" {
        return at(reader, name).await;
    }
    let digits = name.to_ascii_lowercase();
    if !(4..=64).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(None);
    }
    Ok(at(reader, &digits).await?.filter(|commit| commit.as_str().starts_with(&digits)))
}

/// Where one commit is.
pub(super) fn one(reader: &Reader<'_>, name: &str) -> Route {
    reader.route().down("repository/commits").then(name)
}

async fn at(reader: &Reader<'_>, name: &str) -> Result<Option<CommitId>, Fault> {
    let found: Option<Named> = if_there(reader.api().get(&one(reader, name).with("stats", false)).await)?;
    found.map(|found| found.commit()).transpose()
}

/// The default branch and its newest commit; `None` where the project is empty. One question does where the default branch is the
/// one that was seen last: the branch itself says so.
pub(super) async fn newest(reader: &Reader<'_>) -> Result<Option<(BranchName, CommitId)>, Fault> {
    if let Some(seen) = &reader.project.default_branch
        && let Some(branch) = branch(reader, seen.as_str()).await?
        && branch.default
    {
        return Ok(Some((seen.clone(), branch.commit.commit()?)));
    }
    let Some(name) = reader.itself().await?.default_branch else { return Ok(None) };
    let name = BranchName::parse(name).map_err(|error| Fault::Unreadable(error.into()))?;
    Ok(newest_of(reader, &name).await?.map(|commit| (name, commit)))
}

/// The newest commit of a branch; `None` where there is no such branch.
pub(super) async fn newest_of(reader: &Reader<'_>, branch: &BranchName) -> Result<Option<CommitId>, Fault> {
    self::branch(reader, branch.as_str()).await?.map(|branch| branch.commit.commit()).transpose()
}

async fn branch(reader: &Reader<'_>, name: &str) -> Result<Option<Branch>, Fault> {
    if_there(reader.api().get(&reader.route().down("repository/branches").then(name)).await)
}

/// Whether the head descends from the commit, or is it.
pub(super) async fn is_ancestor(reader: &Reader<'_>, commit: &CommitId, head: &str) -> Result<bool, Fault> {
    if commit.as_str() == head {
        return Ok(true);
    }
    let route = reader.route().down("repository/merge_base").with("refs[]", commit).with("refs[]", head);
    match reader.api().get::<Named>(&route).await {
        Ok(base) => Ok(base.id == commit.as_str()),
        // "Could not find ref" is 400; two that have nothing in common are 404.
        Err(Fault::Denied { status: 400 | 404, .. }) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Whether a branch contains a commit; `None`: there is no such branch.
pub(super) async fn holds(reader: &Reader<'_>, asked: &Holding) -> Result<Option<bool>, Fault> {
    if branch(reader, asked.branch.as_str()).await?.is_none() {
        return Ok(None);
    }
    // Spelled so that a tag of the same name cannot be meant.
    is_ancestor(reader, &asked.commit, &format!("refs/heads/{}", asked.branch)).await.map(Some)
}

/// The default branch where it contains the commit, else the first listed and protected one that does.
pub(super) async fn branch_of(reader: &Reader<'_>, asked: &BranchAsked) -> Result<Option<BranchName>, Fault> {
    let default = reader.itself().await?.default_branch.and_then(|name| BranchName::parse(name).ok());
    if let Some(default) = default
        // Spelled so that a tag of the same name cannot be meant.
        && is_ancestor(reader, &asked.commit, &format!("refs/heads/{default}")).await?
    {
        return Ok(Some(default));
    }
    if asked.listed.is_empty() {
        return Ok(None);
    }
    let route = one(reader, asked.commit.as_str()).then("refs").with("type", "branch").with("per_page", 100);
    let found: Option<Vec<Ref>> = if_there(reader.api().pages(&route, PAGES, |_| false).await)?;
    let names = found.into_iter().flatten().filter_map(|found| BranchName::parse(found.name).ok());
    for name in names.filter(|name| asked.listed.iter().any(|pattern| pattern.matches(name))) {
        if branch(reader, name.as_str()).await?.is_some_and(|branch| branch.protected) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
