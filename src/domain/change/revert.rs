//! Reads from a title and a text which commit or change is undone by it. Whether that is in the same release, and what follows, is `plan`'s question.

use super::conventional::{Title, split_number};
use crate::domain::id::ChangeNumber;

/// The fewest digits that people shorten a commit's name to.
const SHORTEST_NAME: usize = 7;

/// What one text says that it undoes. A text may name it in several ways; the surest counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undoing<'a> {
    /// Commits by their names or the beginnings of these.
    pub commits: Vec<&'a str>,
    /// Changes by their numbers.
    pub numbers: Vec<ChangeNumber>,
    /// A title.
    pub title: Option<String>,
}

impl<'a> Undoing<'a> {
    /// Reads a title and the text below it; `None` where they undo nothing. A title that says nothing of it needs a
    /// text that begins with it: what stands in the middle may be about something else.
    pub fn read(title: &str, texts: &[&'a str]) -> Option<Self> {
        let named = Self::of_title(title);
        let mut found = named.clone().unwrap_or_default();
        for text in texts {
            let begins =
                || text.lines().find(|line| !line.trim().is_empty()).is_some_and(|it| says(it).is_some());
            if named.is_some() || begins() {
                text.lines().filter_map(says).for_each(|rest| found.add(rest));
            }
        }
        (named.is_some() || !found.commits.is_empty() || !found.numbers.is_empty()).then_some(found)
    }

    /// Whether a title alone leaves no doubt: `Revert "Add x"`, `revert: add x`, `Revert #12`; not `Revert to using x`.
    pub fn is_title(title: &str) -> bool {
        let is_typed = Title::parse(title).is_some_and(|it| it.is_of("revert"));
        let has_more =
            |it: Self| !it.numbers.is_empty() || quoted(rest_of(title).unwrap_or_default()).is_some();
        is_typed || Self::of_title(title).is_some_and(has_more)
    }

    fn of_title(title: &str) -> Option<Self> {
        let (bare, outer) = split_number(title.trim());
        let mut found = Self { numbers: outer.map(ChangeNumber).into_iter().collect(), ..Self::default() };
        // `git revert` of a revert calls itself so since git 2.43.
        if let Some(inner) = after(bare, &["reapply "]).and_then(quoted) {
            found.title = Some(format!("Revert \"{inner}\""));
            return Some(found);
        }
        let rest = rest_of(bare)?;
        if let Some(number) = reference(rest) {
            found.numbers.push(number);
            return Some(found);
        }
        let (inner, number) = split_number(quoted(rest).unwrap_or(rest));
        found.numbers.extend(number.map(ChangeNumber));
        found.title = Some(inner.trim().to_owned());
        Some(found)
    }

    /// Takes in what follows `This reverts …` or `Reverts …`.
    fn add(&mut self, rest: Named<'a>) {
        match rest {
            Named::Commit(name) => self.commits.push(name),
            Named::Commits(list) => self.commits.extend(names(list)),
            Named::Change(number) => self.numbers.push(number),
        }
    }
}

/// What a line of a text names.
enum Named<'a> {
    Commit(&'a str),
    Commits(&'a str),
    Change(ChangeNumber),
}

/// Reads a line that says what its text undoes.
fn says(line: &str) -> Option<Named<'_>> {
    let line = line.trim_start_matches(['*', '-', '>', ' ', '\t']);
    if let Some(list) = after(line, &["this reverts commits "]) {
        return Some(Named::Commits(list));
    }
    // `…, reversing changes made to` names another commit behind it.
    if let Some(rest) = after(line, &["this reverts commit "]) {
        return names(rest).next().map(Named::Commit);
    }
    let rest = after(line, &["this reverts ", "reverts ", "revert of "])?;
    reference(rest).map(Named::Change)
}

/// The names of commits in a line.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() >= SHORTEST_NAME && word.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What a title undoes, in its own words.
fn rest_of(title: &str) -> Option<&str> {
    match Title::parse(title) {
        Some(title) if title.is_of("revert") => Some(title.description),
        Some(_) | None => after(title, &["revert ", "reverts ", "reverted "]),
    }
}

/// A change by its number: `#12`, `!12`, `acme/shop#12`, `pull request #12`, `PR #12`. Nothing else may follow but a full stop.
pub(super) fn reference(text: &str) -> Option<ChangeNumber> {
    let text = numbered(text);
    let at = text.find(['#', '!'])?;
    let is_path = text[..at].bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    let digits = text[at + 1..].trim_end().trim_end_matches('.');
    let number = digits.parse().ok().filter(|_| is_path)?;
    Some(ChangeNumber(number))
}

/// What follows the word for a change, where there is one: every forge has its own, a request of some kind (`pr`, `mr`).
pub(super) fn numbered(text: &str) -> &str {
    match text.split_once(" request ") {
        Some((kind, rest)) if kind.bytes().all(|b| b.is_ascii_alphabetic()) => rest,
        Some(_) | None => after(text, &["pr ", "mr "]).unwrap_or(text),
    }
}

/// What follows one of the beginnings, capitals aside.
pub(super) fn after<'a>(text: &'a str, beginnings: &[&str]) -> Option<&'a str> {
    beginnings.iter().find_map(|beginning| {
        let head = text.get(..beginning.len())?;
        head.eq_ignore_ascii_case(beginning).then(|| text[beginning.len()..].trim_start())
    })
}

