//! The grammar as tables of lines. Where a command stands is `find`'s tests.

use insta::assert_snapshot;

use super::*;

mod promotion;
mod property;

/// What a line comes to: the command in its plain form, or the mistake.
fn check(lines: &str) -> String {
    lines.lines().map(|line| format!("{}\n    {}\n", shown(line), outcome(line))).collect()
}

/// The line with all that cannot be seen as an escape.
fn shown(line: &str) -> String {
    let show = |c: char| {
        if c != ' ' && words::is_invisible(c) { c.escape_unicode().to_string() } else { c.to_string() }
    };
    line.chars().map(show).collect()
}

fn outcome(line: &str) -> String {
    match parse(line) {
        Ok(command) => format!("= {command}"),
        Err(mistake) => {
            let code = mistake.code();
            let nearest = match mistake.nearest() {
                None => String::new(),
                Some(Nearest::Meant(line)) => format!(" → {line}"),
                Some(Nearest::Example(line)) => format!(" e.g. {line}"),
            };
            let what = match mistake {
                Mistake::Argument { fault, .. } => variant(&fault),
                Mistake::OddCharacter { oddity, seen, .. } => format!("{oddity:?} {seen}"),
                other => variant(&other),
            };
            format!("{code} {what}{nearest}")
        }
    }
}

fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").split(" {").next().unwrap_or_default().to_owned()
}

