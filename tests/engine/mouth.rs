//! The mouth of the server: what is taken in, what is turned away, what the health pages say, how it ends. What deliveries mean is not tested here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use lockkeeper::app::start;
use lockkeeper::domain::id::ForgeName;
use lockkeeper::engine::LANE_LEASE;
use lockkeeper::engine::intake::Admitted;
use lockkeeper::forge::{Listed, Owner};
use lockkeeper::store::Which;
use lockkeeper::web::metrics::Metrics;
use lockkeeper::web::{BODY_LIMIT, Web, router};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::bench::{Bench, lane, said};

/// A server's routes, without a listener.
struct Mouth {
    bench: Bench,
    routes: axum::Router,
}

impl Mouth {
    async fn of(bench: Bench) -> Self {
        let web = Web { engine: bench.engine.clone(), metrics: Arc::new(Metrics::default()), pages: None };
        Self { bench, routes: router(web) }
    }

    async fn ask(&self, request: Request<Body>) -> (u16, String) {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, forge: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> u16 {
        let request = headers
            .iter()
            .fold(Request::post(format!("/webhooks/{forge}")), |request, (name, value)| {
                request.header(*name, *value)
            })
            .body(body.into())
            .unwrap();
        self.ask(request).await.0
    }

    /// One line of the metrics.
    async fn counted(&self, what: &str) -> Option<String> {
        let (status, text) = self.get("/metrics").await;
        assert_eq!(status, 200);
        assert!(text.ends_with("# EOF\n"), "{text}");
        text.lines().find(|line| line.starts_with(what)).map(str::to_owned)
    }

    async fn waiting(&self) -> u64 {
        self.bench.engine.store.counts().await.unwrap().waiting.values().sum()
    }
}

const GOOD: [(&str, &str); 3] = [("signature", "good"), ("delivery", "1"), ("project", "7")];

fn body() -> Vec<u8> {
    serde_json::to_vec(&said(1, "/release help")).unwrap()
}

#[tokio::test]
async fn a_delivery_is_durable_before_it_is_answered() {
    let mouth = Mouth::of(Bench::new().await).await;
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 202);
    // Another process, on the same file, at this moment: no shutdown, nothing in memory.
    let another = mouth.bench.another().await;
    let lease = another.store.claim_lane("another", LANE_LEASE).await.unwrap().expect("something waits");
    let item = another.store.head(&lease).await.unwrap().expect("it is there");
    assert_eq!(item.body.as_ref(), body(), "the raw bytes, as they came");
    assert!(item.headers.contains(&("delivery".to_owned(), "1".to_owned())));
}

#[tokio::test]
async fn a_delivery_that_cannot_be_stored_is_not_accepted() {
    let mouth = Mouth::of(Bench::new().await).await;
    mouth.bench.engine.store.close().await;
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 503);
    assert_eq!(mouth.get("/readyz").await.0, 503);
    assert_eq!(mouth.get("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(mouth.get("/metrics").await.0, 503);
}

#[tokio::test]
async fn s1_what_is_not_authentic_is_turned_away_unread_and_counted() {
    let mouth = Mouth::of(Bench::new().await).await;
    assert_eq!(mouth.post("fake", &[("delivery", "1"), ("project", "7")], body()).await, 401);
    assert_eq!(mouth.post("fake", &[("signature", "bad"), ("project", "7")], body()).await, 401);
    assert_eq!(mouth.post("fake", &[("signature", "good"), ("signature", "good")], body()).await, 401);
    // Nothing of it is looked at: not even what would be about no project is told so.
    assert_eq!(mouth.post("fake", &[("signature", "bad")], b"{".to_vec()).await, 401);
    assert_eq!(mouth.post("gitlab", &GOOD, body()).await, 404);
    assert_eq!(mouth.waiting().await, 0);
    let counted = mouth.counted("lockkeeper_deliveries_total{became=\"not_authentic\"}").await;
    assert!(counted.unwrap().ends_with(" 4"));
}

#[tokio::test]
async fn s4_a_body_over_the_limit_is_refused() {
    let mouth = Mouth::of(Bench::new().await).await;
    assert_eq!(mouth.post("fake", &GOOD, vec![b'x'; BODY_LIMIT + 1]).await, 413);
    assert_eq!(mouth.waiting().await, 0);
    assert!(
        mouth.counted("lockkeeper_deliveries_total{became=\"too_large\"}").await.unwrap().ends_with(" 1")
    );
    assert_eq!(mouth.post("fake", &GOOD, vec![b'x'; BODY_LIMIT]).await, 202);
    assert_eq!(mouth.waiting().await, 1);
}

#[tokio::test]
async fn a_redelivery_is_known_and_a_ping_belongs_nowhere() {
    let mouth = Mouth::of(Bench::new().await).await;
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 202);
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 202);
    assert_eq!(mouth.post("fake", &[("signature", "good")], "{}").await, 202);
    assert_eq!(mouth.waiting().await, 1);
    for (became, count) in [("kept", 1), ("again", 1), ("nowhere", 1)] {
        let counted = mouth.counted(&format!("lockkeeper_deliveries_total{{became=\"{became}\"}}")).await;
        assert!(counted.unwrap().ends_with(&format!(" {count}")), "{became}");
    }
    assert!(mouth.counted("lockkeeper_waiting{kind=\"delivery\"}").await.unwrap().ends_with(" 1"));
    assert!(mouth.counted("lockkeeper_parked").await.unwrap().ends_with(" 0"));
}

