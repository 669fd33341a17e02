//! The notes of a release, made from its plan: what readers are told, in sections. How Markdown looks is the forge's `render`; what the plan itself answers is `say::plan`'s.

pub mod frame;
mod short;
pub mod template;

use self::template::Fault;
use super::change::conventional::Title;
use super::change::note;
use super::id::ChangeNumber;
use super::plan::{Author, Entry, Placed, Plan, Section};
use super::say::{Block, Revision, Span, Text};

pub use short::{LIMIT as SHORT_LIMIT, short};

/// More entries than this are folded by section.
const FOLD_ABOVE: usize = 40;

/// Of long notes, sections of at most so many entries stay open.
const OPEN_UP_TO: usize = 10;

/// The heading whose section is always folded: many entries, of little interest to most.
const DEPENDENCIES: &str = "Dependencies";

/// Where notes are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the release's own page: headings, and authors are credited by their real login.
    ReleasePage,
    /// In an answer: bold lines, and nobody is called.
    Answer,
}

/// The frozen notes of a release: by the team's template, where it has one that works. What a forge does not take of very
/// long ones, its adapter leaves out.
pub fn release_page(plan: &Plan) -> Text {
    let default = default_page(plan);
    match &plan.template {
        Some(template) => template.render(plan, default.clone()).unwrap_or(default),
        None => default,
    }
}

/// What is wrong with the team's template over this plan.
pub fn template_fault(plan: &Plan) -> Option<Fault> {
    plan.template.as_ref()?.render(plan, Text::default()).err()
}

fn default_page(plan: &Plan) -> Text {
    let mut text = Text(sections(plan, Place::ReleasePage));
    if text.0.is_empty() {
        text.0.push(Block::Line(vec!["No changes that concern users.".into()]));
    }
    text.0.extend(first_timers(plan));
    text.0.extend(full_list(plan));
    text
}

/// The sections of a plan as blocks.
pub fn sections(plan: &Plan, place: Place) -> Vec<Block> {
    let is_long = plan.shown().count() > FOLD_ABOVE;
    plan.sections.iter().flat_map(|section| section_blocks(section, place, is_long)).collect()
}

fn section_blocks(section: &Section, place: Place, is_long: bool) -> Vec<Block> {
    let list =
        |entries: &[Entry]| Block::List(entries.iter().map(|entry| line(entry, section, place)).collect());
    let title = Span::Written(section.title.clone());
    let heading = match place {
        Place::ReleasePage => Block::Heading(vec![title.clone()]),
        Place::Answer => Block::Line(vec![Span::Strong(vec![title.clone()])]),
    };
    let folds = is_long && section.entries.len() > OPEN_UP_TO;
    if !folds && !section.title.eq_ignore_ascii_case(DEPENDENCIES) {
        return vec![heading, list(&section.entries)];
    }
    // What breaks users stands first, and is never folded away.
    let (open, folded) = section.entries.split_at(section.entries.partition_point(|entry| entry.is_breaking));
    let fold = |summary: Vec<Span>| Block::Fold { summary, body: Text(vec![list(folded)]) };
    match (open, folded) {
        ([], _) if is_long => vec![heading, fold(vec![Span::words(format!("All {}", folded.len()))])],
        // One line of short notes, heading and all.
        ([], _) => vec![fold(vec![Span::Strong(vec![title]), Span::words(format!(" ({})", folded.len()))])],
        (_, []) => vec![heading, list(open)],
        (_, _) => vec![heading, list(open), fold(vec![Span::words(format!("{} more", folded.len()))])],
    }
}

