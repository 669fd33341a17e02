//! What is said around a cut: its question, its refusals, its report.

use jiff::Timestamp;

use super::refusal::said_by_forge;
use super::{Advice, Block, Span, Text, code, counted, tagged};
use crate::domain::event::Cut;
use crate::domain::id::{BranchName, ChangeNumber, CommitId, ComponentName, TagName};
use crate::domain::plan::{Flag, Plan, Released};
use crate::domain::query::Triggered;
use crate::domain::signal::Run;
use crate::domain::state::{ReleaseMark, Report};
use crate::domain::version::{TagPattern, Version};

/// The report: what was cut, and which runs it started.
pub fn done(component: &ComponentName, report: &Report, changes: usize) -> Text {
    let Report { cut, page, runs, milestone, .. } = report;
    let mut blocks = vec![Block::Line(vec![
        tagged(&cut.tag, " is cut"),
        " at ".into(),
        Span::Commit(cut.commit.clone()),
        ": ".into(),
        Span::Link { words: "release notes".to_owned(), to: page.clone() },
        Span::words(format!(" · {}", counted(changes, "change", "changes"))),
    ])];
    blocks.extend((!runs.is_empty()).then(|| Block::Line(started(runs))));
    blocks.extend(cut.line.iter().flat_map(|line| super::line::goes_on(cut, line)));
    blocks.extend(milestone.as_ref().map(|after| super::milestone::aftermath(&cut.version, after)));
    blocks.push(Block::Small(vec![
        "What you edit on the release page stays. A tag is never moved: after a mistake, ".into(),
        Span::code(format!("/release withdraw v{}{} -- why", cut.version, of(component))),
        " and cut the next version.".into(),
    ]));
    Text(blocks)
}

fn started(runs: &[Run]) -> Vec<Span> {
    let mut line = vec!["The tag started ".into()];
    for (at, run) in runs.iter().enumerate() {
        if at > 0 {
            line.push(", ".into());
        }
        line.push(Span::code(run.file.clone()));
        line.extend([" (".into(), Span::Link { words: "run".to_owned(), to: run.page.clone() }, ")".into()]);
    }
    line.push(", which Lockkeeper does not control.".into());
    line
}

/// The first cut's question: what the tag would start.
pub fn question(cut: &Cut, starts: Result<&[Triggered], String>, until: Timestamp, command: &str) -> Text {
    let mut blocks = Vec::new();
    match starts {
        Ok(starts) => {
            blocks.push(Block::Line(vec![
                Span::strong("Not yet cut"),
                ": the tag ".into(),
                Span::Written(cut.tag.to_string()),
                " would start ".into(),
                Span::Automations(starts.len()),
                ".".into(),
            ]));
            blocks.push(Block::List(starts.iter().map(triggered).collect()));
        }
        Err(why) => {
            blocks.push(Block::Line(vec![
                Span::strong("Not yet cut"),
                ": I cannot read what the tag would start.".into(),
            ]));
            blocks.push(Block::Line(said_by_forge(&why)));
        }
    }
    blocks.push(Block::Line(vec![
        "This is the first cut here, so nothing was written. Is that what you want? Send it again before "
            .into(),
        Span::time(until),
        ":".into(),
    ]));
    blocks.push(Block::Command(command.to_owned()));
    Text(blocks)
}

fn triggered(one: &Triggered) -> Vec<Span> {
    vec![Span::code(one.file.clone()), Span::words(format!(" (on {})", one.on.join(", ")))]
}

/// Another cut is under way.
pub fn busy(cut: &Cut) -> Text {
    Text(vec![
        Block::Line(vec![tagged(&cut.tag, ""), " is being cut at the moment. Nothing was done.".into()]),
        code("E_BUSY"),
    ])
}

/// The command stands on a change that is not merged.
pub fn not_merged(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            " is not merged, so it is in no release. Nothing was cut.".into(),
        ]),
        Block::Line(vec![
            "To release without it, send the command on a merged ".into(),
            Span::ChangeWord,
            " or an issue.".into(),
        ]),
        code("E_NOT_MERGED"),
    ])
}

/// There is no such commit.
pub fn no_such_commit(prefix: &str) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::code(prefix.to_owned()),
            " names no commit here, or more than one. Nothing was cut.".into(),
        ]),
        Block::Line(vec!["More characters of the commit's name help where there are several.".into()]),
        code("E_COMMIT"),
    ])
}

/// The commit is on no branch that releases come from.
pub fn not_on_branch(commit: &CommitId, branch: &BranchName) -> Text {
    Text(vec![
        Block::Line(vec![
            "Nothing was cut: ".into(),
            Span::Commit(commit.clone()),
            " is on no branch that releases come from.".into(),
        ]),
        Block::Line(vec![
            "Releases come from ".into(),
            Span::code(branch.as_str()),
            " and from protected branches that the policy file lists under ".into(),
            Span::code("branches"),
            ".".into(),
        ]),
        code("E_NOT_ON_BRANCH"),
    ])
}

