//! The preview on a change: its title is the heading and bump, or the missing label. It asks nobody for anything.

use super::{Block, Span, Text, joined};
use crate::domain::change::{Change, Stage};
use crate::domain::id::ComponentName;
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

/// Where a change stands in the notes of a component.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The component.
    pub component: &'a ComponentName,
    /// As it would be listed.
    pub entry: &'a Entry,
}

/// The preview of a change that has its place: in each component that it belongs to.
pub fn placed(change: &Change, shown: &[Shown<'_>]) -> (String, Text) {
    let headings: Vec<String> = shown.iter().map(|shown| heading(shown.entry)).collect();
    let is_alike = headings.windows(2).all(|pair| pair[0] == pair[1]);
    match shown {
        [] => empty(),
        [first, ..] if is_alike => {
            let mut line = vec![Span::words(format!("{} the next release", when(change)))];
            line.extend(whose(shown));
            line.push(", under ".into());
            line.push(Span::Strong(vec![Span::Written(first.entry.category.clone())]));
            line.push(Span::words(format!(" ({}).", asks_for(first.entry.bump))));
            let why = Block::Line(why(first.entry));
            (first_of(shown, &headings[0]), Text(vec![Block::Line(line), why]))
        }
        shown => {
            let line = vec![Span::words(format!("{} the next releases:", when(change)))];
            let entry = |shown: &Shown<'_>| {
                let mut entry = vec![Span::code(shown.component.as_str()), ", under ".into()];
                entry.push(Span::Strong(vec![Span::Written(shown.entry.category.clone())]));
                entry.push(Span::words(format!(" ({}). ", asks_for(shown.entry.bump))));
                entry.extend(why(shown.entry));
                entry
            };
            let title =
                shown.iter().zip(&headings).map(|(shown, heading)| format!("{}: {heading}", shown.component));
            let title = title.collect::<Vec<_>>().join(", ");
            (title, Text(vec![Block::Line(line), Block::List(shown.iter().map(entry).collect())]))
        }
    }
}

/// `Features · minor`.
fn heading(entry: &Entry) -> String {
    format!("{} · {}", entry.category, asks_for(entry.bump))
}

/// A heading with the components that it is of, where there are several.
fn first_of(shown: &[Shown<'_>], heading: &str) -> String {
    let names: Vec<&str> = named(shown).map(ComponentName::as_str).collect();
    if names.is_empty() { heading.to_owned() } else { format!("{}: {heading}", names.join(", ")) }
}

/// " of `web` and `api`"; nothing where the project is one.
fn whose(shown: &[Shown<'_>]) -> Vec<Span> {
    let names: Vec<Vec<Span>> = named(shown).map(|name| vec![Span::code(name.as_str())]).collect();
    if names.is_empty() { vec![] } else { [vec![" of ".into()], joined(names, "and")].concat() }
}

fn named<'a>(shown: &'a [Shown<'a>]) -> impl Iterator<Item = &'a ComponentName> {
    shown.iter().map(|shown| shown.component).filter(|name| !name.is_default())
}

/// Why an entry stands where it does.
fn why(entry: &Entry) -> Vec<Span> {
    match &entry.placed {
        Placed::ByLabel(label) => vec!["Because of its label ".into(), Span::code(label.clone()), ".".into()],
        Placed::ByType(kind) => {
            vec!["No label decides; its title begins with ".into(), Span::code(kind.clone()), ".".into()]
        }
        Placed::ByBreaking => vec!["Marked as a breaking change.".into()],
        Placed::ByNote => vec!["Its release note says so.".into()],
        Placed::ByUpdate => vec!["No label decides; its title is that of an update.".into()],
        Placed::ByCatchAll | Placed::Nowhere => vec!["This section takes what no other one does.".into()],
    }
}

/// The preview of a change that touches no component's files.
pub fn homeless(change: &Change) -> (String, Text) {
    let verb = if matches!(change.stage, Stage::Merged { .. }) { "It is in" } else { "It would be in" };
    let line = format!("{verb} no release: it touches no file of a component.");
    ("In no component".to_owned(), Text::line([Span::words(line)]))
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
