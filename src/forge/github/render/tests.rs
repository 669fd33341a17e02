//! Tests of the rendering for GitHub: every kind of span, and what people write. Nothing else.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::id::{ChangeNumber, CommitId};

fn check(spans: impl IntoIterator<Item = Span>, expected: &str) {
    assert_eq!(comment(&Text::line(spans)), expected);
}

fn written(text: &str) -> Span {
    Span::Written(text.to_owned())
}

/// The text as a reader sees it: our invisible breaks and the escapes taken away.
fn shown(markdown: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for c in markdown.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(c);
        }
    }
    out.replace('\u{200b}', "")
}

#[test]
fn each_kind_of_span_has_its_form() {
    let commit = CommitId::parse("8f3c21d0".repeat(5)).unwrap();
    check(
        [
            Span::strong("v1.5.0 is cut"),
            " at ".into(),
            Span::Commit(commit),
            ": ".into(),
            Span::Link { words: "release notes".into(), to: "https://h/a_(b)".into() },
        ],
        &format!("**v1.5.0 is cut** at {}: [release notes](https://h/a_%28b%29)", "8f3c21d0".repeat(5)),
    );
    check(
        [
            Span::Ask("carol".into()),
            " or ".into(),
            Span::Person("dan".into()),
            " in ".into(),
            Span::ChangeWord,
        ],
        "@carol or `dan` in pull request",
    );
    check([Span::Change(ChangeNumber(12)), " (".into(), Span::code("a`b"), ")".into()], "#12 (``a`b``)");
}

#[test]
fn a_moment_is_absolute_and_names_its_zone() {
    let at: Timestamp = "2026-12-01T14:05:00Z".parse().unwrap();
    check([Span::time(at)], "Tue 1 Dec 2026, 14:05 UTC");
    let zone = |name: &str| [Span::Time { at, zone: Some(name.to_owned()) }];
    check(zone("Europe/Berlin"), "Tue 1 Dec 2026, 14:05 UTC (15:05 Berlin)");
    check(zone("Asia/Tokyo"), "Tue 1 Dec 2026, 14:05 UTC (23:05 Tokyo)");
    check(zone("Pacific/Auckland"), "Tue 1 Dec 2026, 14:05 UTC (Wed 2 Dec, 03:05 Auckland)");
    check(zone("Nowhere/Land"), "Tue 1 Dec 2026, 14:05 UTC");
}

#[test]
fn s22_nothing_that_a_person_wrote_pings_or_links() {
    for (text, never) in [
        ("thanks @ana", "@ana"),
        ("cc @acme/release", "@acme"),
        ("fixes #12", "#12"),
        ("see GH-1", "GH-1"),
        ("acme/web#7", "#7"),
        ("reverts 8f3c21d0", "8f3c21d0"),
        ("https://evil.example/x", "://"),
        ("www.evil.example", "www."),
        ("mail me@evil.example", "@evil"),
        ("mailto:me", "mailto:m"),
        ("<img src=x>", "<img"),
        ("</details>", "</details"),
        ("![x](y)", "![x]("),
        ("[x](y)", "[x]("),
        ("<!-- x -->", "<!--"),
        ("&lt;b&gt;", "&lt;b"),
    ] {
        let out = comment(&Text::line([written(text)]));
        let unescaped_never = out.match_indices(never).all(|(at, _)| out[..at].ends_with('\\'));
        assert!(unescaped_never, "{text} became {out}");
        assert_eq!(shown(&out), text, "and still reads the same");
    }
}

#[test]
fn s22_a_summary_is_written_as_html_because_markdown_means_nothing_there() {
    let fold = Block::Fold {
        summary: vec![written("</summary></details> @ana *x*"), Span::strong("b"), Span::code("<c>")],
        body: Text::line(["inside".into()]),
    };
    assert_eq!(
        comment(&Text(vec![fold])),
        "<details><summary>&lt;/summary&gt;&lt;/details&gt; @\u{200b}ana *x*<b>b</b><code>&lt;c&gt;</code>\
         </summary>\n\ninside\n\n</details>"
    );
}

#[test]
fn a_list_item_or_line_never_becomes_something_else() {
    for (text, expected) in [
        ("1. first", "1\\. first"),
        ("- x", "\\- x"),
        ("# x", "\\# x"),
        ("/release cut", "\\/release cut"),
        ("=== ", "\\==="),
        ("> q", "\\> q"),
        ("    code", "code"),
        ("a\n\n/release cut", "a  /release cut"),
        ("[ ] task", "\\[ \\] task"),
        ("#12 x", "#\u{200b}12 x"),
    ] {
        check([written(text)], expected);
        let list = Text(vec![Block::List(vec![vec![written(text)]])]);
        assert_eq!(comment(&list), format!("- {expected}"));
    }
}

