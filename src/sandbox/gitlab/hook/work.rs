//! Webhooks of what machines report: deployments, pipelines and their jobs.

use serde_json::{Value, json};

use super::Event;
use crate::sandbox::gitlab::shape::{self, told};
use crate::sandbox::model::{Happening, Job, Model, Project, Run, What};

pub(super) fn events(model: &Model, project: &Project, happening: &Happening) -> Vec<Event> {
    let found = match &happening.what {
        What::DeploymentReported { deployment, .. } => {
            deployed(model, project, (*deployment, happening.actor))
        }
        What::RunRequested(id) | What::RunBegan(id) | What::RunCompleted(id) => {
            project.runs.get(id).map(|run| ran(model, project, run))
        }
        What::JobChanged(id) => project.runs.get(&Job::run_of(*id)).and_then(|run| {
            let job = run.jobs.iter().find(|job| job.id == *id)?;
            worked(model, project, (run, job))
        }),
        What::StatusCreated(id) => {
            project.statuses.get(id).and_then(|one| outside(model, project, (&one.oid, happening.actor)))
        }
        What::CheckCreated(id) | What::CheckCompleted(id) => {
            project.checks.get(id).and_then(|one| outside(model, project, (&one.head_oid, happening.actor)))
        }
        _ => None,
    };
    found.into_iter().collect()
}

fn deployed(model: &Model, project: &Project, (id, actor): (u64, u64)) -> Option<Event> {
    let one = project.deployments.get(&id)?;
    let status = shape::deployment_status(one);
    if status == "created" {
        return None;
    }
    let commit = project.git.commit(&one.oid)?;
    let job = shape::job_of(project, one).map(|(_, job)| job.id);
    let url = job.map(|id| format!("{}/-/jobs/{id}", shape::site_url(model, project)));
    let body = json!({
        "object_kind": "deployment", "status": status, "status_changed_at": told::offset_time(one.updated_at),
        "deployment_id": one.id, "deployable_id": job, "deployable_url": url, "environment": one.environment,
        "environment_tier": shape::tier(&one.environment), "environment_slug": shape::slug(&one.environment),
        "environment_external_url": null, "project": told::project(model, project), "short_sha": &one.oid[..8],
        "user": told::user(model, actor), "user_url": shape::user(model, actor)["web_url"],
        "commit_url": shape::page(model, project, "commit", &one.oid), "commit_title": commit.headline(),
        "ref": one.reference,
    });
    Some(Event::of("Deployment Hook", status, body))
}

/// A job as the webhook of its pipeline has it.
fn build(model: &Model, run: &Run, job: &Job) -> Value {
    let status = shape::job_status(job);
    let environment = job.environment.as_deref().map(environment);
    json!({
        "id": job.id, "stage": job.stage, "name": job.name, "status": status, "created_at": told::time(run.created_at),
        "started_at": job.began_at.map(told::time), "finished_at": job.ended_at.map(told::time),
        "duration": shape::lasted(job), "queued_duration": 0.0,
        "failure_reason": (status == "failed").then_some("script_failure"),
        "when": if job.is_manual { "manual" } else { "on_success" }, "manual": job.is_manual,
        "allow_failure": job.is_manual, "user": told::user(model, job.actor),
        "runner": job.began_at.map(|_| runner()), "artifacts_file": { "filename": null, "size": null },
        "environment": environment,
    })
}

fn environment(name: &str) -> Value {
    json!({ "name": name, "action": "start", "deployment_tier": shape::tier(name) })
}

fn runner() -> Value {
    json!({
        "id": 1, "description": "shared-1", "runner_type": "instance_type", "active": true, "is_shared": true,
        "tags": [],
    })
}

