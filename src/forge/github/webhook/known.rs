//! Events that GitHub sends and this version has no use for. An event that is used does not belong here.

use super::{ignored, short};
use crate::domain::signal::Signal;

/// Subscribed to, or likely to be: later versions read them.
const NOT_USED_YET: [&str; 12] = [
    "deployment",
    "deployment_protection_rule",
    "deployment_review",
    "installation_target",
    "issues",
    "label",
    "merge_group",
    "ping",
    "public",
    "pull_request_review_thread",
    "repository_ruleset",
    "workflow_job",
];

/// Why a delivery of this event is kept and ignored.
pub(super) fn unused(event: &str, action: Option<&str>) -> Signal {
    if !NOT_USED_YET.contains(&event) {
        return ignored(format!("unknown event: {}", short(event)));
    }
    match action {
        Some(action) => ignored(format!("known, not used yet: {event}.{}", short(action))),
        None => ignored(format!("known, not used yet: {event}")),
    }
}
