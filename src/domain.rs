//! The pure core: rules and words of release management. No I/O, no async, no clock, no randomness, no logging, no globals.

pub mod change;
pub mod due;
pub mod effect;
pub mod event;
pub mod id;
pub mod notes;
pub mod plan;
pub mod policy;
pub mod query;
pub mod say;
pub mod signal;
pub mod state;
pub mod version;
