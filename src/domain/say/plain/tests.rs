//! Tests of rendering: what people wrote stays only text. Nothing else.

use insta::assert_snapshot;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::domain::say::escape::tidy;

/// Words that have a meaning somewhere: in Markdown, on GitHub, on GitLab.
const DANGEROUS: [&str; 60] = [
    "@ana",
    "@org/team",
    "#12",
    "GH-12",
    "owner/repo#1",
    "https://x.example/1",
    "www.x.example",
    "8f3c21d0",
    "![x](y)",
    "[a](b)",
    "[a][b]",
    "<b>",
    "</details>",
    "<!--",
    "-->",
    "&lt;",
    "&#64;ana",
    "`",
    "``",
    "`@ana`",
    "*a*",
    "**",
    "_b_",
    "__c__",
    "~~d~~",
    "~bug",
    "!12",
    "%v1.0",
    "&12",
    "$1",
    "$`x`$",
    ":tada:",
    "- a",
    "+ b",
    "1. c",
    "2) d",
    "# e",
    "> f",
    "---",
    "===",
    "/close",
    "/release",
    "|a|b|",
    "[ ]",
    "[x]",
    "\\",
    "\\@ana",
    "\n",
    "\n\n",
    "\r\n",
    "    x",
    "\tx",
    "```",
    "~~~",
    "[^1]",
    "[[x]]",
    "a@b.c",
    "\u{202e}x",
    "{+ x +}",
    "user@8f3c21d",
];

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => proptest::sample::select(&DANGEROUS[..]).prop_map(str::to_owned),
        2 => "[a-z ]{0,5}",
        1 => "\\PC{0,4}",
        1 => proptest::sample::select(&[" ", "\n", "`", "*", "_", "\\", "<", "[", "]", "(", ")"][..]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Every extension that any forge might have, but for the one that only makes quotes and dashes prettier.
fn options() -> Options {
    Options::all() - Options::ENABLE_SMART_PUNCTUATION
}

/// What a reader sees of Markdown, and in which code spans; fails on any other markup than paragraphs.
fn seen(markdown: &str) -> Result<(String, Vec<String>), String> {
    let (mut shown, mut codes) = (String::new(), Vec::new());
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(text) => shown.push_str(&text),
            Event::Code(text) => {
                shown.push_str(&text);
                codes.push(text.to_string());
            }
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => return Err(format!("{other:?} in {markdown:?}")),
        }
    }
    Ok((shown, codes))
}

/// What a forge would make of text outside code, after Markdown is done.
fn reference_in(markdown: &str) -> Option<String> {
    let mut loose = String::new();
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(text) => loose.push_str(&text),
            _ => loose.push(' '),
        }
    }
    let bad = |word: &&str| {
        ["@", "#", "://", "www.", "GH-1", "$1", "~bug", "!12", "%v1", "&12", ":tada:", "8f3c21d"]
            .iter()
            .any(|sign| word.contains(sign))
    };
    loose.split(' ').find(bad).map(str::to_owned)
}

