//! One file per command of the program. What a command means is decided in the rooms to the left.

pub mod check;
pub mod plan;
pub mod schema;
