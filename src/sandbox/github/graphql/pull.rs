//! Resolving pull requests and what hangs on them and on a repository: reviews, labels, milestones, releases.

use super::super::shape;
use super::execute::Execution;
use super::value::{Arguments, Direction, Node, Resolved};
use crate::sandbox::model::{Milestone, Project, Release, Thread};

/// The fields of a repository that lead here.
pub(super) fn of_repository(project: &Project, field: &str, arguments: &Arguments) -> Resolved {
    let id = project.id;
    let number = arguments.number("number").unwrap_or_default();
    match field {
        "pullRequest" => match project.threads.get(&number).filter(|thread| thread.pull.is_some()) {
            Some(_) => Resolved::One(Node::Pull { project: id, number }),
            None => {
                Resolved::Missing(format!("Could not resolve to a PullRequest with the number of {number}."))
            }
        },
        "pullRequests" => pulls(project, arguments),
        "milestone" => {
            let found = project.milestones.contains_key(&number);
            Resolved::maybe(found.then_some(Node::Milestone { project: id, number }))
        }
        "milestones" => {
            let states = arguments.names("states");
            let wanted =
                |one: &&Milestone| states.as_ref().is_none_or(|names| names.contains(&milestone_state(one)));
            let mut found: Vec<&Milestone> = project.milestones.values().filter(wanted).collect();
            if let Some((field, direction)) = arguments.order() {
                match field {
                    "DUE_DATE" => found.sort_by_key(|one| (one.due_on.is_none(), one.due_on)),
                    "UPDATED_AT" => found.sort_by_key(|one| one.updated_at),
                    _ => {}
                }
                if direction == Direction::Descending {
                    found.reverse();
                }
            }
            let nodes = found.into_iter().map(|one| Node::Milestone { project: id, number: one.number });
            arguments.connection("MilestoneConnection", nodes.collect())
        }
        "release" => {
            let found = project.release_of(arguments.text("tagName").unwrap_or_default());
            Resolved::maybe(found.map(|one| Node::Release { project: id, id: one.id }))
        }
        "latestRelease" => {
            Resolved::maybe(project.latest_release().map(|one| Node::Release { project: id, id: one.id }))
        }
        "releases" => {
            let mut found: Vec<&Release> = project.releases.values().collect();
            if arguments.order().is_none_or(|(_, direction)| direction == Direction::Descending) {
                found.reverse();
            }
            let nodes = found.into_iter().map(|one| Node::Release { project: id, id: one.id });
            arguments.connection("ReleaseConnection", nodes.collect())
        }
        _ => {
            let nodes = project.labels.keys().map(|name| Node::Label { project: id, name: name.clone() });
            arguments.connection("LabelConnection", nodes.collect())
        }
    }
}

fn state(thread: &Thread) -> &'static str {
    match (thread.merged(), thread.is_open) {
        (Some(_), _) => "MERGED",
        (None, true) => "OPEN",
        (None, false) => "CLOSED",
    }
}

fn milestone_state(milestone: &Milestone) -> &'static str {
    if milestone.is_open { "OPEN" } else { "CLOSED" }
}

fn pulls(project: &Project, arguments: &Arguments) -> Resolved {
    let (states, labels) = (arguments.names("states"), arguments.names("labels"));
    let same = |name: &str, value: &str| arguments.text(name).is_none_or(|asked| asked == value);
    let wanted = |thread: &&Thread| {
        thread.pull.as_ref().is_some_and(|pull| {
            states.as_ref().is_none_or(|names| names.contains(&state(thread)))
                && labels.as_ref().is_none_or(|names| names.iter().any(|name| thread.labels.contains(*name)))
                && same("baseRefName", &pull.base)
                && same("headRefName", &pull.head)
        })
    };
    let mut found: Vec<&Thread> = project.threads.values().filter(wanted).collect();
    if let Some((field, direction)) = arguments.order() {
        match field {
            "UPDATED_AT" => found.sort_by_key(|thread| thread.updated_at),
            _ => found.sort_by_key(|thread| thread.created_at),
        }
        if direction == Direction::Descending {
            found.reverse();
        }
    }
    let nodes = found.into_iter().map(|thread| Node::Pull { project: project.id, number: thread.number });
    arguments.connection("PullRequestConnection", nodes.collect())
}

