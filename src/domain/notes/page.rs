//! Our block on a release page, between two marks, among what people wrote around it. What the block says is `notes`' business, how it is written down the forge's.

use sha2::{Digest, Sha256};

/// What begins our block; the hash of what we wrote follows.
const BEGIN: &str = "<!-- lockkeeper:notes";
/// What ends it.
const END: &str = "<!-- lockkeeper:end of notes -->";
/// So many digits of the hash are kept.
const DIGITS: usize = 16;

/// What is to become of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// The page is to be written: what people wrote around our block stays.
    Renewed {
        /// The whole page.
        page: String,
        /// The hash of our block, to be remembered.
        hash: String,
    },
    /// The page says it already.
    Current {
        /// The hash of our block, to be remembered.
        hash: String,
    },
    /// The block is a person's now: it is left alone, and that is to be said.
    Theirs(TakenOver),
}

/// How a person made our block theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOver {
    /// By writing in it.
    Edited,
    /// By taking it away.
    Removed,
}

/// Puts `ours` onto a page in place of the block that stands there, below what people wrote where none does. `last` is the
/// hash of what we wrote last, where somebody remembers: a block that is gone since then was taken away. A block that a
/// person has changed is theirs; one that they have emptied is ours to fill again.
pub fn merge(page: &str, ours: &str, last: Option<&str>) -> Merged {
    let block = framed(ours);
    let hash = hash(ours);
    let Some(standing) = Standing::find(page) else {
        return match last {
            Some(_) => Merged::Theirs(TakenOver::Removed),
            None => Merged::Renewed { page: below(page, &block), hash },
        };
    };
    if standing.is_edited() {
        return Merged::Theirs(TakenOver::Edited);
    }
    if standing.hash() == hash {
        return Merged::Current { hash };
    }
    Merged::Renewed { page: format!("{}{block}{}", standing.before, standing.behind), hash }
}

/// Our block with its marks, as it stands on a page of its own.
pub fn framed(ours: &str) -> String {
    format!("{BEGIN} {} -->\n{}\n{END}", hash(ours), inner(ours))
}

/// What stands between the marks. A template could write a mark of its own; it would end the block too early.
fn inner(ours: &str) -> String {
    ours.trim().replace("<!-- lockkeeper:", "<!-- ")
}

/// The hash of a block's text, as forges and browsers leave it: they change line ends.
fn hash(ours: &str) -> String {
    let lines: Vec<String> = inner(ours).lines().map(|line| line.trim_end().to_owned()).collect();
    let mut hash = hex::encode(Sha256::digest(lines.join("\n").trim()));
    hash.truncate(DIGITS);
    hash
}

fn below(page: &str, block: &str) -> String {
    let page = page.trim_end();
    if page.is_empty() { block.to_owned() } else { format!("{page}\n\n{block}") }
}

/// A block as it stands on a page.
struct Standing<'a> {
    before: &'a str,
    /// What we said its hash is.
    told: &'a str,
    /// `None`: its end is gone.
    text: Option<&'a str>,
    behind: &'a str,
}

impl<'a> Standing<'a> {
    fn find(page: &'a str) -> Option<Self> {
        let begin = page.find(BEGIN)?;
        let (before, rest) = page.split_at(begin);
        let (told, rest) = rest[BEGIN.len()..].split_once("-->")?;
        let (text, behind) = match rest.split_once(END) {
            Some((text, behind)) => (Some(text), behind),
            None => (None, ""),
        };
        Some(Self { before, told: told.trim(), text, behind })
    }

    fn is_edited(&self) -> bool {
        self.text.is_none_or(|text| !text.trim().is_empty() && hash(text) != self.told)
    }

    fn hash(&self) -> String {
        hash(self.text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(page: &str, ours: &str, last: Option<&str>) -> String {
        match merge(page, ours, last) {
            Merged::Renewed { page, .. } => page,
            Merged::Current { .. } => "current".to_owned(),
            Merged::Theirs(how) => format!("{how:?}"),
        }
    }

    #[test]
    fn what_people_wrote_around_our_block_stays() {
        let first = written("", "### Features\n\n- a", None);
        assert_eq!(written(&first, "### Features\n\n- a\n", None), "current");
        let page = format!("Hello.\n\n{first}\n\nThanks to all.\n");
        let second = written(&page, "### Features\n\n- a\n- b", None);
        assert_eq!(second, format!("Hello.\n\n{}\n\nThanks to all.\n", framed("### Features\n\n- a\n- b")));
        assert_eq!(written(&second, "### Features\n\n- a\n- b", None), "current");
        assert_eq!(written("By hand.\n", "- a", None), format!("By hand.\n\n{}", framed("- a")));
    }

    #[test]
    fn a_block_that_a_person_has_written_in_is_left_alone() {
        let page = framed("- a\n- b");
        assert_eq!(written(&page.replace("- b", "- b, at last"), "- c", None), "Edited");
        assert_eq!(written(&page.replace(END, ""), "- c", None), "Edited");
        assert_eq!(written("", "- c", Some("0123")), "Removed");
        let emptied = page.replace("- a\n- b", "");
        assert_eq!(written(&emptied, "- c", None), framed("- c"));
    }

    #[test]
    fn what_browsers_do_to_line_ends_is_no_edit() {
        let page = framed("- a\n- b").replace('\n', "\r\n");
        assert_eq!(written(&page, "- a\n- b", None), "current");
        assert_eq!(written(&format!("Hi\r\n{page}"), "- c", None), format!("Hi\r\n{}", framed("- c")));
    }

    #[test]
    fn a_mark_inside_our_text_does_not_end_the_block() {
        let ours = format!("- a\n{END}\n- b");
        let page = framed(&ours);
        assert_eq!(page.matches(END).count(), 1);
        assert_eq!(written(&page, &ours, None), "current");
    }
}
