//! What GitHub adds to a request: its words for what is missing, its lists. Paths, queries and pages are common to all forges.

use serde_json::{Value, json};

use super::token::Caller;
use super::wire::Reply;
use crate::sandbox::call;
pub(crate) use crate::sandbox::call::encode;
use crate::sandbox::model::Refusal;

/// A request that found its operation and may do it.
pub(crate) type Call = call::Call<Caller>;

/// How many items a page has where nothing else is asked.
pub(crate) const PER_PAGE: usize = 30;

impl Call {
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.said(name)
            .ok_or_else(|| Refusal::Invalid(format!("Invalid request.\n\n\"{name}\" wasn't supplied.")))
    }

    /// One page of a list, and the `Link` header's value.
    pub(crate) fn linked_page(&self, items: Vec<Value>) -> (Vec<Value>, Option<String>) {
        let page = self.page(items, PER_PAGE);
        let link = (page.number < page.last)
            .then(|| format!("{}, {}", self.link(page.number + 1, "next"), self.link(page.last, "last")));
        (page.items, link)
    }

    pub(crate) fn list(&self, items: Vec<Value>) -> Reply {
        let (items, link) = self.linked_page(items);
        with_link(Reply::json(200, Value::Array(items)), link)
    }

    /// A list inside an object, with the count of all.
    pub(crate) fn counted_list(&self, name: &str, items: Vec<Value>) -> Reply {
        let total = items.len();
        let (items, link) = self.linked_page(items);
        with_link(Reply::json(200, json!({ "total_count": total, name: items })), link)
    }
}

fn with_link(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.header("link", link),
        None => reply,
    }
}
