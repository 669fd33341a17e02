//! The way back: what it passes, what it leaves behind, and what it never does.

use super::{has, hours, lacks, minutes, refused};
use crate::domain::promotion::model::Stage;
use crate::domain::query::ReportedState;
use crate::domain::testing::port::Port;

/// v1.4.2 and then v1.5.0 went to staging and production.
fn in_production() -> Port {
    let mut port = Port::with(|all| all[1].conditions = Default::default());
    for version in ["v1.4.2", "v1.5.0"] {
        for environment in ["staging", "production"] {
            has(&port.says(&format!("ana on #12: /release promote {environment} {version}")), "deploys");
            port.succeeds(environment);
            port.pass(minutes(5));
        }
    }
    assert_eq!(port.there("production").as_deref(), Some("1.5.0"));
    port
}

#[test]
fn a_rollback_brings_the_release_before_back_and_holds_the_other() {
    let mut port = in_production();
    let told = port.says("bob on #12: /release rollback production -- 5xx up");
    has(&told, "deploys 10 to production");
    let told = port.succeeds("production");
    has(&told, "promotion_ended");
    has(&told, "opens an issue");
    assert_eq!(port.there("production").as_deref(), Some("1.4.2"));
    refused(&port.says("ana on #12: /release promote production v1.5.0"), "promote", "E_HELD");
    has(&port.says("ana on #12: /release resume v1.5.0"), "release_barred");
    has(&port.says("ana on #12: /release promote production v1.5.0"), "deploys 20 to production");
}

#[test]
fn a_rollback_waits_for_no_gate_and_no_lock() {
    let mut port = in_production();
    port.policy(|all| {
        all[1].conditions.approvals = vec![crate::domain::policy::environment::ApprovalRule {
            from: vec![],
            count: 2,
            not_authors: true,
        }];
        all[1].conditions.soak = crate::domain::policy::environment::Seconds::days(9);
    });
    port.says("max in 41: /release lock production -- mine");
    has(&port.says("bob on #12: /release rollback prod"), "deploys 10 to production");
}

#[test]
fn a_rollback_is_not_watched_between_its_waves() {
    let mut port = in_production();
    let target = |name: &str| crate::domain::id::TargetName::parse(name).unwrap();
    port.policy(|all| {
        all[1].waves = vec![vec![target("eu-1")], vec![target("us-1")]];
        all[1].bake = crate::domain::policy::environment::Seconds::minutes(15);
    });
    has(&port.says("bob on #12: /release rollback production"), "deploys 10 to production/eu-1");
    let told = port.succeeds("production/eu-1");
    lacks(&told, "wave_baking");
    has(&told, "deploys 10 to production/us-1");
    has(&port.succeeds("production/us-1"), "promotion_ended");
}

#[test]
fn a_rollback_during_a_wave_stops_it_and_goes_back_in_one() {
    let mut port = in_production();
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote staging");
    let told = port.says("bob in 41: /release rollback staging");
    has(&told, "abort_begun");
    has(&told, "deploys 20 to staging");
    port.succeeds("staging");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
    refused(&port.says("ana in 41: /release promote staging v1.6.0"), "promote", "E_HELD");
}

#[test]
fn a_rollback_takes_the_slot_of_what_failed_and_closes_it() {
    let mut port = in_production();
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote staging");
    port.reports("staging", ReportedState::Failure, "github-actions");
    has(&port.says("bob in 41: /release rollback staging"), "deploys 20 to staging");
    let told = port.succeeds("staging");
    assert_eq!(told.iter().filter(|line| *line == "promotion_ended").count(), 2, "{told:#?}");
    assert!(port.world.state.promotions.is_empty());
}

#[test]
fn what_was_never_good_there_is_not_gone_back_to() {
    let mut port = in_production();
    refused(&port.says("bob on #12: /release rollback production to v9.9.9"), "rollback", "E_NOT_GOOD_THERE");
    refused(&port.says("bob on #12: /release rollback production to v1.5.0"), "rollback", "E_ALREADY_THERE");
    has(&port.says("bob on #12: /release rollback production to v1.4.2"), "deploys 10 to production");
    refused(&port.says("bob on #12: /release rollback production"), "rollback", "E_ALREADY_OPEN");
    port.succeeds("production");
    refused(&port.says("bob on #12: /release rollback production"), "rollback", "E_NOTHING_GOOD");
    let mut port = Port::new();
    refused(&port.says("bob on #12: /release rollback production"), "rollback", "E_NOTHING_GOOD");
}

