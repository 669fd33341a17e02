//! The tree as Markdown: the part of rendering that all forges share, and the whole of it for files and terminals. What only one forge does is in its [`Dialect`].

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::escape;
use super::text::{Block, Span, Text};
use crate::domain::id::{ChangeNumber, CommitId};

/// What one place of publication writes in its own way. Each method returns Markdown, but for those that say otherwise.
pub trait Dialect {
    /// A change by its number.
    fn change(&self, number: ChangeNumber) -> String;

    /// A change by its number as plain text, for where Markdown is not read.
    fn change_text(&self, number: ChangeNumber) -> String {
        format!("#{number}")
    }

    /// The word for a change, as plain text.
    fn change_word(&self) -> &'static str;

    /// A commit.
    fn commit(&self, commit: &CommitId) -> String {
        escape::code(commit.short())
    }

    /// The mention of somebody who must act.
    fn ask(&self, login: &str) -> String {
        escape::code(login)
    }

    /// An author's credit.
    fn credit(&self, login: &str) -> String {
        escape::code(login)
    }
}

/// The dialect of files and terminals: nothing is linked, nobody is called.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl Dialect for Plain {
    fn change(&self, number: ChangeNumber) -> String {
        self.change_text(number)
    }

    fn change_word(&self) -> &'static str {
        "change"
    }
}

/// The text as Markdown, ending with a line break.
pub fn markdown(text: &Text, dialect: &dyn Dialect) -> String {
    let mut out = blocks(text, dialect);
    out.push('\n');
    out
}

fn blocks(text: &Text, dialect: &dyn Dialect) -> String {
    let blocks: Vec<String> =
        text.0.iter().map(|it| block(it, dialect)).filter(|it| !it.is_empty()).collect();
    blocks.join("\n\n")
}

fn block(block: &Block, dialect: &dyn Dialect) -> String {
    match block {
        Block::Line(spans) => line(spans, dialect),
        Block::Heading(spans) => format!("### {}", line(spans, dialect)),
        Block::List(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|spans| format!("- {}", line(spans, dialect))).collect();
            entries.join("\n")
        }
        Block::Command(command) => escape::fenced("", command),
        Block::Listing { language, body } => escape::fenced(language, body),
        Block::Fold { summary, body } => {
            let summary = inline_html(summary, dialect);
            format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", blocks(body, dialect))
        }
        Block::Small(spans) => format!("<sub>{}</sub>", inline(spans, dialect)),
    }
}

fn line(spans: &[Span], dialect: &dyn Dialect) -> String {
    escape::line_start(inline(spans, dialect).trim().to_owned())
}

fn inline(spans: &[Span], dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    for part in spans.iter().map(|it| span(it, dialect)) {
        if would_join(&out, &part) {
            out.push(' ');
        }
        out.push_str(&part);
    }
    out
}

/// Whether two parts would mean something together that neither means alone: one code span of two, a reference into
/// another project, an address.
fn would_join(left: &str, right: &str) -> bool {
    (left.ends_with('`') && right.starts_with('`'))
        || (left.ends_with(char::is_alphanumeric) && right.starts_with(['#', '!', '@']))
}

fn span(span: &Span, dialect: &dyn Dialect) -> String {
    match span {
        Span::Words(words) => escape::words(words),
        Span::Strong(spans) => around("**", &inline(spans, dialect)),
        Span::Emphasis(spans) => around("*", &inline(spans, dialect)),
        Span::Code(text) => escape::code(text),
        Span::Person(login) => escape::code(login),
        Span::Ask(login) => dialect.ask(login),
        Span::Credit(login) => dialect.credit(login),
        Span::Change(number) => dialect.change(*number),
        Span::ChangeWord => escape::words(dialect.change_word()),
        Span::Commit(commit) => dialect.commit(commit),
        Span::Link { words, to } => link(words, to),
        Span::Time { at, zone } => time(*at, zone.as_deref()),
        Span::Written(text) => escape::written(text),
    }
}

/// Marks stick only to what is not white space.
fn around(mark: &str, inner: &str) -> String {
    let inner = inner.trim();
    if inner.is_empty() { String::new() } else { format!("{mark}{inner}{mark}") }
}

/// A link; words alone where the address is not one of the web.
pub fn link(words: &str, to: &str) -> String {
    let words = escape::words(words);
    if !["https://", "http://"].iter().any(|scheme| to.starts_with(scheme)) {
        return words;
    }
    let mut address = String::with_capacity(to.len());
    for c in to.chars() {
        match c {
            c if c.is_control() || c.is_whitespace() => {}
            '(' | ')' | '<' | '>' | '[' | ']' | '\\' | '`' | '*' => {
                address.push_str(&format!("%{:02X}", u32::from(c)))
            }
            c => address.push(c),
        }
    }
    format!("[{words}]({address})")
}

/// A moment, in UTC first: `Tue 1 Dec, 12:05 UTC`, with a zone also `(13:05 Berlin)`.
pub fn time(at: Timestamp, zone: Option<&str>) -> String {
    let utc = at.to_zoned(TimeZone::UTC).strftime("%a %-d %b, %H:%M UTC").to_string();
    // The zones of the crate, not those of the machine: the same text everywhere.
    let local = zone.and_then(|name| Some((TimeZoneDatabase::bundled().get(name).ok()?, name)));
    match local {
        Some((zone, name)) => {
            let place = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
            format!("{utc} ({} {})", at.to_zoned(zone).strftime("%H:%M"), escape::words(&place))
        }
        None => utc,
    }
}

/// The same spans where Markdown is not read: inside `<summary>`.
fn inline_html(spans: &[Span], dialect: &dyn Dialect) -> String {
    spans.iter().map(|it| span_html(it, dialect)).collect()
}

fn span_html(span: &Span, dialect: &dyn Dialect) -> String {
    match span {
        Span::Words(words) | Span::Link { words, .. } => escape::html(&words.replace('\n', " ")),
        Span::Strong(spans) => format!("<b>{}</b>", inline_html(spans, dialect)),
        Span::Emphasis(spans) => format!("<i>{}</i>", inline_html(spans, dialect)),
        Span::Code(text) | Span::Person(text) | Span::Ask(text) | Span::Credit(text) => {
            escape::code_html(text)
        }
        Span::Change(number) => escape::html(&dialect.change_text(*number)),
        Span::ChangeWord => escape::html(dialect.change_word()),
        Span::Commit(commit) => escape::code_html(commit.short()),
        Span::Time { at, zone } => escape::html(&time(*at, zone.as_deref())),
        Span::Written(text) => escape::written_html(text),
    }
}

#[cfg(test)]
mod tests;
