//! Release pages. Making and changing them lives in `perform`.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::id::TagName;
use crate::domain::query::ReleasePage;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::gitlab::release_id;

/// A release page as REST tells it.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::forge::gitlab) struct Page {
    pub(in crate::forge::gitlab) tag_name: String,
    #[serde(default)]
    pub(in crate::forge::gitlab) description: Option<String>,
    #[serde(default)]
    pub(in crate::forge::gitlab) released_at: Option<Timestamp>,
    #[serde(default)]
    assets: Assets,
    #[serde(default, rename = "_links")]
    links: Links,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Assets {
    links: Vec<Link>,
}

#[derive(Debug, Clone, Deserialize)]
struct Link {
    name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Links {
    #[serde(rename = "self")]
    itself: Option<String>,
}

impl Page {
    /// Its address.
    pub(in crate::forge::gitlab) fn address(&self, reader: &Reader<'_>) -> String {
        let usual = || reader.page(&format!("releases/{}", self.tag_name));
        self.links.itself.clone().unwrap_or_else(usual)
    }
}

/// The page of a tag.
pub(in crate::forge::gitlab) async fn of(reader: &Reader<'_>, tag: &TagName) -> Result<Option<Page>, Fault> {
    if_there(reader.api().get(&reader.route().then("releases").then(tag)).await)
}

/// The page of a tag in our words. GitLab has no drafts, and knows no sums of the files that a page links to.
pub(super) async fn now(reader: &Reader<'_>, tag: &TagName) -> Result<Option<ReleasePage>, Fault> {
    let found = of(reader, tag).await?;
    Ok(found.map(|page| ReleasePage {
        id: release_id(tag),
        page: page.address(reader),
        draft: false,
        assets: page.assets.links.into_iter().map(|link| (link.name, None)).collect(),
    }))
}
