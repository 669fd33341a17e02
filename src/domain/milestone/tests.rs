//! Tests of milestones that act: what they propose, and where what is open in them goes. What a plan says of them is tested beside `plan`.

use jiff::Timestamp;

use super::*;
use crate::domain::testing::port::Port;
use crate::domain::testing::version;

fn touched(title: &str, due: Option<Timestamp>, touch: MilestoneTouch) -> crate::domain::signal::Signal {
    let told = MilestoneTouched { number: 4, title: title.to_owned(), due, touch };
    crate::domain::signal::Signal::MilestoneTouched(told)
}

/// v1.5.0 is out, and one more change is merged.
fn port() -> Port {
    let mut port = Port::new();
    port.world.changes.insert(ChangeNumber(19), crate::domain::testing::merged(19, "bob", "One more", "fix"));
    port
}

const ISSUE: &str = "opens an issue: Release v1.5.1";

#[test]
fn a_milestone_that_closes_proposes_its_cut_once() {
    let mut port = port();
    let closed = touched("v1.5.1", None, MilestoneTouch::Closed);
    let told = port.plays(&closed);
    assert!(told.contains(&ISSUE.to_owned()) && told.contains(&"cut_proposed".to_owned()), "{told:#?}");
    let again = port.plays(&closed);
    assert!(again.iter().all(|line| line.starts_with("ignored")), "{again:#?}");
    for (title, touch) in [
        ("v1.5.1", MilestoneTouch::Deleted),
        ("v1.5.1", MilestoneTouch::Open),
        ("v1.5.0", MilestoneTouch::Closed),
        ("v1.2.0", MilestoneTouch::Closed),
        ("Backlog", MilestoneTouch::Closed),
    ] {
        let mut port = self::port();
        let told = port.plays(&touched(title, None, touch));
        assert!(told.iter().all(|line| !line.starts_with("opens")), "{title} {touch:?}: {told:#?}");
    }
}

#[test]
fn a_milestone_whose_day_comes_proposes_its_cut() {
    let mut port = port();
    let day = |hours: i64| Some(port.world.now + jiff::SignedDuration::from_hours(hours));
    let (first, later) = (day(5), day(50));
    port.plays(&touched("v1.5.1", first, MilestoneTouch::Open));
    port.plays(&touched("v1.5.1", later, MilestoneTouch::Open));
    let nothing = port.pass(jiff::SignedDuration::from_hours(49));
    assert!(!nothing.contains(&ISSUE.to_owned()), "its day was moved: {nothing:#?}");
    let told = port.pass(jiff::SignedDuration::from_hours(2));
    assert!(told.contains(&ISSUE.to_owned()), "{told:#?}");
    assert!(port.world.state.milestones.is_empty(), "it is due once");
}

#[test]
fn a_policy_that_only_reads_milestones_proposes_nothing() {
    let mut port = port();
    if let Ok(policy) = &mut port.world.policy {
        policy.milestones = Milestones::Read;
    }
    let told = port.plays(&touched("v1.5.1", None, MilestoneTouch::Closed));
    assert!(told.iter().all(|line| !line.starts_with("opens")), "{told:#?}");
}

fn milestone(open: usize) -> Milestone {
    let item =
        |number: usize| Expected { number: number as u64, is_change: number % 2 == 0, title: "x".into() };
    Milestone {
        number: 4,
        title: "v1.5.0".to_owned(),
        due: None,
        closed: false,
        shared: false,
        open: (1..=open).map(item).collect(),
    }
}

fn titles(all: &[(u64, &str)]) -> Vec<MilestoneTitle> {
    all.iter().map(|(number, title)| MilestoneTitle { number: *number, title: (*title).to_owned() }).collect()
}

/// What is done about a milestone of v1.5.0, and what is told.
fn check(
    found: &Milestone,
    others: &[(u64, &str)],
    orders: &[&str],
    told: Option<(bool, usize, Option<&str>)>,
) {
    let others = titles(others);
    let after = tidied(found, &version("1.5.0"), next_of(&others, &version("1.5.0")));
    let ordered = |(_, effect): &(String, Effect)| match effect {
        Effect::CarryOver { thread, to, .. } => format!("{thread:?} to {to}"),
        Effect::CloseMilestone { number } => format!("close {number}"),
        other => panic!("{other:?}"),
    };
    let found: Vec<String> = after.iter().flat_map(|after| after.orders.iter().map(ordered)).collect();
    assert_eq!(found, orders);
    let told = told.map(|(closed, open, to)| Aftermath { closed, open, to: to.map(version) });
    assert_eq!(after.map(|after| after.told), told);
}

#[test]
fn what_is_open_moves_on_to_the_next_version_and_the_milestone_is_closed() {
    check(&milestone(0), &[(7, "v1.6.0")], &["close 4"], Some((true, 0, None)));
    let others =
        [(9, "v2.0.0"), (7, "1.6"), (4, "v1.5.0"), (3, "v1.4.0"), (8, "Backlog"), (2, "v1.6.0-rc.1")];
    let moved = ["Issue(1) to 7", "Change(ChangeNumber(2)) to 7", "close 4"];
    check(&milestone(2), &others, &moved, Some((true, 2, Some("1.6.0"))));
    check(&milestone(2), &[(3, "v1.4.0")], &[], Some((false, 2, None)));
    let closed = Milestone { closed: true, ..milestone(1) };
    check(&closed, &others, &["Issue(1) to 7"], Some((false, 1, Some("1.6.0"))));
    check(&Milestone { closed: true, ..milestone(0) }, &others, &[], None);
    let shared = Milestone { shared: true, ..milestone(1) };
    check(&shared, &others, &["Issue(1) to 7"], Some((false, 1, Some("1.6.0"))));
    check(&Milestone { shared: true, ..milestone(0) }, &others, &[], None);
}

#[test]
fn a_milestone_of_more_than_a_forge_tells_stays_open() {
    let others = titles(&[(7, "v1.6.0")]);
    let after = tidied(&milestone(100), &version("1.5.0"), next_of(&others, &version("1.5.0"))).unwrap();
    assert_eq!((after.orders.len(), after.told.closed), (100, false));
}
