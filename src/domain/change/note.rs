//! What a change says of itself for the notes: blocks of its description, further entries of a message, breaking notes, co-authors. Where it then stands is `plan`'s question.

use super::conventional::{Title, subject};
use crate::domain::id::{Actor, ActorId, ActorKind};

/// The words by which a block is known: ```` ```release-note ````, with a type behind a colon if somebody likes.
const FENCES: [&str; 2] = ["release-note", "release-notes"];

/// What stands in a block, or behind `BREAKING CHANGE:`, of a template that nobody filled in.
const NOTHING: [&str; 5] = ["none", "no", "n/a", "na", "-"];

/// Types that begin an entry in the middle of a message. Another word before a colon is prose.
const TYPES: [&str; 12] =
    ["feat", "fix", "perf", "docs", "refactor", "build", "ci", "chore", "style", "test", "revert", "deps"];

/// Whether a word is one of the conventional types that everybody knows.
pub fn is_type(word: &str) -> bool {
    TYPES.iter().any(|kind| word.eq_ignore_ascii_case(kind))
}

/// One entry of the notes, as its author words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, on one line; conventional titles are written as such.
    pub text: String,
    /// The type that its block names: `bug` of `release-note:bug`.
    pub kind: Option<String>,
    /// The word behind that: `web` of `release-note web`, which speaks to a component of that name alone.
    pub component: Option<String>,
}

/// What a description says about the notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The entries, in their order; none: the title speaks.
    pub notes: Vec<Note>,
    /// Whether it says that there is nothing to tell.
    pub is_nothing: bool,
    /// The words behind the blocks that say so.
    nothing: Vec<Option<String>>,
    /// How it breaks users.
    pub breaking: Vec<String>,
}

impl Said {
    /// Reads a description. What it hides in comments is a template's.
    pub fn read(body: &str) -> Self {
        let marks = ["elease-note", "BREAKING", OVERRIDE.0];
        if !marks.iter().any(|mark| body.contains(mark)) {
            return Self::default();
        }
        let body = without_comments(body);
        let mut said = Self { breaking: breaking(&body), ..Self::default() };
        for (Told { kind, component }, text) in blocks(&body) {
            let text = text.trim();
            if NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)) {
                said.nothing.push(component);
            } else {
                let entries = entries(text).into_iter().filter(|text| !text.is_empty());
                let note = |text| Note { text, kind: kind.clone(), component: component.clone() };
                said.notes.extend(entries.map(note));
            }
        }
        if said.notes.is_empty() {
            said.notes = between(&body, OVERRIDE).flat_map(conventional_entries).collect();
        }
        said.is_nothing = !said.nothing.is_empty() && said.notes.is_empty();
        said
    }

    /// Keeps what speaks to one of several components: what names it, else what names none of them.
    pub fn narrow(&mut self, own: &str, is_component: impl Fn(&str) -> bool) {
        let named =
            |word: &Option<String>| word.as_deref().is_some_and(|word| word.eq_ignore_ascii_case(own));
        let speaks_of_it =
            self.nothing.iter().any(named) || self.notes.iter().any(|note| named(&note.component));
        let is_kept = |word: &Option<String>| match speaks_of_it {
            true => named(word),
            false => !word.as_deref().is_some_and(&is_component),
        };
        self.notes.retain(|note| is_kept(&note.component));
        self.nothing.retain(is_kept);
        self.is_nothing = !self.nothing.is_empty() && self.notes.is_empty();
    }
}

/// What a message says besides its subject: conventional titles that begin a paragraph of their own, or stand between
/// the marks of a nested commit. A bulleted list is what a forge makes of a branch's commits, and no entry.
pub fn further(message: &str) -> Vec<Note> {
    let body = message.trim_start().split_once('\n').map_or("", |(_, body)| body);
    if between(body, NESTED).next().is_some() {
        return between(body, NESTED).filter_map(first_entry).collect();
    }
    body.split("\n\n").filter_map(first_entry).collect()
}

/// The texts behind `BREAKING CHANGE:`, each to the end of its paragraph or to the next trailer.
pub fn breaking(message: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !message.contains("BREAKING") {
        return found;
    }
    let mut open: Option<String> = None;
    for line in message.lines().chain([""]) {
        let begins = ["BREAKING CHANGE", "BREAKING-CHANGE"].iter().find_map(|token| line.strip_prefix(token));
        if let Some(text) = begins.and_then(|rest| rest.strip_prefix(':').or_else(|| rest.strip_prefix(" #")))
        {
            found.extend(open.replace(text.trim().to_owned()));
        } else if line.trim().is_empty() || is_trailer(line) {
            found.extend(open.take());
        } else if let Some(text) = &mut open {
            text.push(' ');
            text.push_str(line.trim());
        }
    }
    found.retain(|text| !text.is_empty() && !NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)));
    found
}

