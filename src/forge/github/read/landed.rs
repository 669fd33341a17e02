//! The commits by which a change landed on its base branch, and the newest commit of a branch. What is done with them is not known here.

use serde::Deserialize;

use super::Reader;
use super::change;
use crate::domain::change::Stage;
use crate::domain::id::{Actor, BranchName, ChangeNumber, CommitId};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::webhook::User;

/// More of its own commits than these are not looked at.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Reference {
    object: Named,
}

#[derive(Deserialize)]
struct Named {
    sha: String,
}

#[derive(Deserialize)]
struct Listed {
    sha: String,
    commit: Said,
    #[serde(default)]
    parents: Vec<Named>,
}

#[derive(Deserialize)]
struct Merged {
    merged_by: Option<User>,
}

#[derive(Deserialize)]
struct Said {
    message: String,
}

/// The newest commit of a branch; `None`: there is no such branch.
pub(in crate::forge::github) async fn branch_head(
    reader: &Reader<'_>,
    branch: &BranchName,
) -> Result<Option<CommitId>, Fault> {
    let route = reader.repository().down("git/ref").then(format!("heads/{branch}"));
    let found: Option<Reference> = if_there(reader.caller.get(&route).await)?;
    let parse =
        |reference: Reference| CommitId::parse(reference.object.sha).map_err(|_| Fault::lacks("a commit"));
    found.map(parse).transpose()
}

/// Who merged it; `None`: it is not merged, or nobody knows.
pub(super) async fn by(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Actor>, Fault> {
    let route = reader.repository().then("pulls").then(number);
    let found: Option<Merged> = if_there(reader.caller.get(&route).await)?;
    Ok(found.and_then(|pull| pull.merged_by).map(|user| User::actor(Some(&user))))
}

/// Oldest first: a merge or a squash is one commit; a rebase put each of the change's own there again, message by message.
pub(super) async fn of(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Vec<CommitId>>, Fault> {
    let Some(change) = change::now(reader, number).await? else { return Ok(None) };
    let Stage::Merged { commit, .. } = change.stage else { return Ok(None) };
    let own = reader.repository().then("pulls").then(number).then("commits").with("per_page", MOST);
    let own: Vec<Listed> = reader.caller.get(&own).await?;
    if own.len() < 2 {
        return Ok(Some(vec![commit]));
    }
    let there = reader.repository().then("commits").with("sha", &commit).with("per_page", own.len());
    let mut there: Vec<Listed> = reader.caller.get(&there).await?;
    there.reverse();
    let is_rebase = there.len() == own.len()
        && there.iter().all(|one| one.parents.len() == 1)
        && there.iter().zip(&own).all(|(one, other)| one.commit.message == other.commit.message);
    if !is_rebase {
        return Ok(Some(vec![commit]));
    }
    let names = there.into_iter().map(|one| CommitId::parse(one.sha).map_err(|_| Fault::lacks("a commit")));
    names.collect::<Result<_, _>>().map(Some)
}
