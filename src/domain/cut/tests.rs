//! Tests of the cut: its refusals, its question, and the way from the tag to the report. How a plan is drawn is tested beside `plan`.

use jiff::SignedDuration;

use super::*;
use crate::domain::due::due;
use crate::domain::effect::Effect;
use crate::domain::id::{ChangeNumber, ReleaseId};
use crate::domain::query::{Tag, Triggered};
use crate::domain::signal::Signal;
use crate::domain::state::Service;
use crate::domain::testing::{ASTRAY, HEAD, Played, World, morning, said, sha, tag};

const CUT: &str = "ana in 40: /release cut";

fn check(world: &World, line: &str, expected: &[&str]) {
    assert_eq!(world.think(&said(line)).told(), expected, "{line}");
}

/// A refusal: it is recorded, acknowledged, and said.
fn refused(world: &World, line: &str, code: &str, said: &str) {
    let said = format!("says: {said} {code}");
    check(world, line, &[&format!("refused cut {code}"), "eyes", &said]);
}

fn made_tag() -> Made {
    Made::Tag { object: sha(4000), adopted: false }
}

fn made_page() -> Made {
    Made::Release { id: ReleaseId(77), page: "https://forge.example/releases/77".to_owned() }
}

/// Plays a cut up to the end of its last step but the report.
fn published(world: &mut World) -> Played {
    let asked = world.play(&said(CUT));
    let tagged = world.ends(&asked.decision, made_tag());
    let drafted = world.ends(&tagged.decision, made_page());
    world.ends(&drafted.decision, made_page())
}

#[test]
fn a_cut_goes_from_the_tag_over_the_draft_to_the_report() {
    let mut world = World::new().calm();
    let asked = world.play(&said(CUT));
    assert_eq!(asked.told(), ["cut_started", "eyes", "tags v1.5.0 at 20"]);
    let tagged = world.ends(&asked.decision, made_tag());
    assert_eq!(tagged.told(), ["tag_made", "drafts v1.5.0"]);
    let drafted = world.ends(&tagged.decision, made_page());
    assert_eq!(drafted.told(), ["release_drafted", "publishes v1.5.0 as latest"]);
    let published = world.ends(&drafted.decision, made_page());
    assert_eq!(published.told(), ["release_cut"]);
    assert_eq!(published.decision.history.len(), 1);
    let timers = due(&world.state);
    let (timer, at) = timers.first_key_value().unwrap();
    assert_eq!(*at, world.now + crate::domain::due::RUNS_WAIT);
    let report = world.play(&Signal::TimerDue { timer: timer.clone() });
    assert_eq!(report.told(), ["cut_reported", "says: v1.5.0 is cut at 0000000: release notes · 2 changes"]);
    assert!(due(&world.state).is_empty() && world.component().cutting.is_none());
}

#[test]
fn a_run_that_appears_later_is_added_to_the_report_once() {
    let mut world = World::new().calm();
    published(&mut world);
    let timer = due(&world.state).into_keys().next().unwrap();
    let report = world.play(&Signal::TimerDue { timer });
    let run = |number: u64, on: &str| {
        Signal::RunStarted(Run {
            number,
            commit: sha(HEAD),
            on: Some(on.to_owned()),
            file: "publish.yml".to_owned(),
            page: "https://forge.example/runs/1".to_owned(),
        })
    };
    let noticed = world.play(&run(1, "v1.5.0"));
    assert_eq!(noticed.told()[0], "run_noticed");
    assert_eq!(
        noticed.decision.effects[0].subject, report.decision.effects[0].subject,
        "an edit, no new comment"
    );
    assert_ne!(noticed.decision.effects[0].key, report.decision.effects[0].key);
    let ignored = ["ignored: no run of a release that was just cut"];
    assert_eq!(world.play(&run(1, "v1.5.0")).told(), ignored);
    assert_eq!(world.play(&run(2, "main")).told(), ignored);
}

