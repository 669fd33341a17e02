//! One request from bytes to answer: faults, route, caller, permission, act, record. What an operation does stands in `route`.

use serde_json::{Value, json};

use super::call::{Call, decode, parse_query};
use super::route;
use super::token::{Caller, caller};
use crate::sandbox::model::{Break, Model, Project, Refusal, RequestRecord};
use crate::sandbox::world::World;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The `Host` header; links to further pages point there.
    pub host: String,
    /// The `Authorization` header.
    pub authorization: String,
    /// The `User-Agent` header; GitHub refuses requests without one.
    pub user_agent: String,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// The JSON; `None` is an empty body.
    pub body: Option<Value>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    pub(crate) fn message(status: u16, message: &str) -> Self {
        let documentation = "https://docs.github.com/rest";
        Self::json(
            status,
            json!({ "message": message, "documentation_url": documentation, "status": status.to_string() }),
        )
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::message(404, "Not Found"),
            Refusal::Forbidden(why) => Self::message(403, &why),
            Refusal::Conflict(why) => Self::message(409, &why),
            Refusal::Invalid(why) => {
                let mut reply = Self::message(422, &why);
                let doubled = why.strip_suffix(" already_exists");
                let error = doubled.map_or_else(
                    || json!({ "message": why }),
                    |field| json!({ "resource": "Release", "code": "already_exists", "field": field }),
                );
                if let Some(body) = reply.body.as_mut() {
                    body["errors"] = json!([error]);
                    if doubled.is_some() {
                        body["message"] = json!("Validation Failed");
                    }
                }
                reply
            }
        }
    }
}

/// Which permission an operation needs, each with its level; any one of several will do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// The app's JWT.
    App,
    /// An installation's token with one of these; none is metadata, which all have.
    Token(&'static [(&'static str, &'static str)]),
}

/// What an operation does.
pub(crate) type Act = fn(&mut Model, &Call) -> Result<Reply, Refusal>;

/// One route.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// Segments; `{name}` stands for one and a last `{name*}` for one or more.
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    pub(crate) act: Act,
}

/// Answers a request; `None` where a fault withholds the answer.
pub fn answer(world: &World, request: &Request) -> Option<Reply> {
    let target = strip_mount(&request.target);
    let path = by_name(&world.look(), target.split('?').next().unwrap_or(target));
    let fault = world.look().fault_for(&request.method, &path);
    let found = route::find(&request.method, &path);
    let operation = found.as_ref().map(|(operation, _)| format!("{} {}", operation.method, operation.path));
    let reply = match fault.and_then(instead) {
        Some(reply) => Some(reply),
        None if fault == Some(Break::SilentBefore) => None,
        None => {
            let done = world.attempt(|model| perform(model, request, found));
            match fault {
                Some(Break::ServerErrorAfter) => Some(Reply::message(502, "Server Error")),
                Some(Break::SilentAfter) => None,
                _ => Some(done),
            }
        }
    };
    let record = RequestRecord {
        method: request.method.clone(),
        path: target.to_owned(),
        operation,
        status: reply.as_ref().map(|reply| reply.status),
    };
    world.look().requests.push(record);
    reply.map(|reply| budget(world, reply))
}

/// A self-hosted GitHub has REST under `/api/v3` and GraphQL under `/api`.
fn strip_mount(target: &str) -> &str {
    target.strip_prefix("/api/v3").or_else(|| target.strip_prefix("/api")).unwrap_or(target)
}

/// An address by number (`/repositories/7/…`) as one by name.
fn by_name(model: &Model, path: &str) -> String {
    let number = path.strip_prefix("/repositories/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let named = number.and_then(|(id, rest)| {
        let project = model.projects.get(&id.parse().ok()?)?;
        Some(format!("/repos/{}/{rest}", model.path_of(project)).trim_end_matches('/').to_owned())
    });
    named.unwrap_or_else(|| path.to_owned())
}

