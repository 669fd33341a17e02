//! What people ask of the bot, written as `/release verb …`: the commands as types, and the door to finding and parsing them.
//!
//! One table ([`verbs`]) feeds the parser, the help and `docs/commands.md`. To add a verb: a variant here, a row there.
//! Who may run a command is asked elsewhere, of the rank in its row; nothing here runs anything.

mod argument;
mod document;
mod find;
mod mistake;
mod parse;
mod table;
mod value;
mod words;

use std::fmt::{self, Display, Formatter};

pub use argument::{Argument, Form, Kind, Need};
pub use document::{document, table_markdown};
pub use find::{BODY_LIMIT, Found, find, neutral};
pub use mistake::{Expected, Fault, Mistake, Nearest, Oddity};
pub use parse::{LINE_LIMIT, parse};
pub use table::{Level, Rank, ReasonRule, Verb, verb, verbs};
pub use value::{CommitPrefix, PlanAsk, Reason, Topic, WrittenVersion};

use crate::domain::id::{ChangeNumber, ComponentName};
use crate::domain::version::Channel;

/// One command, understood. Its `Display` is the line that means exactly this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What can be asked, or all about one verb.
    Help {
        /// `None`: the everyday verbs.
        topic: Option<Topic>,
    },
    /// What is released, and where the change stands that it is asked on.
    Status,
    /// The next release as it would be now.
    Plan {
        /// What the version should be; `None`: what the changes ask for.
        ask: Option<PlanAsk>,
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
    },
    /// The notes of the next release, or of the one that the command stands on.
    Notes,
    /// A change is shown in the notes again.
    Include {
        /// The change.
        change: ChangeNumber,
    },
    /// A change is left out of the notes. It ships all the same.
    Skip {
        /// The change.
        change: ChangeNumber,
        /// Why.
        reason: Reason,
    },
    /// Freeze the notes, tag, release.
    Cut {
        /// The version; `None`: the planned one.
        version: Option<WrittenVersion>,
        /// The commit; `None`: the newest of the default branch.
        commit: Option<CommitPrefix>,
        /// A pre-release of this channel instead of the final version.
        pre: Option<Channel>,
    },
    /// A release was a mistake.
    Withdraw {
        /// Its version.
        version: WrittenVersion,
        /// Why.
        reason: Reason,
    },
}

impl Command {
    /// The row of the table that this command comes from: who may, and how it is written.
    pub fn verb(&self) -> &'static Verb {
        let name = match self {
            Self::Help { .. } => "help",
            Self::Status => "status",
            Self::Plan { .. } => "plan",
            Self::Notes => "notes",
            Self::Include { .. } => "include",
            Self::Skip { .. } => "skip",
            Self::Cut { .. } => "cut",
            Self::Withdraw { .. } => "withdraw",
        };
        verb(name).expect("every command has a row; a test makes one of each row")
    }
}

impl Display for Command {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "/release {}", self.verb().name)?;
        let mut put = |before: &str, value: Option<&dyn Display>| match value {
            Some(value) => write!(formatter, " {before}{value}"),
            None => Ok(()),
        };
        match self {
            Self::Status | Self::Notes => Ok(()),
            Self::Help { topic } => put("", dynamic(topic)),
            Self::Plan { ask, component } => {
                put("", dynamic(ask))?;
                put("--component ", dynamic(component))
            }
            Self::Include { change } => put("#", Some(change)),
            Self::Skip { change, reason } => {
                put("#", Some(change))?;
                put("-- ", Some(reason))
            }
            Self::Cut { version, commit, pre } => {
                put("", dynamic(version))?;
                put("", dynamic(commit))?;
                put("--pre ", dynamic(pre))
            }
            Self::Withdraw { version, reason } => {
                put("", Some(version))?;
                put("-- ", Some(reason))
            }
        }
    }
}

fn dynamic<T: Display>(value: &Option<T>) -> Option<&dyn Display> {
    value.as_ref().map(|value| value as &dyn Display)
}

#[cfg(test)]
mod tests;
