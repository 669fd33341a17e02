//! The part of the story that machines tell: deployments, workflow runs, checks, statuses, issues and people, asked for and heard of.

use lockkeeper::sandbox::{ACTIONS, Role, World};
use serde_json::json;

use super::drive::Bot;

const DEPLOY: &str = "name: Deploy
on:
  deployment:
  workflow_dispatch:
    inputs:
      version: { required: true }
      target: { type: choice, options: [eu, us], default: eu }
jobs:
  deploy:
    environment: { name: \"eu-${{ inputs.version }}\", url: https://eu.acme.example }
    runs-on: ubuntu-latest
";

/// Makes happen what machines report, and who comes and goes.
pub(crate) fn every_event(world: &World) {
    let issue = world.open_issue_saying("eve", "It is down", "Since noon.");
    world.rewrite("eve", issue, "Since one.");
    world.push_file(".github/workflows/deploy.yml", DEPLOY);
    let head = world.head();
    world.report_check("vercel[bot]", "build", &head, "in_progress");
    world.report_check("vercel[bot]", "build", &head, "success");
    world.report_status("ana", "ci/x", &head, "success");
    let by_hand = world.deploy("ana", "staging", "v1.4.1");
    world.report(ACTIONS, by_hand, "in_progress", "");
    world.report("ana", by_hand, "success", "By hand.");
    world.deploy("vercel[bot]", "preview", &head);
    let run = world.runs_of("deploy.yml").last().expect("a deployment started it").id;
    world.begin_run(run);
    world.finish_run(run, "success");
    world.collaborator("frank", Role::Write);
    world.collaborator("frank", Role::None);
    world.join_team("acme", "ops", "frank");
    world.leave_team("acme", "ops", "frank");
    world.disband_team("acme", "ops");
}

/// Asks for every operation on deployments, runs, checks, statuses, issues and people.
pub(crate) async fn every_operation(bot: &Bot, world: &World) {
    world.push_file(".github/workflows/deploy.yml", DEPLOY);
    world.tag_by_hand("bob", "v1.6.0", "main");
    world.release_by_hand("bob", "v1.6.0", "main");
    world.add_asset("bob", "v1.6.0", "app.zip", &format!("sha256:{}", "ab".repeat(32)));
    bot.get("/repos/acme/app/releases/tags/v1.6.0").await;
    deployments(bot, world).await;
    runs(bot, world).await;
    checks(bot, world).await;
    issues(bot).await;
    let bob = world.person("bob");
    for path in [
        "/repos/acme/app/collaborators?permission=push",
        "/repos/acme/app/collaborators",
        "/orgs/acme/teams/release/members",
        "/users/github-actions%5Bbot%5D",
        &format!("/user/{bob}"),
    ] {
        bot.get(path).await;
    }
}

async fn deployments(bot: &Bot, world: &World) {
    let place = "/repos/acme/app/deployments";
    let head = world.head();
    let wanted = json!({ "ref": head, "environment": "production", "auto_merge": false, "required_contexts": [],
        "payload": { "promotion": "p7.1" }, "description": "v1.6.0 to production" });
    let made = bot.post(place, wanted).await["id"].clone();
    let text = json!({ "ref": "v1.6.0", "environment": "staging", "auto_merge": false, "required_contexts": [],
        "payload": "as text", "transient_environment": true });
    bot.post(place, text).await;
    world.create_branch("behind", "v1.4.0");
    let merged = bot.post(place, json!({ "ref": "behind", "required_contexts": [] })).await;
    assert!(merged["message"].as_str().is_some_and(|text| text.contains("Auto-merged")), "{merged}");
    let by_hand = world.deploy("ana", "production", "v1.4.1");
    world.report("vercel[bot]", by_hand, "success", "By hand.");
    bot.get(&format!("{place}?environment=production&sha={head}&task=deploy&per_page=1")).await;
    bot.get(place).await;
    bot.get(&format!("{place}/{made}")).await;
    let queued = json!({ "state": "queued", "description": "Waiting.", "auto_inactive": false });
    bot.post(&format!("{place}/{made}/statuses"), queued).await;
    let success = json!({ "state": "success", "log_url": "https://ci.acme.example/1", "environment_url": "https://acme.example" });
    bot.post(&format!("{place}/{made}/statuses"), success).await;
    bot.get(&format!("{place}/{made}/statuses")).await;
    bot.get(&format!("{place}/{by_hand}/statuses")).await;
    bot.get("/repos/acme/app/environments?per_page=1").await;
}

async fn runs(bot: &Bot, world: &World) {
    let actions = "/repos/acme/app/actions";
    let place = format!("{actions}/workflows/deploy.yml");
    let asked = json!({ "ref": "v1.6.0", "inputs": { "version": "v1.6.0" }, "return_run_details": true });
    let run = bot.post(&format!("{place}/dispatches"), asked).await["workflow_run_id"].clone();
    let silently = json!({ "ref": "v1.6.0", "inputs": { "version": "v1.6.0", "target": "us" } });
    bot.post(&format!("{place}/dispatches"), silently).await;
    let head = world.head();
    let filters = format!(
        "event=workflow_dispatch&head_sha={head}&branch=v1.6.0&created=2026-12-01T12:00:00Z&status=queued"
    );
    let found = bot.get(&format!("{place}/runs?{filters}&actor=lockkeeper%5Bbot%5D")).await;
    assert_eq!(found["total_count"], 2, "{found}");
    bot.get(&format!("{actions}/runs?{filters}")).await;
    world.begin_run(run.as_u64().expect("an id is a number"));
    bot.get(&format!("{actions}/runs/{run}")).await;
    bot.order(&format!("{actions}/runs/{run}/cancel")).await;
    bot.get(&format!("{actions}/runs/{run}")).await;
    bot.get("/repos/acme/app/deployments?environment=eu-v1.6.0").await;
}

async fn checks(bot: &Bot, world: &World) {
    let head = world.head();
    world.report_check(ACTIONS, "build", &head, "success");
    world.report_check("vercel[bot]", "preview", &head, "in_progress");
    let commit = format!("/repos/acme/app/commits/{head}");
    bot.get(&format!("{commit}/check-runs?check_name=build&app_id=15368&filter=latest&status=completed"))
        .await;
    bot.get(&format!("{commit}/check-runs")).await;
    bot.get(&format!("{commit}/status")).await;
    world.report_status("ana", "ci/x", &head, "pending");
    let state = json!({ "state": "success", "context": "ci/y", "description": "Good." });
    bot.post(&format!("/repos/acme/app/statuses/{head}"), state).await;
    bot.get(&format!("{commit}/status")).await;
}

async fn issues(bot: &Bot) {
    let place = "/repos/acme/app/issues";
    let new = json!({ "title": "v1.6.0 was taken back", "body": "From production.", "labels": ["incident"] });
    let number = bot.post(place, new).await["number"].clone();
    let edit = json!({ "title": "v1.6.0 was rolled back", "body": "Why?", "state": "closed", "state_reason": "not_planned" });
    bot.patch(&format!("{place}/{number}"), edit).await;
    bot.patch(&format!("{place}/{number}"), json!({ "state": "open" })).await;
    let mine =
        bot.get(&format!("{place}?creator=lockkeeper%5Bbot%5D&state=all&since=2026-12-01T00:00:00Z")).await;
    assert_eq!(mine.as_array().map(Vec::len), Some(1), "{mine}");
    bot.get(&format!("{place}/{number}")).await;
}
