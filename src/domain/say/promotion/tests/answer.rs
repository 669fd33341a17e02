//! The answers to commands that begin nothing, and to those that steer.

use insta::assert_snapshot;

use super::stage::{
    Changed, approvals, attempt, back, bare, check, environment, lock, minutes, order, said, slot, soak,
    target, view,
};
use super::{Case, printed};
use crate::domain::event::IgnoredReport;
use crate::domain::id::{ChangeNumber, EnvironmentName, PromotionId};
use crate::domain::policy::environment::Automation;
use crate::domain::promotion::model::AttemptStage;
use crate::domain::promotion::view::{Afterwords, Unheard, View};
use crate::domain::say::promote::NoReturn;
use crate::domain::say::{promote as say, steer as steering};
use crate::domain::state::slot::{Slot, Standing, WayBack};
use crate::domain::testing::{sha, tag, version};

fn names(names: &[&str]) -> Vec<EnvironmentName> {
    names.iter().map(|name| environment(name)).collect()
}

pub(super) fn promote() -> Vec<Case> {
    let production = environment("production");
    let (new, old, older) = (version("1.5.0"), version("1.4.2"), version("1.4.1"));
    let there = Standing {
        version: Some(new.clone()),
        commit: sha(20),
        since: minutes(5),
        deployments: vec![],
        promotion: None,
    };
    let was = Standing { version: Some(old.clone()), since: minutes(1), ..there.clone() };
    let good = Slot { good: vec![there.clone(), was], ..Slot::default() };
    vec![
        ("unknown environment", say::unknown_environment("prduction", &names(&["staging", "production"]))),
        ("unknown, none known", say::unknown_environment("qa", &[])),
        ("ambiguous", say::ambiguous_environment("p", &names(&["preview", "production"]))),
        ("observed", say::observed(&environment("staging"))),
        ("unknown version", say::unknown_version("1.9.0", &[new.clone(), old.clone()])),
        ("unknown version, none known", say::unknown_version("v1.9.0", &[])),
        ("not merged", say::not_merged(ChangeNumber(12))),
        ("not cut", say::not_cut(ChangeNumber(12))),
        ("no release", say::no_release()),
        ("downgrade", say::downgrade(&production, &new, &old, &good)),
        ("downgrade, no way back", say::downgrade(&production, &new, &older, &good)),
        ("already there", say::already_there(&production, &new, &there)),
        ("held", say::held(&production, &new)),
        ("withdrawn", say::withdrawn(&new)),
        ("cut later", say::cut_later(&production, &new)),
        ("open already", say::open_already(&view().promotion)),
        ("open already, a rollback", say::open_already(&back().promotion)),
        ("newer open", say::newer_open(&view().promotion, &old)),
        ("tag moved", say::tag_moved(&tag("v1.5.0"), &sha(20), Some(&sha(21)))),
        ("tag gone", say::tag_moved(&tag("v1.5.0"), &sha(20), None)),
        ("no workflow", say::not_startable(&Automation::Workflow("deploy.yml".to_owned()), &tag("v1.5.0"))),
        ("unreadable", say::unreadable("the tag", "no answer within 10 s")),
        ("nothing good: the first there", say::nothing_good(&production, &WayBack::FirstThere)),
        ("nothing good: all held", say::nothing_good(&production, &WayBack::AllHeld)),
        ("nothing good: something else is", say::nothing_good(&production, &WayBack::To(old.clone()))),
        ("never good there", say::not_good_there(&production, &new, NoReturn::NeverGood, &[old, older])),
        ("held there, and nothing else is good", say::not_good_there(&production, &new, NoReturn::Held, &[])),
        ("no return to what was withdrawn", say::not_good_there(&production, &new, NoReturn::Withdrawn, &[])),
        ("no return to what is on its way", say::not_good_there(&production, &new, NoReturn::OnItsWay, &[])),
    ]
}

