//! The things a command can name, each read once and right from then on. Whether a named thing exists is not asked here.

use std::fmt::{self, Display, Formatter};

use super::argument::Typed;
use super::table::{self, Known};
use crate::domain::id::{BranchName, ChangeNumber, CommitId, ComponentName, EnvironmentName, PromotionId};
use crate::domain::policy::environment::Seconds;
use crate::domain::version::{Bump, Channel};

/// Declares a text that only its own `read` makes.
macro_rules! written {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text as it counts, without decoration.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Display for $name {
            fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

written! {
    /// A version as a person wrote it, without the `v`: three numbers, a pre-release and build at most, by the grammar of
    /// <https://semver.org> (2.0.0), or a date as <https://calver.org> has it. What it means in a project is the plan's
    /// question.
    WrittenVersion, "v"
}

written! {
    /// The beginning of a commit's name, or all of it: 7 to 64 hex digits, in lower case.
    CommitPrefix, ""
}

written! {
    /// Why somebody wants something, in their own words. One line, not empty; never trusted in our output.
    Reason, ""
}

written! {
    /// An environment as a person wrote it: its name, or the beginning of it. Which one it means is the policy's question.
    WrittenEnvironment, ""
}

written! {
    /// A branch as a person wrote it: its name, or the line that it stands for (`1.4`). Which one it means is the project's question.
    WrittenBranch, ""
}

/// The version of a release that something begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseVersion(pub WrittenVersion);

impl Display for BaseVersion {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl WrittenBranch {
    /// Reads what git could have as a branch's name, and nobody takes for something else.
    pub fn read(word: &str) -> Option<Self> {
        let is_other = word.starts_with(['#', '!', '-']) || word.ends_with(['.', ',']) || word.contains('*');
        let right = !is_other && word.len() <= 100 && BranchName::parse(word).is_ok();
        right.then(|| Self(word.to_owned()))
    }
}

/// A promotion as people name it: `p7`, or one revision of it, `p7.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromotionWord {
    /// The promotion.
    pub promotion: PromotionId,
    /// The revision; `None`: whatever it is now.
    pub revision: Option<u32>,
}

impl Display for PromotionWord {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.revision {
            Some(revision) => write!(formatter, "{}.{revision}", self.promotion),
            None => self.promotion.fmt(formatter),
        }
    }
}

/// What a command that acts on something open names it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// A promotion.
    Promotion(PromotionWord),
    /// A release.
    Version(WrittenVersion),
    /// An environment.
    Environment(WrittenEnvironment),
}

impl Display for Which {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Promotion(promotion) => promotion.fmt(formatter),
            Self::Version(version) => version.fmt(formatter),
            Self::Environment(environment) => environment.fmt(formatter),
        }
    }
}

/// A length of time as people write it: `30m`, `4h`, `2d`, at most 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    count: u64,
    unit: char,
}

impl Length {
    /// In seconds.
    pub fn seconds(self) -> Seconds {
        match self.unit {
            'd' => Seconds::days(self.count),
            'h' => Seconds::hours(self.count),
            _ => Seconds::minutes(self.count),
        }
    }
}

impl Display for Length {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.count, self.unit)
    }
}

/// A flag that takes no value.
pub(super) struct Again;

/// The flag of `notes` that takes no value.
pub(super) struct Short;

impl WrittenVersion {
    /// Reads `v1.5.0` or `1.5.0`, with `-rc.1` and `+build` at most.
    pub fn read(word: &str) -> Option<Self> {
        let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
        let (rest, build) = bare.split_once('+').map_or((bare, None), |(rest, build)| (rest, Some(build)));
        let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
        let numbers: Vec<&str> = core.split('.').collect();
        let right = (is_semantic(&numbers) || is_dated(&numbers))
            && pre.is_none_or(|pre| {
                pre.split('.').all(|part| is_identifier(part) && (!is_digits(part) || is_number(part)))
            })
            && build.is_none_or(|build| build.split('.').all(is_identifier));
        (right && bare.len() <= 100).then(|| Self(bare.to_owned()))
    }
}

impl WrittenEnvironment {
    /// Reads what can only be an environment: neither a version nor a promotion, no word of the grammar, and without the full
    /// stop that ends a sentence.
    pub fn read(word: &str) -> Option<Self> {
        let is_other = WrittenVersion::read(word).is_some()
            || PromotionWord::read(word).is_some()
            || ["to", "for", "again"].iter().any(|own| word.eq_ignore_ascii_case(own))
            || word.ends_with('.');
        EnvironmentName::parse(word).ok().filter(|_| !is_other).map(|_| Self(word.to_owned()))
    }
}

