//! The comments when a promotion begins, fails or ends, and its closed panel.

use insta::assert_snapshot;

use super::stage::{Changed, attempt, back, bare, environment, lock_row, said, target, view};
use super::{Case, printed};
use crate::domain::id::{DeploymentId, PromotionId};
use crate::domain::promotion::model::{AttemptStage, Ended, Handle};
use crate::domain::promotion::view::{Cancellation, Ending, View};
use crate::domain::say::promotion::{begun, closed_panel, ended, failed, unclaimed};
use crate::domain::state::slot::WayBack;
use crate::domain::testing::{sha, version};

pub(super) fn progress() -> Vec<Case> {
    use AttemptStage::{Dispatched, Failed, Succeeded};
    let us = || vec![attempt(target("us-1"), Succeeded), attempt(target("us-2"), Failed)];
    let mut with_page = attempt(target("eu-1"), Dispatched);
    with_page.page = Some("https://forge.example/runs/1".to_owned());
    vec![
        ("begun", begun(&view().approved_by(&["bob", "carol"]))),
        ("begun without gates", begun(&bare("staging"))),
        ("begun: a rollback over a lock", begun(&over_a_lock())),
        ("failed", failed(&view().failed(1, us()))),
        ("failed: one place", failed(&bare("staging").failed(0, vec![attempt(None, Failed)]))),
        ("failed: a rollback", failed(&back().failed(0, vec![attempt(target("eu-1"), Failed)]))),
        ("unclaimed: an event", unclaimed(&bare("staging"), &attempt(None, Dispatched))),
        (
            "unclaimed: an event with targets",
            unclaimed(
                &bare("production").with(|view| {
                    view.promotion.terms.waves = vec![vec![target("eu-1")]];
                }),
                &attempt(target("eu-1"), Dispatched),
            ),
        ),
        (
            "unclaimed: others were picked up",
            unclaimed(&half_picked_up(), &attempt(target("us-2"), Dispatched)),
        ),
        ("unclaimed: a workflow", unclaimed(&view(), &attempt(target("eu-1"), Dispatched))),
        ("unclaimed: a run that waits", unclaimed(&view(), &with_page)),
    ]
}

/// `eu-1` is there, `us-1` is being deployed, `us-2` is not picked up.
fn half_picked_up() -> View {
    use AttemptStage::{Dispatched, InProgress, Succeeded};
    let event = bare("production").promotion.terms.deploy;
    let known = |name, stage| {
        let mut attempt = attempt(target(name), stage);
        attempt.handle = Some(Handle::Deployment(DeploymentId(7)));
        attempt
    };
    let in_hand = vec![known("us-1", InProgress), known("us-2", Dispatched)];
    view().rolling(1, in_hand).with(|view| {
        view.promotion.terms.deploy = event;
        view.promotion.done = vec![known("eu-1", Succeeded)];
    })
}

fn over_a_lock() -> View {
    back().locked(None).with(|view| view.passed_over = Some(lock_row()))
}

fn every_ending() -> Vec<(&'static str, View, Ending)> {
    let why = || said("carol", Some("the migration is not tested"));
    let on_its_way = || {
        let attempts = vec![
            attempt(target("us-1"), AttemptStage::Succeeded),
            attempt(target("us-2"), AttemptStage::Cancelled),
        ];
        view().aborting(1, attempts)
    };
    let moved = |to| Ending::Cancelled(Cancellation::TagMoved { to });
    let superseded = |asks| Ending::Superseded { by: PromotionId(9), version: version("1.5.1"), asks };
    let next = |names: &[&str]| {
        let next = names.iter().map(|name| environment(name)).collect();
        bare("staging").with(|view| view.next = next)
    };
    let mut every = vec![
        ("succeeded", view(), Ending::Succeeded),
        ("succeeded, one comes next", next(&["production"]), Ending::Succeeded),
        ("succeeded, several come next", next(&["eu", "us"]), Ending::Succeeded),
    ];
    every.extend(every_success());
    every.extend([
        ("rejected", view(), Ending::Rejected(why())),
        ("superseded", view(), superseded(true)),
        ("superseded by one that asks nobody", view(), superseded(false)),
        ("called off", view(), Ending::Cancelled(Cancellation::Asked(said("ana", None)))),
        ("called off: the tag moved", view(), moved(Some(sha(21)))),
        ("called off: the tag is gone", view(), moved(None)),
        ("called off: withdrawn", view(), Ending::Cancelled(Cancellation::Withdrawn)),
        ("lapsed", view(), Ending::Expired),
        (
            "aborted, because it goes back",
            on_its_way().with(|view| view.going_back = Some((PromotionId(8), version("1.4.2")))),
            Ending::Aborted(said("max", None)),
        ),
        ("aborted", on_its_way(), Ending::Aborted(said("max", Some("looks bad")))),
        (
            "aborted, no way back",
            on_its_way().with(|view| view.back = WayBack::FirstThere),
            Ending::Aborted(said("max", None)),
        ),
        ("rolled back", on_its_way(), Ending::RolledBack { to: version("1.4.2") }),
    ]);
    every
}

fn every_success() -> Vec<(&'static str, View, Ending)> {
    vec![
        (
            "succeeded, the policy asked, the first there",
            bare("staging").with(|view| {
                view.promotion.asked.by = None;
                view.promotion.asked.replaces = None;
                view.replaced = None;
                view.changes = None;
                view.back = WayBack::FirstThere;
            }),
            Ending::Succeeded,
        ),
        ("back", over_a_lock().with(|view| view.follow_up = Some(52)), Ending::Succeeded),
        (
            "back, one place, no reason",
            bare("staging").with(|view| {
                let back = back();
                view.promotion.asked = back.promotion.asked;
                view.now = back.now;
            }),
            Ending::Succeeded,
        ),
        (
            "succeeded, the same release once more",
            bare("staging").with(|view| view.promotion.asked.replaces = Some(version("1.5.0"))),
            Ending::Succeeded,
        ),
        (
            "succeeded after the watch",
            view().baking(
                1,
                vec![
                    attempt(target("us-1"), AttemptStage::Succeeded),
                    attempt(target("us-2"), AttemptStage::Succeeded),
                ],
            ),
            Ending::Succeeded,
        ),
    ]
}

pub(super) fn endings() -> Vec<Case> {
    every_ending().into_iter().map(|(name, view, ending)| (name, ended(&view, &ending))).collect()
}

pub(super) fn closed() -> Vec<Case> {
    let closed = |(name, view, ending): (&'static str, View, Ending)| {
        let mut text = closed_panel(&view, &ending);
        text.0.retain(|block| !matches!(block, crate::domain::say::Block::Fold { .. }));
        (name, text)
    };
    every_ending().into_iter().map(closed).collect()
}

#[test]
fn what_is_said_on_the_way() {
    assert_snapshot!(printed(progress()));
}

#[test]
fn what_is_said_at_the_end() {
    assert_snapshot!(printed(endings()));
}

#[test]
fn the_panel_once_it_is_over() {
    assert_snapshot!(printed(closed()));
}

#[test]
fn every_way_to_end_is_told() {
    let told: std::collections::BTreeSet<Ended> =
        every_ending().iter().map(|(_, _, ending)| ending.how()).collect();
    assert_eq!(told.len(), 7, "{told:?}");
}
