//! A request as an operation sees it: the parts of its path, its query and body, and paging. What it is allowed is decided before.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::model::Refusal;

/// All but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request that found its operation and may do it; `C` is who calls, as the wire knows callers.
pub(crate) struct Call<C> {
    pub(crate) caller: C,
    /// The project that the path names; 0 where it names none.
    pub(crate) project: u64,
    pub(crate) parameters: BTreeMap<&'static str, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    /// Scheme, host and path, for links to further pages.
    pub(crate) address: String,
}

/// A part of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) number: usize,
    pub(crate) per_page: usize,
    pub(crate) last: usize,
}

impl<C> Call<C> {
    /// A part of the path. Operations ask only for what their path holds.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.text(name).parse().map_err(|_| Refusal::NotFound)
    }

    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// How many items a page has: what was asked for, at most a hundred.
    pub(crate) fn per_page(&self, usual: usize) -> usize {
        self.asked("per_page").and_then(|text| text.parse().ok()).unwrap_or(usual).clamp(1, 100)
    }

    /// The page that was asked for.
    pub(crate) fn page<T>(&self, items: Vec<T>, usual: usize) -> Page<T> {
        let per_page = self.per_page(usual);
        let number = self.asked("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
        let last = items.len().div_ceil(per_page).max(1);
        let items = items.into_iter().skip((number - 1) * per_page).take(per_page).collect();
        Page { items, number, per_page, last }
    }

    /// One part of a `Link` header.
    pub(crate) fn link(&self, page: usize, relation: &str) -> String {
        format!("<{}>; rel=\"{relation}\"", self.address_with("page", &page.to_string()))
    }

    /// This request's address with one query parameter set.
    pub(crate) fn address_with(&self, name: &str, value: &str) -> String {
        let kept = self.query.iter().filter(|(key, _)| key != name);
        let pairs: Vec<String> = kept
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .chain([(name, value)])
            .map(|(key, value)| format!("{key}={}", encode(value)))
            .collect();
        format!("{}?{}", self.address, pairs.join("&"))
    }
}

/// Percent-encodes one segment or value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

pub(crate) fn parse_query(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
