//! What a plan lists: sections of entries, and the people behind them. How they are found and sorted is not here.

use jiff::Timestamp;

use super::Placed;
use crate::domain::change::MilestoneRef;
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber, CommitId};
use crate::domain::version::Bump;

/// A change or commit that something follows from: a bump, a revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The change's number, where it has one.
    pub number: Option<ChangeNumber>,
    /// The commit that brought it.
    pub commit: CommitId,
}

/// A part of the notes under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading, as the team writes it.
    pub title: String,
    /// Never empty; oldest first.
    pub entries: Vec<Entry>,
}

/// One thing that ships: a merged change, or a commit that no change brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The change's number, where it is known or its message tells it.
    pub number: Option<ChangeNumber>,
    /// The commit that brought it.
    pub commit: CommitId,
    /// All its commits in the range, newest first.
    pub commits: Vec<CommitId>,
    /// The title, as a person wrote it.
    pub title: String,
    /// What the notes say instead of the title.
    pub note: Option<String>,
    /// Whether another entry of the same change stands for it; this one is told besides.
    pub is_part: bool,
    /// Where it was picked from, if it is a backport.
    pub origin: Option<Origin>,
    /// What else it stands for: older updates of the same package, backports of it. Oldest first.
    pub folded: Vec<Entry>,
    /// Who wrote it.
    pub author: Option<Author>,
    /// Who wrote it together with them, people only.
    pub co_authors: Vec<Author>,
    /// Its labels; none for a commit alone.
    pub labels: Vec<String>,
    /// Its milestone.
    pub milestone: Option<MilestoneRef>,
    /// Who approved it.
    pub reviewers: Vec<ActorId>,
    /// The heading it stands under, or would.
    pub category: String,
    /// Why there.
    pub placed: Placed,
    /// What it asks of the version.
    pub bump: Bump,
    /// Whether it breaks users.
    pub is_breaking: bool,
    /// What it says of how it breaks them, and what to do about it.
    pub breaking_note: Option<String>,
    /// When it was merged, where the forge told.
    pub merged_at: Option<Timestamp>,
    /// Whether the forge told of it as a change; else it is a commit.
    pub is_change: bool,
}

impl Entry {
    /// What the notes say of it.
    pub fn text(&self) -> &str {
        self.note.as_deref().unwrap_or(&self.title)
    }

    /// It and all that it stands for, each once.
    pub fn with_folded(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(self).chain(&self.folded)
    }
}

/// What a backport was picked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The change, where somebody says.
    pub number: Option<ChangeNumber>,
    /// Names of its commits, as they were told.
    pub commits: Vec<String>,
}

/// What is of no effect in a release: a change that was reverted before it went out, or that revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// Which.
    pub entry: Entry,
    /// Whether it undid or was undone, and the commits of the other side.
    pub part: Part,
}

/// A side of a revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It was undone by this commit.
    UndoneBy(Reason),
    /// All that it does is to undo these.
    Undoes(Vec<Reason>),
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// Somebody with an account.
    Account(Actor),
    /// A name that git has.
    Name(String),
}

impl Author {
    /// The login or the name.
    pub fn name(&self) -> &str {
        match self {
            Self::Account(actor) => &actor.login,
            Self::Name(name) => name,
        }
    }

    /// Whether both are the same, as far as is known.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Account(one), Self::Account(other)) => one.id == other.id || one.login == other.login,
            (Self::Account(_) | Self::Name(_), _) => self.name() == other.name(),
        }
    }

    /// Whether it is a program, by the forge's word or its name.
    pub fn is_bot(&self) -> bool {
        match self {
            Self::Account(actor) => actor.kind == ActorKind::Bot,
            Self::Name(name) => name.ends_with("[bot]"),
        }
    }
}

/// Somebody whose first change this release brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstTimer {
    /// Who.
    pub actor: Actor,
    /// Their oldest change in the range.
    pub change: ChangeNumber,
}
