//! Tests of the transport: tokens, pages, limits, redirects. What an answer means is not tested here.

use super::*;
use crate::domain::place::Thread;
use crate::domain::query::{Newest, Query};
use crate::domain::say::Text;
use crate::forge::Owner;

fn page_query() -> Query {
    Query::ReleasePage(tag("v1"))
}

fn comment() -> Effect {
    Effect::Comment { thread: Thread::Issue(3), answers: None, text: Text::line(["Hello".into()]) }
}

async fn read(fake: &Fake, query: &Query) -> Result<Option<Answer2>, ReadError> {
    fake.github().read(&project(), query).await
}

use crate::domain::query::Answer as Answer2;

#[tokio::test]
async fn pages_are_followed_with_credentials_on_a_host_that_is_not_githubs() {
    let fake = Fake::new(|seen, _| {
        let next = format!(
            "<http://{}/repos/acme/web/releases?per_page=100&page=2>; rel=\"next\", <x>; rel=\"last\"",
            seen.headers["host"].to_str().unwrap()
        );
        match seen.target.as_str() {
            "/repos/acme/web/releases?per_page=100" => Some(Answer(200, vec![("link", next)], json!([]))),
            "/repos/acme/web/releases?per_page=100&page=2" => Some(ok(json!([
                { "id": 8, "tag_name": "v1", "html_url": "https://h/8", "draft": true }
            ]))),
            _ => None,
        }
    })
    .await;
    let found = read(&fake, &page_query()).await.unwrap();
    assert!(matches!(found, Some(Answer2::ReleasePage(page)) if page.draft && page.id.0 == 8));
    let calls = fake.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|seen| seen.bearer().starts_with("Bearer ghs_canary_0")), "{calls:?}");
}

#[tokio::test]
async fn a_next_page_on_another_host_is_not_asked_for() {
    let fake = Fake::new(|seen, _| {
        let next = "<http://evil.example/releases?page=2>; rel=\"next\"".to_owned();
        seen.target.contains("/releases?").then(|| Answer(200, vec![("link", next)], json!([])))
    })
    .await;
    assert!(read(&fake, &page_query()).await.unwrap().is_none());
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn paging_ends() {
    // A list whose every page names a next one.
    let fake = Fake::new(|seen, _| {
        let next = format!("<http://{}/releases?page=2>; rel=\"next\"", seen.headers["host"].to_str().ok()?);
        seen.target.contains("/releases?").then(|| Answer(200, vec![("link", next)], json!([])))
    })
    .await;
    assert!(read(&fake, &page_query()).await.unwrap().is_none());
    assert!((3..=50).contains(&fake.calls().len()), "{} calls", fake.calls().len());
}

#[tokio::test]
async fn version_and_agent_are_sent_exactly_once() {
    let fake = Fake::new(|_, _| None).await;
    let _ = read(&fake, &page_query()).await;
    let _ = perform(&fake.github(), &comment(), 1, None).await;
    for seen in fake.seen.lock().unwrap().iter() {
        let all = |name: &str| seen.headers.get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("x-github-api-version"), ["2022-11-28"], "{}", seen.target);
        assert_eq!(all("user-agent").len(), 1);
        assert_eq!(all("accept"), ["application/vnd.github+json"]);
        assert!(seen.headers.get("if-none-match").is_none());
    }
}

async fn limit(script: impl Fn() -> Answer + Send + Sync + 'static) -> Option<(Option<Timestamp>, bool)> {
    let fake = Fake::new(move |seen, _| seen.target.contains("/releases").then(&script)).await;
    match read(&fake, &page_query()).await {
        Err(ReadError::Unavailable { retry_at, whole_installation, .. }) => {
            Some((retry_at, whole_installation))
        }
        Err(_) => None,
        Ok(found) => panic!("{found:?}"),
    }
}

