//! Every sentence for a person, as a tree with typed leaves. A forge's adapter renders it; no wording lives anywhere else.
//!
//! The first line is the whole answer, at most 100 characters as shown; codes stand last and small; only `Ask` calls anybody.

#[cfg(test)]
pub(in crate::domain) mod aloud;
pub mod approve;
pub mod arrival;
pub mod chronicle;
pub mod cut;
pub mod escape;
pub mod first_line;
mod help;
mod mistake;
pub mod notes;
pub mod outlook;
pub mod plain;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod promote;
pub mod promotion;
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
pub use text::{Block, Revision, Span, Text};

use crate::domain::id::TagName;

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
