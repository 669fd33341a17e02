//! Channels: the names of pre-releases that follow each other, and how a project numbers them. Which version a pre-release leads to is not known here.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use semver::Prerelease;

use crate::domain::id::Malformed;

/// The identifier of pre-releases that follow each other (`rc`, `beta`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// How a project puts a number behind a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    between: &'static str,
    width: usize,
}

impl Default for Style {
    /// `rc.1`, which SemVer orders rightly.
    fn default() -> Self {
        Self { between: ".", width: 1 }
    }
}

impl Style {
    /// A pre-release of a channel.
    pub(super) fn spell(self, channel: &Channel, number: u64) -> String {
        format!("{channel}{}{number:0width$}", self.between, width = self.width)
    }
}

/// A pre-release taken apart: `rc.1`, `rc1` and `rc-1` as `rc` and 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) channel: &'a str,
    pub(super) number: Option<u64>,
    pub(super) style: Style,
}

impl<'a> Parts<'a> {
    pub(super) fn of(pre: &'a Prerelease) -> Self {
        let pre = pre.as_str();
        if let Some((channel, number)) = pre.rsplit_once('.')
            && is_digits(number)
        {
            return Self { channel, number: number.parse().ok(), style: Style::default() };
        }
        let (word, digits) = behind_letters(pre);
        let joined = word.strip_suffix('-').map_or((word, ""), |word| (word, "-"));
        match (joined, digits.parse()) {
            ((channel, between), Ok(number)) if !channel.is_empty() => {
                let width = if digits.starts_with('0') { digits.len() } else { 1 };
                Self { channel, number: Some(number), style: Style { between, width } }
            }
            _ => Self { channel: pre, number: None, style: Style::default() },
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An identifier as what stands before its last digits, and these.
fn behind_letters(identifier: &str) -> (&str, &str) {
    let word = identifier.trim_end_matches(|c: char| c.is_ascii_digit());
    identifier.split_at(word.len())
}

/// The precedence of pre-releases: none is above all; else identifier by identifier as SemVer has it, and numbers behind
/// letters by their value, because nobody means `rc10` to come before `rc9`.
pub(super) fn precedence(one: &Prerelease, other: &Prerelease) -> Ordering {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => one.split('.').map(Rank::of).cmp(other.split('.').map(Rank::of)),
    }
}

/// An identifier's place among others. Fields compare in their order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank<'a> {
    /// By value; of two without leading zeros the longer one is greater.
    Number(usize, &'a str),
    /// What stands before its last digits; the digits' value as their length and text; the whole.
    Word(&'a str, usize, &'a str, &'a str),
}

impl<'a> Rank<'a> {
    fn of(identifier: &'a str) -> Self {
        if is_digits(identifier) {
            return Self::Number(identifier.len(), identifier);
        }
        let (word, digits) = behind_letters(identifier);
        let value = digits.trim_start_matches('0');
        // No digits at all come before every number: `rc` before `rc0`.
        let length = if digits.is_empty() { 0 } else { value.len() + 1 };
        Self::Word(word, length, value, identifier)
    }
}
