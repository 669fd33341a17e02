//! The notes of a release, made from its plan: what readers are told, in sections. How Markdown looks is the forge's `render`; what the plan itself answers is `say::plan`'s.

mod page;

use super::id::ChangeNumber;
use super::plan::{Author, Entry, Plan, Section};
use super::say::{Block, Revision, Span, Text};

pub use page::{Merged, TakenOver, framed, merge};

/// More entries than this are folded by section.
const FOLD_ABOVE: usize = 40;

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

/// The frozen notes of a release. What a forge does not take of very long ones, its adapter leaves out.
pub fn release_page(plan: &Plan) -> Text {
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
    let count = section.entries.len();
    let list = Block::List(section.entries.iter().map(|entry| line(entry, section, place)).collect());
    let title = Span::Written(section.title.clone());
    if is_long || section.title.eq_ignore_ascii_case(DEPENDENCIES) {
        let summary = vec![title, Span::words(format!(" ({count})"))];
        return vec![Block::Fold { summary, body: Text(vec![list]) }];
    }
    let heading = match place {
        Place::ReleasePage => Block::Heading(vec![title]),
        Place::Answer => Block::Line(vec![Span::Strong(vec![title])]),
    };
    vec![heading, list]
}

/// One entry: `Sign in with passkeys #12 (ana)`.
fn line(entry: &Entry, section: &Section, place: Place) -> Vec<Span> {
    let mut spans = Vec::new();
    // A section for breaking changes says it for all of its entries.
    let is_marked = section.entries.iter().any(|other| !other.is_breaking);
    if entry.is_breaking && is_marked {
        spans.extend([Span::strong("Breaking:"), " ".into()]);
    }
    spans.push(Span::Written(entry.text().to_owned()));
    spans.push(" ".into());
    spans.extend(named(entry));
    if let Some(author) = &entry.author {
        spans.extend([" (".into(), credit(author, place), ")".into()]);
    }
    spans
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
mod tests;
