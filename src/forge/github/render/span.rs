//! The parts of a line, each by its kind. Lines and blocks are put together elsewhere.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::escape;
use crate::domain::id::CommitId;
use crate::domain::say::Span;

/// What the forge calls a change.
const CHANGE_WORD: &str = "pull request";

/// What the surroundings are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    Markdown,
    /// Inside a block of HTML, where Markdown is not read.
    Html,
}

/// A line being written.
pub(super) struct Inline {
    markup: Markup,
    out: String,
}

impl Inline {
    pub(super) fn new(markup: Markup) -> Self {
        Self { markup, out: String::new() }
    }

    /// All spans, one after the other.
    pub(super) fn spans(mut self, spans: &[Span]) -> String {
        spans.iter().for_each(|span| self.span(span));
        self.out
    }

    fn span(&mut self, span: &Span) {
        match span {
            Span::Words(words) => self.words(words),
            Span::Strong(inner) => self.around(inner, ("**", "b")),
            Span::Emphasis(inner) => self.around(inner, ("*", "i")),
            Span::Code(text) | Span::Person(text) => self.code(text),
            Span::Ask(login) | Span::Credit(login) => self.mention(login),
            Span::Change(number) => self.raw(&format!("#{number}")),
            Span::Issue(number) => self.raw(&format!("#{number}")),
            Span::Commit(commit) => self.commit(commit),
            Span::Link { words, to } => self.link(words, to),
            Span::Time { at, zone } => self.raw(&moment(*at, zone.as_deref())),
            Span::ChangeWord => self.raw(CHANGE_WORD),
            Span::Written(text) => self.text(&escape::defused(&visible(text))),
        }
    }

    /// Our words: exact, but for spaces at their ends, which they need.
    fn words(&mut self, words: &str) {
        let inner = words.trim_matches(' ');
        if inner.is_empty() {
            return self.raw(if words.is_empty() { "" } else { " " });
        }
        self.raw(if words.starts_with(' ') { " " } else { "" });
        self.text(inner);
        self.raw(if words.ends_with(' ') { " " } else { "" });
    }

    fn text(&mut self, text: &str) {
        let text = match self.markup {
            Markup::Markdown => escape::markdown(text),
            Markup::Html => escape::html(text),
        };
        self.raw(&text);
    }

    fn code(&mut self, text: &str) {
        let text = visible(text);
        let code = match self.markup {
            Markup::Markdown => escape::code_span(&text),
            Markup::Html => format!("<code>{}</code>", escape::html(&text)),
        };
        self.raw(&code);
    }

    fn around(&mut self, inner: &[Span], (mark, tag): (&str, &str)) {
        let inner = Self::new(self.markup).spans(inner);
        if inner.trim().is_empty() {
            return;
        }
        match self.markup {
            Markup::Markdown => self.raw(&format!("{mark}{}{mark}", inner.trim())),
            Markup::Html => self.raw(&format!("<{tag}>{inner}</{tag}>")),
        }
    }

    /// A ping. What is no login pings nobody.
    fn mention(&mut self, login: &str) {
        let valid = !login.is_empty()
            && login.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '[' | ']'));
        if !valid {
            return self.code(login);
        }
        self.raw("@");
        self.text(login);
    }

    /// GitHub shows a whole commit name shortened and as a link, and only a whole one is never mistaken.
    fn commit(&mut self, commit: &CommitId) {
        match self.markup {
            Markup::Markdown if commit.as_str().len() == 40 => self.raw(commit.as_str()),
            _ => self.code(commit.short()),
        }
    }

    fn link(&mut self, words: &str, to: &str) {
        let leads = to.starts_with("https://") || to.starts_with("http://");
        if !leads || to.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return self.words(words);
        }
        let to = to.replace('<', "%3C").replace('>', "%3E").replace('"', "%22").replace('\\', "%5C");
        let start = self.out.len();
        self.words(words);
        let words = self.out.split_off(start);
        match self.markup {
            Markup::Markdown => {
                let to = to.replace('(', "%28").replace(')', "%29");
                let _ = write!(self.out, "[{words}]({to})");
            }
            Markup::Html => {
                let _ = write!(self.out, "<a href=\"{}\">{words}</a>", to.replace('&', "&amp;"));
            }
        }
    }

    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// Hidden characters made visible, before ours are put in.
fn visible(text: &str) -> String {
    let show = |c| if escape::is_hidden(c) { '\u{fffd}' } else { c };
    text.chars().map(show).collect()
}

/// `Tue 1 Dec 2026, 14:05 UTC`, and where a zone is named, its time: `(15:05 Berlin)`.
fn moment(at: Timestamp, zone: Option<&str>) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    let mut out = utc.strftime("%a %-d %b %Y, %H:%M UTC").to_string();
    let Some((name, local)) = zone.and_then(|name| Some((name, at.in_tz(name).ok()?))) else { return out };
    let day = if local.date() == utc.date() { "" } else { "%a %-d %b, " };
    let place = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    let _ = write!(out, " ({} {place})", local.strftime(&format!("{day}%H:%M")));
    out
}
