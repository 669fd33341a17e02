//! Every sentence on promotions, as it is read on a phone, and the rules that hold for all of them. When which is said is asked elsewhere.

mod answer;
mod approval;
mod arrival;
mod comment;
mod panel;
mod stage;

use crate::domain::command;
use crate::domain::say::{Block, Span, Text, aloud};

type Case = (&'static str, Text);

/// Every text of these files, by a name for whoever reads a failure.
fn all() -> Vec<Case> {
    let each = [
        panel::waiting(),
        panel::gates(),
        panel::on_its_way(),
        comment::progress(),
        comment::endings(),
        comment::closed(),
        approval::asking(),
        approval::answers(),
        answer::promote(),
        answer::steer(),
        answer::locks(),
        answer::why(),
        arrival::notes(),
        arrival::issues(),
        arrival::status(),
    ];
    each.into_iter().flatten().collect()
}

fn printed(texts: Vec<Case>) -> String {
    let each: Vec<String> =
        texts.iter().map(|(name, text)| format!("[{name}]\n{}\n", aloud::plain(text))).collect();
    each.join("\n")
}

#[test]
fn every_text_keeps_the_rules_that_hold_for_all() {
    for (name, text) in all() {
        // Asks for a short first line and for no line that begins with a slash.
        let said = aloud::plain(&text);
        assert!(matches!(text.0[0], Block::Line(_)), "{name}: the first line is a line");
        let small = text.0.iter().position(|block| matches!(block, Block::Small(_)));
        assert!(small.is_none_or(|at| at + 1 == text.0.len()), "{name}: small print stands last:\n{said}");
        let own: String = said.split("```").step_by(2).collect();
        assert!(
            !own.contains(" ( ") && !own.contains("  ") && !own.contains(" .") && !own.contains(" \n"),
            "{name} has a gap:\n{said}"
        );
        assert!(
            !own.contains("` `") && !own.contains(".."),
            "{name} shows an empty name or ends twice:\n{said}"
        );
        for word in
            ["please", "you must", "you should", "invalid", "error:", "illegal", "wrong", "sorry", "!"]
        {
            assert!(!own.to_lowercase().contains(word), "{name} says \"{word}\":\n{said}");
        }
    }
}

#[test]
fn a_refusal_says_in_its_first_line_that_nothing_came_of_it() {
    for (name, text) in all() {
        let said = aloud::plain(&text);
        let Some((_, code)) = said.rsplit_once("(E_") else { continue };
        assert!(code.ends_with(')'), "{name}: the code is the last word:\n{said}");
        let first = said.lines().next().unwrap_or_default();
        let nothing = ["Nothing", "Not counted", "Not done", "nothing was done", "counts once"];
        assert!(nothing.iter().any(|word| first.contains(word)), "{name}: {first}");
        assert!(first.ends_with('.'), "{name}: a whole sentence: {first}");
    }
}

#[test]
fn what_is_offered_for_copying_is_a_command_of_this_version() {
    for (name, text) in all() {
        for line in commands(&text.0) {
            // `ENV`, `vX.Y.Z` and `-- why` stand for what only a person knows.
            let line = line.replace("vX.Y.Z", "v1.2.3");
            let command::Found::One(line) = command::find(&line) else { panic!("{name}: {line}") };
            assert!(command::parse(&line).is_ok(), "{name} offers {line:?}");
        }
    }
}

fn commands(blocks: &[Block]) -> Vec<String> {
    let each = blocks.iter().map(|block| match block {
        Block::Command(line) => vec![line.clone()],
        Block::CommandOn { command, change } => vec![format!("{command} #{change}")],
        Block::Line(spans) | Block::Heading(spans) | Block::Small(spans) => inline(spans),
        Block::List(entries) => entries.iter().flat_map(|entry| inline(entry)).collect(),
        Block::Fold { body, .. } => commands(&body.0),
        Block::Listing { .. } | Block::Advice(_) | Block::Markup(_) => vec![],
    });
    each.flatten().collect()
}

fn inline(spans: &[Span]) -> Vec<String> {
    let of = |span: &Span| if let Span::Code(text) = span { Some(text.clone()) } else { None };
    spans.iter().filter_map(of).filter(|text| text.starts_with("/release")).collect()
}

#[test]
fn only_the_request_for_approval_and_a_lock_passed_over_call_people() {
    for (name, text) in all() {
        let shown = crate::domain::say::plain::markdown(&text, &Calling);
        let outside: String = shown.split('`').step_by(2).collect();
        let may_call = name.starts_with("prompt")
            || name.starts_with("passed over")
            || outside.contains("The lock of @");
        assert_eq!(outside.contains('@'), may_call, "{name}:\n{shown}");
    }
}

/// A place of publication in which a mention is seen at once.
struct Calling;

impl crate::domain::say::plain::Dialect for Calling {
    fn change(&self, number: crate::domain::id::ChangeNumber) -> String {
        format!("#{number}")
    }

    fn change_word(&self) -> &'static str {
        "pull request"
    }

    fn ask(&self, login: &str) -> String {
        format!("@{login}")
    }
}
