//! Tests of the checks of a commit. Which of them a policy asks for is not tested here.

use super::read::read;
use super::*;
use crate::domain::query::{Answer as Found, Query};

fn check(id: u64, name: &str, app: Value, state: (&str, Value)) -> Value {
    json!({ "id": id, "name": name, "status": state.0, "conclusion": state.1, "html_url": format!("https://h/{id}"),
        "app": app })
}

fn actions() -> Value {
    json!({ "id": 15368, "slug": "github-actions" })
}

/// The checks of a commit as `name app state`, where GitHub lists these, in pages.
async fn checks(runs: Vec<Value>, statuses: Vec<Value>) -> Result<Option<Vec<String>>, ReadError> {
    let fake = Fake::new(move |seen, _| {
        let of = |rest: &str| format!("/repos/acme/web/commits/{SHA}/{rest}");
        let pages =
            |items: &[Value], name: &str| items.iter().map(|page| json!({ name: page })).collect::<Vec<_>>();
        paged(seen, &of("check-runs?filter=latest&per_page=100"), &pages(&runs, "check_runs"))
            .or_else(|| paged(seen, &of("status?per_page=100"), &pages(&statuses, "statuses")))
    })
    .await;
    let found = fake.github().read(&project(), &Query::Checks(commit(SHA))).await?;
    Ok(found.map(|found| match found {
        Found::Checks(checks) => checks
            .iter()
            .map(|check| format!("{} {:?} {:?}", check.name, check.app.unwrap_or(0), check.state))
            .collect(),
        other => panic!("{other:?}"),
    }))
}

#[tokio::test]
async fn s17_a_check_is_known_by_name_and_app_and_its_newest_result_counts() {
    let found = checks(
        vec![
            json!([
                check(2, "build", actions(), ("completed", json!("success"))),
                check(7, "build", json!({ "id": 4 }), ("completed", json!("success"))),
            ]),
            json!([
                check(3, "build", actions(), ("completed", json!("failure"))),
                check(1, "build", actions(), ("queued", json!(null))),
                check(9, "lint", json!(null), ("in_progress", json!(null))),
            ]),
        ],
        vec![
            json!([{ "id": 1, "context": "build", "state": "pending" }]),
            json!([{ "id": 2, "context": "ci/x", "state": "error" }]),
        ],
    )
    .await;
    let expected =
        ["build 0 Queued", "build 4 Success", "build 15368 Failure", "ci/x 0 Failure", "lint 0 InProgress"];
    assert_eq!(found.unwrap().unwrap(), expected);
}

#[tokio::test]
async fn neutral_and_skipped_are_good_and_every_other_end_is_not() {
    for (state, expected) in [
        (("completed", json!("success")), "Success"),
        (("completed", json!("neutral")), "Success"),
        (("completed", json!("skipped")), "Success"),
        (("completed", json!("failure")), "Failure"),
        (("completed", json!("cancelled")), "Failure"),
        (("completed", json!("timed_out")), "Failure"),
        (("completed", json!("action_required")), "Failure"),
        (("completed", json!("stale")), "Failure"),
        (("completed", json!(null)), "Failure"),
        (("in_progress", json!("success")), "InProgress"),
        (("queued", json!(null)), "Queued"),
        (("waiting", json!(null)), "Queued"),
    ] {
        let found = checks(vec![json!([check(1, "a", actions(), state.clone())])], vec![json!([])]).await;
        assert_eq!(found.unwrap().unwrap(), [format!("a 15368 {expected}")], "{state:?}");
    }
}

#[tokio::test]
async fn a_part_of_the_checks_is_never_taken_for_all_and_an_unknown_commit_has_none() {
    let page = json!(vec![check(1, "a", actions(), ("completed", json!("success"))); 100]);
    let error = checks(vec![page; 12], vec![json!([])]).await;
    assert!(matches!(error, Err(ReadError::Refused { .. })), "{error:?}");
    let unknown = Fake::new(|seen, _| {
        let answer = || super::status(422, "No commit found for SHA: 8f3c21d");
        seen.target.contains("/check-runs").then(answer)
    })
    .await;
    assert_eq!(read(&unknown, Query::Checks(commit(SHA))).await, None);
}
