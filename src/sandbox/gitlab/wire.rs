//! GitLab's side of one request: route, caller, role, and how a refusal is worded. What an operation does stands in `route`.

use serde_json::json;

use super::call::{Call, encode, parameters};
use super::token::{Caller, caller};
use super::{hook, route, signature};
use crate::sandbox::call::{decode, parse_query};
use crate::sandbox::model::{Break, Delivery, Happening, Message, Model, Project, Refusal, Role};
use crate::sandbox::post::Envelope;
pub(crate) use crate::sandbox::wire::Reply;
use crate::sandbox::wire::{Landing, Manners, Pages, Request, Wire};

/// GitLab, as a wire.
pub(crate) struct GitLab;

/// The one file by which GitLab's machines work.
pub(crate) const PIPELINE: &str = ".gitlab-ci.yml";

static MANNERS: Manners = Manners {
    api: "https://gitlab.com/api/v4",
    site: "https://gitlab.com",
    sign: '!',
    pages: &Pages {
        change: "-/merge_requests",
        issue: "-/issues",
        release: "-/releases",
        commit: "-/commit",
        run: "-/pipelines",
        deployments: "-/environments",
    },
    bot: str::to_owned,
    squashed: |landing| landing.title.to_owned(),
    merged: |landing| {
        let Landing { project, number, title, head, base, .. } = landing;
        format!("Merge branch '{head}' into '{base}'\n\n{title}\n\nSee merge request {project}!{number}")
    },
    is_workflow: |path| path == PIPELINE,
    on_tag: |file| {
        let job = "publish:\n  script: [make publish]\n  rules:\n    - if: $CI_COMMIT_TAG\n";
        (PIPELINE.to_owned(), format!("workflow:\n  name: {file}\n{job}"))
    },
    has_machine: false,
    cancelled: "cancelled",
};

impl Wire for GitLab {
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
        let path = target.split('?').next().unwrap_or(target);
        let below = path.strip_prefix(mount(model)).unwrap_or(path);
        match below {
            "/api/graphql" => "/graphql".to_owned(),
            _ => by_name(model, below.strip_prefix("/api/v4").unwrap_or("/nowhere")),
        }
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
    Reply::json(status, json!({ "message": text }))
}

pub(crate) fn refused(refusal: Refusal) -> Reply {
    match refusal {
        Refusal::NotFound => message(404, "404 Not found"),
        Refusal::Absent(noun) => message(404, &format!("404 {noun} Not Found")),
        Refusal::Forbidden(why) => message(403, &why),
        Refusal::Conflict(why) => message(409, &why),
        // Parameters are checked before anything else, and what is wrong with them has a field of its own.
        Refusal::Invalid(why) if why.ends_with(" is missing") || why.ends_with(" a valid value") => {
            Reply::json(400, json!({ "error": why }))
        }
        Refusal::Invalid(why) => message(400, &why),
    }
}

/// Who may ask for an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// Whoever has a token.
    Token,
    /// Who has at least this role in the project.
    Role(Role),
}

/// One route.
pub(crate) type Operation = crate::sandbox::route::Operation<Need, Caller>;

/// The path that the site's address has: a GitLab may live below one.
fn mount(model: &Model) -> &str {
    let site = model.addresses.site.split_once("://").map_or("", |(_, rest)| rest);
    site.find('/').map_or("", |start| &site[start..])
}

/// A project by its number (`/projects/7/…`) as one by its path.
fn by_name(model: &Model, path: &str) -> String {
    let number = path.strip_prefix("/projects/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let named = number.and_then(|(id, rest)| {
        let project = model.projects.get(&id.parse().ok()?)?;
        Some(format!("/projects/{}/{rest}", encode(&model.path_of(project))).trim_end_matches('/').to_owned())
    });
    named.unwrap_or_else(|| path.to_owned())
}

/// The answer of a fault that does nothing.
fn instead(fault: Break) -> Option<Reply> {
    let often = "This endpoint has been requested too many times. Try again later.";
    match fault {
        Break::ServerErrorBefore => Some(message(502, "502 Bad Gateway")),
        Break::TooManyRequests(seconds) => {
            Some(Reply::text(429, "Retry later\n").header("retry-after", seconds.to_string()))
        }
        // The limits of the application itself say no time.
        Break::SecondaryLimit | Break::GraphqlRateLimited => {
            Some(Reply::json(429, json!({ "message": { "error": often } })))
        }
        Break::Unauthorized => Some(message(401, "401 Unauthorized")),
        Break::NotFound => Some(message(404, "404 Not found")),
        Break::ServerErrorAfter | Break::SilentAfter | Break::SilentBefore => None,
    }
}

/// The headers of the general limit, which this stand-in never reaches.
fn budget(model: &Model, reply: Reply) -> Reply {
    let reset = model.now().as_second() + 60;
    reply
        .header("ratelimit-limit", "2000")
        .header("ratelimit-name", "throttle_authenticated_api")
        .header("ratelimit-observed", "1")
        .header("ratelimit-remaining", "1999")
        .header("ratelimit-reset", reset.to_string())
        .header("x-request-id", "01STANDIN")
}

fn perform(model: &mut Model, request: &Request, found: Option<route::Found>) -> Reply {
    let Some((operation, named)) = found else {
        return Reply::json(404, json!({ "error": "404 Not Found" }));
    };
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let query = parse_query(query);
    let attempt = caller(model, request).and_then(|caller| {
        let call = Call {
            caller,
            project: 0,
            parameters: named.into_iter().map(|(name, value)| (name, decode(&value))).collect(),
            body: parameters(request, &query),
            query,
            address: format!("http://{}{path}", request.host),
        };
        admit(model, operation, call)
    });
    match attempt {
        Ok(call) => (operation.act)(model, &call).unwrap_or_else(refused),
        Err(reply) => reply,
    }
}

/// Finds the project and checks the role.
fn admit(model: &Model, operation: &Operation, mut call: Call) -> Result<Call, Reply> {
    let Need::Role(least) = operation.need else { return Ok(call) };
    let path = call.text("id");
    let absent = || refused(Refusal::Absent("Project"));
    let project = model.find_project(path).or_else(|| model.find_moved(path));
    let project = project.filter(|project| reaches(model, call.caller, project)).ok_or_else(absent)?;
    if model.find_project(path).is_none() {
        return Err(moved(operation, project, &call));
    }
    if is_blocked(model, project) {
        return Err(message(403, "403 Forbidden - Your account has been blocked."));
    }
    if model.membership(project, call.caller.0) < least {
        return Err(message(403, "403 Forbidden"));
    }
    call.project = project.id;
    Ok(call)
}

/// Whether a token is of a member of a project, or of its group.
pub(crate) fn reaches(model: &Model, caller: Caller, project: &Project) -> bool {
    model.membership(project, caller.0) > Role::None
}

fn is_blocked(model: &Model, project: &Project) -> bool {
    model.installation_of(project).is_some_and(|one| one.suspended_at.is_some())
}

/// A read of a project by a path that it had is sent to its number; a write is not done.
fn moved(operation: &Operation, project: &Project, call: &Call) -> Reply {
    if operation.method != "GET" {
        return message(405, "Non GET methods are not allowed for moved projects");
    }
    let (before, after) = call.address.split_once("/projects/").unwrap_or((&call.address, ""));
    let rest = after.split_once('/').map_or(String::new(), |(_, rest)| format!("/{rest}"));
    let address = format!("{before}/projects/{}{rest}", project.id);
    let pairs: Vec<String> =
        call.query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    let location = format!("{address}{query}");
    Reply::text(301, format!("This resource has been moved permanently to {location}."))
        .header("location", location)
}
