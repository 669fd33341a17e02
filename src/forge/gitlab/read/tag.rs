//! Tags and their place in the ancestry. Which version a tag spells is not asked here.

use serde::Deserialize;

use super::commit::{Named, is_ancestor};
use crate::domain::id::{CommitId, TagName};
use crate::domain::query::{Ancestry, Tag, TagNow};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;

/// At most this many pages of a hundred tags.
const PAGES: u32 = 200;

/// A tag as it stands.
#[derive(Deserialize)]
pub(super) struct Found {
    name: String,
    /// What the ref names: the tag object, or the commit where the tag is not annotated.
    target: String,
    /// `None` where it stands for a tree or a blob.
    #[serde(default)]
    commit: Option<Named>,
}

impl Found {
    /// What the ref names.
    fn object(&self) -> Result<CommitId, Fault> {
        CommitId::parse(self.target.as_str()).map_err(|_| Fault::lacks("a readable object name"))
    }

    /// The commit at the bottom, whatever tag objects lie between.
    pub(super) fn commit(&self) -> Option<CommitId> {
        self.commit.as_ref().and_then(|commit| CommitId::parse(commit.id.as_str()).ok())
    }
}

/// All tags that stand for commits.
pub(super) async fn all(reader: &Reader<'_>) -> Result<Vec<Tag>, Fault> {
    let route = reader.route().down("repository/tags").with("per_page", 100);
    let found: Vec<Found> = reader.api().pages(&route, PAGES, |_| false).await?;
    let tag = |found: &Found| {
        Some(Tag { name: TagName::parse(found.name.as_str()).ok()?, commit: found.commit()? })
    };
    Ok(found.iter().filter_map(tag).collect())
}

/// The tag; `None` where there is none.
pub(super) async fn of(reader: &Reader<'_>, tag: &TagName) -> Result<Option<Found>, Fault> {
    if_there(reader.api().get(&reader.route().down("repository/tags").then(tag)).await)
}

/// The tag now; `None`, too, where it stands for no commit.
pub(super) async fn now(reader: &Reader<'_>, tag: &TagName) -> Result<Option<TagNow>, Fault> {
    let Some(found) = of(reader, tag).await? else { return Ok(None) };
    let Some(commit) = found.commit() else { return Ok(None) };
    Ok(Some(TagNow { object: found.object()?, commit }))
}

/// The first of the tags that the commit descends from, the most wanted first.
pub(super) async fn first_ancestor(reader: &Reader<'_>, asked: &Ancestry) -> Result<Option<TagName>, Fault> {
    for tag in &asked.tags {
        let Some(commit) = of(reader, tag).await?.and_then(|found| found.commit()) else { continue };
        if is_ancestor(reader, &commit, asked.head.as_str()).await? {
            return Ok(Some(tag.clone()));
        }
    }
    Ok(None)
}
