//! Our texts as GitHub Markdown, within GitHub's limits. What is said, and in which order, is `domain::say`'s.

mod escape;
mod span;

use self::span::{Inline, Markup};
use crate::domain::say::{Block, Span, Text};

/// GitHub takes 65,536 characters in a comment or a check's summary; some are left for the marker.
const COMMENT_LIMIT: usize = 65_000;
/// GitHub takes 125,000 characters on a release page.
const RELEASE_LIMIT: usize = 124_000;
/// What stands where a text had to end early.
const CUT: &str = "The rest is left out: it is longer than GitHub takes.";

/// A comment without a marker.
pub(super) fn comment(text: &Text) -> String {
    within(text, COMMENT_LIMIT)
}

/// A check's summary.
pub(super) fn summary(text: &Text) -> String {
    within(text, COMMENT_LIMIT)
}

/// A comment with the marker by which it is found again.
pub(super) fn marked(text: &Text, marker: &str) -> String {
    format!("{}\n\n{marker}", within(text, COMMENT_LIMIT))
}

/// A release page's text, with the marker by which it is found again.
pub(super) fn release_body(notes: &Text, marker: &str) -> String {
    format!("{}\n\n{marker}", within(notes, RELEASE_LIMIT))
}

/// A page's text with a banner above it; `None` where both do not fit.
pub(super) fn above(banner: &Text, marker: &str, page: &str) -> Option<String> {
    let whole = format!("{marker}\n{}\n\n---\n\n{page}", within(banner, COMMENT_LIMIT));
    (whole.chars().count() <= RELEASE_LIMIT + 1_000).then_some(whole)
}

/// The text, at most `limit` characters long. Never cut inside a line or an entry.
fn within(text: &Text, limit: usize) -> String {
    let mut page = Page { written: String::new(), left: limit.saturating_sub(CUT.len() + 4), is_full: false };
    page.text(text);
    page.written.truncate(page.written.trim_end().len());
    if page.is_full {
        page.written.push_str("\n\n");
        page.written.push_str(CUT);
    }
    page.written
}

/// A page that is being written until it is full.
struct Page {
    written: String,
    left: usize,
    is_full: bool,
}

impl Page {
    fn text(&mut self, text: &Text) {
        text.0.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Line(spans) => self.put(&format!("{}\n\n", line(spans))),
            Block::Heading(spans) => self.put(&format!("**{}**\n\n", plain_weight(spans))),
            Block::List(entries) => self.list(entries),
            Block::Command(command) => self.put(&fence("", command)),
            Block::Listing { language, body } => self.put(&fence(language, body)),
            Block::Fold { summary, body } => self.fold(summary, body),
            Block::Small(spans) => self.put(&format!("<sub>{}</sub>\n\n", inline(spans))),
        }
    }

    fn list(&mut self, entries: &[Vec<Span>]) {
        for entry in entries {
            self.put(&format!("- {}\n", line(entry)));
        }
        self.put("\n");
    }

    /// `<summary>` stands in a block of HTML, where Markdown means nothing: its spans are written as HTML.
    fn fold(&mut self, summary: &[Span], body: &Text) {
        const END: &str = "</details>\n\n";
        let summary = Inline::new(Markup::Html).spans(summary);
        self.put(&format!("<details><summary>{summary}</summary>\n\n"));
        if self.is_full {
            return;
        }
        // Kept free from the start: a fold that is opened must be closed, however full the page becomes.
        self.left = self.left.saturating_sub(END.len());
        self.text(body);
        self.written.truncate(self.written.trim_end().len());
        self.written.push_str("\n\n");
        self.written.push_str(END);
    }

    fn put(&mut self, piece: &str) {
        let length = piece.chars().count();
        if self.is_full || length > self.left {
            self.is_full = true;
            return;
        }
        self.left -= length;
        self.written.push_str(piece);
    }
}

fn inline(spans: &[Span]) -> String {
    Inline::new(Markup::Markdown).spans(spans)
}

/// Spans that begin a line: nothing there may look like a command, a list or a heading.
fn line(spans: &[Span]) -> String {
    escape::line_start(&inline(spans))
}

/// A heading is strong already.
fn plain_weight(spans: &[Span]) -> String {
    let spans: Vec<Span> = spans
        .iter()
        .flat_map(|span| match span {
            Span::Strong(inner) => inner.clone(),
            other => vec![other.clone()],
        })
        .collect();
    inline(&spans)
}

/// A fence longer than any run of backticks inside.
fn fence(language: &str, body: &str) -> String {
    let ticks = "`".repeat(escape::longest_ticks(body).max(2) + 1);
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    let body: String = body.chars().map(|c| if escape::is_hidden(c) { '\u{fffd}' } else { c }).collect();
    format!("{ticks}{language}\n{}\n{ticks}\n\n", body.replace('\r', "").trim_end_matches('\n'))
}

#[cfg(test)]
mod tests;
