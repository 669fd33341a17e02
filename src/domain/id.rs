//! Names and numbers that identify things, each parsed once at the edge; nothing here knows what a thing does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that is not a valid identifier of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}: {rule}")]
pub struct Malformed {
    /// What the text was meant to be, in the words of the glossary.
    pub kind: &'static str,
    /// The text as it came, at most its first 100 characters.
    pub text: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

impl Malformed {
    pub(crate) fn new(kind: &'static str, text: &str, rule: &'static str) -> Self {
        Self { kind, text: text.chars().take(100).collect(), rule }
    }
}

/// Declares a validated text identifier: `Name::parse`, `as_str`, `Display` and serde through the same rule.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the text; the error names the rule that it breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, Malformed> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err(Malformed::new($kind, &text, $rule)) }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

/// Declares a number that a forge gives to a thing.
macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

text_id! {
    /// Which forge instance an identifier belongs to, as its adapter names itself (`github`).
    ForgeName, "forge name", "1 to 20 lower-case letters, digits or hyphens",
    |text| !text.is_empty() && text.len() <= 20
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

text_id! {
    /// A commit's full object name: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
    CommitId, "commit id", "40 or 64 lower-case hex digits",
    |text| matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl CommitId {
    /// The first seven digits, as people write it.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

text_id! {
    /// A tag's name without `refs/tags/`, by the rules of `git check-ref-format`.
    TagName, "tag name", "a name that `git check-ref-format` accepts",
    is_ref_name
}

text_id! {
    /// A branch's name without `refs/heads/`, by the rules of `git check-ref-format`.
    BranchName, "branch name", "a name that `git check-ref-format` accepts",
    is_ref_name
}

text_id! {
    /// A releasable unit of a project; `default` where the policy names none.
    ComponentName, "component name", "1 to 100 letters, digits, `-`, `_` or `.`",
    is_word
}

impl ComponentName {
    /// The one component of a project that names none. The name is reserved.
    pub fn default_component() -> Self {
        Self("default".to_owned())
    }

    /// Whether this is the reserved name `default`.
    pub fn is_default(&self) -> bool {
        self.0 == "default"
    }
}

text_id! {
    /// The forge's name of one delivery; a redelivery keeps it.
    DeliveryId, "delivery id", "1 to 100 visible ASCII characters",
    |text| !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_graphic())
}

text_id! {
    /// A project's life in this database: random at installation, new after a restored backup is adopted. Part of every effect's key.
    Incarnation, "incarnation", "16 lower-case hex digits",
    |text| text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

text_id! {
    /// A project's path on its forge, `owner/name`. It may change; the [`ProjectId`] does not.
    ProjectPath, "project path", "`owner/name`",
    |text| text.len() <= 300 && text.split('/').count() >= 2 && text.split('/').all(is_word)
}

impl ProjectPath {
    /// Everything before the last `/`.
    pub fn owner(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(owner, _)| owner)
    }

    /// Everything after the last `/`.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }
}

number_id! {
    /// A deployment, by the forge's number of it.
    DeploymentId
}

number_id! {
    /// A person's or bot's number on the forge. The only thing that rights are given to: a login may change hands.
    ActorId
}
number_id! {
    /// The number of a pull or merge request, as people write it after `#` or `!`.
    ChangeNumber
}
number_id! {
    /// The forge's number of a release page.
    ReleaseId
}

/// Git's rule for one reference name, without the `refs/…/` prefix (git-check-ref-format(1)).
fn is_ref_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 250
        && text != "@"
        && !text.starts_with(['/', '-'])
        && !text.ends_with(['/', '.'])
        && !text.contains("..")
        && !text.contains("//")
        && !text.contains("@{")
        && !text.chars().any(|c| {
            c.is_control() || c.is_whitespace() || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
        })
        && !text.split('/').any(|part| part.starts_with('.') || part.ends_with(".lock"))
}

text_id! {
    /// A named stage that releases are carried to, as the policy and the forge spell it.
    EnvironmentName, "environment name", "1 to 63 letters, digits, `-`, `_`, `.` or `/`, the first a letter or digit",
    |text| text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
}

text_id! {
    /// One place of a wave: a region, a cluster, a share of the users (`10%`).
    TargetName, "target name", "1 to 63 letters, digits, `-`, `_`, `.` or `%`",
    |text| !text.is_empty() && text.len() <= 63
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%'))
}

text_id! {
    /// What an approval covers, as the SHA-256 of its canonical JSON.
    Digest, "digest", "64 lower-case hex digits",
    |text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl Digest {
    /// The first eight digits, as people compare them.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

/// The carrying of one release into one environment, by its number in the project, from 1. People write it `p7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromotionId(pub u64);

impl fmt::Display for PromotionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "p{}", self.0)
    }
}

/// A project on one forge, by the forge's own number. Never a name: names move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectId {
    /// The forge that gave the number.
    pub forge: ForgeName,
    /// The forge's number of the project.
    pub number: u64,
}

