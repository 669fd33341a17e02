//! Tests of the small commands: shaping notes, withdrawing, asking where a change is, planning, adopting what people make by hand. The cut is tested beside `cut`.

use crate::domain::change::Stage;
use crate::domain::id::{ChangeNumber, ReleaseId};
use crate::domain::query::Tag;
use crate::domain::signal::{ReleaseTouch, ReleaseTouched, Signal};
use crate::domain::testing::{World, actor, said, sha, tag};

fn check(world: &World, line: &str, expected: &[&str]) {
    assert_eq!(world.think(&said(&format!("ana in 40: /release {line}"))).told(), expected, "{line}");
}

fn refused(world: &World, line: &str, code: &str, said: &str) {
    let verb = line.split(' ').next().unwrap_or_default();
    check(world, line, &[&format!("refused {verb} {code}"), "eyes", &format!("says: {said} {code}")]);
}

/// v1.4.2 was made by hand, and #9 went out with it.
fn adopted() -> World {
    let mut world = World::new();
    let played = world.play(&Signal::TagMoved { tag: tag("v1.4.2"), by: None, exists: true });
    assert_eq!(played.told(), ["release_adopted"]);
    world
}

#[test]
fn a_change_is_hidden_and_shown_again() {
    let mut world = World::new();
    let hidden = "says: #14 is hidden from the notes. Its code ships all the same.";
    assert_eq!(world.hears("ana in 40: /release skip #14 -- dull"), ["change_hidden", "eyes", hidden]);
    assert_eq!(world.rows.last().unwrap().texts["reason"], "dull", "the reason stands beside the event");
    assert_eq!(world.component().hidden.len(), 1);
    let shown = "says: #14 stands in the notes of the next release.";
    assert_eq!(world.hears("ana in 40: /release include #14"), ["change_shown", "eyes", shown]);
    assert!(world.component().hidden.is_empty());
    // An open one may be shaped before it is merged.
    check(
        &world,
        "skip #15 -- later",
        &["change_hidden", "eyes", "says: #15 is hidden from the notes. Its code ships all the same."],
    );
}

#[test]
fn what_cannot_be_shaped_is_refused_with_its_reason() {
    let world = adopted();
    let breaking = "#13 is a breaking change; those always stand in the notes. Nothing was done.";
    refused(&world, "skip #13 -- dull", "E_BREAKING", breaking);
    refused(&world, "include #99", "E_CHANGE", "There is no change #99 here. Nothing was done.");
    refused(
        &world,
        "skip #16 -- dull",
        "E_CHANGE",
        "#16 was closed without a merge, so it is in no release.",
    );
    let elsewhere = "#18 is merged, but not part of the next release from the default branch.";
    refused(&world, "include #18", "E_CHANGE", elsewhere);
    refused(
        &world,
        "skip #9 -- dull",
        "E_RELEASED",
        "#9 is in v1.4.2, whose notes are frozen. Nothing was done.",
    );
    let unread = "Not done: I could not read that change.";
    refused(&world.silent(&["Change"]), "skip #14 -- dull", "E_UNREADABLE", unread);
}

#[test]
fn a_release_is_withdrawn_once() {
    let mut world = adopted();
    let done = "says: v1.4.2 is withdrawn: held everywhere, its tag stays.";
    let told = world.hears("ana in 40: /release withdraw v1.4.2 -- it deletes things");
    assert_eq!(told, ["release_withdrawn", "eyes", done, "puts a banner on page 77"]);
    refused(
        &world,
        "withdraw v1.4.2 -- again",
        "E_WITHDRAWN",
        "v1.4.2 is withdrawn already. Nothing was done.",
    );
    refused(
        &world,
        "withdraw v9.9.9 -- x",
        "E_UNKNOWN_VERSION",
        "I know no release v9.9.9. Nothing was done.",
    );
    // Whatever page people make for it afterwards, it stays withdrawn.
    world.play(&published("v1.4.2"));
    assert!(world.component().releases[0].withdrawn);
    let mut busy = World::new().calm();
    busy.hears("ana in 40: /release cut");
    let wait = "v1.5.0 is being cut at the moment. Nothing was done.";
    refused(&busy, "withdraw v1.5.0 -- oops", "E_BUSY", wait);
}

