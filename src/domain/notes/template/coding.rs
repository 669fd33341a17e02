//! How leaves of the tree pass through a template that only knows text: between marks of the private use area, which no foreign text can hold.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};

use crate::domain::say::{Piece, Span};

/// Around the number of a leaf.
const LEAF: (char, char) = ('\u{e000}', '\u{e001}');
/// Around what a person wrote.
const WRITTEN: (char, char) = ('\u{e002}', '\u{e003}');

/// Whether a character is one of the marks.
pub(super) fn is_mark(c: char) -> bool {
    ('\u{e000}'..='\u{e003}').contains(&c)
}

/// Foreign text without marks.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(is_mark, "\u{fffd}")
}

/// A value that a template can print and do nothing else with.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Its place among the leaves.
    pub(super) at: usize,
    /// What it is where text is wanted, in a comparison or a filter.
    pub(super) plain: String,
}

impl Leaf {
    pub(super) fn coded(&self) -> String {
        format!("{}{}{}", LEAF.0, self.at, LEAF.1)
    }
}

impl Object for Leaf {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.plain)
    }
}

/// Text as it passes. What was printed before and is printed again, out of a `set` block, keeps its leaves; all else of
/// it is foreign.
pub(super) fn coded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for part in parts(text) {
        match part {
            Part::Leaf(at) => out.extend(format!("{}{at}{}", LEAF.0, LEAF.1).chars()),
            Part::Written(text) | Part::Raw(text) => {
                out.push(WRITTEN.0);
                out.push_str(&unmarked(text));
                out.push(WRITTEN.1);
            }
        }
    }
    out
}

/// The lines of what a template wrote, each in pieces.
pub(super) fn decoded(text: &str, leaves: &[Piece]) -> Vec<Vec<Piece>> {
    let mut lines = vec![Vec::new()];
    for part in parts(text) {
        let line = lines.last_mut().expect("there is a line from the start");
        match part {
            Part::Leaf(at) => line.extend(leaves.get(at).cloned()),
            Part::Written(text) => line.push(Piece::Spans(vec![Span::Written(text.to_owned())])),
            Part::Raw(text) => {
                let mut raw = text.split('\n');
                line.extend(
                    raw.next().filter(|text| !text.is_empty()).map(|text| Piece::Raw(text.to_owned())),
                );
                lines.extend(raw.map(|text| match text {
                    "" => vec![],
                    text => vec![Piece::Raw(text.to_owned())],
                }));
            }
        }
    }
    lines
}

/// A part of what passed.
enum Part<'a> {
    Leaf(usize),
    Written(&'a str),
    Raw(&'a str),
}

/// Takes text apart at the marks. A filter may have broken a pair: what stands there then is foreign.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_mark) {
        let (before, marked) = rest.split_at(at);
        parts.extend((!before.is_empty()).then_some(Part::Raw(before)));
        let opening = marked.chars().next().unwrap_or_default();
        let inner = &marked[opening.len_utf8()..];
        let close = inner.find(is_mark).unwrap_or(inner.len());
        let (inner, behind) = inner.split_at(close);
        let closing = behind.chars().next();
        parts.push(match inner.parse() {
            Ok(at) if opening == LEAF.0 && closing == Some(LEAF.1) => Part::Leaf(at),
            _ => Part::Written(inner),
        });
        rest = &behind[closing.map_or(0, char::len_utf8)..];
    }
    parts.extend((!rest.is_empty()).then_some(Part::Raw(rest)));
    parts
}
