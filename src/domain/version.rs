//! Versions: numbers with dots between, perhaps a pre-release, and what raises them. Which changes ask for which bump is `plan`'s question, how tags spell versions is `version::tag`'s.

mod calendar;
mod channel;
mod scheme;
mod series;
mod tag;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use semver::{BuildMetadata, Prerelease};
use serde::{Deserialize, Serialize};

use super::id::Malformed;
use channel::{Parts, Style, precedence};

pub use calendar::Format;
pub use channel::Channel;
pub use scheme::{Fit, Origin, Scheme, Step};
pub use series::Series;
pub use tag::{Detected, Naming, TagPattern, candidates};

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

/// A version without any `v`, by whatever scheme: `1.5.0`, `1.5.0-rc.1`, `2026.03.1`. Ordered by precedence, which for
/// [SemVer 2.0.0](https://semver.org) is SemVer's but for one thing: `rc10` comes after `rc9`. Build metadata and
/// spelling only break ties.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// Two to four; three for SemVer.
    numbers: Vec<Number>,
    pre: Prerelease,
    build: BuildMetadata,
}

/// A number as it is spelt: `03` and `3` are equal in value and different versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Number {
    value: u64,
    /// At least so many digits.
    width: u8,
}

impl Number {
    fn plain(value: u64) -> Self {
        Self { value, width: 1 }
    }

    /// At most eighteen digits, so that it fits every counter.
    fn parse(text: &str) -> Option<Self> {
        let is_number = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let width = if text.starts_with('0') { u8::try_from(text.len()).ok()? } else { 1 };
        is_number.then(|| text.parse().ok()).flatten().map(|value| Self { value, width })
    }
}

impl Version {
    /// A final version of three numbers.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self::of([major, minor, patch].map(Number::plain).to_vec())
    }

    fn of(numbers: Vec<Number>) -> Self {
        Self { numbers, pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY }
    }

    /// Parses a version of any scheme, as journals and commands hold it: no `v`, nothing left out.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        const RULE: &str = "two to four numbers, perhaps with `-PRE.RELEASE` and `+BUILD`";
        let (core, pre, build) = split(text);
        let numbers: Option<Vec<Number>> = core.split('.').map(Number::parse).collect();
        let numbers = numbers.filter(|numbers| (2..=4).contains(&numbers.len()));
        let rest = (Prerelease::new(pre.unwrap_or_default()), BuildMetadata::new(build.unwrap_or_default()));
        match (numbers, rest) {
            (Some(numbers), (Ok(parsed), Ok(built)))
                if pre.is_none_or(|pre| !pre.is_empty()) && build.is_none_or(|build| !build.is_empty()) =>
            {
                Ok(Self { numbers, pre: parsed, build: built })
            }
            _ => Err(Malformed::new("version", text, RULE)),
        }
    }

    /// Reads a version by [SemVer 2.0.0](https://semver.org): three numbers without leading zeros.
    pub fn semantic(text: &str) -> Option<Self> {
        semver::Version::parse(text).ok().and_then(|_| Self::parse(text).ok())
    }

    /// Reads a version as people write it, in a command or a milestone's title: with or without `v`, the patch number
    /// left out.
    pub fn parse_loosely(text: &str) -> Option<Self> {
        let text = bare(text);
        let padded = || {
            let (major, minor) = text.split_once('.')?;
            Self::semantic(&format!("{major}.{minor}.0")).filter(Self::is_final)
        };
        Self::semantic(text).or_else(padded).or_else(|| Self::parse(text).ok())
    }

    /// Whether people call it so: with or without `v`, a last `.0` left out.
    pub fn is_called(&self, name: &str) -> bool {
        let (name, own) = (bare(name), self.to_string());
        name == own || own.strip_suffix(".0").is_some_and(|short| name == short && name.contains('.'))
    }

    /// Whether it is meant for everybody: no pre-release.
    pub fn is_final(&self) -> bool {
        self.pre.is_empty()
    }

    /// Whether it is a pre-release.
    pub fn is_prerelease(&self) -> bool {
        !self.is_final()
    }

    /// The final version that this is, or leads to.
    #[must_use]
    pub fn core(&self) -> Self {
        Self::of(self.numbers.clone())
    }

    /// The channel of a pre-release: `rc` of `1.5.0-rc.1` and of `1.5.0-rc1`; `None` for a final version.
    pub fn channel(&self) -> Option<&str> {
        self.is_prerelease().then(|| Parts::of(&self.pre).channel)
    }

    /// The next pre-release of this final version on a channel, after those in `taken`: `1.5.0-rc.1`, then `1.5.0-rc.2`.
    /// Where the project writes `rc1` or `rc-01`, it goes on so.
    #[must_use]
    pub fn next_on<'a>(&self, channel: &Channel, taken: impl IntoIterator<Item = &'a Self>) -> Self {
        let core = self.core();
        let of_channel = taken.into_iter().filter(|version| version.channel() == Some(channel.as_str()));
        let mut style: Option<(&Self, Style)> = None;
        let mut highest = 0;
        for version in of_channel {
            let parts = Parts::of(&version.pre);
            let Some(number) = parts.number else { continue };
            if version.core() == core {
                highest = highest.max(number);
            }
            if style.as_ref().is_none_or(|(newest, _)| version > *newest) {
                style = Some((version, parts.style));
            }
        }
        let style = style.map(|(_, style)| style).unwrap_or_default();
        let pre = style.spell(channel, highest + 1);
        let pre = Prerelease::new(&pre).expect("a channel is a pre-release identifier by its parser");
        Self { pre, ..core }
    }

    fn value(&self, place: usize) -> u64 {
        self.numbers.get(place).map_or(0, |number| number.value)
    }
}

/// Numbers as they are spelt, with dots between.
fn spelt(numbers: &[Number]) -> String {
    let each =
        numbers.iter().map(|Number { value, width }| format!("{value:0width$}", width = usize::from(*width)));
    each.collect::<Vec<_>>().join(".")
}

/// What people put around a version without meaning anything by it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix(['v', 'V']).unwrap_or(text)
}

/// A version as its numbers, its pre-release and its build.
fn split(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
    (core, pre, build)
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let values =
            |version: &Self| -> Vec<u64> { version.numbers.iter().map(|number| number.value).collect() };
        values(self)
            .cmp(&values(other))
            .then_with(|| precedence(&self.pre, &other.pre))
            .then_with(|| self.build.cmp(&other.build))
            .then_with(|| self.numbers.cmp(&other.numbers))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&spelt(&self.numbers))?;
        if !self.pre.is_empty() {
            write!(formatter, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(formatter, "+{}", self.build)?;
        }
        Ok(())
    }
}

/// `Version(1.5.0)`: its fields say no more than its text.
impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Version({self})")
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
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests;
