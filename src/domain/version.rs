//! Versions, what raises them, and how tags spell them. Which changes ask for which bump is `plan`'s question.

use serde::{Deserialize, Serialize};

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

/// How a project spells its tags: text with `{version}` in it, once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TagPattern(pub String);
/// A version (stub until planning lands).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub String);

impl Version {
    /// Stub.
    pub fn is_prerelease(&self) -> bool {
        self.0.contains('-')
    }
}
impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
