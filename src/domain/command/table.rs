//! The one table of verbs: parser, help and documents are made from it. A verb that is not built has a name here and no row.

use super::Command;
use super::argument::{Argument, Given};
use super::value::{
    Again, BaseVersion, CommitPrefix, Length, PlanAsk, PromotionWord, Short, Topic, Which, WrittenBranch,
    WrittenEnvironment, WrittenVersion,
};
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
    /// Who says yes or no to promotions.
    Approver,
    /// Who promotes, holds, stops, rolls back and locks.
    Deployer,
}

impl Rank {
    /// Every rank, in the order of help.
    pub const ALL: [Self; 5] = [Self::Reader, Self::Writer, Self::Releaser, Self::Approver, Self::Deployer];

    /// Whether who holds this rank holds that one too: who cuts may shape the notes, and everybody who holds one may ask.
    pub fn implies(self, other: Self) -> bool {
        self == other || other == Self::Reader || (self == Self::Releaser && other == Self::Writer)
    }

    /// The key in the policy's `who:`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Releaser => "releaser",
            Self::Approver => "approver",
            Self::Deployer => "deployer",
        }
    }

    /// Who that is where the policy names nobody.
    pub fn default_holders(self) -> &'static str {
        match self {
            Self::Reader => "everyone who can read here",
            Self::Writer | Self::Releaser | Self::Approver | Self::Deployer => "everyone who can push here",
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
    make: |_| Command::Notes { short: false },
};

