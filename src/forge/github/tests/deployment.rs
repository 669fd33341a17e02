//! Tests of deployments: read with their reports, made once, reported on. Who may report is not tested here.

use super::perform::{body_of, done, knowing, refused};
use super::read::{read, rest};
use super::*;
use crate::domain::effect::{DeploymentVerdict, Refusal};
use crate::domain::id::DeploymentId;
use crate::domain::query::{Answer as Found, DeploymentNow, Newest, Query, ReportedState};

const ALL: &str = "/repos/acme/web/deployments";
const OURS: u64 = 990;

fn status(id: u64, state: &str, extra: Value) -> Value {
    let mut status = json!({
        "id": id, "state": state, "description": "d", "created_at": "2026-12-01T12:00:00Z",
        "creator": { "id": 4, "login": "deployer[bot]", "type": "Bot" }, "log_url": "", "target_url": ""
    });
    for (key, value) in extra.as_object().unwrap() {
        status[key] = value.clone();
    }
    status
}

fn deployment(id: u64, extra: Value) -> Value {
    let mut one = json!({ "id": id, "sha": SHA, "environment": "staging", "created_at": "2026-12-01T12:00:00Z",
        "payload": {}, "creator": { "id": OURS, "login": "lockkeeper[bot]", "type": "Bot" } });
    for (key, value) in extra.as_object().unwrap() {
        one[key] = value.clone();
    }
    one
}

/// A GitHub with one deployment and these reports, in pages.
async fn reported(pages: Vec<Value>) -> Fake {
    Fake::new(move |seen, _| {
        let statuses = format!("{ALL}/9/statuses?per_page=100");
        if seen.is("GET", "/repos/acme/web/deployments/9") {
            return Some(ok(deployment(9, json!({}))));
        }
        paged(seen, &statuses, &pages)
    })
    .await
}

