//! The one table of verbs: parser, help and documents are made from it. A verb that is not built has a name here and no row.

use super::Command;
use super::argument::{Argument, Given};
use super::value::{CommitPrefix, PlanAsk, Topic, WrittenVersion};
use crate::domain::id::{ChangeNumber, ComponentName};
use crate::domain::version::Channel;

/// A row: all there is to know of a verb.
#[derive(Debug)]
pub struct Verb {
    /// The word behind `/release`.
    pub name: &'static str,
    /// Other words that do the same.
    pub aliases: &'static [&'static str],
    /// Words that only get "did you mean".
    pub hinted_by: &'static [&'static str],
    /// Where help shows it first.
    pub level: Level,
    /// Who may, if the policy names nobody else.
    pub who: Rank,
    /// What it takes, in the order of the grammar line.
    pub arguments: &'static [Argument],
    /// Whether it wants a reason.
    pub reason: ReasonRule,
    /// What it does, one short clause without a capital or a full stop.
    pub summary: &'static str,
    /// What else one should know, in sentences.
    pub details: &'static str,
    /// A right line.
    pub example: &'static str,
    pub(super) make: fn(&Given) -> Command,
}

/// Where help shows a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// In `help`: the eight at most that people need every day.
    Everyday,
    /// In `help all` only.
    Rare,
}

/// What somebody must at least be to run a verb; the keys of `who:` in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Who can read here and is not a stranger.
    Reader,
    /// Who plans and shapes the notes.
    Writer,
    /// Who cuts and withdraws.
    Releaser,
}

impl Rank {
    /// The key in the policy's `who:`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Releaser => "releaser",
        }
    }

    /// Who that is where the policy names nobody.
    pub fn default_holders(self) -> &'static str {
        match self {
            Self::Reader => "everyone who can read here",
            Self::Writer | Self::Releaser => "everyone who can push here",
        }
    }
}

/// Whether a verb takes a reason behind ` -- `.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonRule {
    /// It takes none.
    None,
    /// It takes one.
    Optional,
    /// It wants one.
    Required,
}

impl Verb {
    /// How it is written: `/release cut [vX.Y.Z] [sha] [--pre rc]`.
    pub fn grammar(&self) -> String {
        let arguments = self.arguments.iter().map(Argument::shown);
        let reason = match self.reason {
            ReasonRule::None => None,
            ReasonRule::Optional => Some("[-- reason]".to_owned()),
            ReasonRule::Required => Some("-- reason".to_owned()),
        };
        let head = ["/release".to_owned(), self.name.to_owned()];
        head.into_iter().chain(arguments).chain(reason).collect::<Vec<_>>().join(" ")
    }
}

const PLAIN: Verb = Verb {
    name: "",
    aliases: &[],
    hinted_by: &[],
    level: Level::Everyday,
    who: Rank::Reader,
    arguments: &[],
    reason: ReasonRule::None,
    summary: "",
    details: "",
    example: "",
    make: |_| Command::Status,
};

static VERBS: [Verb; 8] = [
    Verb {
        name: "status",
        summary: "says what is released, and where this change is",
        details: "On a change it answers first in which release that change is, or will be.",
        example: "/release status",
        make: |_| Command::Status,
        ..PLAIN
    },
    Verb {
        name: "plan",
        who: Rank::Writer,
        arguments: &[Argument::optional::<PlanAsk>(), Argument::flag::<ComponentName>("component")],
        summary: "shows the next release: version, changes, notes; changes nothing",
        details: "Without a version it is the one that the changes ask for.",
        example: "/release plan minor",
        make: |given| Command::Plan { ask: given.get(), component: given.get() },
        ..PLAIN
    },
    Verb {
        name: "notes",
        who: Rank::Writer,
        summary: "shows the notes as they would be published",
        details: "On a release it shows that release's notes, elsewhere those of the next one.",
        example: "/release notes",
        make: |_| Command::Notes,
        ..PLAIN
    },
    Verb {
        name: "include",
        who: Rank::Writer,
        arguments: &[Argument::required::<ChangeNumber>()],
        summary: "shows a change in the notes again",
        details: "It undoes a skip, and shows what a label or the policy leaves out.",
        example: "/release include #12",
        make: |given| Command::Include { change: given.required() },
        ..PLAIN
    },
    Verb {
        name: "skip",
        who: Rank::Writer,
        arguments: &[Argument::required::<ChangeNumber>()],
        reason: ReasonRule::Required,
        summary: "hides a change in the notes; its code ships all the same",
        details: "Merged code cannot be left out this way: cut an earlier commit, or revert it. \
                  A breaking change cannot be hidden.",
        example: "/release skip #12 -- internal tooling only",
        make: |given| Command::Skip { change: given.required(), reason: given.required_reason() },
        ..PLAIN
    },
    Verb {
        name: "cut",
        hinted_by: &["ship", "publish", "tag"],
        who: Rank::Releaser,
        arguments: &[
            Argument::optional::<WrittenVersion>(),
            Argument::optional::<CommitPrefix>(),
            Argument::flag::<Channel>("pre"),
        ],
        summary: "freezes the notes, makes the tag and the release",
        details: "Without a version it is the planned one, without a commit the newest of the default branch. \
                  A tag is never moved afterwards.",
        example: "/release cut v1.5.0",
        make: |given| Command::Cut { version: given.get(), commit: given.get(), pre: given.get() },
        ..PLAIN
    },
    Verb {
        name: "withdraw",
        who: Rank::Releaser,
        arguments: &[Argument::required::<WrittenVersion>()],
        reason: ReasonRule::Required,
        summary: "marks a release as a mistake; its tag stays",
        details: "The notes get a banner with the reason. The next release needs a version of its own.",
        example: "/release withdraw v1.5.0 -- cut from the wrong commit",
        make: |given| Command::Withdraw { version: given.required(), reason: given.required_reason() },
        ..PLAIN
    },
    Verb {
        name: "help",
        arguments: &[Argument::optional::<Topic>()],
        summary: "shows these commands, or one of them in full",
        details: "",
        example: "/release help cut",
        make: |given| Command::Help { topic: given.get() },
        ..PLAIN
    },
];

