//! Which timers a state wants, as a function of the state alone: nobody arms or cancels one. What a due timer means is decided in `decide`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::id::{ComponentName, Malformed};
use super::state::State;

/// How long after publishing a release we look which runs it started.
pub const RUNS_WAIT: SignedDuration = SignedDuration::from_secs(10);

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

/// The timers that this state wants, each with its moment.
pub fn due(state: &State) -> BTreeMap<TimerKey, Timestamp> {
    state
        .components
        .iter()
        .filter_map(|(name, component)| {
            let published = component.cutting.as_ref()?.published_at()?;
            Some((TimerKey::RunsOf(name.clone()), published + RUNS_WAIT))
        })
        .collect()
}
