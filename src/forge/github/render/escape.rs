//! How text stays text on GitHub: Markdown, HTML, mentions, references, links. Which texts a person wrote is not known here.

/// Breaks up what GitHub would make a link or a ping of; shows as nothing.
const BREAK: char = '\u{200b}';

/// Fewer hexadecimal digits are no commit to GitHub.
const SHORTEST_COMMIT: usize = 7;

/// What a person wrote, as one line on which nothing is left to mean anything: no ping, no back-link, no link.
pub(super) fn defused(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len() + 16);
    let mut rest = line.as_str();
    while let Some(word) = rest.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).next() {
        rest = &rest[word.len()..];
        let (bare, end) = split_last(word);
        word_without_commit(&mut out, bare);
        if end == Some('.') && ends_with(bare, "www") {
            out.push(BREAK);
        }
        out.extend(end);
        if end.is_some_and(|end| is_link_start(bare, end, rest)) {
            out.push(BREAK);
        }
    }
    out
}

/// A run of hexadecimal digits would become a link to a commit.
fn word_without_commit(out: &mut String, word: &str) {
    let hex = word.len() >= SHORTEST_COMMIT && word.bytes().all(|digit| digit.is_ascii_hexdigit());
    for (at, c) in word.chars().enumerate() {
        out.push(c);
        if hex && at % 4 == 3 {
            out.push(BREAK);
        }
    }
}

/// `@name`, `#12`, `GH-1`, `https://`, `mailto:name`.
fn is_link_start(before: &str, sign: char, rest: &str) -> bool {
    const PROTOCOLS: [&str; 5] = ["http", "https", "ftp", "mailto", "xmpp"];
    let next_is = |wanted: fn(char) -> bool| rest.chars().next().is_some_and(wanted);
    match sign {
        '@' => next_is(|c| !c.is_whitespace()),
        '#' => next_is(|c| c.is_ascii_digit()),
        '-' => ends_with(before, "gh") && next_is(|c| c.is_ascii_digit()),
        ':' => PROTOCOLS.iter().any(|protocol| ends_with(before, protocol)),
        _ => false,
    }
}

fn ends_with(word: &str, end: &str) -> bool {
    word.len() >= end.len() && word[word.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// The word and the character that ended it, where one did.
fn split_last(word: &str) -> (&str, Option<char>) {
    match word.char_indices().next_back() {
        Some((at, last)) if !last.is_ascii_alphanumeric() => (&word[..at], Some(last)),
        _ => (word, None),
    }
}

/// Text in which no character means anything to Markdown, wherever in a line it stands.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in one_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '$' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text in which no character means anything to HTML.
pub(super) fn html(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A line whose beginning means nothing: no list, no heading, no rule, and never a command of ours or GitLab's.
pub(super) fn line_start(line: &str) -> String {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    let heading = line.starts_with('#') && line.trim_start_matches('#').starts_with([' ', '\t']);
    let bare_heading = line.starts_with('#') && line.trim_end().chars().all(|c| c == '#');
    if heading || bare_heading || line.starts_with(['/', '-', '+', '=']) {
        return format!("\\{line}");
    }
    line.to_owned()
}

/// Text in a code span, which ends where we say.
pub(super) fn code_span(text: &str) -> String {
    let text = one_line(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_ticks(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The longest run of backticks.
pub(super) fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A character that shows as nothing or turns the text around: it could hide what is meant.
pub(super) fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Everything on one line, hidden characters visible.
fn one_line(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            // Our own break is put in before Markdown is escaped.
            BREAK => BREAK,
            c if is_hidden(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}
