//! The adapter against a small GitHub on loopback that logs every call. What deliveries mean is tested beside `webhook`.

mod check;
mod deployment;
mod draft;
mod issue;
mod people;
mod perform;
mod proposal;
mod range;
mod read;
mod round;
mod run;
mod tag;
mod wire;

use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::encoding::AsDer;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::domain::effect::{Effect, EffectKey};
use crate::domain::id::{BranchName, CommitId, TagName};
use crate::domain::state::Service;
use crate::forge::client::http_client;

const NOW: &str = "2026-12-01T12:00:00Z";
const SHA: &str = "8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";
const OTHER: &str = "1111111111111111111111111111111111111111";

/// One call as the fake saw it.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    target: String,
    headers: http::HeaderMap,
    body: Value,
}

impl Seen {
    fn is(&self, method: &str, target: &str) -> bool {
        self.method == method && self.target == target
    }

    fn bearer(&self) -> &str {
        self.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An answer: status, headers, body.
struct Answer(u16, Vec<(&'static str, String)>, Value);

fn ok(body: Value) -> Answer {
    Answer(200, Vec::new(), body)
}

fn status(status: u16, message: &str) -> Answer {
    Answer(status, Vec::new(), json!({ "message": message }))
}

type Script = dyn Fn(&Seen, &[Seen]) -> Option<Answer> + Send + Sync;

/// A GitHub that answers by a script, mints tokens, knows our App, and answers 404 to the rest.
struct Fake {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _server: tokio::task::JoinSet<()>,
}

impl Fake {
    async fn new(script: impl Fn(&Seen, &[Seen]) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
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

    fn github(&self) -> GitHub {
        self.github_over(&http_client(None).unwrap())
    }

    fn github_over(&self, http: &reqwest::Client) -> GitHub {
        let now: Timestamp = NOW.parse().unwrap();
        GitHub::new(setup(&self.url, now), http).unwrap()
    }

    /// The calls, without those that only get us in.
    fn calls(&self) -> Vec<Seen> {
        let ours = |seen: &Seen| !seen.target.starts_with("/app") && !seen.target.starts_with("/users/");
        self.seen.lock().unwrap().iter().filter(|seen| ours(seen)).cloned().collect()
    }

    /// The calls as `METHOD target`.
    fn lines(&self) -> Vec<String> {
        self.calls().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }

    fn minted(&self) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| seen.target.ends_with("/access_tokens")).count()
    }
}

async fn serve(request: Request, log: &Mutex<Vec<Seen>>, script: &Arc<Script>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    let seen = Seen {
        method: parts.method.to_string(),
        target: parts.uri.path_and_query().unwrap().to_string(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let before: Vec<Seen> = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log[..log.len() - 1].to_vec()
    };
    let Answer(status, headers, body) = script(&seen, &before)
        .or_else(|| entrance(&seen, &before))
        .unwrap_or_else(|| self::status(404, "Not Found"));
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body.to_string())).unwrap()
}

/// Tokens, and who we are.
fn entrance(seen: &Seen, before: &[Seen]) -> Option<Answer> {
    let minted = before.iter().filter(|seen| seen.target.ends_with("/access_tokens")).count();
    Some(match seen.target.as_str() {
        "/app/installations/5/access_tokens" => Answer(
            201,
            Vec::new(),
            json!({ "token": format!("ghs_canary_{minted}_{}", "x".repeat(300)), "expires_at": format!("2026-12-01T{}:00:00Z", 13 + minted) }),
        ),
        "/app/installations?per_page=1" => ok(json!([{ "id": 5 }])),
        "/repos/acme/web/releases?per_page=100" => ok(json!([])),
        "/app" => ok(json!({ "id": 99, "slug": "lockkeeper" })),
        "/users/lockkeeper%5Bbot%5D" => ok(json!({ "id": 990, "login": "lockkeeper[bot]", "type": "Bot" })),
        _ => return None,
    })
}

fn setup(url: &str, now: Timestamp) -> Setup {
    Setup {
        api_url: url.to_owned(),
        app_id: "Iv1.abc".to_owned(),
        private_key: pem(),
        webhook_secret: "secret".into(),
        webhook_secret_old: None,
        now: Arc::new(move || now),
    }
}

/// A key of this run's own.
fn pem() -> SecretString {
    static PEM: OnceLock<String> = OnceLock::new();
    let pem = PEM.get_or_init(|| {
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
        let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    });
    pem.as_str().into()
}

fn project() -> Project {
    let forge = ForgeName::parse("github").unwrap();
    Project {
        id: ProjectId { forge: forge.clone(), number: 42 },
        path: ProjectPath::parse("acme/web").unwrap(),
        installation: Some(InstallationId { forge, number: 5 }),
        default_branch: BranchName::parse("main").ok(),
        public: Some(false),
        archived: false,
        service: Service::Active,
        joined_at: NOW.parse().unwrap(),
    }
}

fn commit(text: &str) -> CommitId {
    CommitId::parse(text).unwrap()
}

fn tag(text: &str) -> TagName {
    TagName::parse(text).unwrap()
}

fn key() -> EffectKey {
    EffectKey::stored("0123456789abcdef:reply:discussion:77")
}

/// A list whose pages are these, each with the address of the next.
fn paged(seen: &Seen, target: &str, pages: &[Value]) -> Option<Answer> {
    let at = match seen.target.strip_prefix(target)? {
        "" => 0,
        rest => rest.strip_prefix("&page=")?.parse::<usize>().ok()? - 1,
    };
    let host = seen.headers["host"].to_str().ok()?;
    let next = format!("<http://{host}{target}&page={}>; rel=\"next\"", at + 2);
    let headers = if at + 1 < pages.len() { vec![("link", next)] } else { vec![] };
    (seen.method == "GET").then(|| Answer(200, headers, pages[at].clone()))
}

/// Performs an effect as this attempt, with this reference.
async fn perform(
    github: &GitHub,
    effect: &Effect,
    attempt: u32,
    reference: Option<&str>,
) -> Result<Made, PerformError> {
    let order = Order {
        project: &project(),
        key: &key(),
        effect,
        attempt,
        reference,
        ordered_at: NOW.parse().unwrap(),
    };
    github.perform(&order).await
}
