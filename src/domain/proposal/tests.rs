//! Tests of the change that carries a release: what it brings, whose it is, what its merge means. How a branch is written is tested at the forge.

use super::*;
use crate::domain::due::due;
use crate::domain::effect::Made;
use crate::domain::policy::{CutMode, Principal, Standing};
use crate::domain::signal::Signal;
use crate::domain::testing::{Played, World, actor, said, sha};

fn world() -> World {
    World::new().calm().with(|world| {
        if let Ok(policy) = &mut world.policy {
            policy.cut = CutMode::PullRequest;
        }
    })
}

fn merge(world: &World, number: u64) -> Signal {
    let change = world.changes[&ChangeNumber(number)].clone();
    Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Merged })
}

fn fires(world: &mut World) -> Played {
    let timers = due(&world.state);
    let (timer, at) = timers.first_key_value().expect("a timer");
    world.now = world.now.max(*at);
    world.play(&Signal::TimerDue { timer: timer.clone() })
}

fn ends(world: &mut World, ordered: &Played, left: Option<LeftProposal>) -> Played {
    let page = "https://forge.example/30".to_owned();
    world.ends(&ordered.decision, Made::Proposal { number: ChangeNumber(30), page, left })
}

fn ours() -> Option<LeftProposal> {
    Some(LeftProposal { head: sha(31), text: "sum".to_owned() })
}

/// A world whose change #30 says what is merged.
fn followed() -> World {
    let mut world = world();
    let signal = merge(&world, 12);
    world.play(&signal);
    let planned = fires(&mut world);
    assert_eq!(planned.told(), ["draft_planned", "keeps the change that carries v1.5.0 at 20"]);
    assert_eq!(ends(&mut world, &planned, ours()).told(), ["proposal_kept"]);
    world
}

/// #30 is merged as the newest commit.
fn carried(world: &mut World, login: &str) -> Played {
    let mut change = world.changes[&ChangeNumber(12)].clone();
    change.number = ChangeNumber(30);
    change.title = "Release v1.5.0".to_owned();
    change.labels = vec![];
    world.changes.insert(ChangeNumber(30), change);
    world.merged_by = Some(actor(login));
    let signal = merge(world, 30);
    world.play(&signal)
}

#[test]
fn the_change_follows_and_is_renewed_with_what_was_left_there() {
    let mut world = followed();
    world.pass(crate::domain::drafting::PACE);
    world.hears("ana in 40: /release skip #14 -- dull");
    let renewed = fires(&mut world);
    let Effect::KeepProposal(wanted) = &renewed.decision.effects[0].effect else { panic!("{renewed:?}") };
    assert_eq!((wanted.left.clone(), wanted.branch.as_str()), (ours(), "lockkeeper/release/default"));
}

#[test]
fn commits_of_people_are_told_once() {
    let mut world = followed();
    for (words, told) in [("skip #14 -- dull", 2), ("include #14", 1)] {
        world.pass(crate::domain::drafting::PACE);
        world.hears(&format!("ana in 40: /release {words}"));
        let renewed = fires(&mut world);
        assert_eq!(ends(&mut world, &renewed, None).told().len(), told);
    }
    assert_eq!(
        world.component().drafting.and_then(|drafting| drafting.change).map(|change| change.left),
        Some(None)
    );
}

#[test]
fn merging_it_is_the_cut_of_its_merge() {
    let mut world = followed();
    let told = carried(&mut world, "ana");
    let events: Vec<String> = told.decision.events.iter().map(|recorded| recorded.event.kind()).collect();
    assert_eq!(events, ["proposal_merged", "cut_started", "draft_outdated"]);
    let Event::CutStarted { cut, changes, .. } = &told.decision.events[1].event else { panic!() };
    assert_eq!(cut.version.to_string(), "1.5.0");
    assert!(changes.iter().all(|change| change.number != Some(ChangeNumber(30)) || !change.shown));
    assert_eq!(told.decision.actor, Some(actor("ana").id));
}

#[test]
fn s9_who_may_not_release_cuts_nothing_by_merging() {
    let maintainers = [Principal::Role(Standing::Maintain)];
    let mut world = followed().releasers(&maintainers);
    let told = carried(&mut world, "bob").told();
    assert!(told.iter().any(|line| line.contains("v1.5.0 is not cut")), "{told:?}");
    assert!(!told.contains(&"cut_started".to_owned()), "{told:?}");
    let mut blind = followed().silent(&["MergedBy"]);
    let told = carried(&mut blind, "ana").told();
    assert!(told.iter().any(|line| line.contains("v1.5.0 is not cut")), "{told:?}");
}

#[test]
fn a_bare_command_is_refused_where_a_change_carries_the_release() {
    let world = followed();
    let told = world.think(&said("ana in 40: /release cut")).told();
    assert_eq!(told[0], "refused cut E_BY_MERGE", "{told:?}");
    let told = world.think(&said("ana in 40: /release cut v1.5.0")).told();
    assert_ne!(told[0], "refused cut E_BY_MERGE", "{told:?}");
}
