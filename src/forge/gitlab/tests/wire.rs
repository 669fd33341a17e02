//! Tests of the transport: the token, pages, limits, redirects, what was sent and what was not. What an answer means is not tested here.

use http::StatusCode;
use serde_json::{Value, json};

use super::fake::{Answer, Fake, ROOT, ok, setup, status};
use crate::domain::id::ProjectPath;
use crate::forge::client::http_client;
use crate::forge::fault::Fault;
use crate::forge::gitlab::GitLab;
use crate::forge::route::Route;
use crate::forge::{Forge as _, Operated as _, PerformError, ReadError};

fn releases() -> Route {
    Route::project(42).then("releases").with("per_page", 100)
}

fn notes() -> Route {
    Route::project(42).down("merge_requests/12/notes")
}

async fn post(gitlab: &GitLab) -> Result<Value, Fault> {
    gitlab.api.post(&notes(), json!({ "body": "Hello" })).await
}

#[tokio::test]
async fn every_call_carries_the_token_and_stays_below_the_sub_path() {
    let fake = Fake::new(|_| Some(ok(json!({ "id": 70 })))).await;
    let gitlab = fake.gitlab();
    let route = Route::project(42).down("repository/tags").then("rel/v1.0#x");
    let _: Value = gitlab.api.get(&route).await.unwrap();
    assert_eq!(post(&gitlab).await.unwrap()["id"], 70);
    let _: Value = gitlab.api.put(&notes().then(70), json!({ "body": "Bye" })).await.unwrap();
    assert_eq!(
        fake.lines(),
        [
            "GET /projects/42/repository/tags/rel%2Fv1.0%23x",
            "POST /projects/42/merge_requests/12/notes",
            "PUT /projects/42/merge_requests/12/notes/70",
        ]
    );
    for seen in fake.calls() {
        let all = |name: &str| seen.headers.get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("private-token"), ["glpat-canary"]);
        assert_eq!(all("user-agent").len(), 1);
        assert!(seen.headers.get("authorization").is_none());
    }
    assert_eq!(fake.calls()[1].body, json!({ "body": "Hello" }));
}

#[tokio::test]
async fn pages_are_followed_though_gitlab_calls_itself_otherwise() {
    let fake = Fake::new(|seen| {
        let next = format!(
            "<https://git.acme.example{ROOT}/api/v4/projects/42/releases?page=2&per_page=100>; rel=\"next\""
        );
        Some(match seen.target.as_str() {
            "/projects/42/releases?per_page=100" => Answer(200, vec![("link", next)], "[1, 2]".into()),
            "/projects/42/releases?page=2&per_page=100" => ok(json!([3])),
            _ => return None,
        })
    })
    .await;
    let found: Vec<u8> = fake.gitlab().api.pages(&releases(), 9, |_| false).await.unwrap();
    assert_eq!(found, [1, 2, 3]);
    assert!(fake.calls().iter().all(|seen| seen.headers["private-token"] == "glpat-canary"));
    // One page is enough where that is said.
    let found: Vec<u8> = fake.gitlab().api.pages(&releases(), 9, |found| found.len() > 1).await.unwrap();
    assert_eq!(found, [1, 2]);
}

#[tokio::test]
async fn paging_ends() {
    let fake = Fake::new(|_| {
        let next = format!("<http://h{ROOT}/api/v4/projects/42/releases?page=2>; rel=\"next\"");
        Some(Answer(200, vec![("link", next)], "[1]".into()))
    })
    .await;
    let found: Vec<u8> = fake.gitlab().api.pages(&releases(), 3, |_| false).await.unwrap();
    assert_eq!((found.len(), fake.calls().len()), (3, 3));
}

#[tokio::test]
async fn a_moved_project_is_followed_by_reads_and_no_write_becomes_a_read() {
    let fake = Fake::new(|seen| {
        let to = |path: &str| {
            Some(Answer(
                301,
                vec![("location", format!("https://git.acme.example{ROOT}/api/v4{path}"))],
                Value::Null,
            ))
        };
        match (seen.method.as_str(), seen.target.as_str()) {
            ("GET", "/projects/acme%2Fold") => to("/projects/42"),
            ("GET", "/projects/42") => Some(ok(json!({ "id": 42, "path_with_namespace": "acme/new" }))),
            ("POST", "/projects/42/merge_requests/12/notes") => to("/projects/43/merge_requests/12/notes"),
            _ => None,
        }
    })
    .await;
    let gitlab = fake.gitlab();
    let seen = gitlab.project(&ProjectPath::parse("acme/old").unwrap()).await.unwrap().unwrap();
    assert_eq!(seen.path.as_str(), "acme/new");
    let refused = post(&gitlab).await.unwrap_err();
    assert!(matches!(&refused, Fault::Denied { status: 301, said } if said.contains("moved")), "{refused:?}");
    assert_eq!(fake.calls().len(), 3, "the write was sent once, and nowhere else");
}

