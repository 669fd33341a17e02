//! The promotion: the carrying of one release into one environment, as a state machine that is reconciled, not scripted (invariant 10).
//!
//! ```text
//! waiting  -all gates open, slot granted-> rolling -last wave done-> succeeded
//! waiting  -terms changed-> waiting, next revision, approvals void   -veto-> rejected   -a newer one asked-> superseded
//!          -abort-> cancelled   -older than `expires`-> expired   -tag moved, release held-> cancelled
//! rolling  -target failed-> failed   -abort, rollback-> aborting -every target ended, or patience over-> aborted
//! waiting|rolling -hold-> the same, held: nothing new begins -resume-> the same
//! failed   -retry-> rolling (failed targets, next attempt)   -abort-> aborted   -rollback succeeded-> rolled_back
//! ```
//! What is waiting has no slot; what rolls, failed or is being aborted has it. A rollback takes the slot of what failed.

pub mod advance;
pub mod ahead;
pub mod arrival;
pub mod begin;
pub mod chronicle;
pub mod dispatch;
pub mod draft;
pub mod follow;
pub mod model;
pub mod observe;
pub mod panel;
pub mod prompt;
pub mod step;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod view;

pub use model::{
    Approval, Attempt, AttemptStage, Ended, Handle, Held, Kind, Promotion, Prompt, Stage, Terms, Wave,
    WaveStep,
};
