//! GitHub's wire layer over the model: REST, GraphQL, webhooks, on loopback. What is there is the model's affair; how it is asked
//! for, refused and written is decided here.

mod call;
mod graphql;
mod hook;
mod route;
mod shape;
mod signature;
mod token;
mod wire;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tokio::net::TcpListener;

use super::model::AppCredentials;
use super::world::World;
use crate::clock::Clock;

pub use route::operations;
pub(crate) use signature::envelope;
pub use wire::{Reply, Request, answer};

/// A stand-in GitHub with one project, `owner/name`, on which the app is not installed yet.
pub fn stand_in(clock: Clock, credentials: AppCredentials, path: &str) -> World {
    World::begin(clock, credentials, hook::messages, path)
}

/// The API as a router: REST and `/graphql`, also under `/api/v3` and `/api` as on a self-hosted GitHub.
pub fn router(world: World) -> Router {
    Router::new().fallback(receive).with_state(world)
}

/// The API below `/api` and the pages for people beside it, on one address as a self-hosted GitHub has them.
pub fn self_hosted(world: World) -> Router {
    let api = Router::new().route("/api/{*rest}", any(receive)).with_state(world.clone());
    super::page::router(world).merge(api)
}

/// Answers API requests until the future is dropped. Makes no tasks of its own but those of the HTTP library.
pub async fn serve(world: World, listener: TcpListener) -> std::io::Result<()> {
    if let Ok(address) = listener.local_addr() {
        world.look().addresses.api = format!("http://{address}");
    }
    axum::serve(listener, router(world)).await
}

async fn receive(
    State(world): State<World>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let request = Request {
        method: method.to_string(),
        target: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        host: text("host"),
        authorization: text("authorization"),
        user_agent: text("user-agent"),
        body: body.to_vec(),
    };
    match answer(&world, &request) {
        Some(reply) => {
            // The forge's own clock, as HTTP shows it (RFC 9110, 5.6.7).
            let date = world.look().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            reply.header("date", date).into_response()
        }
        // Withheld on purpose. The client gives up long before this; the limit only frees the connection.
        None => {
            tokio::time::sleep(std::time::Duration::from_secs(300)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name.as_str()), value.parse()) {
                headers.append(name, value);
            }
        }
        match self.body {
            Some(body) => (status, headers, axum::Json(body)).into_response(),
            None => (status, headers).into_response(),
        }
    }
}
