//! What people ask of the bot, written as `/release verb …`: the commands as types, and the door to finding and parsing them.
//!
//! One table ([`verbs`]) feeds the parser, the help and `docs/commands.md`. To add a verb: a variant here, a row there.
//! Who may run a command is asked elsewhere, of the rank in its row; nothing here runs anything.

mod argument;
mod document;
mod filling;
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
pub use value::{
    BaseVersion, CommitPrefix, Length, PlanAsk, PromotionWord, Reason, Topic, Which, WrittenBranch,
    WrittenEnvironment, WrittenVersion,
};

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
    Status {
        /// Only this environment.
        environment: Option<WrittenEnvironment>,
    },
    /// Each gate that is not open, and who or what opens it.
    Why {
        /// Only this environment.
        environment: Option<WrittenEnvironment>,
    },
    /// The next release as it would be now.
    Plan {
        /// What the version should be; `None`: what the changes ask for.
        ask: Option<PlanAsk>,
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
    },
    /// The notes of the next release, or of the one that the command stands on.
    Notes {
        /// In a few plain lines, for a store.
        short: bool,
    },
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
    /// Carry a release into an environment.
    Promote {
        /// Where to.
        environment: WrittenEnvironment,
        /// Which; `None`: what the place of the comment says.
        version: Option<WrittenVersion>,
        /// Even though it is there already.
        again: bool,
    },
    /// Yes to a promotion.
    Approve {
        /// Which revision; `None`: the one that stands in this conversation.
        promotion: Option<PromotionWord>,
        /// What the yes means, in the approver's words.
        meaning: Option<Reason>,
    },
    /// No to a promotion; it ends.
    Reject {
        /// Which; `None`: the one that stands in this conversation.
        promotion: Option<PromotionWord>,
        /// Why.
        reason: Reason,
    },
    /// Takes one's own approval back.
    Revoke {
        /// Which; `None`: the one that stands in this conversation.
        promotion: Option<PromotionWord>,
    },
    /// Nothing new begins until it is resumed.
    Hold {
        /// Of which promotion or release; `None`: what stands in this conversation.
        which: Option<Which>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Goes on, or lets a held release be deployed again.
    Resume {
        /// Of which promotion or release; `None`: what stands in this conversation.
        which: Option<Which>,
    },
    /// Ends a promotion.
    Abort {
        /// Which; `None`: what stands in this conversation.
        which: Option<Which>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Tries the failed targets again.
    Retry {
        /// Of which promotion; `None`: what stands in this conversation.
        which: Option<Which>,
    },
    /// Back to a release that was good there.
    Rollback {
        /// Where.
        environment: WrittenEnvironment,
        /// To which; `None`: the one before.
        version: Option<WrittenVersion>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Takes an environment for oneself.
    Lock {
        /// Which.
        environment: WrittenEnvironment,
        /// For how long; `None`: until it is given back.
        length: Option<Length>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Gives an environment back.
    Unlock {
        /// Which.
        environment: WrittenEnvironment,
    },
    /// A merged change is picked onto a maintenance branch.
    Backport {
        /// The branch, as a person names it.
        target: WrittenBranch,
        /// The change; `None`: the one that the command stands on.
        change: Option<ChangeNumber>,
    },
    /// A branch for the fix of a release.
    Hotfix {
        /// The version that the fix shall have.
        version: WrittenVersion,
        /// The release that it begins at; `None`: the highest one below.
        from: Option<BaseVersion>,
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
            Self::Status { .. } => "status",
            Self::Why { .. } => "why",
            Self::Promote { .. } => "promote",
            Self::Approve { .. } => "approve",
            Self::Reject { .. } => "reject",
            Self::Revoke { .. } => "revoke",
            Self::Hold { .. } => "hold",
            Self::Resume { .. } => "resume",
            Self::Abort { .. } => "abort",
            Self::Retry { .. } => "retry",
            Self::Rollback { .. } => "rollback",
            Self::Lock { .. } => "lock",
            Self::Unlock { .. } => "unlock",
            Self::Plan { .. } => "plan",
            Self::Notes { .. } => "notes",
            Self::Include { .. } => "include",
            Self::Skip { .. } => "skip",
            Self::Cut { .. } => "cut",
            Self::Backport { .. } => "backport",
            Self::Hotfix { .. } => "hotfix",
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
            Self::Notes { short } => put("--short", short.then_some(&"" as &dyn Display)),
            Self::Status { environment } | Self::Why { environment } => put("", dynamic(environment)),
            Self::Promote { environment, version, again } => {
                put("", Some(environment))?;
                put("", dynamic(version))?;
                put("--again", again.then_some(&"" as &dyn Display))
            }
            Self::Approve { promotion, meaning } => {
                put("", dynamic(promotion))?;
                put("-- ", dynamic(meaning))
            }
            Self::Reject { promotion, reason } => {
                put("", dynamic(promotion))?;
                put("-- ", Some(reason))
            }
            Self::Revoke { promotion } => put("", dynamic(promotion)),
            Self::Hold { which, reason } | Self::Abort { which, reason } => {
                put("", dynamic(which))?;
                put("-- ", dynamic(reason))
            }
            Self::Resume { which } | Self::Retry { which } => put("", dynamic(which)),
            Self::Rollback { environment, version, reason } => {
                put("", Some(environment))?;
                put("to ", dynamic(version))?;
                put("-- ", dynamic(reason))
            }
            Self::Lock { environment, length, reason } => {
                put("", Some(environment))?;
                put("--for ", dynamic(length))?;
                put("-- ", dynamic(reason))
            }
            Self::Unlock { environment } => put("", Some(environment)),
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
            Self::Backport { target, change } => {
                put("", Some(target))?;
                put("#", dynamic(change))
            }
            Self::Hotfix { version, from } => {
                put("", Some(version))?;
                put("from ", dynamic(from))
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
