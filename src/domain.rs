//! The pure core: rules and words of release management. No I/O, no async, no clock, no randomness, no logging, no globals.

pub mod change;
pub mod command;
pub mod id;
pub mod policy;
pub mod say;
pub mod version;