fn is_digits(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most 18 digits, so that it fits every counter.
fn is_number(part: &str) -> bool {
    (1..=18).contains(&part.len()) && is_digits(part) && (part == "0" || !part.starts_with('0'))
}

fn is_semantic(numbers: &[&str]) -> bool {
    numbers.len() == 3 && numbers.iter().all(|number| is_number(number))
}

/// What can only be meant as a date: a year of four digits first, or a number with a zero in front.
fn is_dated(numbers: &[&str]) -> bool {
    let is_padded = |number: &&str| number.len() == 2 && number.starts_with('0');
    let has_year = numbers[0].len() == 4 && is_number(numbers[0]) && numbers[0] >= "1900";
    (2..=4).contains(&numbers.len())
        && is_number(numbers[0])
        && numbers.iter().skip(1).all(|number| is_number(number) || is_padded(number))
        && (has_year || numbers.iter().skip(1).any(is_padded))
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl CommitPrefix {
    /// Whether this is the beginning of that commit's name.
    pub fn names(&self, commit: &CommitId) -> bool {
        commit.as_str().starts_with(&self.0)
    }
}

impl Reason {
    /// Reads a line; `None` if nothing visible is in it, or more than one line.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_one_line = !text.contains(['\n', '\r']);
        (is_one_line && text.chars().any(|c| !super::words::is_invisible(c))).then(|| Self(text.to_owned()))
    }
}

/// What the next version should be, if not what the changes ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanAsk {
    /// The next major version.
    Major,
    /// The next minor version.
    Minor,
    /// The next patch version.
    Patch,
    /// This one.
    Exactly(WrittenVersion),
}

impl PlanAsk {
    /// The bump that is asked for; `None` if a version is.
    pub fn bump(&self) -> Option<Bump> {
        match self {
            Self::Major => Some(Bump::Major),
            Self::Minor => Some(Bump::Minor),
            Self::Patch => Some(Bump::Patch),
            Self::Exactly(_) => None,
        }
    }
}

impl Display for PlanAsk {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Major => formatter.write_str("major"),
            Self::Minor => formatter.write_str("minor"),
            Self::Patch => formatter.write_str("patch"),
            Self::Exactly(version) => version.fmt(formatter),
        }
    }
}

/// What help is wanted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Every verb.
    All,
    /// One verb, by its name.
    Verb(&'static str),
    /// A verb that this version does not have.
    NotBuilt(&'static str),
}

impl Display for Topic {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("all"),
            Self::Verb(name) | Self::NotBuilt(name) => formatter.write_str(name),
        }
    }
}

impl Typed for WrittenVersion {
    const SHOWN: &'static str = "vX.Y.Z";
    const EXPECTED: &'static str = "a version";
    const SAMPLE: &'static str = "v1.5.0";
    fn read(word: &str) -> Option<Self> {
        Self::read(word)
    }
    /// `v1.5` is probably `v1.5.0`.
    fn nearest(word: &str) -> Option<String> {
        let numbers = word.trim_start_matches(['v', 'V', '.']).trim_end_matches('.');
        let padded = match numbers.split('.').count() {
            1 if word.starts_with(['v', 'V']) => format!("v{numbers}.0.0"),
            2 => format!("v{numbers}.0"),
            _ => format!("v{numbers}"),
        };
        Self::read(&padded).map(|version| version.to_string())
    }
}

impl Typed for BaseVersion {
    const SHOWN: &'static str = "vA.B.C";
    const EXPECTED: &'static str = "the version of a release";
    const SAMPLE: &'static str = "v1.4.2";
    fn read(word: &str) -> Option<Self> {
        WrittenVersion::read(word).map(Self)
    }
    fn nearest(word: &str) -> Option<String> {
        <WrittenVersion as Typed>::nearest(word)
    }
}

impl Typed for WrittenBranch {
    const SHOWN: &'static str = "BRANCH";
    const EXPECTED: &'static str = "a branch, or the line that it stands for (`1.4`)";
    const SAMPLE: &'static str = "1.4";
    fn read(word: &str) -> Option<Self> {
        Self::read(word)
    }
}

impl From<&CommitId> for CommitPrefix {
    fn from(commit: &CommitId) -> Self {
        Self(commit.to_string())
    }
}

impl Typed for CommitPrefix {
    const SHOWN: &'static str = "sha";
    const EXPECTED: &'static str = "a commit (7 or more hex digits)";
    const SAMPLE: &'static str = "8f3c21d";
    fn read(word: &str) -> Option<Self> {
        let right = (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        right.then(|| Self(word.to_ascii_lowercase()))
    }
}

impl Typed for Channel {
    const SHOWN: &'static str = "rc";
    const EXPECTED: &'static str = "the name of a pre-release";
    const SAMPLE: &'static str = "rc";
    fn read(word: &str) -> Option<Self> {
        Self::parse(word.to_ascii_lowercase()).ok()
    }
}

impl Typed for PlanAsk {
    const SHOWN: &'static str = "major|minor|patch|vX.Y.Z";
    const EXPECTED: &'static str = "major, minor, patch or a version";
    const SAMPLE: &'static str = "minor";
    fn read(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "major" => Some(Self::Major),
            "minor" => Some(Self::Minor),
            "patch" => Some(Self::Patch),
            _ => WrittenVersion::read(word).map(Self::Exactly),
        }
    }
    fn nearest(word: &str) -> Option<String> {
        table::nearest_word(word, ["major", "minor", "patch"].into_iter())
            .map(str::to_owned)
            .or_else(|| <WrittenVersion as Typed>::nearest(word))
    }
}

