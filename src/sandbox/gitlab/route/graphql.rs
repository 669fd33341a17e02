//! The few documents of GraphQL that are known here, each by a word in it: a job once more, the commits of merge requests and who
//! approved them, the oldest one of somebody, commits by themselves. What a document leaves out is answered all the same.

use serde_json::{Map, Value, json};

use super::{TOKEN, pipeline};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply, reaches};
use crate::sandbox::model::{AccountKind, Commit, Model, Project, Pull, Refusal};

pub(super) static OPERATIONS: [Operation; 1] =
    [Operation { method: "POST", path: "/graphql", need: TOKEN, act: answer }];

fn answer(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let document = call.said("query").unwrap_or_default().to_owned();
    if document.contains("jobRetry") {
        return pipeline::retry(model, call);
    }
    let variables = call.body.get("variables").cloned().unwrap_or_default();
    let path = variables["path"].as_str().unwrap_or_default();
    let project = model.find_project(path).filter(|project| reaches(model, call.caller, project));
    // What somebody may not see is not there.
    let Some(project) = project else { return Ok(told(&json!({ "project": null }))) };
    let found = if document.contains("mergeRequests(iids:") {
        json!({ "mergeRequests": { "nodes": merges(model, project, &variables["numbers"]) } })
    } else if document.contains("mergeRequests(authorUsername:") {
        Value::Object(oldest(model, project, &variables))
    } else if document.contains(":tree(ref:") {
        json!({ "repository": trees(model, project, &document) })
    } else {
        let error = json!({ "message": "The stand-in does not know this document" });
        return Ok(Reply::json(200, json!({ "errors": [error] })));
    };
    Ok(told(&json!({ "project": found })))
}

fn told(data: &Value) -> Reply {
    Reply::json(200, json!({ "data": data }))
}

fn merges(model: &Model, project: &Project, numbers: &Value) -> Vec<Value> {
    let numbers = numbers.as_array().into_iter().flatten().filter_map(|number| number.as_str()?.parse().ok());
    let found = numbers.filter_map(|number: u64| Some((number, project.thread(number).ok()?.pull.as_ref()?)));
    found.map(|(number, pull)| merge(model, project, (number, pull))).collect()
}

fn merge(model: &Model, project: &Project, (number, pull): (u64, &Pull)) -> Value {
    let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid).unwrap_or_default();
    let range = project.git.range(&origin, &pull.head_oid);
    let commits = range.iter().rev().filter_map(|oid| project.git.commit(oid));
    let nodes: Vec<Value> = commits.map(|one| commit(model, one)).collect();
    let files = project.git.brought(&pull.base_oid, &pull.head_oid);
    let files: Vec<Value> = files.into_iter().map(|path| json!({ "path": path })).collect();
    let approved = shape::approvers(project, number).into_iter().map(|(account, _)| user(model, account));
    let approved: Vec<Value> = approved.collect();
    json!({
        "iid": number.to_string(), "diffStats": files, "approvedBy": { "nodes": approved },
        "commits": { "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": nodes },
    })
}

/// `a0:mergeRequests(authorUsername:$a0,state:merged,sort:CREATED_ASC,first:1)` and so on: of each the oldest that was merged.
fn oldest(model: &Model, project: &Project, variables: &Value) -> Map<String, Value> {
    let names = variables.as_object().into_iter().flatten().filter(|(name, _)| name.as_str() != "path");
    let of = |login: &str| {
        let mut merged = project.threads.iter().filter(|(_, thread)| {
            let is_merged = thread.pull.as_ref().is_some_and(|pull| pull.merged.is_some());
            is_merged && shape::username(model, thread.author) == login
        });
        let nodes: Vec<Value> =
            merged.next().map(|(number, _)| json!({ "iid": number.to_string() })).into_iter().collect();
        json!({ "nodes": nodes })
    };
    names.map(|(name, login)| (name.clone(), of(login.as_str().unwrap_or_default()))).collect()
}

fn user(model: &Model, account: u64) -> Value {
    json!({ "id": format!("gid://gitlab/User/{account}"), "username": shape::username(model, account) })
}

/// `name:tree(ref:"…")`, each with the newest commit that made it.
fn trees(model: &Model, project: &Project, document: &str) -> Map<String, Value> {
    let asked = document.split(":tree(ref:\"").collect::<Vec<_>>();
    let pairs = asked.windows(2).filter_map(|pair| {
        let name = pair[0].rsplit(['{', '}']).next()?;
        let place = pair[1].split('"').next()?;
        Some((name.to_owned(), json!({ "lastCommit": commit(model, project.resolve(place)?) })))
    });
    pairs.collect()
}

/// An address is somebody's if it is linked to their account, and a group is nobody; of a committer GitLab does not say it.
fn commit(model: &Model, one: &Commit) -> Value {
    let is_user = |id: &u64| {
        let account = model.accounts.get(id);
        account.is_some_and(|account| account.kind != AccountKind::Organization)
    };
    let author = one.author.account.filter(is_user).map(|account| user(model, account));
    let committer = one.committer.as_ref().unwrap_or(&one.author);
    json!({
        "sha": one.oid, "message": one.message, "authorName": one.author.name, "authorEmail": one.author.email,
        "committerName": committer.name, "committerEmail": committer.email, "author": author,
    })
}
