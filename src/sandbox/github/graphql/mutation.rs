//! What GraphQL changes: reactions, which REST does not have on reviews. Whether a document may ask for it is checked before.

use super::super::shape;
use super::super::token::Caller;
use super::super::wire::sees;
use super::execute::Execution;
use super::value::{Arguments, Node, Resolved};
use crate::sandbox::model::{AccountKind, Comment, Model, Place, Reaction};

/// The names of reactions in GraphQL, and in REST.
const NAMES: [(&str, &str); 8] = [
    ("THUMBS_UP", "+1"),
    ("THUMBS_DOWN", "-1"),
    ("LAUGH", "laugh"),
    ("CONFUSED", "confused"),
    ("HEART", "heart"),
    ("HOORAY", "hooray"),
    ("ROCKET", "rocket"),
    ("EYES", "eyes"),
];

/// `addReaction`, the only mutation that is spoken.
pub(super) fn perform(execution: &mut Execution<'_>, arguments: &Arguments) -> Resolved {
    let given = |name: &str| arguments.0.get("input")?.get(name)?.as_str().map(str::to_owned);
    let subject = given("subjectId").unwrap_or_default();
    let Some((project, comment)) = find(execution, &subject) else {
        return Resolved::Missing(format!("Could not resolve to a node with the global id of '{subject}'"));
    };
    if !may_write(execution.caller) {
        return Resolved::Forbidden;
    }
    let named = NAMES.iter().find(|(name, _)| given("content").as_deref() == Some(*name));
    let content = named.map_or("", |(_, content)| content);
    let bot = execution.model.app.bot;
    match execution.model.react(project, bot, comment, content) {
        Ok((reaction, _)) => {
            let client = given("clientMutationId");
            Resolved::One(Node::Reacted { project, comment, reaction: reaction.id, client })
        }
        Err(refusal) => Resolved::Missing(refusal.to_string()),
    }
}

/// The project and number of what a node id names; only what the caller may see.
fn find(execution: &Execution<'_>, subject: &str) -> Option<(u64, u64)> {
    let (kind, id) = shape::read_node_id(subject)?;
    let model: &Model = execution.model;
    let mut seen = model.projects.values().filter(|project| sees(model, execution.caller, project));
    let project = seen.find(|project| project.comments.get(&id).is_some_and(|one| kind_of(one) == kind))?;
    Some((project.id, id))
}

fn kind_of(comment: &Comment) -> &'static str {
    match comment.place {
        Place::Thread => "IC",
        Place::Line(_) => "PRRC",
        Place::Review(_) => "PRR",
    }
}

fn may_write(caller: &Caller) -> bool {
    let Caller::Installation { permissions, .. } = caller else { return false };
    ["issues", "pull_requests"]
        .iter()
        .any(|name| permissions.get(*name).is_some_and(|level| level == "write"))
}

/// What became of it.
pub(super) fn resolve(execution: &Execution<'_>, node: &Node, field: &str) -> Resolved {
    match node {
        Node::Reacted { project, comment, reaction, client } => match field {
            "clientMutationId" => Resolved::leaf(client),
            _ => Resolved::One(Node::Reaction { project: *project, comment: *comment, id: *reaction }),
        },
        Node::Reaction { project, comment, id } => {
            let said = execution.model.projects.get(project).and_then(|one| one.comments.get(comment));
            let found = said.and_then(|said| said.reactions.iter().find(|one| one.id == *id));
            found.map_or(Resolved::NULL, |one| reaction(execution.model, one, field))
        }
        _ => Resolved::NULL,
    }
}

fn reaction(model: &Model, one: &Reaction, field: &str) -> Resolved {
    match field {
        "id" => Resolved::leaf(shape::node_id("REA", one.id)),
        "databaseId" => Resolved::leaf(one.id),
        "content" => {
            Resolved::leaf(NAMES.iter().find(|(_, content)| *content == one.content).map(|(name, _)| name))
        }
        "createdAt" => Resolved::leaf(shape::time(one.created_at)),
        // A `User` in the schema: a bot is none.
        _ => {
            let account = model.accounts.get(&one.author);
            let is_person = account.is_some_and(|account| account.kind == AccountKind::Person);
            Resolved::maybe(is_person.then_some(Node::Account(one.author)))
        }
    }
}
