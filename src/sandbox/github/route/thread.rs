//! Issues, pull requests, milestones and labels.

use jiff::Timestamp;
use serde_json::Value;

use super::{READ_PULLS, READ_TALK, WRITE_PULLS, WRITE_TALK};
use crate::sandbox::github::call::Call;
use crate::sandbox::github::shape;
use crate::sandbox::github::wire::{Operation, Reply};
use crate::sandbox::model::{Model, NewLabel, NewThread, Refusal, Thread, ThreadEdit, What};

pub(super) static OPERATIONS: [Operation; 16] = [
    Operation { method: "POST", path: "/repos/{owner}/{repo}/pulls", need: WRITE_PULLS, act: propose },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
        need: READ_PULLS,
        act: pull_commits,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/issues", need: READ_TALK, act: issues },
    Operation { method: "POST", path: "/repos/{owner}/{repo}/issues", need: WRITE_TALK, act: open_issue },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/issues/{issue_number}",
        need: WRITE_TALK,
        act: edit_issue,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/issues/{issue_number}",
        need: READ_TALK,
        act: issue,
    },
    Operation {
        method: "POST",
        path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
        need: WRITE_TALK,
        act: add_labels,
    },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
        need: READ_TALK,
        act: labels_of,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/pulls", need: READ_PULLS, act: pulls },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/pulls/{pull_number}",
        need: READ_PULLS,
        act: pull,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/milestones", need: READ_TALK, act: milestones },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/milestones/{milestone_number}",
        need: READ_TALK,
        act: milestone,
    },
    Operation {
        method: "PATCH",
        path: "/repos/{owner}/{repo}/milestones/{milestone_number}",
        need: WRITE_TALK,
        act: turn_milestone,
    },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/labels", need: READ_TALK, act: labels },
    Operation { method: "POST", path: "/repos/{owner}/{repo}/labels", need: WRITE_TALK, act: make_label },
    Operation { method: "GET", path: "/repos/{owner}/{repo}/labels/{name}", need: READ_TALK, act: label },
];

/// Whether a thread's state is the one asked for; open ones where nothing is asked.
fn in_state(call: &Call, is_open: bool) -> bool {
    match call.asked("state") {
        Some("all") => true,
        Some("closed") => !is_open,
        _ => is_open,
    }
}

/// Whether a thread's milestone is the one asked for: a number, `*` for any, `none`.
fn in_milestone(call: &Call, thread: &Thread) -> bool {
    match call.asked("milestone") {
        None => true,
        Some("*") => thread.milestone.is_some(),
        Some("none") => thread.milestone.is_none(),
        Some(number) => thread.milestone.is_some_and(|milestone| milestone.to_string() == number),
    }
}

fn issues(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let labels: Vec<&str> = call.asked("labels").map(|text| text.split(',').collect()).unwrap_or_default();
    let labelled = |thread: &Thread| labels.iter().all(|name| thread.labels.contains(*name));
    let by = |thread: &Thread| {
        call.asked("creator").is_none_or(|login| model.login(thread.author).eq_ignore_ascii_case(login))
    };
    let since: Option<Timestamp> = call.asked("since").and_then(|text| text.parse().ok());
    let found = project.threads.values().rev().filter(|thread| {
        in_state(call, thread.is_open)
            && in_milestone(call, thread)
            && labelled(thread)
            && by(thread)
            && since.is_none_or(|since| thread.updated_at >= since)
    });
    Ok(call.list(found.map(|thread| shape::issue(model, project, thread)).collect()))
}

fn issue(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::issue(model, project, project.thread(call.number("issue_number")?)?)))
}

fn open_issue(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let bot = model.app.bot;
    let new =
        NewThread { title: call.required("title")?, body: call.said("body").unwrap_or_default(), pull: None };
    let number = model.open_thread(call.project, bot, new)?;
    sort(model, call, number)?;
    let project = model.project(call.project)?;
    Ok(Reply::json(201, shape::issue(model, project, project.thread(number)?)))
}

/// What is written, and whether it is open; labels that are named are added.
fn edit_issue(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (bot, number) = (model.app.bot, call.number("issue_number")?);
    let text = |name: &str| call.said(name).map(str::to_owned);
    model.edit_thread(call.project, bot, number, ThreadEdit { title: text("title"), body: text("body") })?;
    sort(model, call, number)?;
    let is_open = model.project(call.project)?.thread(number)?.is_open;
    match (call.said("state"), is_open) {
        (Some("closed"), true) => model.close_thread(call.project, bot, number, call.said("state_reason"))?,
        (Some("open"), false) => model.reopen_thread(call.project, bot, number)?,
        _ => {}
    }
    issue(model, call)
}

