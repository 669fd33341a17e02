//! The built program from outside: what it refuses, what it exits with, what it says. What a command does is tested beside its code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "program/authority.rs"]
mod authority;
#[path = "program/check.rs"]
mod check;
#[path = "program/doctor.rs"]
mod doctor;
#[path = "program/draft.rs"]
mod draft;
#[path = "program/explain.rs"]
mod explain;
#[path = "program/gitlab.rs"]
mod gitlab;
#[path = "program/harbour.rs"]
mod harbour;
#[path = "program/import.rs"]
mod import;
#[path = "program/page.rs"]
mod page;
#[path = "program/plan.rs"]
mod plan;
#[path = "program/postgres.rs"]
mod postgres;
#[path = "program/serve.rs"]
mod serve;
#[path = "store/server.rs"]
mod server;
#[path = "program/stage.rs"]
#[expect(dead_code, reason = "shared with the figures and the kills")]
mod stage;
#[path = "program/story.rs"]
mod story;
