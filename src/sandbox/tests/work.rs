//! How what machines report behaves: deployments, workflow runs, checks, statuses; and issues and people as the bot asks for them.

use serde_json::{Value, json};

use super::{ask, send, token, world};
use crate::sandbox::{ACTIONS, Break, Role, World};

const PLACE: &str = "POST /repos/acme/app/deployments";

const DEPLOY: &str = "name: Deploy
on:
  workflow_dispatch:
    inputs:
      version: { required: true }
      dry: { type: boolean, default: false }
      target: { type: choice, options: [eu, us], default: eu }
jobs:
  deploy:
    environment: \"${{ inputs.target }}\"
    runs-on: ubuntu-latest
";

fn deployment(reference: &str, environment: &str) -> Value {
    json!({ "ref": reference, "environment": environment, "auto_merge": false, "required_contexts": [] })
}

/// `event.action` of everything told since a moment.
fn told(world: &World, since: usize) -> Vec<String> {
    let name = |one: &crate::sandbox::DeliveryRecord| {
        one.action.as_ref().map_or(one.event.clone(), |action| format!("{}.{action}", one.event))
    };
    world.deliveries()[since..].iter().map(name).collect()
}

#[test]
fn a_deployment_merges_first_unless_it_is_told_not_to() {
    let world = world();
    world.create_branch("topic", "main");
    world.push_file("a.txt", "a");
    let (status, answer) = ask(&world, PLACE, json!({ "ref": "topic" }));
    assert_eq!((status, &answer["id"]), (202, &Value::Null));
    assert_eq!(world.deployments(), []);
    assert!(world.file("topic", "a.txt").is_some(), "the default branch was merged into it");
    assert_eq!(ask(&world, PLACE, json!({ "ref": "topic" })).0, 201, "it is no longer behind");
}

#[track_caller]
fn check_contexts(required: &Value, status: u16) {
    let world = world();
    world.report_check("circleci[bot]", "build", &world.head(), "in_progress");
    world.report_status("ana", "ci/x", &world.head(), "success");
    let mut wanted = json!({ "ref": "main", "auto_merge": false });
    if !required.is_null() {
        wanted["required_contexts"] = required.clone();
    }
    assert_eq!(ask(&world, PLACE, wanted).0, status, "{required}");
}

#[test]
fn a_deployment_waits_for_all_contexts_or_those_that_are_named() {
    check_contexts(&Value::Null, 409);
    check_contexts(&json!(["build"]), 409);
    check_contexts(&json!(["ci/none"]), 409);
    check_contexts(&json!(["ci/x"]), 201);
    check_contexts(&json!([]), 201);
}

#[test]
fn what_is_not_said_of_a_deployment_is_as_github_has_it() {
    let world = world();
    let (_, plain) = ask(&world, PLACE, json!({ "ref": "main" }));
    let found = (&plain["environment"], &plain["task"], &plain["payload"], &plain["production_environment"]);
    assert_eq!(found, (&json!("production"), &json!("deploy"), &json!(""), &json!(true)));
    let (_, staging) = ask(&world, PLACE, deployment("main", "staging"));
    assert_eq!(
        (&staging["production_environment"], &staging["transient_environment"]),
        (&json!(false), &json!(false))
    );
    assert_eq!((&staging["ref"], &staging["sha"]), (&json!("main"), &json!(world.head())));
    let (status, answer) = ask(&world, PLACE, deployment("nowhere", "staging"));
    assert_eq!((status, answer["message"].as_str()), (422, Some("No ref found for: nowhere")));
}