static VERBS: [Verb; 22] = [
    Verb {
        name: "status",
        summary: "says what is released, and where this change is",
        details: "On a change it answers first in which release that change is, or will be.",
        example: "/release status",
        arguments: &[Argument::optional::<WrittenEnvironment>()],
        make: |given| Command::Status { environment: given.get() },
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
        details: "On a release it shows that release's notes, elsewhere those of the next one. \
                  `--short` gives plain text of at most 500 characters, for a store.",
        example: "/release notes",
        arguments: &[Argument::switch::<Short>("short")],
        make: |given| Command::Notes { short: given.get::<Short>().is_some() },
        ..PLAIN
    },
    Verb {
        name: "include",
        level: Level::Rare,
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
        level: Level::Rare,
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
        name: "promote",
        aliases: &["deploy"],
        who: Rank::Deployer,
        arguments: &[
            Argument::required::<WrittenEnvironment>(),
            Argument::optional::<WrittenVersion>(),
            Argument::switch::<Again>("again"),
        ],
        summary: "carries a release into an environment, once its gates are open",
        details: "Without a version it is the release that this change is in, elsewhere the newest. `--again` deploys \
                  a release that is there already.",
        example: "/release promote staging",
        make: |given| Command::Promote {
            environment: given.required(),
            version: given.get(),
            again: given.get::<Again>().is_some(),
        },
        ..PLAIN
    },
    Verb {
        name: "approve",
        hinted_by: &["lgtm", "accept", "ok"],
        who: Rank::Approver,
        arguments: &[Argument::optional::<PromotionWord>()],
        reason: ReasonRule::Optional,
        summary: "says yes to a promotion",
        details: "`p7.1` is promotion 7, revision 1 of what it covers. Without it, it is the one whose panel stands here. \
                  Whom an environment names under `approvals` may approve there, whatever else they may.",
        example: "/release approve p7.1",
        make: |given| Command::Approve { promotion: given.get(), meaning: given.reason() },
        ..PLAIN
    },
    Verb {
        name: "rollback",
        aliases: &["undo", "revert"],
        who: Rank::Deployer,
        arguments: &[Argument::required::<WrittenEnvironment>(), Argument::behind::<WrittenVersion>("to")],
        reason: ReasonRule::Optional,
        summary: "brings back the release that was good there before",
        details: "It waits for no approval, no soak and no lock. The release that is replaced is held there until \
                  somebody resumes it. During a running promotion it stops that first.",
        example: "/release rollback production",
        make: |given| Command::Rollback {
            environment: given.required(),
            version: given.get(),
            reason: given.reason(),
        },
        ..PLAIN
    },
    Verb {
        name: "why",
        hinted_by: &["blocked"],
        level: Level::Rare,
        arguments: &[Argument::optional::<WrittenEnvironment>()],
        summary: "says what each promotion waits for, and who or what opens it",
        details: "Without an environment it goes through everything that waits.",
        example: "/release why production",
        make: |given| Command::Why { environment: given.get() },
        ..PLAIN
    },
    Verb {
        name: "reject",
        hinted_by: &["veto", "deny"],
        level: Level::Rare,
        who: Rank::Approver,
        arguments: &[Argument::optional::<PromotionWord>()],
        reason: ReasonRule::Required,
        summary: "says no to a promotion, and ends it",
        details: "Nobody can take it up again; a new promotion can be asked for.",
        example: "/release reject p7.1 -- the migration is not tested",
        make: |given| Command::Reject { promotion: given.get(), reason: given.required_reason() },
        ..PLAIN
    },
    Verb {
        name: "revoke",
        aliases: &["unapprove"],
        level: Level::Rare,
        who: Rank::Approver,
        arguments: &[Argument::optional::<PromotionWord>()],
        summary: "takes your approval back",
        details: "Once the deployment has begun it changes nothing: then it is `abort` or `rollback`.",
        example: "/release revoke p7.1",
        make: |given| Command::Revoke { promotion: given.get() },
        ..PLAIN
    },
    Verb {
        name: "hold",
        aliases: &["stop", "pause"],
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::optional::<Which>()],
        reason: ReasonRule::Optional,
        summary: "stops a promotion safely: what runs goes on, nothing new begins",
        details: "With a version it holds that release in every environment.",
        example: "/release hold production",
        make: |given| Command::Hold { which: given.get(), reason: given.reason() },
        ..PLAIN
    },
    Verb {
        name: "resume",
        hinted_by: &["continue", "unhold"],
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::optional::<Which>()],
        summary: "lets a held promotion, or a held release, go on",
        details: "With a version it lets that release be deployed again where it was held.",
        example: "/release resume production",
        make: |given| Command::Resume { which: given.get() },
        ..PLAIN
    },
    Verb {
        name: "abort",
        hinted_by: &["cancel", "kill"],
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::optional::<Which>()],
        reason: ReasonRule::Optional,
        summary: "ends a promotion; what runs is called off",
        details: "What is done stays as it is; `rollback` brings back the release before.",
        example: "/release abort production",
        make: |given| Command::Abort { which: given.get(), reason: given.reason() },
        ..PLAIN
    },
    Verb {
        name: "retry",
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::optional::<Which>()],
        summary: "tries the targets that failed again",
        details: "What is done is not deployed to again.",
        example: "/release retry production",
        make: |given| Command::Retry { which: given.get() },
        ..PLAIN
    },
    Verb {
        name: "lock",
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::required::<WrittenEnvironment>(), Argument::flag::<Length>("for")],
        reason: ReasonRule::Optional,
        summary: "keeps an environment for yourself",
        details: "Others' promotions wait; a rollback does not. Without `--for` it lasts until somebody unlocks it.",
        example: "/release lock staging --for 4h",
        make: |given| Command::Lock {
            environment: given.required(),
            length: given.get(),
            reason: given.reason(),
        },
        ..PLAIN
    },
    Verb {
        name: "unlock",
        level: Level::Rare,
        who: Rank::Deployer,
        arguments: &[Argument::required::<WrittenEnvironment>()],
        summary: "gives an environment back to everybody",
        details: "Whoever may lock may unlock, a lock of somebody else too.",
        example: "/release unlock staging",
        make: |given| Command::Unlock { environment: given.required() },
        ..PLAIN
    },
    Verb {
        name: "backport",
        hinted_by: &["pick", "cherrypick"],
        level: Level::Rare,
        who: Rank::Writer,
        arguments: &[Argument::required::<WrittenBranch>(), Argument::optional::<ChangeNumber>()],
        summary: "picks a merged change onto another branch, as a change of its own",
        details: "`1.4` means the branch of that name, else one that the policy lists under `branches` (`release/*`), else \
                  `release/1.4`. Without a number it is the change that the command stands on. The label `backport 1.4` \
                  asks for the same, now or once the change is merged.",
        example: "/release backport 1.4 #12",
        make: |given| Command::Backport { target: given.required(), change: given.get() },
        ..PLAIN
    },
    Verb {
        name: "hotfix",
        level: Level::Rare,
        who: Rank::Writer,
        arguments: &[Argument::required::<WrittenVersion>(), Argument::behind::<BaseVersion>("from")],
        summary: "makes a branch for the fix of a release, at its tag",
        details: "The branch is `hotfix/vX.Y.Z`. Without `from` it begins at the highest release below that version.",
        example: "/release hotfix v1.4.3 from v1.4.2",
        make: |given| Command::Hotfix { version: given.required(), from: given.get() },
        ..PLAIN
    },
    Verb {
        name: "withdraw",
        level: Level::Rare,
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
static NOT_BUILT: [(&str, &[&str]); 8] = [
    ("freeze", &[]),
    ("unfreeze", &[]),
    ("freezes", &[]),
    ("train", &[]),
    ("tested", &[]),
    ("waive", &["override"]),
    ("emergency", &[]),
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
