//! What goes wrong on the way, and what can be done about it.

use super::{has, hours, lacks, minutes, refused, target};
use crate::domain::effect::Outcome;
use crate::domain::promotion::model::Stage;
use crate::domain::query::ReportedState;
use crate::domain::testing::port::Port;

#[test]
fn a_failure_keeps_the_slot_and_is_tried_again() {
    let mut port = Port::with(|all| all[0].waves = vec![vec![target("eu-1"), target("us-1")]]);
    port.says("ana on #12: /release promote staging");
    refused(&port.says("ana on #12: /release retry"), "retry", "E_NOT_FAILED");
    port.succeeds("staging/eu-1");
    has(&port.reports("staging/us-1", ReportedState::Failure, "github-actions"), "promotion_failed");
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    lacks(&port.says("ana in 41: /release promote staging"), "deploys");
    let told = port.says("ana on #12: /release retry p1");
    has(&told, "deploys 20 to staging/us-1");
    lacks(&told, "deploys 20 to staging/eu-1");
    let told = port.succeeds("staging/us-1");
    has(&told, "promotion_ended");
    has(&told, "deploys 19 to staging/eu-1");
}

/// A wave of two targets of which one has failed.
fn half_failed() -> Port {
    let mut port = Port::with(|all| all[0].waves = vec![vec![target("eu-1"), target("us-1")]]);
    port.says("ana on #12: /release promote staging");
    has(&port.reports("staging/us-1", ReportedState::Failure, "github-actions"), "promotion_failed");
    port
}

#[test]
fn what_another_target_says_after_a_failure_counts_when_it_is_tried_again() {
    let mut port = half_failed();
    let told = port.succeeds("staging/eu-1");
    has(&told, "attempt_moved");
    lacks(&told, "report_ignored");
    let told = port.says("ana on #12: /release retry");
    has(&told, "deploys 20 to staging/us-1");
    lacks(&told, "deploys 20 to staging/eu-1");
    has(&port.succeeds("staging/us-1"), "promotion_ended");
}

#[test]
fn what_fails_after_a_failure_is_tried_again_with_it_and_told_once() {
    let mut port = half_failed();
    let told = port.reports("staging/eu-1", ReportedState::Failure, "github-actions");
    has(&told, "attempt_moved");
    lacks(&told, "promotion_failed");
    let told = port.says("ana on #12: /release retry");
    has(&told, "deploys 20 to staging/eu-1");
    has(&told, "deploys 20 to staging/us-1");
}

#[test]
fn what_is_never_heard_of_after_a_failure_runs_out_of_time() {
    let mut port = half_failed();
    lacks(&port.pass(minutes(59)), "attempt_moved");
    has(&port.pass(minutes(1)), "attempt_moved");
    has(&port.says("ana on #12: /release retry"), "deploys 20 to staging/eu-1");
}

#[test]
fn a_late_report_of_an_older_attempt_is_recorded_and_ignored() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let first = *port.world.deployments.keys().next().unwrap();
    port.reports_on(first, ReportedState::Failure, "github-actions");
    has(&port.reports_on(first, ReportedState::Success, "github-actions"), "report_ignored");
    assert!(matches!(port.promotion(1).stage, Stage::Failed { .. }));
    port.says("ana on #12: /release retry");
    port.succeeds("staging");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
}

#[test]
fn s17_a_strangers_report_is_recorded_and_ignored() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let told = port.reports("staging", ReportedState::Success, "sam");
    has(&told, "report_ignored");
    lacks(&told, "attempt_moved");
    assert_eq!(port.there("staging"), None);
    has(&port.succeeds("staging"), "promotion_ended");
}

#[test]
fn reports_that_overtook_each_other_are_read_in_the_order_of_the_forge() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let id = *port.world.deployments.keys().next().unwrap();
    port.succeeds("staging");
    let before = port.world.rows.len();
    let newest = port.world.deployments[&id].reports[0].clone();
    let old = crate::domain::query::Report { state: ReportedState::InProgress, ..newest };
    port.world.deployments.get_mut(&id).unwrap().reports.push(old);
    let reported = crate::domain::signal::DeploymentReported {
        deployment: id,
        environment: "staging".to_owned(),
        commit: crate::domain::testing::sha(20),
    };
    port.plays(&crate::domain::signal::Signal::DeploymentReported(reported));
    assert_eq!(port.world.rows.len(), before);
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
}

#[test]
fn nobody_who_picks_it_up_is_said_and_fails_in_the_end() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    lacks(&port.pass(minutes(2)), "attempt_unclaimed");
    has(&port.pass(minutes(1)), "attempt_unclaimed");
    lacks(&port.pass(minutes(56)), "promotion_failed");
    has(&port.pass(minutes(1)), "promotion_failed");
}

#[test]
fn a_report_that_never_reached_us_is_read_before_it_counts_as_too_late() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let deployment = port.world.deployments.values_mut().next().unwrap();
    let (by, at) = (crate::domain::testing::actor("github-actions"), port.world.now);
    let report = crate::domain::query::Report {
        state: ReportedState::Success,
        by,
        at,
        page: None,
        said: String::new(),
    };
    deployment.reports.push(report);
    has(&port.pass(minutes(3)), "promotion_ended");
}

#[test]
fn what_was_lost_is_never_sent_again_by_itself() {
    let mut port = Port::new();
    port.fate.insert("create_deployment", Outcome::Lost { why: "no answer".to_owned() });
    let told = port.says("ana on #12: /release promote staging");
    has(&told, "promotion_failed");
    assert_eq!(told.iter().filter(|line| line.starts_with("deploys")).count(), 1);
    lacks(&port.pass(hours(3)), "deploys");
}

#[test]
fn an_abort_calls_off_what_runs_and_leaves_the_environment_unclear() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let told = port.says("ana on #12: /release abort -- wrong one");
    has(&told, "abort_begun");
    has(&told, "reports");
    has(&told, "promotion_ended");
    assert!(port.world.state.promotions.is_empty());
    assert_eq!(port.there("staging"), None);
    has(&port.says("ana on #12: /release promote staging"), "deploys");
    port.succeeds("staging");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
}

#[test]
fn a_failed_promotion_can_be_aborted() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    port.reports("staging", ReportedState::Failure, "github-actions");
    has(&port.says("ana on #12: /release abort"), "promotion_ended");
    assert!(port.world.state.promotions.is_empty());
}

#[test]
fn a_target_that_fails_while_it_is_watched_fails_the_wave() {
    let mut port = Port::with(|all| all[0].bake = crate::domain::policy::environment::Seconds::minutes(15));
    port.says("ana on #12: /release promote staging");
    port.succeeds("staging");
    has(&port.reports("staging", ReportedState::Failure, "github-actions"), "promotion_failed");
}

#[test]
fn a_broken_policy_lets_nothing_begin_and_what_runs_goes_on() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    port.world.policy = Err("line 3".to_owned());
    has(&port.succeeds("staging"), "promotion_ended");
    refused(&port.says("ana on #12: /release promote production"), "promote", "E_POLICY");
}
