//! Events that GitLab sends and this version has no use for. An event that is used does not belong here.

use super::{ignored, short};
use crate::domain::signal::Signal;

/// Subscribed to by accident, or likely to be: later versions may read them.
const NOT_USED_YET: [&str; 10] = [
    "emoji",
    "feature_flag",
    "issue",
    "project_create",
    "repository_update",
    "subgroup_create",
    "subgroup_destroy",
    "vulnerability",
    "wiki_page",
    "work_item",
];

/// Why a delivery of this event is kept and ignored.
pub(super) fn unused(event: &str) -> Signal {
    if event.starts_with("user_") {
        return ignored("who may do what is read when it is needed");
    }
    if NOT_USED_YET.contains(&event) {
        return ignored(format!("known, not used yet: {event}"));
    }
    ignored(format!("unknown event: {}", short(event)))
}
