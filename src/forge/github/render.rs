//! Our texts as GitHub takes them: in its dialect, within its limits, with our markers. What is said, and in which order, is `domain::say`'s; how the tree becomes Markdown is `domain::say::plain`'s.

mod advice;
mod dialect;
mod site;

use jiff::Timestamp;

use self::dialect::{Markup, Place};
pub(super) use self::site::Site;
use crate::domain::id::ProjectPath;
use crate::domain::say::Text;
use crate::forge::within::{above_marker, below_banner, within};

/// GitHub takes this many characters in a comment.
const COMMENT_LIMIT: usize = 65_536;
/// GitHub takes this many characters in a check's summary.
const SUMMARY_LIMIT: usize = 65_535;
/// GitHub takes this many characters on a release page.
const RELEASE_LIMIT: usize = 125_000;
/// What new notes leave free on their page: a banner must still fit above them.
const BANNER_ROOM: usize = 1_000;

/// Whose texts are written, and when.
pub(super) struct Pen<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a ProjectPath,
    pub(super) now: Timestamp,
}

impl Pen<'_> {
    /// A comment without a marker.
    pub(super) fn comment(&self, text: &Text) -> String {
        within(text, &self.markup(Place::Comment), COMMENT_LIMIT)
    }

    /// A check's summary.
    pub(super) fn summary(&self, text: &Text) -> String {
        within(text, &self.markup(Place::Comment), SUMMARY_LIMIT)
    }

    /// A comment with the marker by which it is found again.
    pub(super) fn marked(&self, text: &Text, marker: &str) -> String {
        above_marker(text, &self.markup(Place::Comment), (marker, COMMENT_LIMIT))
    }

    /// A description on which people have written so many characters themselves.
    pub(super) fn beside(&self, text: &Text, written: usize) -> String {
        let room = (COMMENT_LIMIT - BANNER_ROOM).saturating_sub(written);
        within(text, &self.markup(Place::Comment), room)
    }

    /// Notes in a file of the repository.
    pub(super) fn file(&self, notes: &Text) -> String {
        within(notes, &self.markup(Place::ReleasePage), RELEASE_LIMIT)
    }

    /// A release page's text, with the marker by which it is found again.
    pub(super) fn release_body(&self, notes: &Text, marker: &str) -> String {
        above_marker(notes, &self.markup(Place::ReleasePage), (marker, RELEASE_LIMIT - BANNER_ROOM))
    }

    /// Notes for a page on which people have written so many characters themselves.
    pub(super) fn notes_beside(&self, notes: &Text, written: usize) -> String {
        let room = (RELEASE_LIMIT - 2 * BANNER_ROOM).saturating_sub(written);
        within(notes, &self.markup(Place::ReleasePage), room)
    }

    /// A page's text with a banner above it; `None` where both do not fit.
    pub(super) fn above(&self, banner: &Text, marker: &str, page: &str) -> Option<String> {
        below_banner(page, banner, &self.markup(Place::ReleasePage), (marker, RELEASE_LIMIT))
    }

    fn markup(&self, place: Place) -> Markup<'_> {
        Markup { site: self.site, project: self.project, now: self.now, place }
    }
}

#[cfg(test)]
mod tests;