fn ran(model: &Model, project: &Project, run: &Run) -> Event {
    let status = shape::pipeline_status(run);
    let ended_at = run.conclusion.as_ref().map(|_| run.updated_at);
    let lasted = run.began_at.zip(ended_at).map(|(began, ended)| ended.as_second() - began.as_second());
    let variables = run.inputs.iter().map(|(key, value)| json!({ "key": key, "value": value }));
    let stages: std::collections::BTreeSet<&str> = run.jobs.iter().map(|job| job.stage.as_str()).collect();
    let commit = project.git.commit(&run.head_oid).map(|one| told::commit(model, project, one));
    let body = json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": run.id, "iid": run.run_number, "name": run.name, "sha": run.head_oid, "before_sha": "0".repeat(40),
            "ref": run.head_ref.as_deref().unwrap_or(&run.head_oid), "tag": shape::is_tag(project, run),
            "source": shape::source(run), "status": status, "detailed_status": status, "stages": stages,
            "created_at": told::time(run.created_at), "finished_at": ended_at.map(told::time), "duration": lasted,
            "queued_duration": null, "protected_ref": false, "variables": variables.collect::<Vec<_>>(),
            "url": shape::pipeline_url(model, project, run),
        },
        "merge_request": null, "user": told::user(model, run.actor), "project": told::project(model, project),
        "commit": commit, "builds": run.jobs.iter().map(|job| build(model, run, job)).collect::<Vec<_>>(),
    });
    Event::of("Pipeline Hook", status, body)
}

/// What is reported of a commit from outside makes a pipeline of its own, of which nothing else is known.
fn outside(model: &Model, project: &Project, (oid, actor): (&str, u64)) -> Option<Event> {
    let reported = shape::reported(project, oid);
    let has = |status: &str| reported.iter().any(|one| one.status == status);
    let status = ["failed", "running", "pending", "canceled"].into_iter().find(|status| has(status));
    let status = status.unwrap_or("success");
    let commit = project.git.commit(oid)?;
    let branch = project.git.refs_under("refs/heads/").find(|(_, head)| *head == oid);
    let id = reported.first()?.id;
    let body = json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": id, "iid": 1, "name": null, "sha": oid, "before_sha": "0".repeat(40), "tag": false,
            "ref": branch.map_or(project.default_branch.as_str(), |(name, _)| name), "source": "external",
            "status": status, "detailed_status": status, "stages": ["external"],
            "created_at": told::time(reported.first()?.at), "finished_at": null, "duration": null,
            "queued_duration": null, "protected_ref": false, "variables": [],
            "url": format!("{}/-/pipelines/{id}", shape::site_url(model, project)),
        },
        "merge_request": null, "user": told::user(model, actor), "project": told::project(model, project),
        "commit": told::commit(model, project, commit), "builds": [],
    });
    Some(Event::of("Pipeline Hook", status, body))
}

/// The id of the commit in here is that of the pipeline.
fn worked(model: &Model, project: &Project, (run, job): (&Run, &Job)) -> Option<Event> {
    let commit = project.git.commit(&run.head_oid)?;
    let (status, user) = (shape::job_status(job), told::user(model, job.actor));
    let body = json!({
        "object_kind": "build", "ref": run.head_ref.as_deref().unwrap_or(&run.head_oid),
        "tag": shape::is_tag(project, run), "before_sha": "0".repeat(40), "sha": run.head_oid, "retries_count": 0,
        "build_id": job.id, "build_name": job.name, "build_stage": job.stage, "build_status": status,
        "build_created_at": told::time(run.created_at), "build_started_at": job.began_at.map(told::time),
        "build_finished_at": job.ended_at.map(told::time), "build_duration": shape::lasted(job),
        "build_queued_duration": 0.0, "build_allow_failure": job.is_manual,
        "build_failure_reason": if status == "failed" { "script_failure" } else { "unknown_failure" },
        "pipeline_id": run.id, "project_id": project.id, "project_name": model.path_of(project).replace('/', " / "),
        "user": user, "runner": job.began_at.map(|_| runner()),
        "commit": {
            "id": run.id, "name": run.name, "sha": run.head_oid, "message": commit.message,
            "author_name": commit.author.name, "author_email": "[REDACTED]", "author_url": null,
            "status": shape::pipeline_status(run), "duration": null, "started_at": run.began_at.map(told::time),
            "finished_at": run.conclusion.as_ref().map(|_| told::time(run.updated_at)),
        },
        "repository": told::repository(model, project), "project": told::project(model, project),
        "environment": job.environment.as_deref().map(environment),
    });
    Some(Event::of("Job Hook", status, body))
}
