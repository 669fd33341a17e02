//! Our notes on a page that people write on as well: where they stand, whether somebody changed them, and the page with new ones in their place. What the notes say is not known here.

use crate::domain::journal::text_hash;

/// The two lines between which our notes stand. Everything outside is people's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The line above.
    pub begin: String,
    /// The line below.
    pub end: String,
}

/// What a page becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// It says so already.
    Same,
    /// This.
    Renewed(String),
    /// People changed our notes, or took them out: then they are theirs.
    Theirs,
}

/// The sum of notes, by which it is known whether somebody changed them. Line ends do not count: forges' editors change them.
pub fn sum(notes: &str) -> String {
    text_hash(&[], &lines(notes))
}

fn lines(text: &str) -> String {
    let trimmed: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    trimmed.join("\n")
}

impl Frame {
    /// The notes in their frame.
    pub fn around(&self, notes: &str) -> String {
        format!("{}\n{}\n\n{}", self.begin, notes.trim(), self.end)
    }

    /// The page with new notes in the place of ours, where these are as we left them; `left` is the sum of what we left.
    pub fn merge(&self, page: &str, notes: &str, left: Option<&str>) -> Merged {
        let Some((before, ours, after)) = self.split(page) else { return Merged::Theirs };
        let now = sum(ours);
        if now == sum(notes) {
            return Merged::Same;
        }
        if left != Some(now.as_str()) {
            return Merged::Theirs;
        }
        Merged::Renewed(format!("{before}{}{after}", self.around(notes)))
    }

    /// What stands in the frame; `None`: the page has none.
    pub fn inside<'p>(&self, page: &'p str) -> Option<&'p str> {
        self.split(page).map(|(_, inside, _)| inside)
    }

    /// How many characters of the page are people's.
    pub fn outside(&self, page: &str) -> usize {
        self.split(page).map_or(0, |(before, _, after)| before.chars().count() + after.chars().count())
    }

    /// What stands before, inside and after the frame.
    fn split<'p>(&self, page: &'p str) -> Option<(&'p str, &'p str, &'p str)> {
        let (before, rest) = page.split_once(&self.begin)?;
        let (ours, after) = rest.split_once(&self.end)?;
        Some((before, ours, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame { begin: "<!-- begin -->".to_owned(), end: "<!-- end -->".to_owned() }
    }

    fn check(page: &str, left: &str, expected: Merged) {
        assert_eq!(frame().merge(page, "* new", Some(&sum(left))), expected, "{page:?}");
    }

    #[test]
    fn what_stands_outside_the_frame_is_kept_to_the_letter() {
        let page = "Thanks to all!\r\n\r\n<!-- begin -->\r\n* old  \r\n\r\n<!-- end -->\r\nSee you.";
        let renewed = "Thanks to all!\r\n\r\n<!-- begin -->\n* new\n\n<!-- end -->\r\nSee you.";
        check(page, "* old", Merged::Renewed(renewed.to_owned()));
        check(&frame().around("* old"), "* old", Merged::Renewed(frame().around("* new")));
    }

    #[test]
    fn notes_that_people_changed_are_theirs() {
        check(&frame().around("* old, and better"), "* old", Merged::Theirs);
        check("Only words.", "* old", Merged::Theirs);
        check("<!-- begin -->\n* old", "* old", Merged::Theirs);
        check("", "* old", Merged::Theirs);
        assert_eq!(frame().merge(&frame().around("* old"), "* new", None), Merged::Theirs);
    }

    #[test]
    fn notes_that_say_so_already_are_left_alone() {
        check(&frame().around("* new"), "* old", Merged::Same);
        check("Hello.\n<!-- begin -->\r\n* new\r\n<!-- end -->", "* old", Merged::Same);
    }

    #[test]
    fn the_room_that_people_take_is_counted() {
        assert_eq!(frame().outside(&format!("äbc{}de", frame().around("x"))), 5);
        assert_eq!(frame().outside("no frame"), 0);
    }
}