#[tokio::test]
async fn a_limit_pauses_the_installation_until_the_moment_that_github_names() {
    let at = |text: &str| Some((Some(text.parse::<Timestamp>().unwrap()), true));
    let reset = at("2026-12-01T12:30:00Z").unwrap().0.unwrap().as_second().to_string();
    let with = |headers: Vec<(&'static str, String)>, message: &'static str| {
        move || Answer(403, headers.clone(), json!({ "message": message }))
    };
    assert_eq!(limit(with(vec![("retry-after", "30".into())], "x")).await, at("2026-12-01T12:00:30Z"));
    let primary = vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", reset.clone())];
    assert_eq!(limit(with(primary.clone(), "x")).await, at("2026-12-01T12:30:00Z"));
    // `retry-after` goes first.
    let both = [primary, vec![("retry-after", "30".into())]].concat();
    assert_eq!(limit(with(both, "x")).await, at("2026-12-01T12:00:30Z"));
    // A secondary limit may carry neither header.
    let message = "You have exceeded a secondary rate limit. Please wait";
    assert_eq!(limit(with(vec![], message)).await, at("2026-12-01T12:01:00Z"));
    assert_eq!(limit(|| status(429, "")).await, at("2026-12-01T12:01:00Z"));
    let left = vec![("x-ratelimit-remaining", "12".into()), ("x-ratelimit-reset", reset)];
    assert_eq!(limit(with(left, "Must have admin rights")).await, None);
}

#[tokio::test]
async fn graphql_tells_of_its_limit_with_the_status_200() {
    let fake = Fake::new(|seen, _| {
        (seen.target == "/graphql").then(|| {
            ok(json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] }))
        })
    })
    .await;
    let error = read(&fake, &Query::Tags(Newest)).await.unwrap_err();
    let ReadError::Unavailable { retry_at, whole_installation: true, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_at, "2026-12-01T12:01:00Z".parse().ok());
}

#[tokio::test]
async fn a_part_of_a_graphql_answer_is_never_taken_for_the_whole() {
    let fake = Fake::new(|seen, _| {
        (seen.target == "/graphql").then(|| {
            ok(json!({ "data": { "repository": { "refs": { "nodes": [] } } }, "errors": [{ "message": "odd" }] }))
        })
    })
    .await;
    assert!(matches!(read(&fake, &Query::Tags(Newest)).await, Err(ReadError::Corrupt { .. })));
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let denied = |headers: Vec<(&'static str, String)>| {
        Fake::new(move |seen, _| {
            let answer = || {
                Answer(403, headers.clone(), json!({ "message": "Resource not accessible by integration" }))
            };
            seen.target.contains("/releases").then(answer)
        })
    };
    let fake = denied(vec![("x-accepted-github-permissions", "contents=write".into())]).await;
    let Err(ReadError::Refused { said }) = read(&fake, &page_query()).await else { panic!() };
    assert!(said.contains("`contents: write`"), "{said}");
    let Err(ReadError::Refused { said }) = read(&denied(vec![]).await, &page_query()).await else { panic!() };
    assert!(said.contains("`contents: write`"), "{said}");
}

#[tokio::test]
async fn a_write_without_a_good_answer_is_unsure_and_was_sent_once() {
    for code in [500, 502, 503, 504] {
        let fake = Fake::new(move |seen, _| {
            (seen.method == "POST" && seen.target.ends_with("/comments")).then(|| status(code, "x"))
        })
        .await;
        let error = perform(&fake.github(), &comment(), 1, None).await.unwrap_err();
        assert!(matches!(error, PerformError::Unsure { .. }), "{code}: {error:?}");
        assert_eq!(fake.lines(), ["POST /repos/acme/web/issues/3/comments"]);
    }
    // Done, but the answer is no JSON.
    let fake = Fake::new(|seen, _| seen.target.ends_with("/comments").then(|| ok(json!("odd")))).await;
    assert!(matches!(perform(&fake.github(), &comment(), 1, None).await, Err(PerformError::Unsure { .. })));
}

