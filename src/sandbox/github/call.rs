//! A request as an operation sees it: the parts of its path, its query and body, and paging. What it is allowed is decided before.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
use serde_json::{Value, json};

use super::token::Caller;
use super::wire::Reply;
use crate::sandbox::model::Refusal;

/// A request that found its operation and may do it.
pub(crate) struct Call {
    pub(crate) caller: Caller,
    /// The project of a path under `/repos/{owner}/{repo}`; 0 elsewhere.
    pub(crate) project: u64,
    pub(crate) parameters: BTreeMap<&'static str, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    /// Scheme, host and path, for links to further pages.
    pub(crate) address: String,
}

impl Call {
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

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.said(name)
            .ok_or_else(|| Refusal::Invalid(format!("Invalid request.\n\n\"{name}\" wasn't supplied.")))
    }

    pub(crate) fn per_page(&self) -> usize {
        self.asked("per_page").and_then(|text| text.parse().ok()).unwrap_or(30).clamp(1, 100)
    }

    /// One page of a list, and the `Link` header's value.
    pub(crate) fn page(&self, items: Vec<Value>) -> (Vec<Value>, Option<String>) {
        let per_page = self.per_page();
        let page = self.asked("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
        let last = items.len().div_ceil(per_page).max(1);
        let link = (page < last).then(|| {
            let rel = |number: usize, name: &str| {
                format!("<{}>; rel=\"{name}\"", self.address_with("page", &number.to_string()))
            };
            format!("{}, {}", rel(page + 1, "next"), rel(last, "last"))
        });
        (items.into_iter().skip((page - 1) * per_page).take(per_page).collect(), link)
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

    pub(crate) fn list(&self, items: Vec<Value>) -> Reply {
        let (items, link) = self.page(items);
        with_link(Reply::json(200, Value::Array(items)), link)
    }

    /// A list inside an object, with the count of all.
    pub(crate) fn counted_list(&self, name: &str, items: Vec<Value>) -> Reply {
        let total = items.len();
        let (items, link) = self.page(items);
        with_link(Reply::json(200, json!({ "total_count": total, name: items })), link)
    }
}

fn with_link(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.header("link", link),
        None => reply,
    }
}

/// Percent-encodes one segment or value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

pub(super) fn parse_query(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
