//! Merge requests as deliveries tell them. What a change does to a release is not asked here.

use super::payload::{Attributes, Payload, User, actor, commit};
use super::{Lacks, Meaning, other_action};
use crate::domain::change::{Change, Stage, bounded};
use crate::domain::errand;
use crate::domain::id::{Actor, BranchName, ChangeNumber};
use crate::domain::signal::{ChangeTouched, Labelled, Signal, Touch};

/// What of a merge request shows in notes or preview, as `changes` names it.
const SHOWN: [&str; 6] = ["title", "description", "labels", "milestone_id", "draft", "target_branch"];

/// `merge_request`.
pub(super) fn touched(payload: &Payload) -> Meaning {
    let merge = payload.object_attributes.as_ref().ok_or(Lacks("its merge request"))?;
    let Some(touch) = touch(payload, merge) else {
        return Ok(other_action("merge_request", merge.action.as_deref()));
    };
    let change = change(payload, merge)?;
    // A label that only describes is told as any other edit; one that asks for something, with who put it there (S10).
    let labels: Vec<String> =
        added(payload).into_iter().filter(|name| errand::wish(name).is_some()).collect();
    match payload.user.as_ref().and_then(User::actor) {
        Some(by) if !labels.is_empty() => Ok(Signal::ChangeLabelled(Labelled { change, labels, by })),
        _ => Ok(Signal::ChangeTouched(ChangeTouched { change, touch })),
    }
}

/// `update` says many things: new commits come with the head before them, all else is told by `changes`, which may be empty.
fn touch(payload: &Payload, merge: &Attributes) -> Option<Touch> {
    Some(match merge.action.as_deref()? {
        "open" | "reopen" => Touch::Opened,
        "close" => Touch::Closed,
        "merge" => Touch::Merged,
        "update" if merge.oldrev.is_some() => Touch::Pushed,
        "update" if changed(payload).any(|name| SHOWN.contains(&name.as_str())) => Touch::Described,
        "update" | "approved" | "unapproved" | "approval" | "unapproval" => Touch::Other,
        _ => return None,
    })
}

/// The labels that an update put there; a new merge request has all of its own from whoever opened it.
fn added(payload: &Payload) -> Vec<String> {
    if payload.object_attributes.as_ref().is_some_and(|merge| merge.action.as_deref() == Some("open")) {
        return payload.labels.iter().flatten().filter_map(|label| label.title.clone()).collect();
    }
    let labels = payload.changes.as_ref().and_then(|changes| changes.get("labels"));
    let titles = |side: &str| -> Vec<String> {
        let listed = labels.and_then(|labels| labels.get(side)?.as_array()).into_iter().flatten();
        listed.filter_map(|label| label.get("title")?.as_str().map(str::to_owned)).collect()
    };
    let before = titles("previous");
    titles("current").into_iter().filter(|name| !before.contains(name)).collect()
}

fn changed(payload: &Payload) -> impl Iterator<Item = &String> {
    payload.changes.iter().flat_map(serde_json::Map::keys)
}

fn change(payload: &Payload, merge: &Attributes) -> Result<Change, Lacks> {
    let base = merge.target_branch.clone().ok_or(Lacks("its target branch"))?;
    let head = merge.last_commit.as_ref().and_then(|last| commit(last.id.as_deref()));
    let labels = payload.labels.iter().flatten();
    Ok(Change {
        number: ChangeNumber(merge.iid.ok_or(Lacks("its number"))?),
        title: merge.title.clone().unwrap_or_default(),
        body: bounded(merge.description.as_deref().unwrap_or_default()),
        author: merge.author_id.map(|author| named(payload, author)),
        labels: labels.filter_map(|label| label.title.clone()).collect(),
        // A delivery names it by number alone; its title is read where it counts.
        milestone: None,
        stage: stage(merge)?,
        base: BranchName::parse(base).map_err(|_| Lacks("a readable target branch"))?,
        head: head.ok_or(Lacks("its newest commit"))?,
        updated_at: merge.updated_at.ok_or(Lacks("the time of its update"))?.0,
    })
}

/// The author, told by number; the name only where it also took part otherwise. It is read where it counts.
fn named(payload: &Payload, author: u64) -> Actor {
    let others = payload.assignees.iter().flatten().chain(payload.reviewers.iter().flatten());
    let known = payload.user.iter().chain(others).find(|user| user.id == Some(author)).and_then(User::actor);
    known.unwrap_or_else(|| actor(author, &author.to_string()))
}

fn stage(merge: &Attributes) -> Result<Stage, Lacks> {
    let is_draft = merge.draft.or(merge.work_in_progress) == Some(true);
    match merge.state.as_deref() {
        Some("merged") => {
            // A merge without a merge commit put the head itself, or its squash, onto the branch.
            let last = merge.last_commit.as_ref().and_then(|last| last.id.as_deref());
            let commit = commit(merge.merge_commit_sha.as_deref())
                .or_else(|| commit(merge.squash_commit_sha.as_deref()))
                .or_else(|| commit(last));
            let at = merge.merged_at.or(merge.updated_at).ok_or(Lacks("the time of its merge"))?;
            Ok(Stage::Merged { commit: commit.ok_or(Lacks("the commit of its merge"))?, at: at.0 })
        }
        Some("closed") => Ok(Stage::Closed),
        Some(_) | None if is_draft => Ok(Stage::Draft),
        Some(_) | None => Ok(Stage::Open),
    }
}
