//! Comments as people, phones and mail programs write them: where a command is said, and where it is only shown.

use super::*;

/// Each comment holds the command in the last line that begins so, or none.
fn check(comments: &[(&str, &str)], expected: &Found) {
    for (what, body) in comments {
        assert_eq!(&find(body), expected, "{what}: {body:?}");
        assert_eq!(&find(&body.replace('\n', "\r\n")), expected, "{what}, with CRLF");
    }
}

#[test]
fn s19_a_command_is_found_where_the_author_says_it() {
    let comments = [
        ("alone", "/release cut"),
        ("capitals", "/release cut\n"),
        ("below words", "Good, then.\n/release cut"),
        ("above words", "/release cut\n\nThanks!"),
        ("below a quote and a blank line", "> shall we?\n\n/release cut"),
        ("below a fence", "```\n/release plan\n```\n/release cut"),
        ("below a longer fence", "````\n```\n/release plan\n````\n/release cut"),
        ("below a fence in a list", "- ```\n  /release plan\n  ```\n/release cut"),
        ("below a list whose fence is open", "- ```\n  x\n/release cut"),
        ("below three backticks that are no fence", "``` a`b\n\n/release cut"),
        ("below a comment", "<!-- /release plan -->\n/release cut"),
        ("below a comment over lines", "<!--\n/release plan\n-->\n/release cut"),
        (
            "below a folded block",
            "<details><summary>x</summary>\n\n/release plan\n\n</details>\n\n/release cut",
        ),
        (
            "below a folded block with a fence",
            "<details>\n\n```\n</details>\n/release plan\n```\n</details>\n\n/release cut",
        ),
        ("below a tag that is only named", "I like `<details>` and `<!--`.\n/release cut"),
        ("below an unpaired backtick", "a ` b\n/release cut"),
        ("below other tags", "<b>now</b> <detailsx>\n/release cut"),
        ("above the mail that it answers", "/release cut\n\nOn Tue, 1 Dec 2026, Ana wrote:\n> /release plan"),
        (
            "above a mail without marks",
            "/release cut\n\n-----Original Message-----\nFrom: Ana\n\n/release plan",
        ),
        (
            "below the quoted mail",
            "On Tue, 1 Dec 2026 at 12:00, Ana <\nana@example.org> wrote:\n> /release plan\n\n/release cut",
        ),
        ("a `/release` that goes on is another word", "/release/plan\n/releases\n/release cut"),
        ("indented ones are code", "    /release plan\n /release plan\n/release cut"),
        ("below a lone `>>>`", ">>>\n\n/release cut"),
    ];
    check(&comments, &Found::One("/release cut".to_owned()));
    assert_eq!(find("/RELEASE Cut  "), Found::One("/RELEASE Cut".to_owned()));
    assert_eq!(find("/release"), Found::One("/release".to_owned()));
    assert_eq!(find("/release\tcut"), Found::One("/release\tcut".to_owned()));
}

