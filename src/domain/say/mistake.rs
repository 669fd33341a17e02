//! What is said to a command that cannot be read: what is wrong, the nearest right line, and that nothing was done.
//! It offers only what the mistake carries, so never a verb that does not exist.

use super::first_line;
use super::text::{Block, Span, Text};
use crate::domain::command::{Expected, Fault, LINE_LIMIT, Mistake, Nearest, Oddity};

/// The answer to a line that is no command.
pub fn mistake(mistake: &Mistake) -> Text {
    let mut text = first_line(what(mistake), mistake.nearest());
    for block in remedy(mistake) {
        text = text.with(block);
    }
    text.with(Block::Small(vec![mistake.code().into()]))
}

fn what(mistake: &Mistake) -> Vec<Span> {
    match mistake {
        Mistake::NoVerb => vec![Span::code("/release"), " needs a verb.".into()],
        Mistake::UnknownVerb { word, .. } => vec!["I don't know ".into(), quoted(word), ".".into()],
        Mistake::Hint { word, .. } => vec![quoted(word), " is no command.".into()],
        Mistake::NotBuilt { verb } => vec![Span::code(*verb), " is not in this version.".into()],
        Mistake::Argument { verb, fault, .. } => argument(verb, fault),
        Mistake::OpenQuote { .. } => vec!["A quote is opened and never closed.".into()],
        Mistake::OddCharacter { seen, .. } => {
            vec!["There is an odd character in ".into(), quoted(seen), ".".into()]
        }
        Mistake::Several { count } => {
            vec![Span::words(format!("One at a time: this comment holds {count} commands."))]
        }
        Mistake::TooLong { length } => {
            vec![Span::words(format!("The line has {length} characters; I read {LINE_LIMIT} at most."))]
        }
    }
}

fn argument(verb: &str, fault: &Fault) -> Vec<Span> {
    let verb = Span::code(verb);
    match fault {
        Fault::Missing { expected } => needs(verb, expected),
        Fault::MissingReason => vec![verb, " needs a reason after ".into(), Span::code("--"), ".".into()],
        Fault::UnwantedReason => vec![verb, " takes no reason.".into()],
        Fault::Extra { word } => vec![verb, " has no use for ".into(), quoted(word), ".".into()],
        Fault::Invalid { word, expected } => {
            let wanted: Vec<&str> = expected.iter().map(|expected| expected.what).collect();
            vec![quoted(word), Span::words(format!(" is not {}.", wanted.join(" or ")))]
        }
        Fault::UnknownFlag { flag, .. } => {
            vec![verb, " has no ".into(), quoted(&format!("--{flag}")), ".".into()]
        }
        Fault::NoValue { flag, expected } => needs(quoted(flag), expected),
        Fault::UnwantedValue { flag } => vec![quoted(flag), " takes no value.".into()],
        Fault::Repeated { flag } => vec![quoted(flag), " is there twice.".into()],
        Fault::NoHead { word, head } => {
            vec![quoted(word), " needs ".into(), quoted(head), " before it, if that is what is meant.".into()]
        }
        Fault::Undashed { flag } => {
            let word = quoted(flag.trim_start_matches('-'));
            vec![word, " is written ".into(), quoted(flag), ".".into()]
        }
    }
}

fn needs(who: Span, expected: &Expected) -> Vec<Span> {
    vec![
        who,
        Span::words(format!(" needs {}, such as ", expected.what)),
        Span::code(expected.sample),
        ".".into(),
    ]
}

/// What is wrong and what was meant, on one line if that fits.
fn first_line(mut what: Vec<Span>, nearest: Option<&Nearest>) -> Text {
    let nothing = " Nothing was done.";
    match nearest {
        None => {
            what.push(nothing.into());
            Text::line(what)
        }
        Some(Nearest::Example(line)) => {
            what.push(nothing.into());
            Text::line(what).with(Block::Line(vec!["Written right, for example: ".into(), Span::code(line)]))
        }
        Some(Nearest::Meant(line)) => {
            let mut whole = what.clone();
            whole.extend([" Did you mean ".into(), Span::code(line), Span::words(format!("?{nothing}"))]);
            if length(&whole) <= first_line::LIMIT {
                return Text::line(whole);
            }
            what.push(nothing.into());
            Text::line(what)
                .with(Block::Line(vec!["Did you mean:".into()]))
                .with(Block::Command(line.clone()))
        }
    }
}

/// What helps beyond the nearest line.
fn remedy(mistake: &Mistake) -> Vec<Block> {
    let help =
        |words: &str| vec![Block::Line(vec![words.into()]), Block::Command("/release help".to_owned())];
    match mistake {
        Mistake::NoVerb | Mistake::UnknownVerb { nearest: None, .. } => help("What I know:"),
        Mistake::NotBuilt { .. } => help("What this version can do:"),
        Mistake::OddCharacter { character, oddity, .. } => vec![odd(*character, *oddity)],
        Mistake::TooLong { .. } => {
            vec![Block::Line(vec![
                "What does not fit can stand on lines below; only the command's own line is read.".into(),
            ])]
        }
        Mistake::UnknownVerb { nearest: Some(_), .. }
        | Mistake::Hint { .. }
        | Mistake::Argument { .. }
        | Mistake::OpenQuote { .. }
        | Mistake::Several { .. } => Vec::new(),
    }
}