#[tokio::test]
async fn a_write_that_is_not_answered_in_time_is_unsure_and_a_read_is_not() {
    let fake =
        Fake::new(|seen, _| seen.target.starts_with("/repos").then(|| Answer(0, vec![], Value::Null))).await;
    let hasty = reqwest::Client::builder().timeout(std::time::Duration::from_millis(300)).build().unwrap();
    let github = fake.github_over(&hasty);
    assert!(matches!(perform(&github, &comment(), 1, None).await, Err(PerformError::Unsure { .. })));
    let error = github.read(&project(), &page_query()).await.unwrap_err();
    assert!(matches!(error, ReadError::Unavailable { whole_installation: false, .. }), "{error:?}");
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn what_was_never_sent_is_only_unavailable() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let setup = setup(&format!("http://{unused}"), NOW.parse().unwrap());
    let github = GitHub::new(setup, &http_client(None).unwrap()).unwrap();
    let error = perform(&github, &comment(), 1, None).await.unwrap_err();
    assert!(matches!(error, PerformError::Unavailable { .. }), "{error:?}");
    // Neither is it when only the token could not be had.
    let fake = Fake::new(|seen, _| seen.target.ends_with("/access_tokens").then(|| status(500, "x"))).await;
    let error = perform(&fake.github(), &comment(), 1, None).await.unwrap_err();
    assert!(matches!(error, PerformError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_moved_repository_is_followed_by_reads_and_once_by_writes() {
    let fake = Fake::new(|seen, _| {
        let to = |path: &str| {
            let host = seen.headers["host"].to_str().unwrap();
            Answer(
                301,
                vec![("location", format!("http://{host}{path}"))],
                json!({ "message": "Moved Permanently" }),
            )
        };
        Some(match seen.target.as_str() {
            "/repos/acme/web/issues/3/comments" => to("/repositories/42/issues/3/comments"),
            "/repos/acme/web/releases/tags/v1" => to("/repositories/42/releases/tags/v1"),
            "/repositories/42/issues/3/comments" => {
                Answer(201, vec![], json!({ "id": 70, "html_url": "https://h" }))
            }
            "/repositories/42/releases/tags/v1" => {
                ok(json!({ "id": 8, "tag_name": "v1", "html_url": "https://h/8", "draft": false }))
            }
            _ => return None,
        })
    })
    .await;
    assert!(matches!(
        perform(&fake.github(), &comment(), 1, None).await,
        Ok(Made::Comment { number: 70, .. })
    ));
    assert!(read(&fake, &page_query()).await.unwrap().is_some());
    let calls = fake.calls();
    assert!(calls[1].is("POST", "/repositories/42/issues/3/comments"), "never a GET: {calls:?}");
    assert_eq!(calls[0].body, calls[1].body);
    assert!(calls.iter().all(|seen| !seen.bearer().is_empty()));
}

#[tokio::test]
async fn a_redirect_to_another_host_or_in_a_circle_is_refused() {
    let fake = Fake::new(|seen, _| {
        let to =
            if seen.method == "POST" { "http://evil.example/x" } else { "/repos/acme/web/releases/tags/v1" };
        seen.target.starts_with("/repos").then(|| Answer(301, vec![("location", to.into())], json!({})))
    })
    .await;
    assert!(matches!(perform(&fake.github(), &comment(), 1, None).await, Err(PerformError::Refused(_))));
    assert!(matches!(read(&fake, &page_query()).await, Err(ReadError::Refused { .. })));
    assert_eq!(fake.calls().len(), 1 + 4);
}

#[tokio::test]
async fn many_first_calls_mint_one_token() {
    let fake = Fake::new(|_, _| None).await;
    let github = fake.github();
    let (project, query) = (project(), page_query());
    let calls = (0..10).map(|_| github.read(&project, &query));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(fake.minted(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_its_length_is_not_assumed() {
    let fake = Fake::new(|_, _| None).await;
    let clock = Arc::new(Mutex::new(NOW.parse::<Timestamp>().unwrap()));
    let shown = Arc::clone(&clock);
    let mut setup = setup(&fake.url, NOW.parse().unwrap());
    setup.now = Arc::new(move || *shown.lock().unwrap());
    let github = GitHub::new(setup, &http_client(None).unwrap()).unwrap();
    for (time, minted) in [("12:00:00", 1), ("12:54:59", 1), ("12:55:00", 2)] {
        *clock.lock().unwrap() = format!("2026-12-01T{time}Z").parse().unwrap();
        github.read(&project(), &page_query()).await.unwrap();
        assert_eq!(fake.minted(), minted, "at {time}");
    }
    assert!(fake.calls().last().unwrap().bearer().len() > 300);
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_fetched_once_more() {
    let fake = Fake::new(|seen, _| {
        (seen.target.contains("/releases") && seen.bearer().contains("canary_0"))
            .then(|| status(401, "Bad credentials"))
    })
    .await;
    assert!(read(&fake, &page_query()).await.unwrap().is_none());
    assert_eq!(fake.minted(), 2);
    let fake =
        Fake::new(|seen, _| seen.target.starts_with("/repos").then(|| status(401, "Bad credentials"))).await;
    assert!(matches!(perform(&fake.github(), &comment(), 1, None).await, Err(PerformError::Refused(_))));
    assert_eq!((fake.minted(), fake.calls().len()), (2, 2));
}

#[tokio::test]
async fn the_apps_token_names_the_configured_id_and_lives_ten_minutes_at_most() {
    let fake = Fake::new(|_, _| None).await;
    let us = fake.github();
    let us = us.ourselves().await.unwrap();
    assert_eq!((us.app, us.slug.as_str(), us.user.0), (99, "lockkeeper", 990));
    let app = fake.seen.lock().unwrap().iter().find(|seen| seen.target == "/app").cloned().unwrap();
    let claims = app.bearer().split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let now = NOW.parse::<Timestamp>().unwrap().as_second();
    assert_eq!(claims, json!({ "iss": "Iv1.abc", "iat": now - 60, "exp": now + 540 }));
}

#[tokio::test]
async fn a_key_that_is_not_accepted_or_a_suspended_installation_pauses_everything() {
    for (code, message) in
        [(401, "A JSON web token could not be decoded"), (403, "This installation has been suspended")]
    {
        let fake =
            Fake::new(move |seen, _| seen.target.ends_with("/access_tokens").then(|| status(code, message)))
                .await;
        let error = read(&fake, &page_query()).await.unwrap_err();
        assert!(matches!(error, ReadError::Unavailable { whole_installation: true, .. }), "{error:?}");
    }
    let fake =
        Fake::new(|seen, _| seen.target.ends_with("/access_tokens").then(|| status(404, "Not Found"))).await;
    assert!(matches!(read(&fake, &page_query()).await, Err(ReadError::Refused { .. })));
}

#[tokio::test]
async fn a_hash_in_a_tag_does_not_cut_the_address_short() {
    let fake = Fake::new(|_, _| None).await;
    read(&fake, &Query::ReleasePage(tag("rel/v1#x"))).await.unwrap();
    assert_eq!(fake.lines()[0], "GET /repos/acme/web/releases/tags/rel%2Fv1%23x");
}

#[tokio::test]
async fn an_enterprise_server_is_spoken_to_at_its_own_paths() {
    let fake = Fake::new(|_, _| None).await;
    let setup = setup(&format!("{}/api/v3", fake.url), NOW.parse().unwrap());
    let github = GitHub::new(setup, &http_client(None).unwrap()).unwrap();
    let _ = github.read(&project(), &page_query()).await;
    let token = fake.seen.lock().unwrap()[0].clone();
    assert!(token.is("POST", "/api/v3/app/installations/5/access_tokens"), "{token:?}");
    let fake = Fake::new(|seen, _| {
        seen.target
            .ends_with("/access_tokens")
            .then(|| Answer(201, vec![], json!({ "token": "t", "expires_at": "2026-12-01T13:00:00Z" })))
    })
    .await;
    let setup = super::setup(&format!("{}/api/v3/", fake.url), NOW.parse().unwrap());
    let github = GitHub::new(setup, &http_client(None).unwrap()).unwrap();
    let _ = github.read(&project(), &Query::Tags(Newest)).await;
    assert!(fake.lines().contains(&"POST /api/graphql".to_owned()), "{:?}", fake.lines());
}

#[tokio::test]
async fn s27_no_error_shows_a_token_or_key() {
    let fake = Fake::new(|seen, _| {
        let target = seen.target.as_str();
        (target.starts_with("/repos") || target == "/graphql").then(|| status(500, "ghs"))
    })
    .await;
    let github = fake.github();
    let errors = [
        format!("{:?}", perform(&github, &comment(), 1, None).await.unwrap_err()),
        format!("{:?}", github.read(&project(), &page_query()).await.unwrap_err()),
        format!("{:?}", github.read(&project(), &Query::Tags(Newest)).await.unwrap_err()),
    ];
    for error in errors {
        assert!(!error.contains("canary") && !error.contains("PRIVATE"), "{error}");
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let bad = |change: fn(&mut Setup)| {
        let mut setup = setup("https://api.github.com", NOW.parse().unwrap());
        change(&mut setup);
        GitHub::new(setup, &http_client(None).unwrap()).err()
    };
    assert_eq!(bad(|_| {}), None);
    assert_eq!(bad(|setup| setup.api_url = "api.github.com".into()), Some(BadSetup::ApiUrl));
    assert_eq!(bad(|setup| setup.app_id = " ".into()), Some(BadSetup::AppId));
    assert_eq!(bad(|setup| setup.private_key = "x".into()), Some(BadSetup::PrivateKey));
    assert_eq!(bad(|setup| setup.webhook_secret = "".into()), Some(BadSetup::WebhookSecret));
}

#[tokio::test]
async fn s4_failed_deliveries_are_fetched_by_cursor_and_each_once() {
    let fake = Fake::new(|seen, _| {
        let host = seen.headers["host"].to_str().unwrap();
        let failed = |id: u64, guid: &str, at: &str| json!({ "id": id, "guid": guid, "delivered_at": at });
        let detail = |guid: &str| {
            ok(json!({ "request": { "headers": { "X-GitHub-Delivery": guid, "X-GitHub-Event": "push" }, "payload": { "a": guid } } }))
        };
        Some(match seen.target.as_str() {
            "/app/hook/deliveries?per_page=100&status=failure" => Answer(
                200,
                vec![("link", format!("<http://{host}/app/hook/deliveries?per_page=100&status=failure&cursor=v1_9>; rel=\"next\""))],
                json!([failed(4, "b", "2026-12-01T11:00:00Z"), failed(3, "a", "2026-12-01T10:00:00Z")]),
            ),
            "/app/hook/deliveries?per_page=100&status=failure&cursor=v1_9" => ok(json!([
                failed(2, "a", "2026-12-01T09:00:00Z"), failed(1, "old", "2026-11-01T09:00:00Z")
            ])),
            "/app/hook/deliveries/2" => detail("a"),
            "/app/hook/deliveries/4" => detail("b"),
            _ => return None,
        })
    })
    .await;
    let github = fake.github();
    let since = "2026-11-30T00:00:00Z".parse().unwrap();
    let found = github.failed_deliveries(since, 10).await.unwrap();
    let guids: Vec<_> = found.iter().map(|(headers, _)| headers.only("x-github-delivery").unwrap()).collect();
    assert_eq!(guids, ["a", "b"], "oldest first");
    assert_eq!(found[0].1, r#"{"a":"a"}"#);
    assert_eq!(github.failed_deliveries(since, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn s4_an_entry_of_an_allow_list_becomes_a_number_or_nothing() {
    let fake = Fake::new(|seen, _| {
        Some(match seen.target.as_str() {
            "/users/acme/installation" => ok(json!({ "id": 5, "account": { "id": 7, "login": "acme" } })),
            "/users/bob" => ok(json!({ "id": 8, "login": "bob" })),
            "/repos/acme/web/installation" => ok(json!({ "id": 5 })),
            "/repos/acme/web" => ok(json!({ "id": 42, "full_name": "acme/web" })),
            _ => return None,
        })
    })
    .await;
    let github = fake.github();
    for (entry, number) in [("acme", 7), ("bob", 8)] {
        let found = github.listed(entry).await.unwrap().unwrap();
        assert_eq!(found.owners.into_iter().collect::<Vec<_>>(), [Owner::Number(number)], "{entry}");
        assert!(found.projects.is_empty());
    }
    let found = github.listed("acme/web").await.unwrap().unwrap();
    assert_eq!(found.projects.into_iter().collect::<Vec<_>>(), [42]);
    for entry in ["nobody", "nobody/x", "acme/group/web"] {
        assert_eq!(github.listed(entry).await.unwrap(), None, "{entry}");
    }
}

#[tokio::test]
async fn the_projects_of_an_installation_are_listed() {
    let fake = Fake::new(|seen, _| {
        (seen.target == "/installation/repositories?per_page=100").then(|| {
            ok(json!({ "total_count": 1, "repositories": [{ "id": 42, "full_name": "acme/web", "private": false, "default_branch": "main" }] }))
        })
    })
    .await;
    let found = fake.github().installed_projects(&project().installation.unwrap()).await.unwrap();
    assert_eq!(found[0].path.as_str(), "acme/web");
    assert_eq!(found[0].public, Some(true));
}
