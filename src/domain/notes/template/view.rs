//! What a template may use, name by name; `docs/notes-template.md` tells it to people. How it is printed is not here.

use minijinja::{Value, context};

use super::coding::{Leaf, unmarked};
use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::notes::{self, Place};
use crate::domain::plan::{Entry, Plan, Section};
use crate::domain::say::{Block, Piece, Span, Text};

/// A release as a template sees it.
pub(super) struct View {
    version: String,
    tag: String,
    previous: Option<String>,
    sections: Vec<(String, Vec<Line>)>,
    newcomers: Vec<(String, Vec<Span>)>,
    full_list: Option<Vec<Span>>,
    default: Text,
}

/// An entry as a template sees it.
struct Line {
    title: String,
    kind: Option<String>,
    scope: Option<String>,
    number: Option<u64>,
    links: Vec<Span>,
    authors: Vec<(String, Span)>,
    labels: Vec<String>,
    is_breaking: bool,
    breaking_note: Option<String>,
    is_bot: bool,
}

impl View {
    pub(super) fn of(plan: &Plan, default: Text) -> Self {
        let section =
            |section: &Section| (section.title.clone(), section.entries.iter().map(Line::of).collect());
        let newcomer = |first: &crate::domain::plan::FirstTimer| {
            let login = first.actor.login.clone();
            (
                login.clone(),
                vec![
                    Span::Credit(login),
                    " made a first contribution in ".into(),
                    Span::Change(first.change),
                ],
            )
        };
        let version = plan.version.as_ref().map(ToString::to_string).unwrap_or_default();
        Self {
            tag: plan.tag.as_ref().map_or_else(|| version.clone(), ToString::to_string),
            version,
            previous: plan.previous.as_ref().map(|previous| previous.tag.to_string()),
            sections: plan.sections.iter().map(section).collect(),
            newcomers: plan.first_timers.iter().map(newcomer).collect(),
            full_list: notes::full_list(plan).and_then(spans),
            default,
        }
    }

    /// Releases that a template is tried on: one that has everything, and one that has nothing.
    pub(super) fn samples() -> Vec<Self> {
        let line = |number: Option<u64>, is_breaking: bool| Line {
            title: "Sign in with passkeys".to_owned(),
            kind: number.map(|_| "feat".to_owned()),
            scope: number.map(|_| "api".to_owned()),
            number,
            links: vec![number.map_or_else(sample_commit, |number| Span::Change(ChangeNumber(number)))],
            authors: number.map(|_| ("ana".to_owned(), Span::Credit("ana".to_owned()))).into_iter().collect(),
            labels: number.map(|_| "feature".to_owned()).into_iter().collect(),
            is_breaking,
            breaking_note: is_breaking.then(|| "Passwords are gone".to_owned()),
            is_bot: false,
        };
        let credit = vec![Span::Credit("ana".to_owned())];
        let full = Self {
            version: "1.5.0".to_owned(),
            tag: "v1.5.0".to_owned(),
            previous: Some("v1.4.2".to_owned()),
            sections: vec![("Features".to_owned(), vec![line(Some(12), true), line(None, false)])],
            newcomers: vec![("ana".to_owned(), credit)],
            full_list: Some(vec!["v1.4.2...v1.5.0".into()]),
            default: Text::line(["The notes.".into()]),
        };
        let empty = Self {
            version: "0.1.0".to_owned(),
            tag: "v0.1.0".to_owned(),
            previous: None,
            sections: vec![],
            newcomers: vec![],
            full_list: None,
            default: Text::default(),
        };
        vec![full, empty]
    }

    /// The names that a template may use, and the leaves that it prints by number.
    pub(super) fn context(self) -> (Value, Vec<Piece>) {
        let mut leaves = Leaves::default();
        let sections: Vec<Value> = self
            .sections
            .into_iter()
            .map(|(title, lines)| {
                let entries: Vec<Value> = lines.into_iter().map(|line| line.value(&mut leaves)).collect();
                context! { title => unmarked(&title), entries }
            })
            .collect();
        let newcomers: Vec<Value> =
            self.newcomers.into_iter().map(|(login, spans)| leaves.line(&login, spans)).collect();
        let full_list = self.full_list.map(|line| leaves.line("", line));
        let notes = leaves.leaf("", Piece::Blocks(self.default));
        let context = context! {
            version => unmarked(&self.version),
            tag => unmarked(&self.tag),
            previous => self.previous.as_deref().map(unmarked),
            sections,
            newcomers,
            full_list,
            notes,
        };
        (context, leaves.0)
    }
}

fn sample_commit() -> Span {
    let name = "0123456789abcdef0123456789abcdef01234567";
    Span::Commit(CommitId::parse(name).expect("forty hexadecimal digits"))
}

fn spans(block: Block) -> Option<Vec<Span>> {
    if let Block::Line(spans) = block { Some(spans) } else { None }
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let (scope, title) = notes::wording(entry);
        let authors = entry.author.iter().chain(&entry.co_authors);
        Self {
            title: title.to_owned(),
            kind: notes::kind(entry).map(str::to_owned),
            scope: scope.map(str::to_owned),
            number: entry.number.map(|number| number.0),
            links: notes::named(entry),
            authors: authors
                .map(|author| (author.name().to_owned(), notes::credit(author, Place::ReleasePage)))
                .collect(),
            labels: entry.labels.clone(),
            is_breaking: entry.is_breaking,
            breaking_note: entry.breaking_note.clone(),
            is_bot: entry.author.as_ref().is_some_and(crate::domain::plan::Author::is_bot),
        }
    }

    fn value(self, leaves: &mut Leaves) -> Value {
        let number = self.number.map(|number| format!("#{number}")).unwrap_or_default();
        let authors: Vec<Value> =
            self.authors.into_iter().map(|(name, span)| leaves.line(&name, vec![span])).collect();
        context! {
            title => unmarked(&self.title),
            type => self.kind.as_deref().map(unmarked),
            scope => self.scope.as_deref().map(unmarked),
            number => self.number,
            link => leaves.line(&number, self.links),
            authors,
            labels => self.labels.iter().map(|label| unmarked(label)).collect::<Vec<_>>(),
            breaking => self.is_breaking,
            breaking_note => self.breaking_note.as_deref().map(unmarked),
            bot => self.is_bot,
        }
    }
}

/// What is printed by number.
#[derive(Default)]
struct Leaves(Vec<Piece>);

impl Leaves {
    fn leaf(&mut self, plain: &str, piece: Piece) -> Value {
        self.0.push(piece);
        Value::from_object(Leaf { at: self.0.len() - 1, plain: unmarked(plain) })
    }

    fn line(&mut self, plain: &str, spans: Vec<Span>) -> Value {
        self.leaf(plain, Piece::Spans(spans))
    }
}
