//! GitLab from outside: its guide followed to the letter, a set-up that is looked into, deliveries that are not believed. What a command does there is told by the scenarios.

use std::process::Command;
use std::time::Duration;

use jiff::SignedDuration;
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{Role, World};

use crate::stage::{Forge, Stage, run, until};

const GUIDE: &str = include_str!("../../docs/gitlab.md");

const SOON: Duration = Duration::from_secs(20);

/// A project with a release, a merged change, and people.
async fn stage() -> Stage {
    let stage = Stage::at(Forge::GitLab, Clock::system()).await;
    let world = &stage.world;
    world.give_role("ana", Role::Write);
    world.create_label("ana", "feature");
    let first = world.open_change("ana", "Show prices with tax");
    let at = world.merge(first, "ana");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    world.install();
    // The guide's token lives for a year, as GitLab's do.
    world.let_token_expire(Some(Clock::system().now() + SignedDuration::from_hours(24 * 365)));
    stage
}

/// What the guide exports, with what this stage has in place of its examples.
fn exported(stage: &Stage) -> Vec<(String, String)> {
    let (_, rest) = GUIDE.split_once("## 2. Start\n\n```sh\n").expect("the guide says how to start");
    let (lines, _) = rest.split_once("\nlockkeeper serve\n```").expect("it ends with the start");
    let known = stage.world.credentials();
    let exports = lines.lines().map(|line| {
        let (line, _) = line.split_once(" #").unwrap_or((line, ""));
        let line = line.strip_prefix("export ").expect("nothing else is done before the start");
        let (name, example) = line.trim().split_once('=').expect("a value is exported");
        let value = match name {
            "LOCKKEEPER_GITLAB_URL" => stage.api.clone(),
            "LOCKKEEPER_GITLAB_TOKEN" => known.access_token.clone(),
            "LOCKKEEPER_GITLAB_WEBHOOK_SECRET" => known.webhook_secret.clone(),
            "LOCKKEEPER_DATABASE_URL" => stage.database.clone(),
            "LOCKKEEPER_ALLOW" => example.to_owned(),
            other => panic!("the guide exports {other}, and this test does not know why"),
        };
        (name.to_owned(), value)
    });
    exports.collect()
}

/// The program with the settings of the guide; where it listens is all that is not in it.
fn by_the_guide(stage: &Stage, command: &str) -> Command {
    let mut program = Command::new(&stage.binary);
    let listen = format!("127.0.0.1:{}", stage.port);
    program.arg(command).env_clear().envs(exported(stage)).env("LOCKKEEPER_LISTEN", listen);
    program
}

fn asks(world: &World) -> u64 {
    let number = world.open_change("ana", "Sign in with passkeys");
    world.label_as("ana", number, "feature");
    world.comment("ana", number, "/release plan");
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_to_gitlab_leads_to_a_bot_that_answers() {
    let stage = stage().await;
    let first = GUIDE.lines().nth(2).expect("it has a first line");
    assert!(first.contains("private address") && first.contains("Outbound requests"), "{first}");
    stage.world.guard_hook(true, false);
    let server = stage.begin(by_the_guide(&stage, "serve"));
    stage.answers(&server).await;
    let number = asks(&stage.world);
    until("the reply", SOON, || !stage.world.bot_comments(number).is_empty()).await;
    let looked = run(by_the_guide(&stage, "doctor")).await;
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    assert_eq!(looked.status.code(), Some(0), "{said}");
    assert!(said.contains(" 0 to mend"), "{said}");
    drop(server);
    // "Where GitLab offers a signing token, use it".
    stage.world.guard_hook(true, true);
    let mut signed = by_the_guide(&stage, "serve");
    signed.env("LOCKKEEPER_GITLAB_SIGNING_TOKEN", stage.world.credentials().signing_token);
    let server = stage.begin(signed);
    stage.answers(&server).await;
    let number = asks(&stage.world);
    until("the reply to a signed note", SOON, || !stage.world.bot_comments(number).is_empty()).await;
    assert!(server.terminate().await.success());
}

/// What `doctor` says of a stage, and that it finds something to mend.
async fn mends(stage: &Stage) -> String {
    let output = stage.run(&["doctor"]).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ran_out_is_named_with_what_to_do() {
    let stage = stage().await;
    stage.world.let_token_expire(Some(Clock::system().now()));
    let said = mends(&stage).await;
    let wanted = "WRONG  token: GitLab does not accept the bot's token (invalid_token: Token is expired.";
    assert!(said.contains(wanted), "{said}");
    assert!(said.contains("make a new token and set LOCKKEEPER_GITLAB_TOKEN to it"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_runs_out_soon_is_named_before_it_does() {
    let stage = stage().await;
    stage.world.let_token_expire(Some(Clock::system().now() + SignedDuration::from_hours(24 * 5)));
    let said = mends(&stage).await;
    assert!(
        said.contains("runs out on ") && said.contains("Make a new one and set LOCKKEEPER_GITLAB_TOKEN"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_the_log_says_why_a_delivery_was_turned_away() {
    let stage = stage().await;
    let server = stage.serve().await;
    let post = |headers: &[(&'static str, &'static str)]| {
        let request = reqwest::Client::new().post(stage.hook()).body("{}");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    let signed = [("webhook-id", "a"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")];
    for (headers, logged) in [
        (&[("x-gitlab-token", "guessed")][..], "carries no signature or secret that this server can check"),
        (&signed[..], "its signature or secret is none of those in force"),
    ] {
        let answer = post(headers).await.unwrap();
        assert_eq!(answer.status(), 401);
        let said = answer.text().await.unwrap();
        assert!(said.contains("Lockkeeper's log says what was wrong"), "{said}");
        until("the log says why", SOON, || stage.log().contains(logged)).await;
    }
    assert!(stage.log().contains("give the hook the secret that this server has"), "{}", stage.log());
    drop(server);
}
