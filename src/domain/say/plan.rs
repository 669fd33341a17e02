//! The words of a plan: what the next release would be, what is in it, and what to know before the cut. Gates and the way after the cut are said elsewhere.

use super::counted;
use super::text::{Block, Revision, Span, Text};
use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::notes::{self, Place};
use crate::domain::plan::{Entry, Flag, OTHER, Part, Plan, Reason, Reverted};
use crate::domain::version::{Bump, Series};

/// The whole plan, without the command that would cut it: only the caller knows whether there is one.
pub fn plan(plan: &Plan) -> Text {
    let mut text = Text(vec![Block::Line(headline(plan))]);
    text.0.extend(plan.due.map(|due| {
        let day = due.strftime("%a %-d %b %Y");
        Block::Line(vec![Span::words(format!("Its milestone plans it for {day}."))])
    }));
    text.0.extend(notes::sections(plan, Place::Answer));
    text.0.extend(left_out("Hidden, but it ships", &plan.hidden));
    text.0.extend(left_out("Excluded, but it ships", &plan.excluded));
    text.0.extend(reverted(&plan.reverted));
    let flags: Vec<Vec<Span>> = plan.flags.iter().map(|it| flag(it, plan)).collect();
    if !flags.is_empty() {
        text.0.push(Block::Line(vec![Span::strong("Before you cut")]));
        text.0.push(Block::List(flags));
    }
    text
}

/// The first line: **Next: v1.5.0** (minor: #12 adds a feature) · 7 changes since v1.4.2 · only a preview.
pub fn headline(plan: &Plan) -> Vec<Span> {
    let Some(version) = &plan.version else {
        return nothing(plan);
    };
    let name = plan.tag.as_ref().map_or_else(|| version.to_string(), ToString::to_string);
    let mut spans = vec![Span::Strong(vec!["Next: ".into(), Span::Written(name)])];
    spans.extend(why(plan));
    let count = counted(plan.entries().count(), "change", "changes");
    match &plan.previous {
        Some(previous) => {
            let (from, to) = (Revision::Tag(previous.tag.clone()), Revision::Commit(plan.head.clone()));
            let changes = Span::Compare { words: Some(count), from, to };
            spans.extend([" · ".into(), changes, " since ".into(), Span::Written(previous.tag.to_string())]);
        }
        None => spans.push(Span::words(format!(" · {count}, the first release"))),
    }
    spans.push(" · only a preview".into());
    spans
}

/// The first line of one component among others: **web: web-v1.5.0** (minor: #12 adds a feature) · only a preview.
pub fn headline_of_component(plan: &Plan) -> Vec<Span> {
    let name = plan.tag.as_ref().map(ToString::to_string);
    let name = name.or_else(|| plan.version.as_ref().map(ToString::to_string)).unwrap_or_default();
    let mut spans =
        vec![Span::Strong(vec![Span::Written(plan.component.to_string()), ": ".into(), Span::Written(name)])];
    spans.extend(why(plan));
    spans.extend(
        plan.previous
            .iter()
            .flat_map(|previous| [" · since ".into(), Span::Written(previous.tag.to_string())]),
    );
    spans.push(" · only a preview".into());
    spans
}

fn nothing(plan: &Plan) -> Vec<Span> {
    let since =
        plan.previous.iter().flat_map(|previous| [" since ".into(), Span::Written(previous.tag.to_string())]);
    let count = plan.entries().count();
    let (which, asks) = match count {
        0 => (": no change".to_owned(), ""),
        _ => (format!(": none of {}", counted(count, "change", "changes")), " asks for a version"),
    };
    let mut line = vec![Span::strong("Nothing to release"), Span::Words(which)];
    line.extend(since);
    line.push(asks.into());
    line
}

fn why(plan: &Plan) -> Vec<Span> {
    let Some(Reason { number, commit }) = &plan.reason else { return Vec::new() };
    let bump = plan.bump;
    let deed = match bump {
        Bump::Major => " is a breaking change",
        Bump::Minor => " adds a feature",
        Bump::Patch => return vec![Span::words(format!(" ({bump})"))],
        Bump::None => return vec![],
    };
    let cause = number.map_or_else(|| Span::Commit(commit.clone()), Span::Change);
    vec![Span::words(format!(" ({bump}: ")), cause, deed.into(), ")".into()]
}

fn left_out(title: &str, entries: &[Entry]) -> Option<Block> {
    let line = |entry: &Entry| {
        let which = named(entry.number, &entry.commit);
        vec![Span::Written(entry.title.clone()), " ".into(), which]
    };
    let body = Text(vec![Block::List(entries.iter().map(line).collect())]);
    let summary = vec![Span::words(format!("{title} ({})", entries.len()))];
    (!entries.is_empty()).then_some(Block::Fold { summary, body })
}