#[test]
fn the_first_cut_asks_back_what_the_tag_would_start() {
    let publish = Triggered { file: "publish.yml".to_owned(), on: vec!["push".to_owned()] };
    let mut world = World::new().calm().with(|world| world.workflows = vec![publish]);
    let question =
        ["first_cut_questioned", "eyes", "says: Not yet cut: the tag v1.5.0 would start 1 automation."];
    assert_eq!(world.hears(CUT), question);
    // Another commit, another version, or a day later: no yes to that question.
    check(
        &world,
        "max in 41: /release cut v1.6.0",
        &question.map(|line| line.replace("v1.5.0", "v1.6.0")).each_ref().map(String::as_str),
    );
    let mut late = world.clone();
    late.pass(SignedDuration::from_hours(24));
    check(&late, "max in 41: /release cut", &question);
    // The same command of any releaser is the yes.
    assert_eq!(
        world.play(&said("max in 41: /release cut")).told(),
        ["cut_started", "eyes", "tags v1.5.0 at 20"]
    );
}

#[test]
fn only_the_first_cut_asks_back() {
    let publish = Triggered { file: "publish.yml".to_owned(), on: vec!["push".to_owned()] };
    let mut world = World::new().calm();
    published(&mut world);
    let timer = due(&world.state).into_keys().next().unwrap();
    world.play(&Signal::TimerDue { timer });
    world.workflows = vec![publish];
    world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(14) });
    check(&world, "ana in 40: /release cut v1.6.0", &["cut_started", "eyes", "tags v1.6.0 at 20"]);
}

