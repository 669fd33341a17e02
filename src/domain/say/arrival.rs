//! What changes and follow-ups hear when a release arrives somewhere, or leaves again.

use jiff::Timestamp;

use super::promotion::left_by_rollback;
use super::{Block, Span, Text, environment, release_of, released, somebody};
use crate::domain::id::{ComponentName, EnvironmentName};
use crate::domain::promotion::view::View;
use crate::domain::version::Version;

/// Where a change is, environment by environment, the last one of the way first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travelled {
    /// What was released.
    pub component: ComponentName,
    /// The release that the change is in.
    pub version: Version,
    /// The release's page, where there is one.
    pub page: Option<String>,
    /// Where it is now, each with since when and with which release.
    pub there: Vec<Stop>,
    /// Where it was and is no longer.
    pub left: Vec<Left>,
}

/// One environment that a change reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The environment.
    pub environment: EnvironmentName,
    /// The release that carried the change there.
    pub version: Version,
    /// Since when.
    pub since: Timestamp,
}

/// One environment that a change was in and is no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The environment.
    pub environment: EnvironmentName,
    /// The release that was rolled back there.
    pub version: Version,
    /// Since when it is gone.
    pub since: Timestamp,
    /// The follow-up issue, where there is one.
    pub follow_up: Option<u64>,
}

/// The note on a change: one per change, edited as it travels. What is no longer true never stands first.
pub fn note(travelled: &Travelled) -> Text {
    let name = &travelled.component;
    let is_back = |left: &&Left| travelled.there.iter().any(|stop| stop.environment == left.environment);
    let mut lines: Vec<Vec<Span>> =
        travelled.left.iter().filter(|left| !is_back(left)).map(|left| gone(left, name)).collect();
    let is_gone = !lines.is_empty();
    match travelled.there.split_first() {
        Some((furthest, others)) => {
            lines.push(arrived(travelled, furthest, is_gone));
            lines.extend(others.iter().map(|stop| also(stop, furthest, name)));
        }
        None if is_gone => {
            lines.push(vec!["It is in ".into(), named(travelled), ", which runs nowhere now.".into()])
        }
        None => lines.push(vec!["Out with ".into(), named(travelled), ", which runs nowhere yet.".into()]),
    }
    Text(lines.into_iter().map(Block::Line).collect())
}

/// The release, linked to its page.
fn named(travelled: &Travelled) -> Span {
    let Travelled { component: name, version, page, .. } = travelled;
    match page {
        Some(page) => {
            let whose = if name.is_default() { String::new() } else { format!("{name} ") };
            Span::Link { words: format!("{whose}v{version}"), to: page.clone() }
        }
        None => release_of(name, version),
    }
}

/// "🚢 **In production since …** with v1.5.0".
fn arrived(travelled: &Travelled, stop: &Stop, is_gone: bool) -> Vec<Span> {
    let start = if is_gone { "Still in " } else { "🚢 In " };
    let place = vec![start.into(), environment(&stop.environment), " since ".into(), Span::time(stop.since)];
    let is_its_own = stop.version == travelled.version;
    let carrier = if is_its_own { named(travelled) } else { release_of(&travelled.component, &stop.version) };
    vec![Span::Strong(place), " with ".into(), carrier]
}

/// "In staging since …".
fn also(stop: &Stop, furthest: &Stop, name: &ComponentName) -> Vec<Span> {
    let mut line =
        vec!["In ".into(), environment(&stop.environment), " since ".into(), Span::time(stop.since)];
    if stop.version != furthest.version {
        line.extend([" with ".into(), release_of(name, &stop.version)]);
    }
    line
}

/// "↩️ **No longer in production** since …: v1.5.0 was rolled back (#52)".
fn gone(left: &Left, name: &ComponentName) -> Vec<Span> {
    let place = vec!["↩️ No longer in ".into(), environment(&left.environment)];
    let mut line = vec![
        Span::Strong(place),
        " since ".into(),
        Span::time(left.since),
        ": ".into(),
        release_of(name, &left.version),
        " was rolled back".into(),
    ];
    line.extend(left.follow_up.into_iter().flat_map(|issue| [" (".into(), Span::Issue(issue), ")".into()]));
    line
}

/// The title of the follow-up issue of a rollback.
pub fn follow_up_title(view: &View) -> String {
    let asked = &view.promotion.asked;
    match asked.replaces.as_ref().filter(|replaced| **replaced != asked.version) {
        Some(replaced) => format!("v{replaced} was rolled back in {}", asked.environment),
        None => format!("{} was brought back to v{}", asked.environment, asked.version),
    }
}

/// The follow-up issue of a rollback: what happened, what is held, what to find out in the morning.
pub fn follow_up(view: &View) -> Text {
    let asked = &view.promotion.asked;
    let said = view.said(view.promotion.since);
    let is = vec![environment(&asked.environment), " is back on ".into(), released(asked)];
    let mut blocks =
        vec![Block::Line(vec![Span::Strong(is), " since ".into(), Span::time(view.now), ".".into()])];
    let who = if asked.by.is_some() { somebody(&said) } else { "the policy".into() };
    let mut entries =
        vec![vec!["Asked for by ".into(), who, " on ".into(), Span::time(view.promotion.since.at)]];
    entries.extend(said.reason.iter().map(|why| vec!["Why: ".into(), Span::Written(why.clone())]));
    entries.extend(left_by_rollback(view, somebody));
    blocks.push(Block::List(entries));
    let cause = if said.reason.is_some() {
        "What was behind it, and what keeps it from coming again? Write it down here, and close this when it is done."
    } else {
        "No reason was given at the time. Write it down here, with what keeps it from coming again, and close this when it is done."
    };
    blocks.push(Block::Line(vec![cause.into()]));
    blocks.push(Block::Small(vec![
        Span::words(format!("{} · ", view.promotion.id())),
        "commit now there: ".into(),
        Span::Commit(asked.commit.clone()),
    ]));
    Text(blocks)
}

/// The title of the issue that a promotion without a conversation gets.
pub fn release_title(component: &ComponentName, version: &Version) -> String {
    if component.is_default() {
        format!("Release v{version}")
    } else {
        format!("Release {component} v{version}")
    }
}

/// That issue: it says what it is for; the panels are comments in it.
pub fn release_issue(component: &ComponentName, version: &Version) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Strong(vec!["The way of ".into(), release_of(component, version)]),
            " from environment to environment.".into(),
        ]),
        Block::Line(vec![
            "It moves by the policy, not by a command on a ".into(),
            Span::ChangeWord,
            ", so what it waits for is shown here, and commands are read here. What stands where:".into(),
        ]),
        Block::Command("/release status".to_owned()),
    ])
}
