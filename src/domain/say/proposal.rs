//! What is said of the change that carries the next release: its title, its text, and why its merge did not cut.

use jiff::civil::Date;

use super::{Block, Span, Text, code, tagged};
use crate::domain::id::{Actor, CommitId, ComponentName, TagName};
use crate::domain::notes;
use crate::domain::plan::Plan;
use crate::domain::state::DraftChange;
use crate::domain::version::Version;

/// The title of the change.
pub fn title(tag: &TagName) -> String {
    format!("Release {tag}")
}

/// The heading of the release in the changelog.
pub fn section(tag: &TagName, today: Date) -> String {
    format!("{tag} ({today})")
}

/// What a commit of ours says below its title.
const MESSAGE: &str = "The version and what is new in it.";

/// The message of the commit that the change brings.
pub fn message(title: &str) -> String {
    format!("{title}\n\n{MESSAGE}")
}

/// Whether a commit says what ours say.
pub fn is_message(message: &str) -> bool {
    message.trim_end().ends_with(&format!("\n\n{MESSAGE}"))
}

/// What the change says of itself.
pub fn description(tag: &TagName, plan: &Plan) -> Text {
    let mut text = Text(vec![Block::Line(vec![
        Span::Strong(vec!["Merging this releases ".into(), Span::Written(tag.to_string())]),
        ". It follows what is merged; until then nothing is released.".into(),
    ])]);
    text.0.extend(notes::release_page(plan).0);
    text.0.push(Block::Small(vec![
        "What you write above or below my text stays. If you push commits to this branch, I leave it as it is from then on."
            .into(),
    ]));
    text
}

/// Files that the policy names and that name no version.
pub fn left_out(files: &[String]) -> Option<Block> {
    if files.is_empty() {
        return None;
    }
    let mut line: Vec<Span> = vec!["Not there, or without a version that I could raise: ".into()];
    for (at, file) in files.iter().enumerate() {
        line.extend((at > 0).then(|| ", ".into()));
        line.push(Span::code(file.clone()));
    }
    line.push(".".into());
    Some(Block::Line(line))
}

/// What a plan says of the change: that merging it is the cut, or that it is not renewed any more.
pub fn stands(change: &DraftChange) -> Block {
    Block::Line(if change.left.is_none() {
        vec![
            "Somebody pushed to the branch of ".into(),
            Span::Change(change.number),
            ", so I leave it as it is; merging it is the cut. Close it, and the next merge makes a new one."
                .into(),
        ]
    } else {
        vec![Span::Change(change.number), " follows what is merged; merging it is the cut.".into()]
    })
}

/// Somebody pushed commits of their own.
pub fn theirs() -> Text {
    Text(vec![
        Block::Line(vec!["There are commits here that are not mine, so I leave this branch as it is.".into()]),
        Block::Line(vec![
            "Merging it still is the cut. What is merged from now on is in the release, but not in these files.".into(),
        ]),
        Block::Line(vec!["Close it, and the next merge makes a new one.".into()]),
    ])
}

/// A release whose change was merged, and which was not cut all the same.
#[derive(Debug, Clone, Copy)]
pub struct Uncut<'a> {
    /// Its tag.
    pub tag: &'a TagName,
    /// Of which component.
    pub component: &'a ComponentName,
    /// Its version, where it has one.
    pub version: Option<&'a Version>,
    /// What the merge made, where that could be read.
    pub commit: Option<&'a CommitId>,
}

impl Uncut<'_> {
    /// What is said of it: why, what comes first, and the command.
    fn said(self, why: Vec<Span>, (next, because): (&str, &str)) -> Text {
        let version = self.version.map_or_else(|| "X.Y.Z".to_owned(), ToString::to_string);
        let commit = self.commit.map(|commit| format!(" {}", commit.short())).unwrap_or_default();
        let mut first = vec![tagged(self.tag, " is not cut"), ": ".into()];
        first.extend(why);
        Text(vec![
            Block::Line(first),
            Block::Line(vec![Span::words(next)]),
            Block::Command(format!("/release cut v{version}{commit}{}", super::cut::of(self.component))),
            code(because),
        ])
    }
}

/// It was merged by somebody who may not release.
pub fn not_a_releaser(by: &Actor, uncut: Uncut<'_>) -> Text {
    let why =
        vec![Span::Person(by.login.clone()), " merged this, but is none of those who may release.".into()];
    uncut.said(why, ("The files say the new version already. A releaser cuts it with:", "E_ROLE"))
}

/// The policy file is broken.
pub fn blocked(uncut: Uncut<'_>) -> Text {
    let why = vec!["the policy file cannot be read.".into()];
    uncut.said(why, ("Once it is mended, a releaser cuts it with:", "E_POLICY"))
}

/// Nobody can say what was merged, or by whom.
pub fn unread(uncut: Uncut<'_>) -> Text {
    let why = vec!["I could not read who merged this.".into()];
    uncut.said(why, ("A releaser cuts it with:", "E_UNREADABLE"))
}

/// The refusal of a bare command where a change carries the release.
pub fn by_merge(change: &DraftChange) -> Text {
    Text(vec![
        Block::Line(vec![
            "Nothing was cut: here, merging ".into(),
            Span::Change(change.number),
            " is the cut.".into(),
        ]),
        Block::Line(vec![
            "To release without it, and without its files, name the version: ".into(),
            Span::code("/release cut vX.Y.Z"),
            ".".into(),
        ]),
        code("E_BY_MERGE"),
    ])
}
