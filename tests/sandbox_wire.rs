//! The stand-ins before judges that we did not write: GitHub's OpenAPI description, webhook schemas and GraphQL schema here, and in
//! `gitlab_judged` those of GitLab.
//! Needs the shared folder and node; without `LOCKKEEPER_SHARED` it says that it was skipped. Rules of the model are tested
//! beside the model.
#![expect(clippy::disallowed_methods, reason = "a test reads its settings and owns its tasks")]

#[path = "sandbox_wire/adapter.rs"]
mod adapter;
#[path = "sandbox_wire/drive.rs"]
mod drive;
#[path = "sandbox_wire/gitlab_drive.rs"]
mod gitlab_drive;
#[path = "sandbox_wire/gitlab_heard.rs"]
mod gitlab_heard;
#[path = "sandbox_wire/gitlab_judged.rs"]
mod gitlab_judged;
#[path = "sandbox_wire/judge.rs"]
mod judge;
#[path = "sandbox_wire/octokit.rs"]
mod octokit;
#[path = "sandbox_wire/work.rs"]
mod work;

use std::collections::BTreeSet;

use lockkeeper::sandbox::github;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn every_rest_answer_is_as_github_describes_it() {
    let Some(judges) = judge::Judges::find() else { return };
    let (world, referee) = judges.referee(drive::story()).await;
    let bot = drive::Bot::new(&world, &referee.address).await;
    drive::every_operation(&bot, &world).await;

    let report = referee.report().await;
    let violations = report["violations"].as_array().expect("the referee lists violations");
    // The description says of replies to a review's comment: `"enabledForGitHubApps": false`. That is about who asks, not about
    // what is answered; the bot creates such a comment with `in_reply_to` instead.
    let known =
        |one: &&Value| one["op"] == "pulls/create-reply-for-review-comment" && one["side"] == "request";
    let text: Vec<String> = violations.iter().filter(|one| !known(one)).map(ToString::to_string).collect();
    assert!(text.is_empty(), "{} violations:\n{}", text.len(), text.join("\n"));

    let asked: BTreeSet<String> = world.request_counts().into_keys().collect();
    let all: BTreeSet<String> = github::operations().into_iter().collect();
    assert_eq!(
        all.difference(&asked).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "operations that nobody asked for"
    );
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
    println!("{} requests, {} operations, 0 violations", report["requests"], all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_webhook_is_as_github_describes_it() {
    let Some(judges) = judge::Judges::find() else { return };
    let world = drive::story();
    drive::every_event(&world);
    let deliveries = world.deliveries();
    let sent: BTreeSet<String> = deliveries
        .iter()
        .map(|one| one.action.as_ref().map_or(one.event.clone(), |action| format!("{}.{action}", one.event)))
        .collect();
    let missing: Vec<&&str> = drive::EVENTS.iter().filter(|event| !sent.contains(**event)).collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");

    let chosen = judge::two_of_each_kind(&deliveries);
    let faults = judges.webhooks(&chosen);
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), chosen.len(), faults.join("\n"));
    println!("{} payloads of {} kinds, 0 faults", chosen.len(), sent.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_graphql_answer_fits_githubs_schema() {
    let Some(judges) = judge::Judges::find() else { return };
    let world = drive::story();
    let address = judge::serve(&world).await;
    let bot = drive::Bot::new(&world, &address).await;
    let mut cases = Vec::new();
    for (query, variables) in drive::documents(&world) {
        let answer: Value = bot.post("/graphql", json!({ "query": query, "variables": variables })).await;
        cases.push(json!({ "query": query, "answer": answer }));
    }
    let report = judges.graphql(&Value::Array(cases));
    assert!(report.is_ok(), "{}", report.unwrap_or_else(|faults| faults));
}
