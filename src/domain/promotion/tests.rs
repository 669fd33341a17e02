//! Tests of promotions from the first word to the last, on the stage. Wording is tested beside `say`.

mod approval;
mod failure;
mod history;
mod panel;
mod rollback;

use jiff::SignedDuration;

use crate::domain::effect::{Outcome, Refusal};
use crate::domain::policy::environment::{Automation, Check, Deploy, Environment, Seconds};
use crate::domain::promotion::model::Stage;
use crate::domain::promotion::step::Step;
use crate::domain::query::{CheckNow, ReportedState};
use crate::domain::signal::Signal;
use crate::domain::testing::port::{Port, name};
use crate::domain::testing::{sha, tag};

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// That something was told, by its beginning.
#[track_caller]
fn has(told: &[String], beginning: &str) {
    assert!(told.iter().any(|line| line.starts_with(beginning)), "no `{beginning}` in {told:#?}");
}

#[track_caller]
fn lacks(told: &[String], beginning: &str) {
    assert!(!told.iter().any(|line| line.starts_with(beginning)), "`{beginning}` in {told:#?}");
}

/// A refusal, by its code; nothing else happens.
#[track_caller]
fn refused(told: &[String], verb: &str, code: &str) {
    has(told, &format!("refused {verb} {code}"));
    assert!(told.iter().any(|line| line.ends_with(code) && line.starts_with("says")), "{told:#?}");
    lacks(told, "deploys");
    lacks(told, "promotion_asked");
}

#[test]
fn a_release_goes_to_staging_and_is_there_when_the_executor_says_so() {
    let mut port = Port::new();
    let told = port.says("ana on #12: /release promote staging");
    has(&told, "wave_started");
    has(&told, "deploys 20 to staging");
    assert_eq!(port.there("staging"), None);
    port.reports("staging", ReportedState::InProgress, "github-actions");
    assert_eq!(port.there("staging"), None);
    has(&port.succeeds("staging"), "promotion_ended");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
    assert!(port.world.state.promotions.is_empty());
}

#[test]
fn production_waits_for_order_soak_and_approval_and_then_starts_by_itself() {
    let mut port = Port::new();
    lacks(&port.says("ana on #12: /release promote production"), "deploys");
    port.pass(minutes(1));
    has(&port.says("bob on #12: /release approve p1.1"), "approval_given");
    lacks(&port.pass(hours(5)), "deploys");
    port.says("ana on #12: /release promote staging");
    lacks(&port.succeeds("staging"), "deploys 20 to production");
    lacks(&port.pass(minutes(119)), "deploys");
    has(&port.pass(minutes(1)), "deploys 20 to production");
    let told = port.succeeds("production");
    has(&told, "promotion_ended");
    assert_eq!(told.iter().filter(|line| line.contains("1.5.0") && line.starts_with("says")).count(), 4);
    assert_eq!(port.there("production").as_deref(), Some("1.5.0"));
}

#[test]
fn what_cannot_be_promoted_is_refused_with_a_code() {
    let mut port = Port::new();
    for (line, code) in [
        ("ana on #12: /release promote narnia", "E_ENVIRONMENT"),
        ("ana on #12: /release promote staging v9.9.9", "E_UNKNOWN_VERSION"),
        ("ana on #15: /release promote staging", "E_NOT_MERGED"),
        ("ana on #18: /release promote staging", "E_NOT_CUT"),
    ] {
        refused(&port.says(line), "promote", code);
    }
    has(&port.says("ana on #12: /release promote stag"), "deploys 20 to staging");
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_ALREADY_OPEN");
    port.succeeds("staging");
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_ALREADY_THERE");
    refused(&port.says("ana on #12: /release promote staging v1.4.2"), "promote", "E_DOWNGRADE");
    has(&port.says("ana on #12: /release promote staging --again"), "deploys 20 to staging");
}

#[test]
fn what_was_withdrawn_or_is_held_goes_nowhere() {
    let mut port = Port::new();
    port.says("ana on #12: /release hold v1.5.0 -- not yet");
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_HELD");
    has(&port.says("ana on #12: /release resume v1.5.0"), "release_barred");
    refused(&port.says("ana on #12: /release resume v1.5.0"), "resume", "E_NOT_HELD");
    port.says("ana on #12: /release promote production");
    port.says("ana in 40: /release withdraw v1.5.0 -- by mistake");
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_WITHDRAWN");
    refused(&port.says("ana on #12: /release resume v1.5.0"), "resume", "E_WITHDRAWN");
    port.says("bob on #12: /release approve p1.1");
    lacks(&port.pass(hours(30)), "deploys");
}

