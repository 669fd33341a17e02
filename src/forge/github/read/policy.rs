//! Where a repository's policy comes from: files at the newest commit of its default branch, in one question. What they say is not read here.

use serde::Deserialize;
use serde_json::json;

use super::graph::About;
use super::{Reader, about, repository_of};
use crate::domain::id::{BranchName, CommitId, ProjectPath};
use crate::forge::fault::Fault;
use crate::forge::{PolicyFile, PolicySource};

/// Where our file may stand; the first that exists counts.
const POLICY_FILES: [&str; 2] = [".github/lockkeeper.yml", ".github/lockkeeper.yaml"];

/// GitHub's own file for release notes; the first that exists counts.
const CONVENTIONS: [&str; 2] = [".github/release.yml", ".github/release.yaml"];

const SOURCE: &str = "query($owner:String!,$name:String!,$first:String!,$second:String!,$third:String!,$fourth:String!){\
    repository(owner:$owner,name:$name){\
        defaultBranchRef{name target{oid}}\
        first:object(expression:$first){... on Blob{text isBinary isTruncated}}\
        second:object(expression:$second){... on Blob{text isBinary isTruncated}}\
        third:object(expression:$third){... on Blob{text isBinary isTruncated}}\
        fourth:object(expression:$fourth){... on Blob{text isBinary isTruncated}}}}";

const TEXT: &str = "query($owner:String!,$name:String!,$first:String!){\
    repository(owner:$owner,name:$name){first:object(expression:$first){... on Blob{text isBinary isTruncated}}}}";

#[derive(Deserialize)]
struct Single {
    first: Option<Blob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    default_branch_ref: Option<Branch>,
    first: Option<Blob>,
    second: Option<Blob>,
    third: Option<Blob>,
    fourth: Option<Blob>,
}

#[derive(Deserialize)]
struct Branch {
    name: String,
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    oid: String,
}

/// A file's text; all empty where the object is a folder.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Blob {
    pub(super) text: Option<String>,
    pub(super) is_binary: Option<bool>,
    pub(super) is_truncated: bool,
}

/// The project's own policy file and GitHub's conventions; `None` where the repository is empty.
pub(super) async fn source(reader: &Reader<'_>) -> Result<Option<PolicySource>, Fault> {
    let found = files(reader, &reader.project.path).await?;
    let Some(branch) = found.default_branch_ref else { return Ok(None) };
    let file = first_of(POLICY_FILES, [found.first, found.second])?;
    let conventions = first_of(CONVENTIONS, [found.third, found.fourth])?;
    Ok(Some(PolicySource {
        revision: CommitId::parse(branch.target.oid).map_err(|error| Fault::Unreadable(error.into()))?,
        branch: BranchName::parse(branch.name).map_err(|error| Fault::Unreadable(error.into()))?,
        file,
        conventions,
    }))
}

/// The policy file that another repository of the same installation shares.
pub(super) async fn shared(reader: &Reader<'_>, path: &ProjectPath) -> Result<Option<PolicyFile>, Fault> {
    let found = files(reader, path).await?;
    first_of(POLICY_FILES, [found.first, found.second])
}

/// Any file at the newest commit of the default branch.
pub(super) async fn text_of(reader: &Reader<'_>, path: &str) -> Result<Option<String>, Fault> {
    let variables = about(&reader.project.path, json!({ "first": format!("HEAD:{path}") }));
    let found: About<Single> = reader.caller.graphql(TEXT, variables).await?;
    let found = repository_of(found.repository)?;
    Ok(first_of([path, path], [found.first, None])?.map(|file| file.text))
}

async fn files(reader: &Reader<'_>, path: &ProjectPath) -> Result<Source, Fault> {
    let at_head = |file: &str| format!("HEAD:{file}");
    let variables = about(
        path,
        json!({
            "first": at_head(POLICY_FILES[0]), "second": at_head(POLICY_FILES[1]),
            "third": at_head(CONVENTIONS[0]), "fourth": at_head(CONVENTIONS[1]),
        }),
    );
    let found: About<Source> = reader.caller.graphql(SOURCE, variables).await?;
    repository_of(found.repository)
}

/// The first file that exists. One that is too large or no text is an error: it must not be taken for absent.
fn first_of(names: [&str; 2], blobs: [Option<Blob>; 2]) -> Result<Option<PolicyFile>, Fault> {
    let Some((name, blob)) = names.into_iter().zip(blobs).find_map(|(name, blob)| Some((name, blob?))) else {
        return Ok(None);
    };
    if blob.is_truncated || blob.is_binary == Some(true) {
        return Err(Fault::Denied { status: 422, said: format!("`{name}` is too large or is not text") });
    }
    Ok(blob.text.map(|text| PolicyFile { name: name.to_owned(), text }))
}
