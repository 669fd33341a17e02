//! The files that a commit touches. What they belong to is not decided here.

use serde::Deserialize;

use crate::domain::id::CommitId;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;

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
