//! The notes of a release, made from its plan: what readers are told, in sections. How Markdown looks is the forge's `render`; what the plan itself answers is `say::plan`'s.

use super::plan::{Author, Entry, Plan, Section};
use super::say::{Block, Span, Text};

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

/// The frozen notes of a release. `compare` is the forge's page of the full list.
pub fn release_page(plan: &Plan, compare: Option<&str>) -> Text {
    let mut text = Text(sections(plan, Place::ReleasePage));
    if text.0.is_empty() {
        text.0.push(Block::Line(vec!["No changes that concern users.".into()]));
    }
    text.0.extend(first_timers(plan));
    text.0.extend(compare.map(|to| full_list(plan, to)));
    text
}

/// The notes within a limit: entries are left out from the end until `fits` agrees, and how many is said. An entry is
/// never cut. `fits` renders and measures, so that the limit is the forge's own.
pub fn within(plan: &Plan, compare: Option<&str>, fits: impl Fn(&Text) -> bool) -> Text {
    let whole = release_page(plan, compare);
    if fits(&whole) {
        return whole;
    }
    let count = plan.shown().count();
    // The largest number of entries that fits lies in kept..too_many.
    let (mut kept, mut too_many) = (0, count);
    while too_many - kept > 1 {
        let middle = kept.midpoint(too_many);
        if fits(&shortened(plan, compare, middle)) {
            kept = middle;
        } else {
            too_many = middle;
        }
    }
    shortened(plan, compare, kept)
}

fn shortened(plan: &Plan, compare: Option<&str>, keep: usize) -> Text {
    let mut left = keep;
    let mut short = plan.clone();
    for section in &mut short.sections {
        section.entries.truncate(left);
        left -= section.entries.len();
    }
    short.sections.retain(|section| !section.entries.is_empty());
    short.first_timers.clear();
    let missing = plan.shown().count() - keep;
    let more = format!("and {missing} more {}, left out here for length.", noun(missing));
    let mut text = Text(sections(&short, Place::ReleasePage));
    text.0.push(Block::Line(vec![Span::words(more)]));
    text.0.extend(compare.map(|to| full_list(plan, to)));
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
    spans.push(Span::Written(entry.title.clone()));
    spans.push(" ".into());
    spans.push(match entry.number {
        Some(number) => Span::Change(number),
        None => Span::Commit(entry.commit.clone()),
    });
    if let Some(author) = &entry.author {
        spans.extend([" (".into(), credit(author, place), ")".into()]);
    }
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

fn full_list(plan: &Plan, to: &str) -> Block {
    let since = plan.previous.as_ref().map(|previous| format!(" since {}", previous.tag)).unwrap_or_default();
    Block::Line(vec![Span::Link { words: format!("All commits{since}"), to: to.to_owned() }])
}

/// `change` or `changes`.
pub(super) fn noun(count: usize) -> &'static str {
    if count == 1 { "change" } else { "changes" }
}
