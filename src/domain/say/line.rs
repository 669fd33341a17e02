//! What is said of a line of versions with a branch of its own: that it is open and what is on it, and why nothing was cut from it.

use super::{Block, Span, Text, counted, refused, release};
use crate::domain::event::{Cut, OfLine};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::line::Standing;
use crate::domain::plan::{Entry, Plan};
use crate::domain::state::{Component, Line};
use crate::domain::version::Version;

/// What `backport` calls the branch.
fn called(branch: &BranchName) -> &str {
    branch.as_str().strip_prefix("release/").unwrap_or(branch.as_str())
}

fn backport(branch: &BranchName) -> Span {
    Span::code(format!("/release backport {}", called(branch)))
}

fn cut_of(version: &Version) -> String {
    format!("/release cut v{}", version.core())
}

/// There is no line of that version.
pub fn none(version: &Version, branch: &BranchName) -> Text {
    let first = vec!["Nothing was cut: there is no line for ".into(), release(version), " yet.".into()];
    let rest = [
        Block::Line(vec![
            "Its first candidate makes the branch ".into(),
            Span::code(branch.as_str()),
            ":".into(),
        ]),
        Block::Command(format!("{} --pre rc", cut_of(version))),
        Block::Line(vec![
            "From a branch that I did not make it is cut by a command on a ".into(),
            Span::ChangeWord,
            " that was merged there.".into(),
        ]),
    ];
    refused(first, rest, "E_NO_LINE")
}

/// Another line is open, of which no release is out.
pub fn another_is_open(open: &Line, component: &Component) -> Text {
    let first = vec![
        "Nothing was cut: ".into(),
        Span::code(open.branch.as_str()),
        " is open, and one line is at a time.".into(),
    ];
    let newest = component.releases.iter().map(|mark| &mark.version).find(|version| open.holds(version));
    let mut rest = Vec::new();
    if let Some(newest) = newest {
        rest.push(Block::Line(vec!["Cut its release first:".into()]));
        rest.push(Block::Command(cut_of(newest)));
    }
    rest.push(Block::Line(vec![
        "If nothing shall come of it, delete the branch and send the command again.".into(),
    ]));
    refused(first, rest, "E_LINE_OPEN")
}

/// The branch of the line is there, and lacks the commit.
pub fn taken(branch: &BranchName, cut: &Cut) -> Text {
    let first = vec![
        "Nothing was cut: ".into(),
        Span::code(branch.as_str()),
        " is there already, without ".into(),
        Span::Commit(cut.commit.clone()),
        ".".into(),
    ];
    let rest = [
        Block::Line(vec!["A branch is never moved. If it is left over, delete it and send the command again. A commit that is on it takes it over:".into()]),
        Block::Command("/release cut SHA".to_owned()),
        Block::Line(vec!["Or begin another line:".into()]),
        Block::Command("/release cut vX.Y.Z --pre rc".to_owned()),
    ];
    refused(first, rest, "E_BRANCH_TAKEN")
}

/// The commit that was asked for is not on the line.
pub fn not_on_it(commit: &CommitId, branch: &BranchName) -> Text {
    let first = vec![
        "Nothing was cut: ".into(),
        Span::Commit(commit.clone()),
        " is not on ".into(),
        Span::code(branch.as_str()),
        ".".into(),
    ];
    let rest = [Block::Line(vec![
        "What is merged elsewhere goes there by ".into(),
        backport(branch),
        " on its ".into(),
        Span::ChangeWord,
        ".".into(),
    ])];
    refused(first, rest, "E_NOT_ON_BRANCH")
}

/// What is on the line's branch alone is not guarded.
pub fn unprotected(commit: &CommitId, branch: &BranchName) -> Text {
    let first = vec!["Nothing was cut: ".into(), Span::code(branch.as_str()), " is not protected.".into()];
    let rest = [Block::Line(vec![
        Span::Commit(commit.clone()),
        " is on no other branch that releases come from. Protect it (".into(),
        Span::code("release/*"),
        " is for all lines), and send the command again.".into(),
    ])];
    refused(first, rest, "E_NOT_ON_BRANCH")
}

