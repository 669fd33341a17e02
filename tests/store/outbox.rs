//! Claims about effects: ordered once, in order per subject, latest edit wins, fenced. Invariants 5 and 6.

use lockkeeper::store::{
    Arrival, ArrivalKind, EffectClass, EffectStatus, Finish, NewEffect, Pace, StoreError, SubjectRow, Trace,
};

use crate::bench::{Bench, LEASE, SHORT, arrival, edit, effect, finish, lane, on_both};

on_both!(
    the_same_key_is_ordered_once,
    effects_of_a_subject_go_one_at_a_time_in_order,
    classes_go_before_age,
    notes_of_a_lane_keep_their_pace_and_are_overtaken,
    notes_of_one_account_keep_one_pace_over_all_lanes,
    a_pace_is_kept_by_many_senders_and_over_a_death,
    an_unsent_older_edit_is_dropped,
    a_lower_edition_never_overwrites_a_higher,
    an_edit_that_was_begun_keeps_its_turn,
    an_effect_is_counted_before_the_call_and_taken_over_after_a_crash,
    a_finish_tells_the_lane_and_keeps_the_reference,
    a_postponed_effect_holds_its_subject_back,
    many_senders_never_share_an_effect,
);

async fn status(bench: &Bench, key: &str) -> EffectStatus {
    bench.store.ordered(key).await.unwrap().expect("it was ordered").status
}

async fn the_same_key_is_ordered_once(bench: Bench) {
    bench.order("a", vec![effect("tag:v1", "tag v1"), effect("tag:v1", "tag v1")]).await;
    bench.order("b", vec![effect("tag:v1", "tag v1"), effect("tag:v2", "tag v2")]).await;
    assert_eq!(bench.send_all().await, ["tag:v1", "tag:v2"]);
    bench.order("c", vec![effect("tag:v1", "tag v1")]).await;
    assert_eq!(bench.send_all().await, [""; 0]);
    assert!(bench.store.ordered("tag:v3").await.unwrap().is_none());
}

async fn effects_of_a_subject_go_one_at_a_time_in_order(bench: Bench) {
    bench.order("a", vec![effect("x1", "x"), effect("x2", "x"), effect("y1", "y")]).await;
    let first = bench.send().await.unwrap();
    let second = bench.send().await.unwrap();
    assert_eq!((first.key.as_str(), second.key.as_str()), ("x1", "y1"));
    assert!(bench.send().await.is_none(), "x2 waits for x1");
    bench.store.finish_effect(&first, finish(EffectStatus::Refused)).await.unwrap();
    assert_eq!(bench.send().await.unwrap().key, "x2");
    assert_eq!(bench.store.unfinished_effects().await.unwrap(), 2);
}

async fn classes_go_before_age(bench: Bench) {
    let of = |class, key: &str| NewEffect { class, ..effect(key, key) };
    bench.order("a", vec![of(EffectClass::Sweep, "sweep"), of(EffectClass::Release, "tag")]).await;
    bench.order("b", vec![of(EffectClass::Prompt, "reply")]).await;
    assert_eq!(bench.send_all().await, ["reply", "tag", "sweep"]);
}

fn note(key: &str) -> NewEffect {
    NewEffect { class: EffectClass::Sweep, pace: Some(Pace { every: SHORT, with: None }), ..effect(key, key) }
}

async fn notes_of_a_lane_keep_their_pace_and_are_overtaken(bench: Bench) {
    bench.order("a", vec![note("n1"), note("n2")]).await;
    bench.order("b", vec![note("n3"), NewEffect { class: EffectClass::Sweep, ..effect("sweep", "s") }]).await;
    assert_eq!(bench.store.held_by_pace().await.unwrap(), None, "the first may go at once");
    let before = bench.store.now().await.unwrap();
    assert_eq!(bench.send_all().await, ["n1", "sweep"], "what keeps no pace does not wait");
    let held = bench.store.held_by_pace().await.unwrap().expect("only the pace holds anything back");
    assert!(held >= before + SHORT, "{held}");
    bench.order("c", vec![effect("reply", "reply")]).await;
    assert_eq!(bench.store.held_by_pace().await.unwrap(), None, "a reply may go");
    assert_eq!(bench.send_all().await, ["reply"]);
    // However long nobody looked: what was not sent then is not sent in one go.
    for next in ["n2", "n3"] {
        bench.pass(SHORT * 3).await;
        assert_eq!(bench.send_all().await, [next]);
    }
    assert_eq!(bench.store.held_by_pace().await.unwrap(), None, "nothing waits");
}

