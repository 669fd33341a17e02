//! Our texts as GitLab takes them: in its dialect, within its limits, with our markers. What is said, and in which order, is `domain::say`'s; how the tree becomes Markdown is `domain::say::plain`'s.

use jiff::Timestamp;
use url::Url;

use crate::domain::id::ProjectPath;
use crate::domain::say::Text;
use crate::domain::say::plain::{Plain, markdown};

/// The pages of one GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// The root of the instance, without a slash at its end.
    root: String,
}

impl Site {
    /// The pages of the instance at this root.
    pub(super) fn of_instance(base: &Url) -> Self {
        Self { root: base.as_str().trim_end_matches('/').to_owned() }
    }
}

/// Whose texts are written, and when.
pub(super) struct Pen<'a> {
    pub(super) site: &'a Site,
    pub(super) project: &'a ProjectPath,
    pub(super) now: Timestamp,
}

impl Pen<'_> {
    /// A comment without a marker.
    pub(super) fn comment(&self, text: &Text) -> String {
        let _ = (&self.site.root, self.project, self.now);
        markdown(text, &Plain)
    }
}