#[test]
fn s19_a_command_is_not_found_where_it_is_only_shown() {
    let comments = [
        ("in words", "try /release cut"),
        ("indented", " /release cut"),
        ("indented code", "text\n\n    /release cut"),
        ("fence", "```\n/release cut\n```"),
        ("fence of tildes", "~~~ text\n/release cut\n~~~"),
        ("fence that never ends", "```sh\n/release cut"),
        ("fence that another mark does not end", "```\n~~~\n/release cut\n```"),
        ("fence that fewer marks do not end", "````\n```\n/release cut\n````"),
        ("fence that words do not end", "```\n``` x\n/release cut\n```"),
        ("fence right below a quote", "> x\n```\n/release cut\n```"),
        ("list", "- /release cut\n1. /release cut\n* /release cut"),
        ("quote", "> /release cut"),
        ("quote in a list", "- > shall we\n/release cut"),
        ("lazy quote", "> shall we\n/release cut"),
        ("long quote of GitLab", ">>>\n\n/release cut\n\n>>>"),
        ("comment", "<!--\n/release cut\n-->"),
        ("comment that begins in words", "see <!-- this\n/release cut\n-->"),
        ("comment that never ends", "<!--\n\n/release cut"),
        ("comment with a tag in it", "<!-- <pre> --> <!--\n/release cut\n-->"),
        ("folded", "<details>\n\n/release cut\n\n</details>"),
        ("folded twice", "<details>\n<DETAILS open>\n</details>\n\n/release cut\n</details>"),
        ("folded and never closed", "<details><summary>log</summary>\n\n/release cut"),
        ("pre", "<pre>\n/release cut\n</pre>"),
        ("pre with a comment in it", "<pre>\n<!-- --> </code>\n\n/release cut\n</pre>"),
        ("code", "<code>\n/release cut\n</code>"),
        ("quoted by a tag", "<blockquote>\n\n/release cut\n</blockquote>"),
        ("code span over lines", "so `this\n/release cut\nthat` is it"),
        ("code span that ends on the line", "so ``this\n/release cut`` is it"),
        ("mail", "Fine by me\n\n-----Original Message-----\nFrom: Ana\nSent: Tuesday\n\n/release cut"),
        ("forwarded", "---------- Forwarded message ---------\n/release cut"),
        ("mail header", "ok\n\n**From:** Ana <ana@example.org>\n\n/release cut"),
        ("German mail header", "ok\n\nVon: Ana <ana@example.org>\n\n/release cut"),
        ("mail without marks", "ok\n\nOn Tue, 1 Dec 2026, Ana wrote:\n\n/release cut"),
        ("mail with marks, wrapped", "ok\n\nOn Tue, 1 Dec 2026, Ana wrote:\n> then do\n/release cut"),
        ("nothing", ""),
        ("a hidden mark in front", "\u{200B}/release cut"),
        ("a look-alike", "/rele\u{0430}se cut"),
    ];
    check(&comments, &Found::Nothing);
}

#[test]
fn s19_two_commands_are_none() {
    assert_eq!(find("/release plan\n/release cut"), Found::Several(2));
    assert_eq!(find("/release cut\n\ntext\n\n/release cut\n> x\n\n/Release"), Found::Several(3));
}

#[test]
fn a_lone_carriage_return_ends_a_line_as_it_does_on_the_page() {
    assert_eq!(find("> quote\r\r/release cut"), Found::One("/release cut".to_owned()));
    assert_eq!(find("/release\rcut"), Found::One("/release".to_owned()));
}

#[test]
fn a_line_is_composed_before_it_is_read() {
    assert_eq!(
        find("/release skip #1 -- cafe\u{301}"),
        Found::One("/release skip #1 -- caf\u{e9}".to_owned())
    );
}

#[test]
fn what_is_beyond_the_limit_is_not_read() {
    let padding = "x".repeat(BODY_LIMIT - 20);
    assert_eq!(find(&format!("{padding}\n/release cut")), Found::One("/release cut".to_owned()));
    assert_eq!(find(&format!("{padding}xxxxxxxxxx\n/release cut v1.5.0")), Found::Nothing);
    assert_eq!(find(&format!("/release cut\n{padding}{padding}")), Found::One("/release cut".to_owned()));
}

#[test]
fn a_long_comment_is_read_in_reasonable_time() {
    for part in ["`", "<", "> ", "- ", "<details>", "``` ", "/release `\n", "<!-- ", "On \n", ">>>\n", "1. "]
    {
        let body = part.repeat(BODY_LIMIT / part.len());
        let start = std::time::Instant::now();
        let _ = find(&body);
        eprintln!("{part:?} {:?}", start.elapsed());
        let took = start.elapsed();
        assert!(took.as_secs() < 2, "{part:?} took {took:?}");
    }
}

#[test]
fn s22_neutral_sees_a_slash_at_the_beginning_of_any_spoken_line() {
    for body in ["**v1.5.0**\n\n```\n/release cut\n```\nDone: `/release plan`", "- /close", "> /close"] {
        assert!(neutral(body), "{body:?}");
    }
    for body in ["/release cut", "a\n/close", "a\n  /label x", "```\n```\n/merge", "- ```\n/merge"] {
        assert!(!neutral(body), "{body:?}");
    }
}
