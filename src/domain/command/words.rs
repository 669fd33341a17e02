//! A line's characters: what phones write, what cannot be seen, where words end and the reason begins. Knows no verbs.

use super::mistake::Oddity;

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Without its quotes.
    pub(super) text: String,
    /// A word in quotes is never a flag.
    begins_quoted: bool,
    /// A full stop in quotes belongs to the word.
    ends_quoted: bool,
}

impl Word {
    /// The name of a flag, and its value if it stands behind an `=`.
    pub(super) fn as_flag(&self) -> Option<(&str, Option<&str>)> {
        let flag = self.text.strip_prefix("--").filter(|_| !self.begins_quoted)?;
        Some(flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value))))
    }
}

/// What a line falls into.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words<'a> {
    /// Verb and arguments.
    pub(super) words: Vec<Word>,
    /// Everything behind the lone `--`, as it was written.
    pub(super) reason: Option<&'a str>,
}

/// Why a line does not fall into words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// A quote never ends.
    OpenQuote,
    /// An odd character, and the word that holds it.
    Odd(char, String),
}

/// Splits a line without its `/release`.
pub(super) fn split(line: &str) -> Result<Words<'_>, Stuck> {
    let mut words = Vec::new();
    let mut rest = line.trim_matches(is_blank);
    while !rest.is_empty() {
        let end = end_of_word(rest)?;
        let (raw, after) = rest.split_at(end);
        rest = after.trim_start_matches(is_blank);
        if is_separator(raw) {
            return Ok(Words { words, reason: Some(rest) });
        }
        words.push(read(raw)?);
    }
    drop_full_stop(&mut words);
    Ok(Words { words, reason: None })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}')
}

fn is_long_dash(c: char) -> bool {
    matches!(c, '\u{2013}' | '\u{2014}')
}

fn is_dash(c: char) -> bool {
    c == '-' || is_long_dash(c)
}

fn end_of_word(rest: &str) -> Result<usize, Stuck> {
    let mut is_open = false;
    for (at, c) in rest.char_indices() {
        if is_quote(c) {
            is_open = !is_open;
        } else if is_blank(c) && !is_open {
            return Ok(at);
        }
    }
    if is_open { Err(Stuck::OpenQuote) } else { Ok(rest.len()) }
}

/// Two dashes or more. Phones make one long dash of two, and of three a long and a short one.
fn is_separator(raw: &str) -> bool {
    raw.chars().all(is_dash) && raw != "-"
}

fn read(raw: &str) -> Result<Word, Stuck> {
    let flag = raw.strip_prefix(is_long_dash).map(|rest| format!("--{}", rest.trim_start_matches(is_dash)));
    let text: String =
        flag.as_deref().unwrap_or(raw).chars().filter(|c| !is_quote(*c)).map(straight).collect();
    match text.chars().find(|c| oddity(*c).is_some()) {
        Some(character) => Err(Stuck::Odd(character, text)),
        None => {
            Ok(Word { text, begins_quoted: raw.starts_with(is_quote), ends_quoted: raw.ends_with(is_quote) })
        }
    }
}

fn straight(c: char) -> char {
    if matches!(c, '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') { '\'' } else { c }
}

/// Phones end a sentence when a space is typed twice.
fn drop_full_stop(words: &mut Vec<Word>) {
    if let Some(last) = words.last_mut().filter(|last| !last.ends_quoted && last.text.ends_with('.')) {
        last.text.pop();
        if last.text.is_empty() {
            words.pop();
        }
    }
}

/// Why a character may not stand in a verb or an argument (S19); `None`: it may.
pub(super) fn oddity(c: char) -> Option<Oddity> {
    match c {
        ' '..='~' | '\t' => None,
        c if c.is_control() => Some(Oddity::Control),
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some(Oddity::Direction)
        }
        c if is_invisible(c) && !c.is_whitespace() => Some(Oddity::Invisible),
        c if c.is_whitespace() => Some(Oddity::Blank),
        _ => Some(Oddity::Foreign),
    }
}

/// Takes no room on the page or turns it around: blanks, controls, bidi, zero-width, joiners, tag characters, selectors.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a person's words can be shown for copying: nothing hidden in them, and nothing that ends a fence.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || (!is_invisible(c) && c != '`'))
}

/// A character where it cannot be overlooked: `U+202E`.
pub(super) fn escaped(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// A word with every odd character escaped, and so safe to show.
pub(super) fn visible(word: &str) -> String {
    word.chars()
        .map(|c| if oddity(c).is_some() { format!("[{}]", escaped(c)) } else { c.to_string() })
        .collect()
}

/// A line without odd characters in verb and arguments, and with its reason only if all of that can be seen.
pub(super) fn without_odd(line: &str) -> String {
    let mut clean = String::new();
    let mut rest = line.trim_matches(is_blank);
    while !rest.is_empty() {
        let (raw, after) = rest.split_at(end_of_word(rest).unwrap_or(rest.len()));
        rest = after.trim_start_matches(is_blank);
        if is_separator(raw) {
            return if is_plain(rest) { clean + " -- " + rest } else { clean };
        }
        clean.push(' ');
        clean.extend(raw.chars().filter(|c| oddity(*c).is_none() || is_quote(*c) || is_long_dash(*c)));
    }
    clean
}

/// A line without quotes.
pub(super) fn without_quotes(line: &str) -> String {
    without_odd(&line.replace(is_quote, ""))
}
