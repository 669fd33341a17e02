//! Check runs and workflow runs.

use serde_json::Value;

use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{CheckDraft, Model, Refusal, Run};

const READ_CHECKS: Need = Need::Token(&[("checks", "read")]);
const WRITE_CHECKS: Need = Need::Token(&[("checks", "write")]);
const READ_ACTIONS: Need = Need::Token(&[("actions", "read")]);

pub(super) static OPERATIONS: [Operation; 6] = [
    Operation { method: "POST", path: "/repos/{owner}/{repo}/check-runs", need: WRITE_CHECKS, act: create },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        need: WRITE_CHECKS,
        act: edit,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        need: READ_CHECKS,
        act: check,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        need: READ_CHECKS,
        act: checks,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/actions/runs", need: READ_ACTIONS, act: runs },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/actions/runs/{run_id}",
        need: READ_ACTIONS,
        act: run,
    },
];

fn draft(call: &Call) -> Result<CheckDraft, Refusal> {
    let text = |name: &str| call.said(name).map(str::to_owned);
    let output = call.body.get("output");
    let said = |name: &str| output.and_then(|output| output.get(name)?.as_str()).map(str::to_owned);
    if output.is_some() && (said("title").is_none() || said("summary").is_none()) {
        return Err(Refusal::Invalid(
            "Invalid request.\n\n\"title\" and \"summary\" are needed in output.".into(),
        ));
    }
    let buttons = call.body.get("actions").and_then(Value::as_array);
    if buttons.is_some_and(|buttons| buttons.len() > 3) {
        return Err(Refusal::Invalid("No more than 3 items are allowed in actions".into()));
    }
    Ok(CheckDraft {
        head_oid: text("head_sha"),
        name: text("name"),
        external_id: text("external_id"),
        details_url: text("details_url"),
        status: text("status"),
        conclusion: text("conclusion"),
        title: said("title"),
        summary: said("summary"),
        text: said("text"),
    })
}

fn shown(model: &Model, call: &Call, id: u64, status: u16) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.checks.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(status, shape::check_run(model, project, found)))
}

fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = model.create_check(call.project, model.app.bot, draft(call)?)?;
    shown(model, call, id, 201)
}

fn edit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("check_run_id")?;
    model.edit_check(call.project, model.app.bot, id, draft(call)?)?;
    shown(model, call, id, 200)
}

fn check(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    shown(model, call, call.number("check_run_id")?, 200)
}

fn checks(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let commit = project.resolve(call.text("ref")).ok_or(Refusal::Invalid("No commit found".into()))?;
    let named = |name: &str| call.asked("check_name").is_none_or(|asked| asked == name);
    let found = project.checks.values().rev().filter(|one| one.head_oid == commit.oid && named(&one.name));
    Ok(call.counted_list("check_runs", found.map(|one| shape::check_run(model, project, one)).collect()))
}

fn runs(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let is = |name: &str, value: &str| call.asked(name).is_none_or(|asked| asked == value);
    let wanted =
        |run: &&Run| is("head_sha", &run.head_oid) && is("event", &run.event) && is("branch", &run.head_ref);
    let found = project.runs.values().rev().filter(wanted);
    Ok(call
        .counted_list("workflow_runs", found.map(|run| shape::workflow_run(model, project, run)).collect()))
}

fn run(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.runs.get(&call.number("run_id")?).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::workflow_run(model, project, found)))
}
