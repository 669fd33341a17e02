//! Deployments and environments.

use serde_json::{Value, json};

use super::{time, user};
use crate::sandbox::model::{Deployment, Environment, Job, Model, Project, Run};

/// How a deployment goes, in GitLab's words.
pub(crate) fn deployment_status(one: &Deployment) -> &'static str {
    match one.state() {
        Some("in_progress") => "running",
        Some("success" | "inactive") => "success",
        Some("failure" | "error") => "failed",
        Some("cancelled") => "canceled",
        _ => "created",
    }
}

/// A name as it stands in host names.
pub(crate) fn slug(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let slug: String = name.chars().map(plain).take(24).collect();
    slug.trim_matches('-').to_owned()
}

/// The tier that GitLab guesses from a name.
pub(crate) fn tier(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["prod", "live"]) {
        "production"
    } else if has(&["stag", "stg", "pre", "demo", "model"]) {
        "staging"
    } else if has(&["test", "qa", "acc"]) {
        "testing"
    } else if has(&["dev", "review", "trunk"]) {
        "development"
    } else {
        "other"
    }
}

pub(crate) fn environment(one: &Environment) -> Value {
    json!({
        "id": one.id, "name": one.name, "slug": slug(&one.name), "external_url": null, "description": null,
        "state": "available", "tier": tier(&one.name), "created_at": time(one.created_at),
        "updated_at": time(one.created_at), "auto_stop_at": null, "auto_stop_setting": "always",
    })
}

/// The place of a deployment among all of its project, from 1.
pub(crate) fn number_of(project: &Project, one: &Deployment) -> usize {
    project.deployments.range(..=one.id).count()
}

/// The job that made a deployment; none made what somebody only wrote down.
pub(crate) fn job_of<'a>(project: &'a Project, one: &Deployment) -> Option<(&'a Run, &'a Job)> {
    let run = project.runs.get(&one.run?)?;
    let job = run.jobs.iter().find(|job| job.deployment == Some(one.id))?;
    Some((run, job))
}

pub(crate) fn deployment(model: &Model, project: &Project, one: &Deployment) -> Value {
    let job = job_of(project, one).map(|(run, job)| super::job(model, project, run, job));
    let to = project.environments.get(&one.environment).map(environment);
    json!({
        "id": one.id, "iid": number_of(project, one), "ref": one.reference, "sha": one.oid,
        "created_at": time(one.created_at), "updated_at": time(one.updated_at), "user": user(model, one.creator),
        "environment": to, "deployable": job, "status": deployment_status(one),
    })
}
