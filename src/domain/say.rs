//! Every sentence for a person, as a tree with typed leaves. A forge's adapter renders it; no wording lives anywhere else.

mod help;
mod mistake;
#[cfg(test)]
mod plain;
mod text;

pub use help::help;
pub use mistake::mistake;
pub use text::{Block, Span, Text};
