//! The answers to `promote` and `rollback` where nothing begins: why not, and what to do instead.

use super::{Advice, Block, Span, Text, environment, joined, refused, release, released};
use crate::domain::id::{ChangeNumber, CommitId, EnvironmentName, TagName};
use crate::domain::policy::environment::Automation;
use crate::domain::promotion::model::{Promotion, Stage};
use crate::domain::state::slot::{Slot, Standing, WayBack};
use crate::domain::version::Version;

/// How many releases are offered where one is not known.
const RELEASES_OFFERED: usize = 5;

fn line(words: impl Into<String>) -> Block {
    Block::Line(vec![Span::words(words)])
}

fn names(known: &[EnvironmentName]) -> Vec<Vec<Span>> {
    known.iter().map(|name| vec![Span::code(name.as_str())]).collect()
}

/// No environment is called so.
pub fn unknown_environment(written: &str, known: &[EnvironmentName]) -> Text {
    let first = vec!["There is no environment ".into(), Span::code(written), ". Nothing was done.".into()];
    let rest = if known.is_empty() {
        vec![line("The policy file describes none so far. The lines to add:"), described(written)]
    } else {
        let mut there = vec!["Known: ".into()];
        there.extend(joined(names(known), "and"));
        there.push("; the beginning of a name is enough (3 letters or more) if only one fits.".into());
        vec![Block::Line(there)]
    };
    refused(first, rest, "E_ENVIRONMENT")
}

/// One or two letters name nothing, but an environment that is called so.
pub fn short_environment(written: &str, fits: &[EnvironmentName]) -> Text {
    let first = vec![Span::code(written), " is too short to name an environment. Nothing was done.".into()];
    let mut rest = vec!["Three letters of its name, or all of it: ".into()];
    rest.extend(joined(names(fits), "or"));
    refused(first, [Block::Line(rest)], "E_ENVIRONMENT")
}

/// Several environments begin so.
pub fn ambiguous_environment(written: &str, fits: &[EnvironmentName]) -> Text {
    let first = vec![Span::code(written), " could be more than one environment. Nothing was done.".into()];
    let rest = vec![line("A longer beginning tells them apart:"), Block::List(names(fits))];
    refused(first, rest, "E_ENVIRONMENT")
}

/// The policy only watches it; shows the lines to add.
pub fn observed(environment: &EnvironmentName) -> Text {
    let first =
        vec!["Nothing was done: ".into(), Span::code(environment.as_str()), " is only watched.".into()];
    let rest = vec![
        line(
            "Others deploy there, and I see what they report. To carry releases there by command, add to the policy file:",
        ),
        described(environment.as_str()),
        Block::Advice(Advice::BesidesEvents),
    ];
    refused(first, rest, "E_OBSERVED")
}

/// The lines that make an environment ours to deploy to. What is no name stands there as an example.
fn described(name: &str) -> Block {
    let name = EnvironmentName::parse(name).map_or_else(|_| "staging".to_owned(), |name| name.to_string());
    Block::Listing {
        language: "yaml".to_owned(),
        body: format!("environments:\n  {name}:\n    deploy: event"),
    }
}

/// No release has that version.
pub fn unknown_version(written: &str, known: &[Version]) -> Text {
    let written = written.trim_start_matches('v');
    let first =
        vec!["I know no release ".into(), Span::Written(format!("v{written}")), ". Nothing was done.".into()];
    let mut rest = vec![];
    if known.is_empty() {
        rest.push(line("Nothing was cut yet. What the first release would be:"));
        rest.push(Block::Command("/release plan".to_owned()));
    } else {
        rest.push(line("The newest that I know:"));
        rest.push(Block::List(
            known.iter().take(RELEASES_OFFERED).map(|one| vec![Span::code(format!("v{one}"))]).collect(),
        ));
    }
    refused(first, rest, "E_UNKNOWN_VERSION")
}

/// The change that the command stands on is not merged.
pub fn not_merged(change: ChangeNumber) -> Text {
    let first =
        vec![Span::Change(change), " is not merged, so it is in no release. Nothing was done.".into()];
    let rest = vec![Block::Line(vec![
        "To carry a release that does not have it, name the version: ".into(),
        Span::code("/release promote ENV vX.Y.Z"),
    ])];
    refused(first, rest, "E_NOT_MERGED")
}

/// The change that the command stands on is in no release yet.
pub fn not_cut(change: ChangeNumber) -> Text {
    let first = vec![Span::Change(change), " is merged, but not in a release yet. Nothing was done.".into()];
    let rest = vec![line("A release with it comes first:"), Block::Command("/release cut".to_owned())];
    refused(first, rest, "E_NOT_CUT")
}