#[tokio::test]
async fn a_redirect_out_of_the_api_or_in_a_circle_is_refused() {
    let fake = Fake::new(|seen| {
        let to = if seen.target.starts_with("/user") {
            "https://evil.example/users/sign_in".to_owned()
        } else {
            format!("{ROOT}/api/v4{}", seen.target)
        };
        Some(Answer(302, vec![("location", to)], Value::Null))
    })
    .await;
    let gitlab = fake.gitlab();
    let said = |fault: Fault| match fault {
        Fault::Denied { said, .. } => said,
        other => panic!("{other:?}"),
    };
    assert!(said(gitlab.api.account().await.unwrap_err()).contains("LOCKKEEPER_GITLAB_URL"));
    assert!(fake.calls().is_empty(), "it was followed nowhere");
    said(gitlab.api.get::<Value>(&releases()).await.unwrap_err());
    assert_eq!(fake.calls().len(), 4);
}

#[tokio::test]
async fn a_write_without_a_good_answer_is_unsure_and_was_sent_once() {
    for code in [500, 502, 503, 504] {
        let fake = Fake::new(move |_| Some(status(code, "x"))).await;
        let error = post(&fake.gitlab()).await.unwrap_err().of_write();
        assert!(matches!(error, PerformError::Unsure { .. }), "{code}: {error:?}");
        assert_eq!(fake.calls().len(), 1);
    }
    // Done, but the answer is no JSON.
    let fake = Fake::new(|_| Some(Answer(201, vec![], "<html>".into()))).await;
    let error = post(&fake.gitlab()).await.unwrap_err().of_write();
    assert!(matches!(error, PerformError::Unsure { .. }), "{error:?}");
}

#[tokio::test]
async fn a_write_that_is_not_answered_in_time_is_unsure_and_a_read_is_not() {
    let fake = Fake::new(|_| Some(Answer(0, vec![], Value::Null))).await;
    let hasty = reqwest::Client::builder().timeout(std::time::Duration::from_millis(300)).build().unwrap();
    let gitlab = fake.gitlab_over(&hasty);
    let error = post(&gitlab).await.unwrap_err().of_write();
    assert!(matches!(error, PerformError::Unsure { .. }), "{error:?}");
    let error = ReadError::from(gitlab.api.get::<Value>(&releases()).await.unwrap_err());
    assert!(matches!(error, ReadError::Unavailable { whole_installation: false, .. }), "{error:?}");
}

#[tokio::test]
async fn what_was_never_sent_is_only_unavailable() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gitlab = GitLab::new(setup(&format!("http://{unused}")), &http_client(None).unwrap()).unwrap();
    let error = post(&gitlab).await.unwrap_err().of_write();
    assert!(matches!(error, PerformError::Unavailable { whole_installation: false, .. }), "{error:?}");
    // Nor is a name that would climb out of its place sent anywhere.
    let error = gitlab.api.get::<Value>(&Route::project(42).then("..")).await.unwrap_err();
    assert!(error.is_absent());
}

#[tokio::test]
async fn a_limit_in_plain_text_pauses_all_until_gitlab_says() {
    let fake =
        Fake::new(|_| Some(Answer(429, vec![("retry-after", "30".to_owned())], "Retry later\n".into())))
            .await;
    let error = post(&fake.gitlab()).await.unwrap_err().of_write();
    let PerformError::Unavailable { retry_at, whole_installation: true, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_at, "2026-12-01T12:00:30Z".parse().ok());
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_token_that_ran_out_stops_all_and_says_what_to_do() {
    let fake = Fake::new(|_| {
        let body = json!({ "error": "invalid_token", "error_description": "Token is expired." });
        Some(Answer(401, vec![], body))
    })
    .await;
    let error = ReadError::from(fake.gitlab().api.get::<Value>(&releases()).await.unwrap_err());
    let ReadError::Unavailable { whole_installation: true, cause, .. } = error else { panic!("{error:?}") };
    let cause = format!("{cause:#}");
    assert!(cause.contains("Token is expired") && cause.contains("LOCKKEEPER_GITLAB_TOKEN"), "{cause}");
}

#[tokio::test]
async fn s27_no_error_holds_the_token() {
    let fake = Fake::new(|seen| {
        Some(if seen.target.starts_with("/user") { status(401, "no") } else { status(500, "no") })
    })
    .await;
    let gitlab = fake.gitlab();
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = GitLab::new(setup(&format!("http://{unused}")), &http_client(None).unwrap()).unwrap();
    let faults = [
        gitlab.api.account().await.unwrap_err(),
        post(&gitlab).await.unwrap_err(),
        post(&nowhere).await.unwrap_err(),
    ];
    for fault in faults {
        assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
    }
}

#[test]
fn a_delivery_of_gitlab_is_acknowledged_by_200() {
    let gitlab = GitLab::new(setup("https://gitlab.com"), &http_client(None).unwrap()).unwrap();
    assert_eq!(gitlab.acknowledgement(), StatusCode::OK);
}
