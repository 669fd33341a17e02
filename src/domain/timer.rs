//! What timers are for, as they are stored. Which are wanted is `due`'s business, what a due one means is decided.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{ComponentName, Malformed, PromotionId};

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TimerKey {
    /// Look which runs the newest cut started, then tell.
    RunsOf(ComponentName),
    /// Bring the draft release up to date.
    Draft(ComponentName),
    /// The day of a milestone has come.
    Milestone(u64),
    /// Look at a promotion again: something may be over, or too late.
    Promotion {
        /// Which.
        promotion: PromotionId,
        /// What for, so that each is a timer of its own.
        what: Alarm,
        /// Tells several of a kind apart: an attempt's number, an approval's row.
        number: u64,
    },
}

/// Why a promotion is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// It waited too long.
    Expiry,
    /// It was long enough in the environments before.
    Soak,
    /// A lock is over.
    Lock,
    /// People are reminded.
    Reminder,
    /// An approval is too old.
    Lapse,
    /// Somebody should have picked an attempt up.
    Claim,
    /// An attempt is half way to its end.
    Poll,
    /// An attempt took too long.
    Timeout,
    /// A wave was watched long enough.
    Bake,
    /// What was called off should be over.
    Abort,
}

impl Alarm {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Expiry, "expiry"),
        (Self::Soak, "soak"),
        (Self::Lock, "lock"),
        (Self::Reminder, "reminder"),
        (Self::Lapse, "lapse"),
        (Self::Claim, "claim"),
        (Self::Poll, "poll"),
        (Self::Timeout, "timeout"),
        (Self::Bake, "bake"),
        (Self::Abort, "abort"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(alarm, _)| *alarm == self).map_or("", |(_, name)| name)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(alarm, _)| *alarm)
    }
}

impl fmt::Display for TimerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RunsOf(component) => write!(formatter, "runs_of:{component}"),
            Self::Draft(component) => write!(formatter, "draft:{component}"),
            Self::Milestone(number) => write!(formatter, "milestone:{number}"),
            Self::Promotion { promotion, what, number } => {
                write!(formatter, "promotion:{}:{}:{number}", promotion.0, what.as_str())
            }
        }
    }
}

impl FromStr for TimerKey {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || {
            Malformed::new(
                "timer key",
                text,
                "`runs_of:component`, `draft:component`, `milestone:number` or `promotion:number:alarm:number`",
            )
        };
        let (kind, name) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "runs_of" => Ok(Self::RunsOf(ComponentName::parse(name)?)),
            "draft" => Ok(Self::Draft(ComponentName::parse(name)?)),
            "milestone" => Ok(Self::Milestone(name.parse().map_err(|_| malformed())?)),
            "promotion" => {
                let parts: Vec<&str> = name.split(':').collect();
                let [promotion, what, number] = parts[..] else { return Err(malformed()) };
                Ok(Self::Promotion {
                    promotion: PromotionId(promotion.parse().map_err(|_| malformed())?),
                    what: Alarm::parse(what).ok_or_else(malformed)?,
                    number: number.parse().map_err(|_| malformed())?,
                })
            }
            _ => Err(malformed()),
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
