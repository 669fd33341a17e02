//! What machines report on GitLab's wire: deployments, statuses, pipelines.

use serde_json::{Value, json};

use super::{ask, told, world};

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
