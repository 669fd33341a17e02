//! Pipelines and their jobs.

use serde_json::{Value, json};

use super::{commit, current_user, maybe_time, merge, site_url, time, user};
use crate::sandbox::model::{Job, JobState, Model, Project, Run};

/// How a pipeline goes, in GitLab's words.
pub(crate) fn pipeline_status(run: &Run) -> &'static str {
    match (run.conclusion.as_deref(), run.began_at) {
        (Some("success" | "neutral"), _) => "success",
        (Some("cancelled"), _) => "canceled",
        (Some("skipped"), _) => "skipped",
        (Some(_), _) => "failed",
        (None, Some(_)) => "running",
        (None, None) if run.jobs.iter().any(|job| job.state == JobState::Waiting) => "pending",
        (None, None) if !run.jobs.is_empty() => "manual",
        (None, None) => "pending",
    }
}

/// How a job goes, in GitLab's words.
pub(crate) fn job_status(job: &Job) -> &'static str {
    match &job.state {
        JobState::Waiting => "pending",
        JobState::Manual => "manual",
        JobState::Running => "running",
        JobState::Over(how) => match how.as_str() {
            "success" => "success",
            "cancelled" => "canceled",
            "skipped" => "skipped",
            _ => "failed",
        },
    }
}

/// How long a job went on, in seconds, once it is over.
pub(crate) fn lasted(job: &Job) -> Option<f64> {
    let (began, ended) = job.began_at.zip(job.ended_at)?;
    Some(ended.duration_since(began).as_secs_f64())
}

pub(crate) fn job(model: &Model, project: &Project, run: &Run, one: &Job) -> Value {
    let found = project.git.commit(&run.head_oid).map(|found| commit(model, project, found));
    let status = job_status(one);
    json!({
        "id": one.id, "status": status, "stage": one.stage, "name": one.name,
        "ref": run.head_ref.as_deref().unwrap_or(&run.head_oid), "tag": is_tag(project, run), "coverage": null,
        "allow_failure": one.is_manual, "created_at": time(run.created_at), "started_at": maybe_time(one.began_at),
        "finished_at": maybe_time(one.ended_at), "erased_at": null, "duration": lasted(one), "queued_duration": 0.0,
        "user": current_user(model, one.actor), "commit": found, "pipeline": pipeline_in_list(model, project, run),
        "failure_reason": (status == "failed").then_some("script_failure"), "archived": false, "source": source(run),
        "web_url": format!("{}/-/jobs/{}", site_url(model, project), one.id),
        "project": { "ci_job_token_scope_enabled": true }, "artifacts": [], "runner": null, "runner_manager": null,
        "artifacts_expire_at": null, "tag_list": [],
    })
}

/// What started a pipeline, in GitLab's words.
pub(crate) fn source(run: &Run) -> &str {
    if run.event == "workflow_dispatch" { "api" } else { &run.event }
}

pub(crate) fn is_tag(project: &Project, run: &Run) -> bool {
    let name = run.head_ref.as_deref().unwrap_or_default();
    project.git.reference(&format!("refs/tags/{name}")).is_some()
}

pub(crate) fn pipeline_url(model: &Model, project: &Project, run: &Run) -> String {
    format!("{}/-/pipelines/{}", site_url(model, project), run.id)
}

pub(crate) fn pipeline_in_list(model: &Model, project: &Project, run: &Run) -> Value {
    json!({
        "id": run.id, "iid": run.run_number, "project_id": project.id, "sha": run.head_oid,
        "ref": run.head_ref.as_deref().unwrap_or(&run.head_oid), "status": pipeline_status(run), "source": source(run),
        "created_at": time(run.created_at), "updated_at": time(run.updated_at),
        "web_url": pipeline_url(model, project, run), "name": run.name,
    })
}

pub(crate) fn pipeline(model: &Model, project: &Project, run: &Run) -> Value {
    let mut value = pipeline_in_list(model, project, run);
    let status = pipeline_status(run);
    let ended_at = run.conclusion.as_ref().map(|_| run.updated_at);
    let lasted = run.began_at.zip(ended_at).map(|(began, ended)| ended.as_second() - began.as_second());
    let path = format!("/{}/-/pipelines/{}", model.path_of(project), run.id);
    merge(
        &mut value,
        json!({
            "before_sha": "0".repeat(40), "tag": is_tag(project, run), "yaml_errors": null,
            "user": user(model, run.actor), "started_at": maybe_time(run.began_at),
            "finished_at": maybe_time(ended_at), "committed_at": null, "duration": lasted, "queued_duration": 0,
            "coverage": null, "archived": false,
            "detailed_status": {
                "icon": format!("status_{status}"), "text": status, "label": status, "group": status, "tooltip": status,
                "has_details": true, "details_path": path, "illustration": null, "favicon": "/favicon.png",
            },
        }),
    );
    value
}
