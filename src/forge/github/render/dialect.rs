//! What GitHub writes in its own way: references, mentions, links to its pages. All that every forge has alike is `domain::say::plain`'s.

use jiff::Timestamp;

use super::site::Site;
use crate::domain::id::{ChangeNumber, CommitId, ProjectPath};
use crate::domain::say::plain::{Dialect, link};
use crate::domain::say::{Advice, Revision, Text, escape};

/// Where a text is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A comment or a check: who is asked is called, and a list tells nobody that it names him.
    Comment,
    /// A release page: credits and references are real, as in GitHub's own notes.
    ReleasePage,
}

/// GitHub's dialect, for one project and one place there.
pub(super) struct Markup<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a ProjectPath,
    pub(super) now: Timestamp,
    pub(super) place: Place,
}

impl Markup<'_> {
    /// Invariant 13: a list tells nobody.
    fn listed(&self, place: &str, number: u64) -> String {
        let shown = format!("#{number}");
        match (self.place, self.site.listed(self.project, place, number)) {
            (Place::ReleasePage, _) => shown,
            (Place::Comment, Some(address)) => link(&shown, &address),
            (Place::Comment, None) => escape::code(&shown),
        }
    }
}

impl Dialect for Markup<'_> {
    fn change(&self, number: ChangeNumber) -> String {
        self.change_text(number)
    }

    fn listed_change(&self, number: ChangeNumber) -> String {
        self.listed("pull", number.0)
    }

    fn listed_issue(&self, number: u64) -> String {
        self.listed("issues", number)
    }

    fn change_word(&self) -> &'static str {
        "pull request"
    }

    fn forge(&self) -> &'static str {
        "GitHub"
    }

    fn automation_words(&self) -> (&'static str, &'static str) {
        ("workflow", "workflows")
    }

    fn commit(&self, commit: &CommitId) -> String {
        link(commit.short(), &self.site.commit(self.project, commit))
    }

    fn compare(&self, words: &str, from: &Revision, to: &Revision) -> String {
        link(words, &self.site.compare(self.project, from, to))
    }

    fn ask(&self, login: &str) -> String {
        match self.place {
            Place::Comment => mention(login),
            Place::ReleasePage => escape::code(login),
        }
    }

    fn credit(&self, login: &str) -> String {
        match self.place {
            Place::Comment => escape::code(login),
            Place::ReleasePage => mention(login),
        }
    }

    fn advice(&self, advice: &Advice) -> Text {
        super::advice::advice(advice)
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }
}

/// A ping. What is no login pings nobody.
fn mention(login: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '[' | ']');
    if login.is_empty() || !login.chars().all(is_part) {
        return escape::code(login);
    }
    format!("@{}", escape::words(login))
}
