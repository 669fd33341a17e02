//! The milestone of a version and what it still expects. What that means for a release is not decided here.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::graph::{About, Connection};
use super::repository_of;
use crate::domain::query::{Expected, Milestone, MilestoneTitle};
use crate::domain::version::Version;
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

/// A page of them, the newest first.
const PAGE: &str = "orderBy:{field:NUMBER,direction:DESC}){pageInfo{hasNextPage endCursor} nodes{number title closed dueOn}}";

const EXPECTED: &str = "query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){\
    milestone(number:$number){issues(first:100,states:[OPEN]){nodes{number title}} \
    pullRequests(first:100,states:[OPEN]){nodes{number title}}}}}";

/// The thousand newest milestones are looked through.
const PAGES: usize = 10;
/// Open ones are looked through to this many hundred.
const OPEN_PAGES: u32 = 3;

/// A page of the milestones of a repository.
#[derive(Deserialize)]
pub(super) struct Titles {
    milestones: Option<Connection<Titled>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Titled {
    number: u64,
    title: String,
    closed: bool,
    due_on: Option<Timestamp>,
}

#[derive(Deserialize)]
struct WithMilestone {
    milestone: Option<Contents>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contents {
    issues: Connection<Item>,
    pull_requests: Connection<Item>,
}

#[derive(Deserialize)]
struct Item {
    number: u64,
    title: String,
}

/// The milestone whose title is the version, with or without `v`; an open one before a closed one.
pub(super) async fn of(reader: &Reader<'_>, version: &Version) -> Result<Option<Milestone>, Fault> {
    let first = titles(reader, None).await?;
    among(reader, version, first).await
}

/// The same where the first page is known.
pub(super) async fn among(
    reader: &Reader<'_>,
    version: &Version,
    first: Titles,
) -> Result<Option<Milestone>, Fault> {
    let Some(found) = titled(reader, &version.to_string(), first).await? else { return Ok(None) };
    let variables = reader.variables(json!({ "number": found.number }));
    let inside: About<WithMilestone> = reader.caller.graphql(EXPECTED, variables).await?;
    let Some(contents) = repository_of(inside.repository)?.milestone else { return Ok(None) };
    Ok(Some(Milestone {
        number: found.number,
        title: found.title,
        due: found.due_on,
        closed: found.closed,
        shared: false,
        open: expected(contents),
    }))
}

/// The open ones.
pub(super) async fn open(reader: &Reader<'_>) -> Result<Vec<MilestoneTitle>, Fault> {
    let route = reader.repository().then("milestones").with("state", "open").with("per_page", 100);
    let found = reader.caller.pages(&route, OPEN_PAGES, |page: Vec<Item>| page, |_| false).await?;
    Ok(found.into_iter().map(|one| MilestoneTitle { number: one.number, title: one.title }).collect())
}

async fn titled(reader: &Reader<'_>, version: &str, first: Titles) -> Result<Option<Titled>, Fault> {
    let mut closed = None;
    let mut found = first;
    for read in 1..=PAGES {
        let Some(page) = found.milestones else { break };
        let after = page.next();
        for milestone in page.seen().filter(|milestone| is_titled(&milestone.title, version)) {
            if !milestone.closed {
                return Ok(Some(milestone));
            }
            closed.get_or_insert(milestone);
        }
        let Some(after) = after.filter(|_| read < PAGES) else { break };
        found = titles(reader, Some(after)).await?;
    }
    Ok(closed)
}

/// The field of the first page.
pub(super) fn first_titles() -> String {
    format!("milestones(first:100,{PAGE}")
}

async fn titles(reader: &Reader<'_>, after: Option<String>) -> Result<Titles, Fault> {
    let document = format!(
        "query($owner:String!,$name:String!,$after:String){{repository(owner:$owner,name:$name){{\
         milestones(first:100,after:$after,{PAGE}}}}}"
    );
    let found: About<Titles> =
        reader.caller.graphql(&document, reader.variables(json!({ "after": after }))).await?;
    repository_of(found.repository)
}

fn is_titled(title: &str, version: &str) -> bool {
    let title = title.trim();
    title == version || title.strip_prefix(['v', 'V']) == Some(version)
}

fn expected(contents: Contents) -> Vec<Expected> {
    let as_expected =
        |is_change| move |item: Item| Expected { number: item.number, is_change, title: item.title };
    let issues = contents.issues.seen().map(as_expected(false));
    issues.chain(contents.pull_requests.seen().map(as_expected(true))).collect()
}
