//! What is said when people shape the notes.

use super::{Block, Span, Text, code};
use crate::domain::id::ChangeNumber;
use crate::domain::version::Version;

/// A change is shown.
pub fn included(number: ChangeNumber) -> Text {
    Text::line([Span::Change(number), " stands in the notes of the next release.".into()])
}

/// A change is hidden; its code is not.
pub fn skipped(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            " is hidden from the notes. Its code ships all the same.".into(),
        ]),
        Block::Line(vec!["To show it again:".into()]),
        Block::CommandOn { command: "/release include".to_owned(), change: number },
    ])
}

/// What breaks users is always told.
pub fn breaking_stays(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            " is a breaking change; those always stand in the notes. Nothing was done.".into(),
        ]),
        code("E_BREAKING"),
    ])
}

/// There is no such change.
pub fn no_such_change(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            "There is no ".into(),
            Span::ChangeWord,
            " ".into(),
            Span::Change(number),
            " here. Nothing was done.".into(),
        ]),
        Block::Line(vec!["What the next release contains:".into()]),
        Block::Command("/release plan".to_owned()),
        code("E_CHANGE"),
    ])
}

/// It is in a release already.
pub fn already_out(number: ChangeNumber, version: &Version) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            Span::words(format!(" is in v{version}, whose notes are frozen. Nothing was done.")),
        ]),
        Block::Line(vec!["What you edit on the release page itself stays.".into()]),
        code("E_RELEASED"),
    ])
}

/// It was closed without a merge.
pub fn never_merged(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            " was closed without a merge, so it is in no release.".into(),
        ]),
        code("E_CHANGE"),
    ])
}

/// It is merged, but not on the way to the next release.
pub fn not_in_next(number: ChangeNumber) -> Text {
    Text(vec![
        Block::Line(vec![
            Span::Change(number),
            " is merged, but not part of the next release from the default branch.".into(),
        ]),
        Block::Line(vec!["What the next release contains:".into()]),
        Block::Command("/release plan".to_owned()),
        code("E_CHANGE"),
    ])
}
