//! One request from bytes to answer, on whatever wire the forge speaks: faults, act, record. What a request may ask for, and how
//! an answer is worded, is the forge's own wire layer's affair.

use serde_json::Value;

use super::model::{Break, Delivery, Happening, Message, Model, RequestRecord, Signature};
use super::post::Envelope;
use super::world::World;

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
    /// The `PRIVATE-TOKEN` header, by which GitLab knows a caller.
    pub private_token: String,
    /// The `User-Agent` header; GitHub refuses requests without one.
    pub user_agent: String,
    /// The `Content-Type` header.
    pub content_type: String,
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
    /// The JSON; `None` is an empty body, or the text beside it.
    pub body: Option<Value>,
    /// A body that is not JSON.
    pub text: Option<String>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body), text: None }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, text: None }
    }

    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        let text = Some(text.into());
        Self { text, ..Self::empty(status) }.header("content-type", "text/plain")
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What a forge's wire layer makes of the model.
pub(crate) trait Wire: Sync {
    /// What people of the forge write where the model writes something itself.
    fn manners(&self) -> &'static Manners;

    /// How a happening is told to who listens.
    fn messages(&self, model: &Model, happening: &Happening) -> Vec<Message>;

    /// A delivery as it goes over the wire: headers and signature.
    fn envelope(&self, model: &Model, delivery: &Delivery) -> Envelope;

    /// The path of a request below the API, with a project by its name; faults are matched with it.
    fn path(&self, model: &Model, target: &str) -> String;

    /// The operation of a path, as `METHOD /path/{template}`; `None` where there is none.
    fn operation(&self, method: &str, path: &str) -> Option<String>;

    /// Does what a request asks for.
    fn perform(&self, model: &mut Model, request: &Request, path: &str) -> Reply;

    /// The answer of a fault that does nothing, if it answers.
    fn instead(&self, fault: Break) -> Option<Reply>;

    /// What all answers carry.
    fn finish(&self, model: &Model, reply: Reply) -> Reply;
}

/// The words and places that differ from forge to forge although nobody sends them.
#[derive(Debug)]
pub(crate) struct Manners {
    /// Where the API and the pages are until somebody says otherwise.
    pub(crate) api: &'static str,
    pub(crate) site: &'static str,
    /// The sign before a change's number; an issue's is `#` everywhere.
    pub(crate) sign: char,
    /// Where the pages for people are, below a project's.
    pub(crate) pages: &'static Pages,
    /// The login of an app's account, by the app's name.
    pub(crate) bot: fn(&str) -> String,
    /// The message of a commit that has all of a change.
    pub(crate) squashed: fn(&Landing<'_>) -> String,
    /// The message of a commit with two parents.
    pub(crate) merged: fn(&Landing<'_>) -> String,
    /// Whether a file is one by which machines work.
    pub(crate) is_workflow: fn(&str) -> bool,
    /// A file, by its name and text, by which they work when a tag is pushed.
    pub(crate) on_tag: fn(&str) -> (String, String),
    /// Whether machines act by an account of their own, and not by that of who started them.
    pub(crate) has_machine: bool,
    /// What a run that was cancelled reports of its deployments.
    pub(crate) cancelled: &'static str,
}

/// Where a project's pages for people are, each before the number or name of what it shows.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) change: &'static str,
    pub(crate) issue: &'static str,
    pub(crate) release: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) run: &'static str,
    /// All deployments, of every environment.
    pub(crate) deployments: &'static str,
}

/// A change that comes into its base.
pub(crate) struct Landing<'a> {
    pub(crate) project: &'a str,
    pub(crate) number: u64,
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    pub(crate) head: &'a str,
    pub(crate) base: &'a str,
    /// Who else wrote commits of it.
    pub(crate) co_authors: Vec<Signature>,
}

/// Answers a request; `None` where a fault withholds the answer.
pub fn answer(world: &World, request: &Request) -> Option<Reply> {
    let wire = world.wire();
    let path = wire.path(&world.look(), &request.target);
    let fault = world.look().fault_for(&request.method, &path);
    let reply = match fault.and_then(|fault| wire.instead(fault)) {
        Some(reply) => Some(reply),
        None if fault == Some(Break::SilentBefore) => None,
        None => {
            let done = world.attempt(|model| wire.perform(model, request, &path));
            match fault {
                Some(Break::ServerErrorAfter) => wire.instead(Break::ServerErrorBefore),
                Some(Break::SilentAfter) => None,
                _ => Some(done),
            }
        }
    };
    let record = RequestRecord {
        method: request.method.clone(),
        path: request.target.clone(),
        operation: wire.operation(&request.method, &path),
        status: reply.as_ref().map(|reply| reply.status),
    };
    let mut model = world.look();
    model.requests.push(record);
    reply.map(|reply| wire.finish(&model, reply))
}