/// Nothing was ever cut.
pub fn no_release() -> Text {
    let first = vec!["There is no release yet, so nothing was done.".into()];
    let rest = vec![line("A first release comes first:"), Block::Command("/release cut".to_owned())];
    refused(first, rest, "E_NO_RELEASE")
}

/// Something newer is there: that would be a rollback, which goes only where the release was good before.
pub fn downgrade(at: &EnvironmentName, there: &Version, asked: &Version, slot: &Slot) -> Text {
    let first = vec![
        "Nothing was done: ".into(),
        environment(at),
        " has ".into(),
        release(there),
        ", which is newer than ".into(),
        release(asked),
        ".".into(),
    ];
    let rest = if slot.was_good(asked).is_some() {
        vec![
            line("Going back is a rollback; it waits for no gate, and what is there now is held afterwards:"),
            Block::Command(format!("/release rollback {at} to v{asked}")),
        ]
    } else {
        vec![Block::Line(vec![
            "It cannot be brought back either: ".into(),
            release(asked),
            " was never good there.".into(),
        ])]
    };
    refused(first, rest, "E_DOWNGRADE")
}

/// A newer one is asked for there, and not over: it would be lost for an older one, or the older one would follow it.
pub fn newer_open(newer: &Promotion, asked: &Version) -> Text {
    let at = &newer.asked.environment;
    let stands = match newer.stage {
        Stage::Waiting => " waits to go to ",
        Stage::Rolling { .. } => " is on its way to ",
        Stage::Failed { .. } => " failed on its way to ",
        Stage::Aborting { .. } => " is being stopped on its way to ",
    };
    let first = vec![
        "Nothing was done: the newer ".into(),
        released(&newer.asked),
        stands.into(),
        environment(at),
        Span::words(format!(" ({}).", newer.id())),
    ];
    let again = Span::code(format!("/release promote {at} v{asked}"));
    let rest = match newer.stage {
        Stage::Aborting { .. } => vec![Block::Line(vec!["Once that has ended: ".into(), again])],
        Stage::Waiting | Stage::Rolling { .. } | Stage::Failed { .. } => vec![
            Block::Line(vec![
                "To bring ".into(),
                release(asked),
                " there instead, end the newer one first:".into(),
            ]),
            Block::Command(format!("/release abort {}", newer.id())),
            Block::Line(vec!["Then: ".into(), again]),
        ],
    };
    refused(first, rest, "E_NEWER_OPEN")
}

/// It is there already.
pub fn already_there(at: &EnvironmentName, version: &Version, there: &Standing) -> Text {
    let first = vec![
        environment(at),
        " runs ".into(),
        release(version),
        " already, since ".into(),
        Span::time(there.since),
        ". Nothing was done.".into(),
    ];
    let rest = vec![
        line("To deploy it once more:"),
        Block::Command(format!("/release promote {at} v{version} --again")),
    ];
    refused(first, rest, "E_ALREADY_THERE")
}

/// The release is held there.
pub fn held(at: &EnvironmentName, version: &Version) -> Text {
    let first = vec![
        "Nothing was done: ".into(),
        release(version),
        " is held in ".into(),
        environment(at),
        ".".into(),
    ];
    let rest = vec![
        line("It was rolled back there, or somebody holds it. If it is good again, let it go first:"),
        Block::Command(format!("/release resume v{version}")),
    ];
    refused(first, rest, "E_HELD")
}

/// The release was withdrawn.
pub fn withdrawn(version: &Version) -> Text {
    let first = vec!["Nothing was done: ".into(), release(version), " was withdrawn.".into()];
    let rest = vec![
        line("It goes nowhere any more; its notes say why. The next release is cut in its place:"),
        Block::Command("/release plan".to_owned()),
    ];
    refused(first, rest, "E_WITHDRAWN")
}

/// The newest release was cut after the comment was written, so it was not meant (S12).
pub fn cut_later(at: &EnvironmentName, version: &Version) -> Text {
    let first = vec![
        "Nothing was done: ".into(),
        release(version),
        " was cut after you wrote, so you may not mean it.".into(),
    ];
    let rest = vec![line("If you do, name it:"), Block::Command(format!("/release promote {at} v{version}"))];
    refused(first, rest, "E_CUT_LATER")
}

/// A promotion of the same release into the same environment is open.
pub fn open_already(open: &Promotion) -> Text {
    let (at, version) = (&open.asked.environment, &open.asked.version);
    let mut first = vec!["Nothing new was begun: ".into()];
    first.extend(if open.is_rollback() {
        let brings = Span::words(format!("{} brings ", open.id()));
        [brings, environment(at), " back to ".into(), release(version)]
    } else {
        let carries = Span::words(format!("{} carries ", open.id()));
        [carries, release(version), " to ".into(), environment(at)]
    });
    first.push(" already.".into());
    let rest =
        vec![line("What it waits for, and who can act:"), Block::Command(format!("/release why {at}"))];
    refused(first, rest, "E_ALREADY_OPEN")
}

