//! Deployments, their statuses, and environments.

use serde_json::{Value, json};

use super::super::call::encode;
use super::{api_url, app_of, node_id, site_url, time, user};
use crate::sandbox::model::{Deployment, DeploymentStatus, Environment, Model, Project};

pub(crate) fn deployment(model: &Model, project: &Project, one: &Deployment) -> Value {
    let api = api_url(model, project);
    let url = format!("{api}/deployments/{}", one.id);
    let mut value = json!({
        "id": one.id, "node_id": node_id("DE", one.id), "url": url, "sha": one.oid, "ref": one.reference,
        "task": one.task, "payload": one.payload, "original_environment": one.original_environment,
        "environment": one.environment, "description": one.description, "creator": user(model, one.creator),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "statuses_url": format!("{url}/statuses"), "repository_url": api,
        "transient_environment": one.is_transient, "production_environment": one.is_production,
    });
    via(model, &mut value, one.creator);
    value
}

pub(crate) fn deployment_status(
    model: &Model,
    project: &Project,
    one: &Deployment,
    status: &DeploymentStatus,
) -> Value {
    let api = api_url(model, project);
    let url = format!("{api}/deployments/{}", one.id);
    let own = format!("{}/deployments", site_url(model, project));
    let target = if status.log_url.is_empty() { &own } else { &status.log_url };
    let mut value = json!({
        "id": status.id, "node_id": node_id("DES", status.id), "url": format!("{url}/statuses/{}", status.id),
        "state": status.state, "creator": user(model, status.creator), "description": status.description,
        "environment": status.environment, "target_url": target, "deployment_url": url, "repository_url": api,
        "created_at": time(status.created_at), "updated_at": time(status.created_at),
    });
    // The description wants an address or nothing here.
    for (name, address) in [("environment_url", &status.environment_url), ("log_url", &status.log_url)] {
        if !address.is_empty() {
            value[name] = json!(address);
        }
    }
    via(model, &mut value, status.creator);
    value
}

/// What a person made has no such field.
fn via(model: &Model, value: &mut Value, creator: u64) {
    if let Some(app) = app_of(model, creator) {
        value["performed_via_github_app"] = app;
    }
}

pub(crate) fn environment(model: &Model, project: &Project, one: &Environment) -> Value {
    let name = encode(&one.name);
    json!({
        "id": one.id, "node_id": node_id("EN", one.id), "name": one.name,
        "url": format!("{}/environments/{name}", api_url(model, project)),
        "html_url": format!("{}/deployments/activity_log?environments_filter={name}", site_url(model, project)),
        "created_at": time(one.created_at), "updated_at": time(one.created_at),
        "protection_rules": [], "deployment_branch_policy": null,
    })
}