/// The answer of a fault that does nothing.
fn instead(fault: Break) -> Option<Reply> {
    let limited = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    match fault {
        Break::ServerErrorBefore => Some(Reply::message(502, "Server Error")),
        Break::TooManyRequests(seconds) => {
            Some(Reply::message(429, limited).header("retry-after", seconds.to_string()))
        }
        Break::SecondaryLimit => Some(Reply::message(403, limited)),
        Break::Unauthorized => Some(Reply::message(401, "Bad credentials")),
        Break::NotFound => Some(Reply::message(404, "Not Found")),
        Break::GraphqlRateLimited => {
            let error =
                json!({ "type": "RATE_LIMITED", "message": "API rate limit exceeded for installation." });
            Some(Reply::json(200, json!({ "errors": [error] })))
        }
        Break::ServerErrorAfter | Break::SilentAfter | Break::SilentBefore => None,
    }
}

/// The headers of the primary limit, which this stand-in never reaches.
fn budget(world: &World, reply: Reply) -> Reply {
    if reply.status == 403 || reply.status == 429 {
        return reply;
    }
    let reset = world.look().now().as_second() + 3600;
    reply
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "4999")
        .header("x-ratelimit-reset", reset.to_string())
        .header("x-github-request-id", "0000:STAND:IN")
}

fn perform(model: &mut Model, request: &Request, found: Option<route::Found>) -> Reply {
    if request.user_agent.is_empty() {
        return Reply::message(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        );
    }
    let Some((operation, parameters)) = found else { return Reply::message(404, "Not Found") };
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parameters = parameters.into_iter().map(|(name, value)| (name, decode(&value))).collect();
    let attempt = caller(model, &request.authorization).and_then(|caller| {
        let call = Call {
            caller,
            project: 0,
            parameters,
            query: parse_query(query),
            body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
            address: format!("http://{}{path}", request.host),
        };
        admit(model, operation, call)
    });
    match attempt {
        Ok(call) => (operation.act)(model, &call).unwrap_or_else(Reply::from),
        Err(reply) => reply,
    }
}

/// Finds the project and checks the permission.
fn admit(model: &Model, operation: &Operation, mut call: Call) -> Result<Call, Reply> {
    match (&operation.need, &call.caller) {
        (Need::App, Caller::App) | (Need::Token(_), Caller::Installation { .. }) => {}
        (Need::App, _) => return Err(Reply::message(401, "A JSON web token could not be decoded")),
        (Need::Token(_), Caller::App) => {
            return Err(Reply::message(401, "This endpoint requires an installation access token"));
        }
    }
    if call.parameters.contains_key("owner") {
        let path = format!("{}/{}", call.text("owner"), call.text("repo"));
        let Some(project) = model.find_project(&path) else { return Err(moved(model, operation, &call)) };
        if !sees(model, &call.caller, project) {
            return Err(Reply::from(Refusal::NotFound));
        }
        call.project = project.id;
    }
    if let (Need::Token(alternatives), Caller::Installation { permissions, .. }) =
        (&operation.need, &call.caller)
    {
        let has = |(name, level): &(&str, &str)| {
            permissions.get(*name).is_some_and(|have| have == level || have == "write" || have == "admin")
        };
        if !alternatives.is_empty() && !alternatives.iter().any(has) {
            return Err(Reply::message(403, "Resource not accessible by integration"));
        }
    }
    Ok(call)
}

/// Whether an installation covers a project; the app itself sees all.
pub(crate) fn sees(model: &Model, caller: &Caller, project: &Project) -> bool {
    match caller {
        Caller::App => true,
        Caller::Installation { id, .. } => model.installations.get(id).is_some_and(|one| one.covers(project)),
    }
}

/// The address by number for a project that was renamed, else 404. A read moved for good (301); a write must be repeated as it
/// is (307), for clients make a GET of it after a 301.
fn moved(model: &Model, operation: &Operation, call: &Call) -> Reply {
    let path = format!("{}/{}", call.text("owner"), call.text("repo"));
    let Some(project) = model.find_moved(&path).filter(|project| sees(model, &call.caller, project)) else {
        return Reply::from(Refusal::NotFound);
    };
    let prefix = format!("/repos/{}/{}", call.text("owner"), call.text("repo"));
    let (host, rest) = call.address.split_once(&prefix).unwrap_or((&call.address, ""));
    let url = format!("{host}/repositories/{}{rest}", project.id);
    let (status, words) =
        if operation.method == "GET" { (301, "Moved Permanently") } else { (307, "Temporary Redirect") };
    let mut reply = Reply::message(status, words).header("location", url.clone());
    if let Some(body) = reply.body.as_mut() {
        body["url"] = json!(url);
    }
    reply
}
