//! One exchange over HTTP with our token, on addresses below the instance's API alone. What an answer means lives in `verdict`.

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::BadSetup;
use super::verdict::Reply;
use crate::forge::client::unconnected;
use crate::forge::fault::Fault;

/// Where the API stands below an instance's root.
const API: &str = "/api/v4";
/// The target that means GraphQL, which stands beside the API. No path below the API is called so.
pub(super) const GRAPHQL: &str = "graphql";
const AGENT: HeaderValue = HeaderValue::from_static(concat!("lockkeeper/", env!("CARGO_PKG_VERSION")));
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Nothing that we ask for is larger; a page of commits is about 1 MiB.
const ANSWER_LIMIT: usize = 32 * 1024 * 1024;

/// A call: what, where to, with what.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query below the API's root, never with a host.
    pub(super) target: String,
    pub(super) body: Option<serde_json::Value>,
}

impl Call {
    /// Whether sending it again does no harm.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }
}

/// The way to one GitLab.
pub(super) struct Transport {
    http: reqwest::Client,
    base: Url,
    token: HeaderValue,
}

impl Transport {
    pub(super) fn new(url: &str, token: SecretString, http: &reqwest::Client) -> Result<Self, BadSetup> {
        let mut base: Url = url.trim().parse().map_err(|_| BadSetup::Url)?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(BadSetup::Url);
        }
        let path = base.path().trim_end_matches('/').trim_end_matches(API).trim_end_matches('/').to_owned();
        base.set_path(&path);
        base.set_query(None);
        base.set_fragment(None);
        let token = token.expose_secret().trim();
        let mut token =
            HeaderValue::from_str(token).ok().filter(|_| !token.is_empty()).ok_or(BadSetup::Token)?;
        token.set_sensitive(true);
        Ok(Self { http: http.clone(), base, token })
    }

    /// The root of the instance, without a slash at the end of its sub-path.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Sends a call once.
    pub(super) async fn send(&self, call: &Call) -> Result<Reply, Fault> {
        let root = self.base.as_str().trim_end_matches('/');
        let address = match call.target.as_str() {
            GRAPHQL => format!("{root}/api/graphql"),
            target => format!("{root}{API}{target}"),
        };
        let mut request = self
            .http
            .request(call.method.clone(), address)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, JSON)
            .header("private-token", self.token.clone());
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, JSON).body(body.to_string());
        }
        let answer = request.send().await.map_err(unanswered)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Reply { status, headers, body: whole(answer).await? })
    }

    /// Path and query below the API of an address that GitLab gave (the next page, a moved project). GitLab names itself by
    /// its own outer address, which need not be the one that we reach it by: only what follows the API's root counts, and it
    /// is asked where the token belongs.
    pub(super) fn local(&self, address: &str) -> Option<String> {
        let address = self.base.join(address).ok()?;
        let (_, below) = address.path().split_once(&format!("{API}/"))?;
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("/{below}{query}"))
    }

    /// Where a moved project is read.
    pub(super) fn moved(&self, reply: &Reply) -> Option<String> {
        let moved = [
            StatusCode::MOVED_PERMANENTLY,
            StatusCode::FOUND,
            StatusCode::TEMPORARY_REDIRECT,
            StatusCode::PERMANENT_REDIRECT,
        ];
        moved.contains(&reply.status).then(|| self.local(reply.header(LOCATION.as_str())?))?
    }
}

async fn whole(mut answer: reqwest::Response) -> Result<Bytes, Fault> {
    let mut body = BytesMut::new();
    while let Some(part) = answer.chunk().await.map_err(broken_off)? {
        if body.len() + part.len() > ANSWER_LIMIT {
            return Err(Fault::Unreadable(anyhow::anyhow!("the answer is over {ANSWER_LIMIT} bytes")));
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

fn broken_off(error: reqwest::Error) -> Fault {
    Fault::NoAnswer(anyhow::Error::new(error.without_url()).context("the answer broke off"))
}

/// A connection that was never made carried nothing over; of anything else nobody knows.
fn unanswered(error: reqwest::Error) -> Fault {
    let not_sent = error.is_connect() || error.is_builder();
    let error = error.without_url();
    if not_sent { Fault::NotSent(unconnected(error)) } else { Fault::NoAnswer(error.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(url: &str) -> Result<Transport, BadSetup> {
        Transport::new(url, "glpat-x".into(), &crate::forge::client::http_client(None).unwrap())
    }

    #[test]
    fn the_root_may_hold_a_sub_path_and_need_not_name_the_api() {
        for (given, root) in [
            ("https://gitlab.com", "https://gitlab.com/"),
            ("https://acme.example/gitlab/", "https://acme.example/gitlab"),
            ("https://acme.example/gitlab/api/v4", "https://acme.example/gitlab"),
            ("http://127.0.0.1:4000/", "http://127.0.0.1:4000/"),
        ] {
            assert_eq!(to(given).unwrap().base().as_str(), root);
        }
        for bad in ["", "gitlab.com", "ftp://gitlab.com"] {
            assert!(matches!(to(bad), Err(BadSetup::Url)), "{bad}");
        }
    }

    #[test]
    fn an_address_that_gitlab_gave_is_asked_where_the_token_belongs() {
        let transport = to("http://10.0.0.7/git").unwrap();
        for (given, local) in [
            (
                "https://git.acme.example/git/api/v4/projects/42/issues?page=2",
                Some("/projects/42/issues?page=2"),
            ),
            ("/git/api/v4/projects/7", Some("/projects/7")),
            ("https://git.acme.example/users/sign_in", None),
        ] {
            assert_eq!(transport.local(given).as_deref(), local, "{given}");
        }
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_refused() {
        for token in ["", " ", "a\nb"] {
            let http = crate::forge::client::http_client(None).unwrap();
            let made = Transport::new("https://gitlab.com", token.into(), &http);
            assert!(matches!(made, Err(BadSetup::Token)), "{token:?}");
        }
    }
}
