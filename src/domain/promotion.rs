//! The promotion: the carrying of one release into one environment, as a state machine that is reconciled, not scripted (invariant 10).
//!
//! Each line is a stage, the journal row that moves it, the stage after it, and the cause. A test holds the table against the
//! journals of all scenarios: each line is reached, and nothing else happens.
//!
//! ```text
//! waiting   terms_changed       waiting      what an approval covers changed: next revision, approvals void
//! waiting   promotion_held      waiting      somebody holds it: nothing new begins
//! waiting   promotion_resumed   waiting      it may begin again
//! waiting   wave_started        rolling      every gate is open, and the slot is free
//! waiting   ended:rejected      -            a veto
//! waiting   ended:superseded    -            a newer one of this component, or a rollback
//! waiting   ended:cancelled     -            somebody called it off, its tag moved, its release was withdrawn
//! waiting   ended:expired       -            it waited longer than `expires`
//! rolling   wave_baking         rolling      all targets of the wave are there, and are watched
//! rolling   wave_started        rolling      the wave is done, the next one begins
//! rolling   promotion_held      rolling      what runs goes on to the end of its wave
//! rolling   promotion_resumed   rolling      the next wave may begin
//! rolling   promotion_failed    failed       a target failed, took too long, or was lost
//! rolling   abort_begun         aborting     somebody stops it, or goes back
//! rolling   ended:succeeded     -            the last wave is done
//! failed    wave_started        rolling      the failed targets are tried again
//! failed    abort_begun         aborting     somebody gives it up
//! failed    ended:rolled_back   -            the release before is back
//! aborting  ended:aborted       -            every target ended, or patience is over
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