/// What was reverted before it went out, each pair in one line.
fn reverted(all: &[Reverted]) -> Option<Block> {
    let line = |reverted: &Reverted| {
        let Part::UndoneBy(by) = &reverted.part else { return None };
        let entry = &reverted.entry;
        let which = named(entry.number, &entry.commit);
        let by = named(by.number, &by.commit);
        Some(vec![Span::Written(entry.title.clone()), " ".into(), which, ", undone by ".into(), by])
    };
    let lines: Vec<Vec<Span>> = all.iter().filter_map(line).collect();
    let summary = vec![Span::words(format!("Reverted again, so without effect ({})", lines.len()))];
    (!lines.is_empty()).then(|| Block::Fold { summary, body: Text(vec![Block::List(lines)]) })
}

fn named(number: Option<ChangeNumber>, commit: &CommitId) -> Span {
    number.map_or_else(|| Span::Commit(commit.clone()), Span::Change)
}

/// One thing to know before the cut, in one sentence or two.
pub fn flag(flag: &Flag, plan: &Plan) -> Vec<Span> {
    let version = plan.tag.as_ref().map(ToString::to_string);
    let version = version.or_else(|| plan.version.as_ref().map(ToString::to_string)).unwrap_or_default();
    match flag {
        Flag::OtherMilestone { change, milestone } => vec![
            Span::Change(*change),
            " is of milestone ".into(),
            Span::Written(milestone.clone()),
            ", but it is merged: its code ships in ".into(),
            Span::Written(version),
            ".".into(),
        ],
        Flag::Uncategorised { change, has_labels, labels } => uncategorised(*change, *has_labels, labels),
        Flag::BreakingStays { change, commit } => vec![
            change.map_or_else(|| Span::Commit(commit.clone()), Span::Change),
            " is a breaking change, so it stays in the notes although it was to be left out.".into(),
        ],
        Flag::UnknownPaths { count } => vec![
            Span::words(counted(*count, "change", "changes")),
            " whose files are not known: counted in every component.".into(),
        ],
        Flag::StillOpen { number, title, milestone, .. } => vec![
            Span::Change(ChangeNumber(*number)),
            " ".into(),
            Span::Emphasis(vec![Span::Written(title.clone())]),
            " is still open in milestone ".into(),
            Span::Written(milestone.clone()),
            ".".into(),
        ],
        Flag::TemplateFails { line, said } => {
            let place = line.map(|line| format!(" in line {line}")).unwrap_or_default();
            let mut spans = vec![Span::words(format!("The template of the notes fails{place}: "))];
            spans.extend([Span::code(said.clone()), ". They are written without it.".into()]);
            spans
        }
        Flag::VersionTaken => vec![Span::Written(version), " is tagged already.".into()],
        Flag::NotAbovePrevious => {
            let previous =
                plan.previous.as_ref().map(|previous| previous.tag.to_string()).unwrap_or_default();
            vec![
                Span::Written(version),
                " is not above ".into(),
                Span::Written(previous),
                ", the release before.".into(),
            ]
        }
        Flag::OtherScheme { scheme } => not_written(version, scheme),
        Flag::NoSuchTag => vec!["git allows no tag for ".into(), Span::Written(version), ".".into()],
        Flag::Lowered { series } => vec![
            Span::code(series.branch.as_str()),
            Span::words(format!(" takes only {series}, so what is new goes out as a fix: ")),
            Span::Written(version),
            ".".into(),
        ],
        Flag::BeginsLine => vec![
            Span::Written(version),
            " begins a line, so it raises the minor number. A fix for the line before goes there by ".into(),
            Span::code("/release backport"),
            ".".into(),
        ],
        Flag::OutsideSeries { series } => outside(version, series),
    }
}

/// A version is not written as the project writes its own.
pub(super) fn not_written(version: String, scheme: &str) -> Vec<Span> {
    vec![
        Span::Written(version),
        " is not written as versions are here: ".into(),
        Span::code(scheme),
        ".".into(),
    ]
}

/// A version cannot come from its branch.
pub(super) fn outside(version: String, series: &Series) -> Vec<Span> {
    vec![
        Span::Written(version),
        " is not one of ".into(),
        Span::words(series.to_string()),
        ", which is all that may come from ".into(),
        Span::code(series.branch.as_str()),
        ".".into(),
    ]
}

fn uncategorised(change: ChangeNumber, has_labels: bool, labels: &[String]) -> Vec<Span> {
    let lacks = if has_labels { " has no label that names a section" } else { " has no label" };
    let mut spans = vec![
        Span::Change(change),
        lacks.into(),
        ", so it stands under ".into(),
        Span::Emphasis(vec![OTHER.into()]),
        ".".into(),
    ];
    for (at, label) in labels.iter().enumerate() {
        let before = match at {
            0 => " Add ",
            _ if at + 1 == labels.len() => " or ",
            _ => ", ",
        };
        spans.extend([before.into(), Span::code(label)]);
    }
    spans.extend((!labels.is_empty()).then(|| ".".into()));
    spans
}