proptest! {
    #[test]
    fn what_people_write_is_only_text(text in any_text()) {
        let markdown = markdown(&Text::line([Span::Written(text.clone())]), &Plain);
        let (shown, _) = seen(&markdown).map_err(TestCaseError::fail)?;
        // What people set as code is shown as code, without its backticks.
        let bare = |text: &str| text.replace('`', "");
        prop_assert_eq!(bare(&shown), bare(&tidy(&text)), "{}", markdown);
        prop_assert_eq!(reference_in(&markdown), None, "{}", markdown);
        prop_assert!(!markdown.starts_with('/'));
    }

    #[test]
    fn a_code_span_holds_its_text(text in any_text()) {
        let (shown, codes) = seen(&escape::code(&text)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&shown, &tidy(&text));
        prop_assert!(shown.is_empty() || codes == [shown]);
    }

    #[test]
    fn an_entry_stays_one_entry(title in any_text(), next in any_text()) {
        let entry = |title: &str| vec![Span::Written(title.to_owned()), " ".into(), Span::Change(ChangeNumber(7)), Span::Person("ana".to_owned())];
        let text = Text(vec![Block::List(vec![entry(&title), entry(&next)])]);
        let markdown = markdown(&text, &Plain);
        let events: Vec<Event<'_>> = Parser::new_ext(&markdown, options()).collect();
        let items = events.iter().filter(|event| matches!(event, Event::Start(Tag::Item))).count();
        prop_assert_eq!(items, 2, "{}", markdown);
        let only_text = events.iter().all(|event| matches!(
            event,
            Event::Text(_) | Event::Code(_)
                | Event::Start(Tag::Item | Tag::List(None)) | Event::End(TagEnd::Item | TagEnd::List(false))
        ));
        prop_assert!(only_text, "{:?}", events);
    }

    #[test]
    fn s22b_a_title_cannot_close_our_fold(summary in any_text(), inside in any_text()) {
        let body = Text(vec![Block::Line(vec![Span::Written(inside.clone())]), Block::Listing { language: "text".to_owned(), body: inside }]);
        let fold = Block::Fold { summary: vec![Span::Written(summary)], body };
        let markdown = markdown(&Text(vec![fold, Block::Line(vec!["end".into()])]), &Plain);
        let html: String = Parser::new_ext(&markdown, options())
            .filter_map(|event| match event { Event::Html(html) | Event::InlineHtml(html) => Some(html.to_string()), _ => None })
            .collect();
        prop_assert_eq!(html.matches("<details>").count(), 1);
        prop_assert_eq!(html.matches("</details>").count(), 1, "{}", markdown);
        let without_code = html.replace("<code>", "").replace("</code>", "");
        prop_assert_eq!(without_code.matches('<').count(), 4, "{}", html);
        prop_assert!(!html.contains("<!--"));
    }

    #[test]
    fn our_words_are_shown_as_they_are(words in "[a-zA-Z0-9 *_<>&;#`\\[\\]()!|~.+-]{1,30}") {
        let markdown = markdown(&Text::line([Span::words(words.clone())]), &Plain);
        let (shown, _) = seen(&markdown).map_err(TestCaseError::fail)?;
        prop_assert_eq!(shown, words.trim());
    }
}

#[test]
fn each_part_of_the_tree_has_its_markdown() {
    let at: Timestamp = "2026-12-01T12:05:00Z".parse().unwrap();
    let commit = CommitId::parse("8f3c21d0".repeat(5)).unwrap();
    let text = Text(vec![
        Block::Line(vec![
            Span::strong("v1.5.0 is cut"),
            " at ".into(),
            Span::Commit(commit),
            " by ".into(),
            Span::Person("ana".to_owned()),
        ]),
        Block::Heading(vec![Span::Written("Features & more".to_owned())]),
        Block::List(vec![
            vec![
                Span::Written("Fix *all* of @bob's #12".to_owned()),
                " ".into(),
                Span::Change(ChangeNumber(12)),
            ],
            vec![
                Span::Emphasis(vec!["Other".into()]),
                ", ".into(),
                Span::code("a`b"),
                " ".into(),
                Span::Credit("ana".to_owned()),
            ],
        ]),
        Block::Command("/release cut".to_owned()),
        Block::Listing { language: "yaml".to_owned(), body: "a: ```\n".to_owned() },
        Block::Fold {
            summary: vec!["Dependencies (2) ".into(), Span::Written("</summary> @bob".to_owned())],
            body: Text::line(["inside".into()]),
        },
        Block::Line(vec![
            Span::Link { words: "notes [x]".to_owned(), to: "https://x.example/a (b)".to_owned() },
            " ".into(),
            Span::Link { words: "bad".to_owned(), to: "javascript:alert(1)".to_owned() },
        ]),
        Block::Small(vec![
            Span::Time { at, zone: Some("Europe/Berlin".to_owned()) },
            ", ".into(),
            Span::ChangeWord,
        ]),
    ]);
    assert_snapshot!(markdown(&text, &Plain));
}
