//! Claims about the journal: append-only, without gaps, its texts erasable. S30.

use lockkeeper::clock::Clock;
use lockkeeper::store::{
    EffectStatus, JournalRow, MAX_STATE_BYTES, Store, StoreError, StoredState, StoredText, Unit,
};

use crate::bench::{
    Bench, LEASE, arrival, done, effect, event, execute, finish, lane, on_both, state, time_of,
};

on_both!(
    s30a_the_journal_refuses_update_and_delete,
    the_journal_has_no_gaps_and_no_forks,
    a_text_can_be_erased_and_its_row_stays,
    a_state_reads_back_as_it_was_written,
    a_state_over_its_bound_is_refused,
    s30b_the_application_role_works_and_cannot_change_the_journal,
);

async fn write(
    bench: &Bench,
    key: &str,
    rows: Vec<JournalRow>,
    state: Option<StoredState>,
) -> Result<(), StoreError> {
    bench.hear(&lane(1), key).await;
    let (lease, item) = bench.begin().await;
    let result = bench.store.commit(&lease, Unit { rows, state, ..done(item.position) }).await;
    if result.is_err() {
        bench.store.park(&lease, item.position, "refused").await.unwrap();
    }
    bench.store.release(lease).await.unwrap();
    result
}

async fn s30a_the_journal_refuses_update_and_delete(bench: Bench) {
    write(&bench, "a", vec![event(1), event(2)], Some(state(2, 1))).await.unwrap();
    let mut attacks =
        vec!["UPDATE journal SET \"row\" = '{}'", "DELETE FROM journal", "DELETE FROM journal WHERE seq = 2"];
    attacks.push(match bench.is_sqlite() {
        true => "INSERT OR REPLACE INTO journal (lane, seq, \"row\", hash, at) VALUES ('project:github:1', 2, '{}', '', 0)",
        false => "TRUNCATE journal",
    });
    for attack in attacks {
        let refused = bench.sql(attack).await.expect_err(attack).to_string();
        assert!(refused.contains("the journal is append-only"), "{attack}: {refused}");
    }
    assert_eq!(bench.store.journal(&lane(1), 1, 10).await.unwrap(), [event(1), event(2)]);
    assert_eq!(bench.store.journal(&lane(1), 2, 10).await.unwrap(), [event(2)]);
}

async fn the_journal_has_no_gaps_and_no_forks(bench: Bench) {
    write(&bench, "a", vec![event(1)], Some(state(1, 1))).await.unwrap();
    for (key, rows, state) in [
        ("gap", vec![event(3)], None),
        ("fork", vec![event(1)], None),
        ("inner gap", vec![event(2), event(4)], None),
        ("state behind", vec![event(2), event(3)], Some(state(2, 1))),
    ] {
        let refused = write(&bench, key, rows, state).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{key}: {refused:?}");
    }
    assert_eq!(bench.store.journal(&lane(1), 0, 10).await.unwrap(), [event(1)]);
    write(&bench, "b", vec![event(2)], None).await.unwrap();
}

async fn a_text_can_be_erased_and_its_row_stays(bench: Bench) {
    let text = |name: &str, value: &str| StoredText {
        name: name.to_owned(),
        salt: vec![7; 16],
        value: value.to_owned(),
    };
    let texts = vec![text("login", "ana"), text("reason", "it broke\0\u{1f525}")];
    write(&bench, "a", vec![JournalRow { texts: texts.clone(), ..event(1) }], None).await.unwrap();
    assert_eq!(bench.store.texts(&lane(1), 1).await.unwrap(), texts);
    assert!(bench.store.erase_text(&lane(1), 1, "login").await.unwrap());
    assert!(!bench.store.erase_text(&lane(1), 1, "login").await.unwrap());
    assert_eq!(bench.store.texts(&lane(1), 1).await.unwrap(), texts[1..]);
    assert_eq!(bench.store.journal(&lane(1), 1, 1).await.unwrap(), [event(1)]);
}

async fn a_state_reads_back_as_it_was_written(bench: Bench) {
    assert_eq!(bench.store.state(&lane(1)).await.unwrap(), None);
    write(&bench, "a", vec![event(1)], Some(state(1, 1))).await.unwrap();
    let second = StoredState { json: "{\"open\":[]}".to_owned(), ..state(2, 1) };
    write(&bench, "b", vec![event(2)], Some(second.clone())).await.unwrap();
    assert_eq!(bench.store.state(&lane(1)).await.unwrap(), Some(second));
}

async fn a_state_over_its_bound_is_refused(bench: Bench) {
    let json = "x".repeat(MAX_STATE_BYTES + 1);
    let refused = write(&bench, "a", vec![event(1)], Some(StoredState { json, ..state(1, 1) })).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
}

/// On SQLite, which has no roles, there is nothing to show beyond the triggers.
async fn s30b_the_application_role_works_and_cannot_change_the_journal(bench: Bench) {
    if bench.is_sqlite() {
        return;
    }
    bench.sql(include_str!("../../migrations/roles.postgres.sql")).await.unwrap();
    let url = bench.url_as("lockkeeper_app");
    let store = Store::open(&url, time_of(&Clock::system()), 1).await.expect("nothing is left to migrate");
    store.take_in(arrival(&lane(1), "a")).await.unwrap();
    let lease = store.claim_lane("worker", LEASE).await.unwrap().unwrap();
    let item = store.head(&lease).await.unwrap().unwrap();
    let text = StoredText { name: "login".to_owned(), salt: vec![1], value: "ana".to_owned() };
    let rows = vec![JournalRow { texts: vec![text], ..event(1) }];
    let timers = Some([("train".to_owned(), crate::bench::at(1))].into());
    let effects = vec![effect("x", "x")];
    store
        .commit(&lease, Unit { rows, state: Some(state(1, 1)), effects, timers, ..done(item.position) })
        .await
        .unwrap();
    store.release(lease).await.unwrap();
    let sending = store.claim_effect("sender", LEASE).await.unwrap().unwrap();
    store.finish_effect(&sending, finish(EffectStatus::Done)).await.unwrap();
    assert_eq!(store.fire_timers(10).await.unwrap(), 1);
    assert!(store.erase_text(&lane(1), 1, "login").await.unwrap());
    store.forget(store.now().await.unwrap()).await.unwrap();
    store.ready().await.unwrap();
    store.counts().await.unwrap();
    for attack in [
        "UPDATE journal SET hash = ''",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "DROP TABLE journal",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "CREATE TABLE mine (a BIGINT)",
    ] {
        let refused = execute(&url, attack).await.expect_err(attack).to_string();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{attack}: {refused}"
        );
    }
    assert_eq!(store.journal(&lane(1), 1, 10).await.unwrap(), [event(1)]);
}