async fn now(fake: &Fake) -> DeploymentNow {
    match read(fake, Query::Deployment(DeploymentId(9))).await {
        Some(Found::Deployment(now)) => now,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_deployment_is_told_with_every_report_newest_first_whatever_the_pages_order() {
    let later =
        json!({ "created_at": "2026-12-01T12:00:01Z", "log_url": "https://log", "target_url": "https://t" });
    let fake = reported(vec![
        json!([status(3, "queued", json!({ "creator": null })), status(5, "in_progress", json!({}))]),
        json!([status(4, "success", later), status(2, "pending", json!({ "target_url": "https://t" }))]),
    ])
    .await;
    let found = now(&fake).await;
    let states: Vec<ReportedState> = found.reports.iter().map(|report| report.state).collect();
    use ReportedState::{InProgress, Queued, Success};
    assert_eq!(states, [Success, InProgress, Queued, Queued]);
    let pages: Vec<Option<&str>> = found.reports.iter().map(|report| report.page.as_deref()).collect();
    assert_eq!(pages, [Some("https://log"), None, None, Some("https://t")]);
    assert_eq!((found.reports[0].by.id.0, found.reports[2].by.login.as_str()), (4, "ghost"));
    assert_eq!((found.environment.as_str(), found.commit), ("staging", commit(SHA)));
    assert_eq!(fake.calls().len(), 3);
    assert!(fake.calls().iter().all(|seen| seen.bearer().starts_with("Bearer ghs_")), "on every page");
}

#[tokio::test]
async fn every_state_that_github_has_means_something_and_an_unknown_one_no_success() {
    for (word, state) in [
        ("error", ReportedState::Failure),
        ("failure", ReportedState::Failure),
        ("inactive", ReportedState::Inactive),
        ("in_progress", ReportedState::InProgress),
        ("queued", ReportedState::Queued),
        ("pending", ReportedState::Queued),
        ("success", ReportedState::Success),
        ("new_in_2027", ReportedState::Queued),
    ] {
        let fake = reported(vec![json!([status(1, word, json!({}))])]).await;
        assert_eq!(now(&fake).await.reports[0].state, state, "{word}");
    }
}

#[tokio::test]
async fn a_deployment_that_is_not_there_is_absent_and_one_without_its_commit_is_corrupt() {
    let fake = Fake::new(|_, _| None).await;
    assert_eq!(read(&fake, Query::Deployment(DeploymentId(9))).await, None);
    let odd = knowing(&[
        ("GET /repos/acme/web/deployments/9", 200, deployment(9, json!({ "sha": "main" }))),
        ("GET /repos/acme/web/deployments/9/statuses?per_page=100", 200, json!([])),
    ])
    .await;
    let error = odd.github().read(&project(), &Query::Deployment(DeploymentId(9))).await;
    assert!(matches!(error, Err(ReadError::Corrupt { .. })), "{error:?}");
}

/// What counts as deployed, of deployments 1 to 5 with these reports each, newest report first.
async fn deployed(reports: [&'static [&'static str]; 5]) -> Option<u64> {
    let fake = Fake::new(move |seen, _| {
        if seen.is("GET", "/repos/acme/web/deployments?environment=production%2Feu%201&per_page=100") {
            // Not in their order.
            return Some(ok(json!([2, 5, 4, 1, 3].map(|id| deployment(id, json!({}))))));
        }
        let id: usize =
            seen.target.strip_prefix("/repos/acme/web/deployments/")?.split('/').next()?.parse().ok()?;
        let states = reports[id - 1].iter().rev().enumerate();
        Some(ok(states.map(|(at, state)| status(at as u64, state, json!({}))).collect()))
    })
    .await;
    match read(&fake, Query::Deployed("production/eu 1".to_owned())).await {
        Some(Found::Deployed(found)) => Some(found.id.0),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_deployed_is_the_newest_whose_newest_report_is_a_success() {
    let good: &[&str] = &["success", "in_progress"];
    assert_eq!(deployed([good, good, good, good, good]).await, Some(5));
    let (failed, replaced, new): (&[&str], &[&str], &[&str]) =
        (&["failure", "success"], &["inactive", "success"], &[]);
    assert_eq!(deployed([good, good, replaced, new, failed]).await, Some(2));
    assert_eq!(deployed([replaced, failed, replaced, new, &["in_progress"]]).await, None);
}

#[tokio::test]
async fn environments_are_told_by_name_over_all_pages_and_there_may_be_none() {
    let fake = Fake::new(|seen, _| {
        let page = |name: &str| json!({ "total_count": 2, "environments": [{ "id": 1, "name": name }] });
        paged(seen, "/repos/acme/web/environments?per_page=100", &[page("staging"), page("production/eu 1")])
    })
    .await;
    let names = |found| match found {
        Some(Found::Environments(names)) => names,
        other => panic!("{other:?}"),
    };
    assert_eq!(names(read(&fake, Query::Environments(Newest)).await), ["staging", "production/eu 1"]);
    let none = Fake::new(|_, _| None).await;
    assert!(names(read(&none, Query::Environments(Newest)).await).is_empty());
    let empty = rest("/repos/acme/web/environments?per_page=100", json!({})).await;
    assert!(names(read(&empty, Query::Environments(Newest)).await).is_empty());
}

fn create() -> Effect {
    let payload = [("version", "1.5.0"), ("promotion", "p7.1")];
    Effect::CreateDeployment {
        environment: "production/eu-1".into(),
        commit: commit(SHA),
        description: "ü".repeat(200),
        payload: payload.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}

fn made(id: u64) -> Made {
    Made::Deployment { id: DeploymentId(id), page: None }
}

/// What was made, without its page.
fn number(made: Made) -> Made {
    match made {
        Made::Deployment { id, page: Some(_) } => Made::Deployment { id, page: None },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn s13_a_deployment_is_of_the_full_commit_merges_nothing_and_waits_for_no_check() {
    let fake = knowing(&[("POST /repos/acme/web/deployments", 201, deployment(9, json!({})))]).await;
    let Made::Deployment { id, page: Some(page) } = done(&fake, &create(), 1, None).await else { panic!() };
    assert_eq!(id, DeploymentId(9));
    assert!(
        page.ends_with("/acme/web/deployments/activity_log?environments_filter=production/eu-1"),
        "{page}"
    );
    let body = json!({
        "ref": SHA, "environment": "production/eu-1", "description": "ü".repeat(140),
        "payload": { "version": "1.5.0", "promotion": "p7.1", "effect": key() },
        "auto_merge": false, "required_contexts": [], "production_environment": true,
    });
    assert_eq!(body_of(&fake, "POST"), body);
    assert_eq!(fake.lines(), [format!("POST {ALL}")], "the first attempt looks for nothing");
}

#[tokio::test]
async fn s21_a_lost_deployment_is_adopted_by_our_own_account_and_its_key_and_by_nothing_else() {
    let run = async |listed: Value| {
        let look = format!("GET {ALL}?sha={SHA}&environment=production%2Feu-1&per_page=100");
        let fake = knowing(&[
            (&look, 200, listed),
            ("POST /repos/acme/web/deployments", 201, deployment(9, json!({}))),
        ])
        .await;
        number(done(&fake, &create(), 2, None).await)
    };
    let with = |id, payload: Value| deployment(id, json!({ "payload": payload }));
    let ours = json!({ "effect": key(), "version": "1.5.0" });
    assert_eq!(run(json!([with(8, ours.clone())])).await, made(8));
    assert_eq!(run(json!([with(8, json!(ours.to_string()))])).await, made(8), "it came back as text");
    let theirs =
        deployment(8, json!({ "payload": ours, "creator": { "id": 1, "login": "ana", "type": "User" } }));
    assert_eq!(run(json!([theirs.clone(), with(7, ours.clone())])).await, made(7), "a copy by somebody else");
    let elsewhere = deployment(8, json!({ "payload": ours, "sha": OTHER }));
    for foreign in [theirs, elsewhere, with(8, json!({})), with(8, json!({ "effect": "another" }))] {
        assert_eq!(run(json!([foreign])).await, made(9), "{foreign}");
    }
}

#[tokio::test]
async fn a_deployment_whose_answer_was_lost_is_made_once() {
    let fake = Fake::new(|seen, before| match seen.method.as_str() {
        "POST" if seen.target == ALL => Some(super::status(502, "x")),
        "GET" if seen.target.starts_with(ALL) => {
            let sent = before.iter().find(|seen| seen.is("POST", ALL))?;
            Some(ok(json!([deployment(8, json!({ "payload": sent.body["payload"] }))])))
        }
        _ => None,
    })
    .await;
    let first = perform(&fake.github(), &create(), 1, None).await;
    assert!(matches!(first, Err(PerformError::Unsure { .. })), "{first:?}");
    assert_eq!(number(done(&fake, &create(), 2, None).await), made(8));
    assert_eq!(fake.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn what_github_does_instead_of_a_deployment_is_told_in_its_words() {
    for (code, said) in [
        (202, "Auto-merged main into 8f3c21d on deployment."),
        (409, "Conflict: Commit status checks failed for 8f3c21d."),
        (422, "No ref found for: 8f3c21d"),
    ] {
        let fake = knowing(&[("POST /repos/acme/web/deployments", code, json!({ "message": said }))]).await;
        assert_eq!(refused(&fake, &create(), 1).await, Refusal::Invalid { said: said.to_owned() }, "{code}");
    }
    // Made or not? It must be looked for.
    let fake = knowing(&[("POST /repos/acme/web/deployments", 201, json!({}))]).await;
    let error = perform(&fake.github(), &create(), 1, None).await;
    assert!(matches!(error, Err(PerformError::Unsure { .. })), "{error:?}");
}

fn report(state: DeploymentVerdict) -> Effect {
    Effect::ReportDeployment { deployment: DeploymentId(9), state, description: "ü".repeat(141) }
}

/// What was written when the deployment stood so, newest report first.
async fn written(statuses: Value, state: DeploymentVerdict, attempt: u32) -> Option<Value> {
    let fake = knowing(&[
        ("GET /repos/acme/web/deployments/9/statuses?per_page=100", 200, statuses),
        ("POST /repos/acme/web/deployments/9/statuses", 201, status(7, "inactive", json!({}))),
    ])
    .await;
    assert_eq!(done(&fake, &report(state), attempt, None).await, Made::Nothing);
    fake.calls().into_iter().find(|seen| seen.method == "POST").map(|seen| seen.body)
}

#[tokio::test]
async fn a_report_is_written_unless_the_deployment_stands_so_already() {
    use DeploymentVerdict::{Error, Inactive};
    let written_body =
        |state: &str| Some(json!({ "state": state, "description": "ü".repeat(140), "auto_inactive": false }));
    let by_us = json!({ "creator": { "id": OURS, "login": "lockkeeper[bot]", "type": "Bot" } });
    assert_eq!(written(json!([]), Inactive, 1).await, written_body("inactive"));
    assert_eq!(written(json!([status(1, "success", json!({}))]), Error, 1).await, written_body("error"));
    let inactive = json!([status(2, "inactive", json!({})), status(1, "success", json!({}))]);
    assert_eq!(written(inactive, Inactive, 1).await, None, "whoever said so");
    let ours_below = json!([status(3, "success", json!({})), status(2, "error", by_us.clone())]);
    assert_eq!(written(ours_below.clone(), Error, 2).await, None, "an earlier attempt did it");
    assert_eq!(written(ours_below, Error, 1).await, written_body("error"), "an older order did it");
    let theirs_below = json!([status(3, "success", json!({})), status(2, "error", json!({}))]);
    assert_eq!(written(theirs_below, Error, 2).await, written_body("error"));
    let mut old = status(2, "error", by_us);
    old["created_at"] = json!("2026-12-01T11:50:00Z");
    let old_below = json!([status(3, "success", json!({})), old]);
    assert_eq!(written(old_below, Error, 2).await, written_body("error"), "before the order was given");
}

#[tokio::test]
async fn a_report_on_a_deployment_that_is_gone_is_refused_for_good() {
    let fake = knowing(&[]).await;
    assert_eq!(refused(&fake, &report(DeploymentVerdict::Inactive), 1).await, Refusal::Gone);
}
