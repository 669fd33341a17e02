//! The preview on a change: its title is the heading and bump, or the missing label. It asks nobody for anything.

use super::{Block, Span, Text};
use crate::domain::change::{Change, Stage};
use crate::domain::plan::{Entry, OTHER, Placed};
use crate::domain::policy::Policy;

/// The preview of one change: its title, and what shows when somebody opens it.
pub fn preview(change: &Change, entry: &Entry, is_excluded: bool, policy: &Policy) -> (String, Text) {
    let when =
        if matches!(change.stage, Stage::Merged { .. }) { "Goes out with" } else { "Would go out with" };
    if is_excluded {
        let line = vec![Span::words(format!(
            "{when} the next release, left out of the notes as its label, author or release note asks."
        ))];
        return ("Not in the notes".to_owned(), Text(vec![Block::Line(line)]));
    }
    if entry.placed == Placed::Nowhere {
        return (format!("Needs a label: under {OTHER} so far"), unlabelled(when, policy));
    }
    let line = vec![
        Span::words(format!("{when} the next release, under ")),
        Span::Strong(vec![Span::Written(entry.category.clone())]),
        Span::words(format!(" ({}).", entry.bump)),
    ];
    let why = match &entry.placed {
        Placed::ByLabel(label) => vec!["Because of its label ".into(), Span::code(label.clone()), ".".into()],
        Placed::ByType(kind) => {
            vec!["No label decides; its title begins with ".into(), Span::code(kind.clone()), ".".into()]
        }
        Placed::ByBreaking => vec!["Marked as a breaking change.".into()],
        Placed::ByNote => vec!["Its release note says so.".into()],
        Placed::ByUpdate => vec!["No label decides; its title is that of an update.".into()],
        Placed::ByCatchAll | Placed::Nowhere => vec!["This section takes what no other one does.".into()],
    };
    (format!("{} · {}", entry.category, entry.bump), Text(vec![Block::Line(line), Block::Line(why)]))
}

fn unlabelled(when: &str, policy: &Policy) -> Text {
    let sections =
        policy.notes.categories.iter().filter(|category| !category.labels.is_empty()).map(|category| {
            let mut entry = vec![
                Span::Strong(vec![Span::Written(category.title.clone())]),
                Span::words(format!(" ({}): ", category.bump)),
            ];
            for (at, label) in category.labels.iter().enumerate() {
                if at > 0 {
                    entry.push(", ".into());
                }
                entry.push(Span::code(label.clone()));
            }
            entry
        });
    Text(vec![
        Block::Line(vec![Span::words(format!(
            "{when} the next release, under {OTHER} (patch): no label and no title says more."
        ))]),
        Block::Line(vec!["Labels that decide:".into()]),
        Block::List(sections.collect()),
        Block::Line(vec![Span::code("skip-changelog"), " keeps it out of the notes.".into()]),
    ])
}

/// A change of which nothing can be shown.
pub fn empty() -> (String, Text) {
    ("Nothing to show".to_owned(), Text::line(["It brings nothing of its own to the next release.".into()]))
}

/// The policy cannot be obeyed.
pub fn policy_broken(file: Option<&str>) -> (String, Text) {
    let line = vec![
        file.map_or_else(|| "The policy file".into(), Span::code),
        " on the default branch has errors.".into(),
    ];
    ("Policy file has errors".to_owned(), Text(vec![Block::Line(line)]))
}
