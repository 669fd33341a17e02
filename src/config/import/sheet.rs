//! A file of another tool as values that know their line: YAML with aliases, or JSON. What its keys mean is its importer's question.

use std::ops::Range;

use super::Place;
use crate::config::diagnostic::{Code, Diagnostic, Report};
use crate::config::yaml::{self, Node, Value};

/// A file that was read.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    file: String,
    text: String,
    root: Node,
}

impl Sheet {
    /// Reads a file whose outermost value is a mapping.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, Report> {
        let mut errors = Vec::new();
        let root = yaml::read_foreign(text, &mut errors).filter(|_| errors.is_empty());
        let whole = |title: &str| Report::new(file, text, vec![Diagnostic::whole(Code::WrongType, title)]);
        match root {
            None => Err(Report::new(file, text, errors)),
            Some(Node { value: Value::List(_) | Value::Text(_), .. }) => {
                Err(whole("keys and values are wanted"))
            }
            Some(root) => Ok(Self { file: file.to_owned(), text: text.to_owned(), root }),
        }
    }

    /// Reads JSON, which is YAML but for tabs between its values; within a text JSON has none.
    pub(super) fn read_json(file: &str, text: &str) -> Result<Self, Report> {
        Self::read(file, &text.replace('\t', " "))
    }

    /// The outermost value.
    pub(super) fn root(&self) -> Cursor<'_> {
        Cursor { node: &self.root, sheet: self }
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place { file: self.file.clone(), line: yaml::line_of(&self.text, span.start) }
    }
}

/// One value of a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'s> {
    node: &'s Node,
    sheet: &'s Sheet,
}

impl<'s> Cursor<'s> {
    /// Where it stands.
    pub(super) fn place(self) -> Place {
        self.sheet.place(&self.node.span)
    }

    /// What stands under a key; nothing written there is nothing.
    pub(super) fn get(self, key: &str) -> Option<Cursor<'s>> {
        self.entries().find(|entry| entry.key == key).map(|entry| entry.value)
    }

    /// The keys that hold something, in the order of the file.
    pub(super) fn entries(self) -> impl Iterator<Item = Entry<'s>> {
        let entries = match &self.node.value {
            Value::Mapping(entries) => entries.as_slice(),
            Value::Nothing | Value::Text(_) | Value::List(_) => &[],
        };
        entries.iter().filter(|(_, node)| node.value != Value::Nothing).map(move |(key, node)| Entry {
            key: &key.name,
            place: self.sheet.place(&key.span),
            value: Cursor { node, sheet: self.sheet },
        })
    }

    /// The text.
    pub(super) fn text(self) -> Option<&'s str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            Value::Nothing | Value::List(_) | Value::Mapping(_) => None,
        }
    }

    /// The items of a list; what stands without a list is the one item.
    pub(super) fn items(self) -> Vec<Cursor<'s>> {
        match &self.node.value {
            Value::List(items) => items.iter().map(|node| Cursor { node, sheet: self.sheet }).collect(),
            Value::Nothing => Vec::new(),
            Value::Text(_) | Value::Mapping(_) => vec![self],
        }
    }

    /// The texts of a list, or the one text.
    pub(super) fn texts(self) -> Vec<String> {
        self.items().into_iter().filter_map(Cursor::text).map(str::to_owned).collect()
    }
}

/// One key and what stands under it.
#[derive(Debug, Clone)]
pub(super) struct Entry<'s> {
    pub(super) key: &'s str,
    /// Where the key stands.
    pub(super) place: Place,
    pub(super) value: Cursor<'s>,
}

/// The outermost keys of one file, or of a file over the one that it extends.
#[derive(Debug, Clone)]
pub(super) struct Keys<'s>(Vec<(Entry<'s>, Vec<Cursor<'s>>)>);

impl<'s> Keys<'s> {
    /// The keys of one file.
    pub(super) fn of(root: Cursor<'s>) -> Self {
        Self(root.entries().map(|entry| (entry.clone(), vec![entry.value])).collect())
    }

    /// These keys over those of a base: a key that stands here wins, or is joined to the one there.
    pub(super) fn over(mut self, base: Self, joined: impl Fn(&str) -> Joined) -> Self {
        for (entry, values) in base.0 {
            match self.0.iter_mut().find(|(own, _)| own.key == entry.key) {
                None => self.0.push((entry, values)),
                Some((own, there)) => match joined(own.key) {
                    Joined::Override => {}
                    Joined::Append => {
                        there.splice(0..0, values);
                    }
                    Joined::Prepend => there.extend(values),
                },
            }
        }
        self
    }

    /// Where a key stands.
    pub(super) fn place(&self, key: &str) -> Option<Place> {
        self.0.iter().find(|(entry, _)| entry.key == key).map(|(entry, _)| entry.place.clone())
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Option<Cursor<'s>> {
        self.0.iter().find(|(entry, _)| entry.key == key).and_then(|(_, values)| values.first().copied())
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.text().map(str::to_owned)
    }

    /// Whether a key says `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key).and_then(Cursor::text) == Some("true")
    }

    /// The items under a key, of this file and of the base where they are joined.
    pub(super) fn items(&self, key: &str) -> Vec<Cursor<'s>> {
        let values = self.0.iter().find(|(entry, _)| entry.key == key).map(|(_, values)| values.as_slice());
        values.unwrap_or_default().iter().flat_map(|value| value.items()).collect()
    }

    /// The texts under a key.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.items(key).into_iter().filter_map(Cursor::text).map(str::to_owned).collect()
    }

    /// All keys, in the order of the file.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry<'s>> {
        self.0.iter().map(|(entry, _)| entry)
    }
}

/// How a key of a file goes with the same key of its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// The file's own value alone.
    Override,
    /// The file's own items behind those of the base.
    Append,
    /// The file's own items before those of the base.
    Prepend,
}