/// The labels and the milestone that a request names.
fn sort(model: &mut Model, call: &Call, number: u64) -> Result<(), Refusal> {
    let bot = model.app.bot;
    let labels = call.body.get("labels").and_then(Value::as_array);
    for name in labels.into_iter().flatten().filter_map(Value::as_str) {
        model.label(call.project, bot, number, name)?;
    }
    match call.body.get("milestone").and_then(Value::as_u64) {
        Some(milestone) => model.plan(call.project, bot, number, Some(milestone)),
        None => Ok(()),
    }
}

fn add_labels(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let number = call.number("issue_number")?;
    let listed = call.body.get("labels").unwrap_or(&call.body).as_array().cloned().unwrap_or_default();
    for name in listed.iter().filter_map(Value::as_str) {
        model.label(call.project, model.app.bot, number, name)?;
    }
    labels_of(model, call)
}

fn labels_of(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let thread = project.thread(call.number("issue_number")?)?;
    let found = thread.labels.iter().filter_map(|name| project.labels.get(name));
    Ok(call.list(found.map(|label| shape::label(model, project, label)).collect()))
}

fn pulls(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let of_branch = |name: &str, branch: &str| {
        call.asked(name).is_none_or(|asked| asked.rsplit(':').next().unwrap_or_default() == branch)
    };
    let found = project.threads.values().rev().filter_map(|thread| Some((thread, thread.pull.as_ref()?)));
    let found = found.filter(|(thread, pull)| {
        in_state(call, thread.is_open) && of_branch("base", &pull.base) && of_branch("head", &pull.head)
    });
    Ok(call.list(found.map(|(thread, pull)| shape::pull_in_list(model, project, thread, pull)).collect()))
}

fn propose(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let ends = (call.required("head")?, call.required("base")?);
    let words = (call.required("title")?, call.said("body").unwrap_or_default());
    let number = model.propose(call.project, model.app.bot, ends, words)?;
    let project = model.project(call.project)?;
    let thread = project.thread(number)?;
    Ok(Reply::json(201, shape::pull(model, project, thread, thread.pull()?)))
}

/// Oldest first.
fn pull_commits(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let pull = project.thread(call.number("pull_number")?)?.pull()?;
    let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid).unwrap_or_default();
    // After a merge the base has them: what counts is where the branch began.
    let range = project.git.range(&origin, &pull.head_oid);
    let found = range.iter().filter_map(|oid| project.git.commit(oid));
    Ok(call.list(found.map(|one| shape::commit(model, project, one)).collect()))
}

fn pull(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let thread = project.thread(call.number("pull_number")?)?;
    Ok(Reply::json(200, shape::pull(model, project, thread, thread.pull()?)))
}

fn milestones(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.milestones.values().filter(|one| in_state(call, one.is_open));
    Ok(call.list(found.map(|one| shape::milestone(model, project, one)).collect()))
}

fn milestone(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let found = project.milestones.get(&call.number("milestone_number")?).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::milestone(model, project, found)))
}

fn turn_milestone(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let number = call.number("milestone_number")?;
    let is_open = model.project(call.project)?.milestones.get(&number).ok_or(Refusal::NotFound)?.is_open;
    let turn = match (call.said("state"), is_open) {
        (Some("closed"), true) => Some(What::MilestoneClosed(number)),
        (Some("open"), false) => Some(What::MilestoneReopened(number)),
        _ => None,
    };
    if let Some(what) = turn {
        model.turn_milestone(call.project, model.app.bot, number, what)?;
    }
    milestone(model, call)
}

fn labels(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(call.list(project.labels.values().map(|label| shape::label(model, project, label)).collect()))
}

fn make_label(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = call.required("name")?;
    let color = call.said("color").unwrap_or("ededed");
    let new = NewLabel { name, color, description: call.said("description").unwrap_or_default() };
    model.make_label(call.project, model.app.bot, new).map_err(|refusal| match refusal {
        Refusal::Conflict(_) => Refusal::Invalid("name already_exists".to_owned()),
        other => other,
    })?;
    let project = model.project(call.project)?;
    let made = project.labels.get(name).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::label(model, project, made)))
}

/// Capitals do not matter.
fn label(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let mut labels = project.labels.values();
    let found = labels.find(|one| one.name.eq_ignore_ascii_case(call.text("name")));
    let found = found.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::label(model, project, found)))
}
