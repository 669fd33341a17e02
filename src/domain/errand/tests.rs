//! Tests of backports and hotfixes: which branch is meant, who may ask by a label, what is said in the end. How commits are picked is tested at the forges.

use super::*;
use crate::domain::policy::{BranchPattern, Principal};
use crate::domain::signal::Signal;
use crate::domain::testing::{Played, World, actor, said, sha};

const ASKED: &str = "ana on #12: /release backport 1.4";

fn world() -> World {
    World::new().calm()
}

fn check(world: &World, line: &str, expected: &[&str]) {
    assert_eq!(world.think(&said(line)).told(), expected, "{line}");
}

fn refused(line: &str, code: &str) {
    let told = world().think(&said(line)).told();
    let verb = if line.contains("hotfix") { "hotfix" } else { "backport" };
    assert_eq!(told[0], format!("refused {verb} {code}"), "{line}: {told:?}");
}

fn labels(world: &World, number: u64, login: &str, label: &str) -> Signal {
    let change = world.changes[&ChangeNumber(number)].clone();
    Signal::ChangeLabelled(Labelled { change, labels: vec![label.to_owned()], by: actor(login) })
}

fn without_previews(played: &Played) -> Vec<String> {
    played.told().into_iter().filter(|line| !line.starts_with("previews")).collect()
}

#[test]
fn a_backport_is_asked_for_and_its_change_is_told() {
    let mut world = world();
    let begun = world.play(&said(ASKED));
    assert_eq!(begun.told(), ["errand_begun", "eyes", "picks #12 onto release/1.4"]);
    let page = "https://forge.example/20".to_owned();
    let ended = world.ends(&begun.decision, Made::Change { number: ChangeNumber(20), page });
    assert_eq!(
        ended.told(),
        ["errand_ended", "says: #20 carries #12 to release/1.4. It is for you to review and merge."]
    );
    assert!(world.state.errands.is_empty());
}

#[test]
fn a_branch_is_meant_by_its_name_then_by_the_policy_then_by_custom() {
    let mut policy = Policy { branches: vec![BranchPattern("stable-*".to_owned())], ..Policy::default() };
    policy.branches.push(BranchPattern("*/*".to_owned()));
    let names: Vec<String> = candidates(&policy, "1.4").iter().map(ToString::to_string).collect();
    assert_eq!(names, ["1.4", "stable-1.4", "release/1.4"]);
}

#[test]
fn every_reason_not_to_pick_has_its_code() {
    refused("ana on #15: /release backport 1.4", "E_NOT_MERGED");
    refused("ana in 40: /release backport 1.4", "E_WHICH");
    refused("ana in 40: /release backport 1.4 #99", "E_CHANGE");
    refused("ana in 40: /release backport 9.9 #12", "E_BRANCH");
    refused("ana on #12: /release backport main", "E_ALREADY_THERE");
    for kind in ["Change", "Landed", "BranchHead"] {
        let told = world().silent(&[kind]).think(&said(ASKED)).told();
        assert_eq!(told[0], "refused backport E_UNREADABLE", "{kind}: {told:?}");
    }
    let mut busy = world();
    busy.hears(ASKED);
    let told = busy.hears("bob on #12: /release backport release/1.4");
    assert_eq!(told[0], "refused backport E_BUSY");
}

#[test]
fn a_pick_that_does_not_fit_ends_with_files_and_commands() {
    let mut world = world();
    let begun = world.play(&said(ASKED));
    let refusal =
        Refusal::Conflict { commit: sha(12), files: vec!["src/clock.rs".to_owned()], is_merge: true };
    let told = world.ended(&begun.decision, Outcome::Refused(refusal)).told();
    assert_eq!(
        told,
        ["errand_ended", "says: #12 does not fit onto `release/1.4`. Nothing was made. E_CONFLICT"]
    );
    for (outcome, code) in [
        (Outcome::Refused(Refusal::Taken { by: None }), "E_BRANCH_TAKEN"),
        (Outcome::Refused(Refusal::Gone), "E_GONE"),
        (Outcome::Refused(Refusal::Invalid { said: "no".to_owned() }), "E_FORBIDDEN"),
        (Outcome::Lost { why: "no answer".to_owned() }, "E_LOST"),
    ] {
        let mut world = self::world();
        let begun = world.play(&said(ASKED));
        let told = world.ended(&begun.decision, outcome).told();
        assert!(told[1].ends_with(code), "{told:?}");
    }
}

