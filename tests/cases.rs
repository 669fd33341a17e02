//! Other tools' own test data, read as we read it: which change is listed, under which heading, and what it asks of the version. Line formats are each tool's own and are not compared.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "cases/commit_parse.rs"]
mod commit_parse;
#[path = "cases/craft.rs"]
mod craft;
#[path = "cases/github_notes.rs"]
mod github_notes;
#[path = "cases/gitlab_changelog.rs"]
mod gitlab_changelog;
#[path = "cases/reading.rs"]
mod reading;
