//! GitHub's side of one request: route, caller, permission, and how a refusal is worded. What an operation does stands in `route`.

use serde_json::{Value, json};

use super::call::Call;
use super::token::{Caller, caller};
use super::{hook, route, signature};
use crate::sandbox::call::{decode, parse_query};
use crate::sandbox::model::{Break, Delivery, Happening, Message, Model, Project, Refusal, Signature};
use crate::sandbox::post::Envelope;
pub(crate) use crate::sandbox::wire::Reply;
use crate::sandbox::wire::{Landing, Manners, Pages, Request, Wire};

/// GitHub, as a wire.
pub(crate) struct GitHub;

static MANNERS: Manners = Manners {
    api: "https://api.github.com",
    site: "https://github.com",
    sign: '#',
    pages: &Pages {
        change: "pull",
        issue: "issues",
        release: "releases/tag",
        commit: "commit",
        run: "actions/runs",
        deployments: "deployments",
    },
    bot: |slug| format!("{slug}[bot]"),
    squashed: |landing| {
        let title = format!("{} (#{})", landing.title, landing.number);
        let co_author = |one: &Signature| format!("Co-authored-by: {} <{}>", one.name, one.email);
        let co_authors: Vec<String> = landing.co_authors.iter().map(co_author).collect();
        let parts = [title.as_str(), landing.body, &co_authors.join("\n")];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n\n").trim_end().to_owned()
    },
    merged: |landing| {
        let Landing { project, number, head, title, .. } = landing;
        let owner = project.split('/').next().unwrap_or_default();
        format!("Merge pull request #{number} from {owner}/{head}\n\n{title}")
    },
    is_workflow: |path| path.starts_with(".github/workflows/"),
    on_tag: |file| {
        let jobs = "jobs:\n  publish:\n    runs-on: ubuntu-latest\n";
        let text = format!("name: {file}\non:\n  push:\n    tags: [\"v*\"]\n{jobs}");
        (format!(".github/workflows/{file}"), text)
    },
    has_machine: true,
    cancelled: "failure",
};

impl Wire for GitHub {
    fn manners(&self) -> &'static Manners {
        &MANNERS
    }

    fn messages(&self, model: &Model, happening: &Happening) -> Vec<Message> {
        hook::messages(model, happening)
    }

    fn envelope(&self, model: &Model, delivery: &Delivery) -> Envelope {
        signature::envelope(model, delivery)
    }

    fn path(&self, model: &Model, target: &str) -> String {
        let target = strip_mount(target);
        by_name(model, target.split('?').next().unwrap_or(target))
    }

    fn operation(&self, method: &str, path: &str) -> Option<String> {
        route::find(method, path).map(|(operation, _)| operation.name())
    }

    fn perform(&self, model: &mut Model, request: &Request, path: &str) -> Reply {
        perform(model, request, route::find(&request.method, path))
    }

    fn instead(&self, fault: Break) -> Option<Reply> {
        instead(fault)
    }

    fn finish(&self, model: &Model, reply: Reply) -> Reply {
        budget(model, reply)
    }
}

pub(crate) fn message(status: u16, text: &str) -> Reply {
    let documentation = "https://docs.github.com/rest";
    Reply::json(
        status,
        json!({ "message": text, "documentation_url": documentation, "status": status.to_string() }),
    )
}

pub(crate) fn refused(refusal: Refusal) -> Reply {
    match refusal {
        Refusal::NotFound | Refusal::Absent(_) => message(404, "Not Found"),
        Refusal::Forbidden(why) => message(403, &why),
        Refusal::Conflict(why) => message(409, &why),
        Refusal::Invalid(why) => {
            let mut reply = message(422, &why);
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
/// Which permission an operation needs, each with its level; any one of several will do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// The app's JWT.
    App,
    /// An installation's token with one of these; none is metadata, which all have.
    Token(&'static [(&'static str, &'static str)]),
}

/// One route.
pub(crate) type Operation = crate::sandbox::route::Operation<Need, Caller>;

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
        Break::ServerErrorBefore => Some(message(502, "Server Error")),
        Break::TooManyRequests(seconds) => {
            Some(message(429, limited).header("retry-after", seconds.to_string()))
        }
        Break::SecondaryLimit => Some(message(403, limited)),
        Break::Unauthorized => Some(message(401, "Bad credentials")),
        Break::NotFound => Some(message(404, "Not Found")),
        Break::GraphqlRateLimited => {
            let error =
                json!({ "type": "RATE_LIMITED", "message": "API rate limit exceeded for installation." });
            Some(Reply::json(200, json!({ "errors": [error] })))
        }
        Break::ServerErrorAfter | Break::SilentAfter | Break::SilentBefore => None,
    }
}

/// The headers of the primary limit, which this stand-in never reaches.
fn budget(model: &Model, reply: Reply) -> Reply {
    if reply.status == 403 || reply.status == 429 {
        return reply;
    }
    let reset = model.now().as_second() + 3600;
    reply
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "4999")
        .header("x-ratelimit-reset", reset.to_string())
        .header("x-github-request-id", "0000:STAND:IN")
}

fn perform(model: &mut Model, request: &Request, found: Option<route::Found>) -> Reply {
    if request.user_agent.is_empty() {
        return message(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        );
    }
    let Some((operation, parameters)) = found else { return message(404, "Not Found") };
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
        Ok(call) => (operation.act)(model, &call).unwrap_or_else(refused),
        Err(reply) => reply,
    }
}

/// Finds the project and checks the permission.
fn admit(model: &Model, operation: &Operation, mut call: Call) -> Result<Call, Reply> {
    match (&operation.need, &call.caller) {
        (Need::App, Caller::App) | (Need::Token(_), Caller::Installation { .. }) => {}
        (Need::App, _) => return Err(message(401, "A JSON web token could not be decoded")),
        (Need::Token(_), Caller::App) => {
            return Err(message(401, "This endpoint requires an installation access token"));
        }
    }
    if call.parameters.contains_key("owner") {
        let path = format!("{}/{}", call.text("owner"), call.text("repo"));
        let Some(project) = model.find_project(&path) else { return Err(moved(model, operation, &call)) };
        if !sees(model, &call.caller, project) {
            return Err(refused(Refusal::NotFound));
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
            return Err(message(403, "Resource not accessible by integration"));
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
        return refused(Refusal::NotFound);
    };
    let prefix = format!("/repos/{}/{}", call.text("owner"), call.text("repo"));
    let (host, rest) = call.address.split_once(&prefix).unwrap_or((&call.address, ""));
    let url = format!("{host}/repositories/{}{rest}", project.id);
    let (status, words) =
        if operation.method == "GET" { (301, "Moved Permanently") } else { (307, "Temporary Redirect") };
    let mut reply = message(status, words).header("location", url.clone());
    if let Some(body) = reply.body.as_mut() {
        body["url"] = json!(url);
    }
    reply
}
