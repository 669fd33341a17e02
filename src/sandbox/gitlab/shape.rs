//! How GitLab writes each noun as JSON, one file per family: for REST answers by the noun's name, for webhooks under `told`.

mod account;
mod change;
mod deployment;
mod git;
mod note;
mod pipeline;
mod plan;
mod project;
mod release;
pub(crate) mod told;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use account::{current_user, group, group_of, level, member, members_of, user, username};
pub(crate) use change::{approvals, approvers, change, change_in_list, issue, position, state};
pub(crate) use deployment::{deployment, deployment_status, environment, job_of, slug, tier};
pub(crate) use git::{branch, commit, commit_in_full, commit_status, diffs, reported, tag};
pub(crate) use note::{award, discussion_id, is_note, note, reaction_of};
pub(crate) use pipeline::{
    is_tag, job, job_status, lasted, pipeline, pipeline_in_list, pipeline_status, pipeline_url, source,
};
pub(crate) use plan::{label, milestone};
pub(crate) use project::{api_url, page, project, site_url, visibility};
pub(crate) use release::release;

/// As REST writes most times.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// As REST writes the times of commits.
pub(crate) fn commit_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string()
}

pub(crate) fn maybe_time(at: Option<Timestamp>) -> Option<String> {
    at.map(time)
}

pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Puts the members of one object into another.
pub(crate) fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(from)) = (value, more) {
        into.extend(from);
    }
}
