//! The tree as Markdown: the part of rendering that all forges share, and the whole of it for files and terminals. What only one forge does is in its [`Dialect`].

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::text::{Advice, Block, Piece, Revision, Span, Text};
use super::{escape, first_line};
use crate::domain::id::{ChangeNumber, CommitId};

/// What one place of publication writes in its own way. Each method returns Markdown, but for those that say otherwise.
pub trait Dialect {
    /// A change by its number.
    fn change(&self, number: ChangeNumber) -> String;

    /// A change in a list. Invariant 13: where the forge would tell the change that it was mentioned, this must not.
    fn listed_change(&self, number: ChangeNumber) -> String {
        self.change(number)
    }

    /// What stands before a change's number.
    fn sign(&self) -> char {
        '#'
    }

    /// A change by its number as plain text, for where Markdown is not read.
    fn change_text(&self, number: ChangeNumber) -> String {
        format!("{}{number}", self.sign())
    }

    /// An issue by its number.
    fn issue(&self, number: u64) -> String {
        self.change(ChangeNumber(number))
    }

    /// An issue in a list, like a change there.
    fn listed_issue(&self, number: u64) -> String {
        self.listed_change(ChangeNumber(number))
    }

    /// The word for a change, as plain text.
    fn change_word(&self) -> &'static str;

    /// The word for a group of people, as plain text.
    fn team_word(&self) -> &'static str {
        TEAM_WORD
    }

    /// The forge's own name, as plain text.
    fn forge(&self) -> &'static str {
        "the forge"
    }

    /// The word for one thing that the forge starts by itself, and for several, as plain text.
    fn automation_words(&self) -> (&'static str, &'static str) {
        AUTOMATION
    }

    /// A commit.
    fn commit(&self, commit: &CommitId) -> String {
        escape::code(commit.short())
    }

    /// What lies between two points of the history; `words` is plain text.
    fn compare(&self, words: &str, _from: &Revision, _to: &Revision) -> String {
        escape::written(words)
    }

    /// The mention of somebody who must act.
    fn ask(&self, login: &str) -> String {
        escape::code(login)
    }

    /// An author's credit.
    fn credit(&self, login: &str) -> String {
        escape::code(login)
    }

    /// What to do at the forge. Nothing where no forge is known.
    fn advice(&self, _advice: &Advice) -> Text {
        Text::default()
    }

    /// When the text is written, where that is known: the year of a moment is left out if it is this one's.
    fn now(&self) -> Option<Timestamp> {
        None
    }
}

/// What a forge starts by itself, one and several, where no forge is known.
pub(super) const AUTOMATION: (&str, &str) = ("automation", "automations");

/// A group of people, where no forge is known.
pub(super) const TEAM_WORD: &str = "team";

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
    let writer = Writer { dialect, place: Place::Line };
    let mut out = match text.0.split_first() {
        Some((Block::Line(first), rest)) => {
            let first = writer.line(&first_line::fitted(first));
            [first, writer.blocks(rest)]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join("\n\n")
        }
        _ => writer.blocks(&text.0),
    };
    out.push('\n');
    out
}

/// Where a span stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Line,
    Entry,
}

#[derive(Clone, Copy)]
struct Writer<'a> {
    dialect: &'a dyn Dialect,
    place: Place,
}

