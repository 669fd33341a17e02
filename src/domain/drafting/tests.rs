//! Tests of the draft that follows: when it is renewed, what stays people's, and what its publication means. How pages are written is tested at the forge.

use super::*;
use crate::domain::due::due;
use crate::domain::id::{ChangeNumber, ReleaseId};
use crate::domain::policy::Principal;
use crate::domain::query::Tag;
use crate::domain::signal::{ChangeTouched, ReleaseTouch};
use crate::domain::testing::{HEAD, Played, World, actor, said, sha, tag};
use crate::domain::timer::TimerKey;

fn drafting() -> World {
    World::new().calm().with(|world| {
        if let Ok(policy) = &mut world.policy {
            policy.cut = CutMode::Draft;
        }
    })
}

fn merged(world: &World) -> Signal {
    let change = world.changes[&ChangeNumber(12)].clone();
    Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Merged })
}

/// The time of the only timer comes, and it fires.
fn fires(world: &mut World) -> Played {
    let timers = due(&world.state);
    let (timer, at) = timers.first_key_value().unwrap();
    world.now = world.now.max(*at);
    world.play(&Signal::TimerDue { timer: timer.clone() })
}

fn kept(notes: Option<&str>) -> Made {
    let page = "https://forge.example/releases/77".to_owned();
    Made::Draft { id: ReleaseId(77), page, notes: notes.map(str::to_owned) }
}

/// A world whose draft says what is merged.
fn followed() -> World {
    let mut world = drafting();
    let signal = merged(&world);
    world.play(&signal);
    let planned = fires(&mut world);
    world.ends(&planned.decision, kept(Some("sum")));
    world
}

fn publishes(world: &mut World, login: &str) -> Played {
    world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(HEAD) });
    world.play(&Signal::ReleaseTouched(ReleaseTouched {
        id: ReleaseId(77),
        tag: tag("v1.5.0"),
        by: Some(actor(login)),
        touch: ReleaseTouch::Published,
    }))
}

fn events(played: &Played) -> Vec<String> {
    played.decision.events.iter().map(|recorded| recorded.event.kind()).collect()
}

#[test]
fn merges_are_gathered_and_the_draft_is_renewed_once_a_minute_at_most() {
    let mut world = drafting();
    let signal = merged(&world);
    assert_eq!(events(&world.play(&signal)), ["draft_outdated"]);
    assert_eq!(due(&world.state).into_values().collect::<Vec<_>>(), [world.now + GATHERING]);
    world.pass(SignedDuration::from_secs(5));
    assert!(events(&world.play(&signal)).is_empty(), "it is out of date already");
    let planned = fires(&mut world);
    assert_eq!(planned.told(), ["draft_planned", "keeps the draft of v1.5.0 at 20"]);
    let planned_at = world.now;
    assert!(due(&world.state).is_empty());
    assert_eq!(events(&world.play(&signal)), ["draft_outdated"]);
    assert!(due(&world.state).is_empty(), "one writing at a time");
    assert_eq!(world.ends(&planned.decision, kept(Some("sum"))).told(), ["draft_kept"]);
    assert_eq!(due(&world.state).into_values().collect::<Vec<_>>(), [planned_at + PACE]);
    assert_eq!(fires(&mut world).told(), ["draft_left"], "it says so already: no call");
}

#[test]
fn labels_and_what_people_shape_are_followed_too() {
    let mut world = followed();
    world.pass(SignedDuration::from_mins(5));
    assert!(world.hears("ana in 40: /release skip #14 -- dull").contains(&"draft_outdated".to_owned()));
    let renewed = fires(&mut world);
    assert_eq!(renewed.told(), ["draft_planned", "keeps the draft of v1.5.0 at 20"]);
    let Effect::KeepDraft { release, left, .. } = &renewed.decision.effects[0].effect else { panic!() };
    assert_eq!(*release, Some(ReleaseId(77)));
    assert_eq!(*left, Some(LeftDraft { tag: tag("v1.5.0"), notes: "sum".to_owned() }));
    world.ends(&renewed.decision, kept(None));
    let page = world.component().drafting.unwrap().page.unwrap();
    assert!(page.is_theirs && page.notes == "sum", "what we left is remembered, should they put it back");
}

#[test]
fn without_the_mode_nothing_follows() {
    let mut world = World::new().calm();
    let signal = merged(&world);
    assert!(world.play(&signal).decision.events.is_empty());
    let mut world = followed();
    if let Ok(policy) = &mut world.policy {
        policy.cut = CutMode::Tag;
    }
    world.pass(SignedDuration::from_mins(5));
    world.play(&signal);
    assert_eq!(fires(&mut world).told(), ["draft_left"]);
    assert_eq!(world.component().drafting, None);
}

