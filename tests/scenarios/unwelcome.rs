//! What a GitLab may send or answer that is not as it should be: nothing is done that should not be, nothing is lost, and somebody reads what would help. What the adapter makes of each answer is tested beside it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use jiff::SignedDuration;
use lockkeeper::config::settings;
use lockkeeper::sandbox::Envelope;
use lockkeeper::web::metrics::Metrics;
use lockkeeper::web::{Web, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::door::Door;
use super::stage::Stage;
use super::wire::{GITLAB, Wire, gitlab_adapter, gitlab_settings};

/// A project with a merged change, and everything heard.
async fn stage() -> Stage {
    let mut stage = Stage::set(GITLAB, &Door::open().await, None).await;
    stage.perform(&["begin private", "merge \"Sign in with passkeys\" label feature"]).await;
    stage
}

/// What the bot answers to a delivery, in status and words.
async fn answered(stage: &Stage, envelope: &Envelope) -> (StatusCode, String) {
    let engine = stage.bot.engine.clone();
    let web = Web { engine, metrics: Arc::new(Metrics::default()), pages: None };
    let request = envelope
        .headers
        .iter()
        .fold(Request::post("/webhooks/gitlab"), |request, (name, value)| request.header(name, value));
    let request = request.body(Body::from(envelope.body.clone())).expect("an envelope is a request");
    let answer = router(web).oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 10_000).await.expect("an answer is short");
    (parts.status, String::from_utf8_lossy(&body).into_owned())
}

/// The delivery of a command of ana's, not yet heard.
fn command(stage: &Stage) -> Envelope {
    stage.world.comment("ana", 2, "/release cut");
    let all = std::iter::from_fn(|| stage.world.take_delivery());
    all.last().expect("a note is told")
}

fn with(envelope: &Envelope, header: &str, value: &str) -> Envelope {
    let mut envelope = envelope.clone();
    envelope.headers.retain(|(name, _)| name != header);
    envelope.headers.push((header.to_owned(), value.to_owned()));
    envelope
}

fn without(envelope: &Envelope, header: &str) -> Envelope {
    let mut envelope = envelope.clone();
    envelope.headers.retain(|(name, _)| !name.starts_with(header));
    envelope
}

/// Refused with a sentence that says what to look at, and nothing came of it.
async fn turned_away(stage: &mut Stage, envelope: &Envelope) {
    let (status, said) = answered(stage, envelope).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    for word in ["secret that Lockkeeper was given", "clocks", "log says"] {
        assert!(said.contains(word), "{said}");
    }
    stage.settle().await;
    assert!(stage.world.bot_comments(2).is_empty(), "{:?}", stage.world.bot_comments(2));
}