#[test]
fn every_verb_is_read_in_each_of_its_forms() {
    assert_snapshot!(check(
        "/release help\n/release help all\n/release help cut\n/release help ship\n/release help promote\n/release status\n\
         /release plan\n/release plan minor\n/release plan v2.0.0 --component api\n/release plan --component=api 2.0.0\n\
         /release notes\n/release include #12\n/release include !12\n/release include 12\n\
         /release skip #12 -- it's only tooling\n/release cut\n/release cut v1.5.0\n/release cut 8f3c21d\n\
         /release cut 8F3C21D 1.5.0-rc.1+b7\n/release cut --pre rc v1.5.0\n/release withdraw v1.5.0 -- wrong commit"
    ), @r#"
    /release help
        = /release help
    /release help all
        = /release help all
    /release help cut
        = /release help cut
    /release help ship
        = /release help cut
    /release help promote
        = /release help promote
    /release status
        = /release status
    /release plan
        = /release plan
    /release plan minor
        = /release plan minor
    /release plan v2.0.0 --component api
        = /release plan v2.0.0 --component api
    /release plan --component=api 2.0.0
        = /release plan v2.0.0 --component api
    /release notes
        = /release notes
    /release include #12
        = /release include #12
    /release include !12
        = /release include #12
    /release include 12
        = /release include #12
    /release skip #12 -- it's only tooling
        = /release skip #12 -- it's only tooling
    /release cut
        = /release cut
    /release cut v1.5.0
        = /release cut v1.5.0
    /release cut 8f3c21d
        = /release cut 8f3c21d
    /release cut 8F3C21D 1.5.0-rc.1+b7
        = /release cut v1.5.0-rc.1+b7 8f3c21d
    /release cut --pre rc v1.5.0
        = /release cut v1.5.0 --pre rc
    /release withdraw v1.5.0 -- wrong commit
        = /release withdraw v1.5.0 -- wrong commit
    "#);
}

#[test]
fn what_phones_make_of_a_command_is_understood() {
    assert_snapshot!(check(
        "/Release Plan.\n/release PLAN Minor\n/release cut V1.5.0.\n/release cut —pre Rc.\n/release cut v1.5.0 .\n\
         /release plan –component “api”\n/release skip #12 — it’s “fine”.\n/release skip #12 – Because\n\
         /release skip #12 --- Because\n/release plan   --component\t\"api\"  "
    ), @r#"
    /Release Plan.
        = /release plan
    /release PLAN Minor
        = /release plan minor
    /release cut V1.5.0.
        = /release cut v1.5.0
    /release cut —pre Rc.
        = /release cut --pre rc
    /release cut v1.5.0 .
        = /release cut v1.5.0
    /release plan –component “api”
        = /release plan --component api
    /release skip #12 — it’s “fine”.
        = /release skip #12 -- it’s “fine”.
    /release skip #12 – Because
        = /release skip #12 -- Because
    /release skip #12 --- Because
        = /release skip #12 -- Because
    /release plan   --component\u{9}"api"  
        = /release plan --component api
    "#);
}

#[test]
fn a_wrong_verb_is_answered_with_one_that_exists_and_does_nothing() {
    assert_snapshot!(check(
        "/release\n/release plam\n/release p\n/release stat\n/release promot\n/release frobnicate\n/release ship\n\
         /release publish v1.5.0\n/release tag 8f3c21d --pre rc\n/release ship it\n/release promote production\n\
         /release Deploy staging\n/release undo\n/release --help\n/release -- plan\n/release wihdraw 1.5.0 -- bad\n\
         /release freeze production\n/release override soak -- now"
    ), @r"
    /release
        E_SYNTAX NoVerb
    /release plam
        E_VERB UnknownVerb → /release plan
    /release p
        E_VERB UnknownVerb
    /release stat
        E_VERB UnknownVerb → /release status
    /release promot
        E_VERB UnknownVerb e.g. /release promote staging
    /release frobnicate
        E_VERB UnknownVerb
    /release ship
        E_VERB Hint → /release cut
    /release publish v1.5.0
        E_VERB Hint → /release cut v1.5.0
    /release tag 8f3c21d --pre rc
        E_VERB Hint → /release cut 8f3c21d --pre rc
    /release ship it
        E_VERB Hint e.g. /release cut v1.5.0
    /release promote production
        = /release promote production
    /release Deploy staging
        = /release promote staging
    /release undo
        E_SYNTAX Missing e.g. /release rollback production
    /release --help
        E_VERB UnknownVerb → /release help
    /release -- plan
        E_SYNTAX NoVerb
    /release wihdraw 1.5.0 -- bad
        E_VERB UnknownVerb → /release withdraw v1.5.0 -- bad
    /release freeze production
        E_NOT_BUILT NotBuilt
    /release override soak -- now
        E_NOT_BUILT NotBuilt
    ");
}

#[test]
fn a_wrong_argument_is_answered_with_the_nearest_right_line() {
    assert_snapshot!(check(
        "/release status production staging\n/release plan banana\n/release plan minro\n/release plan 1.5\n/release plan minor major\n\
         /release plan --component\n/release plan --component --pre\n/release plan --pre rc\n\
         /release plan --component a --component b\n/release plan --component \"a b\"\n/release plan -- because\n\
         /release include\n/release include #0\n/release include #12 #14\n/release include twelve\n\
         /release skip #12\n/release skip #12 --\n/release skip #12 internal tooling\n/release skip #12 - tooling\n\
         /release skip -- tooling\n/release skip #12 because -- of `code`"
    ), @r#"
    /release status production staging
        E_SYNTAX Extra e.g. /release status production
    /release plan banana
        E_SYNTAX Invalid e.g. /release plan minor
    /release plan minro
        E_SYNTAX Invalid → /release plan minor
    /release plan 1.5
        E_SYNTAX Invalid → /release plan v1.5.0
    /release plan minor major
        E_SYNTAX Extra e.g. /release plan minor
    /release plan --component
        E_SYNTAX NoValue e.g. /release plan --component api
    /release plan --component --pre
        E_SYNTAX NoValue e.g. /release plan --component api
    /release plan --pre rc
        E_SYNTAX UnknownFlag e.g. /release plan minor
    /release plan --component a --component b
        E_SYNTAX Repeated e.g. /release plan --component a
    /release plan --component "a b"
        E_SYNTAX Invalid e.g. /release plan --component api
    /release plan -- because
        E_SYNTAX UnwantedReason → /release plan
    /release include
        E_SYNTAX Missing e.g. /release include #12
    /release include #0
        E_SYNTAX Invalid e.g. /release include #12
    /release include #12 #14
        E_SYNTAX Extra e.g. /release include #12
    /release include twelve
        E_SYNTAX Invalid e.g. /release include #12
    /release skip #12
        E_SYNTAX MissingReason e.g. /release skip #12 -- why
    /release skip #12 --
        E_SYNTAX MissingReason e.g. /release skip #12 -- why
    /release skip #12 internal tooling
        E_SYNTAX Extra → /release skip #12 -- internal tooling
    /release skip #12 - tooling
        E_SYNTAX Extra → /release skip #12 -- tooling
    /release skip -- tooling
        E_SYNTAX Missing e.g. /release skip #12 -- internal tooling only
    /release skip #12 because -- of `code`
        E_SYNTAX Extra → /release skip #12 -- because
    "#);
}

#[test]
fn what_is_offered_for_copying_is_never_made_up() {
    assert_snapshot!(check(
        "/release cut v1.5\n/release cut v2\n/release cut v01.5.0\n/release cut abc\n/release cut v1.5.0 v1.6.0\n\
         /release cut --pre\n/release cut --pre 1\n/release cut --dry-run\n/release withdraw\n/release withdraw v1.5.0\n\
         /release help promot\n/release help stat\n/release plan \"minor\n/release plan —pre “rc"
    ), @r#"
    /release cut v1.5
        E_SYNTAX Invalid → /release cut v1.5.0
    /release cut v2
        E_SYNTAX Invalid → /release cut v2.0.0
    /release cut v01.5.0
        E_SYNTAX Invalid e.g. /release cut v1.5.0
    /release cut abc
        E_SYNTAX Invalid e.g. /release cut v1.5.0
    /release cut v1.5.0 v1.6.0
        E_SYNTAX Extra e.g. /release cut v1.5.0
    /release cut --pre
        E_SYNTAX NoValue e.g. /release cut --pre rc
    /release cut --pre 1
        E_SYNTAX Invalid e.g. /release cut --pre rc
    /release cut --dry-run
        E_SYNTAX UnknownFlag e.g. /release cut v1.5.0
    /release withdraw
        E_SYNTAX Missing e.g. /release withdraw v1.5.0 -- cut from the wrong commit
    /release withdraw v1.5.0
        E_SYNTAX MissingReason e.g. /release withdraw v1.5.0 -- why
    /release help promot
        E_SYNTAX Invalid → /release help promote
    /release help stat
        E_SYNTAX Invalid → /release help status
    /release plan "minor
        E_SYNTAX OpenQuote → /release plan minor
    /release plan —pre “rc
        E_SYNTAX OpenQuote
    "#);
}

#[test]
fn s19_odd_characters_are_refused_with_a_visible_escape() {
    assert_snapshot!(check(
        "/release cut\u{200B}\n/release cut v1.5.0\u{202E}\n/release c\u{0443}t\n/release plan\u{E0041}\n\
         /release plan \u{7}minor\n/release\u{20}plan\u{A0}minor\n/release include #１２\n/release cut v1–2\n\
         /release skip #12\u{2060} -- café \u{202E}x\n/release skip #12\u{FE0F} -- café",
    ), @r#"
    /release cut\u{200b}
        E_ODD_CHARACTER Invisible cut[U+200B] → /release cut
    /release cut v1.5.0\u{202e}
        E_ODD_CHARACTER Direction v1.5.0[U+202E] → /release cut v1.5.0
    /release cуt
        E_ODD_CHARACTER Foreign c[U+0443]t
    /release plan\u{e0041}
        E_ODD_CHARACTER Invisible plan[U+E0041] → /release plan
    /release plan \u{7}minor
        E_ODD_CHARACTER Control [U+0007]minor → /release plan minor
    /release plan\u{a0}minor
        E_ODD_CHARACTER Blank plan[U+00A0]minor
    /release include #１２
        E_ODD_CHARACTER Foreign #[U+FF11][U+FF12]
    /release cut v1–2
        E_ODD_CHARACTER Foreign v1[U+2013]2
    /release skip #12\u{2060} -- café \u{202e}x
        E_ODD_CHARACTER Invisible #12[U+2060]
    /release skip #12\u{fe0f} -- café
        E_ODD_CHARACTER Invisible #12[U+FE0F] → /release skip #12 -- café
    "#);
}

#[test]
fn s19_a_reason_may_hold_any_character() {
    let line = "/release skip #12 -- café \u{202E}\u{200B}\u{E0041} \"open 'quotes -- and dashes.";
    assert_eq!(parse(line).map(|command| command.to_string()), Ok(line.to_owned()));
}

#[test]
fn s19_a_line_has_a_longest_length() {
    let line = |length: usize| format!("/release skip #12 -- {}", "x".repeat(length - 21));
    assert!(parse(&line(LINE_LIMIT)).is_ok());
    assert_eq!(parse(&line(LINE_LIMIT + 1)), Err(Mistake::TooLong { length: LINE_LIMIT + 1 }));
}

#[test]
fn s20_a_bare_verb_is_no_command() {
    for line in ["/cut", "/approve", "/publish v1.5.0", "/releases plan", "/release-plan"] {
        assert_eq!(find(line), Found::Nothing, "{line}");
    }
}

#[test]
fn every_row_has_an_example_that_is_a_command_of_that_verb() {
    for row in verbs() {
        let command = parse(row.example).expect("examples are right");
        assert_eq!(command.verb().name, row.name);
        assert_eq!(command.to_string(), row.example);
        assert!(row.summary.len() <= 70, "{}: the summary is one short clause", row.name);
    }
    assert!(verbs().iter().filter(|verb| verb.level == Level::Everyday).count() <= 8);
}

#[test]
fn a_command_needs_the_rank_of_its_row() {
    let who = |line: &str| parse(line).map(|command| command.verb().who);
    assert_eq!(who("/release help"), Ok(Rank::Reader));
    assert_eq!(who("/release plan"), Ok(Rank::Writer));
    assert_eq!(who("/release cut"), Ok(Rank::Releaser));
    assert_eq!(who("/release withdraw v1.0.0 -- x"), Ok(Rank::Releaser));
    for line in ["approve", "reject -- x", "revoke"] {
        assert_eq!(who(&format!("/release {line}")), Ok(Rank::Approver), "{line}");
    }
    for line in
        ["promote x", "hold", "resume", "abort", "retry", "rollback x", "undo x", "lock x", "unlock x"]
    {
        assert_eq!(who(&format!("/release {line}")), Ok(Rank::Deployer), "{line}");
    }
    assert_eq!(who("/release why"), Ok(Rank::Reader));
}