/// Verbs of the language that this version does not have, with their aliases. Known by name so that nobody is told
/// "I don't know" about what the manual of a later version shows; never offered.
static NOT_BUILT: [(&str, &[&str]); 22] = [
    ("why", &[]),
    ("promote", &["deploy"]),
    ("approve", &[]),
    ("reject", &[]),
    ("revoke", &["unapprove"]),
    ("hold", &["stop", "pause"]),
    ("resume", &[]),
    ("abort", &[]),
    ("retry", &[]),
    ("rollback", &["undo", "revert"]),
    ("lock", &[]),
    ("unlock", &[]),
    ("freeze", &[]),
    ("unfreeze", &[]),
    ("freezes", &[]),
    ("train", &[]),
    ("tested", &[]),
    ("waive", &["override"]),
    ("emergency", &[]),
    ("backport", &[]),
    ("hotfix", &[]),
    ("evidence", &[]),
];

/// Every verb of this version, in the order of help.
pub fn verbs() -> &'static [Verb] {
    &VERBS
}

/// The verb of this version with exactly this name.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// What the table says of a word.
#[derive(Debug)]
pub(super) enum Known {
    /// A verb, by name or alias.
    Built(&'static Verb),
    /// A word that hints at a verb.
    Hint(&'static Verb),
    /// A verb that this version does not have.
    NotBuilt(&'static str),
    /// Nothing.
    Nothing,
}

/// Looks a word up; capitals do not matter, anything else does. A beginning of a verb is not the verb.
pub(super) fn look_up(word: &str) -> Known {
    let word = word.to_ascii_lowercase();
    let is_it = |name: &&str| *name == word;
    for verb in &VERBS {
        if is_it(&verb.name) || verb.aliases.iter().any(is_it) {
            return Known::Built(verb);
        }
        if verb.hinted_by.iter().any(is_it) {
            return Known::Hint(verb);
        }
    }
    let later = NOT_BUILT.iter().find(|(name, aliases)| is_it(name) || aliases.iter().any(is_it));
    later.map_or(Known::Nothing, |(name, _)| Known::NotBuilt(name))
}

/// The verb of this version that a mistyped word is most like.
pub(super) fn nearest_verb(word: &str) -> Option<&'static Verb> {
    let names = VERBS.iter().flat_map(|verb| std::iter::once(&verb.name).chain(verb.aliases)).copied();
    match look_up(nearest_word(word, names)?) {
        Known::Built(verb) => Some(verb),
        Known::Hint(_) | Known::NotBuilt(_) | Known::Nothing => None,
    }
}

/// The candidate that a mistyped word is most like: its only possible ending, or at most a third of it is wrong.
pub(super) fn nearest_word(
    word: &str,
    candidates: impl Iterator<Item = &'static str> + Clone,
) -> Option<&'static str> {
    let word: String =
        word.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let mut longer = candidates.clone().filter(|name| !word.is_empty() && name.starts_with(&word));
    if let (Some(only), None) = (longer.next(), longer.next()) {
        return Some(only);
    }
    let distance = |name: &str| strsim::osa_distance(&word, name);
    candidates.filter(|name| distance(name) <= name.len().div_ceil(3)).min_by_key(|name| distance(name))
}
