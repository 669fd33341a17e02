//! The commits of a range with the changes that brought them. Which of them a release shows is not decided here.

mod ends;

use jiff::Timestamp;
use serde::Deserialize;

use super::change::{Pull, bringer};
use super::graph::Connection;
use super::signed::Signed;
use crate::domain::change::{RangeCommit, Writers};
use crate::domain::id::CommitId;
use crate::domain::query::RangeAsked;
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;
use crate::forge::lineage::{Node, newest_first};
use crate::forge::merge::merged;

/// A page of them.
const COMMITS: &str = "pageInfo{hasNextPage startCursor endCursor} nodes{oid message committedDate author{name user{login}} \
    committedViaWeb authors(first:30){pageInfo{hasNextPage endCursor} nodes{name email user{login databaseId}}} \
    committer{name email user{login databaseId}} \
    parents(first:10){nodes{oid}} associatedPullRequests(first:5){nodes{...change \
    reviews(first:50,states:[APPROVED]){nodes{author{...account}}}}}}";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    oid: String,
    message: String,
    committed_date: Timestamp,
    author: Option<Author>,
    parents: Connection<Oid>,
    associated_pull_requests: Option<Connection<Pull>>,
    #[serde(flatten)]
    signed: Signed,
}

#[derive(Deserialize)]
struct Author {
    name: Option<String>,
    user: Option<Login>,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
struct Oid {
    oid: String,
}

/// The commits that the head has and the base lacks, newest first; `None` where base or head are not there.
/// Where the two have gone apart, the comparison still lists exactly those.
pub(super) async fn commits(
    reader: &Reader<'_>,
    asked: &RangeAsked,
) -> Result<Option<Vec<RangeCommit>>, Fault> {
    let Some(commits) = ends::read(reader, asked).await? else { return Ok(None) };
    newest_first(commits, node)
        .into_iter()
        .map(|commit| told(reader, commit))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn told(reader: &Reader<'_>, commit: Commit) -> Result<RangeCommit, Fault> {
    let pulls: Vec<Pull> = commit.associated_pull_requests.into_iter().flat_map(Connection::seen).collect();
    let brought_by = bringer(&pulls, &commit.oid, reader.project);
    // The merge that the forge itself made of a change brings nothing of whoever pressed the button.
    let is_own_merge = commit.parents.nodes.len() > 1
        && commit.signed.by_the_forge()
        && brought_by.is_some_and(|pull| pull.brought(&commit.oid));
    let author = commit.author.and_then(|author| author.user.map(|user| user.login).or(author.name));
    let id = |oid: &str| CommitId::parse(oid).map_err(|_| Fault::lacks("a readable commit name"));
    Ok(RangeCommit {
        id: id(&commit.oid)?,
        parents: commit.parents.seen().map(|parent| id(&parent.oid)).collect::<Result<_, _>>()?,
        merges: merged(&commit.message),
        message: commit.message,
        author: author.unwrap_or_default(),
        change: brought_by.map(Pull::change).transpose()?,
        writers: if is_own_merge { Some(Writers::default()) } else { commit.signed.writers() },
        reviewers: brought_by.map(Pull::approvers).unwrap_or_default(),
        paths: None,
    })
}

fn node(commit: &Commit) -> Node<'_> {
    let parents = commit.parents.nodes.iter().flatten().map(|parent| parent.oid.as_str());
    Node { id: &commit.oid, parents: parents.collect(), at: commit.committed_date }
}
