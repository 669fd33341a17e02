//! Claims about keeping the store in order: forgetting, the log's bound, readiness, figures, opening twice.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use lockkeeper::store::{
    Arrival, ArrivalKind, Checkpoint, EffectStatus, Forgotten, ItemStatus, Store, StoreError, Taken, Unit,
    UnitStatus, Which,
};

use crate::bench::{Bench, arrival, effect, finish, lane, on_both, time_of};

on_both!(
    bodies_are_forgotten_after_14_days_and_keys_after_40,
    the_log_stays_within_its_bound,
    figures_tell_what_is_not_at_rest,
    a_store_is_opened_again_as_it_was_left,
    two_may_open_a_new_store_at_once,
    who_waits_for_work_is_woken,
    tables_that_are_missing_are_refused_by_whoever_may_not_make_them,
);

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn bodies_are_forgotten_after_14_days_and_keys_after_40(bench: Bench) {
    for n in 0..600 {
        bench.hear(&lane(1), &format!("{n}")).await;
    }
    // As a drained lane: what matters is when each was done.
    let done_at = bench.later(SignedDuration::ZERO).await.as_millisecond();
    bench.sql(&format!("UPDATE inbox SET status = 'done', done_at = {done_at}")).await.unwrap();
    bench.sql("UPDATE lane SET waiting = 0, ready_at = NULL").await.unwrap();
    bench.hear(&lane(1), "waiting").await;
    let at = |days: i32| bench.later(DAY * days);
    let nothing = Forgotten { bodies: 0, keys: 0 };
    assert_eq!(bench.store.forget(at(13).await).await.unwrap(), nothing);
    assert_eq!(bench.store.forget(at(15).await).await.unwrap(), Forgotten { bodies: 600, keys: 0 });
    assert_eq!(bench.store.forget(at(15).await).await.unwrap(), nothing);
    assert_eq!(bench.hear(&lane(1), "7").await, Taken::Known { status: ItemStatus::Done });
    assert!(
        !bench.store.replay(&Which::Key("7".to_owned())).await.unwrap(),
        "there is nothing left to replay"
    );
    assert_eq!(bench.store.forget(at(41).await).await.unwrap(), Forgotten { bodies: 0, keys: 600 });
    assert!(matches!(bench.hear(&lane(1), "7").await, Taken::New { .. }));
    assert_eq!(bench.work_all().await, ["waiting", "7"]);
}

async fn the_log_stays_within_its_bound(bench: Bench) {
    if !bench.is_sqlite() {
        assert_eq!(bench.store.checkpoint().await.unwrap(), Checkpoint::NotNeeded);
        return;
    }
    for n in 0..40 {
        let body = bytes::Bytes::from("y".repeat(100_000));
        let headers = vec![("X".to_owned(), "z".repeat(100_000))];
        bench.store.take_in(Arrival { body, headers, ..arrival(&lane(1), &format!("{n}")) }).await.unwrap();
    }
    assert!(bench.wal_bytes() > 4_000_000, "nobody checkpoints on the writer's path");
    let copied = bench.store.checkpoint().await.unwrap();
    assert!(matches!(copied, Checkpoint::Copied { wal_bytes } if wal_bytes > 4_000_000), "{copied:?}");
    let text = "INSERT INTO journal_text VALUES ('l', 1, 'n', randomblob(70000000), x'')";
    bench.sql(&format!("PRAGMA wal_autocheckpoint = 0; {text}")).await.unwrap();
    assert!(bench.wal_bytes() > 64 * 1024 * 1024);
    assert_eq!(bench.store.checkpoint().await.unwrap(), Checkpoint::Cut);
    assert_eq!(bench.wal_bytes(), 0);
}

async fn figures_tell_what_is_not_at_rest(bench: Bench) {
    assert_eq!(bench.store.counts().await.unwrap().oldest_waiting, None);
    bench.order("a", vec![effect("x", "x"), effect("y", "y"), effect("z", "z")]).await;
    let sending = bench.send().await.unwrap();
    bench.store.finish_effect(&sending, finish(EffectStatus::Lost)).await.unwrap();
    bench.send().await.unwrap();
    bench.hear(&lane(1), "b").await;
    let (lease, item) = bench.begin().await;
    bench.store.park(&lease, item.position, "no").await.unwrap();
    bench.hear(&lane(1), "c").await;
    bench.store.take_in(Arrival { kind: ArrivalKind::Operator, ..arrival(&lane(2), "d") }).await.unwrap();
    let counts = bench.store.counts().await.unwrap();
    assert_eq!(counts.waiting, BTreeMap::from([(ArrivalKind::Delivery, 1), (ArrivalKind::Operator, 1)]));
    assert_eq!(counts.parked, 1);
    let (waiting, sending, lost) = (EffectStatus::Waiting, EffectStatus::Sending, EffectStatus::Lost);
    assert_eq!(counts.outbox, BTreeMap::from([(waiting, 1), (sending, 1), (lost, 1)]));
    assert!(counts.oldest_waiting.unwrap() > DAY, "it was heard long ago");
}

async fn a_store_is_opened_again_as_it_was_left(bench: Bench) {
    bench.hear(&lane(1), "a").await;
    bench.store.ready().await.unwrap();
    bench.store.close().await;
    assert!(bench.store.ready().await.is_err());
    let again = bench.another(1).await;
    again.ready().await.unwrap();
    assert_eq!(again.lanes().await.unwrap(), [lane(1)]);
}

async fn two_may_open_a_new_store_at_once(bench: Bench) {
    if bench.is_sqlite() {
        return; // One process with SQLite; several replicas with PostgreSQL.
    }
    bench.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    let both = tokio::join!(bench.another(1), bench.another(1));
    both.0.ready().await.unwrap();
    both.1.ready().await.unwrap();
}

async fn who_waits_for_work_is_woken(bench: Bench) {
    let mut work = bench.store.work_stored();
    assert!(!work.has_changed().unwrap());
    bench.hear(&lane(1), "a").await;
    assert!(work.has_changed().unwrap());
    work.mark_unchanged();
    let lease = bench.claim().await.unwrap();
    assert!(!work.has_changed().unwrap(), "a claim makes no work");
    let item = bench.store.head(&lease).await.unwrap().unwrap();
    let tells = vec![arrival(&lane(2), "b")];
    bench.store.commit(&lease, Unit { tells, ..Unit::new(item.position, UnitStatus::Done) }).await.unwrap();
    assert!(work.has_changed().unwrap());
    work.mark_unchanged();
    bench.store.release(lease).await.unwrap();
    assert!(!work.has_changed().unwrap(), "who gives a lane back looks for the next one itself");
    let lease = bench.claim().await.unwrap();
    let item = bench.store.head(&lease).await.unwrap().unwrap();
    bench.store.commit(&lease, Unit::new(item.position, UnitStatus::Done)).await.unwrap();
    assert!(!work.has_changed().unwrap(), "nothing follows from it");
}

async fn tables_that_are_missing_are_refused_by_whoever_may_not_make_them(bench: Bench) {
    let time = time_of(&lockkeeper::clock::Clock::system());
    assert!(Store::open_unmigrated(&bench.url, time.clone(), 1).await.is_ok());
    bench.sql("DELETE FROM _sqlx_migrations").await.unwrap();
    let refused = Store::open_unmigrated(&bench.url, time.clone(), 1).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    assert!(matches!(Store::open("mysql://x", time, 1).await, Err(StoreError::Refused { .. })));
}
