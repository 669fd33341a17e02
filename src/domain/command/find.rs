//! Where in a comment a command stands, and where text that looks like one is only shown or quoted. Knows no verbs.
//!
//! Blocks are those of <https://spec.commonmark.org/0.31.2/>, in doubt on the quiet side: a command that is not seen is sent
//! again, one that was never given cannot be taken back.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

/// How much of a comment is read, in characters. The longest that GitHub takes.
pub const BODY_LIMIT: usize = 65_536;

/// What a comment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No command.
    Nothing,
    /// One, the whole line.
    One(String),
    /// So many that nothing is done.
    Several(usize),
}

/// Looks for the command in a comment's raw body.
pub fn find(body: &str) -> Found {
    let text = normal(body);
    let lines: Vec<&str> = text.split('\n').collect();
    let in_code_span = begun_in_code_span(&lines);
    let mut reader = Reader::default();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if reader.is_live(&lines, at) && behind_release(line).is_some() && !in_code_span.contains(&at) {
            found.push(*line);
        }
    }
    match found.as_slice() {
        [] => Found::Nothing,
        [line] => Found::One(line.trim_end().to_owned()),
        several => Found::Several(several.len()),
    }
}

/// Whether a rendered text cannot be taken for a command, ours or a forge's: no line outside a fence begins with `/`.
/// Stricter than [`find`], because what a forge takes for a quote is not ours to say (S22).
pub fn neutral(rendered: &str) -> bool {
    let text = normal(rendered);
    let mut fence: Option<Fence> = None;
    for line in text.split('\n') {
        match &fence {
            Some(open) if open.is_closed_by(line) => fence = None,
            Some(_) => {}
            None => {
                fence = Fence::opened_by(line).filter(|fence| fence.column == 0);
                if fence.is_none() && line.trim_start().starts_with('/') {
                    return false;
                }
            }
        }
    }
    true
}

/// What follows `/release` at the very start of a line.
pub(super) fn behind_release(line: &str) -> Option<&str> {
    const NAME: &str = "/release";
    let (head, rest) = line.split_at_checked(NAME.len())?;
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    (ends && head.eq_ignore_ascii_case(NAME)).then_some(rest)
}

/// The part that is read, composed (NFC), with one kind of line end. A last line that was cut short is not read.
fn normal(body: &str) -> String {
    let whole = match body.char_indices().nth(BODY_LIMIT) {
        Some((end, _)) => body[..end].rsplit_once('\n').map_or("", |(whole, _)| whole),
        None => body,
    };
    whole.replace("\r\n", "\n").replace('\r', "\n").nfc().collect()
}

/// A code fence that is open.
#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// Where the text of its list item begins; 0 outside of lists. Text left of it ends the item and so the fence.
    column: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let inner = behind_list_markers(line);
        let column = line.len() - inner.len();
        let text = inner.trim_start_matches(' ');
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = run_length(text, mark);
        let is_fence =
            length >= 3 && inner.len() - text.len() <= 3 && (mark == '~' || !text[length..].contains('`'));
        is_fence.then_some(Self { mark, length, column })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim_start_matches(' ');
        let length = run_length(text, self.mark);
        let indent = line.len() - text.len();
        length >= self.length && indent <= self.column + 3 && text[length..].trim().is_empty()
    }

    fn is_left_by(&self, line: &str) -> bool {
        let text = line.trim_start();
        !text.is_empty() && line.len() - text.len() < self.column
    }
}

