//! The way from the bot to the stand-in: straight, or through a judge that stands between. Keeps what was asked in GraphQL and answered.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// An address that leads to whichever stand-in was put behind it last.
#[derive(Clone)]
pub(crate) struct Door {
    /// Where the bot must knock.
    pub(crate) address: String,
    behind: Arc<Mutex<Router>>,
    spoken: Arc<Mutex<Vec<Value>>>,
}

impl Door {
    /// A door on a free port of the loopback.
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let door = Self { address, behind: Arc::default(), spoken: Arc::default() };
        let router = Router::new().fallback(pass).with_state(door.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        door
    }

    /// The same door as somebody sees it who must pass a judge first.
    pub(crate) fn behind_judge(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Puts a stand-in behind the door.
    pub(crate) fn lead_to(&self, router: Router) {
        let listening = router.layer(from_fn_with_state(self.clone(), listen));
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = listening;
    }

    /// Every GraphQL document with its answer: `[{query, answer}]`.
    pub(crate) fn spoken(&self) -> Vec<Value> {
        self.spoken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(State(door): State<Door>, request: Request) -> Response {
    let router = door.behind.lock().unwrap_or_else(PoisonError::into_inner).clone();
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

async fn listen(State(door): State<Door>, request: Request, next: Next) -> Response {
    if request.uri().path() != "/graphql" {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let asked = whole(body).await;
    let answer = next.run(Request::from_parts(parts, Body::from(asked.clone()))).await;
    let (parts, body) = answer.into_parts();
    let answered = whole(body).await;
    let read = |bytes: &Bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    // A refusal (a limit, a token that was taken back) has no data that a schema could judge.
    if parts.status.is_success() && read(&answered).get("data").is_some_and(|data| !data.is_null()) {
        let pair = json!({ "query": read(&asked)["query"], "answer": read(&answered) });
        door.spoken.lock().unwrap_or_else(PoisonError::into_inner).push(pair);
    }
    Response::from_parts(parts, Body::from(answered))
}

async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.expect("a body on the loopback is read")
}