#[tokio::test]
async fn a_forge_is_told_of_success_in_its_own_way_and_of_a_refusal_as_all_are() {
    let mouth = Mouth::of(Bench::new().await).await;
    mouth.bench.forge.said().acknowledgement = Some(StatusCode::OK);
    // New, known, and about nothing: each was taken.
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 200);
    assert_eq!(mouth.post("fake", &GOOD, body()).await, 200);
    assert_eq!(mouth.post("fake", &[("signature", "good")], body()).await, 200);
    assert_eq!(mouth.post("fake", &[("signature", "bad")], body()).await, 401);
    assert_eq!(mouth.post("nowhere", &GOOD, body()).await, 404);
}

#[tokio::test]
async fn s4_an_unknown_event_is_kept_and_ignored_with_a_reason() {
    for bytes in [&b"{\"zen\":\"Design for failure.\"}"[..], b"[]", b"not JSON", b"\xff\xfe"] {
        let mouth = Mouth::of(Bench::new().await).await;
        assert_eq!(mouth.post("fake", &GOOD, bytes.to_vec()).await, 202);
        mouth.bench.work().await;
        assert_eq!(mouth.bench.engine.store.counts().await.unwrap().parked, 0);
        // It is kept: an operator can have it worked again.
        assert!(mouth.bench.engine.store.replay(&Which::Key("fake:1".to_owned())).await.unwrap());
    }
}

#[tokio::test]
async fn s4_who_is_not_allowed_is_counted_and_not_stored() {
    let listed = |owners: &[u64], projects: &[u64]| Admitted {
        only: Some(BTreeMap::from([(
            ForgeName::parse("fake").unwrap(),
            Listed {
                owners: owners.iter().copied().map(Owner::Number).collect(),
                projects: projects.iter().copied().collect(),
            },
        )])),
    };
    // The fake's owner has number 3, the project number 7.
    for (admitted, stored) in [
        (Admitted::default(), 1),
        (listed(&[3], &[]), 1),
        (listed(&[], &[7]), 1),
        (listed(&[7], &[3]), 0),
        (listed(&[], &[]), 0),
    ] {
        let mouth = Mouth::of(Bench::admitting(admitted.clone()).await).await;
        assert_eq!(mouth.post("fake", &GOOD, body()).await, 202, "a stranger learns nothing");
        assert_eq!(mouth.waiting().await, stored, "{admitted:?}");
        let counted = mouth.counted("lockkeeper_deliveries_total{became=\"not_admitted\"}").await;
        assert_eq!(counted.is_some(), stored == 0, "{admitted:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_finishes_what_is_in_hand_and_loses_nothing() {
    let bench = Bench::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let running = start(bench.engine.clone(), listener);
    let http = reqwest::Client::new();
    for number in 1..=20_u64 {
        let signal = said(number, "/release help");
        if let lockkeeper::domain::signal::Signal::CommentWritten(comment) = &signal {
            bench.forge.said().comments.insert(number, comment.clone());
        }
        let request = http.post(format!("http://{address}/webhooks/fake")).header("signature", "good");
        let request = request.header("delivery", number.to_string()).header("project", "7");
        let answer = request.body(serde_json::to_vec(&signal).unwrap()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 202);
    }
    running.end().await;
    assert!(http.get(format!("http://{address}/healthz")).send().await.is_err(), "nobody listens any more");
    // Another process goes on where that one stopped: each command gets its one answer.
    let mut rest = bench;
    rest.engine = rest.another().await;
    rest.pass(120);
    rest.settle().await;
    let keys: BTreeSet<String> = {
        let said = rest.forge.said();
        said.performed
            .iter()
            .filter(|(_, effect, _)| effect.kind() == "comment")
            .map(|(key, _, _)| key.clone())
            .collect()
    };
    assert_eq!(keys.len(), 20);
    assert_eq!(rest.said().len(), 20, "none twice");
    assert!(rest.engine.store.parked(10).await.unwrap().is_empty());
    rest.engine.audit(&lane()).await.unwrap();
}

/// What a server on this address says to somebody on this machine: to a page, and to the check of its health.
async fn asked_on(address: &str, headers: &[(&str, &str)]) -> (u16, String, u16) {
    let bench = Bench::new().await;
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let running = start(bench.engine.clone(), listener);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(format!("http://127.0.0.1:{port}/"));
    let page = headers.iter().fold(page, |page, (name, value)| page.header(*name, *value));
    let page = page.send().await.unwrap();
    let health = http.get(format!("http://127.0.0.1:{port}/healthz")).send().await.unwrap();
    let told = (page.status().as_u16(), page.text().await.unwrap(), health.status().as_u16());
    running.end().await;
    told
}

#[tokio::test]
async fn s29_pages_are_for_this_machine_alone() {
    let sentence = "Pages are shown only on a loopback address until there is a log-in.\n";
    let (status, page, health) = asked_on("127.0.0.1", &[]).await;
    assert_eq!((status, health), (200, 200));
    assert!(page.contains("No project is served yet"), "{page}");
    // Where others could reach the listener, nobody sees a page, whoever asks; all else goes on.
    assert_eq!(asked_on("0.0.0.0", &[]).await, (404, sentence.to_owned(), 200));
    // A name that leads here from outside, and what was passed on, come from elsewhere.
    for header in [
        ("host", "release.example"),
        ("host", "127.0.0.1.evil.example:80"),
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
    ] {
        assert_eq!(asked_on("127.0.0.1", &[header]).await, (404, sentence.to_owned(), 200), "{header:?}");
    }
}

#[tokio::test]
async fn s29_without_pages_every_path_of_theirs_says_why() {
    let mouth = Mouth::of(Bench::new().await).await;
    for path in ["/", "/live", "/projects/fake:7", "/projects/fake:7/promotions/1", "/page.css", "/page.js"] {
        let (status, said) = mouth.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(said.starts_with("Pages are shown only on a loopback address"), "{path}: {said}");
    }
}
