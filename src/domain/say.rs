//! Every sentence for a person, as a tree with typed leaves. A forge's adapter renders it; no wording lives anywhere else.

pub mod escape;
pub mod plain;
pub mod plan;
mod text;

pub use text::{Block, Span, Text};
