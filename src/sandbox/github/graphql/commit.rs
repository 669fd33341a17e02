//! Resolving git objects: commits, tags, trees, blobs, and the pull requests of a commit.

use super::super::shape;
use super::execute::Execution;
use super::value::{Arguments, Node, Resolved};
use crate::sandbox::model::{Commit, Project, Signature, Thread, object_id, tree_oid};

/// The node of an object id; what the id leads to exists, for refs hold nothing else.
pub(super) fn git_object(project: &Project, oid: &str) -> Node {
    let (id, oid) = (project.id, oid.to_owned());
    if project.git.tag_object(&oid).is_some() {
        Node::Tag { project: id, oid }
    } else {
        Node::Commit { project: id, oid }
    }
}

/// `object(oid:)` and `object(expression:)`, where an expression is a revision or `revision:path`.
pub(super) fn object(project: &Project, arguments: &Arguments) -> Resolved {
    if let Some(oid) = arguments.text("oid") {
        return Resolved::maybe(project.git.knows(oid).then(|| git_object(project, oid)));
    }
    let expression = arguments.text("expression").unwrap_or_default();
    let Some((revision, path)) = expression.split_once(':') else {
        let name = ["refs/heads/", "refs/tags/", ""]
            .iter()
            .find_map(|prefix| project.git.reference(&format!("{prefix}{expression}")));
        let found = name.map(|oid| git_object(project, oid));
        return Resolved::maybe(
            found.or_else(|| project.resolve(expression).map(|one| git_object(project, &one.oid))),
        );
    };
    let Some(commit) = project.resolve(revision) else { return Resolved::NULL };
    Resolved::maybe(at_path(project, commit, path.trim_matches('/')))
}

fn at_path(project: &Project, commit: &Commit, path: &str) -> Option<Node> {
    if let Some(text) = commit.tree.get(path) {
        return Some(Node::Blob { text: text.clone() });
    }
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    let exists = commit.tree.keys().any(|file| file.starts_with(&folder));
    exists.then(|| Node::Tree { project: project.id, commit: commit.oid.clone(), folder })
}

pub(super) fn resolve(
    execution: &Execution<'_>,
    node: &Node,
    field: &str,
    arguments: &Arguments,
) -> Resolved {
    let project = |id: &u64| execution.model.projects.get(id);
    match node {
        Node::Blob { text } => blob(text, field),
        Node::GitActor { name, email, account } => match field {
            "name" => Resolved::leaf(name),
            "email" => Resolved::leaf(email),
            _ => Resolved::maybe(account.filter(|id| is_person(execution, *id)).map(Node::Account)),
        },
        Node::Commit { project: id, oid } => {
            match project(id).and_then(|one| Some((one, one.git.commit(oid)?))) {
                Some((project, found)) => commit(execution, project, found, (field, arguments)),
                None => Resolved::NULL,
            }
        }
        Node::Tag { project: id, oid } => {
            project(id).map_or(Resolved::NULL, |project| tag(project, oid, field))
        }
        Node::Tree { project: id, commit, folder } => {
            project(id).map_or(Resolved::NULL, |project| tree(project, (commit, folder), field))
        }
        Node::TreeEntry { project: id, commit, path } => {
            project(id).map_or(Resolved::NULL, |project| entry(project, (commit, path), field))
        }
        _ => Resolved::NULL,
    }
}

/// A commit's `user` is a `User`: a bot's or organisation's commit has none.
fn is_person(execution: &Execution<'_>, id: u64) -> bool {
    let kind = execution.model.accounts.get(&id).map(|account| account.kind);
    kind == Some(crate::sandbox::model::AccountKind::Person)
}

fn blob(text: &str, field: &str) -> Resolved {
    let oid = object_id("blob", text.as_bytes());
    match field {
        "id" => Resolved::leaf(shape::node_id("B", oid)),
        "oid" => Resolved::leaf(oid),
        "abbreviatedOid" => Resolved::leaf(&oid[..7]),
        "text" => Resolved::leaf(text),
        "byteSize" => Resolved::leaf(text.len()),
        _ => Resolved::leaf(false),
    }
}

fn git_actor(signature: &Signature) -> Node {
    let Signature { name, email, account } = signature.clone();
    Node::GitActor { name, email, account }
}

/// The author first, then whom the message names, by their addresses.
fn authors(execution: &Execution<'_>, one: &Commit) -> Vec<Node> {
    let model = &*execution.model;
    let named = one.co_authors().map(|(name, email)| {
        let signed = model.accounts.keys().map(|id| model.signature(*id)).find(|one| one.email == email);
        let account = signed.and_then(|signed| signed.account);
        Node::GitActor { name: name.to_owned(), email: email.to_owned(), account }
    });
    [git_actor(&one.author)].into_iter().chain(named).collect()
}

/// What the forge did for somebody in the browser it signs itself, without an account.
fn committer(one: &Commit) -> Node {
    let (name, email) = ("GitHub".to_owned(), "noreply@github.com".to_owned());
    one.committer.as_ref().map_or(Node::GitActor { name, email, account: None }, git_actor)
}

