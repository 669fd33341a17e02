//! Reading a script: one language, one line an act. What an act does, and what is expected of it, is not decided here.
//!
//! ```text
//! # A line that begins with a hash is for readers.
//! ana opens "Sign in with passkeys"
//! ana labels #2 feature
//! expect check "Features · minor"
//!
//! bob merges #2
//! ana: /release plan
//! expect bot on #2 contains "**Next: v1.5.0**"
//! ```
//! A blank line ends an act; each act holds at least one `expect`, written by hand, so that no wrong snapshot is accepted unread.
//!
//! A script is for every forge, and tells the same of each. Where it cannot, it says so before its first act, and why:
//! ```text
//! only on github: GitLab has no drafts.
//! another timeline: GitLab says at once which commit a pipeline is for.
//! ```
//! An expectation may be of one forge alone: `on gitlab: expect …`. What people do may not.

use std::fmt;

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file.
    pub(crate) number: usize,
    /// What it says.
    pub(crate) text: String,
}

impl Line {
    /// The line as this forge hears it; `None` for what is expected of another one alone.
    fn for_forge(self, forge: &str) -> Option<Self> {
        let Some((only, text)) = self.text.strip_prefix("on ").and_then(|rest| rest.split_once(": ")) else {
            return Some(self);
        };
        assert!(text.starts_with("expect "), "{self}: only an expectation may be of one forge");
        (only == forge).then(|| Self { number: self.number, text: text.to_owned() })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.number, self.text)
    }
}

/// What a script says of itself: where it is played, and whether it may tell another story there. Each with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Heading {
    /// The one forge that it is for, and why it is for no other.
    pub(crate) only: Option<(String, String)>,
    /// Why the timelines of its forges differ.
    pub(crate) another: Option<String>,
}

/// With what the lines of a heading begin.
const ONLY: &str = "only on ";
const ANOTHER: &str = "another timeline: ";

impl Heading {
    /// Of a script.
    ///
    /// # Panics
    /// On a forge without a reason, and on a script for one forge that speaks of two.
    pub(crate) fn of(text: &str) -> Self {
        let said = |begin: &str| text.lines().find_map(|line| line.strip_prefix(begin));
        let only = said(ONLY).map(|rest| {
            let (forge, why) = rest.split_once(": ").expect("`only on github: reason`");
            (forge.to_owned(), why.to_owned())
        });
        let another = said(ANOTHER).map(str::to_owned);
        assert!(only.is_none() || another.is_none(), "one forge has one timeline");
        Self { only, another }
    }

    /// Whether the script is played on this forge.
    pub(crate) fn is_for(&self, forge: &str) -> bool {
        self.only.as_ref().is_none_or(|(only, _)| only == forge)
    }
}

/// The lines of a script that do or expect something on this forge.
///
/// # Panics
/// On an act without an expectation.
pub(crate) fn read(text: &str, forge: &str) -> Vec<Line> {
    let lines = text.lines().enumerate().map(|(at, line)| Line { number: at + 1, text: line.trim().into() });
    let is_said = |line: &Line| ["#", ONLY, ANOTHER].iter().all(|begin| !line.text.starts_with(begin));
    let lines: Vec<Line> = lines.filter(is_said).filter_map(|line| line.for_forge(forge)).collect();
    for act in lines.split(|line| line.text.is_empty()).filter(|act| !act.is_empty()) {
        let expects = act.iter().any(|line| line.text.starts_with("expect "));
        assert!(expects, "the act that begins at {} expects nothing", act[0]);
    }
    lines.into_iter().filter(|line| !line.text.is_empty()).collect()
}

/// A line that is read word by word, from the left.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    /// Of this line.
    pub(crate) fn of(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Whether nothing is left.
    pub(crate) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next word.
    pub(crate) fn word(&mut self) -> &'a str {
        let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        word
    }

    /// Takes these words away if they come next.
    pub(crate) fn takes(&mut self, words: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(words) else { return false };
        let ends = rest.is_empty() || rest.starts_with(' ') || words.ends_with([':', '#', '"']);
        if ends {
            self.rest = rest.trim_start();
        }
        ends
    }

    /// `#4`.
    pub(crate) fn number(&mut self) -> u64 {
        let word = self.word();
        let digits = word.trim_start_matches('#').trim_end_matches(':');
        digits.parse().unwrap_or_else(|_| panic!("`{word}` is no number"))
    }

    /// `"…"`; `\n` in it is a new line.
    pub(crate) fn quoted(&mut self) -> String {
        let inner =
            self.rest.strip_prefix('"').unwrap_or_else(|| panic!("a quoted text, not `{}`", self.rest));
        let (text, rest) = inner.split_once('"').expect("a quoted text ends");
        self.rest = rest.trim_start();
        lines(text)
    }
}

/// `\n` as a new line.
pub(crate) fn lines(text: &str) -> String {
    text.replace("\\n", "\n")
}
