//! The panel, stage by stage and gate by gate.

use insta::assert_snapshot;

use super::stage::{
    Changed, approvals, attempt, back, bare, check, count, environment, lock, lock_row, minutes, open, order,
    row, rule, said_nobody, shut, slot, soak, soaked, target, view, waiting as waits,
};
use super::{Case, printed};
use crate::domain::event::IgnoredReport;
use crate::domain::gate::approval::Untold;
use crate::domain::gate::{Bar, Gate, approval};
use crate::domain::id::PromotionId;
use crate::domain::policy::environment::{ApprovalRule, Deploy, Seconds};
use crate::domain::policy::staffing::Shortage;
use crate::domain::promotion::model::{AttemptStage, Stage};
use crate::domain::promotion::view::Unheard;
use crate::domain::query::ReportedState;
use crate::domain::say::promotion::panel;
use crate::domain::state::slot::WayBack;
use crate::domain::testing::{sha, version};

pub(super) fn waiting() -> Vec<Case> {
    let all_open = || {
        vec![
            approvals(2, &["bob", "carol"], &["dan"]),
            soaked(),
            order(Some(5)),
            check("build", Some(ReportedState::Success)),
            lock(None),
            slot(None),
        ]
    };
    let no_back = |way: WayBack| view().with(|view| view.back = way);
    vec![
        ("the sample", panel(&view())),
        ("no gates, nobody asked", panel(&bare("staging").with(|view| view.promotion.asked.by = None))),
        ("every gate open", panel(&view().verdicts(all_open()))),
        ("held", panel(&view().held())),
        (
            "first there",
            panel(&no_back(WayBack::FirstThere).with(|view| {
                view.promotion.asked.replaces = None;
                view.replaced = None;
                view.changes = None;
            })),
        ),
        ("what was good is held", panel(&no_back(WayBack::AllHeld))),
        (
            "a rollback waits",
            panel(&back().verdicts(vec![lock(None), slot(Some(7))]).with(|view| {
                view.in_the_way = Some((PromotionId(7), version("1.5.0")));
            })),
        ),
        (
            "files, a tag of its own, an event",
            panel(&view().with(|view| {
                view.promotion.terms.tag_object = sha(4711);
                view.promotion.terms.artifacts =
                    [("app.tar.gz", Some("ab12cd34".repeat(8))), ("notes.txt", None)]
                        .map(|(name, sum)| (name.to_owned(), sum))
                        .into();
                view.promotion.terms.deploy =
                    Deploy::Event { reporters: vec!["argo".to_owned(), "github-actions".to_owned()] };
            })),
        ),
    ]
}

