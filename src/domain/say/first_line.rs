//! The first line of a text: what it shows, and that it is short enough to be all that a push message shows. What it says is its sentence's business.

use super::counted;
use super::escape::tidy;
use super::plain::{self, AUTOMATION};
use super::text::Span;

/// The longest first line, in characters as shown: push messages and subject lines show no more.
pub const LIMIT: usize = 100;

/// No name is cut shorter than this: less would name nothing.
const SHORTEST: usize = 12;

/// Stands for the forge's word for a change where a line is measured: none is longer.
const CHANGE_WORD: &str = "change request";

/// The line as a reader sees it, at its longest: the forge's own words are no longer than those that stand for them here.
pub fn shown(line: &[Span]) -> String {
    line.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    match span {
        Span::Words(words) | Span::Link { words, .. } => words.clone(),
        Span::Written(text) | Span::Code(text) | Span::Person(text) => tidy(text),
        Span::Strong(inner) | Span::Emphasis(inner) => shown(inner),
        Span::Ask(login) | Span::Credit(login) => format!("@{login}"),
        Span::Change(number) => format!("#{number}"),
        Span::Issue(number) => format!("#{number}"),
        Span::Commit(commit) => commit.short().to_owned(),
        Span::Compare { words, from, to } => plain::compared(words.as_deref(), from, to),
        Span::Time { at, zone } => plain::time(*at, zone.as_deref(), None),
        Span::ChangeWord => CHANGE_WORD.to_owned(),
        Span::TeamWord => "group".to_owned(),
        Span::Forge => "the forge".to_owned(),
        Span::Automations(count) => counted(*count, AUTOMATION.0, AUTOMATION.1),
    }
}

/// The line within [`LIMIT`]: what people wrote and long names are cut, at a word where there is one, and `…` says so.
/// Our own words are never cut, and no command is: half of one would be another.
pub fn fitted(line: &[Span]) -> Vec<Span> {
    let mut line = line.to_vec();
    while let Some(over) = shown(&line).chars().count().checked_sub(LIMIT).filter(|over| *over > 0) {
        let Some(longest) = longest(&mut line) else { break };
        let length = longest.chars().count();
        *longest = cut(longest, length.saturating_sub(over).max(SHORTEST));
    }
    line
}

/// The longest text that may still be cut.
fn longest(line: &mut [Span]) -> Option<&mut String> {
    let cuttable = line.iter_mut().filter_map(|span| match span {
        Span::Written(text) => Some(text),
        Span::Code(text) if !text.starts_with('/') => Some(text),
        Span::Strong(inner) | Span::Emphasis(inner) => longest(inner),
        _ => None,
    });
    cuttable.filter(|text| text.chars().count() > SHORTEST).max_by_key(|text| text.chars().count())
}

/// At most `length` characters, the last of them `…`.
fn cut(text: &str, length: usize) -> String {
    let head: String = text.chars().take(length.saturating_sub(1)).collect();
    // A word far back would give too much away.
    let at_word = head.rfind(char::is_whitespace).filter(|at| *at > head.len() / 2);
    let head = at_word.map_or(head.as_str(), |at| &head[..at]);
    format!("{}…", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &[Span], expected: &str) {
        let fitted = shown(&fitted(line));
        assert_eq!(fitted, expected);
        assert!(fitted.chars().count() <= LIMIT, "{}", fitted.chars().count());
    }

    #[test]
    fn a_short_line_stays() {
        check(&["Next: ".into(), Span::Written("v1.5.0".to_owned())], "Next: v1.5.0");
    }

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let title = Span::Written("Sign in with passkeys ".repeat(9));
        check(
            &[title, " is out.".into()],
            "Sign in with passkeys Sign in with passkeys Sign in with passkeys Sign in with passkeys… is out.",
        );
    }

    #[test]
    fn a_long_name_is_cut_wherever_it_is_too_long() {
        let tag = Span::Strong(vec![Span::Written("v".repeat(200)), " is cut".into()]);
        check(&[tag], &format!("{}… is cut", "v".repeat(92)));
    }

    #[test]
    fn the_longest_is_cut_first() {
        let (short, long) = (Span::code("main"), Span::code("é".repeat(150)));
        check(&[short, " and ".into(), long], &format!("main and {}…", "é".repeat(90)));
    }

    #[test]
    fn a_command_is_never_cut() {
        let command = format!("/release withdraw {}", "9".repeat(100));
        assert_eq!(shown(&fitted(&[Span::code(&command)])), command);
    }
}