/// The co-authors that a message names. Who is known by an account is told by the address that the forges give people
/// who hide theirs: `1234+ana@users.noreply.github.com`, `1234-ana@users.noreply.gitlab.com`.
pub fn co_authors(message: &str) -> Vec<(String, Option<Actor>)> {
    let line = |line: &str| {
        let (token, rest) = line.trim().split_once(':')?;
        let (name, address) = rest.split_once('<')?;
        let is_it = token.eq_ignore_ascii_case("co-authored-by") && !name.trim().is_empty();
        is_it.then(|| (name.trim().to_owned(), account(address.trim().trim_end_matches('>'))))
    };
    if !message.contains("uthored") {
        return Vec::new();
    }
    message.lines().filter_map(line).collect()
}

fn account(address: &str) -> Option<Actor> {
    let (own, _) = address.split_once("@users.noreply.")?;
    let (id, login) = own.split_once(['+', '-'])?;
    let id = id.parse().ok().map(ActorId)?;
    let kind = if login.ends_with("[bot]") { ActorKind::Bot } else { ActorKind::Person };
    (!login.is_empty()).then(|| Actor { id, login: login.to_owned(), kind })
}

/// A trailer of git ends what stands before it: `Refs: #4`, `Co-authored-by: …`.
fn is_trailer(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(token, _)| {
        token.contains('-') && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// The marks by which release-please lets a description replace the message, and a message hold several.
const OVERRIDE: (&str, &str) = ("BEGIN_COMMIT_OVERRIDE", "END_COMMIT_OVERRIDE");
const NESTED: (&str, &str) = ("BEGIN_NESTED_COMMIT", "END_NESTED_COMMIT");

fn between<'a>(text: &'a str, (begin, end): (&'static str, &'static str)) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split_once(end).map(|(inner, _)| inner.trim()))
}

fn conventional_entries(text: &str) -> Vec<Note> {
    text.split("\n\n").flat_map(str::lines).filter_map(first_entry).collect()
}

fn first_entry(text: &str) -> Option<Note> {
    let first = subject(text);
    let title = Title::parse(first)?;
    is_type(title.kind).then(|| Note { text: first.to_owned(), kind: None, component: None })
}

/// A text without what stands in comments of HTML.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = behind.split_once("-->").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

/// What stands behind the marks of a block.
struct Told {
    kind: Option<String>,
    component: Option<String>,
}

/// The blocks of a text, each with what stands behind its marks. Another fenced block is gone over as a whole: it may show how one is written.
fn blocks(text: &str) -> Vec<(Told, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((fence, told)) = fence(line) else { continue };
        let mut inner = String::new();
        let mut is_closed = false;
        for line in lines.by_ref() {
            is_closed = line.trim().starts_with(fence) && line.trim().chars().all(|c| fence.starts_with(c));
            if is_closed {
                break;
            }
            inner.push_str(line);
            inner.push('\n');
        }
        found.extend(note_told(told).filter(|_| is_closed).map(|told| (told, inner)));
    }
    found
}

/// The beginning of a fenced block: its marks, and what stands behind them.
fn fence(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let (fence, told) = line.split_at(length);
    (length >= 3 && !told.contains('`')).then_some((fence, told.trim()))
}

/// Whether a fence begins a note, of which type, and for whom.
fn note_told(told: &str) -> Option<Told> {
    let mut words = told.split_whitespace();
    let word = words.next().unwrap_or_default();
    let component = words.next().map(str::to_owned);
    let (name, kind) = match word.split_once(':') {
        Some((name, kind)) => (name, Some(kind.to_owned())),
        None => (word, None),
    };
    FENCES.iter().any(|known| name.eq_ignore_ascii_case(known)).then_some(Told { kind, component })
}

