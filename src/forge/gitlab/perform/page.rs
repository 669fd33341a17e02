//! Release pages. GitLab has no drafts: a page is there for all as soon as it is made, and its name is its tag. What people wrote on it stays.

use serde::Deserialize;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::TagName;
use crate::domain::say::Text;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::is_titled;
use crate::forge::gitlab::release_id;
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};

/// A page as an answer tells it.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    description: Option<String>,
}

/// A milestone as a list tells it.
#[derive(Deserialize)]
struct Milestone {
    title: String,
}

/// Makes the page, or adopts what is there, whoever made it.
pub(super) async fn ensure(
    work: &Work<'_>,
    tag: &TagName,
    (title, notes): (&str, &Text),
) -> Result<Made, PerformError> {
    if find(work, tag).await?.is_some() {
        return Ok(made(work, tag));
    }
    require_tag(work, tag).await?;
    let body = json!({
        "tag_name": tag,
        "name": title,
        "description": work.pen().release_body(notes, &marker(work.order.key)),
        "milestones": milestones(work, tag).await?,
    });
    match work.api().post::<Page>(&all(work), body).await {
        Ok(_) => Ok(made(work, tag)),
        // Somebody was quicker.
        Err(Fault::Denied { status: 409, .. }) => Ok(made(work, tag)),
        Err(fault) => Err(fault.of_write()),
    }
}

/// The project's milestone that is named like the tag, with or without `v`: the page shows that it belongs to it.
async fn milestones(work: &Work<'_>, tag: &TagName) -> Result<Vec<String>, PerformError> {
    let bare = tag.as_str().strip_prefix(['v', 'V']).unwrap_or(tag.as_str());
    let route = work.project().then("milestones").with("search", bare).with("per_page", 100);
    let found: Vec<Milestone> = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    let titles = found.into_iter().map(|milestone| milestone.title);
    Ok(titles.filter(|title| is_titled(title, bare)).take(1).collect())
}

/// A page for a tag that is gone would make a tag of its own.
async fn require_tag(work: &Work<'_>, tag: &TagName) -> Result<(), PerformError> {
    let route = work.project().down("repository/tags").then(tag);
    let found = if_there(work.api().get::<serde::de::IgnoredAny>(&route).await).map_err(Fault::of_lookup)?;
    found.map(drop).ok_or(PerformError::Refused(Refusal::Gone))
}

/// The page is there since it was made; one that somebody took away meanwhile is gone.
pub(super) async fn ensure_there(work: &Work<'_>, tag: &TagName) -> Result<Made, PerformError> {
    find(work, tag).await?.map(|_| made(work, tag)).ok_or(PerformError::Refused(Refusal::Gone))
}

/// Puts the banner above the page's text, once.
pub(super) async fn ensure_banner(
    work: &Work<'_>,
    tag: &TagName,
    banner: &Text,
) -> Result<Made, PerformError> {
    let page = find(work, tag).await?.ok_or(PerformError::Refused(Refusal::Gone))?;
    let text = page.description.unwrap_or_default();
    let marker = marker(work.order.key);
    if text.lines().any(|line| line.trim() == marker) {
        return Ok(made(work, tag));
    }
    let Some(description) = work.pen().above(banner, &marker, &text) else {
        let said = "the release page is full: its text leaves no room for a banner".to_owned();
        return Err(PerformError::Refused(Refusal::Invalid { said }));
    };
    let put = work.api().put::<Page>(&one(work, tag), json!({ "description": description })).await;
    put.map(|_| made(work, tag)).map_err(Fault::of_write)
}

async fn find(work: &Work<'_>, tag: &TagName) -> Result<Option<Page>, PerformError> {
    if_there(work.api().get(&one(work, tag)).await).map_err(Fault::of_lookup)
}

fn all(work: &Work<'_>) -> Route {
    work.project().then("releases")
}

fn one(work: &Work<'_>, tag: &TagName) -> Route {
    all(work).then(tag)
}

fn made(work: &Work<'_>, tag: &TagName) -> Made {
    Made::Release { id: release_id(tag), page: work.gitlab.site.release(&work.order.project.path, tag) }
}
