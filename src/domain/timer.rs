//! What timers are for, as they are stored. Which are wanted is `due`'s business, what a due one means is decided.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{ComponentName, Malformed};

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TimerKey {
    /// Look which runs the newest cut started, then tell.
    RunsOf(ComponentName),
}

impl fmt::Display for TimerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RunsOf(component) => write!(formatter, "runs_of:{component}"),
        }
    }
}

impl FromStr for TimerKey {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (kind, name) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "runs_of" => Ok(Self::RunsOf(ComponentName::parse(name)?)),
            _ => Err(Malformed::new("timer key", text, "`runs_of:component`")),
        }
    }
}

impl TryFrom<String> for TimerKey {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<TimerKey> for String {
    fn from(key: TimerKey) -> String {
        key.to_string()
    }
}