async fn notes_of_one_account_keep_one_pace_over_all_lanes(bench: Bench) {
    let with = |key: &str, account: &str| {
        let pace = Pace { every: SHORT, with: Some(account.to_owned()) };
        NewEffect { pace: Some(pace), ..note(key) }
    };
    bench.order_on(2, "a", vec![with("n1", "x"), with("n2", "x")]).await;
    bench.order_on(3, "b", vec![with("n3", "x"), with("other", "y")]).await;
    bench.order_on(4, "c", vec![note("own")]).await;
    assert_eq!(
        bench.send_all().await,
        ["n1", "other", "own"],
        "another account and a lane of its own go beside it"
    );
    for next in ["n2", "n3"] {
        assert!(bench.store.held_by_pace().await.unwrap().is_some(), "only the pace holds anything back");
        bench.pass(SHORT).await;
        assert_eq!(bench.send_all().await, [next]);
    }
}

async fn a_pace_is_kept_by_many_senders_and_over_a_death(bench: Bench) {
    bench.order("a", vec![note("n1"), note("n2"), note("n3"), note("n4")]).await;
    let another = bench.another(2).await;
    let mut ended = Vec::new();
    for _ in 0..2 {
        let claims = (0..6).map(|at| {
            let store = if at % 2 == 0 { &bench.store } else { &another };
            store.claim_effect("dies", SHORT / 2)
        });
        let claimed = futures_util::future::join_all(claims).await;
        let claimed = claimed.into_iter().filter_map(Result::unwrap).count();
        assert_eq!(claimed, 1, "one of them, and the next not before its time");
        // Which of them is nobody's promise, neither then nor after a death: a sender passes over what another one holds.
        for left in [true, false] {
            bench.pass(SHORT).await;
            let next = another.claim_effect("goes on", LEASE).await.unwrap().expect("something is due again");
            assert!(!ended.contains(&next.key), "{} ended before", next.key);
            let later = another.now().await.unwrap();
            if left {
                another.postpone_effect(&next, later, ("503", Trace::Nothing)).await.unwrap();
            } else {
                another.finish_effect(&next, finish(EffectStatus::Done)).await.unwrap();
                ended.push(next.key);
            }
            assert!(bench.send().await.is_none(), "trying again keeps the pace, too");
        }
        bench.pass(SHORT).await;
    }
}

async fn an_unsent_older_edit_is_dropped(bench: Bench) {
    bench.order("a", vec![effect("create", "panel"), edit("e1", "panel", 1)]).await;
    bench.order("b", vec![edit("e2", "panel", 2), edit("other", "other panel", 1)]).await;
    assert_eq!(bench.send_all().await, ["create", "e2", "other"]);
    assert_eq!(status(&bench, "e1").await, EffectStatus::Superseded);
    let known = bench.store.subject(&lane(1), "panel").await.unwrap();
    assert_eq!(known, Some(SubjectRow { reference: None, edition: Some(2) }));
}

async fn a_lower_edition_never_overwrites_a_higher(bench: Bench) {
    bench.order("a", vec![edit("e5", "panel", 5)]).await;
    bench.order("b", vec![edit("e3", "panel", 3)]).await;
    assert_eq!(bench.send_all().await, ["e5"]);
    bench.order("c", vec![edit("e4", "panel", 4)]).await;
    assert_eq!(bench.send_all().await, [""; 0]);
    assert_eq!(status(&bench, "e4").await, EffectStatus::Superseded);
}

async fn an_edit_that_was_begun_keeps_its_turn(bench: Bench) {
    bench.order("a", vec![edit("e1", "panel", 1)]).await;
    let sending = bench.send().await.unwrap();
    bench.order("b", vec![edit("e2", "panel", 2)]).await;
    assert!(bench.store.still_mine(&sending).await.unwrap());
    bench.store.postpone_effect(&sending, bench.later(SHORT).await, ("503", Trace::Perhaps)).await.unwrap();
    bench.order("c", vec![edit("e3", "panel", 3)]).await;
    assert_eq!(bench.send_all().await, [""; 0], "e3 waits behind e1, which may be in the world");
    bench.pass(SHORT).await;
    assert_eq!(bench.send_all().await, ["e1", "e3"]);
}