/// Nothing that asks for a candidate is on the line.
pub fn nothing(plan: &Plan, branch: &BranchName) -> Text {
    let mut first = vec!["Nothing to release: nothing on ".into(), Span::code(branch.as_str())];
    first.push(" asks for a version".into());
    let previous = plan.previous.as_ref();
    first.extend(previous.iter().flat_map(|known| [" since ".into(), Span::Written(known.tag.to_string())]));
    first.push(".".into());
    let mut rest = Vec::new();
    if let Some(early) = previous.map(|known| &known.version).filter(|version| version.is_prerelease()) {
        rest.push(Block::Line(vec!["To make it the release:".into()]));
        rest.push(Block::Command(cut_of(early)));
    }
    rest.push(Block::Line(vec![
        "A fix comes there by ".into(),
        backport(branch),
        " on a merged ".into(),
        Span::ChangeWord,
        ".".into(),
    ]));
    refused(first, rest, "E_NOTHING")
}

/// What a candidate's report adds: how its line goes on.
pub(super) fn goes_on(cut: &Cut, line: &OfLine) -> Vec<Block> {
    let branch = line.branch();
    let mut blocks = vec![Block::Line(vec![
        Span::code(branch.as_str()),
        " is open. A fix comes there by ".into(),
        backport(branch),
        " on a merged ".into(),
        Span::ChangeWord,
        "; ".into(),
        Span::code("/release cut"),
        " makes the next candidate, ".into(),
        Span::code(cut_of(&cut.version)),
        " the release.".into(),
    ])];
    if let OfLine::Begins(_) = line {
        blocks.push(Block::Line(vec![
            "Protect the branch (".into(),
            Span::code("release/*"),
            " is for all lines): what is merged there is cut only from a protected one.".into(),
        ]));
    }
    blocks
}

/// What `plan` and `status` say of an open line: its newest candidate, what is new since, and how to go on.
pub(super) fn stands(line: &Standing) -> Vec<Block> {
    let plan = &line.plan;
    let candidate = plan.previous.as_ref().filter(|known| known.version.is_prerelease());
    let entries: Vec<Vec<Span>> = plan.entries().map(entry).collect();
    let mut first =
        vec![Span::Strong(vec![Span::code(line.branch.as_str()), " is open".into()]), ": ".into()];
    match candidate {
        Some(known) => {
            first.extend([Span::Written(known.tag.to_string()), " is its newest candidate".into()])
        }
        None => first.push("it has no candidate yet".into()),
    }
    first.push(match entries.len() {
        0 => ", and nothing is new since.".into(),
        count => Span::words(format!(", {} on it since.", counted(count, "change", "changes"))),
    });
    let mut blocks = vec![Block::Line(first)];
    if !entries.is_empty() {
        let summary = vec!["On ".into(), Span::code(line.branch.as_str())];
        blocks.push(Block::Fold { summary, body: Text(vec![Block::List(entries)]) });
    }
    blocks.extend(commands(plan).map(Block::Line));
    blocks
}

fn entry(entry: &Entry) -> Vec<Span> {
    let which = entry.number.map_or_else(|| Span::Commit(entry.commit.clone()), Span::Change);
    vec![Span::Written(entry.title.clone()), " ".into(), which]
}

/// The commands that go on with a line.
fn commands(plan: &Plan) -> Option<Vec<Span>> {
    let early = plan.previous.as_ref().map(|known| &known.version).filter(|it| it.is_prerelease());
    let release = early.or(plan.version.as_ref()).map(|version| Span::code(cut_of(version)))?;
    Some(match &plan.tag {
        Some(tag) => vec![
            Span::code("/release cut"),
            " makes ".into(),
            Span::Written(tag.to_string()),
            " of it, ".into(),
            release,
            " the release.".into(),
        ],
        None => vec![release, " makes it the release.".into()],
    })
}

/// What a plan says that would begin a line.
pub(super) fn would_begin(branch: &BranchName) -> Block {
    Block::Line(vec![
        "It begins a line: a cut makes the branch ".into(),
        Span::code(branch.as_str()),
        " and the first candidate there.".into(),
    ])
}
