//! Claims about what is heard: once per key, in order, kept, and not without limit.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures_util::FutureExt;
use lockkeeper::domain::id::Lane;
use lockkeeper::store::{
    Arrival, ArrivalKind, ItemStatus, StoreError, Taken, Unit, UnitStatus, WAITING_LIMIT, Weight, Which,
};

use crate::bench::{Bench, arrival, done, hint, lane, on_both};

on_both!(
    an_arrival_reads_back_as_it_came,
    the_same_key_is_taken_in_once,
    a_redelivery_of_a_parked_item_makes_it_wait_again,
    a_done_item_stays_done_when_it_comes_again,
    five_hundred_arrivals_at_once_are_each_stored_once_by_group_commit,
    new_arrivals_of_one_batch_stand_in_their_lanes_as_they_came,
    a_bad_arrival_fails_alone,
    without_a_writer_an_arrival_is_stored_by_itself,
    a_stored_item_can_be_replayed_by_key_or_place,
    hints_over_the_limit_become_one_resync,
    of_a_batch_over_the_limit_only_the_hints_become_a_resync,
    a_told_lane_hears_in_the_same_transaction,
    lanes_that_tell_each_other_do_not_wait_for_ever,
);

async fn an_arrival_reads_back_as_it_came(bench: Bench) {
    let body = Bytes::from((0..100_000_u32).map(|n| (n.wrapping_mul(n) % 251) as u8).collect::<Vec<_>>());
    let heard = Arrival { body: body.clone(), ..arrival(&lane(1), "a") };
    assert_eq!(bench.store.take_in(heard.clone()).await.unwrap(), Taken::New { position: 1 });
    let (_lease, item) = bench.begin().await;
    assert_eq!((item.kind, item.weight, item.key.as_str()), (ArrivalKind::Delivery, Weight::Keep, "a"));
    assert_eq!((item.received_at, item.headers, item.body), (heard.received_at, heard.headers, body));
    assert_eq!(item.attempts, 1);
}

async fn the_same_key_is_taken_in_once(bench: Bench) {
    assert_eq!(bench.hear(&lane(1), "a").await, Taken::New { position: 1 });
    assert_eq!(bench.hear(&lane(1), "a").await, Taken::Known { status: ItemStatus::Waiting });
    assert_eq!(bench.hear(&lane(2), "a").await, Taken::Known { status: ItemStatus::Waiting });
    assert_eq!(bench.hear(&lane(1), "b").await, Taken::New { position: 2 });
    assert_eq!(bench.work_all().await, ["a", "b"]);
    bench.is_in_order().await;
}

async fn a_redelivery_of_a_parked_item_makes_it_wait_again(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let (lease, item) = bench.begin().await;
    bench.store.park(&lease, item.position, "panicked\0").await.unwrap();
    bench.store.release(lease).await.unwrap();
    let parked = bench.store.parked(10).await.unwrap();
    assert_eq!((parked.len(), parked[0].key.as_str(), parked[0].attempts), (1, "a", 1));
    assert!(bench.claim().await.is_none(), "nothing waits");
    assert_eq!(bench.hear(&lane(1), "a").await, Taken::Known { status: ItemStatus::Waiting });
    let (_lease, item) = bench.begin().await;
    assert_eq!((item.key.as_str(), item.attempts), ("a", 1));
    assert!(bench.store.parked(10).await.unwrap().is_empty());
    bench.is_in_order().await;
}

async fn a_done_item_stays_done_when_it_comes_again(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.work_all().await;
    assert_eq!(bench.hear(&lane(1), "a").await, Taken::Known { status: ItemStatus::Done });
    assert!(bench.claim().await.is_none());
    bench.is_in_order().await;
}

