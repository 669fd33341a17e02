//! Resolving repositories, refs and comparisons.

use super::super::shape;
use super::execute::Execution;
use super::value::{Arguments, Direction, Node, Resolved};
use super::{commit, pull};
use crate::sandbox::model::{Comparison, Model, Project, Relation};

pub(super) fn resolve(
    execution: &Execution<'_>,
    node: &Node,
    field: &str,
    arguments: &Arguments,
) -> Resolved {
    match node {
        Node::Repository(id) => match execution.model.projects.get(id) {
            Some(project) => repository(execution, project, field, arguments),
            None => Resolved::NULL,
        },
        Node::Ref { project, name } => match execution.model.projects.get(project) {
            Some(project) => reference(project, name, field, arguments),
            None => Resolved::NULL,
        },
        Node::Comparison { project, base, head } => match execution.model.projects.get(project) {
            Some(project) => comparison(project, &project.git.compare(base, head), field, arguments),
            None => Resolved::NULL,
        },
        _ => Resolved::NULL,
    }
}

fn repository(execution: &Execution<'_>, project: &Project, field: &str, arguments: &Arguments) -> Resolved {
    let model: &Model = execution.model;
    match field {
        "id" => Resolved::leaf(shape::node_id("R", project.id)),
        "databaseId" => Resolved::leaf(project.id),
        "name" => Resolved::leaf(&project.name),
        "nameWithOwner" => Resolved::leaf(model.path_of(project)),
        "url" => Resolved::leaf(shape::site_url(model, project)),
        "isArchived" => Resolved::leaf(project.archived),
        "isPrivate" => Resolved::leaf(project.private),
        "visibility" => Resolved::leaf(if project.private { "PRIVATE" } else { "PUBLIC" }),
        "owner" => Resolved::One(Node::Account(project.owner)),
        "createdAt" => Resolved::leaf(shape::time(project.created_at)),
        "pushedAt" => Resolved::leaf(shape::time(model.now())),
        "defaultBranchRef" => found_ref(project, &format!("refs/heads/{}", project.default_branch)),
        "ref" => qualified(project, arguments.text("qualifiedName").unwrap_or_default()),
        "refs" => refs(project, arguments),
        "object" => commit::object(project, arguments),
        other => pull::of_repository(project, other, arguments),
    }
}

pub(super) fn found_ref(project: &Project, name: &str) -> Resolved {
    let found = project.git.reference(name).map(|_| Node::Ref { project: project.id, name: name.to_owned() });
    Resolved::maybe(found)
}

/// A ref by its full name, or by what follows `refs/`, or by a branch's or tag's name.
fn qualified(project: &Project, name: &str) -> Resolved {
    let spellings =
        [name.to_owned(), format!("refs/{name}"), format!("refs/heads/{name}"), format!("refs/tags/{name}")];
    let found = spellings.into_iter().filter(|name| name.starts_with("refs/"));
    let found = found.into_iter().find(|name| project.git.reference(name).is_some());
    Resolved::maybe(found.map(|name| Node::Ref { project: project.id, name }))
}

fn refs(project: &Project, arguments: &Arguments) -> Resolved {
    let prefix = arguments.text("refPrefix").unwrap_or_default();
    let wanted = arguments.text("query").unwrap_or_default();
    let mut found: Vec<(&str, &str)> =
        project.git.refs_under(prefix).filter(|(name, _)| name.contains(wanted)).collect();
    if let Some((field, direction)) = arguments.order() {
        if field == "TAG_COMMIT_DATE" {
            found.sort_by_key(|(_, oid)| project.git.peel(oid).map(|commit| commit.at));
        }
        if direction == Direction::Descending {
            found.reverse();
        }
    }
    let nodes =
        found.into_iter().map(|(name, _)| Node::Ref { project: project.id, name: format!("{prefix}{name}") });
    arguments.connection("RefConnection", nodes.collect())
}

fn reference(project: &Project, name: &str, field: &str, arguments: &Arguments) -> Resolved {
    let (prefix, short) = split(name);
    match field {
        "id" => Resolved::leaf(shape::node_id("REF", name)),
        "name" => Resolved::leaf(short),
        "prefix" => Resolved::leaf(prefix),
        "target" => Resolved::maybe(project.git.reference(name).map(|oid| commit::git_object(project, oid))),
        _ => {
            let base = project.git.reference(name).and_then(|oid| project.git.peel(oid));
            let head = project.resolve(arguments.text("headRef").unwrap_or_default());
            let (Some(base), Some(head)) = (base, head) else { return Resolved::NULL };
            let (base, head) = (base.oid.clone(), head.oid.clone());
            Resolved::One(Node::Comparison { project: project.id, base, head })
        }
    }
}

/// `refs/heads/` and the rest.
fn split(name: &str) -> (&str, &str) {
    let at = name.match_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    name.split_at(at)
}

fn comparison(project: &Project, comparison: &Comparison, field: &str, arguments: &Arguments) -> Resolved {
    match field {
        "id" => Resolved::leaf(shape::node_id("CMP", comparison.commits.len())),
        "status" => Resolved::leaf(match comparison.relation {
            Relation::Ahead => "AHEAD",
            Relation::Behind => "BEHIND",
            Relation::Diverged => "DIVERGED",
            Relation::Identical => "IDENTICAL",
        }),
        "aheadBy" => Resolved::leaf(comparison.commits.len()),
        "behindBy" => Resolved::leaf(comparison.behind),
        _ => {
            let commits =
                comparison.commits.iter().map(|oid| Node::Commit { project: project.id, oid: oid.clone() });
            arguments.connection("ComparisonCommitConnection", commits.collect())
        }
    }
}
