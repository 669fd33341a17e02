//! The files that commits and pull requests touch. What they belong to is not decided here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;

use super::graph::{About, Connection};
use super::repository_of;
use crate::domain::id::{ChangeNumber, CommitId};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;

/// Of so many pull requests it is asked at once: the files of each are counted out by GitHub while we wait.
const AT_ONCE: usize = 25;
/// Pages of a hundred files. A commit with more of them is about everything, and stays untold.
const PAGES: u32 = 5;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    previous_filename: Option<String>,
}

/// The files, each once, the old name of a moved one too; `None` where there is no such commit, or they are too many.
pub(super) async fn files(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Vec<String>>, Fault> {
    let route = reader.repository().then("commits").then(commit).with("per_page", 100);
    let all = |page: Page| page.files;
    let Some(files) = if_there(reader.caller.pages(&route, PAGES, all, |_| false).await)? else {
        return Ok(None);
    };
    if files.len() >= PAGES as usize * 100 {
        return Ok(None);
    }
    let mut paths: Vec<String> =
        files.into_iter().flat_map(|file| [Some(file.filename), file.previous_filename]).flatten().collect();
    paths.sort();
    paths.dedup();
    Ok(Some(paths))
}

#[derive(Deserialize)]
struct Changed {
    files: Option<Connection<Path>>,
}

#[derive(Deserialize)]
struct Path {
    path: String,
}

/// The files of pull requests, without the old names of moved ones. One with over a hundred is about everything, and is left out.
/// <https://docs.github.com/en/graphql/reference/objects#pullrequest>
pub(super) async fn of_changes(
    reader: &Reader<'_>,
    changes: &BTreeSet<ChangeNumber>,
) -> Result<BTreeMap<ChangeNumber, Vec<String>>, Fault> {
    let numbers: Vec<ChangeNumber> = changes.iter().copied().collect();
    let mut told = BTreeMap::new();
    for some in numbers.chunks(AT_ONCE) {
        let one = |number: &ChangeNumber| {
            format!(
                "c{number}:pullRequest(number:{number}){{files(first:100){{pageInfo{{hasNextPage}} nodes{{path}}}}}}"
            )
        };
        let asked: String = some.iter().map(one).collect();
        let document =
            format!("query($owner:String!,$name:String!){{repository(owner:$owner,name:$name){{{asked}}}}}");
        let found: About<BTreeMap<String, Option<Changed>>> =
            reader.caller.graphql(&document, reader.variables(json!({}))).await?;
        let mut found = repository_of(found.repository)?;
        for number in some {
            let files = found.remove(&format!("c{number}")).flatten().and_then(|change| change.files);
            let Some(files) = files.filter(|files| !files.page_info.has_next_page) else { continue };
            told.insert(*number, files.seen().map(|file| file.path).collect());
        }
    }
    Ok(told)
}
