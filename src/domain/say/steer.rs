//! The answers to `hold`, `resume`, `abort`, `retry`, `lock` and `unlock`, to `why`, and to a command that names nothing open.

use jiff::Timestamp;

use super::promotion::{carries, command, headline, ignored, progress_entries, subject, why_body};
use super::{Block, Span, Text, counted, environment, joined, reason, refused, release, somebody};
use crate::domain::id::{EnvironmentName, PromotionId};
use crate::domain::promotion::model::{Promotion, Stage};
use crate::domain::promotion::view::{Afterwords, Said, View};
use crate::domain::version::Version;

fn line(words: impl Into<String>) -> Block {
    Block::Line(vec![Span::words(words)])
}

fn status() -> Block {
    Block::Command("/release status".to_owned())
}

/// Nothing is open that the command could mean.
pub fn nothing_open(verb: &str) -> Text {
    let first =
        vec!["Nothing was done: no promotion is open that ".into(), Span::code(verb), " could mean.".into()];
    refused(first, [line("What stands where:"), status()], "E_NOTHING_OPEN")
}

/// Several promotions could be meant.
pub fn which(verb: &str, open: &[&Promotion]) -> Text {
    let first = vec![
        Span::code(verb),
        Span::words(format!(" could mean {} promotions. Nothing was done.", open.len())),
    ];
    let each = open.iter().map(|promotion| {
        vec![Span::code(format!("/release {verb} {}", promotion.id())), ": ".into()]
            .into_iter()
            .chain(carries(promotion))
            .collect()
    });
    refused(first, [Block::List(each.collect())], "E_WHICH")
}

/// No promotion of that number is open; `newest` is the number of the last one.
pub fn no_such_promotion(id: PromotionId, newest: u64) -> Text {
    let why = if id.0 <= newest { "is over" } else { "does not exist" };
    let first = vec![Span::words(format!("Nothing was done: {id} {why}."))];
    refused(first, [line("What stands where:"), status()], "E_NOTHING_OPEN")
}

/// It is held from now on.
pub fn held(view: &View) -> Text {
    let mut first = vec!["⏸️ ".into()];
    first.extend(subject(view));
    first.push(" is held".into());
    let goes_on = match view.promotion.stage {
        Stage::Waiting | Stage::Failed { .. } | Stage::Aborting { .. } => {
            "Nothing begins until somebody lets it go on:"
        }
        Stage::Rolling { .. } => {
            "What is on its way goes on; nothing new begins until somebody lets it go on:"
        }
    };
    Text(vec![
        Block::Line(vec![Span::Strong(first), ".".into()]),
        line(goes_on),
        Block::Command(command(view, "resume")),
    ])
}

/// It was held before.
pub fn held_already(view: &View) -> Text {
    let mut first = subject(view);
    first.push(" is held already".into());
    let said = view.promotion.held.as_ref().map(|held| (held.row.at, view.said(held.row)));
    if let Some((_, said)) = &said {
        first.extend([" by ".into(), somebody(said)]);
    }
    first.push(". Nothing was done.".into());
    let mut rest = vec![];
    rest.extend(said.iter().filter_map(|(_, said)| reason(said)));
    rest.push(line("To let it go on:"));
    rest.push(Block::Command(command(view, "resume")));
    refused(first, rest, "E_HELD_ALREADY")
}

/// It goes on.
pub fn resumed(view: &View) -> Text {
    let mut first = subject(view);
    first.push(" goes on".into());
    let mut text = Text(vec![Block::Line(vec![Span::Strong(first), ".".into()])]);
    let entries = progress_entries(view);
    if view.promotion.stage == Stage::Waiting && !entries.is_empty() {
        text.0.push(line("It still waits:"));
        text.0.push(Block::List(entries));
    }
    text
}

/// Nobody holds it.
pub fn not_held(what: &str) -> Text {
    let first = vec!["Nothing was done: ".into(), Span::Written(what.to_owned()), " is not held.".into()];
    refused(first, [line("What stands where:"), status()], "E_NOT_HELD")
}

fn places(environments: &[EnvironmentName]) -> Vec<Span> {
    joined(environments.iter().map(|name| vec![environment(name)]), "and")
}

/// A release is held in these environments from now on; `running` carry it somewhere already.
pub fn release_held(version: &Version, environments: &[EnvironmentName], running: &[&Promotion]) -> Text {
    let first = vec![
        Span::Strong(vec!["⏸️ ".into(), release(version), " is held".into()]),
        ": it goes nowhere new.".into(),
    ];
    let mut at = vec!["Held in ".into()];
    at.extend(places(environments));
    at.push(". Where it runs now it stays.".into());
    let mut blocks = vec![Block::Line(first), Block::Line(at)];
    blocks.extend(running.iter().map(|promotion| {
        let mut goes_on = carries(promotion);
        goes_on.push(Span::words(format!(" ({}) has begun and goes on. To stop it: ", promotion.id())));
        goes_on.push(Span::code(format!("/release abort {}", promotion.id())));
        Block::Line(goes_on)
    }));
    blocks.push(line("To let it go anywhere again:"));
    blocks.push(Block::Command(format!("/release resume v{version}")));
    Text(blocks)
}