/// The entries of a block: each point of a list, each line that is a conventional title, else the whole.
fn entries(text: &str) -> Vec<String> {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let point = |line: &str| line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(str::to_owned);
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    if lines().all(|line| first_entry(line).is_some()) {
        return lines().map(joined).collect();
    }
    if lines().next().is_none_or(|first| point(first).is_none()) {
        return vec![joined(text)];
    }
    let mut found: Vec<String> = Vec::new();
    for line in lines() {
        match (point(line), found.last_mut()) {
            (None, Some(open)) => *open = format!("{open} {}", joined(line)),
            (point, _) => found.push(joined(&point.unwrap_or_default())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[&str]) {
        let said = Said::read(body);
        let notes = said.notes.iter().map(|note| match &note.kind {
            Some(kind) => format!("[{kind}] {}", note.text),
            None => note.text.clone(),
        });
        let nothing = said.is_nothing.then(|| "nothing".to_owned());
        assert_eq!(notes.chain(nothing).collect::<Vec<_>>(), expected, "{body}");
    }

    #[test]
    fn a_block_says_what_the_notes_say() {
        check("Why.\n\n```release-note\nSign in\nwith passkeys.\n```\nMore.", &["Sign in with passkeys."]);
        check("```release-note\r\nA\r\n```\r\n~~~release-note\nB\n~~~", &["A", "B"]);
        check("```release-note\n- A\n- B\n  and more\n```", &["A", "B and more"]);
        check("```release-note\nfeat: a\nfix(api): b\n```", &["feat: a", "fix(api): b"]);
        check("````release-note:bug\nShow ``` again\n````", &["[bug] Show ``` again"]);
        check("```release-note\nNONE\n```", &["nothing"]);
        check("```release-note\nnone\n```\n```release-note\nA\n```", &["A"]);
    }

    #[test]
    fn a_block_may_speak_to_one_component() {
        let body = "```release-note web\nA\n```\n```release-note:bug api\nB\n```\n```release-note\nC\n```\n\
                    ```release-note cli\nnone\n```\n```release-note of note\nD\n```";
        for (own, expected) in
            [("web", &["A"][..]), ("API", &["B"]), ("cli", &["nothing"]), ("docs", &["C", "D"])]
        {
            let mut said = Said::read(body);
            said.narrow(own, |word| ["web", "api", "cli", "docs"].contains(&word));
            let notes = said.notes.into_iter().map(|note| note.text);
            let nothing = said.is_nothing.then(|| "nothing".to_owned());
            assert_eq!(notes.chain(nothing).collect::<Vec<_>>(), expected, "{own}");
        }
    }

    #[test]
    fn what_is_no_block_says_nothing() {
        for body in [
            "",
            "release-note",
            "```release-note\n\n```",
            "```release-note\nnever closed",
            "<!--\n```release-note\nA\n```\n-->",
            "````markdown\n```release-note\nA\n```\n````",
            "```release-notes.md\nA\n```",
            "```text\nA\n```",
        ] {
            check(body, &[]);
        }
    }

    #[test]
    fn the_marks_of_release_please_are_understood() {
        check("BEGIN_COMMIT_OVERRIDE\nfeat: a\n\nfix: b\nprose\nEND_COMMIT_OVERRIDE", &["feat: a", "fix: b"]);
        let nested = "fix: a\n\nBEGIN_NESTED_COMMIT\ndocs(x): b\n\nmore\nEND_NESTED_COMMIT\nBEGIN_NESTED_COMMIT\nbuild: c\nEND_NESTED_COMMIT";
        let further = |message: &str| further(message).into_iter().map(|note| note.text).collect::<Vec<_>>();
        assert_eq!(further(nested), ["docs(x): b", "build: c"]);
        assert_eq!(further("feat: a\n\nfix: b"), ["fix: b"]);
        assert_eq!(further("feat: a (#4)\n\n* fix: b\n\n* wip\n\nnote: c"), Vec::<String>::new());
    }

    #[test]
    fn a_breaking_note_goes_to_the_end_of_its_paragraph() {
        for (message, notes) in [
            ("a\n\nBREAKING CHANGE: b\nc\n\nd", &["b c"][..]),
            ("a\n\nBREAKING-CHANGE: b\nRefs-To: #4\nc", &["b"]),
            ("a\n\nBREAKING CHANGE: b\nBREAKING CHANGE #4", &["b", "4"]),
            ("a\n\nBREAKING CHANGE: none", &[]),
            ("a\n\nno BREAKING CHANGE: b", &[]),
        ] {
            assert_eq!(breaking(message), notes, "{message}");
        }
    }

    #[test]
    fn co_authors_are_read_from_their_trailers() {
        let message = "a\n\nCo-authored-by: Ana B <12+ana@users.noreply.github.com>\nco-authored-by: Bob <bob@x.example>";
        let found = co_authors(message);
        let ana = Actor { id: ActorId(12), login: "ana".to_owned(), kind: ActorKind::Person };
        assert_eq!(found, [("Ana B".to_owned(), Some(ana)), ("Bob".to_owned(), None)]);
        assert_eq!(co_authors("a\n\nSigned-off-by: X <x@x.example>"), []);
    }
}
