//! When something fails: tried again, paused, put aside with a sentence, replayed. What goes well is tested elsewhere.

use std::sync::Arc;

use lockkeeper::clock::Clock;
use lockkeeper::domain::effect::Outcome;
use lockkeeper::domain::id::ChangeNumber;
use lockkeeper::domain::state::{STATE_VERSION, State};
use lockkeeper::engine::work::Worked;
use lockkeeper::engine::{CRASHES, Engine, LANE_LEASE};
use lockkeeper::store::{Store, Which};

use crate::bench::{Bench, said};
use crate::fake::{Reading, Trouble};

const STATUS: &str = "/release status";

fn fails(bench: &Bench, kind: &'static str, how: Reading) {
    bench.forge.said().readings.insert(kind, how);
}

fn mend(bench: &Bench) {
    bench.forge.said().readings.clear();
}

#[tokio::test]
async fn a_failed_reading_becomes_unknown_and_the_person_gets_a_sentence() {
    for how in [Reading::Unavailable, Reading::Corrupt] {
        let bench = Bench::new().await;
        fails(&bench, "Standing", how);
        bench.hears("1", &said(1, STATUS)).await;
        let mut attempts = 0;
        while bench.engine.work_once().await.unwrap() != Worked::Settled(bench.lane()) {
            attempts += 1;
            assert!(attempts < 200, "{how:?} never ends");
            assert_eq!(bench.said(), Vec::<String>::new(), "nothing is said while it may still come");
            bench.pass(1);
        }
        bench.send().await;
        let said = bench.said();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("Not done: I cannot find out"), "{said:?}");
    }
}

#[tokio::test]
async fn s32_nothing_begins_on_what_was_read_more_than_thirty_seconds_ago() {
    for (slow, ordered) in [(29, true), (31, false)] {
        let bench = Bench::new().await;
        let by = jiff::SignedDuration::from_secs(slow);
        bench.forge.said().slow = Some((bench.clock.clone(), by));
        bench.hears("1", &said(1, "/release cut v9.0.0")).await;
        let first = bench.engine.work_once().await.unwrap();
        assert_eq!(first == Worked::Settled(bench.lane()), ordered, "after {slow} s: {first:?}");
        for _ in 0..20 {
            bench.pass(1);
            bench.work().await;
            bench.send().await;
        }
        let tags = bench
            .forge
            .said()
            .performed
            .iter()
            .filter(|(_, effect, _)| effect.kind() == "create_tag")
            .count();
        assert_eq!(tags, 1, "what was too old is read anew, and then it goes on");
    }
}

#[tokio::test]
async fn what_a_forge_refuses_to_tell_is_not_asked_again() {
    let bench = Bench::new().await;
    fails(&bench, "Standing", Reading::Refused);
    bench.hears("1", &said(1, STATUS)).await;
    assert_eq!(bench.work().await, ["settled"]);
    bench.send().await;
    assert!(bench.said()[0].contains("a permission is missing"), "{:?}", bench.said());
}

#[tokio::test]
async fn an_installation_that_rests_costs_no_attempt() {
    let bench = Bench::new().await;
    fails(&bench, "Standing", Reading::WholeInstallation);
    bench.hears("1", &said(1, STATUS)).await;
    for _ in 0..20 {
        bench.forge.said().retry_at = Some(bench.clock.now() + jiff::SignedDuration::from_secs(60));
        assert_eq!(bench.work().await, ["postponed"]);
        bench.pass(59);
        assert!(bench.work().await.is_empty(), "the lane rests until the forge's moment");
        bench.pass(2);
    }
    mend(&bench);
    assert_eq!(bench.work().await, ["settled"]);
    bench.send().await;
    assert!(!bench.said()[0].contains("Not done"), "{:?}", bench.said());
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_tried_once_a_minute() {
    let bench = Bench::new().await;
    fails(&bench, "Standing", Reading::WholeInstallation);
    bench.hears("1", &said(1, STATUS)).await;
    for _ in 0..3 {
        assert_eq!(bench.work().await, ["postponed"]);
        bench.pass(55);
        assert!(bench.work().await.is_empty(), "nobody knocks every second");
        bench.pass(10);
    }
    mend(&bench);
    assert_eq!(bench.work().await, ["settled"]);
}

#[tokio::test]
async fn an_attempt_that_certainly_did_nothing_leaves_nothing_to_look_for() {
    for (troubles, last) in [
        (vec![Trouble::Unavailable, Trouble::Unavailable], 1),
        (vec![Trouble::Unsure], 2),
        (vec![Trouble::Unavailable, Trouble::Unsure, Trouble::Unavailable], 2),
    ] {
        let bench = Bench::new().await;
        bench.forge.said().troubles = troubles.clone();
        bench.hears("1", &said(1, "/release frobnicate")).await;
        bench.work().await;
        for _ in 0..troubles.len() {
            bench.send().await;
            bench.pass(120);
        }
        bench.send().await;
        // Receipt and reply are sent side by side: whichever met the trouble counts.
        let seen = bench.forge.said().attempts.clone();
        assert_eq!(seen.iter().max(), Some(&last), "{troubles:?}: {seen:?}");
    }
}

#[tokio::test]
async fn a_head_that_keeps_failing_is_parked() {
    let bench = Bench::new().await;
    bench.hears("1", &said(1, STATUS)).await;
    bench.hears("2", &said(2, "/release help")).await;
    // Whoever begins it ends with it: the process is killed, again and again.
    for _ in 0..CRASHES {
        let lease = bench.engine.store.claim_lane("crashing", LANE_LEASE).await.unwrap().unwrap();
        assert!(bench.engine.store.head(&lease).await.unwrap().is_some());
        bench.pass(LANE_LEASE.as_secs() + 1);
    }
    assert_eq!(bench.work().await, ["parked", "settled"]);
    let parked = bench.engine.store.parked(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].reason.contains("came to no end"), "{}", parked[0].reason);
}

