//! Reads from a title and a text that a change was picked from another one. Whether that one is in the same release is `plan`'s question.

use super::conventional::{Title, split_number};
use super::revert::{after, numbered, quoted, reference};
use crate::domain::id::ChangeNumber;

/// Where a change was picked from, and its title without the words for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked<'a> {
    /// The title of what was picked.
    pub title: &'a str,
    /// The change that it was picked from, where somebody says.
    pub number: Option<ChangeNumber>,
    /// The commits that it was picked from, by name.
    pub commits: Vec<&'a str>,
}

impl<'a> Picked<'a> {
    /// Reads a title and the texts below it; `None` where nothing says that it was picked.
    pub fn read(title: &'a str, texts: &[&'a str]) -> Option<Self> {
        let marked = marked(title.trim());
        // Most texts say nothing of it, and are long.
        let may_say = |text: &&&str| ["ackport", "herry"].iter().any(|part| text.contains(part));
        let lines = || texts.iter().filter(may_say).flat_map(|text| text.lines()).map(str::trim);
        let commits: Vec<&str> = lines().filter_map(picked_commit).collect();
        let number = lines().find_map(picked_number);
        let is_picked = marked.is_some() || number.is_some() || !commits.is_empty();
        let (title, named) = marked.unwrap_or((title, None));
        let (bare, inner) = split_number(title);
        let number = named.or(number).or(inner.map(ChangeNumber));
        is_picked.then_some(Self { title: bare.trim(), number, commits })
    }
}

/// A title that says it was picked: what is left of it, and the number that the mark names.
fn marked(title: &str) -> Option<(&str, Option<ChangeNumber>)> {
    in_brackets(title)
        .or_else(|| typed(title))
        .or_else(|| in_words(title))
        .filter(|(rest, _)| !rest.is_empty())
}

/// `[backport 1.4] Fix x`, `Fix x [backport 1.4]`, `Fix x (backport #12)`.
fn in_brackets(title: &str) -> Option<(&str, Option<ChangeNumber>)> {
    let before = || {
        let (mark, rest) = title.strip_prefix('[')?.split_once(']')?;
        Some((mark, rest))
    };
    let behind = || {
        let (rest, mark) = match title.strip_suffix(']') {
            Some(title) => title.rsplit_once('['),
            None => title.strip_suffix(')')?.rsplit_once('('),
        }?;
        Some((mark, rest))
    };
    let is_mark = |(mark, _): &(&str, &str)| {
        let mut words = mark.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words.any(|word| ["backport", "bp", "cherry-pick"].iter().any(|it| word.eq_ignore_ascii_case(it)))
    };
    let (mark, rest) = before().filter(is_mark).or_else(|| behind().filter(is_mark))?;
    let number = mark.split(' ').find_map(reference);
    Some((rest.trim().trim_start_matches([':', '-']).trim(), number))
}

/// `backport(1.4): Fix x`.
fn typed(title: &str) -> Option<(&str, Option<ChangeNumber>)> {
    let read = Title::parse(title).filter(|it| it.is_of("backport"))?;
    Some((read.description, None))
}

/// `Backport #12: Fix x`, `Backport #12 to 1.4: Fix x`, `Backport "Fix x" to 1.4`, `Automated cherry pick of #12: Fix x`.
fn in_words(title: &str) -> Option<(&str, Option<ChangeNumber>)> {
    let rest = after(title, &["backport of ", "backport ", "automated cherry pick of ", "cherry-pick "])?;
    if let Some((head, end)) = rest.rsplit_once(" to ")
        && let Some(inner) = quoted(head)
        && !end.contains(' ')
    {
        return Some((inner, None));
    }
    if let Some(inner) = quoted(rest) {
        return Some((inner, None));
    }
    let (head, rest) = rest.split_once(": ")?;
    let number = head.split(' ').next().and_then(reference)?;
    Some((rest.trim(), Some(number)))
}

