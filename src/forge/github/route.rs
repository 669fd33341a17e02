//! Addresses below the API's root, every segment percent-encoded. What is sent there lives elsewhere.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::id::ProjectPath;

/// All but the unreserved characters of RFC 3986: a `#` in a tag would silently cut the address short, a `/` would move it.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path with its query, built segment by segment.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    path: String,
    query: String,
    climbs: bool,
}

impl Route {
    /// The root.
    pub(super) fn root() -> Self {
        Self::default()
    }

    /// `/repos/owner/name`.
    pub(super) fn repository(path: &ProjectPath) -> Self {
        Self::root().then("repos").then(path.owner()).then(path.name())
    }

    /// One segment deeper.
    #[must_use]
    pub(super) fn then(mut self, segment: impl fmt::Display) -> Self {
        let segment = segment.to_string();
        // URL parsers resolve dot segments even when they are encoded: such a name must never be sent.
        self.climbs |= segment.is_empty() || segment == "." || segment == "..";
        self.path.push('/');
        self.path.extend(utf8_percent_encode(&segment, SEGMENT));
        self
    }

    /// Several segments deeper; `path` is ours, with `/` between its parts.
    #[must_use]
    pub(super) fn down(self, path: &'static str) -> Self {
        path.split('/').fold(self, |route, segment| route.then(segment))
    }

    /// With a query parameter.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(name);
        self.query.push('=');
        self.query.extend(utf8_percent_encode(&value.to_string(), SEGMENT));
        self
    }

    /// The path and query; `None` where a segment cannot be the name of anything.
    pub(super) fn target(&self) -> Option<String> {
        (!self.climbs).then(|| format!("{}{}", self.path, self.query))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_a_slash_and_brackets_stay_inside_their_segment() {
        let route = Route::root().down("git/ref").then("tags/rel/v1.0#x").with("login", "dependabot[bot]");
        assert_eq!(
            route.target().as_deref(),
            Some("/git/ref/tags%2Frel%2Fv1.0%23x?login=dependabot%5Bbot%5D")
        );
    }

    #[test]
    fn a_dot_segment_is_the_name_of_nothing() {
        for segment in ["..", ".", ""] {
            assert_eq!(Route::root().then("repos").then(segment).target(), None, "{segment:?}");
        }
    }
}
