//! Asking for approval, and the answers to those who give, refuse or take back one.

use insta::assert_snapshot;

use super::stage::{Changed, approvals, bare, count, minutes, order, rule, slot, soak, soaked, view};
use super::{Case, printed};
use crate::domain::gate::approval::{self, Untold};
use crate::domain::id::PromotionId;
use crate::domain::policy::environment::ApprovalRule;
use crate::domain::policy::{GroupPath, Principal};
use crate::domain::promotion::model::RevisionName;
use crate::domain::promotion::step::ApprovalEnd;
use crate::domain::promotion::view::View;
use crate::domain::say::approve;
use crate::domain::say::promotion::{Again, approval_ended, prompt, voided};
use crate::domain::testing::version;

fn people(logins: &[&str]) -> Vec<String> {
    logins.iter().map(|login| (*login).to_owned()).collect()
}

fn two_groups() -> View {
    let security = Principal::Group(GroupPath("acme/security".to_owned()));
    let security = ApprovalRule { from: vec![security], count: 1, not_authors: true };
    view().verdicts(vec![
        approvals(2, &["bob"], &["carol", "dan"]),
        approval::verdict(count(security, &[], &["eve"])),
        slot(None),
    ])
}

fn nothing_given() -> View {
    view().verdicts(vec![approvals(2, &[], &["bob", "carol", "dan"]), soaked()]).approved_by(&[])
}

fn changed() -> View {
    nothing_given().with(|view| {
        view.promotion.revision = 2;
        view.promotion.panel.shown.insert(2, minutes(38));
    })
}

pub(super) fn asking() -> Vec<Case> {
    let all: Vec<String> = (1..=14).map(|at| format!("somebody-with-a-long-name-{at}")).collect();
    let only = |verdict| view().verdicts(vec![verdict]);
    let by_policy = |view: &mut View| {
        view.promotion.asked.by = None;
        view.promotion.asked.replaces = None;
        view.replaced = None;
        view.changes = None;
    };
    let fields = |names: &[&str]| people(names);
    vec![
        ("prompt: the sample", prompt(&view(), &people(&["carol", "dan"]), Again::First)),
        ("prompt: the reminder", prompt(&view(), &people(&["carol", "dan"]), Again::Reminder)),
        (
            "prompt: one person",
            prompt(&only(approvals(1, &[], &["carol"])), &people(&["carol"]), Again::First),
        ),
        (
            "prompt: both",
            prompt(&only(approvals(2, &[], &["carol", "dan"])), &people(&["carol", "dan"]), Again::First),
        ),
        (
            "prompt: all three",
            prompt(&only(approvals(3, &[], &["a", "b", "c"])), &people(&["a", "b", "c"]), Again::First),
        ),
        ("prompt: many", prompt(&nothing_given(), &all, Again::First)),
        ("prompt: two groups", prompt(&two_groups(), &people(&["carol", "dan", "eve"]), Again::First)),
        (
            "prompt: the policy asks",
            prompt(
                &only(approvals(1, &[], &["carol", "dan"])).with(by_policy),
                &people(&["carol", "dan"]),
                Again::First,
            ),
        ),
        (
            "prompt: other gates",
            prompt(
                &view().verdicts(vec![approvals(1, &[], &["carol", "dan"]), order(None), soak(None)]),
                &people(&["carol", "dan"]),
                Again::First,
            ),
        ),
        ("voided", voided(&changed(), &fields(&["the targets", "its gates"]), &people(&["bob", "carol"]))),
        ("voided: one", voided(&changed(), &fields(&["the files of the release"]), &people(&["bob"]))),
        ("voided: none", voided(&changed(), &fields(&["the tag"]), &[])),
        ("ended: lapsed", approval_ended(&nothing_given(), "bob", ApprovalEnd::Lapsed)),
        ("ended: no longer entitled", approval_ended(&nothing_given(), "bob", ApprovalEnd::NoLongerEntitled)),
        ("ended: taken back", approval_ended(&nothing_given(), "bob", ApprovalEnd::TakenBack)),
    ]
}

pub(super) fn answers() -> Vec<Case> {
    let done = || approvals(2, &["bob", "carol"], &["dan"]);
    let old = RevisionName { promotion: PromotionId(7), revision: 1 };
    vec![
        ("approved, one missing", approve::approved(&view())),
        ("approved, two groups", approve::approved(&two_groups())),
        ("approved, time missing", approve::approved(&view().verdicts(vec![done(), soak(Some(125))]))),
        ("approved, it begins", approve::approved(&view().verdicts(vec![done(), soaked()]))),
        ("taken back", approve::taken_back(&nothing_given())),
        ("self approval", approve::self_approval(&view())),
        ("author", approve::author(&two_groups())),
        ("authors unknown", approve::authors_unknown(&two_groups(), &Untold::Silent)),
        ("not an approver", approve::not_an_approver(&view())),
        ("twice", approve::twice(&view())),
        (
            "not needed",
            approve::not_needed(&bare("staging").verdicts(vec![slot(Some(6))]).with(|view| {
                view.in_the_way = Some((PromotionId(6), version("1.4.3")));
            })),
        ),
        ("stale", approve::stale(&changed(), old)),
        (
            "a revision that is not there",
            approve::no_such_revision(&changed(), RevisionName { revision: 9, ..old }),
        ),
        ("not shown", approve::not_shown(&changed())),
        (
            "not shown, with a page of the panel",
            approve::not_shown(&changed().with(|view| {
                view.promotion.panel.page = Some("https://forge.example/70".to_owned());
            })),
        ),
        ("too late", approve::too_late(&view().rolling(0, vec![]).promotion)),
        ("too late, it failed", approve::too_late(&view().failed(0, vec![]).promotion)),
        ("too late, it is being stopped", approve::too_late(&view().aborting(0, vec![]).promotion)),
        ("no approval", approve::no_approval(&view())),
        ("rights unknown", approve::rights_unknown(&view(), "the team cannot be read")),
        (
            "self approval, nobody else",
            approve::self_approval(&view().verdicts(vec![approval::verdict(count(rule(1), &[], &[]))])),
        ),
    ]
}

#[test]
fn how_people_are_asked() {
    assert_snapshot!(printed(asking()));
}

#[test]
fn what_the_answers_say() {
    assert_snapshot!(printed(answers()));
}

#[test]
fn ten_people_are_called_at_most_and_the_first_line_stays_short() {
    let all: Vec<String> = (1..=14).map(|at| format!("{at}{}", "x".repeat(37))).collect();
    let text = prompt(&view(), &all, Again::First);
    assert_eq!(crate::domain::say::aloud::plain(&text).matches('@').count(), 10);
}
