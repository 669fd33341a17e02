//! The commits of a range with the changes that brought them. Which of them a release shows is not decided here.

use std::collections::{BinaryHeap, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::change::{FIELDS, Pull, bringer};
use super::graph::{About, Connection};
use super::repository_of;
use super::signed::Signed;
use crate::domain::change::{RangeCommit, Writers};
use crate::domain::id::CommitId;
use crate::domain::query::RangeAsked;
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

/// Fifty commits a page: a hundred with their pull requests can exceed the ten seconds that GitHub gives a query.
const PER_PAGE: usize = 50;
/// The most commits that one release is made of.
const LIMIT: usize = 5_000;

const COMMITS: &str = "pageInfo{hasNextPage endCursor} nodes{oid message committedDate author{name user{login}} \
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

/// Either of the two ways to a list of commits.
#[derive(Deserialize)]
struct Root {
    #[serde(rename = "ref", default)]
    base: Option<Base>,
    #[serde(default)]
    object: Option<Head>,
}

#[derive(Deserialize)]
struct Base {
    compare: Option<Compared>,
}

#[derive(Deserialize)]
struct Compared {
    commits: Connection<Commit>,
}

#[derive(Deserialize)]
struct Head {
    history: Option<Connection<Commit>>,
}

impl Root {
    fn commits(self) -> Option<Connection<Commit>> {
        let compared = self.base.and_then(|base| base.compare).map(|compared| compared.commits);
        compared.or_else(|| self.object.and_then(|head| head.history))
    }
}

/// The commits that the head has and the base lacks, newest first; `None` where base or head are not there.
/// Where the two have gone apart, the comparison still lists exactly those.
pub(super) async fn commits(
    reader: &Reader<'_>,
    asked: &RangeAsked,
) -> Result<Option<Vec<RangeCommit>>, Fault> {
    let (document, base) = document(asked);
    let mut commits: Vec<Commit> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let variables = reader.variables(json!({ "base": base, "head": asked.head, "after": after }));
        let found: About<Root> = reader.caller.graphql(&document, variables).await?;
        let Some(page) = repository_of(found.repository)?.commits() else { return Ok(None) };
        after = page.next();
        commits.extend(page.seen());
        if commits.len() > LIMIT {
            let said = format!("more than {LIMIT} commits are new; tag an older commit first");
            return Err(Fault::Denied { status: 422, said });
        }
        if after.is_none() {
            break;
        }
    }
    newest_first(commits).into_iter().map(|commit| told(reader, commit)).collect::<Result<_, _>>().map(Some)
}

fn document(asked: &RangeAsked) -> (String, Option<String>) {
    let Some(tag) = &asked.base else {
        let document = format!(
            "query($owner:String!,$name:String!,$head:GitObjectID!,$after:String){{\
             repository(owner:$owner,name:$name){{object(oid:$head){{... on Commit{{\
             history(first:{PER_PAGE},after:$after){{{COMMITS}}}}}}}}}}} {FIELDS}"
        );
        return (document, None);
    };
    let document = format!(
        "query($owner:String!,$name:String!,$base:String!,$head:String!,$after:String){{\
         repository(owner:$owner,name:$name){{ref(qualifiedName:$base){{compare(headRef:$head){{status \
         commits(first:{PER_PAGE},after:$after){{{COMMITS}}}}}}}}}}} {FIELDS}"
    );
    (document, Some(format!("refs/tags/{tag}")))
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
        message: commit.message,
        author: author.unwrap_or_default(),
        change: brought_by.map(Pull::change).transpose()?,
        writers: if is_own_merge { Writers::default() } else { commit.signed.writers() },
        reviewers: brought_by.map(Pull::approvers).unwrap_or_default(),
    })
}

/// Children before parents, and of two that do not descend from each other the newer first: GitHub lists a comparison
/// oldest first and a history newest first, and neither promises more.
fn newest_first(commits: Vec<Commit>) -> Vec<Commit> {
    let at: HashMap<String, usize> =
        commits.iter().enumerate().map(|(at, commit)| (commit.oid.clone(), at)).collect();
    let mut children = vec![0_usize; commits.len()];
    let parents: Vec<Vec<usize>> = commits
        .iter()
        .map(|commit| {
            let oids = commit.parents.nodes.iter().flatten();
            oids.filter_map(|parent| at.get(&parent.oid).copied()).collect()
        })
        .collect();
    parents.iter().flatten().for_each(|parent| children[*parent] += 1);
    let rank = |at: usize| (commits[at].committed_date, std::cmp::Reverse(at));
    let mut ready: BinaryHeap<_> =
        (0..commits.len()).filter(|at| children[*at] == 0).map(|at| (rank(at), at)).collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some((_, next)) = ready.pop() {
        order.push(next);
        for parent in &parents[next] {
            children[*parent] -= 1;
            if children[*parent] == 0 {
                ready.push((rank(*parent), *parent));
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| commits[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(commits: &[(&str, i64, &[&str])]) -> String {
        let commits = commits.iter().map(|(oid, second, parents)| Commit {
            oid: (*oid).to_owned(),
            message: String::new(),
            committed_date: Timestamp::from_second(*second).unwrap(),
            author: None,
            parents: Connection {
                page_info: Default::default(),
                nodes: parents.iter().map(|oid| Some(Oid { oid: (*oid).to_owned() })).collect(),
            },
            associated_pull_requests: None,
            signed: Signed::default(),
        });
        newest_first(commits.collect()).into_iter().map(|commit| commit.oid).collect()
    }

    #[test]
    fn children_stand_before_their_parents_whatever_the_dates_say() {
        assert_eq!(check(&[("a", 1, &[]), ("b", 2, &["a"]), ("c", 3, &["b"])]), "cba");
        assert_eq!(check(&[("a", 9, &["x"]), ("b", 2, &["a"]), ("c", 3, &["b"])]), "cba");
    }

    #[test]
    fn of_two_sides_of_a_merge_the_newer_stands_first() {
        assert_eq!(
            check(&[("a", 1, &[]), ("b", 2, &["a"]), ("c", 3, &["a"]), ("m", 4, &["b", "c"])]),
            "mcba"
        );
    }
}