fn odd(character: char, oddity: Oddity) -> Block {
    let what = match oddity {
        Oddity::Control => " is a control character",
        Oddity::Direction => " turns the direction of the text",
        Oddity::Invisible => " cannot be seen",
        Oddity::Blank => " is a blank, but not a space",
        Oddity::Foreign => " is not plain ASCII, and may look like something else",
    };
    Block::Line(vec![
        Span::code(format!("U+{:04X}", u32::from(character))),
        Span::words(format!(
            "{what}. Verb and arguments are typed in plain ASCII; a reason may hold anything."
        )),
    ])
}

/// A person's word in a code span, short enough for a first line.
fn quoted(word: &str) -> Span {
    let short: String = word.chars().take(24).collect();
    let rest = if short.len() < word.len() { "…" } else { "" };
    if word.is_empty() { Span::code("\"\"") } else { Span::code(short + rest) }
}

/// How long the spans are as shown; a code span by its marks too, as a plain-text mail shows it.
pub(super) fn length(spans: &[Span]) -> usize {
    let marks = |span: &Span| if matches!(span, Span::Code(_) | Span::Person(_)) { 2 } else { 0 };
    let text = |span: &Span| match span {
        Span::Words(text) | Span::Code(text) | Span::Person(text) => text.chars().count(),
        _ => 0,
    };
    spans.iter().map(|span| text(span) + marks(span)).sum()
}