fn published(name: &str) -> Signal {
    Signal::ReleaseTouched(ReleaseTouched {
        id: ReleaseId(77),
        tag: tag(name),
        by: Some(actor("ana")),
        touch: ReleaseTouch::Published,
    })
}

#[test]
fn status_answers_first_where_the_change_is() {
    let first = |world: &World, place: &str| {
        world.think(&said(&format!("ana {place}: /release status"))).told()[1].clone()
    };
    let mut world = adopted();
    assert_eq!(first(&world, "on #9"), "says: #9 is out with v1.4.2.");
    assert_eq!(first(&world, "on #12"), "says: #12 is merged and goes out with the next release, v2.0.0.");
    assert_eq!(first(&world, "on #15"), "says: #15 is not merged, so it is in no release.");
    assert_eq!(first(&world, "on #16"), "says: #16 was closed without a merge, so it is in no release.");
    assert!(first(&world, "in 40").starts_with("says: Newest release: v1.4.2, since"));
    world.hears("ana in 40: /release withdraw v1.4.2 -- oops");
    assert_eq!(first(&world, "on #9"), "says: #9 is in v1.4.2, which was withdrawn.");
    world.hears("ana in 40: /release skip #14 -- dull");
    let hidden = "says: #14 is merged and goes out with the next release, v2.0.0, hidden from its notes.";
    assert_eq!(first(&world, "on #14"), hidden);
}

#[test]
fn a_plan_takes_an_open_change_in_and_says_so() {
    let world = World::new().calm();
    let text =
        |place: &str| format!("{:?}", world.think(&said(&format!("ana {place}: /release plan"))).decision);
    assert!(text("on #15").contains("is not merged; this is the release as it would be"));
    assert!(!text("on #12").contains("is not merged; this is the release"));
    let other = "There is no component `other`; this project has `default`.";
    refused(&world, "plan --component other", "E_COMPONENT", other);
    refused(&world.clone().silent(&["Tags"]), "plan", "E_UNREADABLE", "Not done: I could not read the tags.");
    refused(
        &world.silent(&["Range"]),
        "notes",
        "E_UNREADABLE",
        "Not done: I could not read the commits since then.",
    );
}

#[test]
fn what_people_make_by_hand_is_known_once() {
    let mut world = adopted();
    let again = Signal::TagMoved { tag: tag("v1.4.2"), by: None, exists: true };
    assert_eq!(world.play(&again).told(), ["ignored: known already"]);
    assert_eq!(world.play(&published("v1.4.2")).told(), ["release_adopted"], "now with its page");
    assert_eq!(world.play(&published("v1.4.2")).told(), ["ignored: known already"]);
    assert_eq!(world.play(&published("v9.9.9")).told(), ["ignored: the tag is gone again"]);
    world.tags.push(Tag { name: tag("nightly"), commit: sha(14) });
    let nightly = Signal::TagMoved { tag: tag("nightly"), by: None, exists: true };
    assert_eq!(world.play(&nightly).told(), ["ignored: the tag names no version of this project"]);
}

#[test]
fn our_own_tag_is_not_taken_for_one_made_by_hand() {
    let mut world = World::new().calm();
    world.hears("ana in 40: /release cut");
    world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(20) });
    let own = Signal::TagMoved { tag: tag("v1.5.0"), by: None, exists: true };
    assert_eq!(world.play(&own).told(), ["ignored: known already"]);
    assert_eq!(world.play(&published("v1.5.0")).told(), ["ignored: known already"]);
}

#[test]
fn a_preview_is_shown_by_what_may_have_changed_it_only() {
    use crate::domain::signal::{ChangeTouched, Touch};
    let world = World::new();
    let touched = |number: u64, touch| {
        let change = world.changes[&ChangeNumber(number)].clone();
        world.think(&Signal::ChangeTouched(ChangeTouched { change, touch })).told()
    };
    for touch in [Touch::Opened, Touch::Pushed, Touch::Described, Touch::Merged] {
        assert_eq!(touched(15, touch), ["previews: Features · minor"], "{touch:?}");
    }
    for touch in [Touch::Closed, Touch::Other] {
        assert_eq!(touched(15, touch), Vec::<String>::new(), "{touch:?}");
    }
    assert_eq!(touched(16, Touch::Described), Vec::<String>::new(), "it is closed");
    let mut world = world;
    let mut elsewhere = world.changes[&ChangeNumber(15)].clone();
    elsewhere.base = crate::domain::id::BranchName::parse("old").unwrap();
    elsewhere.stage = Stage::Open;
    world.changes.insert(ChangeNumber(15), elsewhere.clone());
    let signal = Signal::ChangeTouched(ChangeTouched { change: elsewhere, touch: Touch::Opened });
    assert_eq!(world.think(&signal).told(), ["ignored: it does not go to the default branch"]);
}