/// The tag of a release that was cut at `commit` stands elsewhere now, or nowhere (S13).
pub fn tag_moved(tag: &TagName, commit: &CommitId, to: Option<&CommitId>) -> Text {
    let first = vec![
        "Nothing was done: the tag ".into(),
        Span::code(tag.as_str()),
        if to.is_some() { " is not where it was cut.".into() } else { " is gone.".into() },
    ];
    let mut now = vec!["The release was cut at ".into(), Span::Commit(commit.clone())];
    match to {
        Some(other) => {
            now.extend([", and its tag stands at ".into(), Span::Commit(other.clone()), " now. ".into()]);
            now.push("Put the tag back, or give the other commit a version of its own:".into());
        }
        None => now.push(". Put the tag back there, or cut a new version:".into()),
    }
    let rest = vec![Block::Line(now), Block::Command("/release plan".to_owned())];
    refused(first, rest, "E_TAG_MOVED")
}

/// What shall be started is not there at the tag, or cannot be started by hand.
pub fn not_startable(what: &Automation, tag: &TagName) -> Text {
    let first = vec![
        "Nothing was done: ".into(),
        Span::code(what.name()),
        " cannot be started on ".into(),
        Span::Written(tag.to_string()),
        ".".into(),
    ];
    let rest = vec![
        line("It is started on the tag itself, and there it is missing or cannot be started by hand."),
        Block::Advice(Advice::Startable(what.clone())),
        line("A tag is never moved, so they count from the next release on."),
    ];
    refused(first, rest, "E_NOT_STARTABLE")
}

/// What is needed cannot be read at the moment.
pub fn unreadable(what: &str, why: &str) -> Text {
    super::refusal::unreadable(what, why)
}

/// There is nothing to go back to.
pub fn nothing_good(at: &EnvironmentName, way: &WayBack) -> Text {
    let first = vec!["Nothing was done: ".into(), environment(at), " has nothing to go back to.".into()];
    let rest = match way {
        WayBack::FirstThere => vec![
            line("No other release was good there before. What helps is a newer one:"),
            Block::Command("/release plan".to_owned()),
        ],
        WayBack::AllHeld => vec![Block::Line(vec![
            "Every release that was good there before is held. If one of them is good again, let it go first: ".into(),
            Span::code("/release resume vX.Y.Z"),
        ])],
        WayBack::To(version) => vec![
            Block::Line(vec!["What was good there is ".into(), release(version), ":".into()]),
            Block::Command(format!("/release rollback {at} to v{version}")),
        ],
    };
    refused(first, rest, "E_NOTHING_GOOD")
}

/// Why one cannot go back to a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReturn {
    /// It was never good there.
    NeverGood,
    /// It is held there.
    Held,
    /// It was withdrawn.
    Withdrawn,
    /// It is what is on its way there, and would be replaced.
    OnItsWay,
}

/// One cannot go back to that release; `good` are those to which one can.
pub fn not_good_there(at: &EnvironmentName, version: &Version, why: NoReturn, good: &[Version]) -> Text {
    let mut first = vec!["Nothing was done: ".into(), release(version)];
    first.extend(match why {
        NoReturn::NeverGood => vec![" was never good in ".into(), environment(at), ".".into()],
        NoReturn::Held => vec![" is held in ".into(), environment(at), ".".into()],
        NoReturn::Withdrawn => vec![" was withdrawn.".into()],
        NoReturn::OnItsWay => vec![" is what is on its way to ".into(), environment(at), ".".into()],
    });
    let mut rest = vec![];
    if why == NoReturn::Held {
        let resume = Span::code(format!("/release resume v{version}"));
        rest.push(Block::Line(vec!["If it is good again, let it go first: ".into(), resume]));
    }
    match good.split_first() {
        None => rest.push(line("There is nothing else there to go back to.")),
        Some((newest, others)) => {
            rest.push(line("The newest that was good there:"));
            rest.push(Block::Command(format!("/release rollback {at} to v{newest}")));
            if !others.is_empty() {
                let mut also = vec!["Also good there: ".into()];
                let others =
                    others.iter().take(RELEASES_OFFERED - 1).map(|one| vec![Span::code(format!("v{one}"))]);
                also.extend(joined(others, "and"));
                rest.push(Block::Line(also));
            }
        }
    }
    refused(first, rest, "E_NOT_GOOD_THERE")
}
