//! `doctor`: a right set-up passes; each wrong one is named, with what to do.

use jiff::SignedDuration;
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::AppCredentials;

use crate::stage::{Stage, run};

/// What `doctor` must say of a set-up, and what it must exit with.
async fn check(program: std::process::Command, code: i32, lines: &[&str]) {
    let output = run(program).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}{failed}");
    for line in lines {
        assert!(said.lines().any(|said| said.contains(line)), "`{line}` in:\n{said}{failed}");
    }
    let wrong = said.lines().filter(|line| line.starts_with("WRONG")).count();
    assert_eq!(wrong, if code == 0 { 0 } else { 1 }, "one thing is wrong, or none:\n{said}");
}

async fn installed() -> Stage {
    let stage = Stage::set(Clock::system()).await;
    stage.world.install();
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_set_up_passes() {
    let stage = installed().await;
    stage.world.push_file(
        ".github/workflows/publish.yml",
        "on:\n  push:\n    tags: ['v*']\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n",
    );
    let lines = [
        "ok     clock: agrees with GitHub's",
        "ok     key: GitHub knows the App `lockkeeper`",
        "ok     events: all that are needed",
        "ok     acme/shop: a tag starts publish.yml",
        " 0 to mend",
    ];
    check(stage.program(&["doctor"]), 0, &lines).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named() {
    let stage = installed().await;
    stage.world.set_permission("checks", None);
    check(
        stage.program(&["doctor"]),
        1,
        &["WRONG  permission checks: none, needs write. Change it on the App's page"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_event_is_named() {
    let stage = installed().await;
    stage.world.unsubscribe("issue_comment");
    check(stage.program(&["doctor"]), 1, &["WRONG  events: subscribe to issue_comment on the App's page"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_named() {
    let stage = installed().await;
    let mut program = stage.program(&["doctor"]);
    program.env("LOCKKEEPER_GITHUB_PRIVATE_KEY", AppCredentials::generate().private_key_pem);
    check(program, 1, &["WRONG  key: ", "Check LOCKKEEPER_GITHUB_APP_ID, the private key"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_named() {
    let clock = Clock::system();
    let stage = Stage::set(clock.clone()).await;
    stage.world.install();
    clock.advance(SignedDuration::from_mins(10));
    let output = run(stage.program(&["doctor"])).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("s behind GitHub's. Set it, best by NTP"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_installed_nowhere_is_named() {
    let stage = Stage::set(Clock::system()).await;
    check(stage.program(&["doctor"]), 1, &["WRONG  installations: none. On the App's page: Install App"])
        .await;
}
