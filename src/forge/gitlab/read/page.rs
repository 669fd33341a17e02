//! Release pages. Making and changing them lives in `perform`.

use serde::Deserialize;

use crate::domain::id::TagName;
use crate::domain::query::ReleasePage;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::gitlab::release_id;

/// A release page as REST tells it.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    assets: Assets,
    #[serde(default, rename = "_links")]
    links: Links,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Assets {
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Links {
    #[serde(rename = "self")]
    itself: Option<String>,
}

/// The page of a tag. GitLab has no drafts, and knows no sums of the files that a page links to.
pub(super) async fn now(reader: &Reader<'_>, tag: &TagName) -> Result<Option<ReleasePage>, Fault> {
    let found: Option<Page> = if_there(reader.api().get(&reader.route().then("releases").then(tag)).await)?;
    Ok(found.map(|page| ReleasePage {
        id: release_id(tag),
        page: page.links.itself.unwrap_or_else(|| reader.gitlab.site.release(&reader.project.path, tag)),
        draft: false,
        assets: page.assets.links.into_iter().map(|link| (link.name, None)).collect(),
    }))
}
