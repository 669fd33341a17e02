//! How a project spells its versions as tags, and which tag comes before a release. What git has of these tags is not known here.

use std::fmt;
use std::str::FromStr;

use super::{Channel, Scheme, Version};
use crate::domain::id::{Malformed, TagName};

const PLACE: &str = "{version}";

/// How a project spells its tags: text with `{version}` in it, once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagPattern {
    before: String,
    after: String,
}

impl TagPattern {
    /// `v{version}`, for projects that have no tag yet.
    pub fn usual() -> Self {
        Self { before: "v".to_owned(), after: String::new() }
    }

    /// Parses a pattern: `{version}` in it once, and what it makes is a tag that git takes.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        const RULE: &str = "text with `{version}` in it once, that makes a name which git takes as a tag";
        let malformed = || Malformed::new("tag pattern", text, RULE);
        let (before, after) = text.split_once(PLACE).ok_or_else(malformed)?;
        let is_tag = TagName::parse(format!("{before}0.1.0{after}")).is_ok();
        if after.contains(PLACE) || !is_tag || before.len() + after.len() > 100 {
            return Err(malformed());
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned() })
    }

    /// The tag of a version.
    pub fn tag(&self, version: &Version) -> Result<TagName, Malformed> {
        TagName::parse(format!("{}{version}{}", self.before, self.after))
    }

    /// The pattern of the highest version among these tags.
    pub fn detect<'a>(tags: impl IntoIterator<Item = &'a str>, scheme: &Scheme) -> Detected {
        let mut spelt: Vec<(Version, &str)> =
            tags.into_iter().filter_map(|tag| spelling(tag, scheme)).collect();
        spelt.sort();
        spelt.dedup();
        let Some((highest, before)) = spelt.pop() else { return Detected::None };
        let pattern = |before: &str| Self { before: before.to_owned(), after: String::new() };
        match spelt.pop() {
            Some((other, other_before)) if other == highest && other_before != before => {
                Detected::Ambiguous(pattern(other_before), pattern(before))
            }
            _ => Detected::One(pattern(before)),
        }
    }
}

/// How a project names its releases: what its tags look like, and the versions in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The tags.
    pub pattern: TagPattern,
    /// The versions.
    pub scheme: Scheme,
}

impl Naming {
    /// `v{version}`, by SemVer.
    pub fn usual() -> Self {
        Self { pattern: TagPattern::usual(), scheme: Scheme::default() }
    }

    /// The tag of a version.
    pub fn tag(&self, version: &Version) -> Result<TagName, Malformed> {
        self.pattern.tag(version)
    }

    /// The version that a tag names, if it is spelt so.
    pub fn version_of(&self, tag: &str) -> Option<Version> {
        let TagPattern { before, after } = &self.pattern;
        self.scheme.read(tag.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?)
    }
}

/// Which pattern existing tags follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detected {
    /// This one.
    One(TagPattern),
    /// No tag names a version.
    None,
    /// The highest version is spelt in two ways; only the team can say which is right.
    Ambiguous(TagPattern, TagPattern),
}

/// A tag as a version and what stands before it. The version is the longest tail that is one, and begins a number.
fn spelling<'a>(tag: &'a str, scheme: &Scheme) -> Option<(Version, &'a str)> {
    let starts = tag.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !tag[..*at].ends_with(|before: char| before.is_ascii_digit() || before == '.')
    });
    starts.into_iter().find_map(|(at, _)| Some((scheme.read(&tag[at..])?, &tag[..at])))
}

/// The tags that may name the previous release, highest version first. The release before a final one is final; the one
/// before a pre-release is of its own channel or final. The first of them that is an ancestor of the head is it.
pub fn candidates<'a>(
    tags: impl IntoIterator<Item = &'a TagName>,
    naming: &Naming,
    channel: Option<&Channel>,
) -> Vec<(Version, TagName)> {
    let mut found: Vec<(Version, TagName)> = tags
        .into_iter()
        .filter_map(|tag| Some((naming.version_of(tag.as_str())?, tag.clone())))
        .filter(|(version, _)| version.is_final() || version.channel() == channel.map(Channel::as_str))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

impl fmt::Display for TagPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{PLACE}{}", self.before, self.after)
    }
}

impl FromStr for TagPattern {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}