impl Writer<'_> {
    fn blocks(self, blocks: &[Block]) -> String {
        let blocks: Vec<String> =
            blocks.iter().map(|it| self.block(it)).filter(|it| !it.is_empty()).collect();
        blocks.join("\n\n")
    }

    fn block(self, block: &Block) -> String {
        match block {
            Block::Line(spans) => self.line(spans),
            Block::Heading(spans) => format!("### {}", self.line(spans)),
            Block::List(entries) => {
                let writer = Self { place: Place::Entry, ..self };
                let entries: Vec<String> =
                    entries.iter().map(|spans| format!("- {}", writer.line(spans))).collect();
                entries.join("\n")
            }
            Block::Command(command) => escape::fenced("", &self.spelt(command)),
            Block::CommandOn { command, change } => {
                escape::fenced("", &format!("{command} {}", self.dialect.change_text(*change)))
            }
            Block::Listing { language, body } => escape::fenced(language, body),
            Block::Fold { summary, body } => {
                let (summary, body) = (self.inline_html(summary), self.blocks(&body.0));
                format!("<details><summary>{summary}</summary>\n\n{body}\n\n</details>")
            }
            Block::Small(spans) => format!("<sub>{}</sub>", self.inline(spans)),
            Block::Advice(advice) => self.blocks(&self.dialect.advice(advice).0),
            Block::Markup(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| self.markup(line)).collect();
                lines.join("\n")
            }
        }
    }

    /// A line of a team's own markup. Only what would be a command of the forge's is taken from it.
    fn markup(self, line: &[Piece]) -> String {
        let writer = Self { place: Place::Entry, ..self };
        let mut out = String::new();
        for piece in line {
            let part = match piece {
                Piece::Raw(text) => text.clone(),
                Piece::Spans(spans) => writer.inline(spans),
                Piece::Blocks(text) => self.blocks(&text.0),
            };
            if would_join(&out, &part) && !matches!(piece, Piece::Raw(_)) {
                out.push(' ');
            }
            out.push_str(&part);
        }
        if out.trim_start().starts_with('/') { out.replacen('/', "\\/", 1) } else { out }
    }

    fn line(self, spans: &[Span]) -> String {
        escape::line_start(self.inline(spans).trim().to_owned())
    }

    fn inline(self, spans: &[Span]) -> String {
        let mut out = String::new();
        for part in spans.iter().map(|it| self.span(it)) {
            if would_join(&out, &part) {
                out.push(' ');
            }
            out.push_str(&part);
        }
        out
    }

    fn span(self, span: &Span) -> String {
        match span {
            Span::Words(words) => escape::words(words),
            Span::Strong(spans) => around("**", &self.inline(spans)),
            Span::Emphasis(spans) => around("*", &self.inline(spans)),
            Span::Code(text) => escape::code(&self.spelt(text)),
            Span::Person(login) => escape::code(login),
            Span::Ask(login) => self.dialect.ask(login),
            Span::Credit(login) => self.dialect.credit(login),
            Span::Change(number) => match self.place {
                Place::Line => self.dialect.change(*number),
                Place::Entry => self.dialect.listed_change(*number),
            },
            Span::Issue(number) => match self.place {
                Place::Line => self.dialect.issue(*number),
                Place::Entry => self.dialect.listed_issue(*number),
            },
            Span::ChangeWord => escape::words(self.dialect.change_word()),
            Span::TeamWord => escape::words(self.dialect.team_word()),
            Span::Forge => escape::words(self.dialect.forge()),
            Span::Automations(count) => escape::words(&self.automations(*count)),
            Span::Commit(commit) => self.dialect.commit(commit),
            Span::Link { words, to } => link(words, to),
            Span::Compare { words, from, to } => {
                self.dialect.compare(&compared(words.as_deref(), from, to), from, to)
            }
            Span::Time { at, zone } => escape::words(&time(*at, zone.as_deref(), self.dialect.now())),
            Span::Written(text) => escape::written(text),
        }
    }

    /// A command of ours with its changes as the forge writes them. What is given as a reason stays as it is.
    fn spelt(self, text: &str) -> String {
        let (command, reason) = text.find(" -- ").map_or((text, ""), |at| text.split_at(at));
        if !command.starts_with("/release ") || !command.contains(" #") {
            return text.to_owned();
        }
        format!("{}{reason}", command.replace(" #", &format!(" {}", self.dialect.sign())))
    }

    fn automations(self, count: usize) -> String {
        let (one, many) = self.dialect.automation_words();
        super::counted(count, one, many)
    }

    /// The same spans where Markdown is not read: inside `<summary>`.
    fn inline_html(self, spans: &[Span]) -> String {
        spans.iter().map(|it| self.span_html(it)).collect()
    }

    fn span_html(self, span: &Span) -> String {
        match span {
            Span::Words(words) | Span::Link { words, .. } => escape::html(&words.replace('\n', " ")),
            Span::Strong(spans) => format!("<b>{}</b>", self.inline_html(spans)),
            Span::Emphasis(spans) => format!("<i>{}</i>", self.inline_html(spans)),
            Span::Code(text) | Span::Person(text) | Span::Ask(text) | Span::Credit(text) => {
                escape::code_html(text)
            }
            // Forges look for references in HTML, too; a fold's title is about many.
            Span::Change(number) => escape::code_html(&self.dialect.change_text(*number)),
            Span::Issue(number) => escape::code_html(&format!("#{number}")),
            Span::ChangeWord => escape::html(self.dialect.change_word()),
            Span::TeamWord => escape::html(self.dialect.team_word()),
            Span::Forge => escape::html(self.dialect.forge()),
            Span::Automations(count) => escape::html(&self.automations(*count)),
            Span::Commit(commit) => escape::code_html(commit.short()),
            Span::Compare { words, from, to } => escape::written_html(&compared(words.as_deref(), from, to)),
            Span::Time { at, zone } => escape::html(&time(*at, zone.as_deref(), self.dialect.now())),
            Span::Written(text) => escape::written_html(text),
        }
    }
}

/// Whether two parts would mean something together that neither means alone: one code span of two, a reference into
/// another project, an address.
fn would_join(left: &str, right: &str) -> bool {
    (left.ends_with('`') && right.starts_with('`'))
        || (left.ends_with(char::is_alphanumeric) && right.starts_with(['#', '!', '@']))
}

/// What a comparison shows.
pub(super) fn compared(words: Option<&str>, from: &Revision, to: &Revision) -> String {
    words.map_or_else(|| format!("{from}...{to}"), str::to_owned)
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
            '(' | ')' | '<' | '>' | '[' | ']' | '\\' | '`' | '*' | '"' => {
                address.push_str(&format!("%{:02X}", u32::from(c)))
            }
            c => address.push(c),
        }
    }
    format!("[{words}]({address})")
}

/// A moment, in UTC first: `Tue 1 Dec, 12:05 UTC`, with a zone also `(13:05 Berlin)`. The year stands there unless it is
/// that of `now`. The only place that writes times for people.
pub fn time(at: Timestamp, zone: Option<&str>, now: Option<Timestamp>) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    let is_this_year = now.is_some_and(|now| now.to_zoned(TimeZone::UTC).year() == utc.year());
    let day = if is_this_year { "%a %-d %b" } else { "%a %-d %b %Y" };
    let said = utc.strftime(&format!("{day}, %H:%M UTC")).to_string();
    // The zones of the crate, not those of the machine: the same text everywhere.
    let zoned = zone.and_then(|name| Some((TimeZoneDatabase::bundled().get(name).ok()?, name)));
    let Some((zone, name)) = zoned else { return said };
    let local = at.to_zoned(zone);
    let day = if local.date() == utc.date() { "" } else { "%a %-d %b, " };
    let place = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    format!("{said} ({} {place})", local.strftime(&format!("{day}%H:%M")))
}

#[cfg(test)]
mod tests;
