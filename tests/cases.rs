//! What users of other tools rely on, by those tools' own public cases: one file per table. Each exception is named with its reason; the tables themselves are not part of the project.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "cases/calendar.rs"]
mod calendar;
#[path = "cases/channel.rs"]
mod channel;
#[path = "cases/commit_parse.rs"]
mod commit_parse;
#[path = "cases/craft.rs"]
mod craft;
#[path = "cases/github_notes.rs"]
mod github_notes;
#[path = "cases/gitlab_changelog.rs"]
mod gitlab_changelog;
#[path = "cases/plan.rs"]
mod plan;
#[path = "cases/planned.rs"]
mod planned;
#[path = "cases/reading.rs"]
mod reading;
#[path = "cases/release_drafter.rs"]
mod release_drafter;
#[path = "cases/step.rs"]
mod step;
#[path = "cases/table.rs"]
mod table;
#[path = "cases/tally.rs"]
mod tally;
