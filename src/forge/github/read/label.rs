//! The labels of a repository, by name. What they mean is not decided here.

use serde::Deserialize;

use super::Reader;
use crate::forge::fault::Fault;

/// A thousand labels are looked through.
const PAGES: u32 = 10;

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The names of all labels.
pub(super) async fn all(reader: &Reader<'_>) -> Result<Vec<String>, Fault> {
    let route = reader.repository().then("labels").with("per_page", 100);
    let found = reader.caller.pages(&route, PAGES, |page: Vec<Named>| page, |_| false).await?;
    Ok(found.into_iter().map(|label| label.name).collect())
}
