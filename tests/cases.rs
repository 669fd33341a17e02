//! What users of other tools rely on, by those tools' own public cases: one file per table. Each exception is named with its reason; the tables themselves are not part of the project.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "cases/calendar.rs"]
mod calendar;
#[path = "cases/channel.rs"]
mod channel;
#[path = "cases/plan.rs"]
mod plan;
#[path = "cases/step.rs"]
mod step;
#[path = "cases/table.rs"]
mod table;