#[test]
fn an_environment_that_others_deploy_to_is_only_watched() {
    let mut port =
        Port::with(|all| all[0] = Environment::observed(name("staging"), vec!["github-actions".to_owned()]));
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_OBSERVED");
}

#[test]
fn s12_a_release_that_was_cut_after_the_words_is_not_meant() {
    let mut port = Port::new();
    let cut_at = port.world.state.components.values().next().unwrap().releases[0].at;
    port.world.now = cut_at;
    refused(&port.says("ana in 41: /release promote staging"), "promote", "E_CUT_LATER");
    port.pass(SignedDuration::from_secs(1));
    has(&port.says("ana in 41: /release promote staging"), "deploys");
}

#[test]
fn s13_a_tag_that_moved_stops_what_waits_and_what_begins() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    let moved = port.world.tags.iter_mut().find(|known| known.name == tag("v1.5.0")).unwrap();
    moved.commit = sha(19);
    has(&port.says("bob on #12: /release approve p1.1"), "promotion_ended");
    assert!(port.world.state.promotions.is_empty());
    refused(&port.says("ana on #12: /release promote staging v1.5.0"), "promote", "E_TAG_MOVED");
}

#[test]
fn s13_a_tag_that_moved_is_noticed_when_the_forge_says_so() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    let moved = port.world.tags.iter_mut().find(|known| known.name == tag("v1.5.0")).unwrap();
    moved.commit = sha(19);
    let signal = Signal::TagMoved { tag: tag("v1.5.0"), by: None, exists: true };
    has(&port.plays(&signal), "promotion_ended");
}

#[test]
fn waves_go_one_after_the_other_and_are_watched() {
    let mut port = Port::with(|all| {
        all[0].waves = vec![vec![target("eu-1")], vec![target("us-1"), target("us-2")]];
        all[0].bake = Seconds::minutes(15);
    });
    let told = port.says("ana on #12: /release promote staging");
    has(&told, "deploys 20 to staging/eu-1");
    lacks(&told, "deploys 20 to staging/us");
    has(&port.succeeds("staging/eu-1"), "wave_baking");
    lacks(&port.pass(minutes(14)), "deploys");
    let told = port.pass(minutes(1));
    has(&told, "deploys 20 to staging/us-1");
    has(&told, "deploys 20 to staging/us-2");
    lacks(&port.succeeds("staging/us-2"), "wave_baking");
    has(&port.succeeds("staging/us-1"), "wave_baking");
    has(&port.pass(minutes(15)), "promotion_ended");
    let slot =
        port.world.state.slot(&crate::domain::id::ComponentName::default_component(), &name("staging"));
    assert_eq!(slot.good[0].deployments.len(), 3);
}

fn target(text: &str) -> crate::domain::id::TargetName {
    crate::domain::id::TargetName::parse(text).unwrap()
}

#[test]
fn s17_a_check_counts_by_name_and_app() {
    let mut port = Port::with(|all| {
        all[0].conditions.checks = vec![
            Check { name: "build".to_owned(), app: None },
            Check { name: "e2e".to_owned(), app: Some(15_368) },
        ];
    });
    let result =
        |name: &str, app: Option<u64>, state| CheckNow { name: name.to_owned(), app, state, page: None };
    lacks(&port.says("ana on #12: /release promote staging"), "deploys");
    let reported = Signal::CheckReported { commit: sha(20) };
    port.world.checks = vec![
        result("build", None, ReportedState::Success),
        result("e2e", None, ReportedState::Success),
        result("e2e", Some(666), ReportedState::Success),
    ];
    lacks(&port.plays(&reported), "deploys");
    port.world.checks.push(result("e2e", Some(15_368), ReportedState::InProgress));
    lacks(&port.plays(&reported), "deploys");
    port.world.checks[3].state = ReportedState::Failure;
    lacks(&port.plays(&reported), "deploys");
    port.world.checks[3].state = ReportedState::Success;
    has(&port.plays(&reported), "deploys");
}

#[test]
fn a_lock_holds_others_back_until_it_is_over() {
    let mut port = Port::new();
    has(&port.says("bob in 41: /release lock staging --for 4h -- trying things"), "environment_locked");
    refused(&port.says("ana in 41: /release lock staging"), "lock", "E_LOCKED");
    lacks(&port.says("ana on #12: /release promote staging"), "deploys");
    lacks(&port.pass(hours(3)), "deploys");
    has(&port.pass(hours(1)), "deploys 20 to staging");
    refused(&port.says("bob in 41: /release unlock staging"), "unlock", "E_NOT_LOCKED");
}