#[test]
fn a_listing_cannot_close_its_own_fence() {
    let block = Block::Listing { language: "text".into(), body: "a\n````\n@ana".into() };
    assert_eq!(comment(&Text(vec![block])), "`````text\na\n````\n@ana\n`````");
    assert_eq!(comment(&Text(vec![Block::Command("/release cut".into())])), "```\n/release cut\n```");
}

#[test]
fn hidden_characters_are_shown() {
    check([written("a\u{202e}b\u{200b}c\u{e0041}")], "a\u{fffd}b\u{fffd}c\u{fffd}");
    check([Span::code("a\u{202e}b")], "`a\u{fffd}b`");
}

#[test]
fn a_text_that_is_too_long_ends_between_two_entries_and_closes_its_fold() {
    let entries = vec![vec![written(&"x".repeat(100))]; 2_000];
    let body = Text(vec![Block::List(entries)]);
    let fold = Text(vec![
        Block::Fold { summary: vec!["All".into()], body: body.clone() },
        Block::Small(vec!["E".into()]),
    ]);
    for text in [body, fold] {
        let out = comment(&text);
        assert!(out.chars().count() <= 65_536, "{}", out.chars().count());
        assert!(out.ends_with(CUT));
        assert_eq!(out.matches("<details>").count(), out.matches("</details>").count());
        assert!(out.lines().filter(|line| line.starts_with("- ")).all(|line| line.len() == 102));
    }
    let marked =
        release_body(&Text(vec![Block::List(vec![vec![written(&"x".repeat(100))]; 2_000])]), "<!-- m -->");
    assert!(marked.len() <= 125_000 && marked.ends_with("<!-- m -->"));
}

#[test]
fn a_banner_stands_above_what_people_wrote() {
    let banner = Text::line([Span::strong("Withdrawn")]);
    assert_eq!(
        above(&banner, "<!-- m -->", "notes").as_deref(),
        Some("<!-- m -->\n**Withdrawn**\n\n---\n\nnotes")
    );
    assert_eq!(above(&banner, "<!-- m -->", &"x".repeat(125_000)), None);
}

/// All that CommonMark and GitHub's extensions make of a text.
fn events(markdown: &str) -> Vec<pulldown_cmark::Event<'_>> {
    use pulldown_cmark::Options;
    let github = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    pulldown_cmark::Parser::new_ext(markdown, github).collect()
}

fn is_only_text(event: &pulldown_cmark::Event<'_>) -> bool {
    use pulldown_cmark::{Event, Tag, TagEnd};
    matches!(event, Event::Text(_) | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph))
}

proptest! {
    /// S22, by a parser that is not ours: whatever a person writes is a paragraph of text, and the same text.
    #[test]
    fn s22_what_a_person_wrote_is_only_text(text in "[ -~\n\t¤é@#`*_<>\\[\\]/|:~$^=+-]{0,60}") {
        let out = comment(&Text::line([written(&text)]));
        for event in events(&out) {
            prop_assert!(is_only_text(&event), "{text:?} became {out:?} with {event:?}");
        }
        prop_assert!(!out.starts_with('/'));
        prop_assert!(!out.contains('\n'));
    }

    #[test]
    fn s22_in_a_list_it_is_only_text_too(text in "[ -~\n]{1,40}") {
        use pulldown_cmark::{Event, Tag, TagEnd};
        let out = comment(&Text(vec![Block::List(vec![vec![written(&text)]])]));
        for event in events(&out) {
            let frame = matches!(event, Event::Start(Tag::List(_) | Tag::Item) | Event::End(TagEnd::List(_) | TagEnd::Item));
            prop_assert!(frame || is_only_text(&event), "{text:?} became {out:?} with {event:?}");
        }
    }

    #[test]
    fn s22_no_mention_reference_or_address_survives(text in "(@|#|GH-|http|://|www\\.|[a-z0-9]{1,9}|/| ){0,20}") {
        let out = comment(&Text::line([written(&text)]));
        for (at, sign) in out.match_indices(['@', '#']) {
            let links = |c: char| if sign == "@" { c.is_alphanumeric() } else { c.is_ascii_digit() };
            prop_assert!(!out[at + 1..].starts_with(links), "{text:?} became {out:?}");
        }
        prop_assert!(!out.contains("http://") && !out.to_lowercase().contains("www."), "{out:?}");
        let is_hex = |word: &&str| word.chars().all(|c| c.is_ascii_hexdigit());
        let words = out.split(|c: char| !c.is_ascii_alphanumeric());
        let hex = words.filter(is_hex).map(str::len).max().unwrap_or(0);
        prop_assert!(hex < 7, "{out:?}");
    }
}
