//! The loop on a real store with a forge that does as it is told: what is durable, what is tried again, what is put aside. What a signal means for a release is tested in `domain`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "engine/bench.rs"]
mod bench;
#[path = "engine/fake.rs"]
mod fake;
#[path = "engine/mouth.rs"]
mod mouth;
#[path = "engine/record.rs"]
mod record;
#[path = "engine/trouble.rs"]
mod trouble;
