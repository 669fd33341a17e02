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

const TITLES: &str = "query($owner:String!,$name:String!,$after:String){repository(owner:$owner,name:$name){\
    milestones(first:100,after:$after,orderBy:{field:NUMBER,direction:DESC}){\
    pageInfo{hasNextPage endCursor} nodes{number title closed dueOn}}}}";

const EXPECTED: &str = "query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){\
    milestone(number:$number){issues(first:100,states:[OPEN]){nodes{number title}} \
    pullRequests(first:100,states:[OPEN]){nodes{number title}}}}}";

/// The thousand newest milestones are looked through.
const PAGES: usize = 10;
/// Open ones are looked through to this many hundred.
const OPEN_PAGES: u32 = 3;

#[derive(Deserialize)]
struct WithMilestones {
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
    let Some(found) = titled(reader, &version.to_string()).await? else { return Ok(None) };
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

async fn titled(reader: &Reader<'_>, version: &str) -> Result<Option<Titled>, Fault> {
    let mut closed = None;
    let mut after = None;
    for _ in 0..PAGES {
        let variables = reader.variables(json!({ "after": after }));
        let found: About<WithMilestones> = reader.caller.graphql(TITLES, variables).await?;
        let Some(page) = repository_of(found.repository)?.milestones else { break };
        after = page.next();
        for milestone in page.seen().filter(|milestone| is_titled(&milestone.title, version)) {
            if !milestone.closed {
                return Ok(Some(milestone));
            }
            closed.get_or_insert(milestone);
        }
        if after.is_none() {
            break;
        }
    }
    Ok(closed)
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