async fn five_hundred_arrivals_at_once_are_each_stored_once_by_group_commit(bench: Bench) {
    let writer = tokio::task::spawn_blocking({
        let (writer, runtime) = (bench.store.intake_writer(), tokio::runtime::Handle::current());
        move || {
            runtime.block_on(async { tokio::time::timeout(std::time::Duration::from_secs(60), writer).await })
        }
    });
    let arrivals = (0..500).map(|n| bench.store.take_in(arrival(&lane(n % 7), &format!("k{}", n / 2))));
    let taken = futures_util::future::join_all(arrivals).await;
    let new = taken.iter().filter(|taken| matches!(taken, Ok(Taken::New { .. }))).count();
    let known = taken.iter().filter(|taken| matches!(taken, Ok(Taken::Known { .. }))).count();
    assert_eq!((new, known), (250, 250));
    let worked = bench.work_all().await;
    assert_eq!((worked.len(), worked.into_iter().collect::<BTreeSet<_>>().len()), (250, 250));
    drop(bench);
    assert!(writer.await.unwrap().is_ok(), "the writer ends with the store");
}

async fn new_arrivals_of_one_batch_stand_in_their_lanes_as_they_came(bench: Bench) {
    let writer = bench.store.intake_writer();
    let arrivals = (0..90).map(|n| bench.store.take_in(arrival(&lane(n % 3), &format!("k{n:02}"))));
    let all = futures_util::future::join_all(arrivals);
    let taken = tokio::select! { () = writer => unreachable!("the store is open"), all = all => all };
    for (n, taken) in (0..).zip(taken) {
        assert_eq!(taken.unwrap(), Taken::New { position: n / 3 + 1 }, "k{n:02}");
    }
    let worked = bench.work_all().await;
    for lane in 0..3 {
        let own = worked.iter().filter(|key| key[1..].parse::<u32>().unwrap() % 3 == lane);
        assert!(own.is_sorted(), "{worked:?}");
    }
    assert_eq!(worked.len(), 90);
    bench.is_in_order().await;
}

async fn a_bad_arrival_fails_alone(bench: Bench) {
    // PostgreSQL cannot store NUL in a key; SQLite can.
    let writer = bench.store.intake_writer();
    let bad = arrival(&lane(1), "bad\0");
    let both =
        async { tokio::join!(bench.store.take_in(bad), bench.store.take_in(arrival(&lane(1), "good"))) };
    let (bad, good) =
        tokio::select! { () = writer => unreachable!("the store is open"), both = both => both };
    assert!(matches!(good, Ok(Taken::New { .. })), "{good:?}");
    assert!(bench.is_sqlite() || matches!(bad, Err(StoreError::Refused { .. })), "{bad:?}");
    let long = bench.store.take_in(arrival(&lane(1), &"k".repeat(501))).await;
    assert!(matches!(long, Err(StoreError::Refused { .. })), "{long:?}");
}

async fn without_a_writer_an_arrival_is_stored_by_itself(bench: Bench) {
    drop(bench.store.intake_writer());
    assert_eq!(bench.hear(&lane(1), "a").await, Taken::New { position: 1 });
}

async fn a_stored_item_can_be_replayed_by_key_or_place(bench: Bench) {
    for key in ["a", "b", "c"] {
        bench.hear(&lane(1), key).await;
    }
    bench.work_all().await;
    assert!(bench.store.replay(&Which::Key("b".to_owned())).await.unwrap());
    assert!(!bench.store.replay(&Which::Key("b".to_owned())).await.unwrap(), "it waits already");
    assert!(!bench.store.replay(&Which::Key("x".to_owned())).await.unwrap());
    assert!(bench.store.replay(&Which::At(lane(1), 1)).await.unwrap());
    assert_eq!(bench.work_all().await, ["a", "b"], "in their old places");
    bench.is_in_order().await;
}

