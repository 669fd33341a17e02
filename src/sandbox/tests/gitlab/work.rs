//! What machines report on GitLab's wire: deployments, statuses, pipelines.

use serde_json::{Value, json};

use super::super::credentials;
use super::{ask, send, told, world};

#[test]
fn a_deployment_is_written_down_and_its_status_told() {
    let world = world();
    let asked = json!({ "environment": "staging", "sha": world.head(), "ref": "main", "tag": false,
        "status": "running" });
    let (status, made) = ask(&world, "POST deployments", asked);
    assert_eq!((status, &made["status"], &made["ref"]), (201, &json!("running"), &json!("main")));
    let line = format!("deployments/{}", made["id"]);
    assert_eq!(ask(&world, &format!("PUT {line}"), json!({ "status": "canceled" })).1["status"], "canceled");
    let event = told(&world, "Deployment Hook");
    assert_eq!((&event["status"], &event["deployable_url"]), (&json!("canceled"), &Value::Null));
    assert_eq!(event["status_changed_at"], "2026-12-01 12:00:00 +0000");
    let listed = ask(&world, "GET deployments?environment=staging&status=canceled", Value::Null).1;
    assert_eq!(listed[0]["id"], made["id"]);
}

#[test]
fn a_status_is_not_said_twice_in_a_row() {
    let world = world();
    let head = world.head();
    let line = format!("POST statuses/{head}");
    let say = |state: &str| ask(&world, &line, json!({ "state": state, "name": "release" })).0;
    assert_eq!((say("pending"), say("pending"), say("success")), (201, 400, 201));
    world.report_check("vercel[bot]", "build", &head, "failure");
    let all = ask(&world, &format!("GET repository/commits/{head}/statuses"), Value::Null).1;
    let told: Vec<(&str, &str)> = all
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| Some((one["name"].as_str()?, one["status"].as_str()?)))
        .collect();
    assert_eq!(told, [("release", "success"), ("build", "failed")]);
}

const PIPELINE: &str = "spec:
  inputs:
    version:
    target: { default: staging, options: [staging, production] }
---
deploy:
  stage: deploy
  script: [./deploy]
  environment:
    name: $[[ inputs.target ]]
  rules: [{ if: $CI_PIPELINE_SOURCE == \"api\" }]
ship:
  stage: deploy
  script: [./ship]
  environment: production
  rules: [{ if: $CI_COMMIT_TAG, when: manual }]
";

#[test]
fn a_pipeline_takes_declared_inputs_and_deploys_by_its_jobs() {
    let world = world();
    world.push_file(".gitlab-ci.yml", PIPELINE);
    let start = |body: Value| ask(&world, "POST pipeline", body);
    let missing = start(json!({ "ref": "main" }));
    assert_eq!(missing.1["message"]["base"][0], "`version` input: required value has not been provided");
    let asked = json!({ "ref": "main", "inputs": { "version": "v1" } });
    let (status, made) = start(asked);
    assert_eq!((status, &made["status"], &made["source"]), (201, &json!("pending"), &json!("api")));
    assert_eq!(made["sha"], world.head());
    world.begin_run(made["id"].as_u64().expect("a number"));
    let deployment = ask(&world, "GET deployments?environment=staging", Value::Null).1[0].clone();
    assert_eq!(
        (&deployment["status"], &deployment["deployable"]["name"]),
        (&json!("running"), &json!("deploy"))
    );
    let line = format!("POST pipelines/{}/cancel", made["id"]);
    assert_eq!(ask(&world, &line, Value::Null).1["status"], "canceled");
    assert_eq!(ask(&world, "GET deployments", Value::Null).1[0]["status"], "canceled");
    world.refuse_variables();
    let variables = json!([{ "key": "A", "value": "b" }]);
    let refused = start(json!({ "ref": "main", "inputs": { "version": "v1" }, "variables": variables }));
    assert_eq!(refused.1["message"]["base"][0], "Insufficient permissions to set pipeline variables");
}

#[test]
fn a_manual_job_waits_until_it_is_played() {
    let world = world();
    world.push_file(".gitlab-ci.yml", PIPELINE);
    world.tag_by_hand("bob", "v1", "main");
    let pipeline = ask(&world, "GET pipelines?ref=v1", Value::Null).1[0].clone();
    assert_eq!(pipeline["status"], "manual");
    let jobs = ask(&world, &format!("GET pipelines/{}/jobs?scope[]=manual", pipeline["id"]), Value::Null).1;
    assert_eq!((&jobs[0]["name"], &jobs[0]["status"]), (&json!("ship"), &json!("manual")));
    let play = format!("POST jobs/{}/play", jobs[0]["id"]);
    let told_besides = json!({ "job_variables_attributes": [{ "key": "VERSION", "value": "v1" }] });
    assert_eq!(ask(&world, &play, told_besides).1["status"], "pending");
    assert_eq!(world.runs()[0].jobs[0].variables.get("VERSION").map(String::as_str), Some("v1"));
    assert_eq!(
        ask(&world, &play, Value::Null),
        (400, json!({ "message": "400 Bad request - Unplayable Job" }))
    );
    world.finish_job(jobs[0]["id"].as_u64().expect("a number"), "success");
    let told = told(&world, "Job Hook");
    assert_eq!((&told["build_status"], &told["commit"]["id"]), (&json!("success"), &pipeline["id"]));
    assert_eq!(ask(&world, &format!("GET pipelines/{}", pipeline["id"]), Value::Null).1["status"], "success");
    assert_eq!(world.deployments_to("production")[0].state(), "success");
    let query = "mutation($id: CiProcessableID!) { jobRetry(input: { id: $id }) { job { id } errors } }";
    let variables = json!({ "id": format!("gid://gitlab/Ci::Build/{}", jobs[0]["id"]) });
    let body = json!({ "query": query, "variables": variables });
    let reply = send(&world, &credentials().access_token, "POST /api/graphql", &body).body.expect("JSON");
    assert_ne!(reply["data"]["jobRetry"]["job"]["id"], variables["id"]);
    let states: Vec<String> = world.runs()[0].jobs.iter().map(|job| job.state.clone()).collect();
    assert_eq!(states, ["success", "waiting"]);
}
