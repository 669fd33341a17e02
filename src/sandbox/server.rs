//! The stand-in behind HTTP, on loopback: one listener, one answer per request. What is answered stands in `wire`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::wire::{Reply, Request, answer};
use super::world::World;

/// The API as a router.
pub(super) fn router(world: World) -> Router {
    Router::new().fallback(receive).with_state(world)
}

pub(super) async fn receive(
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
        private_token: text("private-token"),
        user_agent: text("user-agent"),
        content_type: text("content-type"),
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
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), value.parse()) {
                headers.append(name, value);
            }
        }
        match (self.body, self.text) {
            (Some(body), _) => (status, headers, axum::Json(body)).into_response(),
            // The headers say of what type a text is.
            (None, Some(text)) => (status, headers, text.into_bytes()).into_response(),
            (None, None) => (status, headers).into_response(),
        }
    }
}
