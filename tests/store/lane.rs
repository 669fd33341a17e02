//! Claims about lanes: strict order, fairness, one holder, and going on after a crash. Invariants 2, 3, 15.

use std::collections::BTreeMap;
use std::sync::Mutex;

use futures_util::future::{join, join_all};
use lockkeeper::store::{ArrivalKind, ItemStatus, StoreError, Taken, Unit};

use crate::bench::{Bench, LEASE, SHORT, arrival, done, effect, event, lane, ms, on_both, state};

on_both!(
    a_lane_is_worked_in_order_by_eight_workers,
    a_quiet_lane_does_not_wait_behind_a_busy_one,
    two_holders_cannot_both_commit,
    after_a_crash_another_goes_on_and_the_attempt_counts,
    what_a_dead_process_held_is_taken_over_at_once_where_nobody_else_works,
    a_renewed_lease_holds,
    a_postponed_head_holds_its_lane_back,
    an_attempt_given_back_does_not_count,
    a_parked_head_lets_the_lane_go_on,
    an_item_that_cannot_be_read_is_parked_and_the_lane_goes_on,
    a_paused_lane_is_not_claimed_until_its_time,
    a_lane_of_a_newer_program_is_not_claimed,
    an_arrival_during_the_lease_is_not_forgotten,
    a_timer_fires_once,
    a_timer_that_is_wanted_no_longer_does_not_fire,
);

async fn a_lane_is_worked_in_order_by_eight_workers(bench: Bench) {
    let worked = Mutex::new(BTreeMap::<String, Vec<u64>>::new());
    let count = || worked.lock().unwrap().values().map(Vec::len).sum::<usize>();
    let hear = async {
        for n in 0..200 {
            bench.hear(&lane(n % 5), &format!("{n}")).await;
        }
    };
    let work = async |name: String| {
        while count() < 200 {
            let Some(lease) = bench.store.claim_lane(&name, LEASE).await.unwrap() else { continue };
            if let Some(item) = bench.store.head(&lease).await.unwrap() {
                tokio::task::yield_now().await;
                bench.store.commit(&lease, done(item.position)).await.unwrap();
                let mut worked = worked.lock().unwrap();
                worked.entry(lease.lane.to_string()).or_default().push(item.key.parse().unwrap());
            }
            bench.store.release(lease).await.unwrap();
        }
    };
    // Heard while it is worked: an arrival that a release does not see would wait for ever.
    let all = join(hear, join_all((0..8).map(|n| work(format!("w{n}")))));
    tokio::time::timeout(std::time::Duration::from_secs(60), all).await.expect("nothing is forgotten");
    assert_eq!(count(), 200, "each once");
    for (lane, keys) in worked.into_inner().unwrap() {
        assert!(keys.is_sorted(), "{lane}: {keys:?}");
    }
    bench.is_in_order().await;
}

async fn a_quiet_lane_does_not_wait_behind_a_busy_one(bench: Bench) {
    let (writer, busy) = (bench.store.intake_writer(), lane(1));
    let arrivals = (0..1_000).map(|n| bench.store.take_in(arrival(&busy, &format!("busy{n}"))));
    tokio::select! { () = writer => unreachable!("the store is open"), _ = join_all(arrivals) => () }
    bench.pass(ms(2)).await;
    bench.hear(&lane(2), "quiet").await;
    let mut before = 0;
    loop {
        bench.pass(ms(2)).await;
        let (lease, item) = bench.begin().await;
        bench.store.commit(&lease, done(item.position)).await.unwrap();
        bench.store.release(lease).await.unwrap();
        if item.key == "quiet" {
            break;
        }
        before += 1;
    }
    assert!(before <= 2, "{before} of the busy lane went before");
}

