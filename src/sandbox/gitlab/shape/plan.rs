//! Labels and milestones.

use serde_json::{Value, json};

use super::{day, site_url, time};
use crate::sandbox::model::{Label, Milestone, Model, Project};

pub(crate) fn label(project: &Project, one: &Label) -> Value {
    let bearing = |is_open: bool, is_change: bool| {
        let threads = project.threads.values();
        threads
            .filter(|thread| thread.labels.contains(&one.name))
            .filter(|thread| thread.is_open == is_open && thread.pull.is_some() == is_change)
            .count()
    };
    json!({
        "id": one.id, "name": one.name, "color": format!("#{}", one.color), "text_color": "#1F1E24",
        "description": one.description, "description_html": one.description,
        "open_issues_count": bearing(true, false), "closed_issues_count": bearing(false, false),
        "open_merge_requests_count": bearing(true, true), "subscribed": false, "priority": null,
        "is_project_label": true, "archived": false,
    })
}

pub(crate) fn milestone(model: &Model, project: &Project, one: &Milestone) -> Value {
    let is_over = one.is_open && one.due_on.is_some_and(|due| day(due) < day(model.now()));
    json!({
        "id": one.id, "iid": one.number, "project_id": project.id, "title": one.title, "description": "",
        "state": if one.is_open { "active" } else { "closed" }, "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "due_date": one.due_on.map(day), "start_date": null, "expired": is_over,
        "web_url": format!("{}/-/milestones/{}", site_url(model, project), one.number),
    })
}

/// A milestone of a release, which counts its issues.
pub(crate) fn milestone_of_release(model: &Model, project: &Project, one: &Milestone) -> Value {
    let mut value = milestone(model, project, one);
    let issues = || project.threads.values().filter(|thread| thread.pull.is_none());
    let planned = || issues().filter(|thread| thread.milestone == Some(one.number));
    let closed = planned().filter(|thread| !thread.is_open).count();
    value["issue_stats"] = json!({ "total": planned().count(), "closed": closed });
    value
}
