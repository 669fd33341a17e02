//! Webhooks of what machines report: deployments, pipelines and their jobs.

use serde_json::json;

use super::Event;
use crate::sandbox::gitlab::shape::{self, told};
use crate::sandbox::model::{Happening, Model, Project, What};

pub(super) fn events(model: &Model, project: &Project, happening: &Happening) -> Vec<Event> {
    match &happening.what {
        What::DeploymentReported { deployment, .. } => {
            deployed(model, project, (*deployment, happening.actor)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn deployed(model: &Model, project: &Project, (id, actor): (u64, u64)) -> Option<Event> {
    let one = project.deployments.get(&id)?;
    let status = shape::deployment_status(one);
    if status == "created" {
        return None;
    }
    let commit = project.git.commit(&one.oid)?;
    let body = json!({
        "object_kind": "deployment", "status": status, "status_changed_at": told::offset_time(one.updated_at),
        "deployment_id": one.id, "deployable_id": null, "deployable_url": null, "environment": one.environment,
        "environment_tier": shape::tier(&one.environment), "environment_slug": shape::slug(&one.environment),
        "environment_external_url": null, "project": told::project(model, project), "short_sha": &one.oid[..8],
        "user": told::user(model, actor), "user_url": shape::user(model, actor)["web_url"],
        "commit_url": shape::page(model, project, "commit", &one.oid), "commit_title": commit.headline(),
        "ref": one.reference,
    });
    Some(Event::of("Deployment Hook", status, body))
}
