//! Calls with our token: moved projects followed, pages gathered. What is asked for lives in `read` and `perform`.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Now;
use super::transport::{Call, GRAPHQL, Transport};
use super::verdict::Reply;
use crate::domain::id::{ActorId, ProjectPath};
use crate::forge::fault::Fault;
use crate::forge::route::{Route, next_page};

/// How often a read follows a moved project. A write never does: GitLab does not take it there.
const HOPS: u32 = 3;

/// The wire, and the clock that its limits are told by.
pub(super) struct Api {
    pub(super) transport: Transport,
    pub(super) now: Now,
}

/// The account that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// Its number.
    pub(super) id: ActorId,
    /// Its name.
    pub(super) login: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    username: String,
}

impl Route {
    /// `/projects/NUMBER`.
    pub(in crate::forge::gitlab) fn project(number: u64) -> Self {
        Self::root().then("projects").then(number)
    }

    /// `/projects/GROUP%2FNAME`.
    pub(in crate::forge::gitlab) fn project_called(path: &ProjectPath) -> Self {
        Self::root().then("projects").then(path)
    }
}

impl Api {
    /// Who we are.
    pub(super) async fn account(&self) -> Result<Account, Fault> {
        let user: User = self.get(&Route::root().then("user")).await?;
        Ok(Account { id: ActorId(user.id), login: user.username })
    }

    /// Reads one thing.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: &Route) -> Result<T, Fault> {
        self.call(Method::GET, route, None).await?.json()
    }

    /// Reads a file or a log as it is.
    pub(super) async fn text(&self, route: &Route) -> Result<String, Fault> {
        let reply = self.call(Method::GET, route, None).await?;
        String::from_utf8(reply.body.into()).map_err(|cause| Fault::Unreadable(cause.into()))
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
    pub(super) async fn put<T: DeserializeOwned>(&self, route: &Route, body: Value) -> Result<T, Fault> {
        self.call(Method::PUT, route, Some(body)).await?.json()
    }

    /// Takes something away; the answer is empty.
    pub(super) async fn delete(&self, route: &Route) -> Result<(), Fault> {
        self.call(Method::DELETE, route, None).await.map(drop)
    }

    /// Asks or orders what only GraphQL can.
    pub(super) async fn graphql(&self, document: &str, variables: Value) -> Result<Value, Fault> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            data: Value,
            #[serde(default)]
            errors: Vec<Value>,
        }
        let body = json!({ "query": document, "variables": variables });
        let reply =
            self.send(Call { method: Method::POST, target: GRAPHQL.to_owned(), body: Some(body) }).await?;
        let answer: Answer = reply.json()?;
        match answer.errors.first() {
            None => Ok(answer.data),
            Some(error) => {
                let said = error["message"].as_str().unwrap_or("it refuses").to_owned();
                Err(Fault::Denied { status: 422, said })
            }
        }
    }

    /// Gathers pages until there is none, `pages` were read, or `enough` says so of what was gathered.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        route: &Route,
        pages: u32,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Fault> {
        let from = route.target().ok_or_else(Fault::nameless)?;
        Ok(self.turn(from, pages, enough).await?.0)
    }

    /// Gathers pages from a place on, as [`Api::pages`] does; and where the next one is, if there is one.
    pub(super) async fn turn<T: DeserializeOwned>(
        &self,
        from: String,
        pages: u32,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<(Vec<T>, Option<String>), Fault> {
        let mut gathered = Vec::new();
        let mut next = Some(from);
        for _ in 0..pages {
            let Some(target) = next.take() else { break };
            let reply = self.send(Call { method: Method::GET, target, body: None }).await?;
            next = reply.header("link").and_then(next_page).and_then(|next| self.transport.local(next));
            gathered.extend(reply.json::<Vec<T>>()?);
            if enough(&gathered) {
                break;
            }
        }
        Ok((gathered, next))
    }

    async fn call(&self, method: Method, route: &Route, body: Option<Value>) -> Result<Reply, Fault> {
        let target = route.target().ok_or_else(Fault::nameless)?;
        self.send(Call { method, target, body }).await
    }

    async fn send(&self, mut call: Call) -> Result<Reply, Fault> {
        let mut hops = if call.is_read() { HOPS } else { 0 };
        loop {
            let reply = self.transport.send(&call).await?;
            match self.transport.moved(&reply) {
                Some(target) if hops > 0 => {
                    call.target = target;
                    hops -= 1;
                }
                _ => return reply.judged(&call.target, (self.now)()),
            }
        }
    }
}
