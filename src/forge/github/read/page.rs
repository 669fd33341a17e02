//! Release pages, drafts too. Making and changing them lives in `perform`.

use serde::Deserialize;

use crate::domain::id::{ReleaseId, TagName};
use crate::domain::query::ReleasePage;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;

/// Drafts are found only by listing, newest first: three pages of a hundred.
const PAGES: u32 = 3;

/// A release page as REST tells it.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::forge::github) struct Page {
    pub(in crate::forge::github) id: u64,
    pub(in crate::forge::github) tag_name: String,
    pub(in crate::forge::github) html_url: String,
    pub(in crate::forge::github) draft: bool,
    #[serde(default)]
    pub(in crate::forge::github) name: Option<String>,
    #[serde(default)]
    pub(in crate::forge::github) body: Option<String>,
    #[serde(default)]
    assets: Vec<Asset>,
}

#[derive(Debug, Clone, Deserialize)]
struct Asset {
    name: String,
    /// `open` while it is being uploaded.
    #[serde(default)]
    state: Option<String>,
    /// `sha256:` and the hex digits; older servers tell none.
    #[serde(default)]
    digest: Option<String>,
}

impl Asset {
    fn is_under_way(&self) -> bool {
        self.state.as_deref() == Some("open")
    }

    fn told(self) -> (String, Option<String>) {
        let sum = self.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
        let sum = sum.map(str::to_ascii_lowercase);
        (self.name, sum)
    }
}

/// The page of a tag: the published one, else a draft.
pub(super) async fn of(reader: &Reader<'_>, tag: &TagName) -> Result<Option<ReleasePage>, Fault> {
    let found = match by_tag(reader, tag).await? {
        Some(page) => Some(page),
        None => listed(reader, |page| page.tag_name == tag.as_str()).await?,
    };
    Ok(found.map(|page| ReleasePage {
        id: ReleaseId(page.id),
        page: page.html_url,
        draft: page.draft,
        assets: page.assets.into_iter().filter(|asset| !asset.is_under_way()).map(Asset::told).collect(),
    }))
}

/// The published page of a tag.
pub(in crate::forge::github) async fn by_tag(
    reader: &Reader<'_>,
    tag: &TagName,
) -> Result<Option<Page>, Fault> {
    if_there(reader.caller.get(&reader.repository().down("releases/tags").then(tag)).await)
}

/// The newest page, draft or not, of which the claim holds.
pub(in crate::forge::github) async fn listed(
    reader: &Reader<'_>,
    holds: impl Fn(&Page) -> bool,
) -> Result<Option<Page>, Fault> {
    let route = reader.repository().then("releases").with("per_page", 100);
    let pages = |page: Vec<Page>| page;
    let found = reader.caller.pages(&route, PAGES, pages, |pages| pages.iter().any(&holds)).await?;
    Ok(found.into_iter().find(|page| holds(page)))
}
