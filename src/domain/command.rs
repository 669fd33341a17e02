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
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
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
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
    },
    /// Carry a release into an environment.
    Promote {
        /// Where to.
        environment: WrittenEnvironment,
        /// Which; `None`: what the place of the comment says.
        version: Option<WrittenVersion>,
        /// Even though it is there already.
        again: bool,
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
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
        /// The releasable unit, where a version is named; `None`: the only one.
        component: Option<ComponentName>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Goes on, or lets a held release be deployed again.
    Resume {
        /// Of which promotion or release; `None`: what stands in this conversation.
        which: Option<Which>,
        /// The releasable unit, where a version is named; `None`: the only one.
        component: Option<ComponentName>,
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
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
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
        /// The releasable unit; `None`: the only one.
        component: Option<ComponentName>,
        /// Why.
        reason: Reason,
    },
}

/// A command that is about no component in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AboutNone;

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

    /// The component that it is about. `Err`: it is about none in particular; `Ok(None)`: about one that is not named.
    pub fn component(&self) -> Result<Option<&ComponentName>, AboutNone> {
        // A release is named by its version, and each component has versions of its own; all else that is held is named at once.
        let steers_one = matches!(
            self,
            Self::Hold { which, .. } | Self::Resume { which, .. } if !matches!(which, Some(Which::Version(_)))
        );
        if steers_one || !self.verb().takes_a_component() { Err(AboutNone) } else { Ok(self.named()) }
    }

    /// The component that it names.
    fn named(&self) -> Option<&ComponentName> {
        match self {
            Self::Plan { component, .. }
            | Self::Notes { component, .. }
            | Self::Cut { component, .. }
            | Self::Promote { component, .. }
            | Self::Rollback { component, .. }
            | Self::Withdraw { component, .. }
            | Self::Hold { component, .. }
            | Self::Resume { component, .. } => component.as_ref(),
            Self::Help { .. }
            | Self::Status { .. }
            | Self::Why { .. }
            | Self::Include { .. }
            | Self::Skip { .. }
            | Self::Approve { .. }
            | Self::Reject { .. }
            | Self::Revoke { .. }
            | Self::Abort { .. }
            | Self::Retry { .. }
            | Self::Lock { .. }
            | Self::Unlock { .. }
            | Self::Backport { .. }
            | Self::Hotfix { .. } => None,
        }
    }

    /// What it says behind its dashes.
    fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Approve { meaning: reason, .. }
            | Self::Hold { reason, .. }
            | Self::Abort { reason, .. }
            | Self::Rollback { reason, .. }
            | Self::Lock { reason, .. } => reason.as_ref(),
            Self::Reject { reason, .. } | Self::Skip { reason, .. } | Self::Withdraw { reason, .. } => {
                Some(reason)
            }
            Self::Help { .. }
            | Self::Status { .. }
            | Self::Why { .. }
            | Self::Plan { .. }
            | Self::Notes { .. }
            | Self::Include { .. }
            | Self::Cut { .. }
            | Self::Promote { .. }
            | Self::Revoke { .. }
            | Self::Resume { .. }
            | Self::Retry { .. }
            | Self::Unlock { .. }
            | Self::Backport { .. }
            | Self::Hotfix { .. } => None,
        }
    }
}

/// The same line about a component, where its verb takes one and it names none. A reason stays behind its dashes.
pub fn about(line: &str, component: &ComponentName) -> String {
    let known = line.strip_prefix("/release ").and_then(|rest| verb(rest.split(' ').next()?));
    let takes_one = known.is_some_and(Verb::takes_a_component);
    if component.is_default() || !takes_one || line.contains("--component") {
        return line.to_owned();
    }
    match line.split_once(" -- ") {
        Some((command, reason)) => format!("{command} --component {component} -- {reason}"),
        None => format!("{line} --component {component}"),
    }
}

impl Display for Command {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "/release {}", self.verb().name)?;
        self.words(formatter)?;
        let mut put = |before: &str, value: Option<&dyn Display>| match value {
            Some(value) => write!(formatter, " {before}{value}"),
            None => Ok(()),
        };
        put("--component ", dynamic(&self.named()))?;
        put("-- ", dynamic(&self.reason()))
    }
}

impl Command {
    /// What stands behind the verb, up to the component and the reason.
    fn words(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut put = |before: &str, value: Option<&dyn Display>| match value {
            Some(value) => write!(formatter, " {before}{value}"),
            None => Ok(()),
        };
        match self {
            Self::Notes { short, .. } => put("--short", short.then_some(&"" as &dyn Display)),
            Self::Status { environment } | Self::Why { environment } => put("", dynamic(environment)),
            Self::Promote { environment, version, again, .. } => {
                put("", Some(environment))?;
                put("", dynamic(version))?;
                put("--again", again.then_some(&"" as &dyn Display))
            }
            Self::Approve { promotion, .. } | Self::Reject { promotion, .. } | Self::Revoke { promotion } => {
                put("", dynamic(promotion))
            }
            Self::Hold { which, .. }
            | Self::Resume { which, .. }
            | Self::Abort { which, .. }
            | Self::Retry { which } => put("", dynamic(which)),
            Self::Rollback { environment, version, .. } => {
                put("", Some(environment))?;
                put("to ", dynamic(version))
            }
            Self::Lock { environment, length, .. } => {
                put("", Some(environment))?;
                put("--for ", dynamic(length))
            }
            Self::Unlock { environment } => put("", Some(environment)),
            Self::Help { topic } => put("", dynamic(topic)),
            Self::Plan { ask, .. } => put("", dynamic(ask)),
            Self::Include { change } | Self::Skip { change, .. } => put("#", Some(change)),
            Self::Cut { version, commit, pre, .. } => {
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
            Self::Withdraw { version, .. } => put("", Some(version)),
        }
    }
}

fn dynamic<T: Display>(value: &Option<T>) -> Option<&dyn Display> {
    value.as_ref().map(|value| value as &dyn Display)
}

#[cfg(test)]
mod tests;