/// One gate at a time that is not open.
pub(super) fn gates() -> Vec<Case> {
    let only = |verdict| panel_without_fold(&view().verdicts(vec![verdict]).approved_by(&[]));
    let not_authors = ApprovalRule { from: vec![], count: 1, not_authors: true };
    let mut unread = count(not_authors.clone(), &[], &[]);
    unread.could = Err("the team cannot be read".to_owned());
    let mut authors = count(not_authors, &[], &["carol", "dan"]);
    let mut strangers = authors.clone();
    strangers.strangers = vec!["Jane *Doe*".to_owned()];
    authors.untold = Some(Untold::Silent);
    let mut unread_authors = authors.clone();
    unread_authors.untold = Some(Untold::Unread("the forge is not answering".to_owned()));
    let many: Vec<String> = (1..=14).map(|at| format!("person-{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let unreadable =
        Gate::Check { name: "e2e".to_owned(), state: None, page: None, unreadable: Some("503".to_owned()) };
    let mut absent = count(rule(1), &[], &[]);
    absent.lacking = vec![Shortage::Absent(rule(1).from.remove(0))];
    let mut seated = count(rule(1), &[], &["carol"]);
    seated.short = 1;
    vec![
        ("approvals: no such team", only(approval::verdict(absent))),
        ("approvals: one human for two groups", only(approval::verdict(seated))),
        ("approvals: one person left", only(approvals(1, &[], &["carol"]))),
        ("approvals: two of three", only(approvals(2, &[], &["carol", "dan", "eve"]))),
        ("approvals: many could", only(approvals(1, &[], &many))),
        ("approvals: too few", only(approvals(2, &[], &["carol"]))),
        ("approvals: nobody", only(approvals(1, &[], &[]))),
        ("approvals: unread", only(approval::verdict(unread))),
        ("approvals: authors untold", only(approval::verdict(authors))),
        ("approvals: authors unread", only(approval::verdict(unread_authors))),
        ("approvals: strangers", only(approval::verdict(strangers))),
        ("soak not begun", only(soak(None))),
        ("soak", only(soak(Some(125)))),
        ("order", only(order(None))),
        ("check unreported", only(check("e2e", None))),
        ("check queued", only(check("e2e", Some(ReportedState::Queued)))),
        ("check running", only(check("e2e", Some(ReportedState::InProgress)))),
        ("check without a verdict", only(check("e2e", Some(ReportedState::Inactive)))),
        ("check failed", only(check("e2e", Some(ReportedState::Failure)))),
        ("check unreadable", only(waits(unreadable, None))),
        ("lock", panel_without_fold(&view().locked(Some("migrating")).verdicts(vec![lock(Some(240))]))),
        (
            "lock without an end",
            panel_without_fold(
                &view().locked(None).verdicts(vec![waits(Gate::Lock { lock: Some(lock_row()) }, None)]),
            ),
        ),
        (
            "slot",
            panel_without_fold(&view().verdicts(vec![slot(Some(6))]).with(|view| {
                view.in_the_way = Some((PromotionId(6), version("1.4.3")));
            })),
        ),
        ("not described", only(shut(Gate::Described))),
        ("not readable", only(waits(Gate::Readable { why: Some("502".to_owned()) }, None))),
        ("held", only(shut(Gate::Allowed { bar: Some(Bar::Held) }))),
        ("withdrawn", only(shut(Gate::Allowed { bar: Some(Bar::Withdrawn) }))),
        (
            "many at once",
            panel_without_fold(&view().locked(None).verdicts(vec![
                approvals(2, &[], &["carol", "dan"]),
                soak(Some(125)),
                order(None),
                check("build", None),
                check("e2e", None),
                lock(Some(300)),
                slot(Some(6)),
                open(Gate::Described),
            ])),
        ),
    ]
}

fn panel_without_fold(view: &crate::domain::promotion::view::View) -> crate::domain::say::Text {
    let mut text = panel(view);
    text.0.retain(|block| !matches!(block, crate::domain::say::Block::Fold { .. }));
    text
}

pub(super) fn on_its_way() -> Vec<Case> {
    use AttemptStage::{Cancelled, Created, Dispatched, Failed, InProgress, Lost, Succeeded, TimedOut};
    let eu = |stage| vec![attempt(target("eu-1"), stage)];
    let us = |one, two| vec![attempt(target("us-1"), one), attempt(target("us-2"), two)];
    let staging = |stage| vec![attempt(None, stage)];
    let unclaimed = || {
        let mut attempts = staging(Dispatched);
        attempts[0].unclaimed = true;
        attempts
    };
    let text = panel_without_fold;
    vec![
        ("ordered, no targets", text(&bare("staging").rolling(0, staging(Created)))),
        ("not picked up", text(&bare("staging").rolling(0, staging(Dispatched)))),
        ("unclaimed", text(&bare("staging").rolling(0, unclaimed()))),
        ("in progress, no targets", text(&bare("staging").rolling(0, staging(InProgress)))),
        ("the first wave", text(&view().rolling(0, eu(InProgress)))),
        ("the first wave is watched", text(&view().baking(0, eu(Succeeded)))),
        ("the second wave", text(&view().rolling(1, us(Succeeded, InProgress)))),
        ("held on its way", text(&view().rolling(0, eu(InProgress)).held())),
        ("failed, no targets", text(&bare("staging").failed(0, staging(Failed)))),
        ("failed in the second wave", text(&view().failed(1, us(Succeeded, TimedOut)))),
        ("failed, and why", text(&bare("staging").failed(0, staging(Failed)).with(explain))),
        (
            "failed everywhere, no way back",
            text(&view().failed(1, us(Lost, Failed)).with(|view| view.back = WayBack::FirstThere)),
        ),
        ("a rollback on its way", text(&back().rolling(0, eu(InProgress)))),
        ("a rollback failed", text(&back().failed(0, eu(Failed)))),
        ("reports that did not count", panel(&unheard())),
        ("aborting", text(&view().aborting(1, us(Cancelled, InProgress)))),
    ]
}

/// A stranger's word, one whose author was erased, and one that came late.
fn unheard() -> crate::domain::promotion::view::View {
    let word = |by: Option<&str>, because| Unheard {
        at: minutes(130),
        by: by.map(str::to_owned),
        state: Some("success".to_owned()),
        because,
    };
    bare("staging").rolling(0, vec![attempt(None, AttemptStage::InProgress)]).with(|view| {
        view.ignored = vec![
            word(Some("mallory"), IgnoredReport::Stranger),
            word(None, IgnoredReport::OtherCommit),
            word(Some("github-actions"), IgnoredReport::Late),
        ];
    })
}

/// What the executor said of its attempt.
fn explain(view: &mut crate::domain::promotion::view::View) {
    let at = row(60, 130);
    view.said.insert(60, said_nobody("exit code 1 in step *migrate*"));
    if let Stage::Failed { wave } = &mut view.promotion.stage {
        wave.attempts[0].moved = Some(at);
    }
}

#[test]
fn the_panel_while_it_waits() {
    assert_snapshot!(printed(waiting()));
}

#[test]
fn each_gate_that_is_not_open() {
    assert_snapshot!(printed(gates()));
}

#[test]
fn the_panel_on_its_way() {
    assert_snapshot!(printed(on_its_way()));
}

#[test]
fn the_moment_stands_in_the_small_print_only() {
    let eu = |stage| vec![attempt(target("eu-1"), stage)];
    let cases = [
        view(),
        bare("staging"),
        back(),
        view().held(),
        view().rolling(0, eu(AttemptStage::InProgress)),
        view().baking(0, eu(AttemptStage::Succeeded)),
        view().failed(0, eu(AttemptStage::TimedOut)),
        view().aborting(0, eu(AttemptStage::Cancelled)),
    ];
    for before in cases {
        let after = before.clone().with(|view| view.now += jiff::SignedDuration::from_hours(1));
        let (mut before, mut after) = (panel(&before), panel(&after));
        assert_ne!(before, after);
        assert_eq!((before.0.pop().is_some(), after.0.pop().is_some()), (true, true));
        assert_eq!(before, after);
    }
}

#[test]
fn a_panel_names_something_to_do_or_to_wait_for() {
    for (name, text) in waiting().into_iter().chain(gates()).chain(on_its_way()) {
        let said = crate::domain::say::aloud::plain(&text);
        assert!(said.contains("/release ") || said.contains("Over once"), "{name}:\n{said}");
    }
}

#[test]
fn long_names_leave_the_first_line_short() {
    let long = |view: crate::domain::promotion::view::View| {
        view.with(|view| {
            view.promotion.asked.environment = environment(&"long-name-".repeat(6));
            view.promotion.asked.version = version("123.456.789-alpha.beta.gamma.delta.epsilon.1");
            for said in view.said.values_mut() {
                said.login = Some("x".repeat(39));
            }
            view.promotion.terms.bake = Seconds(90_061);
        })
    };
    let eu = || {
        vec![attempt(
            target("a-target-with-a-name-of-sixty-three-characters-that-goes-on-and"),
            AttemptStage::Failed,
        )]
    };
    let all = [
        view(),
        view().held(),
        view().locked(None).verdicts(vec![
            lock(Some(10)),
            soak(Some(125)),
            check(&"check-".repeat(20), None),
        ]),
        view().verdicts(vec![check(&"check-".repeat(20), Some(ReportedState::Failure))]),
        view().failed(0, eu()),
        view().rolling(0, eu()),
        view().baking(0, eu()),
        view().aborting(0, eu()),
        back(),
    ];
    for view in all {
        crate::domain::say::aloud::has_short_first_line(&panel(&long(view)));
    }
}
