//! What merge requests are made of, many of them by one question. What follows from it for a release is not decided here.

use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use super::actor;
use super::writers::{SIGNED, Signed, User};
use crate::forge::fault::Fault;
use crate::forge::gitlab::api::Api;
use crate::forge::gitlab::read::Reader;

/// A thousand commits of one merge request are looked through.
const PAGES: usize = 10;

/// How much is wanted of each merge request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The names of its commits.
    Names,
    /// Whose names its commits bear, and who approved it.
    People,
}

impl Wanted {
    fn fields(self) -> &'static str {
        match self {
            Self::Names => "sha",
            Self::People => SIGNED,
        }
    }

    fn beside(self) -> &'static str {
        match self {
            Self::Names => "",
            Self::People => "approvedBy(first:100){nodes{id username}}",
        }
    }

    /// So many at once: a page holds a hundred, and a question may only be so big.
    fn at_once(self) -> usize {
        match self {
            Self::Names => 100,
            Self::People => 20,
        }
    }
}

/// A merge request as GraphQL tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inside {
    iid: String,
    commits: Commits,
    #[serde(default)]
    approved_by: Approvers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commits {
    page_info: PageInfo,
    nodes: Vec<Signed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    #[serde(default)]
    end_cursor: Option<String>,
}

#[derive(Default, Deserialize)]
struct Approvers {
    nodes: Vec<User>,
}

impl Inside {
    pub(super) fn number(&self) -> u64 {
        self.iid.parse().unwrap_or_default()
    }

    pub(super) fn commits(&self) -> &[Signed] {
        &self.commits.nodes
    }

    /// Its commits by name.
    pub(super) fn names(&self) -> Vec<String> {
        self.commits.nodes.iter().map(|commit| commit.sha.clone()).collect()
    }

    /// Whether that is all of its commits.
    pub(super) fn is_whole(&self) -> bool {
        !self.commits.page_info.has_next_page
    }

    pub(super) fn approved_by(&self) -> &[User] {
        &self.approved_by.nodes
    }
}

/// These merge requests, as far as GitLab shows them. <https://docs.gitlab.com/api/graphql/reference/#mergerequest>
pub(super) async fn of(reader: &Reader<'_>, numbers: &[u64], wanted: Wanted) -> Result<Vec<Inside>, Fault> {
    let batches: Vec<&[u64]> = numbers.chunks(wanted.at_once()).collect();
    let mut found = Vec::new();
    for some in batches.chunks(actor::AT_ONCE) {
        let told = try_join_all(some.iter().map(|numbers| batch(reader, numbers, wanted))).await?;
        found.extend(told.into_iter().flatten());
    }
    for one in &mut found {
        complete(reader, one, wanted).await?;
    }
    Ok(found)
}

async fn batch(reader: &Reader<'_>, numbers: &[u64], wanted: Wanted) -> Result<Vec<Inside>, Fault> {
    page(reader, (numbers, None), wanted).await
}

/// Few merge requests have more commits than one page holds.
async fn complete(reader: &Reader<'_>, one: &mut Inside, wanted: Wanted) -> Result<(), Fault> {
    for _ in 1..PAGES {
        let after = one.commits.page_info.end_cursor.take().filter(|_| !one.is_whole());
        let Some(after) = after else { break };
        let Some(next) = page(reader, (&[one.number()], Some(&after)), wanted).await?.pop() else { break };
        one.commits.page_info = next.commits.page_info;
        one.commits.nodes.extend(next.commits.nodes);
    }
    Ok(())
}

/// Whether GitLab tells who wrote commits and who approved: of a project that is not there it is as good a question.
pub(in crate::forge::gitlab) async fn probe(api: &Api) -> Result<(), Fault> {
    let variables = json!({ "path": "lockkeeper/doctor", "numbers": ["1"], "after": null });
    api.graphql(&document(Wanted::People), variables).await.map(drop)
}

fn document(wanted: Wanted) -> String {
    format!(
        "query($path:ID!,$numbers:[String!],$after:String){{project(fullPath:$path){{mergeRequests(iids:$numbers,first:100){{\
         nodes{{iid {} commits(first:100,after:$after){{pageInfo{{hasNextPage endCursor}} nodes{{{}}}}}}}}}}}}}",
        wanted.beside(),
        wanted.fields()
    )
}

async fn page(
    reader: &Reader<'_>,
    (numbers, after): (&[u64], Option<&str>),
    wanted: Wanted,
) -> Result<Vec<Inside>, Fault> {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let variables = json!({ "path": reader.project.path, "numbers": numbers, "after": after });
    let mut data: Value = reader.api().graphql(&document(wanted), variables).await?;
    let nodes = data["project"]["mergeRequests"]["nodes"].take();
    serde_json::from_value(nodes).map_err(|cause| Fault::Unreadable(cause.into()))
}
