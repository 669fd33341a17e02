//! Where words stand: conversations and the comments in them. What a comment says is not known here.

use serde::{Deserialize, Serialize};

use super::id::ChangeNumber;

/// Where a comment stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommentRef {
    /// The conversation.
    pub thread: Thread,
    /// Which of the forge's kinds of comment it is; each kind has numbers of its own.
    pub kind: CommentKind,
    /// The forge's number of it.
    pub number: u64,
}

/// A conversation that comments stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thread {
    /// On a change.
    Change(ChangeNumber),
    /// On an issue.
    Issue(u64),
}

impl Thread {
    /// The change, where the conversation is about one.
    pub fn change(self) -> Option<ChangeNumber> {
        match self {
            Self::Change(number) => Some(number),
            Self::Issue(_) => None,
        }
    }

    /// The number after `#` or `!`, of whichever kind.
    pub fn number(self) -> u64 {
        match self {
            Self::Change(number) => number.0,
            Self::Issue(number) => number,
        }
    }
}

/// The kinds of comment that commands are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentKind {
    /// In the conversation.
    Discussion,
    /// The body of a submitted review.
    Review,
    /// On a line of the diff.
    Remark,
    /// No comment: the merge of the change itself, which asked for something. Its number is the change's.
    Merge,
}
