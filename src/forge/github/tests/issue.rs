//! Tests of issues: opened once, closed and opened again. What they say is not tested here.

use super::perform::{body_of, done, knowing, refused, text};
use super::*;
use crate::domain::effect::{IssueState, Refusal};
use crate::forge::marker;

const POST: &str = "POST /repos/acme/web/issues";
const LOOK: &str = "GET /repos/acme/web/issues?creator=lockkeeper%5Bbot%5D&state=all&since=2026-12-01T12%3A00%3A00Z&per_page=100";

fn open() -> Effect {
    Effect::OpenIssue { title: format!("Rolled back\n{}", "x".repeat(300)), text: text() }
}

fn issue(number: u64, extra: Value) -> Value {
    let mut issue = json!({ "number": number, "html_url": format!("https://h/{number}"), "state": "open", "body": "",
        "user": { "id": 990, "login": "lockkeeper[bot]", "type": "Bot" } });
    for (key, value) in extra.as_object().unwrap() {
        issue[key] = value.clone();
    }
    issue
}

fn made(number: u64) -> Made {
    Made::Issue { number, page: format!("https://h/{number}") }
}

#[tokio::test]
async fn an_issue_is_opened_with_a_short_title_and_its_marker_last() {
    let fake = knowing(&[(POST, 201, issue(7, json!({})))]).await;
    assert_eq!(done(&fake, &open(), 1, None).await, made(7));
    let body = body_of(&fake, "POST");
    assert_eq!(body["body"], json!(format!("Hello\n\n{}", marker(&key()))));
    assert_eq!(body["title"], json!(format!("Rolled back{}", "x".repeat(245))));
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn s21_a_lost_issue_is_adopted_by_our_own_number_and_its_marker_and_by_nothing_else() {
    let run = async |listed: Value| {
        let fake = knowing(&[(LOOK, 200, listed), (POST, 201, issue(9, json!({})))]).await;
        done(&fake, &open(), 2, None).await
    };
    let marked = format!("Hello\r\n\r\n{}", marker(&key()));
    assert_eq!(run(json!([issue(7, json!({ "body": marked }))])).await, made(7));
    let ana = json!({ "id": 1, "login": "ana", "type": "User" });
    for foreign in [
        issue(7, json!({ "body": marked, "user": ana })),
        issue(7, json!({ "body": marked, "pull_request": { "url": "u" } })),
        issue(7, json!({ "body": marked.replace("77", "78") })),
        issue(7, json!({ "body": null })),
    ] {
        assert_eq!(run(json!([foreign])).await, made(9), "{foreign}");
    }
}

#[tokio::test]
async fn a_project_without_issues_is_told_as_github_tells_it() {
    let said = "Issues has been disabled in this repository.";
    let fake = knowing(&[(POST, 410, json!({ "message": said }))]).await;
    assert_eq!(refused(&fake, &open(), 1).await, Refusal::Forbidden { said: said.to_owned() });
}

#[tokio::test]
async fn an_issue_is_closed_as_done_and_opened_again_and_left_as_it_stands() {
    const ONE: &str = "/repos/acme/web/issues/7";
    for (before, state, written) in [
        ("open", IssueState::Closed, Some(json!({ "state": "closed", "state_reason": "completed" }))),
        ("closed", IssueState::Open, Some(json!({ "state": "open", "state_reason": "reopened" }))),
        ("closed", IssueState::Closed, None),
        ("open", IssueState::Open, None),
    ] {
        let fake = knowing(&[
            (&format!("GET {ONE}"), 200, issue(7, json!({ "state": before }))),
            (&format!("PATCH {ONE}"), 200, issue(7, json!({}))),
        ])
        .await;
        let effect = Effect::SetIssue { number: 7, state };
        assert_eq!(done(&fake, &effect, 1, None).await, made(7));
        let patched = fake.calls().into_iter().find(|seen| seen.method == "PATCH").map(|seen| seen.body);
        assert_eq!(patched, written, "{before} {state:?}");
    }
    let gone = Effect::SetIssue { number: 7, state: IssueState::Closed };
    assert_eq!(refused(&knowing(&[]).await, &gone, 1).await, Refusal::Gone);
}