fn commit(execution: &Execution<'_>, project: &Project, one: &Commit, asked: (&str, &Arguments)) -> Resolved {
    let (field, arguments) = asked;
    let node = |oid: &String| Node::Commit { project: project.id, oid: oid.clone() };
    match field {
        "id" => Resolved::leaf(shape::node_id("C", &one.oid)),
        "oid" => Resolved::leaf(&one.oid),
        "abbreviatedOid" => Resolved::leaf(&one.oid[..7]),
        "url" => Resolved::leaf(format!("{}/commit/{}", shape::site_url(execution.model, project), one.oid)),
        "message" => Resolved::leaf(&one.message),
        "messageHeadline" => Resolved::leaf(one.headline()),
        "messageBody" => Resolved::leaf(one.body()),
        "committedDate" | "authoredDate" => Resolved::leaf(shape::time(one.at)),
        "author" => Resolved::One(git_actor(&one.author)),
        "authors" => arguments.connection("GitActorConnection", authors(execution, one)),
        "committer" => Resolved::One(committer(one)),
        "committedViaWeb" => Resolved::leaf(one.committer.is_none()),
        "tree" => {
            Resolved::One(Node::Tree { project: project.id, commit: one.oid.clone(), folder: String::new() })
        }
        "parents" => arguments.connection("CommitConnection", one.parents.iter().map(node).collect()),
        "history" => {
            let log = project.git.log(&one.oid);
            arguments.connection("CommitHistoryConnection", log.iter().map(node).collect())
        }
        _ => {
            let pulls = associated(project, &one.oid);
            let nodes =
                pulls.into_iter().map(|thread| Node::Pull { project: project.id, number: thread.number });
            arguments.connection("PullRequestConnection", nodes.collect())
        }
    }
}

/// The merged pull request that brought a commit in; for a commit that is not on the default branch also the open ones that
/// hold it (the schema's description of `associatedPullRequests`).
pub(super) fn associated<'a>(project: &'a Project, oid: &str) -> Vec<&'a Thread> {
    let landed =
        |thread: &&Thread| thread.merged().is_some_and(|merged| merged.landed.iter().any(|each| each == oid));
    let mut found: Vec<&Thread> = project.threads.values().filter(landed).collect();
    if !project.git.is_reachable(oid, project.head()) {
        let holds = |thread: &&Thread| {
            thread.pull.as_ref().is_some_and(|pull| {
                let is_candidate = thread.is_open || pull.merged.is_some();
                let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid).unwrap_or_default();
                is_candidate
                    && project.git.is_reachable(oid, &pull.head_oid)
                    && !project.git.is_reachable(oid, &origin)
                    && !landed(thread)
            })
        };
        found.extend(project.threads.values().filter(holds));
    }
    found
}

fn tag(project: &Project, oid: &str, field: &str) -> Resolved {
    let Some(tag) = project.git.tag_object(oid) else { return Resolved::NULL };
    match field {
        "id" => Resolved::leaf(shape::node_id("TA", oid)),
        "oid" => Resolved::leaf(oid),
        "abbreviatedOid" => Resolved::leaf(&oid[..7]),
        "name" => Resolved::leaf(&tag.name),
        "message" => Resolved::leaf(&tag.message),
        "tagger" => Resolved::One(git_actor(&tag.tagger)),
        _ => Resolved::One(git_object(project, &tag.target)),
    }
}

fn tree(project: &Project, place: (&str, &str), field: &str) -> Resolved {
    let (commit_oid, folder) = place;
    let Some(commit) = project.git.commit(commit_oid) else { return Resolved::NULL };
    let oid = tree_oid(&commit.tree, folder);
    match field {
        "id" => Resolved::leaf(shape::node_id("TR", oid)),
        "oid" => Resolved::leaf(oid),
        "abbreviatedOid" => Resolved::leaf(&oid[..7]),
        _ => {
            let inside = commit.tree.keys().filter_map(|path| path.strip_prefix(folder));
            let mut names: Vec<&str> =
                inside.map(|rest| rest.split('/').next().unwrap_or_default()).collect();
            names.dedup();
            let entry = |name: &str| Node::TreeEntry {
                project: project.id,
                commit: commit_oid.to_owned(),
                path: format!("{folder}{name}"),
            };
            Resolved::Many(names.into_iter().map(entry).collect())
        }
    }
}

fn entry(project: &Project, place: (&str, &str), field: &str) -> Resolved {
    let (commit_oid, path) = place;
    let Some(commit) = project.git.commit(commit_oid) else { return Resolved::NULL };
    let text = commit.tree.get(path);
    match field {
        "name" => Resolved::leaf(path.rsplit('/').next()),
        "path" => Resolved::leaf(path),
        "type" => Resolved::leaf(if text.is_some() { "blob" } else { "tree" }),
        "oid" => Resolved::leaf(match text {
            Some(text) => object_id("blob", text.as_bytes()),
            None => tree_oid(&commit.tree, &format!("{path}/")),
        }),
        _ => Resolved::maybe(at_path(project, commit, path)),
    }
}
