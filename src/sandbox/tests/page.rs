//! How the pages behave: what they show, and whom they let act.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{credentials, noon, world};
use crate::clock::Clock;
use crate::sandbox::{ACTIONS, World, gitlab, page};

async fn visit(world: &World, request: http::request::Builder, body: &str) -> (StatusCode, String) {
    let request = request.body(Body::from(body.to_owned())).expect("it is a request");
    let response = page::router(world.clone()).oneshot(request).await.expect("a router answers");
    let status = response.status();
    let body = response.into_body().collect().await.expect("the body ends").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn post(path: &str) -> http::request::Builder {
    let request = Request::post(path).header("host", "127.0.0.1:4000");
    request.header("content-type", "application/x-www-form-urlencoded")
}

#[tokio::test]
async fn a_conversation_shows_what_was_said() {
    let world = world();
    let number = world.open_change("ana", "feat: <b>passkeys</b>");
    world.comment("ana", number, "**bold** <!-- hidden -->");
    let (status, page) =
        visit(&world, Request::get("/acme/app/pull/1").header("host", "localhost:1"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<strong>bold</strong>") && !page.contains("hidden"), "{page}");
    assert!(page.contains("feat: &lt;b&gt;passkeys&lt;/b&gt;"), "{page}");
}

#[tokio::test]
async fn a_form_of_the_page_comments_labels_and_merges() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    for (act, body) in [
        ("comment", "person=bob&text=%2Frelease+plan%0D%0Anow"),
        ("label", "person=bob&label=feature"),
        ("merge", "person=bob"),
    ] {
        let request =
            post(&format!("/acme/app/threads/{number}/{act}")).header("origin", "http://127.0.0.1:4000");
        assert_eq!(visit(&world, request, body).await.0, StatusCode::SEE_OTHER, "{act}");
    }
    assert_eq!(world.comments(number)[0].body, "/release plan\nnow");
    assert_eq!(
        (world.changes()[0].state, world.changes()[0].labels.as_slice()),
        ("merged", &["feature".to_owned()][..])
    );
    let again = post("/acme/app/threads/1/merge").header("origin", "http://127.0.0.1:4000");
    assert_eq!(visit(&world, again, "person=bob").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let elsewhere = post("/acme/app/threads/1/merge").header("origin", "https://evil.example");
    assert_eq!(visit(&world, elsewhere, "person=bob").await.0, StatusCode::FORBIDDEN);
    assert_eq!(visit(&world, post("/acme/app/threads/1/merge"), "person=bob").await.0, StatusCode::FORBIDDEN);
    let rebound = Request::get("/acme/app").header("host", "evil.example:4000");
    assert_eq!(visit(&world, rebound, "").await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.changes()[0].state, "open", "change {number}");
}

#[tokio::test]
async fn the_project_shows_what_stands_where_and_its_issues() {
    let world = world();
    let first = world.deploy("ana", "staging", "main");
    world.report(ACTIONS, first, "success", "");
    let second = world.deploy("bob", "staging", &world.head());
    world.report("vercel[bot]", second, "failure", "No <b>room</b>.");
    let issue = world.open_issue_saying("eve", "It is slow", "Since **noon**.");
    let get = |path: &str| Request::get(path).header("host", "localhost:1");
    let (_, page) = visit(&world, get("/acme/app"), "").await;
    for shown in
        ["stands here", "asked for by bob", &format!("/acme/app/issues/{issue}"), "/acme/app/deployments"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let (_, page) = visit(&world, get("/acme/app/deployments"), "").await;
    for shown in ["staging#2", "vercel[bot]", "No &lt;b&gt;room&lt;/b&gt;."] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let (_, page) = visit(&world, get(&format!("/acme/app/issues/{issue}")), "").await;
    assert!(page.contains("<strong>noon</strong>"), "{page}");
}

#[tokio::test]
async fn the_pages_of_the_stand_in_gitlab_are_where_gitlab_has_them() {
    let world = gitlab::stand_in(Clock::standing_at(noon()), credentials(), "acme/app");
    let number = world.open_change("ana", "feat: x");
    let issue = world.open_issue_saying("eve", "It is slow", &format!("Since !{number}."));
    world.annotated_tag_by_hand("ana", "v1.0.0", "main");
    world.release_by_hand("ana", "v1.0.0", "main");
    world.deploy("ana", "staging", "v1.0.0");
    let get = |path: &str| Request::get(path).header("host", "localhost:1");
    let (change, said) =
        (format!("/acme/app/-/merge_requests/{number}"), format!("/acme/app/-/issues/{issue}"));
    let (_, page) = visit(&world, get("/acme/app"), "").await;
    for place in [&change, &said, "/acme/app/-/releases/v1.0.0", "/acme/app/-/environments"] {
        assert!(page.contains(&format!("href=\"{place}\"")), "{place}: {page}");
        assert_eq!(visit(&world, get(place), "").await.0, StatusCode::OK, "{place}");
    }
    assert!(page.contains(&format!("!{number} feat: x")) && page.contains(&format!("#{issue} It is slow")));
    let (_, page) = visit(&world, get(&said), "").await;
    assert!(page.contains(&format!("<a href=\"{change}\">!{number}</a>")), "{page}");
    let form = post(&format!("/acme/app/threads/{number}/comment")).header("origin", "http://127.0.0.1:4000");
    let (status, _) = visit(&world, form, "person=bob&text=hello").await;
    assert_eq!((status, world.comments(number).len()), (StatusCode::SEE_OTHER, 1));
}
