//! Calls as one credential: token renewed once, moved repositories followed, pages gathered, GraphQL answers read. What is asked for lives in `read` and `perform`.

use http::{Method, StatusCode};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Now;
use super::auth::{Credential, Keys};
use super::transport::{Call, Transport};
use super::verdict::{Reply, missing_permission};
use crate::domain::id::ProjectPath;
use crate::forge::fault::Fault;
use crate::forge::route::{Route, next_page};

/// How often a read follows a moved repository. A write follows once.
const READ_HOPS: u32 = 3;

/// The wire and the keys to it.
pub(super) struct Api {
    pub(super) transport: Transport,
    pub(super) keys: Keys,
    pub(super) now: Now,
}

/// The API, spoken to as somebody.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    api: &'a Api,
    credential: Credential,
}

#[derive(Deserialize)]
struct GraphqlAnswer {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct GraphqlError {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: String,
}

impl Api {
    /// Speaks as somebody.
    pub(super) fn speak_as(&self, credential: Credential) -> Caller<'_> {
        Caller { api: self, credential }
    }
}

impl Caller<'_> {
    /// The time by which limits and patience are told.
    pub(super) fn now(&self) -> Timestamp {
        (self.api.now)()
    }

    /// Reads one thing.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &Route) -> Result<T, Fault> {
        self.call(Method::GET, route, None).await?.json()
    }

    /// Orders something new.
    pub(super) async fn post<T: DeserializeOwned>(&self, route: &Route, body: Value) -> Result<T, Fault> {
        self.call(Method::POST, route, Some(body)).await?.json()
    }

    /// Orders something by these words, or by none, whose answer may be empty.
    pub(super) async fn order<T: DeserializeOwned>(
        &self,
        route: &Route,
        body: Option<Value>,
    ) -> Result<Option<T>, Fault> {
        let reply = self.call(Method::POST, route, body).await?;
        if reply.status == StatusCode::NO_CONTENT || reply.body.is_empty() {
            return Ok(None);
        }
        reply.json().map(Some)
    }

    /// Orders a change of something.
    pub(super) async fn patch<T: DeserializeOwned>(&self, route: &Route, body: Value) -> Result<T, Fault> {
        self.call(Method::PATCH, route, Some(body)).await?.json()
    }

    /// Takes something away; the answer is empty.
    pub(super) async fn delete(&self, route: &Route) -> Result<(), Fault> {
        self.call(Method::DELETE, route, None).await.map(drop)
    }

    /// Gathers pages until there is none, `pages` were read, or `enough` says so of what was gathered.
    pub(super) async fn pages<P: DeserializeOwned, T>(
        &self,
        route: &Route,
        pages: u32,
        items: impl Fn(P) -> Vec<T>,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Fault> {
        let mut gathered = Vec::new();
        let mut next = Some(route.target().ok_or_else(Fault::nameless)?);
        for _ in 0..pages {
            let Some(target) = next.take() else { break };
            let reply = self.send(Call { method: Method::GET, target, body: None }).await?;
            next = reply.header("link").and_then(next_page).and_then(|next| self.api.transport.local(next));
            gathered.extend(items(reply.json()?));
            if enough(&gathered) {
                break;
            }
        }
        Ok(gathered)
    }

    async fn call(&self, method: Method, route: &Route, body: Option<Value>) -> Result<Reply, Fault> {
        let target = route.target().ok_or_else(Fault::nameless)?;
        self.send(Call { method, target, body }).await
    }

    async fn send(&self, mut call: Call) -> Result<Reply, Fault> {
        let mut hops = if call.is_read() { READ_HOPS } else { 1 };
        loop {
            let reply = self.send_renewed(&call).await?;
            match self.api.transport.moved(&reply) {
                // A redirect says that nothing was carried out here, so a write may go on to the new address.
                Some(target) if hops > 0 => {
                    call.target = target;
                    hops -= 1;
                }
                _ => return reply.judged(&call.target, (self.api.now)()),
            }
        }
    }

    /// Sends; where the token was not accepted, once more with a new one. A 401 means that nothing was carried out.
    async fn send_renewed(&self, call: &Call) -> Result<Reply, Fault> {
        let bearer = self.bearer().await?;
        let reply = self.api.transport.send(call, bearer.as_ref()).await?;
        let Some(bearer) = self.renewed(&reply, bearer).await? else { return Ok(reply) };
        self.api.transport.send(call, Some(&bearer)).await
    }

    async fn bearer(&self) -> Result<Option<SecretString>, Fault> {
        self.api.keys.bearer(&self.api.transport, self.credential).await
    }

    /// A new token, where the answer says that the old one is no good.
    async fn renewed(&self, reply: &Reply, old: Option<SecretString>) -> Result<Option<SecretString>, Fault> {
        let (401, Credential::Installation(number), Some(old)) =
            (reply.status.as_u16(), self.credential, old)
        else {
            return Ok(None);
        };
        self.api.keys.forget(number, &old).await;
        self.bearer().await
    }

    /// Asks by GraphQL. What is not there is `null` in the answer; any other error fails the whole: never a part for the whole.
    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, Fault> {
        let document = json!({ "query": query, "variables": variables });
        let bearer = self.bearer().await?;
        let mut reply = self.api.transport.ask(&document, bearer.as_ref()).await?;
        if let Some(bearer) = self.renewed(&reply, bearer).await? {
            reply = self.api.transport.ask(&document, Some(&bearer)).await?;
        }
        let reply = reply.judged("/graphql", (self.api.now)())?;
        let answer: GraphqlAnswer = reply.json()?;
        if let Some(fault) = answer.errors.iter().find_map(|error| self.graphql_fault(error, &reply)) {
            return Err(fault);
        }
        let data = answer.data.ok_or_else(|| Fault::lacks("`data`"))?;
        serde_json::from_value(data).map_err(|cause| Fault::Unreadable(cause.into()))
    }

    fn graphql_fault(&self, error: &GraphqlError, reply: &Reply) -> Option<Fault> {
        let cause = anyhow::anyhow!("GraphQL: {}", error.message);
        let message = error.message.to_ascii_lowercase();
        match error.kind.as_deref() {
            Some("NOT_FOUND") => None,
            Some("RATE_LIMITED") => {
                Some(Fault::Limited { retry_at: reply.graphql_limit((self.api.now)()), cause })
            }
            _ if message.contains("rate limit") => {
                Some(Fault::Limited { retry_at: reply.graphql_limit((self.api.now)()), cause })
            }
            _ if message.contains("not accessible by integration") => {
                Some(Fault::Denied { status: 403, said: missing_permission(None, "") })
            }
            Some("FORBIDDEN") => Some(Fault::Denied { status: 403, said: error.message.clone() }),
            Some("SERVICE_UNAVAILABLE" | "INTERNAL" | "LOADING_ERROR") => Some(Fault::NoAnswer(cause)),
            _ if message.contains("something went wrong") || message.contains("timeout") => {
                Some(Fault::NoAnswer(cause))
            }
            _ => Some(Fault::Unreadable(cause)),
        }
    }
}

impl Route {
    /// `/repos/owner/name`.
    pub(in crate::forge::github) fn repository(path: &ProjectPath) -> Self {
        Self::root().then("repos").then(path.owner()).then(path.name())
    }
}
