//! One file per command of the program: arguments in, text and exit code out. What a command does lives in the rooms below.

pub mod check;
pub mod plan;
pub mod schema;
