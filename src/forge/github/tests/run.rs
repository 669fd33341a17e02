//! Tests of runs: read, started once, called off. What a run did is not tested here.

use super::perform::{done, knowing, refused};
use super::read::{read, rest};
use super::*;
use crate::domain::effect::Refusal;
use crate::domain::policy::environment::Automation;
use crate::domain::query::{Answer as Found, Query, ReportedState, RunAsked, RunNow};

const DISPATCH: &str = "POST /repos/acme/web/actions/workflows/deploy.yml/dispatches";

fn run(id: u64, extra: Value) -> Value {
    let mut run = json!({
        "id": id, "head_sha": SHA, "head_branch": "v1", "path": ".github/workflows/deploy.yml@refs/tags/v1",
        "event": "workflow_dispatch", "status": "queued", "conclusion": null, "created_at": NOW,
        "html_url": format!("https://h/{id}"), "actor": { "id": 990, "login": "lockkeeper[bot]", "type": "Bot" }
    });
    for (key, value) in extra.as_object().unwrap() {
        run[key] = value.clone();
    }
    run
}

async fn now(extra: Value) -> RunNow {
    let fake = rest("/repos/acme/web/actions/runs/5", run(5, extra)).await;
    match read(&fake, asked(5)).await {
        Some(Found::Run(now)) => now,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_a_run_that_says_success_is_one() {
    for status in ["queued", "requested", "waiting", "pending", "new_in_2027"] {
        assert_eq!(now(json!({ "status": status })).await.state, ReportedState::Queued, "{status}");
    }
    assert_eq!(now(json!({ "status": "in_progress" })).await.state, ReportedState::InProgress);
    for conclusion in [
        "failure",
        "cancelled",
        "timed_out",
        "action_required",
        "startup_failure",
        "stale",
        "neutral",
        "skipped",
        "new_in_2027",
    ] {
        let found = now(json!({ "status": "completed", "conclusion": conclusion })).await;
        assert_eq!(found.state, ReportedState::Failure, "{conclusion}");
    }
    let found = now(json!({ "status": "completed", "conclusion": "success" })).await;
    assert_eq!((found.state, found.by.0, found.run.commit), (ReportedState::Success, 990, commit(SHA)));
    // A conclusion counts only once it is final.
    let again = now(json!({ "status": "in_progress", "conclusion": "success" })).await;
    assert_eq!(again.state, ReportedState::InProgress);
}

#[tokio::test]
async fn a_run_that_is_not_there_is_absent_and_one_that_nobody_started_is_corrupt() {
    assert_eq!(read(&Fake::new(|_, _| None).await, asked(5)).await, None);
    let fake = rest("/repos/acme/web/actions/runs/5", run(5, json!({ "actor": null }))).await;
    let error = fake.github().read(&project(), &asked(5)).await;
    assert!(matches!(error, Err(ReadError::Corrupt { .. })), "{error:?}");
}

fn deploy() -> Automation {
    Automation::Workflow("deploy.yml".to_owned())
}

fn asked(number: u64) -> Query {
    Query::Run(RunAsked { what: deploy(), number })
}

fn start() -> Effect {
    let inputs = [("version".to_owned(), "1.5.0".to_owned())].into();
    Effect::StartRun { what: deploy(), tag: tag("v1"), commit: commit(SHA), inputs }
}

fn started(number: u64) -> Made {
    Made::Run { number, page: format!("https://h/{number}") }
}

fn list() -> String {
    format!("GET /repos/acme/web/actions/runs?head_sha={SHA}&event=workflow_dispatch&per_page=100")
}

fn bodies(fake: &Fake) -> Vec<Value> {
    fake.calls().into_iter().filter(|seen| seen.method == "POST").map(|seen| seen.body).collect()
}

#[tokio::test]
async fn s13_a_run_is_started_on_the_tag_and_told_by_its_number() {
    let details = json!({ "workflow_run_id": 5, "run_url": "https://api/5", "html_url": "https://h/5" });
    let fake = knowing(&[(DISPATCH, 200, details)]).await;
    assert_eq!(done(&fake, &start(), 1, None).await, started(5));
    let body = json!({ "ref": "refs/tags/v1", "inputs": { "version": "1.5.0" }, "return_run_details": true });
    assert_eq!(bodies(&fake), [body]);
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_server_that_tells_nothing_is_asked_which_run_it_was() {
    let fake = knowing(&[
        (DISPATCH, 204, Value::Null),
        (&list(), 200, json!({ "workflow_runs": [run(5, json!({}))] })),
    ])
    .await;
    assert_eq!(done(&fake, &start(), 1, None).await, started(5));
    let fake = knowing(&[(DISPATCH, 204, Value::Null), (&list(), 200, json!({ "workflow_runs": [] }))]).await;
    let error = perform(&fake.github(), &start(), 1, None).await;
    assert!(matches!(error, Err(PerformError::Unsure { .. })), "not listed yet: {error:?}");
}

#[tokio::test]
async fn a_server_that_does_not_know_how_to_tell_is_not_asked_to() {
    for code in [400, 422] {
        let fake = Fake::new(move |seen, _| {
            let call = format!("{} {}", seen.method, seen.target);
            let knows = seen.body.get("return_run_details").is_none();
            match call.as_str() {
                DISPATCH if knows => Some(Answer(204, vec![], Value::Null)),
                DISPATCH => Some(super::status(code, "\"return_run_details\" is not a permitted key.")),
                call if call == list() => Some(ok(json!({ "workflow_runs": [run(5, json!({}))] }))),
                _ => None,
            }
        })
        .await;
        assert_eq!(done(&fake, &start(), 1, None).await, started(5));
        assert_eq!(bodies(&fake)[1], json!({ "ref": "refs/tags/v1", "inputs": { "version": "1.5.0" } }));
    }
}

#[tokio::test]
async fn a_refused_start_is_told_in_githubs_words() {
    let said = "Unexpected inputs provided: [\"version\"]";
    let fake = knowing(&[(DISPATCH, 422, json!({ "message": said }))]).await;
    assert_eq!(refused(&fake, &start(), 1).await, Refusal::Invalid { said: said.to_owned() });
    assert_eq!(refused(&knowing(&[]).await, &start(), 1).await, Refusal::Gone);
    let denied = json!({ "message": "Resource not accessible by integration" });
    let Refusal::Forbidden { said } = refused(&knowing(&[(DISPATCH, 403, denied)]).await, &start(), 1).await
    else {
        panic!()
    };
    assert!(said.contains("`actions: write`"), "{said}");
}

/// A later attempt, where these runs are listed, so long after the order. Nothing may be started by it.
async fn later(runs: Value, attempt: u32, ordered_at: &str) -> Result<Made, PerformError> {
    after(None, runs, attempt, ordered_at).await
}

/// The same, where another run was ordered and heard of before.
async fn after(
    reference: Option<&str>,
    runs: Value,
    attempt: u32,
    ordered_at: &str,
) -> Result<Made, PerformError> {
    let fake =
        knowing(&[(DISPATCH, 204, Value::Null), (&list(), 200, json!({ "workflow_runs": runs }))]).await;
    let order = Order {
        project: &project(),
        key: &key(),
        effect: &start(),
        attempt,
        reference,
        ordered_at: ordered_at.parse().unwrap(),
    };
    let done = fake.github().perform(&order).await;
    assert!(bodies(&fake).is_empty(), "a run is never started twice");
    done
}

#[tokio::test]
async fn a_lost_run_is_found_by_commit_file_account_and_time_and_by_nothing_else() {
    assert_eq!(later(json!([run(5, json!({}))]), 2, NOW).await.unwrap(), started(5));
    let foreign = json!([
        run(6, json!({ "actor": { "id": 1, "login": "ana", "type": "User" } })),
        run(7, json!({ "path": ".github/workflows/other.yml" })),
        run(8, json!({ "event": "deployment" })),
        run(9, json!({ "created_at": "2026-12-01T11:59:59Z" })),
        run(10, json!({ "head_sha": OTHER })),
    ]);
    assert!(matches!(later(foreign.clone(), 2, NOW).await, Err(PerformError::Unsure { .. })));
    let mut with_ours = foreign;
    with_ours.as_array_mut().unwrap().push(run(5, json!({})));
    assert_eq!(later(with_ours, 2, "2026-12-01T12:00:00.9Z").await.unwrap(), started(5));
}

#[tokio::test]
async fn a_run_that_was_ordered_before_is_not_meant() {
    let both = || json!([run(5, json!({})), run(6, json!({}))]);
    assert_eq!(after(Some("5"), both(), 2, NOW).await.unwrap(), started(6));
    assert!(matches!(after(Some("6"), both(), 2, NOW).await, Err(PerformError::Unsure { .. })));
}

#[tokio::test]
async fn a_run_that_cannot_be_told_from_another_or_is_never_listed_is_lost() {
    let why = |lost| match lost {
        Err(PerformError::Lost { why }) => why,
        other => panic!("{other:?}"),
    };
    let two = json!([run(5, json!({})), run(6, json!({}))]);
    assert_eq!(why(later(two, 2, NOW).await), "several runs of deploy.yml may be meant: 5, 6");
    let late = "2026-12-01T11:57:59Z";
    assert_eq!(why(later(json!([]), 5, late).await), "no run of deploy.yml on 8f3c21d is listed");
    for (attempt, ordered_at) in [(4, late), (5, "2026-12-01T11:58:00Z")] {
        let error = later(json!([]), attempt, ordered_at).await;
        assert!(matches!(error, Err(PerformError::Unsure { .. })), "{attempt}, {ordered_at}: {error:?}");
    }
}

#[tokio::test]
async fn a_start_without_a_good_answer_is_unsure() {
    for code in [500, 502] {
        let fake = knowing(&[(DISPATCH, code, Value::Null)]).await;
        let error = perform(&fake.github(), &start(), 1, None).await;
        assert!(matches!(error, Err(PerformError::Unsure { .. })), "{code}: {error:?}");
        assert_eq!(bodies(&fake).len(), 1);
    }
}

#[tokio::test]
async fn a_run_is_called_off_and_one_that_is_over_is_left_alone() {
    const CANCEL: &str = "POST /repos/acme/web/actions/runs/5/cancel";
    let now = |state: &str| ("GET /repos/acme/web/actions/runs/5", 200, run(5, json!({ "status": state })));
    let cancel = Effect::CancelRun { what: deploy(), run: 5 };
    let fake = knowing(&[(CANCEL, 202, json!({}))]).await;
    assert_eq!(done(&fake, &cancel, 1, None).await, Made::Nothing);
    assert_eq!(bodies(&fake), [Value::Null], "it takes no words");
    let over = (CANCEL, 409, json!({ "message": "Cannot cancel a workflow run that is completed." }));
    assert_eq!(
        done(&knowing(&[over.clone(), now("completed")]).await, &cancel, 1, None).await,
        Made::Nothing
    );
    let error = perform(&knowing(&[over, now("queued")]).await.github(), &cancel, 1, None).await;
    assert!(matches!(error, Err(PerformError::Unavailable { .. })), "{error:?}");
    assert_eq!(refused(&knowing(&[]).await, &cancel, 1).await, Refusal::Gone);
}