#[test]
fn s10b_a_label_that_asks_is_authorised_like_the_command() {
    let mut mine = world();
    let signal = labels(&mine, 12, "ana", "backport 1.4");
    assert_eq!(without_previews(&mine.play(&signal)), ["errand_begun", "picks #12 onto release/1.4"]);
    let maintainers = [Principal::Role(crate::domain::policy::Standing::Maintain)];
    let strict = world().releasers(&maintainers).with(|world| {
        if let Ok(policy) = &mut world.policy {
            policy.who.writer = maintainers.to_vec();
        }
    });
    let told = without_previews(&strict.think(&labels(&strict, 12, "bob", "backport 1.4")));
    assert!(told[0].starts_with("says: `backport` is only for"), "{told:?}");
    for login in ["sam", "renovate[bot]"] {
        let played = strict.think(&labels(&strict, 12, login, "Backport: 1.4"));
        assert_eq!(without_previews(&played), Vec::<String>::new(), "{login}");
    }
    let silent = world().silent(&["Standing"]);
    assert!(without_previews(&silent.think(&labels(&silent, 12, "ana", "backport 1.4"))).is_empty());
}

#[test]
fn what_a_label_asks_for_is_carried_out_once_the_change_is_merged_if_it_still_stands() {
    let merged = |world: &World, labels: &[&str]| {
        let mut change = world.changes[&ChangeNumber(12)].clone();
        change.number = ChangeNumber(15);
        change.labels = labels.iter().map(|label| (*label).to_owned()).collect();
        (change.clone(), Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Merged }))
    };
    let mut world = world();
    let signal = labels(&world, 15, "ana", "backport 1.4");
    assert_eq!(without_previews(&world.play(&signal)), ["backport_wished"]);
    let mut gone = world.clone();
    let (change, signal) = merged(&gone, &[]);
    gone.changes.insert(ChangeNumber(15), change);
    assert_eq!(without_previews(&gone.play(&signal)), ["backports_granted"]);
    let (change, signal) = merged(&world, &["backport 1.4", "backport 2.0"]);
    world.changes.insert(ChangeNumber(15), change);
    let told = without_previews(&world.play(&signal));
    assert_eq!(told, ["backports_granted", "errand_begun", "picks #15 onto release/1.4"]);
    assert!(world.state.wishes.is_empty());
}

#[test]
fn a_hotfix_begins_at_its_release() {
    let told = ["errand_begun", "eyes", "makes hotfix/v1.4.3 at 10"];
    check(&world(), "ana in 40: /release hotfix v1.4.3 from v1.4.2", &told);
    check(&world(), "ana in 40: /release hotfix v1.4.3", &told);
    refused("ana in 40: /release hotfix v1.4.1 from v1.4.2", "E_VERSION");
    refused("ana in 40: /release hotfix v1.0.0", "E_UNKNOWN_VERSION");
    refused("ana in 40: /release hotfix v3.0.1 from v3.0.0", "E_UNKNOWN_VERSION");
    let mut world = world();
    let begun = world.play(&said("ana in 40: /release hotfix v1.4.3"));
    let made = world.ends(&begun.decision, Made::Nothing).told();
    assert_eq!(made, ["errand_ended", "says: The branch `hotfix/v1.4.3` is there."]);
}

#[test]
fn a_label_is_a_wish_by_its_first_word() {
    for (label, expected) in [
        ("backport 1.4", Some("1.4")),
        ("Backport:release/1.4", Some("release/1.4")),
        ("backport/v1", Some("v1")),
        ("backport", None),
        ("backport ", None),
        ("backports 1.4", None),
        ("no backport 1.4", None),
    ] {
        assert_eq!(wish(label).as_ref().map(WrittenBranch::as_str), expected, "{label}");
    }
}
