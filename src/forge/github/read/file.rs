//! Files at a commit. What they say is not read here.

use serde::Deserialize;
use serde_json::json;

use super::about;
use super::graph::About;
use super::repository_of;
use crate::domain::id::{CommitId, ProjectPath};
use crate::forge::github::fault::Fault;
use crate::forge::github::read::Reader;

const BLOB: &str = "query($owner:String!,$name:String!,$expression:String!){\
    repository(owner:$owner,name:$name){object(expression:$expression){... on Blob{text isBinary isTruncated}}}}";

#[derive(Deserialize)]
struct WithBlob {
    object: Option<Blob>,
}

/// A file's text; all empty where the object is a folder.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Blob {
    pub(super) text: Option<String>,
    pub(super) is_binary: Option<bool>,
    pub(super) is_truncated: bool,
}

/// The text of a file; `None` where there is no such file.
pub(super) async fn text(
    reader: &Reader<'_>,
    of: &ProjectPath,
    (at, path): (&str, &str),
) -> Result<Option<String>, Fault> {
    let variables = about(of, json!({ "expression": format!("{}:{path}", revision(at)) }));
    let found: About<WithBlob> = reader.caller.graphql(BLOB, variables).await?;
    let Some(blob) = repository_of(found.repository)?.object else { return Ok(None) };
    if blob.is_truncated || blob.is_binary == Some(true) {
        let said = format!("`{path}` is too large or is not text");
        return Err(Fault::Denied { status: 422, said });
    }
    Ok(blob.text)
}

/// A whole commit name as it is, and a branch by its whole ref: git would prefer a tag of the same name, which anybody
/// who may push could make (S23).
fn revision(at: &str) -> String {
    if CommitId::parse(at).is_ok() || at == "HEAD" || at.starts_with("refs/heads/") {
        return at.to_owned();
    }
    format!("refs/heads/{at}")
}
