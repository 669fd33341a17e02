//! Addresses below the root of a forge's API, every segment percent-encoded, and the address of a list's next page. What is sent there lives in the adapters.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986: a `#` in a tag would silently cut the address short, a `/` would move it.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path with its query, built segment by segment.
#[derive(Debug, Clone, Default)]
pub(in crate::forge) struct Route {
    path: String,
    query: String,
    climbs: bool,
}

impl Route {
    /// The root.
    pub(in crate::forge) fn root() -> Self {
        Self::default()
    }

    /// One segment deeper.
    #[must_use]
    pub(in crate::forge) fn then(mut self, segment: impl fmt::Display) -> Self {
        let segment = segment.to_string();
        // URL parsers resolve dot segments even when they are encoded: such a name must never be sent.
        self.climbs |= segment.is_empty() || segment == "." || segment == "..";
        self.path.push('/');
        self.path.extend(utf8_percent_encode(&segment, SEGMENT));
        self
    }

    /// Several segments deeper; `path` is ours, with `/` between its parts.
    #[must_use]
    pub(in crate::forge) fn down(self, path: &'static str) -> Self {
        path.split('/').fold(self, |route, segment| route.then(segment))
    }

    /// With a query parameter.
    #[must_use]
    pub(in crate::forge) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(name);
        self.query.push('=');
        self.query.extend(utf8_percent_encode(&value.to_string(), SEGMENT));
        self
    }

    /// The path and query; `None` where a segment cannot be the name of anything.
    pub(in crate::forge) fn target(&self) -> Option<String> {
        (!self.climbs).then(|| format!("{}{}", self.path, self.query))
    }
}

/// The address of the next page, from a `Link` header (RFC 8288).
pub(in crate::forge) fn next_page(link: &str) -> Option<&str> {
    link.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |parameter: &str| parameter.trim().trim_end_matches('"') == "rel=\"next";
        parameters.split(';').any(is_next).then_some(address)
    })
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

    #[test]
    fn the_next_page_is_the_one_that_is_called_so() {
        let link = "<https://h/a?page=1>; rel=\"prev\", <https://h/a?page=3>; rel=\"next\", <https://h/a?page=9>; rel=\"last\"";
        assert_eq!(next_page(link), Some("https://h/a?page=3"));
        assert_eq!(next_page("<https://h/a?page=9>; rel=\"last\""), None);
        assert_eq!(next_page("next"), None);
    }
}