/// One entry: `Sign in with passkeys #12 (ana)`.
fn line(entry: &Entry, section: &Section, place: Place) -> Vec<Span> {
    let mut spans = Vec::new();
    // A section for breaking changes says it for all of its entries.
    let is_marked = section.entries.iter().any(|other| !other.is_breaking);
    if entry.is_breaking && is_marked {
        spans.extend([Span::strong("Breaking:"), " ".into()]);
    }
    spans.extend(worded(entry));
    spans.push(" ".into());
    spans.extend(named(entry));
    let authors = authors(entry);
    for (at, author) in authors.iter().enumerate() {
        spans.extend([if at == 0 { " (" } else { ", " }.into(), credit(author, place)]);
    }
    if !authors.is_empty() {
        spans.push(")".into());
    }
    if let Some(note) = &entry.breaking_note {
        spans.extend([": ".into(), Span::Written(note.clone())]);
    }
    spans
}

/// What an entry says: `**api:** stop y`. The heading says the type, but "Other" says none.
fn worded(entry: &Entry) -> Vec<Span> {
    if entry.placed == Placed::Nowhere {
        return vec![Span::Written(entry.text().to_owned())];
    }
    let (scope, title) = wording(entry);
    let scope =
        scope.map(|scope| [Span::Strong(vec![Span::Written(scope.to_owned()), ":".into()]), " ".into()]);
    scope.into_iter().flatten().chain([Span::Written(title.to_owned())]).collect()
}

/// An entry's scope, and its text without the conventional type.
fn wording(entry: &Entry) -> (Option<&str>, &str) {
    let text = entry.text();
    match Title::parse(text).filter(|title| note::is_type(title.kind)) {
        // Whoever updates dependencies says so in the scope, too.
        Some(title) => (title.scope.filter(|scope| !scope.starts_with("deps")), title.description),
        None => (None, text),
    }
}

/// An entry's conventional type.
fn kind(entry: &Entry) -> Option<&str> {
    Title::parse(entry.text()).map(|title| title.kind)
}

/// The changes behind an entry: of updates all, of a backport the one that people know.
fn named(entry: &Entry) -> Vec<Span> {
    let own = entry.number.map_or_else(|| Span::Commit(entry.commit.clone()), Span::Change);
    if let Some(original) = entry.origin.as_ref().and_then(|origin| origin.number) {
        return vec![Span::Change(original), ", backported by ".into(), own];
    }
    let updates = entry.folded.iter().filter(|other| other.origin.is_none());
    let numbers: Vec<ChangeNumber> = updates.filter_map(|other| other.number).collect();
    let mut spans: Vec<Span> =
        numbers.into_iter().flat_map(|number| [Span::Change(number), ", ".into()]).collect();
    spans.push(own);
    spans
}

/// Who wrote it. A program that picked it from elsewhere wrote nothing of it.
fn authors(entry: &Entry) -> Vec<&Author> {
    let own = entry.author.iter().filter(|author| entry.origin.is_none() || !author.is_bot());
    own.chain(&entry.co_authors).collect()
}

fn credit(author: &Author, place: Place) -> Span {
    match (author, place) {
        (Author::Account(actor), Place::ReleasePage) if !author.is_bot() => Span::Credit(actor.login.clone()),
        // A name that git has could be anybody's login.
        _ => Span::Person(author.name().to_owned()),
    }
}

fn first_timers(plan: &Plan) -> Vec<Block> {
    if plan.first_timers.is_empty() {
        return Vec::new();
    }
    let entries = plan.first_timers.iter().map(|first| {
        let login = Span::Credit(first.actor.login.clone());
        vec![login, " made a first contribution in ".into(), Span::Change(first.change)]
    });
    vec![Block::Heading(vec!["New contributors".into()]), Block::List(entries.collect())]
}

/// What lies between the release before and this one. A first release has nothing to be compared with.
fn full_list(plan: &Plan) -> Option<Block> {
    let from = Revision::Tag(plan.previous.as_ref()?.tag.clone());
    let to = Revision::Tag(plan.tag.clone()?);
    Some(Block::Line(vec!["Full list: ".into(), Span::Compare { words: None, from, to }]))
}

#[cfg(test)]
pub(in crate::domain) mod tests;
