//! What happened to a repository: its branches, tags, releases, milestones and itself. Comments and pull requests live beside.

use std::collections::BTreeMap;

use super::payload::{Payload, PushCommit, User, commit};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::id::{BranchName, CommitId, ReleaseId, TagName};
use crate::domain::signal::{MilestoneTouch, MilestoneTouched, ReleaseTouch, ReleaseTouched, Signal};

/// A push lists no more commits than this; beyond, nobody knows which files it touched.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
const PUSH_COMMITS: usize = 2_048;

/// The files that rules come from: ours, and GitHub's own categories where ours is not there.
const POLICY_FILES: [&str; 4] =
    [".github/lockkeeper.yml", ".github/lockkeeper.yaml", ".github/release.yml", ".github/release.yaml"];

/// `push`.
pub(super) fn pushed(payload: &Payload) -> Meaning {
    let reference = payload.reference.as_deref().ok_or(Lacks("its ref"))?;
    if let Some(tag) = reference.strip_prefix("refs/tags/") {
        return Ok(tag_moved(payload, tag, payload.deleted != Some(true)));
    }
    let Some(branch) = reference.strip_prefix("refs/heads/") else {
        return Ok(ignored("a push to neither a branch nor a tag"));
    };
    if is_merge_queue(branch) {
        return Ok(ignored("a branch of GitHub's merge queue"));
    }
    let Ok(branch) = BranchName::parse(branch) else { return Ok(ignored("a branch of no valid name")) };
    Ok(Signal::BranchMoved {
        branch,
        head: commit(payload.after.as_ref()).filter(|_| payload.deleted != Some(true)),
        touches_policy: touches_policy(payload),
        touched: touched(payload),
    })
}

fn is_merge_queue(branch: &str) -> bool {
    branch.starts_with("gh-readonly-queue/")
}

/// True, too, where the list of commits does not tell the whole difference.
fn touches_policy(payload: &Payload) -> bool {
    let commits = payload.commits.as_deref().unwrap_or_default();
    let partial = payload.created == Some(true)
        || payload.forced == Some(true)
        || commits.is_empty()
        || commits.len() >= PUSH_COMMITS;
    partial || commits.iter().flat_map(paths).any(|path| POLICY_FILES.contains(&path.as_str()))
}

/// What the push tells of its commits. A merge's list is that of its branch, and says nothing of its own.
fn touched(payload: &Payload) -> BTreeMap<CommitId, Vec<String>> {
    let told = |push: &PushCommit| {
        let mut files: Vec<String> = paths(push).cloned().collect();
        files.sort();
        files.dedup();
        Some((commit(push.id.as_ref())?, files))
    };
    payload.commits.iter().flatten().filter_map(told).collect()
}

fn paths(commit: &PushCommit) -> impl Iterator<Item = &String> {
    [&commit.added, &commit.modified, &commit.removed].into_iter().flatten().flatten()
}

/// `create` and `delete`. Branches come as pushes as well, so only tags count here.
pub(super) fn ref_made(event: &str, payload: &Payload) -> Meaning {
    let name = payload.reference.as_deref().ok_or(Lacks("its ref"))?;
    match payload.ref_type.as_deref() {
        Some("tag") => Ok(tag_moved(payload, name, event == "create")),
        Some("branch") => Ok(ignored(format!("known, not used yet: {event} of a branch (its push says it)"))),
        _ => Ok(ignored(format!("known, not used yet: {event} of neither a branch nor a tag"))),
    }
}

fn tag_moved(payload: &Payload, name: &str, exists: bool) -> Signal {
    let Ok(tag) = TagName::parse(name) else { return ignored("a tag of no valid name") };
    let by = payload.sender.as_ref().map(|sender| User::actor(Some(sender)).id);
    Signal::TagMoved { tag, by, exists }
}

/// `release`.
pub(super) fn release(payload: &Payload) -> Meaning {
    let touch = match payload.action.as_deref() {
        Some("published") => ReleaseTouch::Published,
        Some("edited") => ReleaseTouch::Edited,
        Some("deleted" | "unpublished") => ReleaseTouch::Withdrawn,
        // `released` and `prereleased` say again what `published` or `edited` said.
        _ => return Ok(other_action("release", payload, &["created", "released", "prereleased"])),
    };
    let release = payload.release.as_ref().ok_or(Lacks("its release"))?;
    let tag = release.tag_name.as_deref().ok_or(Lacks("its tag"))?;
    let Ok(tag) = TagName::parse(tag) else { return Ok(ignored("a release of a tag of no valid name")) };
    Ok(Signal::ReleaseTouched(ReleaseTouched {
        id: ReleaseId(release.id.ok_or(Lacks("its number"))?),
        tag,
        by: Some(User::actor(payload.sender.as_ref())),
        touch,
    }))
}

/// `milestone`.
pub(super) fn milestone(payload: &Payload) -> Meaning {
    let touch = match payload.action.as_deref() {
        Some("created" | "edited" | "opened") => MilestoneTouch::Open,
        Some("closed") => MilestoneTouch::Closed,
        Some("deleted") => MilestoneTouch::Deleted,
        _ => return Ok(other_action("milestone", payload, &[])),
    };
    let milestone = payload.milestone.as_ref().ok_or(Lacks("its milestone"))?;
    Ok(Signal::MilestoneTouched(MilestoneTouched {
        number: milestone.number.ok_or(Lacks("its number"))?,
        title: milestone.title.clone().unwrap_or_default(),
        due: milestone.due_on,
        touch,
    }))
}

/// `repository`: path, default branch and visibility are taken over from every delivery, so only its life is a signal.
pub(super) fn itself(payload: &Payload) -> Meaning {
    Ok(match payload.action.as_deref() {
        Some("archived") => Signal::ProjectArchived { archived: true },
        Some("unarchived") => Signal::ProjectArchived { archived: false },
        Some("deleted") => Signal::ProjectDeleted,
        Some("renamed" | "transferred" | "publicized" | "privatized" | "edited") => {
            ignored("the project's path, branch and visibility are taken over in passing")
        }
        _ => other_action("repository", payload, &["created"]),
    })
}
