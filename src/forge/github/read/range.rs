//! The commits of a range with the changes that brought them. Which of them a release shows is not decided here.

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
use crate::forge::lineage::{Node, newest_first};
use crate::forge::merge::merged;

/// So many commits a page, the most that GitHub gives.
const PER_PAGE: usize = 100;
/// With their pull requests a hundred can exceed the ten seconds that GitHub gives a query: then it is asked for fewer, never for less.
const FEWEST: usize = 50;
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
    let mut commits: Vec<Commit> = Vec::new();
    let mut after: Option<String> = None;
    let mut count = PER_PAGE;
    loop {
        let found = match page(reader, asked, (count, after.as_deref())).await {
            Err(Fault::NoAnswer(_)) if count > FEWEST => {
                count /= 2;
                continue;
            }
            found => found?,
        };
        let Some(page) = found.commits() else { return Ok(None) };
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
    newest_first(commits, node)
        .into_iter()
        .map(|commit| told(reader, commit))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// So many commits behind that one, as GitHub tells them.
async fn page(
    reader: &Reader<'_>,
    asked: &RangeAsked,
    (count, after): (usize, Option<&str>),
) -> Result<Root, Fault> {
    let (document, base) = document(asked);
    let variables = json!({ "base": base, "head": asked.head, "count": count, "after": after });
    let found: About<Root> = reader.caller.graphql(&document, reader.variables(variables)).await?;
    repository_of(found.repository)
}

fn document(asked: &RangeAsked) -> (String, Option<String>) {
    let Some(tag) = &asked.base else {
        let document = format!(
            "query($owner:String!,$name:String!,$head:GitObjectID!,$count:Int!,$after:String){{\
             repository(owner:$owner,name:$name){{object(oid:$head){{... on Commit{{\
             history(first:$count,after:$after){{{COMMITS}}}}}}}}}}} {FIELDS}"
        );
        return (document, None);
    };
    let document = format!(
        "query($owner:String!,$name:String!,$base:String!,$head:String!,$count:Int!,$after:String){{\
         repository(owner:$owner,name:$name){{ref(qualifiedName:$base){{compare(headRef:$head){{status \
         commits(first:$count,after:$after){{{COMMITS}}}}}}}}}}} {FIELDS}"
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
        merges: merged(&commit.message),
        message: commit.message,
        author: author.unwrap_or_default(),
        change: brought_by.map(Pull::change).transpose()?,
        writers: if is_own_merge { Some(Writers::default()) } else { commit.signed.writers() },
        reviewers: brought_by.map(Pull::approvers).unwrap_or_default(),
    })
}

fn node(commit: &Commit) -> Node<'_> {
    let parents = commit.parents.nodes.iter().flatten().map(|parent| parent.oid.as_str());
    Node { id: &commit.oid, parents: parents.collect(), at: commit.committed_date }
}
