//! Refusals that are no single noun's: rights, unreadable facts, edited comments. Each ends with its code and the next step.

use super::first_line::LIMIT;
use super::mistake::length;
use super::{Block, Span, Text, code, joined};
use crate::domain::command::{Command, Rank, Verb, about};
use crate::domain::id::ComponentName;
use crate::domain::outlook::Obstacle;
use crate::domain::policy::{Principal, Standing, Versioning};

/// The right to a verb is missing.
pub fn role(verb: &Verb, may: &[Principal]) -> Text {
    let mut line = vec![Span::code(verb.name), " is only for ".into()];
    if may.is_empty() {
        line.push(match verb.who {
            Rank::Reader => "those who can read here".into(),
            Rank::Writer | Rank::Releaser | Rank::Approver | Rank::Deployer => {
                "those who can push here".into()
            }
        });
    }
    for (at, principal) in may.iter().enumerate() {
        if at > 0 {
            line.push(if at + 1 == may.len() { " and ".into() } else { ", ".into() });
        }
        line.push(self::principal(principal));
    }
    line.push(". Nothing was done.".into());
    if length(&line) <= LIMIT {
        return Text(vec![Block::Line(line), code("E_ROLE")]);
    }
    let answer = " is only for those whom the policy file names. Nothing was done.";
    Text(vec![
        Block::Line(vec![Span::code(verb.name), answer.into()]),
        Block::List(may.iter().map(|one| vec![self::principal(one)]).collect()),
        code("E_ROLE"),
    ])
}

/// Somebody whom a policy names.
pub(super) fn principal(principal: &Principal) -> Span {
    match principal {
        Principal::Group(group) => Span::code(group.0.clone()),
        Principal::User(login) => Span::Person(login.clone()),
        Principal::Role(standing) => Span::words(match standing {
            Standing::None => "everybody",
            Standing::Read => "everybody who can read here",
            Standing::Triage => "those who triage here",
            Standing::Write => "those who can push here",
            Standing::Maintain => "maintainers",
            Standing::Admin => "administrators",
        }),
    }
}

/// What was heard of the forge, as a sentence without its full stop. Where it said nothing, the words are about it already.
pub(super) fn said_by_forge(why: &str) -> Vec<Span> {
    match why.strip_prefix("the forge") {
        Some(rest) => vec![Span::Forge, " ".into(), Span::Written(rest.trim_start().to_owned())],
        None => vec![Span::Forge, " said: ".into(), Span::Written(why.to_owned())],
    }
}

/// Whether somebody may could not be found out.
pub fn rights_unknown(why: &str) -> Text {
    Text(vec![
        Block::Line(vec!["Not done: I cannot find out at the moment whether you may.".into()]),
        Block::Line(
            said_by_forge(why).into_iter().chain([". Send the command again later.".into()]).collect(),
        ),
        code("E_RIGHTS_UNKNOWN"),
    ])
}

/// A comment was edited.
pub fn edited() -> Text {
    Text(vec![
        Block::Line(vec![
            "I don't run edited comments; please send it as a new one. Nothing was done.".into(),
        ]),
        code("E_EDITED"),
    ])
}

/// The forge did not answer to the end.
pub fn forge_silent() -> Text {
    Text(vec![
        Block::Line(vec!["Not done: I could not read this comment and the policy at the moment.".into()]),
        Block::Line(vec!["Nothing has changed. Send the command again as a new comment.".into()]),
        code("E_UNREADABLE"),
    ])
}

/// Something that the command needs could not be read.
pub fn unreadable(what: &str, why: &str) -> Text {
    Text(vec![
        Block::Line(vec![Span::words(format!("Not done: I could not read {what}."))]),
        Block::Line(
            said_by_forge(why)
                .into_iter()
                .chain([". Nothing has changed; send it again later.".into()])
                .collect(),
        ),
        code("E_UNREADABLE"),
    ])
}

/// A component that the policy does not name.
pub fn component(unknown: &ComponentName, known: &[Versioning]) -> Text {
    let mut line =
        vec!["There is no component ".into(), Span::code(unknown.as_str()), "; this project has ".into()];
    line.extend(joined(known.iter().map(|one| vec![Span::code(one.component.as_str())]), "and"));
    line.push(".".into());
    Text(vec![Block::Line(line), code("E_COMPONENT")])
}

/// Several components, and the command named none.
pub fn which_component(command: &Command, known: &[Versioning]) -> Text {
    let line_of_first = known.first().map(|one| about(&command.to_string(), &one.component));
    let mut line = vec!["This project releases ".into()];
    line.extend(joined(known.iter().map(|one| vec![Span::code(one.component.as_str())]), "and"));
    line.push(" by themselves. Say which:".into());
    Text(vec![Block::Line(line), Block::Command(line_of_first.unwrap_or_default()), code("E_COMPONENT")])
}

/// The code of an obstacle.
pub fn obstacle_code(obstacle: &Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Unreadable { .. } => "E_UNREADABLE",
        Obstacle::AmbiguousTags(..) => "E_TAG_PATTERN",
    }
}

/// Why there is no plan.
pub fn obstacle(obstacle: &Obstacle) -> Text {
    match obstacle {
        Obstacle::Unreadable { what, why } => unreadable(what, why),
        Obstacle::AmbiguousTags(one, other) => Text(vec![
            Block::Line(vec![
                "I can't tell how this project names its tags: its highest version has two tags.".into(),
            ]),
            Block::List(vec![vec![Span::code(one.to_string())], vec![Span::code(other.to_string())]]),
            Block::Line(vec!["Say which in the policy file:".into()]),
            Block::Listing { language: "yaml".to_owned(), body: format!("versioning:\n  tag: \"{other}\"") },
            code(obstacle_code(obstacle)),
        ]),
    }
}
