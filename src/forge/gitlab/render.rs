//! Our texts as GitLab takes them: in its dialect, within its limits, with our markers. What is said, and in which order, is `domain::say`'s; how the tree becomes Markdown is `domain::say::plain`'s.

mod advice;
mod dialect;
mod site;

use jiff::Timestamp;

use self::dialect::{Markup, Place};
pub(super) use self::site::Site;
use crate::domain::id::ProjectPath;
use crate::domain::say::Text;
use crate::forge::within::{above_marker, below_banner, within};

/// GitLab takes a million characters in a note; nobody reads so many.
const NOTE_LIMIT: usize = 65_536;
/// GitLab takes this many characters on a release page.
const RELEASE_LIMIT: usize = 1_000_000;
/// What new notes leave free on their page: a banner must still fit above them.
const BANNER_ROOM: usize = 1_000;

/// Whose texts are written, and when.
pub(super) struct Pen<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a ProjectPath,
    pub(super) now: Timestamp,
}

impl Pen<'_> {
    /// A note without a marker.
    pub(super) fn comment(&self, text: &Text) -> String {
        within(text, &self.markup(Place::Note), NOTE_LIMIT)
    }

    /// A note or an issue with the marker by which it is found again.
    pub(super) fn marked(&self, text: &Text, marker: &str) -> String {
        above_marker(text, &self.markup(Place::Note), (marker, NOTE_LIMIT))
    }

    /// A description on which people have written so many characters themselves.
    pub(super) fn beside(&self, text: &Text, written: usize) -> String {
        let room = (NOTE_LIMIT - BANNER_ROOM).saturating_sub(written);
        within(text, &self.markup(Place::Note), room)
    }

    /// Notes in a file of the repository.
    pub(super) fn file(&self, notes: &Text) -> String {
        within(notes, &self.markup(Place::ReleasePage), RELEASE_LIMIT)
    }

    /// A release page's text, with the marker by which it is found again.
    pub(super) fn release_body(&self, notes: &Text, marker: &str) -> String {
        above_marker(notes, &self.markup(Place::ReleasePage), (marker, RELEASE_LIMIT - BANNER_ROOM))
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
