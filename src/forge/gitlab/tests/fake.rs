//! A small GitLab, under a sub-path as some are, that answers by a script and logs every call. No rule of the real one lives here but that the rest is 404.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::effect::{Effect, EffectKey, Made};
use crate::domain::id::{
    Actor, ActorId, ActorKind, BranchName, CommitId, ForgeName, ProjectId, ProjectPath, TagName,
};
use crate::domain::query::{Answer as Found, Query};
use crate::domain::state::{Project, Service};
use crate::forge::client::http_client;
use crate::forge::gitlab::{GitLab, Setup};
use crate::forge::{Forge as _, Order, PerformError, ReadError};

/// The instance stands below this path.
pub(super) const ROOT: &str = "/git/lab";
pub(super) const NOW: &str = "2026-12-01T12:00:00Z";
pub(super) const SHA: &str = "8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";
pub(super) const OTHER: &str = "1111111111111111111111111111111111111111";

/// One call as the fake saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    /// Path and query below the API's root.
    pub(super) target: String,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Value,
}

/// An answer: status (0 is none at all), headers, body; text is sent as it is.
pub(super) struct Answer(pub(super) u16, pub(super) Vec<(&'static str, String)>, pub(super) Value);

pub(super) fn ok(body: Value) -> Answer {
    Answer(200, Vec::new(), body)
}

/// A refusal.
pub(super) fn status(status: u16, message: &str) -> Answer {
    Answer(status, Vec::new(), json!({ "message": message }))
}

type Script = dyn Fn(&Seen) -> Option<Answer> + Send + Sync;

/// A GitLab that answers by a script, knows our account, and answers 404 to the rest.
pub(super) struct Fake {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _server: tokio::task::JoinSet<()>,
}

impl Fake {
    pub(super) async fn new(script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
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

    /// One that gives these answers to reads, each at its target below the project unless it begins with a slash.
    pub(super) async fn of<const N: usize>(answers: [(&str, Value); N]) -> Self {
        let place = |target: &str| match target.strip_prefix('/') {
            Some(_) => target.to_owned(),
            None if target.is_empty() => "/projects/42".to_owned(),
            None => format!("/projects/42/{target}"),
        };
        let answers = answers.map(|(target, body)| (place(target), body));
        Self::new(move |seen| {
            let found = answers.iter().find(|(target, _)| *target == seen.target)?;
            (seen.method == "GET").then(|| ok(found.1.clone()))
        })
        .await
    }

    pub(super) fn gitlab(&self) -> GitLab {
        self.gitlab_over(&http_client(None).unwrap())
    }

    pub(super) fn gitlab_over(&self, http: &reqwest::Client) -> GitLab {
        GitLab::new(setup(&self.url), http).unwrap()
    }

    /// The calls, but those that only ask who we are.
    pub(super) fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The calls as `METHOD target`.
    pub(super) fn lines(&self) -> Vec<String> {
        self.calls().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }

    /// Where the calls went.
    pub(super) fn targets(&self) -> Vec<String> {
        self.calls().into_iter().map(|seen| seen.target).collect()
    }

    /// Carries an effect out: the how-manieth attempt, and what is known of its work.
    pub(super) async fn perform(
        &self,
        effect: &Effect,
        (attempt, reference): (u32, Option<&str>),
    ) -> Result<Made, PerformError> {
        let order = Order {
            project: &project(),
            key: &EffectKey::stored("1:x"),
            effect,
            attempt,
            reference,
            ordered_at: NOW.parse().unwrap(),
        };
        self.gitlab().perform(&order).await
    }

    pub(super) async fn try_read(&self, query: Query) -> Result<Option<Found>, ReadError> {
        self.gitlab().read(&project(), &query).await
    }

    pub(super) async fn read(&self, query: Query) -> Option<Found> {
        self.try_read(query).await.unwrap()
    }
}

/// How the adapter is set up for the instance at an address.
pub(super) fn setup(url: &str) -> Setup {
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
    assert_eq!(seen.headers["private-token"], "glpat-canary");
    // Who we are is asked once for all; what else is asked is what tests count.
    if seen.target != "/user" {
        log.lock().unwrap().push(seen.clone());
    }
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
    let body = match body {
        Value::String(text) => text,
        body => body.to_string(),
    };
    response.body(Body::from(body)).unwrap()
}

/// A list whose pages are these, each with the address of the next by GitLab's own outer address.
pub(super) fn paged(seen: &Seen, target: &str, pages: &[Value]) -> Option<Answer> {
    let at = match seen.target.strip_prefix(target)? {
        "" => 0,
        rest => rest.strip_prefix("&page=")?.parse::<usize>().ok()? - 1,
    };
    let next = format!("<https://git.acme.example{ROOT}/api/v4{target}&page={}>; rel=\"next\"", at + 2);
    let headers = if at + 1 < pages.len() { vec![("link", next)] } else { vec![] };
    let host = seen.headers["host"].to_str().unwrap();
    assert!(host.starts_with("127.0.0.1"), "the token goes where it belongs");
    Some(Answer(200, headers, pages.get(at).cloned().unwrap_or_else(|| json!([]))))
}

pub(super) fn project() -> Project {
    Project {
        id: ProjectId { forge: ForgeName::parse("gitlab").unwrap(), number: 42 },
        path: ProjectPath::parse("acme/platform/web").unwrap(),
        installation: None,
        default_branch: BranchName::parse("main").ok(),
        public: Some(false),
        archived: false,
        service: Service::Active,
        joined_at: NOW.parse().unwrap(),
    }
}

pub(super) fn ana() -> Actor {
    Actor { id: ActorId(1), login: "ana".into(), kind: ActorKind::Person }
}

/// An account as it stands inside other things.
pub(super) fn user(id: u64, name: &str) -> Value {
    json!({ "id": id, "username": name, "name": "A", "state": "active", "web_url": "https://h" })
}

pub(super) fn commit(text: &str) -> CommitId {
    CommitId::parse(text).unwrap()
}

pub(super) fn tag(text: &str) -> TagName {
    TagName::parse(text).unwrap()
}