/// What stands between quotation marks, where the whole text does.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    [('"', '"'), ('\'', '\''), ('“', '”'), ('`', '`')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, texts: &[&str], expected: Option<&str>) {
        let shown = Undoing::read(title, texts).map(|it| {
            let numbers = it.numbers.iter().map(|number| format!("#{number}"));
            let names = it.commits.iter().map(|name| (*name).to_owned());
            let title = it.title.iter().map(|title| format!("<{title}>"));
            names.chain(numbers).chain(title).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(shown.as_deref(), expected, "{title} / {texts:?}");
    }

    #[test]
    fn a_title_says_what_it_undoes() {
        check("Revert \"feat: x\"", &[], Some("<feat: x>"));
        check("Revert \"Add x (#12)\" (#13)", &[], Some("#13 #12 <Add x>"));
        check("Revert \"Revert \"x\"\"", &[], Some("<Revert \"x\">"));
        check("Reapply \"x\"", &[], Some("<Revert \"x\">"));
        check("revert(api): \"add x\"", &[], Some("<add x>"));
        check("revert: feat: add x", &[], Some("<feat: add x>"));
        check("Reverts !12", &[], Some("#12"));
        check("Revert PR #12", &[], Some("#12"));
        check("Revert to x", &[], Some("<to x>"));
        check("Reverting is hard", &[], None);
    }

    #[test]
    fn a_text_says_what_it_undoes_at_its_beginning_or_below_such_a_title() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        check(
            "Revert \"x\"",
            &[&format!("Too slow.\n\nThis reverts commit {sha}.")],
            Some(&format!("{sha} <x>")),
        );
        check("fix: undo x", &["This reverts commit 0123456.\n\nWhy."], Some("0123456"));
        check("fix: undo x", &["Why.\n\nThis reverts commit 0123456."], None);
        check("fix: y", &["* a\n\n* b\n\nThis reverts commit 0123456."], None);
        check("Undo", &["This reverts commit 0123456, reversing\nchanges made to 89abcde."], Some("0123456"));
        check("Undo", &["This reverts commits 0123456, 89abcde and 4."], Some("0123456 89abcde"));
        check("Undo", &["This reverts merge request !12"], Some("#12"));
        check("Undo", &["Reverts acme/shop#12"], Some("#12"));
        check("Undo", &["Reverts the sort order of #12"], None);
    }

    #[test]
    fn only_a_sure_title_is_called_a_revert() {
        for title in ["Revert \"x\"", "revert: x", "Revert #12", "Revert \"x\" (#3)"] {
            assert!(Undoing::is_title(title), "{title}");
        }
        for title in ["Revert to x", "x", "fix: revert x"] {
            assert!(!Undoing::is_title(title), "{title}");
        }
    }
}
