//! The adapter against a small GitLab on loopback, under a sub-path, that logs every call. What deliveries mean is tested beside `webhook`.

mod fake;
mod people;
mod range;
mod read;
mod set_up;
mod wire;
mod work;

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use serde_json::{Value, json};

use super::*;
use crate::forge::client::http_client;

const NOW: &str = "2026-12-01T12:00:00Z";
/// The instance stands below this path, as some do.
const ROOT: &str = "/git/lab";

/// One call as the fake saw it; its target is below the API's root.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    target: String,
    headers: http::HeaderMap,
    body: Value,
}

/// An answer: status, headers, body as text.
struct Answer(u16, Vec<(&'static str, String)>, String);

fn ok(body: Value) -> Answer {
    Answer(200, Vec::new(), body.to_string())
}

fn status(status: u16, message: &str) -> Answer {
    Answer(status, Vec::new(), json!({ "message": message }).to_string())
}

type Script = dyn Fn(&Seen) -> Option<Answer> + Send + Sync;

/// A GitLab that answers by a script, knows our account, and answers 404 to the rest.
struct Fake {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _server: tokio::task::JoinSet<()>,
}

impl Fake {
    async fn new(script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}{ROOT}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (log, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (log, script) = (Arc::clone(&log), Arc::clone(&script));
            async move { serve(request, &log, &script).await }
        });
        let mut server = tokio::task::JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, _server: server }
    }

    fn gitlab(&self) -> GitLab {
        self.gitlab_over(&http_client(None).unwrap())
    }

    fn gitlab_over(&self, http: &reqwest::Client) -> GitLab {
        GitLab::new(setup(&self.url), http).unwrap()
    }

    fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The calls as `METHOD target`.
    fn lines(&self) -> Vec<String> {
        self.calls().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }
}

async fn serve(request: Request, log: &Mutex<Vec<Seen>>, script: &Arc<Script>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    let whole = parts.uri.path_and_query().unwrap().to_string();
    let target = whole.strip_prefix(&format!("{ROOT}/api/v4")).map(str::to_owned);
    let seen = Seen {
        method: parts.method.to_string(),
        target: target.unwrap_or_else(|| format!("OUTSIDE {whole}")),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    log.lock().unwrap().push(seen.clone());
    let ourselves = || (seen.target == "/user").then(|| ok(json!({ "id": 90, "username": "lockkeeper" })));
    let answer = script(&seen).or_else(ourselves).unwrap_or_else(|| self::status(404, "404 Not Found"));
    let Answer(status, headers, body) = answer;
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).unwrap()
}

fn setup(url: &str) -> Setup {
    let now: Timestamp = NOW.parse().unwrap();
    Setup {
        url: url.to_owned(),
        token: "glpat-canary".into(),
        webhook_secret: Some("secret".into()),
        webhook_secret_old: None,
        signing_token: None,
        signing_token_old: None,
        now: Arc::new(move || now),
    }
}
