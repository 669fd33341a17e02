//! The files that commits and merge requests touch. What they belong to is not decided here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;

use super::commit;
use crate::domain::id::{ChangeNumber, CommitId};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;

/// Pages of a hundred files. A commit with more of them is about everything, and stays untold.
const PAGES: u32 = 5;

/// Of so many merge requests it is asked at once: a question may only be so big.
const AT_ONCE: usize = 20;

#[derive(Deserialize)]
struct Difference {
    old_path: String,
    new_path: String,
}

/// The files, each once, the old name of a moved one too; `None` where there is no such commit, or they are too many.
pub(super) async fn files(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Vec<String>>, Fault> {
    let route = commit::one(reader, commit.as_str()).then("diff").with("per_page", 100);
    let found: Option<Vec<Difference>> = if_there(reader.api().pages(&route, PAGES, |_| false).await)?;
    let Some(files) = found.filter(|files| files.len() < PAGES as usize * 100) else { return Ok(None) };
    let mut paths: Vec<String> = files.into_iter().flat_map(|file| [file.old_path, file.new_path]).collect();
    paths.sort();
    paths.dedup();
    Ok(Some(paths))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Merge {
    iid: String,
    diff_stats: Option<Vec<File>>,
}

#[derive(Deserialize)]
struct File {
    path: String,
}

/// The files of merge requests, without the old names of moved ones. <https://docs.gitlab.com/api/graphql/reference/#diffstats>
pub(super) async fn of_changes(
    reader: &Reader<'_>,
    changes: &BTreeSet<ChangeNumber>,
) -> Result<BTreeMap<ChangeNumber, Vec<String>>, Fault> {
    let document = format!(
        "query($path:ID!,$numbers:[String!]){{project(fullPath:$path){{mergeRequests(iids:$numbers,first:{AT_ONCE}){{\
         nodes{{iid diffStats{{path}}}}}}}}}}"
    );
    let numbers: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let mut told = BTreeMap::new();
    for some in numbers.chunks(AT_ONCE) {
        let variables = json!({ "path": reader.project.path, "numbers": some });
        let mut data = reader.api().graphql(&document, variables).await?;
        let nodes = data["project"]["mergeRequests"]["nodes"].take();
        let found: Vec<Merge> =
            serde_json::from_value(nodes).map_err(|cause| Fault::Unreadable(cause.into()))?;
        for merge in found {
            let number = merge.iid.parse().ok().map(ChangeNumber);
            let files = merge.diff_stats.map(|files| files.into_iter().map(|file| file.path).collect());
            told.extend(number.zip(files));
        }
    }
    Ok(told)
}
