//! Commits by name, and the branch that contains one. Whether that branch may be released from is not decided here.

use serde::Deserialize;
use serde_json::json;

use super::graph::{About, Object};
use super::repository_of;
use super::tag::compare;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::query::{BranchAsked, Holding};
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

const OBJECT: &str = "query($owner:String!,$name:String!,$expression:String!){\
    repository(owner:$owner,name:$name){object(expression:$expression){__typename oid}}}";

const DEFAULT_BRANCH: &str = "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){\
    defaultBranchRef{name}}}";

/// Protected branches looked through: three pages of a hundred.
const PAGES: u32 = 3;
/// So many comparisons in one document.
const COMPARISONS: usize = 10;

#[derive(Deserialize)]
struct WithObject {
    object: Option<Object>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithDefault {
    default_branch_ref: Option<Branch>,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
}

/// A commit by its full or abbreviated name, or the newest one of a branch by `refs/heads/name` or `HEAD` (the default
/// branch). A branch or tag that happens to be spelled like a commit does not count.
pub(super) async fn named(reader: &Reader<'_>, name: &str) -> Result<Option<CommitId>, Fault> {
    let is_branch = name == "HEAD" || name.strip_prefix("refs/heads/").is_some_and(is_branch_name);
    let digits = name.to_ascii_lowercase();
    let is_commit = (4..=64).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_branch && !is_commit {
        return Ok(None);
    }
    let variables = reader.variables(json!({ "expression": if is_branch { name } else { &digits } }));
    let found: About<WithObject> = reader.caller.graphql(OBJECT, variables).await?;
    let commit = repository_of(found.repository)?.object.and_then(|object| object.commit());
    Ok(commit.filter(|commit| is_branch || commit.as_str().starts_with(&digits)))
}

/// Git would read more than a name out of other text (`main~1`, `main:README.md`).
fn is_branch_name(name: &str) -> bool {
    BranchName::parse(name).is_ok()
}

/// The default branch where it contains the commit, else the first listed and protected one that does.
pub(super) async fn branch_of(reader: &Reader<'_>, asked: &BranchAsked) -> Result<Option<BranchName>, Fault> {
    let commit = &asked.commit;
    let found: About<WithDefault> =
        reader.caller.graphql(DEFAULT_BRANCH, reader.variables(json!({}))).await?;
    let default = repository_of(found.repository)?.default_branch_ref.map(|branch| branch.name);
    if let Some(found) = first_containing(reader, default.as_slice(), commit).await? {
        return Ok(Some(found));
    }
    if asked.listed.is_empty() {
        return Ok(None);
    }
    let route = reader.repository().then("branches").with("protected", true).with("per_page", 100);
    let names = |page: Vec<Branch>| page.into_iter().map(|branch| branch.name).collect();
    let mut protected: Vec<String> = reader.caller.pages(&route, PAGES, names, |_| false).await?;
    let is_listed = |name: &BranchName| asked.listed.iter().any(|pattern| pattern.matches(name));
    protected.retain(|name| BranchName::parse(name.as_str()).is_ok_and(|name| is_listed(&name)));
    first_containing(reader, &protected, commit).await
}

/// Whether a branch contains a commit; `None`: there is no such branch.
pub(super) async fn holds(reader: &Reader<'_>, asked: &Holding) -> Result<Option<bool>, Fault> {
    let name = format!("refs/heads/{}", asked.branch);
    let compared = compare(reader, &[name], &asked.commit).await?;
    Ok(compared.into_iter().next().flatten().map(|how| how.head_is_ancestor()))
}

async fn first_containing(
    reader: &Reader<'_>,
    branches: &[String],
    commit: &CommitId,
) -> Result<Option<BranchName>, Fault> {
    for some in branches.chunks(COMPARISONS) {
        let names: Vec<String> = some.iter().map(|name| format!("refs/heads/{name}")).collect();
        let compared = compare(reader, &names, commit).await?;
        let first = some
            .iter()
            .zip(compared)
            .find(|(_, how)| how.as_ref().is_some_and(super::graph::Comparison::head_is_ancestor));
        if let Some((name, _)) = first {
            return Ok(BranchName::parse(name.as_str()).ok());
        }
    }
    Ok(None)
}
