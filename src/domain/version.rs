//! Versions by SemVer and what raises them. Which changes ask for which bump is `plan`'s question, how tags spell versions is `version::tag`'s.

mod tag;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::Malformed;

pub use tag::{Detected, TagPattern, candidates};

/// What a change asks of the version, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// Nothing.
    None,
    /// A fix.
    Patch,
    /// Something new, compatible.
    Minor,
    /// Something that breaks users.
    Major,
}

impl Bump {
    /// The word as policies and people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A version by [SemVer 2.0.0](https://semver.org), without any `v`. Ordered by precedence; build metadata only breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(semver::Version);

impl Version {
    /// A final version.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// What a project without any tag begins with.
    pub fn first() -> Self {
        Self::new(0, 1, 0)
    }

    /// Parses a version as a tag pattern's `{version}` holds it: no `v`, nothing left out.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        const RULE: &str = "`MAJOR.MINOR.PATCH`, perhaps with `-PRE.RELEASE` and `+BUILD`";
        semver::Version::parse(text).map(Self).map_err(|_| Malformed::new("version", text, RULE))
    }

    /// Reads a version as people write it, in a command or a milestone's title: with or without `v`, the patch number
    /// left out.
    pub fn parse_loosely(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        Self::parse(text).ok().or_else(|| {
            let (major, minor) = text.split_once('.')?;
            Self::parse(&format!("{major}.{minor}.0")).ok().filter(Self::is_final)
        })
    }

    /// Whether it is meant for everybody: no pre-release.
    pub fn is_final(&self) -> bool {
        self.0.pre.is_empty()
    }

    /// Whether it is a pre-release.
    pub fn is_prerelease(&self) -> bool {
        !self.is_final()
    }

    /// The final version that this is, or leads to.
    pub fn core(&self) -> Self {
        Self::new(self.0.major, self.0.minor, self.0.patch)
    }

    /// The channel of a pre-release: `rc` of `1.5.0-rc.1`; `None` for a final version.
    pub fn channel(&self) -> Option<&str> {
        if self.is_final() { None } else { Some(self.pre_parts().0) }
    }

    /// The final version that a bump leads to. Below 1.0.0 what breaks users raises the minor number only.
    #[must_use]
    pub fn bumped(&self, bump: Bump) -> Self {
        let is_early = self.0.major == 0;
        self.raised(if is_early { bump.min(Bump::Minor) } else { bump })
    }

    /// The final version that a bump leads to, taken at its word: `major` of 0.4.2 is 1.0.0. For a person's own request.
    #[must_use]
    pub fn raised(&self, bump: Bump) -> Self {
        let semver::Version { major, minor, patch, .. } = self.0;
        match bump {
            // A pre-release already stands for its final version.
            Bump::None => self.core(),
            Bump::Patch => Self::new(major, minor, patch + 1),
            Bump::Minor => Self::new(major, minor + 1, 0),
            Bump::Major => Self::new(major + 1, 0, 0),
        }
    }

    /// The next pre-release of this final version on a channel, after those in `taken`: `1.5.0-rc.1`, then `1.5.0-rc.2`.
    #[must_use]
    pub fn next_on<'a>(&self, channel: &Channel, taken: impl IntoIterator<Item = &'a Version>) -> Self {
        let core = self.core();
        let highest = taken
            .into_iter()
            .filter(|version| version.channel() == Some(channel.as_str()) && version.core() == core)
            .filter_map(|version| version.pre_parts().1)
            .max();
        let number = highest.map_or(1, |highest| highest + 1);
        let pre = format!("{channel}.{number}");
        let pre = semver::Prerelease::new(&pre).expect("a channel is a pre-release identifier by its parser");
        Self(semver::Version { pre, ..core.0 })
    }

    /// `rc.1` as (`rc`, 1); `rc1` and `rc` have no number.
    fn pre_parts(&self) -> (&str, Option<u64>) {
        let pre = self.0.pre.as_str();
        match pre.rsplit_once('.') {
            Some((channel, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                (channel, number.parse().ok())
            }
            _ => (pre, None),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Version {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Version {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(&text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.to_string()
    }
}

/// The identifier of pre-releases that follow each other (`rc`, `beta`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Channel(String);

impl Channel {
    /// Parses an identifier: letters, digits and hyphens, not a number alone.
    pub fn parse(text: impl Into<String>) -> Result<Self, Malformed> {
        const RULE: &str = "1 to 30 letters, digits or hyphens, beginning with a letter";
        let text = text.into();
        let valid = text.len() <= 30
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if valid { Ok(Self(text)) } else { Err(Malformed::new("pre-release identifier", &text, RULE)) }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Channel {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Channel {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}

impl From<Channel> for String {
    fn from(channel: Channel) -> String {
        channel.0
    }
}

#[cfg(test)]
mod tests;