/// `(cherry picked from commit …)`, as `git cherry-pick -x` writes it.
fn picked_commit(line: &str) -> Option<&str> {
    let name = after(line, &["(cherry picked from commit "])?.split(')').next()?.trim();
    (name.len() >= 7 && name.bytes().all(|b| b.is_ascii_hexdigit())).then_some(name)
}

/// `Backport of #12`, `Backports acme/shop#12`, `This is an automatic backport of pull request #12 done by …`.
fn picked_number(line: &str) -> Option<ChangeNumber> {
    let lower = line.to_ascii_lowercase();
    let begins =
        ["backport", "manual backport", "automat", "this is a", "cherry-pick", "cherry pick", "(cherry"];
    let line_is_about_it =
        begins.iter().any(|begin| lower.trim_start_matches(['*', '-', ' ']).starts_with(begin));
    if !line_is_about_it {
        return None;
    }
    let marks =
        ["backport of ", "backports ", "backport ", "cherry-pick of ", "cherry pick of ", "picked from "];
    let end = marks.iter().find_map(|mark| lower.find(mark).map(|at| at + mark.len()))?;
    let rest = &line[end..];
    let rest = numbered(rest);
    rest.split(' ').next().map(|word| word.trim_end_matches([',', ';', ':', ')', '.'])).and_then(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::BranchName;
    use crate::domain::say::errand::backport_text;
    use crate::domain::say::plain::{Plain, markdown};

    fn check(title: &str, text: &str, expected: Option<(&str, Option<u64>)>) {
        let read = Picked::read(title, &[text]);
        let read = read.as_ref().map(|it| (it.title, it.number.map(|number| number.0)));
        assert_eq!(read, expected, "{title} / {text}");
    }

    #[test]
    fn a_title_says_what_it_was_picked_from() {
        for (title, number) in [
            ("[backport 1.4] Fix x", None),
            ("[Backport release/1.4] Fix x (#12)", Some(12)),
            ("[1.4 backport] Fix x", None),
            ("Fix x [backport 1.4]", None),
            ("Fix x (backport #12)", Some(12)),
            ("Fix x (bp #12)", Some(12)),
            ("backport(1.4): Fix x", None),
            ("Backport #12: Fix x", Some(12)),
            ("Backport #12 to 1.4: Fix x", Some(12)),
            ("Backport \"Fix x\" to 1.4", None),
            ("Automated cherry pick of #12: Fix x", Some(12)),
        ] {
            check(title, "", Some(("Fix x", number)));
        }
        for title in
            ["Fix backport labels", "[docs] Fix x", "Fix x (#12)", "Backport of labels", "[backport 1.4]"]
        {
            check(title, "", None);
        }
    }

    #[test]
    fn what_we_say_of_our_own_backports_is_understood() {
        let target = BranchName::parse("release/1.4").unwrap();
        let text = markdown(&backport_text(ChangeNumber(12), &target), &Plain);
        check("fix: x (backport to release/1.4)", &text, Some(("fix: x", Some(12))));
    }

    #[test]
    fn a_text_says_what_it_was_picked_from() {
        let from = |text: &str, number: Option<u64>| check("Fix x", text, Some(("Fix x", number)));
        from("Backport of #12", Some(12));
        from("Backports acme/shop#12.", Some(12));
        from("This is an automatic backport of pull request #12 done by a bot.", Some(12));
        from("Why.\n\n(cherry picked from commit 0123456789abcdef)", None);
        from("(cherry picked from merge request !12)", Some(12));
        check("Fix x", "See the backport of #12", None);
        check("Fix x", "Backports are made by hand (#12)", None);
        let picked = Picked::read("Fix x (#12)", &["(cherry picked from commit 0123456)"]).unwrap();
        assert_eq!((picked.title, picked.number), ("Fix x", Some(ChangeNumber(12))));
        assert_eq!(picked.commits, ["0123456"]);
    }
}