/// The installation of our app for one owner, by the forge's own number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstallationId {
    /// The forge that gave the number.
    pub forge: ForgeName,
    /// The forge's number of the installation.
    pub number: u64,
}

/// `forge:number`, for the two identifiers that are unique only with their forge.
macro_rules! forge_number {
    ($name:ident, $kind:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}:{}", self.forge, self.number)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                let malformed = || Malformed::new($kind, text, "`forge:number`");
                let (forge, number) = text.split_once(':').ok_or_else(malformed)?;
                Ok(Self { forge: ForgeName::parse(forge)?, number: number.parse().map_err(|_| malformed())? })
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

forge_number!(ProjectId, "project id");
forge_number!(InstallationId, "installation id");

/// What is worked strictly in order. Lanes never read each other; they speak by signals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// All that concerns one project.
    Project(ProjectId),
    /// What concerns an installation as a whole: which projects it covers, whether it is suspended.
    Installation(InstallationId),
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(id) => write!(formatter, "project:{id}"),
            Self::Installation(id) => write!(formatter, "installation:{id}"),
        }
    }
}

impl Lane {
    /// The forge whose adapter understands this lane's deliveries.
    pub fn forge(&self) -> &ForgeName {
        match self {
            Self::Project(id) => &id.forge,
            Self::Installation(id) => &id.forge,
        }
    }
}

impl FromStr for Lane {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.split_once(':') {
            Some(("project", id)) => Ok(Self::Project(id.parse()?)),
            Some(("installation", id)) => Ok(Self::Installation(id.parse()?)),
            _ => Err(Malformed::new("lane", text, "`project:forge:number` or `installation:forge:number`")),
        }
    }
}

/// A person or bot as the forge names it at the moment. Rights hang on `id` alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The number that never changes hands.
    pub id: ActorId,
    /// The name as people know it; for display only.
    pub login: String,
    /// Person or bot.
    pub kind: ActorKind,
}

/// Whether a person or a program stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A human account.
    Person,
    /// An app, a bot user or a machine account that the forge marks as such.
    Bot,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_reads_back_as_it_was_written() {
        for text in ["project:github:42", "installation:github:7"] {
            assert_eq!(text.parse::<Lane>().map(|lane| lane.to_string()), Ok(text.to_owned()));
        }
        assert!("bundle:1".parse::<Lane>().is_err());
        assert!("project:github:x".parse::<Lane>().is_err());
    }

    #[test]
    fn a_tag_name_follows_gits_rules() {
        for good in ["v1.2.0", "rel/v1.0#x", "1.0.0-rc.1", "v1+build"] {
            assert!(TagName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a..b", "a b", "-a", "a.lock", "a~1", "@", "/a", "a/", "a@{b", "a\u{7}"] {
            assert!(TagName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_commit_id_is_full_and_lower_case() {
        assert!(CommitId::parse("8f3c21d").is_err());
        assert!(CommitId::parse("A".repeat(40)).is_err());
        assert!(CommitId::parse("a".repeat(40)).is_ok_and(|id| id.short() == "aaaaaaa"));
    }
}