pub(super) fn resolve(
    execution: &Execution<'_>,
    node: &Node,
    field: &str,
    arguments: &Arguments,
) -> Resolved {
    let (Node::Pull { project, .. }
    | Node::PullCommit { project, .. }
    | Node::Review { project, .. }
    | Node::Issue { project, .. }
    | Node::Label { project, .. }
    | Node::Milestone { project, .. }
    | Node::Release { project, .. }) = node
    else {
        return Resolved::NULL;
    };
    let Some(project) = execution.model.projects.get(project) else { return Resolved::NULL };
    let found = match node {
        Node::Pull { number, .. } => {
            project.threads.get(number).map(|one| pull(execution, project, one, (field, arguments)))
        }
        Node::PullCommit { oid, .. } => {
            Some(Resolved::One(Node::Commit { project: project.id, oid: oid.clone() }))
        }
        Node::Review { id, .. } => review(project, *id, field),
        Node::Issue { number, .. } => project.threads.get(number).map(|thread| match field {
            "id" => Resolved::leaf(shape::node_id("I", thread.id)),
            "number" => Resolved::leaf(thread.number),
            "title" => Resolved::leaf(&thread.title),
            _ => Resolved::leaf(state(thread)),
        }),
        Node::Label { name, .. } => project.labels.get(name).map(|label| match field {
            "id" => Resolved::leaf(shape::node_id("LA", label.id)),
            "name" => Resolved::leaf(&label.name),
            "color" => Resolved::leaf(&label.color),
            _ => Resolved::leaf(&label.description),
        }),
        Node::Milestone { number, .. } => {
            project.milestones.get(number).map(|one| milestone(execution, project, one, (field, arguments)))
        }
        Node::Release { id, .. } => {
            project.releases.get(id).map(|one| release(execution, project, one, field))
        }
        _ => None,
    };
    found.unwrap_or(Resolved::NULL)
}

fn pull(
    execution: &Execution<'_>,
    project: &Project,
    thread: &Thread,
    asked: (&str, &Arguments),
) -> Resolved {
    let (field, arguments) = asked;
    let Some(pull) = thread.pull.as_ref() else { return Resolved::NULL };
    let (id, merged) = (project.id, pull.merged.as_ref());
    match field {
        "id" => Resolved::leaf(shape::node_id("PR", thread.id)),
        "fullDatabaseId" => Resolved::leaf((thread.id + 500_000).to_string()),
        "number" => Resolved::leaf(thread.number),
        "title" => Resolved::leaf(&thread.title),
        "body" => Resolved::leaf(&thread.body),
        "url" => {
            Resolved::leaf(format!("{}/pull/{}", shape::site_url(execution.model, project), thread.number))
        }
        "state" => Resolved::leaf(state(thread)),
        "isDraft" => Resolved::leaf(pull.is_draft),
        "merged" => Resolved::leaf(merged.is_some()),
        "createdAt" => Resolved::leaf(shape::time(thread.created_at)),
        "updatedAt" => Resolved::leaf(shape::time(thread.updated_at)),
        "closedAt" => Resolved::leaf(shape::maybe_time(thread.closed_at)),
        "mergedAt" => Resolved::leaf(shape::maybe_time(merged.map(|merged| merged.at))),
        "mergeCommit" => {
            Resolved::maybe(merged.map(|merged| Node::Commit { project: id, oid: merged.commit.clone() }))
        }
        "mergedBy" => Resolved::maybe(merged.map(|merged| Node::Account(merged.by))),
        "author" => Resolved::One(Node::Account(thread.author)),
        "baseRefName" => Resolved::leaf(&pull.base),
        "baseRef" => super::repository::found_ref(project, &format!("refs/heads/{}", pull.base)),
        "baseRepository" | "headRepository" => Resolved::One(Node::Repository(id)),
        "baseRefOid" => Resolved::leaf(&pull.base_oid),
        "headRefName" => Resolved::leaf(&pull.head),
        "headRefOid" => Resolved::leaf(&pull.head_oid),
        "milestone" => {
            Resolved::maybe(thread.milestone.map(|number| Node::Milestone { project: id, number }))
        }
        other => hanging_on(project, thread, other, arguments),
    }
}