#[test]
fn labels_that_are_missing_are_made_only_where_the_policy_says_so() {
    use crate::domain::policy::label::Upkeep;
    use crate::domain::signal::{ChangeTouched, Touch};
    let opened = |upkeep, there: &[&str]| {
        let mut world = World::new();
        if let Ok(policy) = &mut world.policy {
            policy.labels = upkeep;
        }
        world.labels = there.iter().map(|name| (*name).to_owned()).collect();
        let mut change = world.changes[&ChangeNumber(15)].clone();
        change.title = "Tidy up".to_owned();
        change.labels.clear();
        change.stage = Stage::Open;
        world.changes.insert(ChangeNumber(15), change.clone());
        world.think(&Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Opened })).told()
    };
    let preview = "previews: Needs a label: under Other so far";
    let there = ["breaking", "feature", "fix", "dependencies"];
    assert_eq!(opened(Upkeep::ByHand, &there), [preview]);
    assert_eq!(opened(Upkeep::Sync, &there), [preview, "makes label skip-changelog"]);
    let all = ["breaking", "feature", "fix", "dependencies", "no-changelog"];
    assert_eq!(opened(Upkeep::Sync, &all), [preview]);
}

#[test]
fn a_broken_policy_is_told_once_on_what_broke_it() {
    use crate::domain::id::BranchName;
    let moved = |branch: &str, touches_policy| Signal::BranchMoved {
        branch: BranchName::parse(branch).unwrap(),
        head: Some(sha(14)),
        touches_policy,
        touched: Default::default(),
    };
    let mut world = World::new().with(|world| world.policy = Err("error: no such key".to_owned()));
    assert_eq!(
        world.play(&moved("old", true)).told(),
        ["ignored: no branch that a policy comes from, or no policy in it"]
    );
    assert_eq!(
        world.play(&moved("main", false)).told(),
        ["ignored: no branch that a policy comes from, or no policy in it"]
    );
    let told = world.play(&moved("main", true)).told();
    let says = "says: Since this was merged, `.github/lockkeeper.yml` has errors. E_POLICY";
    assert_eq!(told, ["policy_broken", says]);
    assert_eq!(world.play(&moved("main", true)).told(), ["ignored: the policy is as good or bad as before"]);
    world.policy = Ok(crate::domain::policy::Policy::default());
    assert_eq!(world.play(&moved("main", true)).told(), ["policy_mended"]);
}

#[test]
fn a_project_joins_moves_and_leaves() {
    use crate::domain::testing::seen;
    let mut world = World::new();
    assert_eq!(world.play(&Signal::Joined(seen())).told(), Vec::<String>::new(), "nothing new in it");
    let mut elsewhere = seen();
    elsewhere.path = "acme/store".parse().unwrap();
    assert_eq!(world.play(&Signal::Joined(elsewhere)).told(), ["project_changed"]);
    assert_eq!(world.play(&Signal::ProjectArchived { archived: true }).told(), ["project_archived"]);
    assert_eq!(world.play(&Signal::ProjectArchived { archived: true }).told(), ["ignored: already known"]);
    assert_eq!(world.hears("ana in 40: /release help"), ["ignored: the project is archived"]);
    assert_eq!(world.play(&Signal::ProjectArchived { archived: false }).told(), ["project_archived"]);
    let life = world.state.incarnation.clone();
    assert_eq!(world.play(&Signal::Left { suspended: true }).told(), ["project_left"]);
    assert_eq!(world.hears("ana in 40: /release help"), ["ignored: the project is not ours to serve"]);
    assert_eq!(world.play(&Signal::Joined(seen())).told(), ["project_joined"]);
    assert_eq!(world.state.incarnation, life, "a project that comes back keeps its life");
}
