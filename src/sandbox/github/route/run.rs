//! Workflow runs: lists, one run, starting and cancelling.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{Dispatch, Model, Project, Refusal, Run, plain};

const READ_ACTIONS: Need = Need::Token(&[("actions", "read")]);
const WRITE_ACTIONS: Need = Need::Token(&[("actions", "write")]);

pub(super) static OPERATIONS: [Operation; 5] = [
    Operation { method: "GET", path: "/repos/{owner}/{repo}/actions/runs", need: READ_ACTIONS, act: runs },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/runs/{run_id}",
        need: READ_ACTIONS,
        act: run,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
        need: WRITE_ACTIONS,
        act: cancel,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
        need: READ_ACTIONS,
        act: runs_of_workflow,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        need: WRITE_ACTIONS,
        act: dispatch,
    },
];

fn runs(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    list(model, call, project.runs.values().rev().collect())
}

/// A workflow is one by its number or its file, on the default branch or where it has run.
fn runs_of_workflow(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let workflow = call.text("workflow_id");
    project.workflow_path(workflow, "HEAD").ok_or(Refusal::NotFound)?;
    let is_of = |run: &&Run| run.workflow.to_string() == workflow || run.file() == workflow;
    list(model, call, project.runs.values().rev().filter(is_of).collect())
}

fn list(model: &Model, call: &Call, runs: Vec<&Run>) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let is = |name: &str, value: &str| call.asked(name).is_none_or(|asked| asked == value);
    let wanted = |run: &&Run| {
        is("head_sha", &run.head_oid)
            && is("event", &run.event)
            && is("branch", run.head_ref.as_deref().unwrap_or_default())
            && is("actor", model.login(run.actor))
            && call
                .asked("status")
                .is_none_or(|asked| asked == run.status() || run.conclusion.as_deref() == Some(asked))
            && call.asked("created").is_none_or(|asked| is_within(asked, run.created_at))
    };
    let items = runs.into_iter().filter(wanted).map(|run| shape::workflow_run(model, project, run)).collect();
    Ok(call.counted_list("workflow_runs", items))
}

/// GitHub's search syntax for dates: `>=2026-12-01`, `<…`, `2026-12-01..2026-12-02`, or one day.
fn is_within(range: &str, at: Timestamp) -> bool {
    let (start, end) = (|text| moment(text).map(|(start, _)| start), |text| moment(text).map(|(_, end)| end));
    let holds = |bound: Option<Timestamp>, test: fn(Timestamp, Timestamp) -> bool| {
        bound.is_some_and(|bound| test(at, bound))
    };
    if let Some((from, until)) = range.split_once("..") {
        return (from == "*" || holds(start(from), |at, bound| at >= bound))
            && (until == "*" || holds(end(until), |at, bound| at <= bound));
    }
    if let Some(from) = range.strip_prefix(">=") {
        return holds(start(from), |at, bound| at >= bound);
    }
    if let Some(until) = range.strip_prefix("<=") {
        return holds(end(until), |at, bound| at <= bound);
    }
    if let Some(from) = range.strip_prefix('>') {
        return holds(end(from), |at, bound| at > bound);
    }
    if let Some(until) = range.strip_prefix('<') {
        return holds(start(until), |at, bound| at < bound);
    }
    holds(start(range), |at, bound| at >= bound) && holds(end(range), |at, bound| at <= bound)
}

/// The first and the last second of what was written: a day in UTC, or a second.
fn moment(text: &str) -> Option<(Timestamp, Timestamp)> {
    if let Ok(second) = text.parse::<Timestamp>() {
        return Some((second, second + jiff::SignedDuration::from_millis(999)));
    }
    let day: Date = text.parse().ok()?;
    let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some((start, start + jiff::SignedDuration::from_hours(24) - jiff::SignedDuration::from_millis(1)))
}

fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Run, Refusal> {
    project.runs.get(&call.number("run_id")?).ok_or(Refusal::NotFound)
}

fn run(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::workflow_run(model, project, found(project, call)?)))
}

fn cancel(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = found(model.project(call.project)?, call)?.id;
    model.cancel_run(call.project, model.app.bot, id)?;
    Ok(Reply::json(202, json!({})))
}

fn dispatch(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let details = call.body.get("return_run_details");
    if details.is_some() && !model.tells_runs {
        return Err(Refusal::Invalid(
            "Invalid request.\n\n\"return_run_details\" is not a permitted key.".into(),
        ));
    }
    let inputs = call.body.get("inputs").and_then(Value::as_object);
    let inputs: BTreeMap<String, String> =
        inputs.into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))).collect();
    let (file, reference) = (call.text("workflow_id").to_owned(), call.required("ref")?.to_owned());
    let id = model.dispatch(
        call.project,
        model.app.bot,
        Dispatch { file, reference, inputs, ..Dispatch::default() },
    )?;
    if details.and_then(Value::as_bool) != Some(true) {
        return Ok(Reply::empty(204));
    }
    let project = model.project(call.project)?;
    let (api, site) = (shape::api_url(model, project), shape::site_url(model, project));
    Ok(Reply::json(
        200,
        json!({
            "workflow_run_id": id, "run_url": format!("{api}/actions/runs/{id}"),
            "html_url": format!("{site}/actions/runs/{id}"),
        }),
    ))
}
