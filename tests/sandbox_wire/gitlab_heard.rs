//! The deliveries of the stand-in GitLab through the adapter: each is believed, lies on its lane, and means what its event says. What follows from it is not asked here.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use lockkeeper::domain::signal::Signal;
use lockkeeper::forge::client::http_client;
use lockkeeper::forge::gitlab::{GitLab, Setup};
use lockkeeper::forge::{Filed, Forge, Headers, NotAuthentic};
use lockkeeper::sandbox::{DeliveryFate, Envelope, World};

use super::gitlab_drive;

/// What the deliveries of an event mean, by the beginning of its name; `-` concerns no project.
const MEANINGS: &[(&str, &str)] = &[
    ("Merge Request Hook.", "ChangeTouched"),
    ("Issue Hook.", "Ignored"),
    ("Note Hook.create", "CommentWritten"),
    ("Note Hook.update", "CommentEdited"),
    ("Push Hook", "BranchMoved"),
    ("Tag Push Hook", "TagMoved"),
    ("Release Hook.", "ReleaseTouched"),
    ("Milestone Hook.", "MilestoneTouched"),
    ("Deployment Hook.", "DeploymentReported"),
    ("Pipeline Hook.", "RunStarted|RunMoved"),
    ("Job Hook.", "CheckReported"),
    ("Resource Access Token Hook", "Ignored|-"),
    ("Member Hook.", "-"),
    ("Subgroup Hook.", "-"),
    ("System Hook.", "Ignored|-"),
];

fn now() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().expect("it is a time")
}

/// The adapter as an operator sets it up who knows these of the hook's two secrets.
fn adapter(world: &World, knows_token: bool, knows_key: bool) -> GitLab {
    let known = world.credentials();
    let setup = Setup {
        url: "http://127.0.0.1:9".to_owned(),
        token: known.access_token.into(),
        webhook_secret: knows_token.then(|| known.webhook_secret.into()),
        webhook_secret_old: None,
        signing_token: knows_key.then(|| known.signing_token.into()),
        signing_token_old: None,
        now: Arc::new(now),
    };
    GitLab::new(setup, &http_client(None).expect("a client")).expect("a setup that works")
}

fn taken(world: &World) -> Vec<(String, Envelope)> {
    let mut all = Vec::new();
    while let Some(envelope) = world.take_delivery() {
        world.settle(envelope.id, DeliveryFate::Answered(200));
        let record = world.deliveries().into_iter().find(|record| record.id == envelope.id);
        let record = record.expect("what was taken is on record");
        let action = record.action.map(|action| format!(".{action}")).unwrap_or_default();
        all.push((record.event + &action, envelope));
    }
    all
}

/// What the adapter makes of a delivery, in one word.
fn meaning(gitlab: &GitLab, name: &str, envelope: &Envelope) -> String {
    let headers = Headers(envelope.headers.clone());
    assert_eq!(gitlab.verify(&headers, &envelope.body), Ok(()), "{name}");
    let Filed::On { lane, .. } = gitlab.file(&headers, &envelope.body) else { return "-".to_owned() };
    assert!(lane.to_string().starts_with("project:gitlab:"), "{name}: {lane}");
    let understood = gitlab.understand(&headers, &envelope.body);
    if let Signal::Ignored { reason } = &understood.signal {
        assert!(!reason.contains("unknown") && !reason.contains("without"), "{name}: {reason}");
    }
    let word = format!("{:?}", understood.signal);
    word.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[test]
fn every_delivery_of_the_stand_in_gitlab_is_believed_and_means_what_its_event_says() {
    let world = gitlab_drive::story();
    gitlab_drive::every_event(&world);
    let gitlab = adapter(&world, true, true);
    let mut told = BTreeSet::new();
    for (name, envelope) in taken(&world) {
        let expected = MEANINGS.iter().find(|(begin, _)| name.starts_with(begin));
        let (_, expected) = expected.unwrap_or_else(|| panic!("{name} has no row"));
        let found = meaning(&gitlab, &name, &envelope);
        assert!(expected.split('|').any(|expected| expected == found), "{name}: {found}, not {expected}");
        told.insert(name);
    }
    let missing: Vec<_> = gitlab_drive::EVENTS.iter().filter(|name| !told.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn s2_the_stand_ins_signature_is_believed_and_its_secret_alone_is_not() {
    let deliveries = |has_token: bool, is_signed: bool| {
        let world = gitlab_drive::story();
        world.guard_hook(has_token, is_signed);
        let (_, envelope) = taken(&world).pop().expect("the story tells of itself");
        (world, Headers(envelope.headers), envelope.body)
    };
    let (world, headers, body) = deliveries(true, true);
    assert_eq!(adapter(&world, true, true).verify(&headers, &body), Ok(()));
    assert_eq!(adapter(&world, false, true).verify(&headers, &body), Ok(()));
    // It is signed, so the secret counts for nothing.
    assert_eq!(adapter(&world, true, false).verify(&headers, &body), Err(NotAuthentic::Forged));
    let (world, headers, body) = deliveries(true, false);
    assert_eq!(adapter(&world, true, true).verify(&headers, &body), Err(NotAuthentic::Unsigned));
    let (world, headers, body) = deliveries(false, false);
    assert_eq!(adapter(&world, true, false).verify(&headers, &body), Err(NotAuthentic::Unsigned));
}
