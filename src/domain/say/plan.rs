//! The plan as a reply: the answer first, then the notes, then what to know before the cut.

use super::{Block, Span, Text, counted};
use crate::domain::outlook::Outlook;
use crate::domain::plan::{Entry, Flag, OTHER, Plan, Section};
use crate::domain::version::Bump;

/// How many entries are listed before the rest is folded away by section.
const LISTED: usize = 40;

/// The reply to `plan`.
pub fn plan(outlook: &Outlook<'_>) -> Text {
    let plan = &outlook.plan;
    let mut blocks = vec![Block::Line(headline(outlook))];
    blocks.extend(sections(plan));
    blocks.extend(left_out(plan));
    blocks.extend(before_you_cut(plan));
    if !plan.is_empty() && outlook.with.is_none() {
        blocks.push(Block::Command("/release cut".to_owned()));
    }
    if let Some(change) = &outlook.with {
        blocks.push(Block::Line(vec![
            Span::Change(change.number),
            " is not merged; this is how the release would be if it were merged now.".into(),
        ]));
    }
    Text(blocks)
}

/// The reply to `notes`: the notes as the release page would show them.
pub fn notes(outlook: &Outlook<'_>) -> Text {
    let plan = &outlook.plan;
    let mut blocks = vec![Block::Line(headline(outlook))];
    blocks.extend(sections(plan));
    blocks.extend(left_out(plan));
    Text(blocks)
}

fn headline(outlook: &Outlook<'_>) -> Vec<Span> {
    let plan = &outlook.plan;
    let since = match &plan.previous {
        Some(previous) => vec![" since ".into(), Span::Written(previous.tag.to_string())],
        None => vec![" so far".into()],
    };
    let count = plan.shown().count() + plan.hidden.len() + plan.excluded.len();
    let counted = counted(count, "change", "changes");
    let Some(tag) = &plan.tag else {
        let mut line = vec![Span::strong("Nothing to release"), Span::words(format!(": {counted}"))];
        line.extend(since);
        line.push(match count {
            0 => ".".into(),
            _ => ", none of which asks for a version.".into(),
        });
        return line;
    };
    let mut line =
        vec![Span::Strong(vec!["Next: ".into(), Span::Written(tag.to_string())]), Span::words(" (")];
    line.extend(reason(plan));
    line.push(Span::words(format!(") · {counted}")));
    line.extend(since);
    line.push(" · only a preview".into());
    line
}

/// "minor: #12 adds a feature".
fn reason(plan: &Plan) -> Vec<Span> {
    let said = match plan.bump {
        Bump::Major => " breaks users",
        Bump::Minor => " adds a feature",
        Bump::Patch | Bump::None => "",
    };
    match &plan.reason {
        Some(reason) if !said.is_empty() => {
            let who = reason.number.map_or_else(|| Span::Commit(reason.commit.clone()), Span::Change);
            vec![Span::words(format!("{}: ", plan.bump)), who, said.into()]
        }
        _ => vec![Span::words(plan.bump.as_str())],
    }
}

/// The sections of the notes; over [`LISTED`] entries, all but the first are folded away.
pub fn sections(plan: &Plan) -> Vec<Block> {
    let mut listed = 0;
    let mut blocks = Vec::new();
    for section in &plan.sections {
        listed += section.entries.len();
        let list = Block::List(section.entries.iter().map(entry).collect());
        if listed > LISTED && section.entries.len() > 1 {
            blocks.push(Block::Fold { summary: title(section, true), body: Text(vec![list]) });
        } else {
            blocks.push(Block::Line(vec![Span::Strong(title(section, false))]));
            blocks.push(list);
        }
    }
    blocks
}

fn title(section: &Section, with_count: bool) -> Vec<Span> {
    let mut line = vec![Span::Written(section.title.clone())];
    if with_count {
        line.push(Span::words(format!(" ({})", section.entries.len())));
    }
    line
}

/// "Sign in with passkeys #12 (`ana`)".
pub fn entry(entry: &Entry) -> Vec<Span> {
    let mut line = vec![Span::Written(entry.title.clone()), " ".into()];
    line.push(entry.number.map_or_else(|| Span::Commit(entry.commit.clone()), Span::Change));
    if let Some(author) = &entry.author {
        line.extend([" (".into(), Span::Person(author.name().to_owned()), ")".into()]);
    }
    line
}

/// What ships without a line in the notes.
fn left_out(plan: &Plan) -> Option<Block> {
    let entries: Vec<_> = plan.hidden.iter().chain(&plan.excluded).map(entry).collect();
    let summary = vec![Span::words(format!("Not in the notes, but in the release ({})", entries.len()))];
    (!entries.is_empty()).then(|| Block::Fold { summary, body: Text(vec![Block::List(entries)]) })
}

fn before_you_cut(plan: &Plan) -> Vec<Block> {
    let mut lines: Vec<Vec<Span>> =
        plan.flags.iter().filter(|flag| flag.is_blocker()).map(|flag| said(flag, plan)).collect();
    lines.extend(plan.flags.iter().filter(|flag| !flag.is_blocker()).map(|flag| said(flag, plan)));
    if let Some(due) = plan.due {
        lines.push(vec!["Its milestone is due on ".into(), Span::time(due), ".".into()]);
    }
    if lines.is_empty() {
        return vec![];
    }
    vec![Block::Line(vec![Span::strong("Before you cut")]), Block::List(lines)]
}

fn said(flag: &Flag, plan: &Plan) -> Vec<Span> {
    match flag {
        Flag::OtherMilestone { change, milestone } => vec![
            Span::Change(*change),
            " is of milestone ".into(),
            Span::Written(milestone.clone()),
            ", but it is merged: its code ships in this release.".into(),
        ],
        Flag::Uncategorised { change, has_labels } => vec![
            Span::Change(*change),
            if *has_labels { " has no label that decides".into() } else { " has no label".into() },
            Span::words(format!(", so it stands under {OTHER}. Add ")),
            Span::code("feature"),
            ", ".into(),
            Span::code("fix"),
            " or ".into(),
            Span::code("skip-changelog"),
            ".".into(),
        ],
        Flag::BreakingStays { change, commit } => vec![
            change.map_or_else(|| Span::Commit(commit.clone()), Span::Change),
            " breaks users, so it stays in the notes.".into(),
        ],
        Flag::StillOpen { number, is_change, title, milestone } => vec![
            "Milestone ".into(),
            Span::Written(milestone.clone()),
            " still expects ".into(),
            if *is_change {
                Span::Change(crate::domain::id::ChangeNumber(*number))
            } else {
                Span::Issue(*number)
            },
            ": ".into(),
            Span::Written(title.clone()),
        ],
        Flag::VersionTaken => vec!["A tag of this version exists already.".into()],
        Flag::NotAbovePrevious => match &plan.previous {
            Some(previous) => {
                vec!["This version is not above ".into(), Span::Written(previous.tag.to_string()), ".".into()]
            }
            None => vec!["This version is not above the previous one.".into()],
        },
        Flag::NoSuchTag => vec!["The tag pattern makes no tag of this version that git takes.".into()],
    }
}
