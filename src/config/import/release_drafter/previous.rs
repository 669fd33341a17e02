//! Which release release-drafter counts from, and which draft it goes on with. What is done with them is `release_drafter::draft`'s business.

use jiff::Timestamp;
use semver::{Version, VersionReq};

use super::Configuration;
use super::number::{coerced, version_of};

/// A release as the forge lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Its name.
    pub name: String,
    /// The branch or commit it was made for.
    pub commitish: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Whether it is not published yet.
    pub is_draft: bool,
    /// Whether it is marked as a pre-release.
    pub is_prerelease: bool,
}

/// What a new draft goes on from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found<'a> {
    /// The release before.
    pub last: Option<&'a Release>,
    /// The draft to be written anew.
    pub draft: Option<&'a Release>,
}

/// Looks for them among releases in the forge's order.
pub fn found<'a>(
    releases: &'a [Release],
    configuration: &Configuration,
    commitish: &str,
    is_prerelease: bool,
) -> Found<'a> {
    let prefix = &configuration.numbering.tag_prefix;
    let branch = |name: &str| name.trim_start_matches("refs/heads/").to_owned();
    let range = configuration.range.as_deref();
    let counts = |release: &&Release| {
        (!configuration.is_by_commitish || branch(&release.commitish) == branch(commitish))
            && range.is_none_or(|range| is_within(&release.tag, prefix, range))
            && release.tag.starts_with(prefix)
    };
    let with_prereleases = is_prerelease || configuration.counts_prereleases;
    let published = releases.iter().filter(counts).filter(|release| !release.is_draft);
    let published = published.filter(|release| with_prereleases || !release.is_prerelease);
    let last = published.reduce(|best, next| if is_later(next, best, prefix) { next } else { best });
    let draft = releases
        .iter()
        .filter(counts)
        .find(|release| release.is_draft && release.is_prerelease == is_prerelease);
    Found { last, draft }
}

fn is_later(one: &Release, other: &Release, prefix: &str) -> bool {
    match (version_of(&one.tag, prefix), version_of(&other.tag, prefix)) {
        (Some(one), Some(other)) => one > other,
        _ => one.created_at > other.created_at,
    }
}

/// Whether a tag's numbers are within a range: comparators parted by blanks all hold, of alternatives parted by `||` one.
fn is_within(tag: &str, prefix: &str, range: &str) -> bool {
    let Some(version) = coerced(tag.strip_prefix(prefix).unwrap_or(tag)) else { return false };
    range.split("||").any(|alternative| holds(alternative, &version))
}

fn holds(alternative: &str, version: &Version) -> bool {
    let comparators = alternative.split_whitespace().collect::<Vec<_>>().join(", ");
    VersionReq::parse(&comparators).is_ok_and(|range| range.matches(version))
}
