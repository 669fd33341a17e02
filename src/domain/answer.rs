//! One file per verb: what a command does, once it is known that it may. Words for people are in `say`; who may is `authorize`'s.

mod approve;
mod cut;
mod errand;
mod line;
mod place;
mod plan;
mod promote;
mod shape;
mod status;
mod steer;
mod withdraw;

pub use approve::{approve, reject, revoke};
pub use cut::{Wanted, cut};
pub use errand::{backport, hotfix};
pub use plan::{notes, plan, plan_of_all};
pub use promote::{Repeat, promote, rollback};
pub use shape::{include, skip};
pub use status::status;
pub use steer::{abort, hold, lock, resume, retry, unlock, why};
pub use withdraw::withdraw;
