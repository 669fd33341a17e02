//! One exchange over HTTP: octocrab on the process's reqwest client, and nothing that octocrab would do by itself. Whose token is sent lives in `auth`.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};

use super::BadSetup;
use super::verdict::Reply;
use crate::forge::client::unconnected;
use crate::forge::fault::Fault;

/// Pinned: the next one, 2026-03-10, drops fields that older GitHub Enterprise Servers answer with.
const API_VERSION: HeaderValue = HeaderValue::from_static("2022-11-28");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("lockkeeper/", env!("CARGO_PKG_VERSION")));
const JSON: HeaderValue = HeaderValue::from_static("application/vnd.github+json");
/// Nothing that we ask for is larger; a page of commits is about 1 MiB.
const ANSWER_LIMIT: usize = 32 * 1024 * 1024;

/// A call: what, where to, with what.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query, never with a host.
    pub(super) target: String,
    pub(super) body: Option<serde_json::Value>,
}

impl Call {
    /// Whether sending it again does no harm.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }
}

/// The way to one GitHub.
pub(super) struct Transport {
    rest: Octocrab,
    graphql: Octocrab,
    base: Uri,
}

impl Transport {
    /// Must be called inside a tokio runtime: octocrab starts a worker of its own.
    pub(super) fn new(api_url: &str, http: &reqwest::Client) -> Result<Self, BadSetup> {
        let base: Uri = api_url.trim_end_matches('/').parse().map_err(|_| BadSetup::ApiUrl)?;
        if !matches!(base.scheme_str(), Some("http" | "https")) || base.authority().is_none() {
            return Err(BadSetup::ApiUrl);
        }
        let graphql = graphql_base(&base).ok_or(BadSetup::ApiUrl)?;
        Ok(Self { rest: crab(http, &base)?, graphql: crab(http, &graphql)?, base })
    }

    /// The root of the REST API.
    pub(super) fn base(&self) -> &Uri {
        &self.base
    }

    /// Sends a REST call once.
    pub(super) async fn send(&self, call: &Call, bearer: Option<&SecretString>) -> Result<Reply, Fault> {
        exchange(&self.rest, request(call, bearer)?).await
    }

    /// Sends a GraphQL document once.
    pub(super) async fn ask(
        &self,
        document: &serde_json::Value,
        bearer: Option<&SecretString>,
    ) -> Result<Reply, Fault> {
        let call = Call { method: Method::POST, target: "/graphql".to_owned(), body: Some(document.clone()) };
        exchange(&self.graphql, request(&call, bearer)?).await
    }

    /// Path and query of an address that the forge gave (the next page, a moved repository); `None` where it leads to
    /// another host. Reduced, because credentials go only to addresses that name no host.
    pub(super) fn local(&self, address: &str) -> Option<String> {
        let uri: Uri = address.parse().ok()?;
        let same = uri.authority().is_none_or(|there| {
            Some(there.as_str().to_ascii_lowercase())
                == self.base.authority().map(|here| here.as_str().to_ascii_lowercase())
        });
        if !same {
            return None;
        }
        Some(uri.path_and_query()?.as_str().to_owned())
    }

    /// Where a moved repository's calls go to.
    pub(super) fn moved(&self, reply: &Reply) -> Option<String> {
        let moved = [
            StatusCode::MOVED_PERMANENTLY,
            StatusCode::FOUND,
            StatusCode::TEMPORARY_REDIRECT,
            StatusCode::PERMANENT_REDIRECT,
        ];
        if !moved.contains(&reply.status) {
            return None;
        }
        self.local(reply.header(LOCATION.as_str())?)
    }
}

/// GitHub Enterprise Server has REST at `/api/v3` and GraphQL at `/api/graphql`; elsewhere both stand side by side.
fn graphql_base(base: &Uri) -> Option<Uri> {
    let text = base.to_string();
    text.trim_end_matches('/').trim_end_matches("/v3").parse().ok()
}

/// octocrab without its own retries (they repeat POSTs), redirects, cache and extra headers.
fn crab(http: &reqwest::Client, base: &Uri) -> Result<Octocrab, BadSetup> {
    OctocrabBuilder::new_empty()
        .with_service(ReqwestConnector::new(http.clone()))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_auth(AuthState::None)
        .build()
        .map_err(|never| match never {})
}

fn request(call: &Call, bearer: Option<&SecretString>) -> Result<Request<String>, Fault> {
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(&call.target)
        .header(USER_AGENT, AGENT)
        .header(ACCEPT, JSON)
        .header("x-github-api-version", API_VERSION);
    if let Some(bearer) = bearer {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret()))
            .map_err(|cause| Fault::NotSent(cause.into()))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    if call.body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    request.body(body).map_err(|cause| Fault::NotSent(cause.into()))
}

async fn exchange(crab: &Octocrab, request: Request<String>) -> Result<Reply, Fault> {
    let response = crab.execute(request).await.map_err(unanswered)?;
    let (parts, body) = response.into_parts();
    let body: Bytes = Limited::new(body, ANSWER_LIMIT)
        .collect()
        .await
        .map_err(|cause| Fault::NoAnswer(anyhow::anyhow!("the answer broke off: {cause}")))?
        .to_bytes();
    Ok(Reply { status: parts.status, headers: parts.headers, body })
}

/// A connection that was never made carried nothing over; of anything else nobody knows.
fn unanswered(error: octocrab::Error) -> Fault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if inner
            .downcast_ref::<reqwest::Error>()
            .is_some_and(|error| error.is_connect() || error.is_builder())
        {
            return Fault::NotSent(unconnected(error));
        }
        cause = inner.source();
    }
    Fault::NoAnswer(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_stands_beside_rest_but_for_an_enterprise_server() {
        for (rest, graphql) in [
            ("https://api.github.com", "https://api.github.com/"),
            ("https://ghe.acme.example/api/v3", "https://ghe.acme.example/api"),
            ("https://api.acme.ghe.com", "https://api.acme.ghe.com/"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/"),
        ] {
            let base: Uri = rest.parse().unwrap();
            assert_eq!(graphql_base(&base).map(|uri| uri.to_string()).as_deref(), Some(graphql));
        }
    }
}
