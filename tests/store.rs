//! The store's claims, each on SQLite and on PostgreSQL. What the claims are for is in `docs/ARCHITECTURE.md`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "store/bench.rs"]
mod bench;
#[path = "store/inbox.rs"]
mod inbox;
#[path = "store/journal.rs"]
mod journal;
#[path = "store/lane.rs"]
mod lane;
#[path = "store/migration.rs"]
mod migration;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/record.rs"]
mod record;
#[path = "store/server.rs"]
mod server;
#[path = "store/upkeep.rs"]
mod upkeep;
