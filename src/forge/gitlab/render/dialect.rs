//! What GitLab writes in its own way: references, mentions, links to its pages. All that every forge has alike is `domain::say::plain`'s.

use jiff::Timestamp;

use super::site::Site;
use crate::domain::id::{ChangeNumber, CommitId, ProjectPath};
use crate::domain::say::plain::{Dialect, link};
use crate::domain::say::{Advice, Revision, Text, escape};

/// Where a text is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A note or an issue: who is asked is called, and a list tells nobody that it names him.
    Note,
    /// A release page: credits and references are real; it tells nobody.
    ReleasePage,
}

/// GitLab's dialect, for one project and one place there.
pub(super) struct Markup<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a ProjectPath,
    pub(super) now: Timestamp,
    pub(super) place: Place,
}

impl Markup<'_> {
    /// Invariant 13: a list tells nobody. GitLab reads references out of links, too, so only code is silent.
    fn listed(&self, shown: &str) -> String {
        match self.place {
            Place::Note => escape::code(shown),
            Place::ReleasePage => shown.to_owned(),
        }
    }
}

impl Dialect for Markup<'_> {
    fn change(&self, number: ChangeNumber) -> String {
        self.change_text(number)
    }

    fn sign(&self) -> char {
        '!'
    }

    fn listed_change(&self, number: ChangeNumber) -> String {
        self.listed(&self.change_text(number))
    }

    fn issue(&self, number: u64) -> String {
        format!("#{number}")
    }

    fn listed_issue(&self, number: u64) -> String {
        self.listed(&self.issue(number))
    }

    fn change_word(&self) -> &'static str {
        "merge request"
    }

    fn team_word(&self) -> &'static str {
        "group"
    }

    fn forge(&self) -> &'static str {
        "GitLab"
    }

    fn automation_words(&self) -> (&'static str, &'static str) {
        ("pipeline", "pipelines")
    }

    fn commit(&self, commit: &CommitId) -> String {
        link(commit.short(), &self.site.commit(self.project, commit))
    }

    fn compare(&self, words: &str, from: &Revision, to: &Revision) -> String {
        link(words, &self.site.compare(self.project, from, to))
    }

    fn ask(&self, login: &str) -> String {
        match self.place {
            Place::Note => mention(login),
            Place::ReleasePage => escape::code(login),
        }
    }

    fn credit(&self, login: &str) -> String {
        match self.place {
            Place::Note => escape::code(login),
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

/// A ping of a person or, by its whole path, of a group. What is no name pings nobody.
fn mention(login: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if login.is_empty() || !login.chars().all(is_part) {
        return escape::code(login);
    }
    format!("@{}", escape::words(login))
}
