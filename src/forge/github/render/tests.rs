//! Tests of what GitHub is given: S22, limits, references. Nothing else.

mod golden;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::id::{ChangeNumber, CommitId, TagName};
use crate::domain::say::{Block, Revision, Span, first_line};

/// A pen on a GitHub.
fn at<T>(api: &'static str, write: impl FnOnce(&Pen<'_>) -> T) -> T {
    let site = Site::of_api(&http::Uri::from_static(api));
    let project = ProjectPath::parse("acme/shop").unwrap();
    let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
    write(&Pen { site: &site, project: &project, now })
}

const PUBLIC: &str = "https://api.github.com";

fn comment(text: &Text) -> String {
    at(PUBLIC, |pen| pen.comment(text))
}

fn release_body(text: &Text, marker: &str) -> String {
    at(PUBLIC, |pen| pen.release_body(text, marker))
}

#[track_caller]
fn check(spans: impl IntoIterator<Item = Span>, expected: &str) {
    assert_eq!(comment(&Text::line(spans)), expected);
}

fn written(text: &str) -> Span {
    Span::Written(text.to_owned())
}

/// The text as a reader sees it.
fn shown(markdown: &str) -> String {
    use pulldown_cmark::Event;
    let texts = events(markdown).into_iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// What GitHub looks for references in: the text outside code.
fn loose(markdown: &str) -> String {
    use pulldown_cmark::Event;
    let texts = events(markdown).into_iter().map(|event| match event {
        Event::Text(text) => text.to_string(),
        _ => " ".to_owned(),
    });
    texts.collect()
}

#[test]
fn the_words_for_things_are_no_longer_than_a_first_line_allows() {
    let spans = || [Span::ChangeWord, ", ".into(), Span::Automations(1), ", ".into(), Span::Automations(2)];
    let written = comment(&Text::line(spans()));
    assert_eq!(written, "pull request, 1 workflow, 2 workflows");
    assert!(first_line::shown(&spans()).len() >= written.len());
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
        &format!(
            "**v1.5.0 is cut** at [8f3c21d](https://github.com/acme/shop/commit/{}): [release notes](https://h/a_%28b%29)",
            "8f3c21d0".repeat(5)
        ),
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
    let tag = |name: &str| Revision::Tag(TagName::parse(name).unwrap());
    check(
        [Span::Compare { words: None, from: tag("v1.4.2"), to: tag("v1.5.0") }],
        "[v1.4.2...v1.5.0](https://github.com/acme/shop/compare/v1.4.2...v1.5.0)",
    );
    check([Span::Change(ChangeNumber(12)), " (".into(), Span::code("a`b"), ")".into()], "#12 (``a`b``)");
}

#[test]
fn a_moment_is_absolute_and_names_its_zone() {
    let at: Timestamp = "2026-12-01T14:05:00Z".parse().unwrap();
    check([Span::time(at)], "Tue 1 Dec, 14:05 UTC");
    let zone = |name: &str| [Span::Time { at, zone: Some(name.to_owned()) }];
    check(zone("Europe/Berlin"), "Tue 1 Dec, 14:05 UTC (15:05 Berlin)");
    check(zone("Asia/Tokyo"), "Tue 1 Dec, 14:05 UTC (23:05 Tokyo)");
    check(zone("Pacific/Auckland"), "Tue 1 Dec, 14:05 UTC (Wed 2 Dec, 03:05 Auckland)");
    check(zone("Nowhere/Land"), "Tue 1 Dec, 14:05 UTC");
    let next_year: Timestamp = "2027-01-04T08:00:00Z".parse().unwrap();
    check([Span::time(next_year)], "Mon 4 Jan 2027, 08:00 UTC");
}

#[test]
fn s22a_a_title_calls_nobody_and_embeds_nothing() {
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
        assert!(is_one_text(&out), "{text} became {out}");
        let means = never.contains(['@', '#', ':', '.']) || never.starts_with(['G', '8']);
        assert!(!means || !loose(&out).contains(never), "{text} became {out}");
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
        "<details><summary>&lt;/summary&gt;&lt;/details&gt; <code>@ana</code> *x*<b>b</b><code>&lt;c&gt;</code>\
         </summary>\n\ninside\n\n</details>"
    );
}

#[test]
fn a_list_item_or_line_never_becomes_something_else() {
    for (text, expected) in [
        ("1. first", "1\\. first"),
        ("- x", "\\- x"),
        ("# x", "`#` x"),
        ("/release cut", "\\/release cut"),
        ("=== ", "\\==="),
        ("> q", "\\> q"),
        ("    code", "code"),
        ("a\n\n/release cut", "a /release cut"),
        ("[ ] task", "\\[ \\] task"),
        ("#12 x", "`#12` x"),
    ] {
        check([written(text)], expected);
        let list = Text(vec![Block::List(vec![vec![written(text)]])]);
        assert_eq!(comment(&list), format!("- {expected}"));
    }
    check(["# our own words".into()], "\\# our own words");
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
    let family = "👨\u{200d}👩";
    check([written(family)], family);
    check([Span::code("a\u{202e}b")], "`a\u{fffd}b`");
}

fn entries(count: u64) -> Block {
    let entry = |number| vec![written(&"x".repeat(100)), " ".into(), Span::Change(ChangeNumber(number))];
    Block::List((1..=count).map(entry).collect())
}

