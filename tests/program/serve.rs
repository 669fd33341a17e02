//! `serve` and `health`: what keeps the server from starting, how it ends, what it does about what it missed.

use std::process::Output;
use std::time::Duration;

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{DeliveryFate, Role};

use crate::stage::{Stage, free_port, run, until};

const SOON: Duration = Duration::from_secs(20);

/// The server must not start, and must say why in one sentence.
fn check_refused(output: &Output, sentence: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let told: Vec<&str> = said.lines().filter(|line| line.contains(sentence)).collect();
    assert_eq!(told.len(), 1, "`{sentence}` once in:\n{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_program_refuses_an_empty_secret() {
    let stage = Stage::set(Clock::system()).await;
    let mut program = stage.program(&["serve"]);
    program.env("LOCKKEEPER_GITHUB_WEBHOOK_SECRET", "");
    check_refused(&run(program).await, "- LOCKKEEPER_GITHUB_WEBHOOK_SECRET is empty, so that anybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_an_unknown_name_on_the_allow_list_keeps_the_server_from_starting() {
    let stage = Stage::set(Clock::system()).await;
    stage.world.install();
    let mut program = stage.program(&["serve"]);
    program.env("LOCKKEEPER_ALLOW", "acme/shop,acme/nowhere");
    let sentence =
        "error: LOCKKEEPER_ALLOW: `acme/nowhere` is neither an owner nor a project that the bot can see";
    check_refused(&run(program).await, sentence);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_and_a_database_that_cannot_be_made_are_named() {
    let stage = Stage::set(Clock::system()).await;
    let taken = std::net::TcpListener::bind(("127.0.0.1", stage.port)).unwrap();
    let sentence = format!("LOCKKEEPER_LISTEN: 127.0.0.1:{} cannot be listened on", stage.port);
    check_refused(&stage.run(&["serve"]).await, &sentence);
    drop(taken);
    let mut program = stage.program(&["serve"]);
    program.env(
        "LOCKKEEPER_DATABASE_URL",
        format!("sqlite:{}/no/such/folder.db", stage.folder.path().display()),
    );
    check_refused(&run(program).await, "LOCKKEEPER_DATABASE_URL: the database cannot be opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_whether_the_server_is_ready() {
    let stage = Stage::set(Clock::system()).await;
    assert_eq!(stage.run(&["health"]).await.status.code(), Some(1));
    let server = stage.serve().await;
    assert_eq!(stage.run(&["health"]).await.status.code(), Some(0));
    assert!(stage.page("/readyz").await.is_some_and(|page| page.starts_with("HTTP/1.1 200")));
    drop(server);
    let mut program = stage.program(&["health"]);
    program.env("LOCKKEEPER_LISTEN", format!("127.0.0.1:{}", free_port()));
    assert_eq!(run(program).await.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_drains_and_ends_well() {
    let stage = Stage::set(Clock::system()).await;
    let world = &stage.world;
    world.give_role("ana", Role::Write);
    let server = stage.serve().await;
    world.install();
    let number = world.open_change("ana", "Sign in with passkeys");
    world.comment("ana", number, "/release plan");
    until("all deliveries are posted", SOON, || world.waiting_deliveries() == 0).await;
    assert!(server.terminate().await.success(), "{}", stage.log());
    assert!(stage.log().contains("SIGTERM: finishing what is in hand"), "{}", stage.log());
    // What was answered is not lost, and is not done twice.
    let server = stage.serve().await;
    until("the reply", SOON, || !world.bot_comments(number).is_empty()).await;
    assert!(server.terminate().await.success());
    assert_eq!(world.bot_comments(number).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_deliveries_that_were_missed_are_worked_after_the_start() {
    let stage = Stage::set(Clock::system()).await;
    let world = &stage.world;
    world.give_role("ana", Role::Write);
    let number = world.open_change("ana", "Sign in with passkeys");
    // Nobody listens: every delivery fails, and GitHub sends none again.
    world.install();
    let command = world.comment("ana", number, "/release plan");
    until("all deliveries failed", SOON, || {
        world.waiting_deliveries() == 0
            && world.deliveries().iter().all(|one| one.fate == DeliveryFate::Unreachable)
    })
    .await;
    let server = stage.serve().await;
    until("the reply", SOON, || !world.bot_comments(number).is_empty()).await;
    // What the answer caused is heard as well: else it would be missed, and rightly taken in by the next start.
    let heard = || {
        let seen = world.comments(number).iter().any(|one| one.id == command && !one.reactions.is_empty());
        seen && world.deliveries().iter().all(|one| one.fate != DeliveryFate::Waiting)
    };
    until("everything is heard", SOON, heard).await;
    // A second start finds the same failures in GitHub's list and takes none in twice.
    server.kill();
    let server = stage.serve().await;
    let caught_up = || stage.log().matches("caught up with missed deliveries").count() == 2;
    until("the second look at what was missed", SOON, caught_up).await;
    assert!(stage.log().contains("caught up with missed deliveries kept=0"), "{}", stage.log());
    assert!(server.terminate().await.success());
    assert_eq!(world.bot_comments(number).len(), 1);
    let eyes = &world.comments(number).into_iter().find(|one| one.id == command).unwrap().reactions;
    assert_eq!(eyes.len(), 1);
}
