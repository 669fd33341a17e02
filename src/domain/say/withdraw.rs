//! What is said of a release that was cut by mistake.

use super::{Block, Span, Text, code};
use crate::domain::state::ReleaseMark;

/// It is withdrawn.
pub fn done(mark: &ReleaseMark, has_page: bool) -> Text {
    let page = if has_page { " Its page gets a banner;" } else { " It has no page;" };
    Text(vec![
        Block::Line(vec![
            super::tagged(&mark.tag, " is withdrawn"),
            ": held everywhere, its tag stays.".into(),
        ]),
        Block::Line(vec![Span::words(format!(
            "{} the tag is never moved or deleted. What the next release would be:",
            page.trim_start()
        ))]),
        Block::Command("/release plan".to_owned()),
    ])
}

/// The banner above the notes.
pub fn banner(mark: &ReleaseMark, reason: &str) -> Text {
    Text(vec![
        Block::Line(vec![super::tagged(&mark.tag, " was withdrawn."), " Do not use it.".into()]),
        Block::Line(vec!["Why: ".into(), Span::Written(reason.to_owned())]),
    ])
}

/// No such release is known.
pub fn unknown(version: &str, releases: &[ReleaseMark]) -> Text {
    let mut blocks = vec![Block::Line(vec![
        "I know no release ".into(),
        Span::Written(format!("v{version}")),
        ". Nothing was done.".into(),
    ])];
    let known: Vec<_> = releases.iter().filter(|mark| !mark.withdrawn).take(5).collect();
    if !known.is_empty() {
        blocks.push(Block::Line(vec!["The newest that I know:".into()]));
        blocks.push(Block::List(known.iter().map(|mark| vec![Span::code(mark.tag.as_str())]).collect()));
    }
    blocks.push(code("E_UNKNOWN_VERSION"));
    Text(blocks)
}

/// It is withdrawn already.
pub fn already(mark: &ReleaseMark) -> Text {
    Text(vec![
        Block::Line(vec![super::tagged(&mark.tag, ""), " is withdrawn already. Nothing was done.".into()]),
        code("E_WITHDRAWN"),
    ])
}

/// It is being cut at the moment.
pub fn being_cut(version: &str) -> Text {
    Text(vec![
        Block::Line(vec![Span::words(format!("v{version} is being cut at the moment. Nothing was done."))]),
        Block::Line(vec!["Once it is cut:".into()]),
        Block::Command(format!("/release withdraw v{version} -- why")),
        code("E_BUSY"),
    ])
}
