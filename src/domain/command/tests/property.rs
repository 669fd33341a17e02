//! What holds for every line and every command. Single lines are in the tables.

use proptest::prelude::*;

use super::super::*;
use crate::domain::id::PromotionId;

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

fn branch() -> impl Strategy<Value = WrittenBranch> {
    "[a-zA-Z0-9_./-]{1,12}".prop_filter_map("not every word is a branch", |word| WrittenBranch::read(&word))
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
        any::<bool>().prop_map(|short| Command::Notes { short }),
        (asked("major|minor|patch|v1\\.[0-9]\\.[0-9]"), asked("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,8}[a-z]"))
            .prop_map(|(ask, component)| Command::Plan { ask, component }),
        change().prop_map(|change| Command::Include { change }),
        (change(), reason()).prop_map(|(change, reason)| Command::Skip { change, reason }),
        (proptest::option::of(version()), asked("[0-9a-fA-F]{7,64}"), asked("[a-zA-Z][a-z0-9-]{0,9}"))
            .prop_map(|(version, commit, pre)| Command::Cut { version, commit, pre }),
        (version(), reason()).prop_map(|(version, reason)| Command::Withdraw { version, reason }),
        (branch(), proptest::option::of(change()))
            .prop_map(|(target, change)| Command::Backport { target, change }),
        (version(), proptest::option::of(version().prop_map(BaseVersion)))
            .prop_map(|(version, from)| Command::Hotfix { version, from }),
    ]
}

/// Lines that are nearly commands, where the parser's corners are.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("/release".to_owned()),
        Just("--".to_owned()),
        "help|status|plan|notes|include|skip|cut|withdraw|ship|why|lgtm|freeze",
        "backport|hotfix|from|release/1\\.4|promote|approve|reject|revoke|hold|resume|abort|retry|rollback|undo|lock|unlock",
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
