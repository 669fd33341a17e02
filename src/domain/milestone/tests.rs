//! Tests of milestones that act: what they propose, and where what is open in them goes. What a plan says of them is tested beside `plan`.

use jiff::Timestamp;

use super::*;
use crate::domain::testing::port::Port;
use crate::domain::testing::{World, version};

fn touched(title: &str, due: Option<Timestamp>, touch: MilestoneTouch) -> crate::domain::signal::Signal {
    let told = MilestoneTouched { number: 4, title: title.to_owned(), due, touch };
    crate::domain::signal::Signal::MilestoneTouched(told)
}

const ISSUE: &str = "opens an issue: Release v1.5.0";

/// Whether closing or touching a milestone proposes v1.5.0, which is what comes next in this world.
fn proposes(world: &mut World, title: &str, touch: MilestoneTouch) -> bool {
    let played = world.play(&touched(title, None, touch));
    assert!(played.rounds <= 4, "{:?}", played.asked);
    played.told().contains(&ISSUE.to_owned())
}

#[test]
fn a_milestone_that_closes_proposes_its_cut_once() {
    let mut world = World::new().calm();
    assert!(proposes(&mut world, "v1.5.0", MilestoneTouch::Closed));
    assert!(!proposes(&mut world, "v1.5.0", MilestoneTouch::Closed), "once");
    for (title, touch) in [
        ("v1.5.0", MilestoneTouch::Deleted),
        ("v1.5.0", MilestoneTouch::Open),
        ("v1.2.0", MilestoneTouch::Closed),
        ("v1.4.2", MilestoneTouch::Closed),
        ("Backlog", MilestoneTouch::Closed),
    ] {
        assert!(!proposes(&mut World::new().calm(), title, touch), "{title} {touch:?}");
    }
    let mut port = Port::new();
    let told = port.plays(&touched("v1.5.0", None, MilestoneTouch::Closed));
    assert!(told.iter().all(|line| line.starts_with("ignored")), "it is cut already: {told:#?}");
}

#[test]
fn a_milestone_whose_day_comes_proposes_its_cut() {
    let mut world = World::new().calm();
    let (first, later) = (Some(world.now), Some(world.now + jiff::SignedDuration::from_hours(50)));
    world.play(&touched("v1.5.0", first, MilestoneTouch::Open));
    world.play(&touched("v1.5.0", later, MilestoneTouch::Open));
    let timer = crate::domain::timer::TimerKey::Milestone(4);
    assert_eq!(crate::domain::due::due(&world.state).get(&timer).copied(), later, "its day was moved");
    let played = world.play(&crate::domain::signal::Signal::TimerDue { timer });
    assert!(played.told().contains(&ISSUE.to_owned()), "{:#?}", played.told());
    assert!(world.state.milestones.is_empty(), "it is due once");
}

#[test]
fn a_policy_that_only_reads_milestones_proposes_nothing() {
    let mut world = World::new().calm();
    if let Ok(policy) = &mut world.policy {
        policy.milestones = Milestones::Read;
    }
    assert!(!proposes(&mut world, "v1.5.0", MilestoneTouch::Closed));
}

fn milestone(open: usize) -> Milestone {
    let item = |number: usize| Expected {
        number: number as u64,
        is_change: number.is_multiple_of(2),
        title: "x".into(),
    };
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
