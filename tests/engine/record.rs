//! What is written down: the journal, its fold, the audit, what only the newest of is sent. What fails is tested elsewhere.

use lockkeeper::domain::change::{Change, Stage};
use lockkeeper::domain::id::{BranchName, ChangeNumber};
use lockkeeper::domain::signal::{ChangeTouched, Signal, Touch};

use crate::bench::{Bench, said};
use crate::fake::head;

/// Plays a cut to its report.
async fn cut(bench: &Bench) {
    bench.hears("1", &said(1, "/release cut v1.5.0")).await;
    bench.settle().await;
    bench.pass(11);
    assert_eq!(bench.engine.fire_timers().await.unwrap(), 1);
    bench.settle().await;
}

#[tokio::test]
async fn a_cut_goes_through_the_loop_and_its_timer_tells_the_end() {
    let bench = Bench::new().await;
    cut(&bench).await;
    assert_eq!(
        bench.kinds().await,
        ["project_joined", "cut_started", "tag_made", "release_drafted", "release_cut", "cut_reported"]
    );
    assert_eq!(bench.engine.fire_timers().await.unwrap(), 0, "a timer fires once");
    assert!(bench.said()[0].starts_with("v1.5.0 is cut"), "{:?}", bench.said());
    assert_eq!(bench.engine.audit(&bench.lane()).await.unwrap().rows, 6);
}

#[tokio::test]
async fn the_state_is_the_fold_of_the_journal() {
    let bench = Bench::new().await;
    cut(&bench).await;
    let kept = bench.state().await;
    // A state of another version is folded again from the first row.
    bench.sql("UPDATE state SET state_version = 0, json = '{}'").await;
    bench.hears("2", &said(2, "/release cut abcdef1")).await;
    bench.settle().await;
    assert_eq!(bench.state().await, kept, "a refusal on record changes nothing that is open");
    bench.engine.audit(&bench.lane()).await.unwrap();
}

#[tokio::test]
async fn a_changed_journal_row_is_found() {
    let bench = Bench::new().await;
    cut(&bench).await;
    let before = bench.engine.audit(&bench.lane()).await.unwrap();
    bench.sql("DROP TRIGGER journal_is_never_updated").await;
    bench.sql("UPDATE journal SET \"row\" = replace(\"row\", 'v1.5.0', 'v1.6.0') WHERE seq = 2").await;
    let error = bench.engine.audit(&bench.lane()).await.unwrap_err();
    assert!(format!("{error:#}").contains("row 2"), "{error:#}");
    assert_eq!(before.rows, 6);
}

#[tokio::test]
async fn s30c_verify_finds_a_changed_row() {
    for (change, about) in [
        (
            "UPDATE journal SET \"row\" = replace(\"row\", '\"actor\":1', '\"actor\":2') WHERE seq = 2",
            "who asked",
        ),
        ("DELETE FROM journal WHERE seq = 3", "a row taken out"),
        ("DELETE FROM journal WHERE seq = 6", "the newest row taken away"),
        ("UPDATE journal_text SET value = CAST('forged' AS BLOB) WHERE name = 'notes'", "the notes"),
    ] {
        let bench = Bench::new().await;
        cut(&bench).await;
        bench.engine.audit(&bench.lane()).await.unwrap();
        bench.sql("DROP TRIGGER journal_is_never_updated").await;
        bench.sql("DROP TRIGGER journal_is_never_deleted").await;
        bench.sql(change).await;
        assert!(bench.engine.audit(&bench.lane()).await.is_err(), "{about}");
    }
    // A text that was erased is no forgery.
    let bench = Bench::new().await;
    cut(&bench).await;
    assert!(bench.engine.store.erase_text(&bench.lane(), 2, "notes").await.unwrap());
    bench.engine.audit(&bench.lane()).await.unwrap();
}

#[tokio::test]
async fn a_state_that_differs_from_the_fold_is_found() {
    let bench = Bench::new().await;
    cut(&bench).await;
    bench.sql("UPDATE state SET json = replace(json, '\"has_cut\":true', '\"has_cut\":false')").await;
    let error = bench.engine.audit(&bench.lane()).await.unwrap_err();
    assert!(error.to_string().contains("not what the journal says"), "{error:#}");
}

fn touched(title: &str, label: &str, at: &str) -> Signal {
    let change = Change {
        number: ChangeNumber(12),
        title: title.to_owned(),
        body: String::new(),
        author: None,
        labels: vec![label.to_owned()],
        milestone: None,
        stage: Stage::Open,
        base: BranchName::parse("main").unwrap(),
        head: head(),
        updated_at: at.parse().unwrap(),
    };
    Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Described })
}

#[tokio::test]
async fn of_several_unsent_previews_only_the_newest_is_sent() {
    let bench = Bench::new().await;
    bench.hears("1", &touched("Sign in", "feature", "2026-12-01T12:00:01Z")).await;
    bench.hears("2", &touched("Sign in", "fix", "2026-12-01T12:00:02Z")).await;
    // A label that comes back is shown again.
    bench.hears("3", &touched("Sign in", "feature", "2026-12-01T12:00:03Z")).await;
    bench.settle().await;
    let performed = bench.forge.said().performed.clone();
    assert_eq!(performed.len(), 1, "{performed:?}");
    assert!(format!("{:?}", performed[0].1).contains("Features"), "{performed:?}");
    bench.hears("4", &touched("Sign in", "fix", "2026-12-01T12:00:04Z")).await;
    bench.settle().await;
    let renewed = bench.forge.said().performed.pop().unwrap();
    assert!(format!("{:?}", renewed.1).contains("Fixes"));
    assert_eq!(renewed.2.as_deref(), Some("9"), "the preview that is there is renewed");
}

#[tokio::test]
async fn a_policy_is_read_from_the_default_branch_at_a_recorded_revision() {
    let bench = Bench::new().await;
    bench.forge.said().policy = Some("versioning: { tag: \"release-{version}\" }\n".to_owned());
    bench.hears("1", &said(1, "/release cut v1.5.0")).await;
    bench.settle().await;
    let rows = bench.engine.store.journal(&bench.lane(), 1, 100).await.unwrap();
    let row: lockkeeper::domain::journal::Row = serde_json::from_str(&rows[1].row).unwrap();
    assert_eq!(row.kind, "cut_started");
    assert_eq!(row.policy, Some(head()), "the revision is on record");
    assert!(rows[1].row.contains("release-1.5.0"), "and the file's rules were obeyed");
    assert!(row.facts.iter().any(|fact| fact.query.to_string().contains("policy")));
}