/// A release may go to these environments again.
pub fn release_resumed(version: &Version, environments: &[EnvironmentName]) -> Text {
    let first = vec![Span::Strong(vec![release(version), " is not held any more".into()]), ".".into()];
    let mut at = vec!["It may go to ".into()];
    at.extend(places(environments));
    at.push(" again; nothing goes there by itself.".into());
    let mut blocks = vec![Block::Line(first), Block::Line(at)];
    if let [only] = environments {
        blocks.push(Block::Command(format!("/release promote {only} v{version}")));
    }
    Text(blocks)
}

/// It is being stopped; what runs is called off.
pub fn aborting(view: &View) -> Text {
    let mut first = vec!["⏹️ ".into()];
    first.extend(subject(view));
    first.push(" is being stopped".into());
    Text(vec![
        Block::Line(vec![Span::Strong(first), ".".into()]),
        line(
            "What runs is called off. Once every target has ended, the panel says so; what runs there then is not known.",
        ),
    ])
}

/// The failed targets are tried again.
pub fn retried(view: &View) -> Text {
    let mut first = subject(view);
    first.push(" tries again what failed".into());
    let mut text = Text(vec![Block::Line(vec![Span::Strong(first), ".".into()])]);
    text.0.extend(view.promotion.wave().map(|_| Block::List(progress_entries(view))));
    text
}

/// Nothing failed, so nothing can be tried again.
pub fn nothing_failed(view: &View) -> Text {
    let mut first = vec!["Nothing was done: no target of ".into()];
    first.extend(subject(view));
    first.push(" failed.".into());
    let mut rest = vec![Block::Line(headline(view))];
    let entries = progress_entries(view);
    rest.extend((!entries.is_empty()).then_some(Block::List(entries)));
    refused(first, rest, "E_NOT_FAILED")
}

/// The environment is theirs from now on.
pub fn locked(at: &EnvironmentName, until: Option<Timestamp>) -> Text {
    let mut first = vec![Span::Strong(vec!["🔒 ".into(), environment(at), " is locked for you".into()])];
    first.extend(until.into_iter().flat_map(|until| [" until ".into(), Span::time(until)]));
    first.push(".".into());
    let others = "Promotions of others wait; yours and rollbacks do not. To unlock it:";
    Text(vec![Block::Line(first), line(others), Block::Command(format!("/release unlock {at}"))])
}

/// Somebody else has it.
pub fn locked_by_another(at: &EnvironmentName, owner: &Said, until: Option<Timestamp>) -> Text {
    let mut first =
        vec!["Nothing was done: ".into(), environment(at), " is locked by ".into(), somebody(owner)];
    first.push(".".into());
    let how_long = match until {
        Some(until) => vec!["The lock ends on ".into(), Span::time(until), ". To lift it before:".into()],
        None => vec!["It stays locked until somebody lifts that:".into()],
    };
    let rest = reason(owner)
        .into_iter()
        .chain([Block::Line(how_long), Block::Command(format!("/release unlock {at}"))]);
    refused(first, rest, "E_LOCKED")
}

/// It is everybody's again; `owner` had it.
pub fn unlocked(at: &EnvironmentName, owner: &Said) -> Text {
    let first =
        vec![Span::Strong(vec!["🔓 ".into(), environment(at), " is not locked any more".into()]), ".".into()];
    let had = vec![somebody(owner), " had it. What waited for it goes on by itself.".into()];
    Text(vec![Block::Line(first), Block::Line(had)])
}

/// Nobody had it.
pub fn not_locked(at: &EnvironmentName) -> Text {
    let first = vec!["Nothing was done: ".into(), environment(at), " is not locked.".into()];
    refused(
        first,
        [line("To keep it for yourself:"), Block::Command(format!("/release lock {at} --for 4h"))],
        "E_NOT_LOCKED",
    )
}

/// The answer to `why`: each open promotion with each gate that is not open, and who or what opens it; then what was reported
/// where nothing is open, and did not count.
pub fn why(views: &[View], afterwords: &[Afterwords]) -> Text {
    let mut text = match views {
        [only] => Text([Block::Line(headline(only))].into_iter().chain(why_body(only)).collect()),
        [] | [_, _, ..] => why_of(views),
    };
    let not_counted = |about: &Afterwords| {
        let place = |entry| [environment(&about.environment), ": ".into()].into_iter().chain(entry).collect();
        let entries = about.reports.iter().rev().map(|report| ignored::entry(&about.reporters, report));
        entries.map(place).collect::<Vec<Vec<Span>>>()
    };
    let entries: Vec<Vec<Span>> = afterwords.iter().flat_map(not_counted).collect();
    if !entries.is_empty() {
        text.0.push(line("Reported after the end, and not counted:"));
        text.0.push(Block::List(entries));
    }
    text
}

fn why_of(views: &[View]) -> Text {
    if views.is_empty() {
        let first = vec!["Nothing waits and nothing is on its way: no promotion is open.".into()];
        return Text(vec![
            Block::Line(first),
            line("To begin one:"),
            Block::Command("/release help promote".to_owned()),
        ]);
    }
    let count = counted(views.len(), "promotion", "promotions");
    let mut blocks = vec![line(format!("{count} are open; each with what it waits for:"))];
    for view in views {
        blocks.push(Block::Line(headline(view)));
        blocks.extend(why_body(view));
    }
    Text(blocks)
}
