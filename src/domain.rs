//! The pure core: rules and words of release management. No I/O, no async, no clock, no randomness, no logging, no globals.

pub mod adopt;
pub mod answer;
pub mod asked;
pub mod authorize;
pub mod change;
pub mod command;
pub mod conversation;
pub mod cut;
pub mod decide;
pub mod decision;
pub mod drafting;
pub mod due;
pub mod effect;
pub mod errand;
pub mod event;
pub mod gate;
pub mod id;
pub mod journal;
pub mod milestone;
pub mod notes;
pub mod outlook;
pub mod place;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod promotion;
pub mod proposal;
pub mod query;
pub mod say;
pub mod signal;
pub mod state;
#[cfg(test)]
pub(crate) mod testing;
pub mod timer;
pub mod upkeep;
pub mod version;