#[tokio::test]
async fn a_panic_parks_that_delivery_only_and_the_person_gets_a_reference() {
    for (kind, how) in
        [("Standing", Reading::Panic), ("Standing", Reading::Nonsense), ("Policy", Reading::Panic)]
    {
        let bench = Bench::new().await;
        bench.hears("0", &said(9, "nice")).await;
        bench.work().await;
        fails(&bench, kind, how);
        bench.hears("1", &said(1, STATUS)).await;
        bench.hears("2", &said(2, "looks good")).await;
        assert_eq!(bench.work().await, ["parked", "settled"], "{kind} {how:?}");
        bench.send().await;
        let words = bench.said();
        assert_eq!(words.len(), 1, "{words:?}");
        assert!(words[0].contains("fake:1"), "the reply holds the reference: {words:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_parked_and_the_lane_goes_on() {
    let bench = Bench::new().await;
    bench.takes("1", b"panic").await;
    bench.hears("2", &said(2, "/release help")).await;
    assert_eq!(bench.work().await, ["parked", "settled"]);
    assert!(bench.engine.store.parked(10).await.unwrap()[0].reason.contains("understanding failed"));
}

#[tokio::test]
async fn a_replayed_delivery_is_worked_again_and_its_answer_takes_the_apologys_place() {
    let bench = Bench::new().await;
    bench.hears("0", &said(9, "nice")).await;
    bench.work().await;
    fails(&bench, "Standing", Reading::Panic);
    bench.hears("1", &said(1, STATUS)).await;
    assert_eq!(bench.work().await, ["parked"]);
    bench.send().await;
    mend(&bench);
    assert!(bench.engine.store.replay(&Which::Key("fake:1".to_owned())).await.unwrap());
    assert_eq!(bench.work().await[0], "settled");
    bench.send().await;
    let performed = bench.forge.said().performed.clone();
    let comments: Vec<_> = performed.iter().filter(|(_, effect, _)| effect.kind() == "comment").collect();
    assert_eq!(comments.len(), 2, "{performed:?}");
    assert_eq!(comments[1].2.as_deref(), Some("500"), "the answer edits the comment that said sorry");
    assert!(bench.said()[1].contains("Newest release"), "{:?}", bench.said());
}

#[tokio::test]
async fn a_state_that_grew_too_large_is_parked_and_not_lost() {
    let bench = Bench::new().await;
    bench.hears("0", &said(9, "nice")).await;
    bench.work().await;
    let mut state: State = bench.state().await;
    let component = state.components.entry("default".to_owned().try_into().unwrap()).or_default();
    component.shown = (1_000_000..1_040_000).map(ChangeNumber).collect();
    let json = serde_json::to_string(&state).unwrap();
    assert!(json.len() > 256 * 1024);
    bench.sql(&format!("UPDATE state SET json = '{json}'")).await;
    // Something that is recorded: a component that is not there is refused on record.
    bench.hears("1", &said(1, "/release cut abcdef1")).await;
    bench.hears("2", &said(2, "/release help")).await;
    assert_eq!(bench.work().await, ["parked", "settled"]);
    assert!(bench.engine.store.parked(10).await.unwrap()[0].reason.contains("256 KiB"));
}

#[tokio::test]
async fn an_effect_that_was_lost_is_on_record() {
    let bench = Bench::new().await;
    bench.forge.said().outcomes.insert("comment", Outcome::Lost { why: "no answer".to_owned() });
    bench.hears("1", &said(1, STATUS)).await;
    bench.settle().await;
    assert_eq!(bench.kinds().await, ["project_joined", "effect_lost"]);
    assert_eq!(bench.said().len(), 1, "what is lost is never sent again");
}

#[tokio::test]
async fn an_adapter_that_panics_while_it_writes_stops_nobody_and_looks_before_it_writes_again() {
    let bench = Bench::new().await;
    bench.hears("1", &said(1, STATUS)).await;
    bench.work().await;
    bench.forge.said().performing_panics = true;
    bench.send().await;
    bench.forge.said().performing_panics = false;
    let tried = bench.forge.said().performed.len();
    bench.pass(30);
    bench.settle().await;
    assert_eq!(bench.forge.said().performed.len(), 2 * tried, "each was tried once more");
    assert!(bench.engine.store.counts().await.unwrap().outbox.is_empty());
}

#[tokio::test]
async fn a_process_with_a_wrong_clock_claims_nothing() {
    let bench = Bench::new().await;
    bench.hears("1", &said(1, STATUS)).await;
    for (off_s, worked) in [(3, vec![]), (-3, vec![]), (1, vec!["settled"])] {
        // The store's time is its own here, as a PostgreSQL server's is.
        let now = bench.clock.now();
        let server = now + jiff::SignedDuration::from_secs(off_s);
        let store = Store::open(&bench.url, Arc::new(move || server), STATE_VERSION).await.unwrap();
        let clock = Clock::standing_at(now);
        let engine = Engine { store, clock, agreement: Default::default(), ..bench.engine.clone() };
        let mut became = Vec::new();
        while engine.work_once().await.unwrap() != Worked::Idle {
            became.push("settled");
        }
        assert_eq!(became, worked, "{off_s} s off");
    }
}