#[test]
fn after_an_abort_what_was_good_last_comes_back_and_nothing_is_held() {
    let mut port = in_production();
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote staging");
    port.says("ana in 41: /release abort");
    has(&port.says("bob in 41: /release rollback staging"), "deploys 20 to staging");
    port.succeeds("staging");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
    has(&port.says("ana in 41: /release promote staging v1.6.0"), "deploys 19 to staging");
}

#[test]
fn changes_that_never_arrived_hear_nothing_when_the_release_is_taken_back() {
    let mut port = in_production();
    port.policy(|all| drop(all.remove(0)));
    port.policy(|all| all[0].after.clear());
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote production");
    port.reports("production", ReportedState::Failure, "github-actions");
    port.says("bob in 41: /release rollback production");
    let told = port.succeeds("production");
    has(&told, "promotion_ended");
    assert!(!told.iter().any(|line| line.contains("runs nowhere")), "{told:#?}");
}

#[test]
fn what_waits_gives_way_to_a_rollback() {
    let mut port = in_production();
    port.policy(|all| all[1].conditions.soak = crate::domain::policy::environment::Seconds::days(9));
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote production");
    has(&port.says("bob in 41: /release rollback production"), "promotion_ended");
    assert_eq!(port.world.state.promotions.len(), 1);
}

#[test]
fn a_rollback_can_fail_too_and_is_tried_again() {
    let mut port = in_production();
    port.says("bob on #12: /release rollback production");
    port.reports("production", ReportedState::Failure, "github-actions");
    assert!(matches!(port.world.state.promotions.values().next().unwrap().stage, Stage::Failed { .. }));
    has(&port.says("bob on #12: /release retry production"), "deploys 10 to production");
}

#[test]
fn the_changes_hear_that_they_arrived_and_that_they_left() {
    let mut port = Port::with(|all| all[1].conditions = Default::default());
    port.says("ana on #12: /release promote staging v1.4.2");
    port.succeeds("staging");
    port.says("ana on #12: /release promote production v1.4.2");
    port.succeeds("production");
    port.says("ana on #12: /release promote staging v1.5.0");
    lacks(&port.succeeds("staging"), "says: 🚢");
    port.says("ana on #12: /release promote production v1.5.0");
    let told = port.succeeds("production");
    let is_note = |line: &&String| line.starts_with("says: 🚢") || line.starts_with("says: ↩️");
    let notes = |told: &[String]| told.iter().filter(is_note).count();
    assert_eq!(notes(&told), 2, "{told:#?}");
    port.pass(hours(1));
    port.says("bob on #12: /release rollback production");
    assert_eq!(notes(&port.succeeds("production")), 2);
}

#[test]
fn what_is_told_of_a_rollback_names_its_follow_up() {
    let mut port = in_production();
    port.policy(|all| drop(all.remove(0)));
    port.policy(|all| all[0].after.clear());
    port.says("bob on #12: /release rollback production");
    let told = port.succeeds("production");
    has(&told, "follow_up_opened");
    let slot = port.world.state.slot(
        &crate::domain::id::ComponentName::default_component(),
        &crate::domain::testing::port::name("production"),
    );
    assert!(slot.follow_up(&crate::domain::testing::version("1.5.0")).is_some());
    assert_eq!(slot.follow_up(&crate::domain::testing::version("1.6.0")), None);
}

#[test]
fn a_rollback_is_told_of_even_where_no_issue_can_be_opened() {
    let mut port = in_production();
    let refused = crate::domain::effect::Outcome::Lost { why: "no answer".to_owned() };
    port.fate.insert("open_issue", refused);
    port.says("bob on #12: /release rollback production");
    let told = port.succeeds("production");
    has(&told, "follow_up_opened");
    has(&told, "says: ✅ production is back on v1.4.2");
    assert!(port.world.state.follow_ups.is_empty());
}

#[test]
fn a_rollback_that_is_named_goes_only_where_a_rollback_can_go() {
    let mut port = in_production();
    port.says("ana on #12: /release hold v1.4.2");
    refused(&port.says("ana on #12: /release rollback production to v1.4.2"), "rollback", "E_NOT_GOOD_THERE");
    port.says("ana on #12: /release withdraw v1.5.0 -- no");
    refused(&port.says("ana on #12: /release promote production v1.5.0"), "promote", "E_WITHDRAWN");
}
