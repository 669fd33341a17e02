//! Check runs and commit statuses.

use serde_json::Value;

use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::model::{Check, CheckDraft, CommitStatusDraft, Model, Refusal};

const READ_CHECKS: Need = Need::Token(&[("checks", "read")]);
const WRITE_CHECKS: Need = Need::Token(&[("checks", "write")]);
const READ_STATUSES: Need = Need::Token(&[("statuses", "read")]);
const WRITE_STATUSES: Need = Need::Token(&[("statuses", "write")]);

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
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/commits/{ref}/status",
        need: READ_STATUSES,
        act: combined,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/statuses/{sha}",
        need: WRITE_STATUSES,
        act: report,
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

/// Newest first; where nothing else is asked, only the newest of each app and name.
fn checks(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let commit = project.resolve(call.text("ref")).ok_or(Refusal::Invalid("No commit found".into()))?;
    let is = |name: &str, value: &str| call.asked(name).is_none_or(|asked| asked == value);
    let app_id = |check: &Check| match model.others.iter().find(|other| other.bot == check.app) {
        Some(other) => other.id,
        None => model.app.credentials.id,
    };
    let all = || project.checks.values().rev().filter(|one| one.head_oid == commit.oid);
    let is_newest = |one: &Check| {
        let same = |other: &&Check| other.app == one.app && other.name == one.name;
        all().find(same).is_some_and(|newest| newest.id == one.id)
    };
    let wanted = |one: &&Check| {
        is("check_name", &one.name)
            && is("status", &one.status)
            && is("app_id", &app_id(one).to_string())
            && (call.asked("filter") == Some("all") || is_newest(one))
    };
    let items = all().filter(wanted).map(|one| shape::check_run(model, project, one)).collect();
    Ok(call.counted_list("check_runs", items))
}

fn combined(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let commit = project.resolve(call.text("ref")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::combined_status(model, project, &commit.oid)))
}

fn report(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let text = |name: &str| call.said(name).map(str::to_owned);
    let draft = CommitStatusDraft {
        oid: call.text("sha").to_owned(),
        context: text("context"),
        state: call.required("state")?.to_owned(),
        description: text("description"),
        target_url: text("target_url"),
    };
    let id = model.create_status(call.project, model.app.bot, draft)?;
    let project = model.project(call.project)?;
    let status = project.statuses.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::status(model, project, status)))
}
