//! Our texts as GitHub takes them: in its dialect, within its limits, with our markers. What is said, and in which order, is `domain::say`'s; how the tree becomes Markdown is `domain::say::plain`'s.

mod advice;
mod dialect;
mod site;

use jiff::Timestamp;

use self::dialect::{Markup, Place};
pub(super) use self::site::Site;
use crate::domain::id::ProjectPath;
use crate::domain::say::Text;
use crate::domain::say::plain::markdown;
use crate::domain::say::shorten::shortened;

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
        self.within(Place::Comment, text, COMMENT_LIMIT)
    }

    /// A check's summary.
    pub(super) fn summary(&self, text: &Text) -> String {
        self.within(Place::Comment, text, SUMMARY_LIMIT)
    }

    /// A comment with the marker by which it is found again.
    pub(super) fn marked(&self, text: &Text, marker: &str) -> String {
        self.above_marker(Place::Comment, text, (marker, COMMENT_LIMIT))
    }

    /// A release page's text, with the marker by which it is found again.
    pub(super) fn release_body(&self, notes: &Text, marker: &str) -> String {
        self.above_marker(Place::ReleasePage, notes, (marker, RELEASE_LIMIT - BANNER_ROOM))
    }

    /// A page's text with a banner above it; `None` where both do not fit.
    pub(super) fn above(&self, banner: &Text, marker: &str, page: &str) -> Option<String> {
        let banner = self.written(Place::ReleasePage, banner);
        let whole = format!("{marker}\n{banner}\n\n---\n\n{page}");
        (whole.chars().count() <= RELEASE_LIMIT).then_some(whole)
    }

    fn above_marker(&self, place: Place, text: &Text, (marker, limit): (&str, usize)) -> String {
        let end = format!("\n\n{marker}");
        self.within(place, text, limit.saturating_sub(end.chars().count())) + &end
    }

    fn within(&self, place: Place, text: &Text, limit: usize) -> String {
        let fits = |text: &Text| self.written(place, text).chars().count() <= limit;
        self.written(place, &shortened(text, fits))
    }

    fn written(&self, place: Place, text: &Text) -> String {
        let markup = Markup { site: self.site, project: self.project, now: self.now, place };
        markdown(text, &markup).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests;
