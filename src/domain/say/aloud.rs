//! Texts as plain lines, for the tests of sentences. What a forge shows is its adapter's `render`.

use super::first_line::{self, fitted};
use super::plain::{AUTOMATION, TEAM_WORD};
use super::text::{Block, Span, Text};

/// The rule of the first line: as shown it is at most 100 characters, whatever people wrote into it.
#[track_caller]
pub(in crate::domain) fn has_short_first_line(text: &Text) {
    if let Some(Block::Line(line)) = text.0.first() {
        let first = first_line::shown(&fitted(line));
        assert!(
            first.chars().count() <= first_line::LIMIT,
            "the first line is at most 100 characters: {first}"
        );
    }
}

/// The text as it would be read aloud, and the rules that every text keeps.
pub(in crate::domain) fn plain(text: &Text) -> String {
    let printed = text.0.iter().map(block).collect::<Vec<_>>().join("\n");
    has_short_first_line(text);
    let outside: Vec<&str> = printed.split("```").step_by(2).collect();
    let begins_so = outside.iter().any(|part| part.lines().any(|line| line.trim_start().starts_with('/')));
    assert!(!begins_so, "no line outside a fence begins with a slash:\n{printed}");
    printed
}

fn block(block: &Block) -> String {
    match block {
        Block::Line(line) => spans(line),
        Block::Heading(line) => format!("## {}", spans(line)),
        Block::List(entries) => {
            entries.iter().map(|e| format!("- {}", spans(e))).collect::<Vec<_>>().join("\n")
        }
        Block::Command(line) => format!("```\n{line}\n```"),
        Block::CommandOn { command, change } => format!("```\n{command} #{change}\n```"),
        Block::Listing { language, body } => format!("```{language}\n{body}\n```"),
        Block::Fold { summary, body } => format!("[+] {}\n{}", spans(summary), plain(body)),
        Block::Small(line) => format!("({})", spans(line)),
        Block::Advice(advice) => format!("[{advice:?}]"),
        Block::Markup(lines) => format!("[{lines:?}]"),
    }
}

fn spans(spans: &[Span]) -> String {
    spans.iter().map(span).collect()
}

fn span(one: &Span) -> String {
    match one {
        Span::Words(text) | Span::Written(text) => text.clone(),
        Span::Strong(inner) | Span::Emphasis(inner) => spans(inner),
        // What a person wrote opens no fence here, as it opens none in a forge's rendering.
        Span::Code(text) => format!("`{}`", text.replace('`', "'")),
        Span::Person(login) => format!("`{login}`"),
        Span::Ask(login) | Span::Credit(login) => format!("@{login}"),
        Span::Change(number) => format!("#{number}"),
        Span::Issue(number) => format!("#{number}"),
        Span::Commit(commit) => commit.short().to_owned(),
        Span::Link { words, .. } => words.clone(),
        Span::Compare { words, from, to } => super::plain::compared(words.as_deref(), from, to),
        Span::Time { at, .. } => at.to_string(),
        Span::ChangeWord => "change".to_owned(),
        Span::TeamWord => TEAM_WORD.to_owned(),
        Span::Forge => "Forge".to_owned(),
        Span::Automations(count) => super::counted(*count, AUTOMATION.0, AUTOMATION.1),
    }
}