pub(super) fn steer() -> Vec<Case> {
    let eu = |stage| vec![attempt(target("eu-1"), stage)];
    let (one, other) = (view(), back());
    let version = version("1.5.0");
    vec![
        ("nothing open", steering::nothing_open("abort")),
        ("which", steering::which("hold", &[&one.promotion, &other.promotion])),
        ("no such promotion", steering::no_such_promotion(PromotionId(3), 2)),
        ("a promotion that is over", steering::no_such_promotion(PromotionId(3), 7)),
        ("held", steering::held(&view())),
        ("held on its way", steering::held(&view().rolling(0, eu(AttemptStage::InProgress)))),
        ("held already", steering::held_already(&view().held())),
        ("resumed", steering::resumed(&view())),
        ("resumed on its way", steering::resumed(&view().rolling(0, eu(AttemptStage::InProgress)))),
        ("not held", steering::not_held("production")),
        ("release held", steering::release_held(&version, &names(&["staging", "production"]), &[])),
        (
            "release held on its way",
            steering::release_held(
                &version,
                &names(&["staging", "production"]),
                &[&view().rolling(0, eu(AttemptStage::InProgress)).promotion],
            ),
        ),
        ("release resumed", steering::release_resumed(&version, &names(&["production"]))),
        (
            "release resumed everywhere",
            steering::release_resumed(&version, &names(&["staging", "production"])),
        ),
        ("aborting", steering::aborting(&view().aborting(0, eu(AttemptStage::InProgress)))),
        ("retried", steering::retried(&view().rolling(0, eu(AttemptStage::Created)))),
        ("nothing failed", steering::nothing_failed(&view().rolling(0, eu(AttemptStage::InProgress)))),
    ]
}

pub(super) fn locks() -> Vec<Case> {
    let staging = environment("staging");
    vec![
        ("locked", steering::locked(&staging, Some(minutes(240)))),
        ("locked without an end", steering::locked(&staging, None)),
        (
            "locked by another",
            steering::locked_by_another(&staging, &said("bob", Some("load test")), Some(minutes(240))),
        ),
        ("locked by another without an end", steering::locked_by_another(&staging, &said("bob", None), None)),
        ("unlocked", steering::unlocked(&staging, &said("bob", None))),
        ("not locked", steering::not_locked(&staging)),
    ]
}

fn late() -> Afterwords {
    let report = |because, by: &str| Unheard {
        at: minutes(30),
        by: Some(by.to_owned()),
        state: Some("failure".to_owned()),
        because,
    };
    Afterwords {
        environment: environment("production"),
        reporters: vec!["github-actions".to_owned()],
        reports: vec![
            report(IgnoredReport::Stranger, "mallory"),
            report(IgnoredReport::Late, "github-actions"),
        ],
    }
}

fn with_page() -> View {
    view().with(|view| view.promotion.panel.page = Some("https://forge.example/70".to_owned()))
}

pub(super) fn why() -> Vec<Case> {
    let failed = || bare("staging").failed(0, vec![attempt(None, AttemptStage::Failed)]);
    let busy = view().locked(None).verdicts(vec![
        approvals(2, &["bob"], &["carol", "dan"]),
        soak(Some(125)),
        order(None),
        check("e2e", None),
        lock(Some(300)),
        slot(Some(6)),
    ]);
    vec![
        ("why: nothing", steering::why(&[], &[])),
        ("why: one", steering::why(&[view()], &[])),
        ("why: several gates", steering::why(&[busy], &[])),
        ("why: two", steering::why(&[failed(), view().held()], &[])),
        (
            "why: on its way",
            steering::why(&[view().rolling(0, vec![attempt(target("eu-1"), AttemptStage::InProgress)])], &[]),
        ),
        ("why: with a page of the panel", steering::why(&[with_page()], &[])),
        ("why: nothing, but a report came late", steering::why(&[], &[late()])),
    ]
}

#[test]
fn what_is_said_when_nothing_begins() {
    assert_snapshot!(printed(promote()));
}

#[test]
fn what_is_said_to_those_who_steer() {
    assert_snapshot!(printed(steer()));
}

#[test]
fn what_is_said_of_locks() {
    assert_snapshot!(printed(locks()));
}

#[test]
fn why_something_waits() {
    assert_snapshot!(printed(why()));
}
