//! What a draft says of itself, in a line that no reader sees: the tag and the notes that we left, for an order whose giver remembers nothing. What is done about it is not decided here.
//!
//! Whoever can change the line can change the whole draft: it protects what people wrote from us, not from them.

use percent_encoding::percent_decode_str;

use crate::domain::effect::{EffectKey, LeftDraft};
use crate::domain::id::TagName;
use crate::domain::notes::frame::sum;
use crate::forge::marker;

/// Notes below the line that tells of them.
pub(super) fn above(mark: &EffectKey, tag: &TagName, notes: &str) -> String {
    let record = EffectKey::stored(format!("{mark}:left:{}:{tag}", sum(notes)));
    format!("{}\n{}", marker(&record), notes.trim())
}

/// What we left in a frame in which this stands now; `None`: no line tells of it. Where the notes are others now, the sum is none of
/// theirs.
pub(super) fn left(mark: &EffectKey, inside: &str) -> Option<LeftDraft> {
    let (line, notes) = inside.trim_start().split_once('\n').unwrap_or((inside.trim_start(), ""));
    let begin = marker(&EffectKey::stored(format!("{mark}:left:")));
    let told = line.trim().strip_prefix(begin.strip_suffix(" -->")?)?.strip_suffix(" -->")?;
    let (known, tag) = told.split_once(':')?;
    let tag = TagName::parse(percent_decode_str(tag).decode_utf8().ok()?).ok()?;
    let is_as_left = sum(notes) == known;
    Some(LeftDraft { tag, notes: if is_as_left { sum(inside) } else { known.to_owned() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> EffectKey {
        EffectKey::stored("1:default:draft:v1")
    }

    /// The tag that is told, and whether the notes are as we left them.
    fn told(inside: &str) -> Option<(String, bool)> {
        left(&mark(), inside).map(|left| (left.tag.to_string(), left.notes == sum(inside)))
    }

    #[test]
    fn a_draft_tells_its_tag_and_whether_its_notes_are_as_we_left_them() {
        for tag in ["v2", "web/v1.0.0--rc<1>", "v1%2D"] {
            let inside = above(&mark(), &TagName::parse(tag).unwrap(), "* one\n* two");
            assert!(inside.ends_with(" -->\n* one\n* two"), "{inside}");
            let edited = format!("\r\n{}  \r\n", inside.replace('\n', "\r\n"));
            assert_eq!(told(&edited), Some((tag.to_owned(), true)), "line ends do not count");
            assert_eq!(told(&inside.replace("two", "2")), Some((tag.to_owned(), false)));
            assert_eq!(told(&format!("Hello\n{inside}")), None);
        }
        assert_eq!(told("* one"), None);
        assert_eq!(told(""), None);
        let other = above(&EffectKey::stored("1:default:draft:v9"), &TagName::parse("v2").unwrap(), "* one");
        assert_eq!(told(&other), None);
    }
}
