//! Every sentence for a person, as a tree with typed leaves. A forge's adapter renders it; no wording lives anywhere else.
//!
//! The first line is the whole answer, at most 100 characters as shown; codes stand last and small; only `Ask` calls anybody.

#[cfg(test)]
pub(in crate::domain) mod aloud;
pub mod approve;
pub mod arrival;
pub mod chronicle;
pub mod cut;
pub mod drafting;
pub mod errand;
pub mod escape;
pub mod first_line;
mod help;
pub mod html;
pub mod line;
pub mod milestone;
mod mistake;
pub mod notes;
pub mod outlook;
pub mod plain;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod promote;
pub mod promotion;
pub mod proposal;
pub mod refusal;
pub mod shape;
pub mod shorten;
pub mod status;
pub mod steer;
#[cfg(test)]
mod tests;
mod text;
pub mod withdraw;

pub use help::help;
pub use mistake::{mistake, parked};
pub use text::{Advice, Block, Piece, Revision, Span, Text};

use crate::domain::command::about;
use crate::domain::id::{ComponentName, EnvironmentName, TagName};
use crate::domain::promotion::model::Asked;
use crate::domain::promotion::view::Said;
use crate::domain::version::Version;

/// The same text with its commands about a component: those that take one and name none.
pub fn within(component: &ComponentName, text: Text) -> Text {
    let line =
        |spans: Vec<Span>| -> Vec<Span> { spans.into_iter().map(|span| of(component, span)).collect() };
    let block = |block: Block| match block {
        Block::Line(spans) => Block::Line(line(spans)),
        Block::Heading(spans) => Block::Heading(line(spans)),
        Block::Small(spans) => Block::Small(line(spans)),
        Block::List(entries) => Block::List(entries.into_iter().map(line).collect()),
        Block::Command(command) => Block::Command(about(&command, component)),
        Block::Fold { summary, body } => {
            Block::Fold { summary: line(summary), body: within(component, body) }
        }
        kept @ (Block::CommandOn { .. } | Block::Listing { .. } | Block::Advice(_) | Block::Markup(_)) => {
            kept
        }
    };
    Text(text.0.into_iter().map(block).collect())
}

fn of(component: &ComponentName, span: Span) -> Span {
    match span {
        Span::Code(command) => Span::Code(about(&command, component)),
        kept => kept,
    }
}

/// The small print under a refusal: its stable code, and what else belongs there.
fn code(code: &str) -> Block {
    Block::Small(vec![Span::words(code)])
}

/// A tag and what is said of it, strong. A tag's name is a person's: it is escaped like a title.
fn tagged(tag: &TagName, said: &str) -> Span {
    Span::Strong(vec![Span::Written(tag.to_string()), Span::words(said)])
}

/// "1 change", "7 changes".
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// "a", "a and b", "a, b and c", with the given word before the last.
fn joined(items: impl IntoIterator<Item = Vec<Span>>, before_last: &str) -> Vec<Span> {
    let items: Vec<Vec<Span>> = items.into_iter().collect();
    let count = items.len();
    let mut line = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        match at {
            0 => {}
            _ if at + 1 == count => line.push(Span::words(format!(" {before_last} "))),
            _ => line.push(", ".into()),
        }
        line.extend(item);
    }
    line
}

/// A release by its version, as people name it.
fn release(version: &Version) -> Span {
    Span::Written(format!("v{version}"))
}

/// The release that is carried somewhere.
fn released(asked: &Asked) -> Span {
    release_of(&asked.component, &asked.version)
}

/// A release of a component: `v1.5.0` where the project is one, else `web v1.5.0`.
fn release_of(component: &ComponentName, version: &Version) -> Span {
    if component.is_default() { release(version) } else { Span::Written(format!("{component} v{version}")) }
}

/// An environment by its name.
fn environment(name: &EnvironmentName) -> Span {
    Span::Written(name.to_string())
}

/// Somebody by login; "somebody" where the journal's text was erased.
fn somebody(said: &Said) -> Span {
    said.login.as_ref().map_or_else(|| "somebody".into(), |login| Span::Person(login.clone()))
}

/// What somebody gave as their reason, as a line of its own.
fn reason(said: &Said) -> Option<Block> {
    let reason = said.reason.as_ref()?;
    Some(Block::Line(vec!["Why: ".into(), Span::Written(reason.clone())]))
}

/// A refusal: what happened, what follows or what to do, its code.
fn refused(first: Vec<Span>, rest: impl IntoIterator<Item = Block>, its_code: &str) -> Text {
    let mut blocks = vec![Block::Line(first)];
    blocks.extend(rest);
    blocks.push(code(its_code));
    Text(blocks)
}