fn run_length(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

/// The line without `- `, `* `, `+ `, `1. `, `1) ` in front, however deep.
fn behind_list_markers(line: &str) -> &str {
    let mut inner = line;
    while let Some(rest) = behind_list_marker(inner) {
        inner = rest;
    }
    inner
}

fn behind_list_marker(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let marks: &[char] = if digits == 0 { &['-', '*', '+'] } else { &['.', ')'] };
    text[digits..].strip_prefix(marks)?.strip_prefix(' ')
}

/// Elements whose content is shown, quoted or folded away, not said. In the first four nothing else is read.
const QUIET: [&str; 8] = ["pre", "script", "style", "textarea", "code", "details", "blockquote", "samp"];
const RAW: [&str; 4] = ["pre", "script", "style", "textarea"];

/// What is open at the beginning of a line.
#[derive(Debug, Default)]
struct Reader {
    fence: Option<Fence>,
    is_in_comment: bool,
    elements: Vec<&'static str>,
    /// A paragraph that began in a quote goes on until a blank line, `>` or not.
    is_in_quote: bool,
    /// GitLab's `>>>` … `>>>`.
    is_in_long_quote: bool,
    is_in_mail: bool,
}

impl Reader {
    /// Takes the next line in, and tells whether what stands there is said by the author.
    fn is_live(&mut self, lines: &[&str], at: usize) -> bool {
        let line = lines[at];
        if let Some(fence) = self.fence {
            if fence.is_closed_by(line) || fence.is_left_by(line) {
                self.fence = None;
            }
            if !fence.is_left_by(line) {
                return false;
            }
        }
        let was_quiet = self.is_in_comment || !self.elements.is_empty() || self.is_in_mail;
        if self.reads_markdown() {
            if self.quotes(lines, at) {
                return false;
            }
            self.is_in_mail |= is_mail_header(lines, at);
            self.fence = Fence::opened_by(line);
            if self.fence.is_some() {
                return false;
            }
        }
        self.tags(line);
        !was_quiet && !self.is_in_mail && !self.is_in_quote && !self.is_in_long_quote
    }

    fn reads_markdown(&self) -> bool {
        !self.is_in_comment && !self.elements.last().is_some_and(|element| RAW.contains(element))
    }

    /// Whether this line belongs to a quote by its own mark.
    fn quotes(&mut self, lines: &[&str], at: usize) -> bool {
        let line = lines[at];
        if line.trim_end() == ">>>" && (self.is_in_long_quote || closes_later(lines, at)) {
            self.is_in_long_quote = !self.is_in_long_quote;
            return true;
        }
        let text = behind_list_markers(line).trim_start_matches(' ');
        if text.starts_with('>') {
            self.is_in_quote = true;
            return true;
        }
        self.is_in_quote &= !line.trim().is_empty();
        false
    }

    /// Follows comments and elements through a line.
    fn tags(&mut self, line: &str) {
        let spoken = if self.reads_markdown() { without_code(line) } else { line.to_owned() };
        let spoken = spoken.to_ascii_lowercase();
        let mut rest = spoken.as_str();
        loop {
            let mark = if self.is_in_comment { "-->" } else { "<" };
            let Some((_, after)) = rest.split_once(mark) else { return };
            rest = after;
            if self.is_in_comment {
                self.is_in_comment = false;
            } else if self.reads_markdown() && rest.starts_with("!--") {
                self.is_in_comment = true;
                rest = &rest[3..];
            } else {
                self.element(rest);
            }
        }
    }

    fn element(&mut self, tag: &str) {
        let name = tag.strip_prefix('/').unwrap_or(tag);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
        let Some(element) = QUIET.into_iter().find(|element| *element == &name[..end]) else { return };
        if tag.starts_with('/') {
            if let Some(depth) = self.elements.iter().rposition(|open| *open == element) {
                self.elements.truncate(depth);
            }
        } else if self.reads_markdown() {
            self.elements.push(element);
        }
    }
}

fn closes_later(lines: &[&str], at: usize) -> bool {
    lines[at + 1..].iter().any(|line| line.trim_end() == ">>>")
}

/// Whether everything from here on is an older mail that was answered. Marked with `>` it is a quote, and text may follow.
fn is_mail_header(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim().trim_matches(['*', '_', ' ']).to_lowercase();
    let is_divider = line.starts_with("--")
        && line.ends_with("--")
        && ["original message", "forwarded message", "ursprüngliche nachricht", "message d'origine"]
            .contains(&line.trim_matches(['-', ' ']));
    let is_sender = line.starts_with("from:")
        || (["von:", "de:", "de :", "da:", "van:"].iter().any(|word| line.starts_with(word))
            && line.contains('@'));
    is_divider || is_sender || is_attribution(lines, at)
}

/// "On Tuesday ana wrote:", which mail programs wrap, above a text without `>`.
fn is_attribution(lines: &[&str], at: usize) -> bool {
    let begins = lines[at].to_lowercase().starts_with("on ");
    let end = (at..lines.len().min(at + 3)).find(|end| lines[*end].trim_end().ends_with("wrote:"));
    match end {
        Some(end) if begins => {
            let next = lines[end + 1..].iter().find(|line| !line.trim().is_empty());
            !next.is_some_and(|line| line.trim_start().starts_with('>'))
        }
        _ => false,
    }
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    let mut spoken = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let length = run_length(&rest[start..], '`');
        spoken.push_str(&rest[..start]);
        let inner = &rest[start + length..];
        rest = end_of_run(inner, length).map_or(inner, |end| &inner[end..]);
    }
    spoken + rest
}

/// The end of the next run of exactly so many backticks.
fn end_of_run(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text[at..].find('`') {
        let run = run_length(&text[at + start..], '`');
        at += start + run;
        if run == length {
            return Some(at);
        }
    }
    None
}

/// The lines that begin inside a code span, which may go over lines of a paragraph.
fn begun_in_code_span(lines: &[&str]) -> HashSet<usize> {
    let mut inside = HashSet::new();
    let mut start = 0;
    for paragraph in lines.split(|line| line.trim().is_empty()) {
        let runs: Vec<(usize, usize)> = paragraph
            .iter()
            .enumerate()
            .flat_map(|(at, line)| backtick_runs(line).map(move |length| (start + at, length)))
            .collect();
        // Of each length the last run: whether a span that opens is ever closed, without looking ahead again and again.
        let last: HashMap<usize, usize> = runs.iter().enumerate().map(|(at, run)| (run.1, at)).collect();
        let mut at = 0;
        while let Some((first_line, length)) = runs.get(at) {
            if last[length] > at {
                at += 1 + runs[at + 1..].iter().take_while(|run| run.1 != *length).count();
                inside.extend(first_line + 1..=runs[at].0);
            }
            at += 1;
        }
        start += paragraph.len() + 1;
    }
    inside
}

fn backtick_runs(line: &str) -> impl Iterator<Item = usize> {
    line.split(|c| c != '`').map(str::len).filter(|length| *length > 0)
}

#[cfg(test)]
mod tests;