/// There is nothing that asks for a version.
pub fn nothing(plan: &Plan) -> Text {
    let mut first: Vec<Span> = vec!["Nothing to release".into()];
    match &plan.previous {
        Some(previous) => first.extend([" since ".into(), Span::Written(previous.tag.to_string())]),
        None => first.push(" yet".into()),
    }
    first.push(": no change asks for a version.".into());
    Text(vec![
        Block::Line(first),
        Block::Line(vec![
            "To release all the same, name the version: ".into(),
            Span::code("/release cut vX.Y.Z"),
            ".".into(),
        ]),
        code("E_NOTHING"),
    ])
}

/// The pattern makes no tag of the version.
pub fn no_such_tag(version: &Version, pattern: &TagPattern) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::words(format!("Nothing was cut: git allows no tag for {version} by the pattern ")),
            Span::code(pattern.to_string()),
            ".".into(),
        ]),
        Block::Line(vec![
            "Choose another version, or another pattern under ".into(),
            Span::code("versioning.tag"),
            " in the policy file.".into(),
        ]),
        code("E_TAG"),
    ])
}

/// That release is cut already.
pub fn already_cut(mark: &ReleaseMark) -> Text {
    Text(vec![
        Block::Line(vec![
            tagged(&mark.tag, ""),
            " is cut already, at ".into(),
            Span::Commit(mark.commit.clone()),
            ", since ".into(),
            Span::time(mark.at),
            ". Nothing was done.".into(),
        ]),
        code("E_ALREADY_CUT"),
    ])
}

/// The tag stands on another commit.
pub fn tag_taken(tag: &TagName, by: Option<&CommitId>, wanted: &CommitId) -> Text {
    let mut line =
        vec!["Nothing was cut: the tag ".into(), Span::code(tag.as_str()), " exists already".into()];
    if let Some(commit) = by {
        line.extend([", on ".into(), Span::Commit(commit.clone())]);
    }
    line.push(".".into());
    Text(vec![
        Block::Line(line),
        Block::Line(vec![
            "A tag is never moved. To release ".into(),
            Span::Commit(wanted.clone()),
            ", choose another version: ".into(),
            Span::code("/release cut vX.Y.Z"),
            ".".into(),
        ]),
        code("E_TAG_TAKEN"),
    ])
}

/// The version is not above the one before it.
pub fn not_above(version: &Version, previous: Option<&Released>) -> Text {
    let mut line = vec![Span::words(format!("Nothing was cut: {version} is not above "))];
    line.push(
        previous.map_or_else(
            || "the previous release".into(),
            |previous| Span::Written(previous.tag.to_string()),
        ),
    );
    line.push(".".into());
    Text(vec![
        Block::Line(line),
        Block::Line(vec!["What the changes ask for:".into()]),
        Block::Command("/release plan".to_owned()),
        code("E_VERSION"),
    ])
}

/// The version is not written as versions are here, or cannot come from its branch.
pub fn misnamed(flag: &Flag, plan: &Plan, code: &'static str) -> Text {
    let mut line = vec!["Nothing was cut: ".into()];
    line.extend(super::plan::flag(flag, plan));
    Text(vec![Block::Line(line), super::code(code)])
}

/// The forge forbids it.
pub fn forbidden(component: &ComponentName, cut: &Cut, said: &str) -> Text {
    Text(vec![
        Block::Line(vec![tagged(&cut.tag, ""), " was not cut: ".into(), Span::Forge, " refuses it.".into()]),
        Block::Line(vec!["It said: ".into(), Span::Written(said.to_owned())]),
        Block::Advice(Advice::TagRights),
        Block::Line(vec!["To go on where it stopped:".into()]),
        again(component, cut),
        code("E_FORBIDDEN"),
    ])
}

/// What the cut needs went away.
pub fn gone(component: &ComponentName, cut: &Cut) -> Text {
    Text(vec![
        Block::Line(vec![
            tagged(&cut.tag, ""),
            " was not cut: what it needs went away in the meantime.".into(),
        ]),
        Block::Line(vec!["What is there is kept. To go on where it stopped:".into()]),
        again(component, cut),
        code("E_GONE"),
    ])
}

/// Nobody can say whether it happened.
pub fn lost(component: &ComponentName, cut: &Cut, why: &str) -> Text {
    Text(vec![
        Block::Line(vec![
            tagged(&cut.tag, ""),
            " may be half cut: an answer of ".into(),
            Span::Forge,
            " was lost.".into(),
        ]),
        Block::Line(vec!["What is known: ".into(), Span::Written(why.to_owned())]),
        Block::Line(vec![
            "Look at the tag and the release page. What is there is adopted when you go on:".into(),
        ]),
        again(component, cut),
        code("E_LOST"),
    ])
}

/// The command that takes up exactly this cut: a tag that is there already is adopted.
fn again(component: &ComponentName, cut: &Cut) -> Block {
    Block::Command(format!("/release cut v{} {}{}", cut.version, cut.commit.short(), of(component)))
}

/// What a command needs besides, where several components are.
pub(super) fn of(component: &ComponentName) -> String {
    if component.is_default() { String::new() } else { format!(" --component {component}") }
}