impl Typed for Topic {
    const SHOWN: &'static str = "all|verb";
    const EXPECTED: &'static str = "all or a verb";
    const SAMPLE: &'static str = "cut";
    fn read(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("all") {
            return Some(Self::All);
        }
        match table::look_up(word) {
            Known::Built(verb) | Known::Hint(verb) => Some(Self::Verb(verb.name)),
            Known::NotBuilt(name) => Some(Self::NotBuilt(name)),
            Known::Nothing => None,
        }
    }
    fn nearest(word: &str) -> Option<String> {
        table::nearest_verb(word).map(|verb| verb.name.to_owned())
    }
}

impl Typed for ChangeNumber {
    const SHOWN: &'static str = "#n";
    const EXPECTED: &'static str = "the number of a change";
    const SAMPLE: &'static str = "12";
    fn read(word: &str) -> Option<Self> {
        let digits = word.strip_prefix(['#', '!']).unwrap_or(word);
        // `u64::from_str` takes a `+`, which nobody means here.
        let number = is_digits(digits).then(|| digits.parse().ok()).flatten()?;
        (number > 0).then_some(Self(number))
    }
}

impl Typed for ComponentName {
    const SHOWN: &'static str = "c";
    const EXPECTED: &'static str = "the name of a component";
    const SAMPLE: &'static str = "api";
    fn read(word: &str) -> Option<Self> {
        // A dash in front is far more often a forgotten value than a name.
        Self::parse(word).ok().filter(|_| !word.starts_with('-'))
    }
}

impl Typed for WrittenEnvironment {
    const SHOWN: &'static str = "ENV";
    const EXPECTED: &'static str = "an environment";
    const SAMPLE: &'static str = "staging";
    fn read(word: &str) -> Option<Self> {
        Self::read(word)
    }
}

impl Typed for PromotionWord {
    const SHOWN: &'static str = "p7.1";
    const EXPECTED: &'static str = "the name of a promotion";
    const SAMPLE: &'static str = "p7.1";
    fn read(word: &str) -> Option<Self> {
        let numbers = word.strip_prefix(['p', 'P'])?;
        let (promotion, revision) = match numbers.split_once('.') {
            Some((promotion, revision)) => (promotion, Some(revision)),
            None => (numbers, None),
        };
        let right = |part: &str| is_number(part) && part != "0";
        if !right(promotion) || !revision.is_none_or(right) {
            return None;
        }
        let revision = revision.map(str::parse).transpose().ok()?;
        Some(Self { promotion: PromotionId(promotion.parse().ok()?), revision })
    }
    /// `7.1` is probably `p7.1`.
    fn nearest(word: &str) -> Option<String> {
        Self::read(&format!("p{word}")).map(|promotion| promotion.to_string())
    }
}

impl Typed for Which {
    const SHOWN: &'static str = "ENV|vX.Y.Z|p7";
    const EXPECTED: &'static str = "an environment, a version or a promotion";
    const SAMPLE: &'static str = "production";
    fn read(word: &str) -> Option<Self> {
        <PromotionWord as Typed>::read(word)
            .map(Self::Promotion)
            .or_else(|| WrittenVersion::read(word).map(Self::Version))
            .or_else(|| WrittenEnvironment::read(word).map(Self::Environment))
    }
}

impl Typed for Length {
    const SHOWN: &'static str = "4h";
    const EXPECTED: &'static str = "a length of time (m, h or d, at most 365d)";
    const SAMPLE: &'static str = "4h";
    fn read(word: &str) -> Option<Self> {
        let unit = word.chars().next_back()?.to_ascii_lowercase();
        let count = word.get(..word.len() - 1).filter(|count| is_number(count) && count.len() <= 6)?;
        let length = Self { count: count.parse().ok()?, unit };
        let right = matches!(unit, 'm' | 'h' | 'd') && length.count > 0;
        (right && length.seconds() <= Seconds::days(365)).then_some(length)
    }
}

impl Typed for Short {
    const SHOWN: &'static str = "short";
    const EXPECTED: &'static str = "no value";
    const SAMPLE: &'static str = "";
    fn read(word: &str) -> Option<Self> {
        word.is_empty().then_some(Self)
    }
}

impl Typed for Again {
    const SHOWN: &'static str = "again";
    const EXPECTED: &'static str = "no value";
    const SAMPLE: &'static str = "";
    fn read(word: &str) -> Option<Self> {
        word.is_empty().then_some(Self)
    }
}
