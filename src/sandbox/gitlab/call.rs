//! What GitLab adds to a request: parameters from query, form and JSON alike, its words for what is missing, its lists.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::token::Caller;
use super::wire::Reply;
use crate::sandbox::call;
pub(crate) use crate::sandbox::call::encode;
use crate::sandbox::model::Refusal;
use crate::sandbox::wire::Request;

/// A request that found its operation and may do it.
pub(crate) type Call = call::Call<Caller>;

/// How many items a page has where nothing else is asked.
const PER_PAGE: usize = 20;

impl Call {
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.said(name).ok_or_else(|| Refusal::Invalid(format!("{name} is missing")))
    }

    /// A text that was said, to be kept.
    pub(crate) fn words(&self, name: &str) -> Option<String> {
        self.said(name).map(str::to_owned)
    }

    /// A number that was said, as a number or as text.
    pub(crate) fn figure(&self, name: &str) -> Option<u64> {
        let value = self.body.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    /// Whether something was said to be so.
    pub(crate) fn is_said(&self, name: &str) -> bool {
        self.body.get(name).is_some_and(|value| value == true || value == "true" || value == "1")
    }

    /// What was said as a list, or as a text with commas.
    pub(crate) fn several(&self, name: &str) -> Option<Vec<String>> {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parts = match self.body.get(name)? {
            Value::Array(items) => items.iter().map(plain).collect(),
            Value::Null => Vec::new(),
            one => plain(one).split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>(),
        };
        Some(parts.into_iter().filter(|part| !part.is_empty()).collect())
    }

    /// All values of a query parameter that may be given more than once (`name[]=…`).
    pub(crate) fn all_asked(&self, name: &str) -> Vec<&str> {
        let listed = format!("{name}[]");
        let of_name = self.query.iter().filter(|(key, _)| key == name || *key == listed);
        of_name.flat_map(|(_, value)| value.split(',')).filter(|value| !value.is_empty()).collect()
    }

    /// Whether a value is one of those asked for; anything is where nothing is asked.
    pub(crate) fn admits(&self, name: &str, value: &str) -> bool {
        let asked = self.all_asked(name);
        asked.is_empty() || asked.contains(&value)
    }

    /// Whether a moment is within `<name>_after` and `<name>_before`.
    pub(crate) fn admits_moment(&self, name: &str, at: Timestamp) -> bool {
        let moment = |end: &str| self.asked(&format!("{name}_{end}")).and_then(|text| text.parse().ok());
        moment("after").is_none_or(|after: Timestamp| at >= after)
            && moment("before").is_none_or(|before: Timestamp| at <= before)
    }

    /// A page of a list, with the headers by which clients turn pages.
    pub(crate) fn list(&self, items: Vec<Value>) -> Reply {
        let total = items.len().to_string();
        let pages = items.len().div_ceil(self.per_page(PER_PAGE)).max(1).to_string();
        self.uncounted_list(items).header("x-total", total).header("x-total-pages", pages)
    }

    /// Like [`Call::list`], without the counts: GitLab leaves them out where counting is dear, as of commits.
    pub(crate) fn uncounted_list(&self, items: Vec<Value>) -> Reply {
        let page = self.page(items, PER_PAGE);
        let next = (page.number < page.last).then_some(page.number + 1);
        let previous = (page.number > 1).then(|| page.number - 1);
        let text = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
        let mut links: Vec<String> = Vec::new();
        links.extend(previous.map(|number| self.link(number, "prev")));
        links.extend(next.map(|number| self.link(number, "next")));
        links.push(self.link(1, "first"));
        Reply::json(200, Value::Array(page.items))
            .header("link", links.join(", "))
            .header("x-page", page.number.to_string())
            .header("x-per-page", page.per_page.to_string())
            .header("x-next-page", text(next))
            .header("x-prev-page", text(previous))
    }
}

/// What a request says, from its JSON or its form, and from its query where the body leaves it out.
pub(super) fn parameters(request: &Request, query: &[(String, String)]) -> Value {
    let mut said = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(fields)) => fields,
        _ if request.content_type.starts_with("application/x-www-form-urlencoded") => {
            let text = String::from_utf8_lossy(&request.body);
            from_pairs(&call::parse_query(&text))
        }
        _ => Map::new(),
    };
    for (name, value) in from_pairs(query) {
        said.entry(name).or_insert(value);
    }
    Value::Object(said)
}

fn from_pairs(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in pairs {
        let value = Value::String(value.clone());
        match name.strip_suffix("[]") {
            Some(name) => match fields.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(items) => items.push(value),
                other => *other = value,
            },
            None => _ = fields.insert(name.clone(), value),
        }
    }
    fields
}
