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