/// The connections of a pull request.
fn hanging_on(project: &Project, thread: &Thread, field: &str, arguments: &Arguments) -> Resolved {
    let id = project.id;
    match field {
        "labels" => {
            let nodes = thread.labels.iter().map(|name| Node::Label { project: id, name: name.clone() });
            arguments.connection("LabelConnection", nodes.collect())
        }
        "reviews" => {
            let states = arguments.names("states");
            let wanted = |state: &str| states.as_ref().is_none_or(|names| names.contains(&state));
            let found = project.reviews_of(thread.number).filter(|(_, review)| wanted(&review.state));
            let nodes = found.map(|(comment, _)| Node::Review { project: id, id: comment.id });
            arguments.connection("PullRequestReviewConnection", nodes.collect())
        }
        "files" => {
            let files = thread.pull.as_ref().map(|pull| project.git.brought(&pull.base_oid, &pull.head_oid));
            let nodes = files.unwrap_or_default().into_iter().map(|path| Node::ChangedFile { path });
            arguments.connection("PullRequestChangedFileConnection", nodes.collect())
        }
        _ => {
            let range = thread.pull.as_ref().map(|pull| {
                let origin = project.git.merge_base(&pull.base_oid, &pull.head_oid).unwrap_or_default();
                project.git.range(&origin, &pull.head_oid)
            });
            let nodes =
                range.unwrap_or_default().into_iter().map(|oid| Node::PullCommit { project: id, oid });
            arguments.connection("PullRequestCommitConnection", nodes.collect())
        }
    }
}

fn review(project: &Project, id: u64, field: &str) -> Option<Resolved> {
    let one = project.comments.get(&id)?;
    let review = one.review()?;
    Some(match field {
        "id" => Resolved::leaf(shape::node_id("PRR", id)),
        "state" => Resolved::leaf(&review.state),
        "body" => Resolved::leaf(&one.body),
        "submittedAt" => Resolved::leaf(shape::time(one.created_at)),
        "author" => Resolved::One(Node::Account(one.author)),
        _ => Resolved::One(Node::Commit { project: project.id, oid: review.commit.clone() }),
    })
}

fn milestone(
    execution: &Execution<'_>,
    project: &Project,
    one: &Milestone,
    asked: (&str, &Arguments),
) -> Resolved {
    let (field, arguments) = asked;
    match field {
        "id" => Resolved::leaf(shape::node_id("MI", one.id)),
        "number" => Resolved::leaf(one.number),
        "title" => Resolved::leaf(&one.title),
        "dueOn" => Resolved::leaf(shape::maybe_time(one.due_on)),
        "closedAt" => Resolved::leaf(shape::maybe_time(one.closed_at)),
        "state" => Resolved::leaf(milestone_state(one)),
        "url" => {
            Resolved::leaf(format!("{}/milestone/{}", shape::site_url(execution.model, project), one.number))
        }
        "closed" => Resolved::leaf(!one.is_open),
        "description" => Resolved::NULL,
        kind => {
            let of_pulls = kind == "pullRequests";
            let states = arguments.names("states");
            let wanted = |thread: &&Thread| {
                let fits = states.as_ref().is_none_or(|names| names.contains(&state(thread)));
                thread.milestone == Some(one.number) && thread.pull.is_some() == of_pulls && fits
            };
            let (project_id, found) = (project.id, project.threads.values().filter(wanted));
            let node = |thread: &Thread| match of_pulls {
                true => Node::Pull { project: project_id, number: thread.number },
                false => Node::Issue { project: project_id, number: thread.number },
            };
            let name = if of_pulls { "PullRequestConnection" } else { "IssueConnection" };
            arguments.connection(name, found.map(node).collect())
        }
    }
}

fn release(execution: &Execution<'_>, project: &Project, one: &Release, field: &str) -> Resolved {
    match field {
        "id" => Resolved::leaf(shape::node_id("RE", one.id)),
        "databaseId" => Resolved::leaf(one.id),
        "name" => Resolved::leaf(&one.name),
        "tagName" => Resolved::leaf(&one.tag),
        "url" => {
            Resolved::leaf(format!("{}/releases/tag/{}", shape::site_url(execution.model, project), one.tag))
        }
        "description" => Resolved::leaf(&one.body),
        "isDraft" => Resolved::leaf(one.is_draft),
        "isPrerelease" => Resolved::leaf(one.is_prerelease),
        "isLatest" => Resolved::leaf(project.latest_release().is_some_and(|latest| latest.id == one.id)),
        "createdAt" => Resolved::leaf(shape::time(one.created_at)),
        "publishedAt" => Resolved::leaf(shape::maybe_time(one.published_at)),
        "tagCommit" => {
            let oid = project.git.reference(&format!("refs/tags/{}", one.tag));
            let commit = oid.and_then(|oid| project.git.peel(oid));
            Resolved::maybe(
                commit.map(|commit| Node::Commit { project: project.id, oid: commit.oid.clone() }),
            )
        }
        // `author` is a `User` in the schema: what a bot released has none.
        _ => Resolved::maybe((one.author != execution.model.app.bot).then_some(Node::Account(one.author))),
    }
}