async fn hints_over_the_limit_become_one_resync(bench: Bench) {
    bench.hear(&lane(1), "first").await;
    // As if so many had come: the rows themselves make no difference to the limit.
    bench.sql(&format!("UPDATE lane SET waiting = waiting + {}", WAITING_LIMIT - 3)).await.unwrap();
    bench.store.take_in(arrival(&lane(1), "command")).await.unwrap();
    for n in 0..4 {
        assert!(matches!(
            bench.store.take_in(hint(&lane(1), &format!("hint{n}"))).await,
            Ok(Taken::New { .. })
        ));
    }
    let mut worked = Vec::new();
    while let Some(lease) = bench.claim().await {
        while let Some(item) = bench.store.head(&lease).await.unwrap() {
            bench.store.commit(&lease, done(item.position)).await.unwrap();
            worked.push((item.kind, item.weight, item.key));
        }
        bench.store.release(lease).await.unwrap();
    }
    assert_eq!(worked.len(), 3, "no hint is left: {worked:?}");
    let (first, command) = ("first".to_owned(), "command".to_owned());
    assert_eq!(
        worked[..2],
        [Weight::Keep, Weight::Keep]
            .into_iter()
            .zip([first, command])
            .map(|(weight, key)| (ArrivalKind::Delivery, weight, key))
            .collect::<Vec<_>>()
    );
    assert_eq!((worked[2].0, worked[2].1), (ArrivalKind::Operator, Weight::Resync));
    bench.sql(&format!("UPDATE lane SET waiting = waiting - {}", WAITING_LIMIT - 3)).await.unwrap();
    let hint = hint(&lane(1), "hint3");
    assert_eq!(bench.store.take_in(hint).await.unwrap(), Taken::Known { status: ItemStatus::Ignored });
    bench.is_in_order().await;
}

async fn of_a_batch_over_the_limit_only_the_hints_become_a_resync(bench: Bench) {
    bench.hear(&lane(1), "first").await;
    bench.sql(&format!("UPDATE lane SET waiting = waiting + {WAITING_LIMIT}")).await.unwrap();
    let commands = || (0..3).map(|n| bench.store.take_in(arrival(&lane(1), &format!("command{n}"))).boxed());
    let hints = || (0..3).map(|n| bench.store.take_in(hint(&lane(1), &format!("hint{n}"))).boxed());
    for batch in [commands().collect::<Vec<_>>(), commands().chain(hints()).collect()] {
        let writer = bench.store.intake_writer();
        let all = futures_util::future::join_all(batch);
        let taken = tokio::select! { () = writer => unreachable!("the store is open"), all = all => all };
        assert!(taken.iter().all(Result::is_ok), "{taken:?}");
    }
    let worked = bench.work_all().await;
    assert_eq!(worked[..4], ["first", "command0", "command1", "command2"]);
    assert!(worked.len() == 5 && worked[4].starts_with("resync:"), "{worked:?}");
}

async fn a_told_lane_hears_in_the_same_transaction(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    let (lease, item) = bench.begin().await;
    let tell = Arrival { kind: ArrivalKind::Tell, ..arrival(&lane(2), "tell:1") };
    let gap = vec![crate::bench::event(7)];
    let refused = Unit { tells: vec![tell.clone()], rows: gap, ..done(item.position) };
    assert!(matches!(bench.store.commit(&lease, refused).await, Err(StoreError::Refused { .. })));
    assert!(bench.claim().await.is_none(), "nothing of a refused unit is stored");
    let reason = UnitStatus::Ignored("nothing to do".to_owned());
    let unit = Unit { tells: vec![tell], ..Unit::new(item.position, reason) };
    bench.store.commit(&lease, unit).await.unwrap();
    bench.store.release(lease).await.unwrap();
    let (lease, item) = bench.begin().await;
    assert_eq!((lease.lane, item.kind, item.key.as_str()), (lane(2), ArrivalKind::Tell, "tell:1"));
}

async fn lanes_that_tell_each_other_do_not_wait_for_ever(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.hear(&lane(2), "b").await;
    for round in 0..40 {
        let ((one, first), (two, second)) = (bench.begin().await, bench.begin().await);
        let tell =
            |lane: &Lane, key: String| vec![Arrival { kind: ArrivalKind::Tell, ..arrival(lane, &key) }];
        let first = Unit { tells: tell(&two.lane, format!("first {round}")), ..done(first.position) };
        let second = Unit { tells: tell(&one.lane, format!("second {round}")), ..done(second.position) };
        let both = tokio::join!(bench.store.commit(&one, first), bench.store.commit(&two, second));
        assert!(both.0.is_ok() && both.1.is_ok(), "round {round}: {both:?}");
        bench.store.release(one).await.unwrap();
        bench.store.release(two).await.unwrap();
    }
    bench.is_in_order().await;
}