#[test]
fn the_owner_of_a_lock_is_not_held_back_and_anybody_may_give_it_back() {
    let mut port = Port::new();
    port.says("bob in 41: /release lock staging");
    has(&port.says("bob on #12: /release promote staging"), "deploys");
    port.says("bob in 41: /release lock production");
    has(&port.says("ana in 41: /release unlock production"), "environment_unlocked");
}

#[test]
fn a_newer_release_takes_the_place_of_one_that_waits() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    let told = port.says("ana in 41: /release promote production");
    has(&told, "promotion_ended");
    assert_eq!(port.world.state.promotions.len(), 1);
    assert_eq!(port.promotion(2).asked.version.to_string(), "1.6.0");
}

#[test]
fn an_older_release_takes_no_newer_ones_place() {
    let mut port = Port::new();
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port.says("ana in 41: /release promote production");
    refused(&port.says("ana on #12: /release promote production v1.5.0"), "promote", "E_NEWER_OPEN");
    port.says("ana in 41: /release abort p1");
    has(&port.says("ana on #12: /release promote production v1.5.0"), "promotion_asked");
    port.says("ana in 41: /release promote staging v1.6.0");
    refused(&port.says("ana on #12: /release promote staging v1.5.0"), "promote", "E_NEWER_OPEN");
}

#[test]
fn one_letter_names_an_environment_only_where_it_is_its_name() {
    let mut port = Port::new();
    refused(&port.says("ana on #12: /release promote s"), "promote", "E_ENVIRONMENT");
    has(&port.says("ana on #12: /release promote sta"), "deploys 20 to staging");
    let mut port = Port::with(|all| all[0].name = name("s"));
    port.policy(|all| all[1].after.clear());
    has(&port.says("ana on #12: /release promote s"), "deploys 20 to s");
}

#[test]
fn a_second_promotion_waits_for_the_slot() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    lacks(&port.says("ana in 41: /release promote staging"), "deploys");
    has(&port.succeeds("staging"), "deploys 19 to staging");
}

#[test]
fn a_promotion_that_waits_too_long_expires() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    lacks(&port.pass(hours(24 * 14 - 1)), "promotion_ended");
    has(&port.pass(hours(1)), "promotion_ended");
    assert!(port.world.state.promotions.is_empty());
}

#[test]
fn a_held_promotion_begins_nothing_until_it_is_resumed() {
    let mut port = Port::new();
    port.staged(hours(3));
    port.says("ana on #12: /release promote production");
    has(&port.says("ana on #12: /release hold production -- incident"), "promotion_held");
    refused(&port.says("ana on #12: /release hold production"), "hold", "E_HELD_ALREADY");
    lacks(&port.says("bob on #12: /release approve p2.1"), "deploys");
    has(&port.says("ana on #12: /release resume production"), "deploys 20 to production");
    refused(&port.says("ana on #12: /release resume production"), "resume", "E_NOT_HELD");
}

#[test]
fn what_runs_goes_on_to_the_end_of_its_wave_when_it_is_held() {
    let mut port = Port::with(|all| all[0].waves = vec![vec![target("eu-1")], vec![target("us-1")]]);
    port.says("ana on #12: /release promote staging");
    port.says("ana on #12: /release hold");
    lacks(&port.succeeds("staging/eu-1"), "deploys");
    has(&port.says("ana on #12: /release resume"), "deploys 20 to staging/us-1");
}

#[test]
fn auto_promote_carries_a_release_on_by_itself_and_shows_it_in_an_issue() {
    let mut port = Port::with(|all| {
        all[0].auto_promote = true;
        all[1].auto_promote = true;
        all[1].conditions = Default::default();
    });
    assert_eq!(port.promotion(1).asked.by, None);
    assert!(matches!(port.promotion(1).stage, Stage::Failed { .. } | Stage::Rolling { .. }));
    assert!(port.promotion(1).panel.home.is_some());
    let told = port.succeeds("staging");
    has(&told, "deploys 20 to production");
    has(&port.succeeds("production"), "sets issue");
}