#[test]
fn a_reply_fits_the_forges_limit() {
    let fold = Block::Fold { summary: vec!["All".into()], body: Text(vec![entries(2_000)]) };
    for block in [entries(2_000), fold] {
        let out = comment(&Text(vec![block, Block::Small(vec!["E".into()])]));
        let length = out.chars().count();
        assert!((60_000..=65_536).contains(&length), "{length}");
        let kept: Vec<&str> = out.lines().filter(|line| line.starts_with("- ")).collect();
        assert!(kept.iter().all(|line| line.contains("xxx [#") && line.ends_with(')')));
        let said = format!("{} more entries are left out here for length.", 2_000 - kept.len());
        assert!(out.ends_with(&format!("{said}\n\n<sub>E</sub>")), "{out}");
        assert_eq!(out.matches("<details>").count(), out.matches("</details>").count());
    }
}

#[test]
fn two_thousand_changes_fit_on_a_release_page_with_a_way_to_the_rest() {
    let tag = |name: &str| Revision::Tag(TagName::parse(name).unwrap());
    let full = Block::Line(vec![Span::Compare { words: None, from: tag("v1"), to: tag("v2") }]);
    let body = release_body(&Text(vec![entries(2_000), full]), "<!-- m -->");
    let length = body.chars().count();
    assert!((120_000..=124_000).contains(&length), "{length}");
    assert!(body.ends_with("<!-- m -->"));
    let link = "[v1...v2](https://github.com/acme/shop/compare/v1...v2)";
    assert!(body.contains(&format!("left out here for length. All of it: {link}\n\n{link}")), "{body}");
    assert!(at(PUBLIC, |pen| pen.above(&Text::line(["Withdrawn".into()]), "<!-- b -->", &body)).is_some());
}

#[test]
fn a_text_of_one_long_line_is_short_too() {
    assert!(comment(&Text(vec![Block::Heading(vec![written(&"x ".repeat(70_000))])])).len() < 100);
    let listing = Block::Listing { language: "text".into(), body: "line\n".repeat(40_000) };
    let out = comment(&Text(vec![listing]));
    assert!(out.len() <= 65_536 && out.contains("more lines are left out"));
}

/// Invariant 13.
#[test]
fn s22e_a_list_links_back_to_nothing() {
    let line = Block::Line(vec![Span::Change(ChangeNumber(12)), " is out.".into()]);
    let entry = vec![Span::Strong(vec![Span::Change(ChangeNumber(12))]), " ".into(), Span::Issue(7)];
    let body = Text(vec![Block::List(vec![entry])]);
    let text = Text(vec![line, Block::Fold { summary: vec![Span::Change(ChangeNumber(12))], body }]);
    for (api, listed) in [
        (
            PUBLIC,
            "- **[#12](https://redirect.github.com/acme/shop/pull/12)** [#7](https://redirect.github.com/acme/shop/issues/7)",
        ),
        ("https://ghe.acme.example/api/v3", "- **`#12`** `#7`"),
        (
            "http://127.0.0.1:1/api/v3",
            "- **[#12](http://127.0.0.1:1/acme/shop/pull/12)** [#7](http://127.0.0.1:1/acme/shop/issues/7)",
        ),
    ] {
        let out = at(api, |pen| pen.comment(&text));
        let expected =
            format!("#12 is out.\n\n<details><summary><code>#12</code></summary>\n\n{listed}\n\n</details>");
        assert_eq!(out, expected);
        let notes = at(api, |pen| pen.release_body(&text, "m"));
        assert!(notes.contains("- **#12** #7\n"), "in notes they are real: {notes}");
    }
}

#[test]
fn s22d_the_credit_in_a_release_body_stays_a_mention() {
    let text = Text::line([Span::Ask("ana".into()), " ".into(), Span::Credit("bob".into())]);
    assert_eq!(comment(&text), "@ana `bob`");
    assert_eq!(release_body(&text, "m"), "`ana` @bob\n\nm");
    check([Span::Ask("not a login @x".into())], "`not a login @x`");
}

#[test]
fn a_banner_stands_above_what_people_wrote() {
    let banner = Text::line([Span::strong("Withdrawn")]);
    let above = |page: &str| at(PUBLIC, |pen| pen.above(&banner, "<!-- m -->", page));
    assert_eq!(above("notes").as_deref(), Some("<!-- m -->\n**Withdrawn**\n\n---\n\nnotes"));
    assert_eq!(above(&"x".repeat(125_000)), None);
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
    matches!(
        event,
        Event::Text(_) | Event::Code(_) | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
    )
}

fn is_one_text(markdown: &str) -> bool {
    events(markdown).iter().all(is_only_text)
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
        let seen = loose(&out);
        prop_assert!(!seen.contains(['@', '#']), "{text:?} became {out:?}");
        prop_assert!(!seen.contains("http://") && !seen.to_lowercase().contains("www."), "{out:?}");
        prop_assert!(!seen.contains("GH-1"), "{out:?}");
        let is_hex = |word: &&str| word.chars().all(|c| c.is_ascii_hexdigit());
        let words = seen.split(|c: char| !c.is_ascii_alphanumeric());
        let hex = words.filter(is_hex).map(str::len).max().unwrap_or(0);
        prop_assert!(hex < 7, "{out:?}");
    }
}
