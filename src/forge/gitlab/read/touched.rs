//! The files that a commit touches. What they belong to is not decided here.

use serde::Deserialize;

use super::commit;
use crate::domain::id::CommitId;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;

/// Pages of a hundred files. A commit with more of them is about everything, and stays untold.
const PAGES: u32 = 5;

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