/// An instance whose hooks cannot sign, or a server that was given no key for it.
const BY_TOKEN: Wire = Wire {
    adapter: |world, address, clock| {
        let settings = settings::GitLab { signing_token: None, ..gitlab_settings(world, address) };
        gitlab_adapter(&settings, clock)
    },
    ..GITLAB
};

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_delivery_with_a_wrong_token_is_turned_away() {
    let mut stage = Stage::set(BY_TOKEN, &Door::open().await, None).await;
    stage.world.guard_hook(true, false);
    stage.perform(&["begin private", "merge \"Sign in with passkeys\" label feature"]).await;
    let good = command(&stage);
    turned_away(&mut stage, &with(&good, "x-gitlab-token", "guessed")).await;
    turned_away(&mut stage, &without(&good, "x-gitlab-token")).await;
    assert_eq!(answered(&stage, &good).await, (StatusCode::OK, "kept\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_the_right_token_does_not_help_a_wrong_signature() {
    let mut stage = stage().await;
    let good = command(&stage);
    let forged = with(&good, "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    turned_away(&mut stage, &forged).await;
    turned_away(&mut stage, &without(&good, "webhook-")).await;
    assert_eq!(answered(&stage, &good).await, (StatusCode::OK, "kept\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_delivery_that_is_sent_again_after_five_minutes_is_turned_away() {
    let mut stage = stage().await;
    let good = command(&stage);
    stage.clock.advance(SignedDuration::from_secs(301));
    turned_away(&mut stage, &good).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_edited_into_a_command_is_not_run() {
    let mut stage = stage().await;
    stage
        .play("ana: Looks good to me\nana edits: /release cut\nexpect bot says \"I don't run edited comments; please send it as a new one.\"\nexpect code E_EDITED\nexpect no tag v1.5.0")
        .await;
    stage.end().await;
}

/// An emoji makes a note newer, and a delivery may be put together after it: its words are what they were.
#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_our_own_eyes_made_newer_is_still_run() {
    let door = Door::open().await;
    let mut stage = Stage::set(BY_TOKEN, &door, None).await;
    stage.world.guard_hook(true, false);
    stage.perform(&["begin private", "merge \"Sign in with passkeys\" label feature"]).await;
    let mut told = command(&stage);
    let mut payload: Value = serde_json::from_slice(&told.body).expect("a note is told in JSON");
    let note = payload["object_attributes"]["id"].clone();
    stage.clock.advance(SignedDuration::from_secs(5));
    let notes = format!(
        "{}/api/v4/projects/{}/merge_requests/2/notes/{note}",
        door.address,
        stage.world.project_id()
    );
    let token = stage.world.credentials().access_token;
    let call = |request: reqwest::RequestBuilder| request.header("private-token", &token).send();
    let http = reqwest::Client::new();
    let made = call(http.post(format!("{notes}/award_emoji")).json(&json!({ "name": "eyes" }))).await;
    assert_eq!(made.expect("the stand-in answers").status(), StatusCode::CREATED);
    let now: Value = call(http.get(&notes)).await.expect("it answers").json().await.expect("a note");
    assert_ne!(now["updated_at"], now["created_at"], "it is newer than it was written");
    payload["object_attributes"]["updated_at"] = now["updated_at"].clone();
    told.body = payload.to_string().into();
    assert_eq!(answered(&stage, &told).await, (StatusCode::OK, "kept\n".to_owned()));
    stage.play("clock +1s\nclock +10s\nexpect tag v1.5.0 at #2\nexpect bot on #2 said 1").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_may_ask_and_is_told_who_may_do_more() {
    let mut stage = stage().await;
    stage
        .play(
            "role gus read\ngus: /release cut\nexpect bot says \"`cut` is only for those who can push here\"\nexpect code E_ROLE\n\
             expect no tag v1.5.0\ngus: /release status\nexpect bot says \"goes out with the next release\"",
        )
        .await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_tag_is_refused_with_where_it_is_allowed() {
    let mut stage = stage().await;
    stage
        .play(
            "project refuses tags\nana: /release cut\nexpect code E_FORBIDDEN\nexpect bot says \"as it is protected\"\n\
             expect bot says \"Settings → Repository → Protected tags\"\nexpect no release v1.5.0\n\
             project takes tags\nana: /release cut\nclock +10s\nexpect release v1.5.0 published",
        )
        .await;
    let said = stage.world.bot_comments(2).join("\n");
    assert!(!said.contains("ruleset") && !said.contains("this app"), "another forge's words:\n{said}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_moved_is_found_by_its_number() {
    let mut stage = stage().await;
    stage
        .play(
            "hold\nrename acme/store\nana: /release plan\ndeliveries come last first\ngo\nexpect journal project_changed\n\
             ana: /release cut\nclock +10s\nexpect tag v1.5.0 at #2\n\
             expect bot on #2 contains \"/acme/store/-/releases/v1.5.0\"",
        )
        .await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_in_plain_text_is_waited_out() {
    let mut stage = stage().await;
    stage
        .play(
            "fault comment once limited 30s\nfault tag 2 times limited 60s\nana: /release plan\n\
             expect bot says \"**Next: v1.5.0**\"\nexpect bot on #2 said 1\nana: /release cut\nclock +10s\n\
             expect tag v1.5.0 at #2\nexpect bot on #2 said 2\nexpect parked 0",
        )
        .await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ran_out_keeps_all_waiting_until_it_is_renewed() {
    let mut stage = stage().await;
    stage.world.let_token_expire(Some(stage.clock.now()));
    stage.perform(&["ana: /release plan"]).await;
    assert_eq!(stage.world.bot_comments(2), Vec::<String>::new());
    assert!(stage.bot.waiting().await > 0, "the command is kept");
    assert_eq!(stage.bot.parked().await, 0, "nobody gives it up");
    stage.world.let_token_expire(None);
    stage.play("clock +10s\nexpect bot on #2 contains \"**Next: v1.5.0**\"\nexpect bot on #2 said 1").await;
    stage.end().await;
}
