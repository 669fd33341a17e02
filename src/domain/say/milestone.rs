//! What is said of milestones that are named like a version: that a cut could be made, and what became of them after it.

use super::{Block, Span, Text, counted, release};
use crate::domain::id::ChangeNumber;
use crate::domain::milestone::{Aftermath, Because};
use crate::domain::plan::{Flag, Plan};
use crate::domain::version::{Channel, Version};

/// How many open items are listed.
const LISTED: usize = 20;

/// The title of the issue that proposes a cut.
pub fn title(version: &Version) -> String {
    format!("Release v{version}")
}

/// The proposal: why now, what would be in it, what is still open, and how to go on.
pub fn proposal(plan: &Plan, (version, pre): (&Version, Option<Channel>), because: Because) -> Text {
    let pre = pre.map(|pre| format!(" --pre {pre}")).unwrap_or_default();
    let why = match because {
        Because::Closed => ": its milestone was closed. It would bring ",
        Because::Due => ": its milestone is due. It would bring ",
    };
    let since = plan.previous.as_ref().map(|previous| format!(" since {}", previous.tag)).unwrap_or_default();
    let number = counted(plan.shown().count(), "change", "changes");
    let first = vec![
        Span::Strong(vec![release(version), " can be cut".into()]),
        why.into(),
        Span::words(number),
        Span::Written(since),
        ".".into(),
    ];
    let mut text = Text(vec![Block::Line(first)]);
    text.0.extend(still_open(plan));
    text.0.extend([
        Block::Line(vec!["Look at it first:".into()]),
        Block::Command(format!("/release plan v{version}")),
        Block::Line(vec!["Then:".into()]),
        Block::Command(format!("/release cut v{version}{pre}")),
        Block::Small(vec![
            "I cut nothing by myself. If you want no such issues, write ".into(),
            Span::code("milestones: read"),
            " in the policy file.".into(),
        ]),
    ]);
    text
}

fn still_open(plan: &Plan) -> Vec<Block> {
    let open: Vec<Vec<Span>> = plan.flags.iter().filter_map(item).collect();
    if open.is_empty() {
        return vec![];
    }
    let more = open.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| vec![Span::words(format!("and {more} more"))]);
    vec![
        Block::Line(vec!["Still open in the milestone:".into()]),
        Block::List(open.into_iter().take(LISTED).chain(more).collect()),
    ]
}

fn item(flag: &Flag) -> Option<Vec<Span>> {
    let Flag::StillOpen { number, is_change, title, .. } = flag else { return None };
    let number = if *is_change { Span::Change(ChangeNumber(*number)) } else { Span::Issue(*number) };
    Some(vec![number, " ".into(), Span::Written(title.clone())])
}

/// What became of the milestone of a release, for its report.
pub fn aftermath(version: &Version, after: &Aftermath) -> Block {
    let mut line: Vec<Span> = vec!["Milestone ".into(), release(version)];
    line.push(if after.closed { " is closed".into() } else { " stays as it is".into() });
    let items = counted(after.open, "open item", "open items");
    match (&after.to, after.open) {
        (Some(next), _) => {
            line.push(Span::words(format!("; {items} of it went on to ")));
            line.push(release(next));
        }
        (None, 0) => {}
        (None, _) => {
            line.push(Span::words(format!(" with {items} in it: there is no later milestone to move to")));
        }
    }
    line.push(".".into());
    Block::Line(line)
}