#[test]
fn s16_a_workflow_is_started_on_the_tag_with_the_inputs_that_it_declares() {
    let deploy = || Deploy::Run {
        what: Automation::Workflow("deploy.yml".to_owned()),
        inputs: [("version", "{tag}"), ("where", "{environment}"), ("unknown", "x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    let mut port = Port::with(|all| all[0].deploy = deploy());
    refused(&port.says("ana on #12: /release promote staging"), "promote", "E_NOT_STARTABLE");
    port.world.inputs = Some(vec!["version".to_owned(), "where".to_owned()]);
    let told = port.says("ana on #12: /release promote staging");
    has(&told, r#"starts deploy.yml on v1.5.0 with {"version": "v1.5.0", "where": "staging"}"#);
    let number = *port.world.runs.keys().next().unwrap();
    let moved = |port: &mut Port, state| {
        let now = port.world.runs.get_mut(&number).unwrap();
        now.state = state;
        let run = now.run.clone();
        port.plays(&Signal::RunMoved(run))
    };
    moved(&mut port, ReportedState::InProgress);
    has(&moved(&mut port, ReportedState::Success), "promotion_ended");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
}

#[test]
fn s16_success_of_another_commit_is_a_failure() {
    let mut port = Port::with(|all| {
        all[0].deploy =
            Deploy::Run { what: Automation::Workflow("deploy.yml".to_owned()), inputs: Default::default() };
    });
    port.world.inputs = Some(vec![]);
    port.says("ana on #12: /release promote staging");
    let now = port.world.runs.values_mut().next().unwrap();
    (now.state, now.run.commit) = (ReportedState::Success, sha(3));
    let run = now.run.clone();
    has(&port.plays(&Signal::RunMoved(run)), "promotion_failed");
    assert_eq!(port.there("staging"), None);
}

#[test]
fn what_others_deployed_before_is_known_when_it_matters() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging v1.4.2");
    port.succeeds("staging");
    port.world.state.components.values_mut().for_each(|component| component.slots.clear());
    port.says("ana on #12: /release promote staging");
    port.succeeds("staging");
    has(&port.says("ana on #12: /release rollback staging"), "deploys 10 to staging");
}

#[test]
fn a_deployment_around_us_is_seen() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    port.succeeds("staging");
    let other = port.world.deployments.values().next().unwrap().clone();
    let id = crate::domain::id::DeploymentId(5000);
    let around = crate::domain::query::DeploymentNow { id, commit: sha(10), reports: vec![], ..other };
    port.world.deployments.insert(id, around);
    let told = port.reports_on(id, ReportedState::Success, "sam");
    assert_eq!(told, ["report_ignored"]);
    has(&port.reports_on(id, ReportedState::Success, "github-actions"), "environment_observed");
    assert_eq!(port.there("staging").as_deref(), Some("1.4.2"));
}

#[test]
fn deciding_twice_adds_nothing() {
    let mut port = Port::new();
    port.staged(hours(3));
    port.says("ana on #12: /release promote production");
    let id = port.promotion(2).id();
    let timer = crate::domain::timer::TimerKey::Promotion {
        promotion: id,
        what: crate::domain::timer::Alarm::Soak,
        number: 0,
    };
    let again = port.world.think(&Signal::TimerDue { timer });
    assert_eq!(again.told(), ["ignored: nothing follows for any promotion"]);
}

#[test]
fn an_open_promotion_can_be_named_by_environment_version_number_and_place() {
    for what in ["production", "v1.5.0", "p1", "p1.1", ""] {
        let mut port = Port::new();
        port.says("ana on #12: /release promote production");
        let told = port.says(format!("ana on #12: /release abort {what}").trim_end());
        has(&told, "promotion_ended");
    }
    let mut port = Port::new();
    refused(&port.says("ana on #12: /release abort"), "abort", "E_NOTHING_OPEN");
    port.says("ana on #12: /release promote staging");
    port.says("ana on #12: /release promote production");
    refused(&port.says("ana on #12: /release abort"), "abort", "E_WHICH");
    refused(&port.says("ana on #12: /release abort p7"), "abort", "E_NOTHING_OPEN");
}

#[test]
fn every_step_of_the_story_stands_in_the_journal() {
    let mut port = Port::new();
    port.staged(hours(3));
    port.says("ana on #12: /release promote production");
    port.pass(minutes(1));
    port.says("bob on #12: /release approve");
    port.succeeds("production");
    let kinds: Vec<&str> = port
        .steps()
        .into_iter()
        .filter_map(|step| match step {
            Step::PromotionAsked { .. } => Some("asked"),
            Step::ApproversAsked { .. } => Some("people asked"),
            Step::ApprovalGiven { .. } => Some("approved"),
            Step::WaveStarted { .. } => Some("wave"),
            Step::PromotionEnded { .. } => Some("ended"),
            _ => None,
        })
        .collect();
    let whole = ["asked", "wave", "ended", "asked", "people asked", "approved", "wave", "ended"];
    assert_eq!(kinds, whole);
}

#[test]
fn an_order_that_the_forge_refuses_is_a_failure() {
    let mut port = Port::new();
    let refusal = Refusal::Forbidden { said: "no".to_owned() };
    port.fate.insert("create_deployment", Outcome::Refused(refusal));
    has(&port.says("ana on #12: /release promote staging"), "promotion_failed");
}
