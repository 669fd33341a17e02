//! The tree that sentences are built from. It knows nothing of Markdown: escaping and marking up is the forge's `render`.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ChangeNumber, CommitId, EnvironmentName, TagName};
use crate::domain::policy::environment::Automation;

/// A whole answer: blocks from top to bottom. Its first line is the whole answer, at most 100 characters as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Block>);

/// A part of an answer that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Line(Vec<Span>),
    /// A heading inside the text.
    Heading(Vec<Span>),
    /// A list, one entry each.
    List(Vec<Vec<Span>>),
    /// One command to copy, in a fence of its own.
    Command(String),
    /// A command about a change, with its number as the forge writes it: `/release include #3`.
    CommandOn {
        /// The command up to the number.
        command: String,
        /// The change.
        change: ChangeNumber,
    },
    /// A file's or program's text, in a fence. `language` is ours, never a person's.
    Listing {
        /// The fence's language tag (`text`, `yaml`).
        language: String,
        /// The text as it is.
        body: String,
    },
    /// What is folded away until somebody opens it.
    Fold {
        /// The line that shows while it is closed.
        summary: Vec<Span>,
        /// What it hides.
        body: Text,
    },
    /// Small print, last.
    Small(Vec<Span>),
    /// What to do at the forge, in the forge's own words and files.
    Advice(Advice),
    /// Lines of a team's own markup, with our leaves in it.
    Markup(Vec<Vec<Piece>>),
}

/// A part of a line of markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Markup as the team's template writes it. Never what a person wrote elsewhere.
    Raw(String),
    /// Leaves; inside a list, wherever they stand.
    Spans(Vec<Span>),
    /// Blocks of ours, on lines of their own.
    Blocks(Text),
}

/// What only the forge can say how to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// How a deployment to an environment is picked up and reported on.
    Listener {
        /// The environment.
        environment: EnvironmentName,
        /// Whether each target is an environment of its own below it.
        has_targets: bool,
    },
    /// What automation needs so that it can be started by hand on a tag.
    Startable(Automation),
    /// What else than an event can carry a release somewhere.
    BesidesEvents,
    /// How the forge is brought to let us make a tag.
    TagRights,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Our own words. Never what a person wrote.
    Words(String),
    /// Emphasised.
    Strong(Vec<Span>),
    /// Leaning.
    Emphasis(Vec<Span>),
    /// Something exact, in a code span: a name, a label, a command.
    Code(String),
    /// A person by login, without calling them.
    Person(String),
    /// The only mention: somebody who must act now.
    Ask(String),
    /// The author's credit in a release body, the one other place where a login stays a link.
    Credit(String),
    /// A change by its number, as the forge writes it.
    Change(ChangeNumber),
    /// An issue by its number, as the forge writes it.
    Issue(u64),
    /// A commit, short, linked to its page.
    Commit(CommitId),
    /// A link with our words; the address is the forge's, never from a person's text.
    Link {
        /// What is shown.
        words: String,
        /// Where it leads.
        to: String,
    },
    /// What lies between two points of the history, linked to the forge's comparison of them.
    Compare {
        /// What is shown; `None` shows the two points, `v1.4.2...v1.5.0`.
        words: Option<String>,
        /// From here, not included.
        from: Revision,
        /// To here, included.
        to: Revision,
    },
    /// A moment, absolute, in UTC; where a zone is named, also in that.
    Time {
        /// When.
        at: Timestamp,
        /// An IANA zone name.
        zone: Option<String>,
    },
    /// The forge's word for a change: pull request, merge request.
    ChangeWord,
    /// The forge's word for a group of people: team, group.
    TeamWord,
    /// The forge by its own name: GitHub, GitLab.
    Forge,
    /// So many of what the forge starts by itself, in its word for them: 1 workflow, 2 pipelines.
    Automations(usize),
    /// What a person wrote: a title, a reason, a label's text. Escaped until it is only text.
    Written(String),
}

/// A point of the history, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revision {
    /// Where a tag stands.
    Tag(TagName),
    /// A commit.
    Commit(CommitId),
}

impl Revision {
    /// As it stands in an address.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tag(tag) => tag.as_str(),
            Self::Commit(commit) => commit.as_str(),
        }
    }
}

/// As people read it: a commit is short.
impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tag(tag) => tag.as_str(),
            Self::Commit(commit) => commit.short(),
        })
    }
}

impl Text {
    /// An answer of one line.
    pub fn line(spans: impl IntoIterator<Item = Span>) -> Self {
        Self(vec![Block::Line(spans.into_iter().collect())])
    }

    /// Adds a block.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.0.push(block);
        self
    }
}

impl From<&str> for Span {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl Span {
    /// Our own words, made with `format!`. Only our words may go in.
    pub fn words(words: impl Into<String>) -> Self {
        Self::Words(words.into())
    }

    /// Something exact in a code span.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// A moment in UTC.
    pub fn time(at: Timestamp) -> Self {
        Self::Time { at, zone: None }
    }

    /// Emphasised words of ours.
    pub fn strong(words: impl Into<String>) -> Self {
        Self::Strong(vec![Self::Words(words.into())])
    }
}
