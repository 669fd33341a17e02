//! Release pages: drafted, published last, given a banner. What people wrote on them stays.

use serde_json::json;

use super::Work;
use super::tag::workflow_trap;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::{CommitId, ReleaseId, TagName};
use crate::domain::say::Text;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::{FoundPage, listed_pages, page_by_tag};
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};
use serde::de::IgnoredAny;

/// A page as it was ordered.
pub(super) struct Draft<'a> {
    pub(super) tag: &'a TagName,
    pub(super) commit: &'a CommitId,
    pub(super) title: &'a str,
    pub(super) notes: &'a Text,
    pub(super) prerelease: bool,
}

/// Makes the draft, or adopts what is there: a published page of the tag, whoever made it, or the draft of an earlier attempt.
pub(super) async fn ensure_draft(work: &Work<'_>, draft: &Draft<'_>) -> Result<Made, PerformError> {
    let marker = marker(work.order.key);
    if let Some(published) = page_by_tag(&work.reader, draft.tag).await.map_err(Fault::of_lookup)? {
        return Ok(made(&published));
    }
    if work.may_be_done()
        && let Some(found) = find(work, draft.tag, &marker).await?
    {
        return Ok(made(&found));
    }
    let body = json!({
        "tag_name": draft.tag,
        "target_commitish": draft.commit,
        "name": draft.title,
        "body": work.pen().release_body(draft.notes, &marker),
        "draft": true,
        "prerelease": draft.prerelease,
    });
    let route = work.reader.repository().then("releases");
    let posted = work.reader.caller.post::<FoundPage>(&route, body).await;
    posted.map(|page| made(&page)).map_err(|fault| workflow_trap(fault, "release"))
}

async fn find(work: &Work<'_>, tag: &TagName, marker: &str) -> Result<Option<FoundPage>, PerformError> {
    let is_it = |page: &FoundPage| page.tag_name == tag.as_str() && carries(page, marker);
    listed_pages(&work.reader, is_it).await.map_err(Fault::of_lookup)
}

fn carries(page: &FoundPage, marker: &str) -> bool {
    page.body.as_deref().unwrap_or_default().lines().any(|line| line.trim() == marker)
}

/// Publishes the page. It is read first: what is published is done, and one that stands for another tag is not ours to publish.
pub(super) async fn ensure_published(
    work: &Work<'_>,
    (release, tag): (ReleaseId, &TagName),
    latest: bool,
) -> Result<Made, PerformError> {
    let page = read(work, release).await?;
    if page.tag_name != tag.as_str() {
        let said = format!("the release page stands for the tag `{}` now", page.tag_name);
        return Err(PerformError::Refused(Refusal::Invalid { said }));
    }
    if !page.draft {
        return Ok(made(&page));
    }
    require_tag(work, tag).await?;
    // A string, and said each time: left out, a fix of an old line would become the latest release.
    let body = json!({ "draft": false, "make_latest": if latest { "true" } else { "false" } });
    let patched = work.reader.caller.patch::<FoundPage>(&one(work, release), body).await;
    patched.map(|page| made(&page)).map_err(|fault| workflow_trap(fault, "release"))
}

/// Publishing a page whose tag is gone would make a tag of its own, without a message, wherever GitHub likes.
async fn require_tag(work: &Work<'_>, tag: &TagName) -> Result<(), PerformError> {
    let route = work.reader.repository().down("git/ref").then(format!("tags/{tag}"));
    let found = if_there(work.reader.caller.get::<IgnoredAny>(&route).await).map_err(Fault::of_lookup)?;
    found.map(drop).ok_or(PerformError::Refused(Refusal::Gone))
}

/// Puts the banner above the page's text, once.
pub(super) async fn ensure_banner(
    work: &Work<'_>,
    release: ReleaseId,
    banner: &Text,
) -> Result<Made, PerformError> {
    let page = read(work, release).await?;
    let marker = marker(work.order.key);
    if carries(&page, &marker) {
        return Ok(made(&page));
    }
    let body = work.pen().above(banner, &marker, page.body.as_deref().unwrap_or_default());
    let Some(body) = body else {
        let said = "the release page is full: its text leaves no room for a banner".to_owned();
        return Err(PerformError::Refused(Refusal::Invalid { said }));
    };
    let patched = work.reader.caller.patch::<FoundPage>(&one(work, release), json!({ "body": body })).await;
    patched.map(|page| made(&page)).map_err(Fault::of_write)
}

async fn read(work: &Work<'_>, release: ReleaseId) -> Result<FoundPage, PerformError> {
    work.reader.caller.get(&one(work, release)).await.map_err(Fault::of_lookup)
}

pub(super) fn one(work: &Work<'_>, release: ReleaseId) -> Route {
    work.reader.repository().then("releases").then(release)
}

fn made(page: &FoundPage) -> Made {
    Made::Release { id: ReleaseId(page.id), page: page.html_url.clone() }
}
