//! The words of a tag and of a release page that the notes themselves do not have.

use super::{Block, Text};
use crate::domain::event::Cut;

/// The message of the annotated tag.
pub fn tag_message(cut: &Cut) -> String {
    format!("Release {}", cut.version)
}

/// What stands on a page whose notes were erased before it was made.
pub fn erased() -> Text {
    Text(vec![Block::Line(vec!["The notes of this release were erased before its page was made.".into()])])
}
