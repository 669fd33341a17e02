//! The grammar as tables of lines, and the properties that hold for every line. Where a command stands is `find`'s tests.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::domain::id::PromotionId;

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
fn every_word_of_a_promotion_is_read_in_each_of_its_forms() {
    assert_snapshot!(check(
        "/release status prod\n/release why\n/release why eu/production\n/release promote staging\n\
         /release promote staging v1.5.0\n/release deploy 1.5.0 staging --again\n/release promote --again prod\n\
         /release approve\n/release approve p7\n/release approve P7.1 -- tested on a phone\n\
         /release reject -- not tested\n/release reject p7.1 -- not tested\n/release revoke\n/release unapprove p7.1\n\
         /release hold\n/release stop production -- odd graphs\n/release pause v1.5.0\n/release hold p7.2\n\
         /release resume v1.5.0-rc.1\n/release abort p7 -- wrong one\n/release retry us-east-1\n\
         /release rollback production\n/release undo production to v1.4.2 -- 5xx up\n/release revert TO 1.4.2 prod\n\
         /release lock staging\n/release lock staging --for 4h -- load test\n/release lock --for=30M staging\n\
         /release lock staging --for 2d\n/release unlock staging"
    ), @r"
    /release status prod
        = /release status prod
    /release why
        = /release why
    /release why eu/production
        = /release why eu/production
    /release promote staging
        = /release promote staging
    /release promote staging v1.5.0
        = /release promote staging v1.5.0
    /release deploy 1.5.0 staging --again
        = /release promote staging v1.5.0 --again
    /release promote --again prod
        = /release promote prod --again
    /release approve
        = /release approve
    /release approve p7
        = /release approve p7
    /release approve P7.1 -- tested on a phone
        = /release approve p7.1 -- tested on a phone
    /release reject -- not tested
        = /release reject -- not tested
    /release reject p7.1 -- not tested
        = /release reject p7.1 -- not tested
    /release revoke
        = /release revoke
    /release unapprove p7.1
        = /release revoke p7.1
    /release hold
        = /release hold
    /release stop production -- odd graphs
        = /release hold production -- odd graphs
    /release pause v1.5.0
        = /release hold v1.5.0
    /release hold p7.2
        = /release hold p7.2
    /release resume v1.5.0-rc.1
        = /release resume v1.5.0-rc.1
    /release abort p7 -- wrong one
        = /release abort p7 -- wrong one
    /release retry us-east-1
        = /release retry us-east-1
    /release rollback production
        = /release rollback production
    /release undo production to v1.4.2 -- 5xx up
        = /release rollback production to v1.4.2 -- 5xx up
    /release revert TO 1.4.2 prod
        = /release rollback prod to v1.4.2
    /release lock staging
        = /release lock staging
    /release lock staging --for 4h -- load test
        = /release lock staging --for 4h -- load test
    /release lock --for=30M staging
        = /release lock staging --for 30m
    /release lock staging --for 2d
        = /release lock staging --for 2d
    /release unlock staging
        = /release unlock staging
    ");
}

#[test]
fn what_phones_make_of_a_promotion_is_understood() {
    assert_snapshot!(check(
        "/Release Promote Staging.\n/release promote staging —again\n/release Promote “staging” –Again.\n\
         /release Approve P7.1.\n/release approve p7.1 — looks good\n/release approve p7.\n\
         /release Rollback Production — 5xx “everywhere”\n/release rollback production To V1.4.2.\n\
         /release lock staging —for 4H.\n/release lock staging –for=4h – load test\n/release hold Production ."
    ), @r"
    /Release Promote Staging.
        = /release promote Staging
    /release promote staging —again
        = /release promote staging --again
    /release Promote “staging” –Again.
        = /release promote staging --again
    /release Approve P7.1.
        = /release approve p7.1
    /release approve p7.1 — looks good
        = /release approve p7.1 -- looks good
    /release approve p7.
        = /release approve p7
    /release Rollback Production — 5xx “everywhere”
        = /release rollback Production -- 5xx “everywhere”
    /release rollback production To V1.4.2.
        = /release rollback production to v1.4.2
    /release lock staging —for 4H.
        = /release lock staging --for 4h
    /release lock staging –for=4h – load test
        = /release lock staging --for 4h -- load test
    /release hold Production .
        = /release hold Production
    ");
}

#[test]
fn half_a_line_never_does_half_of_what_was_meant() {
    assert_snapshot!(check(
        "/release rollback\n/release rollback production to\n/release rollback production to -- 5xx up\n\
         /release rollback to v1.4.2\n/release rollback to production\n/release rollback v1.4.2\n\
         /release rollback production v1.4.2\n/release revert v1.5.0 production\n/release rollback production to v1.4\n\
         /release rollback production to yesterday\n/release rollback v1.5.0 to production\n\
         /release rollback production from v1.5.0 to v1.4.2\n/release rollback production to v1.4.2 to v1.4.1\n\
         /release rollback production staging\n/release rollback production 5xx up\n\
         /release promote\n/release promote v1.5.0\n/release promote to production\n/release promote v1.5.0 to production\n\
         /release promote staging production\n/release promote staging v1.5.0 v1.6.0\n/release promote staging again\n\
         /release promote staging --again=false\n/release promote staging --again --again\n/release promote staging -again\n\
         /release promote staging --wait\n/release promote staging --at 18:00\n/release promote staging -- now"
    ), @r"
    /release rollback
        E_SYNTAX Missing e.g. /release rollback production
    /release rollback production to
        E_SYNTAX NoValue e.g. /release rollback production to v1.5.0
    /release rollback production to -- 5xx up
        E_SYNTAX NoValue e.g. /release rollback production to v1.5.0 -- 5xx up
    /release rollback to v1.4.2
        E_SYNTAX Missing e.g. /release rollback staging to v1.4.2
    /release rollback to production
        E_SYNTAX Invalid e.g. /release rollback staging to v1.5.0
    /release rollback v1.4.2
        E_SYNTAX NoHead e.g. /release rollback production
    /release rollback production v1.4.2
        E_SYNTAX NoHead e.g. /release rollback production to v1.4.2
    /release revert v1.5.0 production
        E_SYNTAX NoHead e.g. /release rollback production to v1.5.0
    /release rollback production to v1.4
        E_SYNTAX Invalid → /release rollback production to v1.4.0
    /release rollback production to yesterday
        E_SYNTAX Invalid e.g. /release rollback production to v1.5.0
    /release rollback v1.5.0 to production
        E_SYNTAX NoHead e.g. /release rollback staging to v1.5.0
    /release rollback production from v1.5.0 to v1.4.2
        E_SYNTAX Extra e.g. /release rollback production to v1.4.2
    /release rollback production to v1.4.2 to v1.4.1
        E_SYNTAX Repeated e.g. /release rollback production to v1.4.2
    /release rollback production staging
        E_SYNTAX Extra e.g. /release rollback production
    /release rollback production 5xx up
        E_SYNTAX Extra → /release rollback production -- 5xx up
    /release promote
        E_SYNTAX Missing e.g. /release promote staging
    /release promote v1.5.0
        E_SYNTAX Missing e.g. /release promote staging v1.5.0
    /release promote to production
        E_SYNTAX Invalid e.g. /release promote production
    /release promote v1.5.0 to production
        E_SYNTAX Invalid e.g. /release promote production v1.5.0
    /release promote staging production
        E_SYNTAX Extra e.g. /release promote staging
    /release promote staging v1.5.0 v1.6.0
        E_SYNTAX Extra e.g. /release promote staging v1.5.0
    /release promote staging again
        E_SYNTAX Undashed → /release promote staging --again
    /release promote staging --again=false
        E_SYNTAX UnwantedValue e.g. /release promote staging
    /release promote staging --again --again
        E_SYNTAX Repeated e.g. /release promote staging --again
    /release promote staging -again
        E_SYNTAX Invalid e.g. /release promote staging
    /release promote staging --wait
        E_SYNTAX UnknownFlag e.g. /release promote staging
    /release promote staging --at 18:00
        E_SYNTAX UnknownFlag e.g. /release promote staging
    /release promote staging -- now
        E_SYNTAX UnwantedReason → /release promote staging
    ");
}

#[test]
fn a_yes_or_a_no_is_never_guessed() {
    assert_snapshot!(check(
        "/release approve 7.1\n/release approve p7.1 p8.1\n/release approve p07\n/release approve p0\n/release approve p7.0\n\
         /release approve v1.5.0\n/release approve production\n/release approve lgtm\n/release approve looks good\n\
         /release approve p7.1 looks good\n/release approve p7.99999999999\n/release lgtm\n/release ok p7.1\n\
         /release reject\n/release reject p7.1\n/release reject p7.1 not tested\n/release reject untested\n/release veto p7.1\n\
         /release revoke p7.1 -- sorry\n/release hold production staging\n/release hold production for now\n\
         /release stop the line\n/release cancel p7\n/release aprove p7.1\n/release unlok staging\n/release re p7\n/release rol"
    ), @r"
    /release approve 7.1
        E_SYNTAX Invalid → /release approve p7.1
    /release approve p7.1 p8.1
        E_SYNTAX Extra e.g. /release approve p7.1
    /release approve p07
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve p0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve p7.0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve v1.5.0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve production
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve lgtm
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve looks good
        E_SYNTAX Invalid → /release approve -- looks good
    /release approve p7.1 looks good
        E_SYNTAX Extra → /release approve p7.1 -- looks good
    /release approve p7.99999999999
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release lgtm
        E_VERB Hint → /release approve
    /release ok p7.1
        E_VERB Hint → /release approve p7.1
    /release reject
        E_SYNTAX MissingReason e.g. /release reject p7.1 -- the migration is not tested
    /release reject p7.1
        E_SYNTAX MissingReason e.g. /release reject p7.1 -- why
    /release reject p7.1 not tested
        E_SYNTAX Extra → /release reject p7.1 -- not tested
    /release reject untested
        E_SYNTAX Invalid e.g. /release reject p7.1 -- the migration is not tested
    /release veto p7.1
        E_VERB Hint e.g. /release reject p7.1 -- why
    /release revoke p7.1 -- sorry
        E_SYNTAX UnwantedReason → /release revoke p7.1
    /release hold production staging
        E_SYNTAX Extra e.g. /release hold production
    /release hold production for now
        E_SYNTAX Extra → /release hold production -- for now
    /release stop the line
        E_SYNTAX Extra e.g. /release hold the
    /release cancel p7
        E_VERB Hint → /release abort p7
    /release aprove p7.1
        E_VERB UnknownVerb → /release approve p7.1
    /release unlok staging
        E_VERB UnknownVerb → /release unlock staging
    /release re p7
        E_VERB UnknownVerb
    /release rol
        E_VERB UnknownVerb e.g. /release rollback production
    ");
}

#[test]
fn a_length_of_time_is_minutes_hours_or_days() {
    assert_snapshot!(check(
        "/release lock\n/release lock staging --for\n/release lock staging --for 90\n/release lock staging --for 0h\n\
         /release lock staging --for 1.5h\n/release lock staging --for 90s\n/release lock staging --for 366d\n\
         /release lock staging --for 365d\n/release lock staging --for 4 h\n/release lock staging for 4h\n\
         /release lock staging 4h\n/release lock staging for a load test\n/release lock staging --until friday\n\
         /release cut pre rc\n/release plan component api"
    ), @r"
    /release lock
        E_SYNTAX Missing e.g. /release lock staging --for 4h
    /release lock staging --for
        E_SYNTAX NoValue e.g. /release lock staging --for 4h
    /release lock staging --for 90
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 0h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 1.5h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 90s
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 366d
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 365d
        = /release lock staging --for 365d
    /release lock staging --for 4 h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging for 4h
        E_SYNTAX Undashed → /release lock staging --for 4h
    /release lock staging 4h
        E_SYNTAX Extra e.g. /release lock staging
    /release lock staging for a load test
        E_SYNTAX Extra → /release lock staging -- for a load test
    /release lock staging --until friday
        E_SYNTAX UnknownFlag e.g. /release lock staging
    /release cut pre rc
        E_SYNTAX Undashed → /release cut --pre rc
    /release plan component api
        E_SYNTAX Undashed → /release plan --component api
    ");
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

fn version() -> impl Strategy<Value = WrittenVersion> {
    "[vV]?(0|[1-9][0-9]{0,4})\\.(0|[1-9][0-9]{0,4})\\.(0|[1-9][0-9]{0,4})(-[a-zA-Z][a-z0-9]{0,3}(\\.[1-9])?)?(\\+[a-z0-9]{1,4})?"
        .prop_map(|text| WrittenVersion::read(&text).expect("the pattern makes versions"))
}

fn reason() -> impl Strategy<Value = Reason> {
    "\\PC{0,40}|[ -~]{1,40}|.{1,40}".prop_filter_map("not every text is a reason", |text| Reason::read(&text))
}

fn asked<T: argument::Typed + std::fmt::Debug>(pattern: &str) -> impl Strategy<Value = Option<T>> + use<T> {
    let right = proptest::string::string_regex(pattern).expect("the pattern is one");
    proptest::option::of(right.prop_filter_map("only right words", |word| T::read(&word)))
}

fn environment() -> impl Strategy<Value = WrittenEnvironment> {
    "[a-zA-Z0-9][a-zA-Z0-9_./-]{0,20}|[pP][0-9]{1,2}(\\.[0-9])?|[tT][oO]|[0-9]\\.[0-9]\\.[0-9]|for|again|--"
        .prop_filter_map("not every word is an environment", |word| WrittenEnvironment::read(&word))
}

fn promotion() -> impl Strategy<Value = PromotionWord> {
    (1_u64..1_000_000_000_000, proptest::option::of(1_u32..))
        .prop_map(|(number, revision)| PromotionWord { promotion: PromotionId(number), revision })
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        promotion().prop_map(Which::Promotion),
        version().prop_map(Which::Version),
        environment().prop_map(Which::Environment),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![command_of_a_release(), command_of_a_promotion(), command_of_an_environment()]
}

fn command_of_a_promotion() -> impl Strategy<Value = Command> {
    let of = proptest::option::of::<BoxedStrategy<PromotionWord>>;
    let about = || proptest::option::of(which());
    let perhaps = || proptest::option::of(reason());
    prop_oneof![
        (environment(), proptest::option::of(version()), any::<bool>())
            .prop_map(|(environment, version, again)| Command::Promote { environment, version, again }),
        (of(promotion().boxed()), perhaps())
            .prop_map(|(promotion, meaning)| Command::Approve { promotion, meaning }),
        (of(promotion().boxed()), reason())
            .prop_map(|(promotion, reason)| Command::Reject { promotion, reason }),
        of(promotion().boxed()).prop_map(|promotion| Command::Revoke { promotion }),
        (about(), perhaps()).prop_map(|(which, reason)| Command::Hold { which, reason }),
        (about(), perhaps()).prop_map(|(which, reason)| Command::Abort { which, reason }),
        about().prop_map(|which| Command::Resume { which }),
        about().prop_map(|which| Command::Retry { which }),
    ]
}

fn command_of_an_environment() -> impl Strategy<Value = Command> {
    let perhaps = || proptest::option::of(reason());
    let length = || asked("[1-9][0-9]{0,2}[mh]|[1-9][0-9]?d|365d");
    prop_oneof![
        proptest::option::of(environment()).prop_map(|environment| Command::Status { environment }),
        proptest::option::of(environment()).prop_map(|environment| Command::Why { environment }),
        (environment(), proptest::option::of(version()), perhaps())
            .prop_map(|(environment, version, reason)| Command::Rollback { environment, version, reason }),
        (environment(), length(), perhaps()).prop_map(|(environment, length, reason)| Command::Lock {
            environment,
            length,
            reason
        }),
        environment().prop_map(|environment| Command::Unlock { environment }),
    ]
}

fn command_of_a_release() -> impl Strategy<Value = Command> {
    let change = || (1_u64..).prop_map(ChangeNumber);
    prop_oneof![
        asked("all|cut|plan|help|promote|rollback|freeze").prop_map(|topic| Command::Help { topic }),
        Just(Command::Notes),
        (asked("major|minor|patch|v1\\.[0-9]\\.[0-9]"), asked("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,8}[a-z]"))
            .prop_map(|(ask, component)| Command::Plan { ask, component }),
        change().prop_map(|change| Command::Include { change }),
        (change(), reason()).prop_map(|(change, reason)| Command::Skip { change, reason }),
        (proptest::option::of(version()), asked("[0-9a-fA-F]{7,64}"), asked("[a-zA-Z][a-z0-9-]{0,9}"))
            .prop_map(|(version, commit, pre)| Command::Cut { version, commit, pre }),
        (version(), reason()).prop_map(|(version, reason)| Command::Withdraw { version, reason }),
    ]
}

/// Lines that are nearly commands, where the parser's corners are.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("/release".to_owned()),
        Just("--".to_owned()),
        "help|status|plan|notes|include|skip|cut|withdraw|ship|why|lgtm|freeze",
        "promote|approve|reject|revoke|hold|resume|abort|retry|rollback|undo|lock|unlock",
        "[#!vp]?[0-9.]{1,6}",
        "to|for|again|staging|prod|p7\\.1|4h|v1\\.4\\.2",
        "[-–—]{1,3}(pre|component|for|again)?=?[a-z\"]{0,3}",
        "\\PC{1,4}",
        ".{1,4}",
    ];
    proptest::collection::vec(word, 0..8).prop_map(|words| format!("/release {}", words.join(" ")))
}

proptest! {
    #[test]
    fn a_command_reads_back_as_it_was_written(command in any_command()) {
        prop_assert_eq!(parse(&command.to_string()), Ok(command));
    }

    #[test]
    fn the_parser_never_panics_and_what_it_offers_is_right(line in prop_oneof![nearly(), ".{0,200}"]) {
        if let Err(mistake) = parse(&line)
            && let Some(nearest) = mistake.nearest()
        {
            let again = parse(nearest.line());
            prop_assert_eq!(again.map(|command| command.to_string()), Ok(nearest.line().to_owned()));
        }
    }

    /// Nothing is made of a line that the person did not write: every word of the command stands in the line.
    #[test]
    fn a_command_holds_only_what_was_written(line in nearly()) {
        if let Ok(command) = parse(&line) {
            let written = line.to_lowercase();
            let own = [command.verb().name].into_iter().chain(command.verb().aliases.iter().copied());
            prop_assert!(own.into_iter().any(|name| written.contains(name)), "{} of {}", command, line);
            for word in command.to_string().to_lowercase().split(' ').skip(2) {
                let bare = word.trim_start_matches(['#', 'v', '-']);
                prop_assert!(written.contains(bare), "{} of {}: {}", command, line, word);
            }
        }
    }

    /// What takes words away from a line may make it another command, but a rollback or a promotion stays where it was sent.
    #[test]
    fn a_rollback_goes_where_and_to_what_the_line_says(place in environment(), to in version(), noise in ".{0,12}") {
        let line = format!("/release rollback {place} to {to} {noise}");
        if let Ok(Command::Rollback { environment, version, .. }) = parse(&line) {
            prop_assert_eq!(environment, place);
            prop_assert_eq!(version, Some(to));
        }
    }

    #[test]
    fn the_finder_never_panics_and_finds_only_lines_of_the_comment(body in "(\\PC|[`~<>!/\n\r -]|/release cut|<details>|<!--){0,60}") {
        if let Found::One(line) = find(&body) {
            prop_assert!(line.to_ascii_lowercase().starts_with("/release"));
        }
    }
}
