//! The preview on a change: its title is the heading and bump, or the missing label. It asks nobody for anything.

use super::{Block, Span, Text, joined};
use crate::domain::change::{Change, Stage};
use crate::domain::plan::{Entry, OTHER, Placed};
use crate::domain::policy::Policy;
use crate::domain::policy::label::{Label, Upkeep};
use crate::domain::version::Bump;

fn when(change: &Change) -> &'static str {
    if matches!(change.stage, Stage::Merged { .. }) { "Goes out with" } else { "Would go out with" }
}

/// The preview of a change that its label, its author or its release note keeps out of the notes.
pub fn left_out(change: &Change) -> (String, Text) {
    let out = "the next release, but its label, its author or its release note keeps it out of the notes.";
    ("Not in the notes".to_owned(), Text::line([Span::words(format!("{} {out}", when(change)))]))
}

/// The preview of a change that has its place.
pub fn placed(change: &Change, entry: &Entry) -> (String, Text) {
    let when = when(change);
    let line = vec![
        Span::words(format!("{when} the next release, under ")),
        Span::Strong(vec![Span::Written(entry.category.clone())]),
        Span::words(format!(" ({}).", asks_for(entry.bump))),
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
    (
        format!("{} · {}", entry.category, asks_for(entry.bump)),
        Text(vec![Block::Line(line), Block::Line(why)]),
    )
}

/// What a section does to the version, in words.
fn asks_for(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "no new version",
        Bump::Patch | Bump::Minor | Bump::Major => bump.as_str(),
    }
}

/// The preview of a change that nothing puts anywhere; `missing` are labels that the policy names and the project lacks.
pub fn unlabelled(change: &Change, policy: &Policy, missing: &[Label]) -> (String, Text) {
    let when = when(change);
    let sections =
        policy.notes.categories.iter().filter(|category| !category.labels.is_empty()).map(|category| {
            let mut entry = vec![
                Span::Strong(vec![Span::Written(category.title.clone())]),
                Span::words(format!(" ({}): ", asks_for(category.bump))),
            ];
            for (at, label) in category.labels.iter().enumerate() {
                if at > 0 {
                    entry.push(", ".into());
                }
                entry.push(Span::code(label.clone()));
            }
            entry
        });
    let mut blocks = vec![
        Block::Line(vec![Span::words(format!(
            "{when} the next release, under {OTHER} (patch): neither a label nor its title says more."
        ))]),
        Block::Line(vec!["Labels that decide:".into()]),
        Block::List(sections.collect()),
        Block::Line(vec![Span::code("skip-changelog"), " keeps it out of the notes.".into()]),
    ];
    blocks.extend(lacking(missing, policy.labels));
    (format!("Needs a label: under {OTHER} so far"), Text(blocks))
}

/// "Not there yet: `breaking` and `feature`."
fn lacking(missing: &[Label], upkeep: Upkeep) -> Option<Block> {
    let names = missing.iter().map(|label| vec![Span::code(label.name.clone())]);
    let mut line = vec!["Not there yet: ".into()];
    line.extend(joined(names, "and"));
    line.extend(match upkeep {
        Upkeep::Sync => vec![", being made now.".into()],
        Upkeep::ByHand => {
            vec![". ".into(), Span::code("labels: sync"), " in the policy file has them made.".into()]
        }
    });
    (!missing.is_empty()).then_some(Block::Line(line))
}

/// A change of which nothing can be shown.
pub fn empty() -> (String, Text) {
    ("Nothing to show".to_owned(), Text::line(["It brings nothing of its own to the next release.".into()]))
}

/// The preview of the change that carries the release itself.
pub fn carrier() -> (String, Text) {
    ("Carries the next release".to_owned(), Text::line(["Merging it is the cut.".into()]))
}

/// The policy cannot be obeyed.
pub fn policy_broken(file: Option<&str>) -> (String, Text) {
    let line = vec![
        file.map_or_else(|| "The policy file".into(), Span::code),
        " on the default branch has errors.".into(),
    ];
    ("Policy file has errors".to_owned(), Text(vec![Block::Line(line)]))
}
