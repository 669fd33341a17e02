//! Release-drafter's `$VARIABLES`, and the escaping of titles. Replacing by expressions is `replacer`'s.

use std::collections::BTreeMap;

/// What the variables of a template stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl From<BTreeMap<String, String>> for Variables {
    fn from(values: BTreeMap<String, String>) -> Self {
        Self(values)
    }
}

impl Variables {
    /// Gives a variable its value; its name is without `$`.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The template with its variables filled in, once: what a value holds is not filled again, an unknown one stays.
    pub fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('$') {
            let (before, from) = rest.split_at(at);
            filled.push_str(before);
            let end = from[1..].find(|c: char| !c.is_ascii_uppercase() && c != '_');
            let end = end.map_or(from.len(), |end| end + 1);
            filled.push_str(self.get(&from[1..end]).unwrap_or(&from[..end]));
            rest = &from[end..];
        }
        filled.push_str(rest);
        filled
    }
}

/// The variables that a template names, without `$`.
pub(super) fn named_in(template: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
    let names = template.split('$').skip(1);
    names.map(|rest| &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]).collect()
}

/// A title in which the listed characters are escaped. Code between backticks stays, unless the backtick itself is listed.
pub fn escaped(title: &str, listed: &str) -> String {
    let mut escaped = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(c) = rest.chars().next() {
        let code = rest[c.len_utf8()..].find('`').filter(|_| c == '`' && !listed.contains('`'));
        let taken = code.map_or(c.len_utf8(), |end| end + 2);
        match c {
            _ if code.is_some() => escaped.push_str(&rest[..taken]),
            '@' | '#' if listed.contains(c) => {
                escaped.push(c);
                escaped.push_str("<!---->");
            }
            _ if listed.contains(c) => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
        rest = &rest[taken..];
    }
    escaped
}
