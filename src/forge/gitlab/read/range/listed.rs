//! Which commits a range has: the list by its pages, a long one by one comparison. Which merge requests brought them is not asked here.

use std::collections::HashSet;

use serde::Deserialize;

use super::Commit;
use crate::domain::query::RangeAsked;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::{Reader, commit, tag};
use crate::forge::route::Route;

/// The most commits that one release is made of.
const LIMIT: usize = 5_000;
/// So many commits a page, the most that GitLab gives.
const PER_PAGE: usize = 100;
/// What is more than so many pages is asked for at once. A comparison tells the files, too, which are dear to tell: few releases are as
/// long as that, and of a shorter one the pages are fewer questions.
const PAGES: u32 = 3;

/// All commits that `to` has and `from` lacks, the oldest first, on no pages.
/// <https://docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits>
#[derive(Deserialize)]
struct Comparison {
    commits: Vec<Commit>,
}

/// Some pages of the list, and where the next one is.
type Pages = (Vec<Commit>, Option<String>);

/// The commits as GitLab lists them; `None` where an end is not there. The base is spelled in full: a branch may have a tag's name.
pub(super) async fn all(reader: &Reader<'_>, asked: &RangeAsked) -> Result<Option<Vec<Commit>>, Fault> {
    let range = match &asked.base {
        None => asked.head.to_string(),
        Some(base) => format!("refs/tags/{base}..{}", asked.head),
    };
    let route = reader.route().down("repository/commits").with("ref_name", range).with("per_page", PER_PAGE);
    let Some((first, next)) = if_there(pages(reader, route.target(), PAGES).await)? else { return Ok(None) };
    let commits = match next {
        None => first,
        Some(next) => match at_once(reader, asked, (&route, &first)).await? {
            Some(all) => all,
            None => on(reader, first, next).await?,
        },
    };
    if commits.len() > LIMIT {
        let said = format!("more than {LIMIT} commits are new; tag an older commit first");
        return Err(Fault::Denied { status: 422, said });
    }
    // An empty list may also say that an end of the range is not there.
    let is_certain = !commits.is_empty() || are_there(reader, asked).await?;
    Ok(is_certain.then_some(commits))
}

async fn pages(reader: &Reader<'_>, from: Option<String>, pages: u32) -> Result<Pages, Fault> {
    reader.api().turn(from.ok_or_else(Fault::nameless)?, pages, |_| false).await
}

/// The list to its end, page by page.
async fn on(reader: &Reader<'_>, mut commits: Vec<Commit>, next: String) -> Result<Vec<Commit>, Fault> {
    let left = u32::try_from(LIMIT / PER_PAGE + 1).unwrap_or(u32::MAX) - PAGES;
    commits.extend(pages(reader, Some(next), left).await?.0);
    Ok(commits)
}

/// The same by one comparison, newest first. `None` where there is nothing to compare with, where GitLab does not compare as much, and
/// where what it compares is not what it lists: as many commits, those of the first pages and of the last one.
async fn at_once(
    reader: &Reader<'_>,
    asked: &RangeAsked,
    (route, first): (&Route, &[Commit]),
) -> Result<Option<Vec<Commit>>, Fault> {
    let Some(base) = &asked.base else { return Ok(None) };
    let from = format!("refs/tags/{base}");
    let compare = reader.route().down("repository/compare").with("from", from).with("to", &asked.head);
    let mut commits = match reader.api().get::<Comparison>(&compare).await {
        Ok(compared) => compared.commits,
        Err(Fault::NoAnswer(_) | Fault::Unreadable(_) | Fault::Denied { .. }) => return Ok(None),
        Err(fault @ (Fault::NotSent(_) | Fault::Limited { .. } | Fault::LockedOut(_))) => return Err(fault),
    };
    commits.reverse();
    let full = commits.len().saturating_sub(1) / PER_PAGE;
    let (last, more) = pages(reader, route.clone().with("page", full + 1).target(), 1).await?;
    let names: HashSet<&str> = commits.iter().map(|commit| commit.id.as_str()).collect();
    let is_same = more.is_none()
        && names.len() == commits.len()
        && full * PER_PAGE + last.len() == commits.len()
        && first.iter().chain(&last).all(|commit| names.contains(commit.id.as_str()));
    Ok(is_same.then_some(commits))
}

async fn are_there(reader: &Reader<'_>, asked: &RangeAsked) -> Result<bool, Fault> {
    if let Some(base) = &asked.base
        && tag::of(reader, base).await?.and_then(|tag| tag.commit()).is_none()
    {
        return Ok(false);
    }
    Ok(commit::named(reader, asked.head.as_str()).await?.is_some())
}