/// What is said when a command was put aside because working it failed: a reference, so that nobody waits in vain.
pub fn parked(reference: &str) -> Text {
    Text(vec![
        Block::Line(vec!["This command failed on my side, and nothing was done.".into()]),
        Block::Line(vec![
            "An operator finds it under ".into(),
            Span::code(reference.to_owned()),
            " and can run it again.".into(),
        ]),
        Block::Small(vec!["E_PARKED".into()]),
    ])
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::super::aloud::plain;
    use super::super::plain::{Plain, markdown};
    use super::*;
    use crate::domain::command::{Found, find, neutral, parse};

    fn check(lines: &[&str]) -> String {
        let said =
            |line: &&str| format!("{}\n", plain(&mistake(&parse(line).expect_err("the line is wrong"))));
        lines.iter().map(said).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_wrong_verb_gets_the_right_one() {
        assert_snapshot!(check(&[
            "/release",
            "/release plam",
            "/release promot",
            "/release ship v1.5.0",
            "/release ship it",
            "/release freeze production",
            "/release undo",
        ]), @r"
        `/release` needs a verb. Nothing was done.
        What I know:
        ```
        /release help
        ```
        (E_SYNTAX)

        I don't know `plam`. Did you mean `/release plan`? Nothing was done.
        (E_VERB)

        I don't know `promot`. Nothing was done.
        Written right, for example: `/release promote staging`
        (E_VERB)

        `ship` is no command. Did you mean `/release cut v1.5.0`? Nothing was done.
        (E_VERB)

        `ship` is no command. Nothing was done.
        Written right, for example: `/release cut v1.5.0`
        (E_VERB)

        `freeze` is not in this version. Nothing was done.
        What this version can do:
        ```
        /release help
        ```
        (E_NOT_BUILT)

        `rollback` needs an environment, such as `staging`. Nothing was done.
        Written right, for example: `/release rollback production`
        (E_SYNTAX)
        ");
    }

    #[test]
    fn a_wrong_argument_gets_the_right_line() {
        assert_snapshot!(check(&[
            "/release include",
            "/release skip #12",
            "/release plan -- now",
            "/release status production staging",
            "/release plan minro",
            "/release cut abc",
            "/release cut v1.5",
            "/release cut --dry-run",
            "/release cut --pre",
            "/release plan --component a --component b",
            "/release plan \"minor",
            "/release withdraw",
            "/release skip #12 it is only internal tooling that nobody who uses this would ever want to read about",
        ]), @r"
        `include` needs the number of a change, such as `12`. Nothing was done.
        Written right, for example: `/release include #12`
        (E_SYNTAX)

        `skip` needs a reason after `--`. Nothing was done.
        Written right, for example: `/release skip #12 -- why`
        (E_SYNTAX)

        `plan` takes no reason. Did you mean `/release plan`? Nothing was done.
        (E_SYNTAX)

        `status` has no use for `staging`. Nothing was done.
        Written right, for example: `/release status production`
        (E_SYNTAX)

        `minro` is not major, minor, patch or a version. Nothing was done.
        Did you mean:
        ```
        /release plan minor
        ```
        (E_SYNTAX)

        `abc` is not a version or a commit (7 or more hex digits). Nothing was done.
        Written right, for example: `/release cut v1.5.0`
        (E_SYNTAX)

        `v1.5` is not a version or a commit (7 or more hex digits). Nothing was done.
        Did you mean:
        ```
        /release cut v1.5.0
        ```
        (E_SYNTAX)

        `cut` has no `--dry-run`. Nothing was done.
        Written right, for example: `/release cut v1.5.0`
        (E_SYNTAX)

        `--pre` needs the name of a pre-release, such as `rc`. Nothing was done.
        Written right, for example: `/release cut --pre rc`
        (E_SYNTAX)

        `--component` is there twice. Nothing was done.
        Written right, for example: `/release plan --component a`
        (E_SYNTAX)

        A quote is opened and never closed. Did you mean `/release plan minor`? Nothing was done.
        (E_SYNTAX)

        `withdraw` needs a version, such as `v1.5.0`. Nothing was done.
        Written right, for example: `/release withdraw v1.5.0 -- cut from the wrong commit`
        (E_SYNTAX)

        `skip` has no use for `it`. Nothing was done.
        Did you mean:
        ```
        /release skip #12 -- it is only internal tooling that nobody who uses this would ever want to read about
        ```
        (E_SYNTAX)
        ");
    }

    #[test]
    fn a_wrong_word_of_a_promotion_gets_the_right_line() {
        assert_snapshot!(check(&[
            "/release rollback production v1.4.2",
            "/release rollback production to",
            "/release promote staging again",
            "/release promote staging --again=yes",
            "/release lock staging --for 90",
            "/release approve 7.1",
        ]), @r"
        `v1.4.2` needs `to` before it, if that is what is meant. Nothing was done.
        Written right, for example: `/release rollback production to v1.4.2`
        (E_SYNTAX)

        `to` needs a version, such as `v1.5.0`. Nothing was done.
        Written right, for example: `/release rollback production to v1.5.0`
        (E_SYNTAX)

        `again` is written `--again`. Did you mean `/release promote staging --again`? Nothing was done.
        (E_SYNTAX)

        `--again` takes no value. Nothing was done.
        Written right, for example: `/release promote staging`
        (E_SYNTAX)

        `90` is not a length of time (m, h or d, at most 365d). Nothing was done.
        Written right, for example: `/release lock staging --for 4h`
        (E_SYNTAX)

        `7.1` is not the name of a promotion. Did you mean `/release approve p7.1`? Nothing was done.
        (E_SYNTAX)
        ");
    }

    #[test]
    fn s19_an_odd_character_is_named() {
        assert_snapshot!(check(&[
            "/release cut\u{200B}",
            "/release cut v1.5.0\u{202E}",
            "/release c\u{0443}t",
            "/release plan\u{A0}minor",
        ]), @r#"
        There is an odd character in `cut[U+200B]`. Did you mean `/release cut`? Nothing was done.
        `U+200B` cannot be seen. Verb and arguments are typed in plain ASCII; a reason may hold anything.
        (E_ODD_CHARACTER)

        There is an odd character in `v1.5.0[U+202E]`. Did you mean `/release cut v1.5.0`? Nothing was done.
        `U+202E` turns the direction of the text. Verb and arguments are typed in plain ASCII; a reason may hold anything.
        (E_ODD_CHARACTER)

        There is an odd character in `c[U+0443]t`. Nothing was done.
        `U+0443` is not plain ASCII, and may look like something else. Verb and arguments are typed in plain ASCII; a reason may hold anything.
        (E_ODD_CHARACTER)

        There is an odd character in `plan[U+00A0]minor`. Nothing was done.
        `U+00A0` is a blank, but not a space. Verb and arguments are typed in plain ASCII; a reason may hold anything.
        (E_ODD_CHARACTER)
        "#);
    }

    #[test]
    fn two_commands_and_long_lines_are_refused_in_words() {
        let said = [Mistake::Several { count: 2 }, Mistake::TooLong { length: 1234 }];
        let said: Vec<String> = said.iter().map(|one| plain(&mistake(one))).collect();
        assert_snapshot!(said.join("\n\n"), @r#"
        One at a time: this comment holds 2 commands. Nothing was done.
        (E_SEVERAL)

        The line has 1234 characters; I read 1000 at most. Nothing was done.
        What does not fit can stand on lines below; only the command's own line is read.
        (E_TOO_LONG)
        "#);
    }

    proptest! {
        #[test]
        fn s22_no_answer_is_a_command_and_every_first_line_is_short(
            line in "/release ([a-z]{0,9}|cut|skip|include|plan|withdraw|help)( \\PC{0,40}| --?[a-z]{0,40}| [ -~]{0,60}){0,4}"
        ) {
            if let Err(wrong) = parse(&line) {
                prop_assert_eq!(find(&plain(&mistake(&wrong))), Found::Nothing);
                let posted = markdown(&mistake(&wrong), &Plain);
                prop_assert!(neutral(&posted), "{}", posted);
            }
        }
    }
}