#[test]
fn the_question_offers_the_command_alone() {
    let publish = Triggered { file: "publish.yml".to_owned(), on: vec!["push".to_owned()] };
    let world = World::new().with(|world| world.workflows = vec![publish]);
    let played = world.think(&said("ana in 40: Thanks to all of you!\n\n/release ship v2.0.0\n\nBye"));
    let _ = played;
    let played = world.think(&said("ana in 40: Thanks to all of you!\n\n/release cut v2.0.0\n\nBye"));
    let Some(Effect::Comment { text, .. }) = played.decision.effects.last().map(|order| &order.effect) else {
        panic!("{:?}", played.told())
    };
    let offered: Vec<&str> = text
        .0
        .iter()
        .filter_map(|block| match block {
            say::Block::Command(line) => Some(line.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(offered, ["/release cut v2.0.0"]);
}

#[test]
fn where_it_cannot_be_read_what_a_tag_starts_the_first_cut_asks_all_the_same() {
    let world = World::new().calm().silent(&["TagStarts"]);
    let said = "says: Not yet cut: I cannot read what the tag would start.";
    check(&world, CUT, &["first_cut_questioned", "eyes", said]);
}

#[test]
fn every_reason_not_to_cut_has_its_code() {
    let world = World::new().calm();
    refused(
        &world,
        "ana on #15: /release cut",
        "E_NOT_MERGED",
        "#15 is not merged, so it is in no release. Nothing was cut.",
    );
    refused(
        &world,
        "ana in 40: /release cut abcdef1",
        "E_COMMIT",
        "`abcdef1` names no commit here, or more than one. Nothing was cut.",
    );
    refused(
        &world,
        "ana in 40: /release cut v1.4.0",
        "E_VERSION",
        "Nothing was cut: 1.4.0 is not above v1.4.2.",
    );
    let quiet = World::new().with(|world| world.changes.clear());
    refused(&quiet, CUT, "E_NOTHING", "Nothing to release since v1.4.2: no change asks for a version.");
    let taken = world.clone().with(|world| {
        world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(ASTRAY) });
    });
    refused(
        &taken,
        "ana in 40: /release cut v1.5.0",
        "E_TAG_TAKEN",
        "Nothing was cut: the tag `v1.5.0` exists already, on 0000000.",
    );
    let two = world.clone().with(|world| {
        world.tags.push(Tag { name: tag("1.4.2"), commit: sha(10) });
    });
    refused(
        &two,
        CUT,
        "E_TAG_PATTERN",
        "I can't tell how this project names its tags: its highest version has two tags.",
    );
    for kind in ["Tags", "Range", "FirstAncestor"] {
        let told = world.clone().silent(&[kind]).think(&said(CUT)).told();
        assert_eq!(told[0], "refused cut E_UNREADABLE", "{kind}: {told:?}");
    }
    let mut busy = world.clone();
    busy.hears(CUT);
    refused(
        &busy,
        "max in 40: /release cut",
        "E_BUSY",
        "v1.5.0 is being cut at the moment. Nothing was done.",
    );
    let mut cut = world;
    published(&mut cut);
    let timer = due(&cut.state).into_keys().next().unwrap();
    cut.play(&Signal::TimerDue { timer });
    let told = cut.think(&said("max in 40: /release cut v1.5.0")).told();
    assert_eq!(told[0], "refused cut E_ALREADY_CUT", "{told:?}");
}

#[test]
fn s15a_a_commit_outside_the_branches_is_refused() {
    let line = format!("ana in 40: /release cut {}", sha(ASTRAY));
    let said = "Nothing was cut: 0000000 is on no branch that releases come from.";
    refused(&World::new(), &line, "E_NOT_ON_BRANCH", said);
    // A branch that cannot be asked is no branch that contains it.
    let line = format!("ana in 40: /release cut {}", sha(14));
    let said = "Not done: I could not read which branch that commit is on.";
    refused(&World::new().silent(&["BranchOf"]), &line, "E_UNREADABLE", said);
    check(&World::new().calm(), &line, &["cut_started", "eyes", "tags v1.5.0 at 14"]);
}

#[test]
fn s15b_a_forks_head_is_refused() {
    // The forge knows a fork's commits by the network of forks; that it is known does not put it on a branch.
    let world = World::new().with(|world| {
        let change = world.changes.get_mut(&ChangeNumber(15)).unwrap();
        change.head = sha(ASTRAY);
    });
    let line = format!("ana in 40: /release cut {}", sha(ASTRAY));
    assert_eq!(world.think(&said(&line)).told()[0], "refused cut E_NOT_ON_BRANCH");
    let line = format!("ana on #15: /release cut {}", sha(ASTRAY));
    assert_eq!(world.think(&said(&line)).told()[0], "refused cut E_NOT_MERGED");
}

#[test]
fn a_tag_on_the_same_commit_is_adopted_and_its_page_made() {
    let world = World::new().calm().with(|world| {
        world.tags.push(Tag { name: tag("v1.5.0"), commit: sha(HEAD) });
    });
    let told = world.think(&said("ana in 40: /release cut v1.5.0")).told();
    assert_eq!(told, ["cut_started", "eyes", "tags v1.5.0 at 20"], "the tag's order adopts what is there");
}

#[test]
fn an_old_line_does_not_become_the_latest() {
    let mut world = World::new().calm().with(|world| {
        world.tags.push(Tag { name: tag("v3.0.0"), commit: sha(ASTRAY) });
    });
    let asked = world.play(&said("ana in 40: /release cut v1.5.0"));
    let tagged = world.ends(&asked.decision, made_tag());
    let drafted = world.ends(&tagged.decision, made_page());
    assert_eq!(drafted.told(), ["release_drafted", "publishes v1.5.0"]);
}

#[test]
fn a_pre_release_is_never_the_latest() {
    let mut world = World::new().calm();
    let asked = world.play(&said("ana in 40: /release cut --pre rc"));
    let tagged = world.ends(&asked.decision, made_tag());
    assert_eq!(tagged.told(), ["tag_made", "drafts v1.5.0-rc.1 as pre-release"]);
    let drafted = world.ends(&tagged.decision, made_page());
    assert_eq!(drafted.told(), ["release_drafted", "publishes v1.5.0-rc.1"]);
}

#[test]
fn a_cut_that_the_forge_refuses_ends_with_the_reason_and_may_be_asked_for_again() {
    let forbidden = Refusal::Forbidden { said: "a ruleset".to_owned() };
    let invalid = Refusal::Invalid { said: "no".to_owned() };
    for (outcome, code) in [
        (Outcome::Refused(Refusal::Taken { by: Some(sha(3)) }), "E_TAG_TAKEN"),
        (Outcome::Refused(forbidden), "E_FORBIDDEN"),
        (Outcome::Refused(invalid), "E_FORBIDDEN"),
        (Outcome::Refused(Refusal::Gone), "E_GONE"),
        (Outcome::Lost { why: "no answer".to_owned() }, "E_LOST"),
        (Outcome::Done(Made::Nothing), "E_LOST"),
    ] {
        let mut world = World::new().calm();
        let asked = world.play(&said(CUT));
        let told = world.ended(&asked.decision, outcome.clone()).told();
        assert_eq!(told[0], format!("cut_failed {code}"), "{outcome:?}");
        assert!(told[1].starts_with("says: ") && told[1].ends_with(code), "{told:?}");
        let again = world.play(&said("ana in 41: /release cut"));
        assert_eq!(again.told(), ["cut_started", "eyes", "tags v1.5.0 at 20"]);
        assert_ne!(again.decision.effects[1].key, asked.decision.effects[1].key);
    }
}

#[test]
fn an_outcome_that_nobody_waits_for_changes_nothing() {
    let mut world = World::new().calm();
    let asked = world.play(&said(CUT));
    world.ends(&asked.decision, made_tag());
    let late = world.ends(&asked.decision, made_tag());
    assert_eq!(late.told(), ["ignored: nothing waits for this outcome"]);
    let lost = world.ended(&asked.decision, Outcome::Lost { why: "no answer".to_owned() });
    assert_eq!(lost.told(), ["effect_lost"]);
}

#[test]
fn a_cut_ends_even_if_its_project_was_archived_or_left_meanwhile() {
    let away: [fn(&mut World); 2] = [
        |world| world.state.project.as_mut().unwrap().archived = true,
        |world| world.state.project.as_mut().unwrap().service = Service::Suspended,
    ];
    for away in away {
        let mut world = World::new().calm();
        let asked = world.play(&said(CUT));
        away(&mut world);
        let refusal = Outcome::Refused(Refusal::Forbidden { said: "archived".to_owned() });
        assert_eq!(world.ended(&asked.decision, refusal).told()[0], "cut_failed E_FORBIDDEN");
        assert!(world.component().cutting.is_none(), "nothing is under way for ever");
    }
}

#[test]
fn what_was_merged_in_the_second_in_which_we_came_hears_of_it() {
    // The forge tells 12:00:00 for a merge at 12:00:00.7; we came at 12:00:00.5.
    for (after_ms, is_quiet) in [(500, false), (999, false), (1_000, true)] {
        let mut world = World::new().calm();
        let joined_at = morning() + SignedDuration::from_millis(after_ms);
        world.state.project.as_mut().unwrap().joined_at = joined_at;
        let asked = world.play(&said(CUT));
        let Event::CutStarted { changes, .. } = &asked.decision.events[0].event else { panic!() };
        let quiet: Vec<bool> = changes.iter().map(|change| change.quiet).collect();
        assert_eq!(quiet, [is_quiet, is_quiet], "{after_ms} ms");
    }
}

#[test]
fn what_was_hidden_is_frozen_too_and_forgotten_once_it_is_out() {
    let mut world = World::new().calm();
    assert_eq!(world.hears("ana in 40: /release skip #14 -- dull")[0], "change_hidden");
    let asked = world.play(&said(CUT));
    let Event::CutStarted { changes, .. } = &asked.decision.events[0].event else { panic!() };
    let shown: Vec<_> = changes.iter().map(|change| (change.number.unwrap().0, change.shown)).collect();
    assert_eq!(shown, [(12, true), (14, false)]);
    assert!(changes.iter().all(|change| change.author.is_some() && change.reviewers.len() == 1));
    let tagged = world.ends(&asked.decision, made_tag());
    let drafted = world.ends(&tagged.decision, made_page());
    world.ends(&drafted.decision, made_page());
    assert!(world.component().hidden.is_empty());
}