async fn an_effect_is_counted_before_the_call_and_taken_over_after_a_crash(bench: Bench) {
    bench.order("a", vec![effect("x", "x")]).await;
    let first = bench.store.claim_effect("dies", SHORT).await.unwrap().unwrap();
    assert!(bench.store.still_mine(&first).await.unwrap());
    assert_eq!(bench.store.ordered("x").await.unwrap().unwrap().attempts, 1);
    bench.pass(SHORT / 2 + crate::bench::ms(20)).await;
    assert!(!bench.store.still_mine(&first).await.unwrap(), "less than one call is left");
    assert!(bench.send().await.is_none());
    bench.pass(SHORT / 2).await;
    let second = bench.send().await.unwrap();
    assert_eq!((first.attempts, second.attempts), (1, 2));
    for refused in [
        bench.store.finish_effect(&first, finish(EffectStatus::Done)).await,
        bench.store.postpone_effect(&first, bench.later(LEASE).await, ("", Trace::Nothing)).await,
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    bench.store.finish_effect(&second, finish(EffectStatus::Done)).await.unwrap();
    assert_eq!(status(&bench, "x").await, EffectStatus::Done);
}

async fn a_finish_tells_the_lane_and_keeps_the_reference(bench: Bench) {
    bench.order("a", vec![effect("create", "panel"), edit("e1", "panel", 1)]).await;
    let sending = bench.send().await.unwrap();
    assert_eq!(sending.reference, None);
    let told = Arrival { kind: ArrivalKind::Outcome, ..arrival(&lane(1), "outcome:create") };
    let done = Finish {
        status: EffectStatus::Done,
        outcome: "{\"id\":7}".to_owned(),
        reference: Some("7".to_owned()),
        arrival: Some(told),
    };
    bench.store.finish_effect(&sending, done).await.unwrap();
    let (lease, item) = bench.begin().await;
    assert_eq!((item.kind, item.key.as_str()), (ArrivalKind::Outcome, "outcome:create"));
    bench.store.release(lease).await.unwrap();
    let sending = bench.send().await.unwrap();
    assert_eq!((sending.key.as_str(), sending.reference.as_deref()), ("e1", Some("7")));
    bench.store.finish_effect(&sending, finish(EffectStatus::Done)).await.unwrap();
    let known = bench.store.subject(&lane(1), "panel").await.unwrap();
    assert_eq!(known, Some(SubjectRow { reference: Some("7".to_owned()), edition: Some(1) }));
    assert_eq!(bench.store.ordered("create").await.unwrap().unwrap().outcome.as_deref(), Some("{\"id\":7}"));
}

async fn a_postponed_effect_holds_its_subject_back(bench: Bench) {
    bench.order("a", vec![effect("x1", "x"), effect("x2", "x")]).await;
    let sending = bench.send().await.unwrap();
    bench.store.postpone_effect(&sending, bench.later(SHORT).await, ("502\0", Trace::Perhaps)).await.unwrap();
    assert!(bench.send().await.is_none());
    bench.pass(SHORT).await;
    let sending = bench.send().await.unwrap();
    assert_eq!((sending.attempts, sending.in_vain), (2, 0));
    bench.store.postpone_effect(&sending, bench.later(SHORT).await, ("429", Trace::Nothing)).await.unwrap();
    bench.pass(SHORT).await;
    let sending = bench.send().await.unwrap();
    assert_eq!((sending.attempts, sending.in_vain), (3, 1));
    bench.store.postpone_effect(&sending, bench.later(SHORT).await, ("429", Trace::Nothing)).await.unwrap();
    bench.pass(SHORT).await;
    assert_eq!(bench.send_all().await, ["x1", "x2"]);
}

async fn many_senders_never_share_an_effect(bench: Bench) {
    let effects = (0..60).map(|n| effect(&format!("{n:02}"), &format!("s{}", n % 6))).collect();
    bench.order("a", effects).await;
    let send = |name: usize| {
        let bench = &bench;
        async move {
            let mut sent = Vec::new();
            while bench.store.unfinished_effects().await.unwrap() > 0 {
                let Some(sending) = bench.store.claim_effect(&format!("s{name}"), LEASE).await.unwrap()
                else {
                    continue;
                };
                assert_eq!(sending.attempts, 1);
                bench.store.finish_effect(&sending, finish(EffectStatus::Done)).await.unwrap();
                sent.push((sending.subject, sending.number));
            }
            sent
        }
    };
    let sent = futures_util::future::join_all((0..6).map(send)).await;
    assert_eq!(sent.iter().map(Vec::len).sum::<usize>(), 60);
}