#[test]
fn what_cannot_be_read_is_tried_again_and_a_broken_policy_blocks() {
    let mut world = followed().silent(&["Range"]);
    world.pass(SignedDuration::from_mins(5));
    let signal = merged(&world);
    world.play(&signal);
    assert_eq!(fires(&mut world).told(), ["draft_outdated"]);
    assert_eq!(due(&world.state).into_values().collect::<Vec<_>>(), [world.now + GATHERING]);
    world.policy = Err("error: no such key".to_owned());
    assert_eq!(fires(&mut world).told(), ["draft_left"]);
    assert!(due(&world.state).is_empty() && world.component().drafting.is_some());
}

#[test]
fn publishing_the_draft_is_the_cut() {
    let mut world = followed();
    let published = publishes(&mut world, "ana");
    assert_eq!(published.told(), ["cut_started", "release_cut", "draft_outdated"]);
    assert_eq!((published.decision.actor, published.decision.history.len()), (Some(actor("ana").id), 1));
    let Event::ReleaseCut { started, changes, unconfirmed, .. } = &published.decision.events[1].event else {
        panic!()
    };
    assert!(!unconfirmed && changes.len() == 2);
    assert!(matches!(world.rows[usize::try_from(*started).unwrap() - 1].event, Event::CutStarted { .. }));
    let report =
        world.play(&Signal::TimerDue { timer: TimerKey::RunsOf(ComponentName::default_component()) });
    assert_eq!(report.told(), ["cut_reported"], "nobody asked, so nobody is told");
    assert!(world.component().cutting.is_none());
    // The tag that came with it is no news.
    let told = world.think(&Signal::TagMoved { tag: tag("v1.5.0"), by: None, exists: true }).told();
    assert_eq!(told, ["ignored: known already"]);
}

#[test]
fn a_tag_that_comes_before_the_word_of_its_page_waits_for_it() {
    let mut world = followed();
    world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(HEAD) });
    let told = world.play(&Signal::TagMoved { tag: tag("v1.5.0"), by: None, exists: true }).told();
    assert_eq!(told, ["ignored: a draft of ours was published; its page tells more"]);
}

#[test]
fn s9b_what_is_published_by_who_may_not_release_waits_for_a_releaser() {
    let maintainers = [Principal::Role(crate::domain::policy::Standing::Maintain)];
    for login in ["ana", "sam", "renovate[bot]"] {
        let mut world = followed().releasers(&maintainers);
        let told = publishes(&mut world, login).told();
        let issue = "opens an issue: Release v1.5.0 waits for a releaser";
        assert_eq!(told, ["cut_started", "release_cut", "draft_outdated", issue], "{login}");
        world.play(&Signal::TimerDue { timer: TimerKey::RunsOf(ComponentName::default_component()) });
        assert!(world.component().releases[0].unconfirmed);
        assert_eq!(world.hears("bob in 40: /release resume v1.5.0")[0], "refused resume E_ROLE");
        let told = world.hears("max in 40: /release resume v1.5.0");
        assert_eq!(told, ["release_confirmed", "eyes", "says: v1.5.0 is released."]);
        assert!(!world.component().releases[0].unconfirmed);
    }
    // Who may cannot be told while the file is broken.
    let mut world = followed();
    world.policy = Err("error: no such key".to_owned());
    publishes(&mut world, "max");
    assert!(world.component().releases[0].unconfirmed);
}

#[test]
fn a_command_takes_the_draft_as_its_page() {
    let mut world = followed();
    let asked = world.play(&said("ana in 40: /release cut"));
    let tagged = world.ends(&asked.decision, Made::Tag { object: sha(4000), adopted: false });
    assert_eq!(tagged.told(), ["tag_made", "keeps the draft of v1.5.0 at 20"]);
    let drafted = world.ends(&tagged.decision, kept(None));
    assert_eq!(drafted.told(), ["release_drafted", "publishes v1.5.0 as latest"]);
    // Our own publication is known already.
    assert_eq!(publishes(&mut world, "renovate[bot]").told(), ["ignored: known already"]);
    let page = "https://forge.example/releases/77".to_owned();
    let cut = world.ends(&drafted.decision, Made::Release { id: ReleaseId(77), page });
    assert_eq!(cut.told(), ["release_cut", "draft_outdated"]);
    assert_eq!(world.component().drafting.unwrap().page, None, "the next draft begins anew");
}

#[test]
fn a_draft_that_the_forge_refuses_is_tried_again_by_the_next_merge() {
    let mut world = drafting();
    let signal = merged(&world);
    world.play(&signal);
    let planned = fires(&mut world);
    let refusal = crate::domain::effect::Refusal::Forbidden { said: "a ruleset".to_owned() };
    assert_eq!(world.ended(&planned.decision, Outcome::Refused(refusal)).told(), ["draft_left"]);
    assert!(due(&world.state).is_empty());
    world.play(&signal);
    assert_eq!(fires(&mut world).told(), ["draft_planned", "keeps the draft of v1.5.0 at 20"]);
}