#[test]
fn deployments_are_listed_newest_first_and_by_filter() {
    let world = world();
    world.tag_by_hand("ana", "v1", "main");
    for (reference, environment) in [("v1", "staging"), ("main", "staging"), ("v1", "production")] {
        ask(&world, PLACE, deployment(reference, environment));
    }
    let list = |filter: &str| {
        let (_, answer) = ask(&world, &format!("GET /repos/acme/app/deployments?{filter}"), json!({}));
        let items = answer.as_array().cloned().expect("a list");
        items
            .iter()
            .map(|one| format!("{}@{}", one["environment"], one["ref"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(list(""), ["production@v1", "staging@main", "staging@v1"]);
    assert_eq!(list("environment=staging"), ["staging@main", "staging@v1"]);
    assert_eq!(list("environment=staging&ref=v1"), ["staging@v1"]);
    assert_eq!(list("task=other"), Vec::<String>::new());
    assert_eq!(list(&format!("sha={}", "0".repeat(40))), Vec::<String>::new());
    let (_, answer) = ask(&world, "GET /repos/acme/app/environments?per_page=1", json!({}));
    assert_eq!(
        (&answer["total_count"], answer["environments"].as_array().map(Vec::len)),
        (&json!(2), Some(1))
    );
}

#[track_caller]
fn check_retired(environment: &str, extra: &Value, expected: &str) {
    let world = world();
    let mut wanted = deployment("main", environment);
    if let (Value::Object(wanted), Value::Object(extra)) = (&mut wanted, extra.clone()) {
        wanted.extend(extra);
    }
    let older = ask(&world, PLACE, wanted).1["id"].as_u64().expect("a number");
    world.report(ACTIONS, older, "success", "");
    let newer = world.deploy("ana", environment, "main");
    let before = world.deliveries().len();
    world.report(ACTIONS, newer, "success", "");
    assert_eq!(world.deployments()[0].state(), expected, "{environment} {extra}");
    assert_eq!(told(&world, before), ["deployment_status.created"], "nobody is told of `inactive`");
}

#[test]
fn a_success_retires_older_ones_that_are_neither_production_nor_transient() {
    check_retired("staging", &json!({}), "inactive");
    check_retired("production", &json!({}), "success");
    check_retired("blue", &json!({ "production_environment": true }), "success");
    check_retired("review", &json!({ "transient_environment": true }), "success");
}

#[test]
fn only_what_succeeded_in_the_same_environment_retires() {
    let world = world();
    let failed = world.deploy("ana", "staging", "main");
    world.report(ACTIONS, failed, "failure", "");
    let elsewhere = world.deploy("ana", "preview", "main");
    world.report(ACTIONS, elsewhere, "success", "");
    let kept = world.deploy("ana", "staging", "main");
    world.report(ACTIONS, kept, "success", "");
    let newest = ask(&world, PLACE, deployment("main", "staging")).1["id"].clone();
    let line = format!("{PLACE}/{newest}/statuses");
    assert_eq!(ask(&world, &line, json!({ "state": "success", "auto_inactive": false })).0, 201);
    let states: Vec<String> = world.deployments().iter().map(|one| one.state().to_owned()).collect();
    assert_eq!(states, ["failure", "success", "success", "success"]);
}

#[test]
fn a_status_has_a_known_state_and_few_words() {
    let world = world();
    let line = format!("{PLACE}/{}/statuses", world.deploy("ana", "staging", "main"));
    assert_eq!(ask(&world, &line, json!({ "state": "done" })).0, 422);
    assert_eq!(ask(&world, &line, json!({ "state": "pending", "description": "x".repeat(141) })).0, 422);
    assert_eq!(ask(&world, &line, json!({ "state": "pending", "description": "x".repeat(140) })).0, 201);
    assert_eq!(ask(&world, &format!("{PLACE}/1/statuses"), json!({ "state": "pending" })).0, 404);
    let before = world.deliveries().len();
    assert_eq!(ask(&world, &line, json!({ "state": "inactive" })).0, 201);
    assert_eq!(told(&world, before), Vec::<String>::new(), "nobody is told of `inactive`");
}

#[test]
fn a_report_names_the_app_that_made_it() {
    let world = world();
    let id = world.deploy("ana", "staging", "main");
    for login in [ACTIONS, "vercel[bot]", "ana"] {
        world.report(login, id, "in_progress", "");
    }
    let (_, answer) = ask(&world, &format!("GET /repos/acme/app/deployments/{id}/statuses"), json!({}));
    let who = |nth: usize| {
        (answer[nth]["creator"]["login"].clone(), answer[nth]["performed_via_github_app"]["slug"].clone())
    };
    assert_eq!(who(0), (json!("ana"), Value::Null));
    assert_eq!(who(1), (json!("vercel[bot]"), json!("vercel")));
    assert_eq!(who(2), (json!(ACTIONS), json!("github-actions")));
    let (status, user) = ask(&world, "GET /users/github-actions%5Bbot%5D", json!({}));
    assert_eq!((status, &user["type"], &user["id"]), (200, &json!("Bot"), &answer[2]["creator"]["id"]));
}

#[test]
fn a_deployment_starts_the_workflows_that_wait_for_one() {
    let world = world();
    world.push_file(".github/workflows/deploy.yml", "on: deployment\njobs: {}\n");
    world.push_file(".github/workflows/other.yml", "on: push\njobs: {}\n");
    let before = world.runs().len();
    ask(&world, PLACE, deployment(&world.head(), "staging"));
    let started = world.runs().split_off(before);
    assert_eq!(started.len(), 1);
    assert_eq!((started[0].event.as_str(), &started[0].head), ("deployment", &world.head()));
    assert_eq!(started[0].actor, "lockkeeper[bot]");
    world.deploy(ACTIONS, "staging", "main");
    assert_eq!(world.runs().len(), before + 1, "what Actions deploys starts nothing");
}

#[track_caller]
fn check_dispatch(file: &str, body: &Value, expected: (u16, &str)) {
    let world = world();
    world.push_file(".github/workflows/tests.yml", "on: push\njobs: {}\n");
    world.tag_by_hand("ana", "v0", "main");
    world.push_file(".github/workflows/deploy.yml", DEPLOY);
    world.tag_by_hand("ana", "v1", "main");
    let mut body = body.clone();
    if body["ref"] == "HEAD" {
        body["ref"] = json!(world.head());
    }
    let line = format!("POST /repos/acme/app/actions/workflows/{file}/dispatches");
    let (status, answer) = ask(&world, &line, body.clone());
    let said = answer["message"].as_str().unwrap_or_default();
    assert!(status == expected.0 && said.contains(expected.1), "{body}: {status} {said}");
    let is_made = world.runs_of("deploy.yml").iter().any(|run| run.event == "workflow_dispatch");
    assert_eq!(is_made, status < 300);
}

#[test]
fn a_dispatch_goes_to_a_branch_or_tag_that_has_the_workflow_with_inputs_that_it_declares() {
    let good = json!({ "version": "v1" });
    check_dispatch("deploy.yml", &json!({ "ref": "v1", "inputs": good }), (204, ""));
    check_dispatch("deploy.yml", &json!({ "ref": "refs/heads/main", "inputs": good }), (204, ""));
    check_dispatch(
        "deploy.yml",
        &json!({ "ref": "v1", "inputs": good, "return_run_details": true }),
        (200, ""),
    );
    check_dispatch("deploy.yml", &json!({ "ref": "HEAD", "inputs": good }), (422, "No ref found for: "));
    check_dispatch(
        "deploy.yml",
        &json!({ "ref": "v0", "inputs": good }),
        (422, "'workflow_dispatch' trigger"),
    );
    check_dispatch("tests.yml", &json!({ "ref": "v1" }), (422, "'workflow_dispatch' trigger"));
    check_dispatch("none.yml", &json!({ "ref": "v1" }), (404, "Not Found"));
    check_dispatch("deploy.yml", &json!({ "ref": "v1" }), (422, "Required input 'version' not provided"));
    let foreign = json!({ "version": "v1", "who": "me" });
    check_dispatch("deploy.yml", &json!({ "ref": "v1", "inputs": foreign }), (422, "provided: [\"who\"]"));
    let choice = json!({ "version": "v1", "target": "mars" });
    check_dispatch(
        "deploy.yml",
        &json!({ "ref": "v1", "inputs": choice }),
        (422, "'mars' for input 'target'"),
    );
    let many: serde_json::Map<String, Value> = (0..26).map(|nth| (format!("i{nth}"), json!("x"))).collect();
    check_dispatch("deploy.yml", &json!({ "ref": "v1", "inputs": many }), (422, "up to 25"));
}

/// A world with a tag that can be deployed, and the run of a dispatch.
fn dispatched() -> (World, u64) {
    let world = world();
    world.push_file(".github/workflows/deploy.yml", DEPLOY);
    world.tag_by_hand("ana", "v1", "main");
    let body = json!({ "ref": "v1", "inputs": { "version": "v1", "dry": true }, "return_run_details": true });
    let (_, answer) = ask(&world, "POST /repos/acme/app/actions/workflows/deploy.yml/dispatches", body);
    let id = answer["workflow_run_id"].as_u64().expect("a number");
    assert!(answer["html_url"].as_str().is_some_and(|url| url.ends_with(&format!("/actions/runs/{id}"))));
    (world, id)
}

#[test]
fn a_run_knows_what_it_was_asked_for_and_deploys_where_its_job_says() {
    let (world, id) = dispatched();
    let (_, run) = ask(&world, &format!("GET /repos/acme/app/actions/runs/{id}"), json!({}));
    let found = (&run["event"], &run["head_branch"], &run["head_sha"], &run["path"], &run["actor"]["login"]);
    let expected = (json!("workflow_dispatch"), json!("v1"), json!(world.head()));
    let (path, login) = (json!(".github/workflows/deploy.yml"), json!("lockkeeper[bot]"));
    assert_eq!(found, (&expected.0, &expected.1, &expected.2, &path, &login));
    let inputs = &world.runs_of("deploy.yml")[0].inputs;
    assert_eq!((inputs["dry"].as_str(), inputs["target"].as_str()), ("true", "eu"));

    let before = world.deliveries().len();
    world.begin_run(id);
    world.finish_run(id, "cancelled");
    let expected = [
        "workflow_run.in_progress",
        "deployment.created",
        "deployment_status.created",
        "deployment_status.created",
        "workflow_run.completed",
    ];
    assert_eq!(told(&world, before), expected);
    let made = &world.deployments()[0];
    let found = (made.environment.as_str(), made.creator.as_str(), made.commit.as_str(), made.state());
    assert_eq!(found, ("eu", ACTIONS, world.head().as_str(), "failure"));
}

#[test]
fn a_run_is_cancelled_once_and_may_be_deaf() {
    let (world, id) = dispatched();
    world.ignore_cancel(id);
    let cancel = || ask(&world, &format!("POST /repos/acme/app/actions/runs/{id}/cancel"), Value::Null).0;
    assert_eq!((cancel(), world.runs_of("deploy.yml")[0].status), (202, "queued"));
    world.finish_run(id, "success");
    assert_eq!(cancel(), 409);
    let (world, id) = dispatched();
    let line = format!("POST /repos/acme/app/actions/runs/{id}/cancel");
    assert_eq!(ask(&world, &line, Value::Null).0, 202);
    assert_eq!(world.runs_of("deploy.yml")[0].conclusion.as_deref(), Some("cancelled"));
}

#[test]
fn a_run_led_astray_has_another_commit_once() {
    let (world, _) = dispatched();
    world.push_file("a.txt", "a");
    world.lead_astray("deploy.yml", "main");
    let body = json!({ "ref": "v1", "inputs": { "version": "v1" } });
    for _ in 0..2 {
        ask(&world, "POST /repos/acme/app/actions/workflows/deploy.yml/dispatches", body.clone());
    }
    let heads: Vec<bool> = world.runs_of("deploy.yml").iter().map(|run| run.head == world.head()).collect();
    assert_eq!(heads, [false, true, false]);
}

#[test]
fn an_older_server_tells_no_run() {
    let (world, _) = dispatched();
    world.forget_run_details();
    let line = "POST /repos/acme/app/actions/workflows/deploy.yml/dispatches";
    let mut body = json!({ "ref": "v1", "inputs": { "version": "v1" }, "return_run_details": true });
    assert_eq!(ask(&world, line, body.clone()).0, 422);
    body.as_object_mut().expect("an object").remove("return_run_details");
    assert_eq!(ask(&world, line, body).0, 204);
}

#[test]
fn runs_are_found_by_what_is_known_of_them() {
    let (world, _) = dispatched();
    let count = |filter: &str| {
        let (_, answer) = ask(&world, &format!("GET /repos/acme/app/actions/runs?{filter}"), json!({}));
        answer["total_count"].as_u64()
    };
    let head = world.head();
    assert_eq!(count(&format!("head_sha={head}&event=workflow_dispatch&actor=lockkeeper%5Bbot%5D")), Some(1));
    for (filter, expected) in [
        ("status=queued", 1),
        ("status=completed", 0),
        ("branch=v1", 1),
        ("branch=main", 0),
        ("actor=ana", 0),
        ("created=2026-12-01", 1),
        ("created=%3E%3D2026-12-01T12:00:00Z", 1),
        ("created=%3E2026-12-01", 0),
        ("created=%3C2026-12-01", 0),
        ("created=2026-11-30..2026-12-02", 1),
        ("created=2026-12-02..*", 0),
    ] {
        assert_eq!(count(filter), Some(expected), "{filter}");
    }
}

#[test]
fn checks_are_told_apart_by_app_and_the_newest_counts() {
    let world = world();
    let head = world.head();
    world.report_check("circleci[bot]", "build", &head, "failure");
    let newest = world.report_check("circleci[bot]", "build", &head, "success");
    world.report_check(ACTIONS, "build", &head, "in_progress");
    let list = |filter: &str| {
        let (_, answer) =
            ask(&world, &format!("GET /repos/acme/app/commits/{head}/check-runs?{filter}"), json!({}));
        answer["check_runs"].as_array().cloned().expect("a list")
    };
    assert_eq!((list("").len(), list("filter=all").len(), list("status=in_progress").len()), (2, 3, 1));
    let actions = list("check_name=build&app_id=15368");
    assert_eq!((actions.len(), &actions[0]["app"]["slug"]), (1, &json!("github-actions")));
    let line = format!("PATCH /repos/acme/app/check-runs/{newest}");
    assert_eq!(ask(&world, &line, json!({ "conclusion": "failure" })).0, 403, "it is another app's");
    let before = world.deliveries().len();
    world.rerequest_check("ana", newest);
    assert_eq!(told(&world, before), Vec::<String>::new(), "its buttons are not ours");
}

#[track_caller]
fn check_combined(states: &[(&str, &str)], expected: &str) {
    let world = world();
    for (context, state) in states {
        world.report_status("ana", context, &world.head(), state);
    }
    let (_, answer) = ask(&world, "GET /repos/acme/app/commits/main/status", json!({}));
    assert_eq!(answer["state"], expected, "{states:?}");
}

#[test]
fn the_newest_statuses_of_a_commit_come_to_one() {
    check_combined(&[], "pending");
    check_combined(&[("a", "success")], "success");
    check_combined(&[("a", "success"), ("b", "pending")], "pending");
    check_combined(&[("a", "pending"), ("b", "error")], "failure");
    check_combined(&[("a", "failure"), ("a", "success")], "success");
}

#[test]
fn what_may_not_be_read_is_neither_answered_nor_told() {
    let world = world();
    for permission in ["deployments", "statuses", "members"] {
        world.set_permission(permission, None);
    }
    for line in [
        "GET /repos/acme/app/deployments",
        "GET /repos/acme/app/commits/main/status",
        "GET /orgs/acme/teams/x/members",
    ] {
        assert_eq!(ask(&world, line, json!({})).0, 403, "{line}");
    }
    let before = world.deliveries().len();
    world.deploy("ana", "staging", "main");
    world.report_status("ana", "ci/x", &world.head(), "success");
    world.join_team("acme", "release", "bob");
    assert_eq!(told(&world, before), Vec::<String>::new());
    world.set_permission("statuses", Some("read"));
    let line = format!("POST /repos/acme/app/statuses/{}", world.head());
    assert_eq!(ask(&world, &line, json!({ "state": "success" })).0, 403);
}

#[track_caller]
fn check_lost_answer(line: &str, body: &Value, count: fn(&World) -> usize) {
    for how in [Break::ServerErrorAfter, Break::SilentAfter] {
        let (world, _) = dispatched();
        let (token, before) = (token(&world), count(&world));
        world.break_once(line, how);
        let reply = send(&world, &token, line, body).map(|reply| reply.status);
        assert_eq!(reply, (how == Break::ServerErrorAfter).then_some(502), "{line}");
        assert_eq!(count(&world), before + 1, "{line}: it was done all the same");
    }
}

#[test]
fn an_answer_that_is_lost_was_done_all_the_same() {
    check_lost_answer(PLACE, &deployment("v1", "staging"), |world| world.deployments().len());
    let dispatch = "POST /repos/acme/app/actions/workflows/deploy.yml/dispatches";
    let inputs = json!({ "ref": "v1", "inputs": { "version": "v1" } });
    check_lost_answer(dispatch, &inputs, |world| world.runs_of("deploy.yml").len());
    check_lost_answer("POST /repos/acme/app/issues", &json!({ "title": "x" }), |world| world.changes().len());
}

#[test]
fn an_issue_is_written_closed_and_found_by_who_opened_it() {
    let world = world();
    world.open_issue("eve", "It is slow");
    let (_, made) =
        ask(&world, "POST /repos/acme/app/issues", json!({ "title": "Rolled back", "body": "Why?" }));
    let line = format!("PATCH /repos/acme/app/issues/{}", made["number"]);
    let before = world.deliveries().len();
    let edit = json!({ "body": "Because.", "state": "closed", "state_reason": "not_planned" });
    let (_, edited) = ask(&world, &line, edit.clone());
    ask(&world, &line, edit);
    let found = (&edited["body"], &edited["state"], &edited["state_reason"]);
    assert_eq!(found, (&json!("Because."), &json!("closed"), &json!("not_planned")));
    assert_eq!(told(&world, before), ["issues.edited", "issues.closed"], "saying it again changes nothing");
    assert_eq!(world.deliveries()[before].payload["changes"], json!({ "body": { "from": "Why?" } }));
    let count = |filter: &str| {
        let (_, answer) = ask(&world, &format!("GET /repos/acme/app/issues?{filter}"), json!({}));
        answer.as_array().map(Vec::len)
    };
    assert_eq!(count("state=all&creator=lockkeeper%5Bbot%5D"), Some(1));
    assert_eq!(count("creator=lockkeeper%5Bbot%5D"), Some(0));
    assert_eq!(count("state=all&since=2026-12-01T12:00:00Z"), Some(2));
    assert_eq!(count("state=all&since=2026-12-01T12:00:01Z"), Some(0));
}

#[test]
fn collaborators_are_listed_by_what_they_may_at_least() {
    let world = world();
    for (login, role) in
        [("ana", Role::Write), ("bob", Role::Maintain), ("cem", Role::Triage), ("dan", Role::Admin)]
    {
        world.collaborator(login, role);
    }
    world.collaborator("dan", Role::None);
    let list = |filter: &str| {
        let (_, answer) = ask(&world, &format!("GET /repos/acme/app/collaborators{filter}"), json!({}));
        let names = answer.as_array().cloned().expect("a list");
        names
            .iter()
            .map(|one| format!("{} {}", one["login"], one["role_name"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(list(""), ["ana write", "bob maintain", "cem triage"]);
    assert_eq!(list("?permission=push"), ["ana write", "bob maintain"]);
    assert_eq!(list("?permission=admin"), Vec::<String>::new());
}

#[test]
fn a_team_can_be_empty_or_not_be_there() {
    let world = world();
    let before = world.deliveries().len();
    world.join_team("acme", "release", "bob");
    world.leave_team("acme", "release", "bob");
    let ask = |path: &str| ask(&world, &format!("GET /orgs/acme/teams/{path}"), json!({}));
    assert_eq!(ask("release/members"), (200, json!([])));
    assert_eq!(ask("release").1["members_count"], 0);
    world.disband_team("acme", "release");
    assert_eq!((ask("release").0, ask("release/members").0), (404, 404));
    assert_eq!(
        told(&world, before),
        ["team.created", "membership.added", "membership.removed", "team.deleted"]
    );
}

#[test]
fn a_release_shows_its_assets_with_their_digests() {
    let world = world();
    world.release_by_hand("ana", "v1", "main");
    for sum in ["ab", "cd"] {
        world.add_asset("ana", "v1", "app.zip", &format!("sha256:{}", sum.repeat(32)));
    }
    let (_, answer) = ask(&world, "GET /repos/acme/app/releases/tags/v1", json!({}));
    let assets = answer["assets"].as_array().expect("a list");
    let expected = format!("sha256:{}", "cd".repeat(32));
    assert_eq!((assets.len(), assets[0]["digest"].as_str()), (1, Some(expected.as_str())));
}

#[test]
fn a_moved_tag_is_told_as_a_forced_push() {
    let world = world();
    world.annotated_tag_by_hand("ana", "v1", "main");
    world.push_file("a.txt", "a");
    let before = world.deliveries().len();
    world.move_tag("mallory", "v1", "main");
    assert_eq!(told(&world, before), ["push"]);
    let payload = &world.deliveries()[before].payload;
    assert_eq!((&payload["forced"], &payload["ref"]), (&json!(true), &json!("refs/tags/v1")));
    let (_, answer) = ask(&world, "GET /repos/acme/app/git/ref/tags/v1", json!({}));
    assert_eq!(
        (&answer["object"]["type"], &answer["object"]["sha"]),
        (&json!("commit"), &json!(world.head()))
    );
}