async fn two_holders_cannot_both_commit(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let first = bench.store.claim_lane("first", SHORT).await.unwrap().unwrap();
    let item = bench.store.head(&first).await.unwrap().unwrap();
    assert!(bench.claim().await.is_none(), "it is held");
    bench.pass(SHORT).await;
    let second = bench.store.claim_lane("second", LEASE).await.unwrap().unwrap();
    let late = Unit { rows: vec![event(1)], state: Some(state(1, 1)), ..done(item.position) };
    for refused in [
        bench.store.commit(&first, late.clone()).await,
        bench.store.postpone(&first, item.position, bench.later(LEASE).await, "").await,
        bench.store.park(&first, item.position, "").await,
        bench.store.renew(&first).await.map(|_| ()),
        bench.store.head(&first).await.map(|_| ()),
        bench.store.release(first).await,
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    assert!(bench.store.journal(&lane(1), 0, 10).await.unwrap().is_empty());
    let item = bench.store.head(&second).await.unwrap().unwrap();
    assert_eq!(item.attempts, 2);
    bench.store.commit(&second, late).await.unwrap();
    assert_eq!(bench.store.journal(&lane(1), 0, 10).await.unwrap(), [event(1)]);
}

async fn after_a_crash_another_goes_on_and_the_attempt_counts(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let lease = bench.store.claim_lane("dies", SHORT).await.unwrap().unwrap();
    let first = bench.store.head(&lease).await.unwrap().unwrap();
    drop(lease);
    bench.pass(SHORT).await;
    let again = bench.another(1).await;
    let lease = again.claim_lane("lives", LEASE).await.unwrap().expect("the lease has run out");
    let second = again.head(&lease).await.unwrap().unwrap();
    assert_eq!((first.attempts, second.attempts, second.key.as_str()), (1, 2, "a"));
    assert_eq!(first.first_tried_at, second.first_tried_at);
}

async fn what_a_dead_process_held_is_taken_over_at_once_where_nobody_else_works(bench: Bench) {
    bench.order("first", vec![effect("x", "x")]).await;
    bench.hear(&lane(1), "a").await;
    let (dead, item) = bench.begin().await;
    let _sending = bench.send().await.expect("an effect is due");
    bench.store.take_over(ms(500)).await.unwrap();
    if !bench.is_sqlite() {
        // Other replicas may be alive: their leases are theirs.
        assert_eq!(bench.claim().await, None);
        return;
    }
    let (lease, again) = bench.begin().await;
    assert_eq!((again.key.as_str(), again.attempts), ("a", 2), "the attempt that was cut short counts");
    let late = bench.store.commit(&dead, done(item.position)).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    bench.store.commit(&lease, done(again.position)).await.unwrap();
    assert_eq!(bench.send().await, None, "it may be in the world, so it rests first");
    bench.pass(ms(500)).await;
    assert_eq!(bench.send().await.map(|sending| sending.attempts), Some(2));
    bench.is_in_order().await;
}

async fn a_renewed_lease_holds(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let lease = bench.store.claim_lane("worker", SHORT).await.unwrap().unwrap();
    bench.pass(ms(200)).await;
    assert!(bench.store.renew(&lease).await.unwrap() > lease.until);
    bench.pass(ms(200)).await;
    assert!(bench.claim().await.is_none(), "the first time is over, the second is not");
}

async fn a_postponed_head_holds_its_lane_back(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.hear(&lane(1), "b").await;
    let (lease, item) = bench.begin().await;
    bench.store.postpone(&lease, item.position, bench.later(SHORT).await, "the forge is away").await.unwrap();
    assert!(bench.store.head(&lease).await.unwrap().is_none());
    bench.store.release(lease).await.unwrap();
    assert!(bench.claim().await.is_none());
    bench.pass(SHORT).await;
    let (lease, item) = bench.begin().await;
    assert_eq!((item.key.as_str(), item.attempts), ("a", 2));
    bench.store.release(lease).await.unwrap();
    assert_eq!(bench.work_all().await, ["a", "b"]);
}

async fn an_attempt_given_back_does_not_count(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let (lease, item) = bench.begin().await;
    bench
        .store
        .give_back(&lease, item.position, bench.later(SHORT).await, "installation paused")
        .await
        .unwrap();
    bench.store.release(lease).await.unwrap();
    bench.pass(SHORT).await;
    let (_lease, again) = bench.begin().await;
    assert_eq!(again.attempts, 1);
    assert!(again.first_tried_at > item.first_tried_at);
}

async fn a_parked_head_lets_the_lane_go_on(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.hear(&lane(1), "b").await;
    let (lease, item) = bench.begin().await;
    bench.store.park(&lease, item.position, "five times").await.unwrap();
    assert_eq!(bench.store.head(&lease).await.unwrap().unwrap().key, "b");
    let again = bench.store.park(&lease, item.position, "").await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    assert_eq!(bench.store.parked(10).await.unwrap()[0].reason, "five times");
    bench.is_in_order().await;
}

async fn an_item_that_cannot_be_read_is_parked_and_the_lane_goes_on(bench: Bench) {
    for key in ["headers", "kind", "body", "whole"] {
        bench.hear(&lane(1), key).await;
    }
    let bytes = if bench.is_sqlite() { "x'ff'" } else { "'\\xff'::bytea" };
    bench.sql("UPDATE inbox SET headers = '{' WHERE delivery_key = 'headers'").await.unwrap();
    bench.sql("UPDATE inbox SET kind = 'bundle' WHERE delivery_key = 'kind'").await.unwrap();
    bench.sql(&format!("UPDATE inbox SET body = {bytes} WHERE delivery_key = 'body'")).await.unwrap();
    let lease = bench.claim().await.unwrap();
    for _ in 0..3 {
        let corrupt = bench.store.head(&lease).await;
        assert!(matches!(corrupt, Err(StoreError::Corrupt { .. })), "{corrupt:?}");
    }
    assert_eq!(bench.store.head(&lease).await.unwrap().unwrap().key, "whole");
    let status = bench.store.take_in(arrival(&lane(1), "body")).await.unwrap();
    assert_eq!(status, Taken::Known { status: ItemStatus::Waiting }, "it was parked, and is tried again");
    bench.is_in_order().await;
}

async fn a_paused_lane_is_not_claimed_until_its_time(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.store.pause_lanes(&[lane(1), lane(9)], bench.later(SHORT).await).await.unwrap();
    bench.hear(&lane(1), "b").await;
    bench.hear(&lane(2), "other").await;
    assert_eq!(bench.work_all().await, ["other"]);
    bench.is_in_order().await;
    bench.pass(SHORT).await;
    assert_eq!(bench.work_all().await, ["a", "b"]);
    bench.hear(&lane(1), "c").await;
    bench.store.pause_lanes(&[lane(1)], bench.later(LEASE).await).await.unwrap();
    assert!(bench.claim().await.is_none());
    bench.store.pause_lanes(&[lane(1)], bench.later(ms(-1)).await).await.unwrap();
    assert_eq!(bench.work_all().await, ["c"], "a pause can be lifted");
}

async fn a_lane_of_a_newer_program_is_not_claimed(bench: Bench) {
    let newer = bench.another(2).await;
    bench.hear(&lane(1), "a").await;
    bench.hear(&lane(1), "b").await;
    let lease = newer.claim_lane("newer", LEASE).await.unwrap().unwrap();
    let item = newer.head(&lease).await.unwrap().unwrap();
    let unit = Unit { rows: vec![event(1)], state: Some(state(1, 2)), ..done(item.position) };
    newer.commit(&lease, unit).await.unwrap();
    newer.release(lease).await.unwrap();
    assert!(bench.claim().await.is_none());
    assert!(newer.claim_lane("newer", LEASE).await.unwrap().is_some());
}

async fn an_arrival_during_the_lease_is_not_forgotten(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let (lease, item) = bench.begin().await;
    bench.store.commit(&lease, done(item.position)).await.unwrap();
    bench.hear(&lane(1), "b").await;
    bench.store.release(lease).await.unwrap();
    assert_eq!(bench.work_all().await, ["b"]);
    bench.is_in_order().await;
}

async fn a_timer_fires_once(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let (lease, item) = bench.begin().await;
    let due = bench.later(SHORT).await;
    let timers = BTreeMap::from([("train".to_owned(), due), ("later".to_owned(), bench.later(LEASE).await)]);
    let unit = Unit { timers: Some(timers.clone()), ..done(item.position) };
    bench.store.commit(&lease, unit).await.unwrap();
    bench.store.release(lease).await.unwrap();
    assert_eq!(bench.store.timers(&lane(1)).await.unwrap(), timers);
    // Else the loop that asks would wake itself, and all others, for ever.
    let mut stored = bench.store.work_stored();
    stored.mark_unchanged();
    assert_eq!(bench.store.fire_timers(10).await.unwrap(), 0);
    assert!(!stored.has_changed().unwrap(), "where nothing is due nobody is woken");
    bench.pass(SHORT).await;
    let (one, two) = tokio::join!(bench.store.fire_timers(10), bench.store.fire_timers(10));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    let (lease, item) = bench.begin().await;
    assert_eq!((item.kind, &item.body[..]), (ArrivalKind::Timer, &b"train"[..]));
    assert_eq!(item.headers, [("due_at".to_owned(), due.as_millisecond().to_string())]);
    // Wanted again for the same moment, because the signal was not worked yet: it is the same timer.
    let unit = Unit { timers: Some(timers), ..done(item.position) };
    bench.store.commit(&lease, unit).await.unwrap();
    bench.store.release(lease).await.unwrap();
    assert_eq!(bench.store.fire_timers(10).await.unwrap(), 0);
    assert!(bench.claim().await.is_none());
    bench.is_in_order().await;
}

async fn a_timer_that_is_wanted_no_longer_does_not_fire(bench: Bench) {
    for (key, timers) in
        [("a", BTreeMap::from([("train".to_owned(), bench.later(ms(50)).await)])), ("b", BTreeMap::new())]
    {
        bench.hear(&lane(1), key).await;
        let (lease, item) = bench.begin().await;
        bench.store.commit(&lease, Unit { timers: Some(timers), ..done(item.position) }).await.unwrap();
        bench.store.release(lease).await.unwrap();
    }
    bench.pass(ms(50)).await;
    assert_eq!(bench.store.fire_timers(10).await.unwrap(), 0);
}
