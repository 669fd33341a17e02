//! How GitHub writes each noun as JSON, one file per family. The same shapes serve REST answers and webhook payloads.

mod account;
mod change;
mod check;
mod deployment;
mod git;
mod project;
mod release;
mod run;
mod talk;

use jiff::Timestamp;

pub(crate) use account::{
    app, app_of, collaborator, installation, merge, organization, public_user, role_names, team,
    team_in_event, user,
};
pub(crate) use change::{issue, label, milestone, pull, pull_in_list};
pub(crate) use check::{check_run, combined_status, status};
pub(crate) use deployment::{deployment, deployment_status, environment};
pub(crate) use git::{commit, git_commit, pushed_commit, tag_object};
pub(crate) use project::{api_url, repository, repository_name, site_url};
pub(crate) use release::release;
pub(crate) use run::{workflow, workflow_run};
pub(crate) use talk::{comment, reaction, review, review_comment};

/// GitHub writes whole seconds.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(crate) fn maybe_time(at: Option<Timestamp>) -> Option<String> {
    at.map(time)
}

/// A node id: unique, and like GitHub's opaque.
pub(crate) fn node_id(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{kind}_kwDO{id}")
}

/// The kind and number of a node id.
pub(crate) fn read_node_id(text: &str) -> Option<(&str, u64)> {
    let (kind, id) = text.split_once("_kwDO")?;
    Some((kind, id.parse().ok()?))
}
