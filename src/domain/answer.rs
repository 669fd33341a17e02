//! One file per verb: what a command does, once it is known that it may. Words for people are in `say`; who may is `authorize`'s.

mod cut;
mod plan;
mod shape;
mod status;
mod withdraw;

pub use cut::{Wanted, cut};
pub use plan::{notes, plan};
pub use shape::{include, skip};
pub use status::status;
pub use withdraw::withdraw;
