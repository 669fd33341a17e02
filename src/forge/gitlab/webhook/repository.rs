//! What happened to a repository: its branches, tags, releases, milestones. Notes and merge requests live beside.

use std::collections::BTreeMap;

use super::payload::{Payload, PushCommit, commit};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::id::{ActorId, BranchName, CommitId, TagName};
use crate::domain::signal::{MilestoneTouch, MilestoneTouched, ReleaseTouch, ReleaseTouched, Signal};
use crate::forge::gitlab::read::midnight;
use crate::forge::gitlab::release_id;

/// The files that rules come from.
const POLICY_FILES: [&str; 2] = [".gitlab/lockkeeper.yml", ".gitlab/lockkeeper.yaml"];

/// `push`.
pub(super) fn pushed(payload: &Payload) -> Meaning {
    let reference = payload.reference.as_deref().ok_or(Lacks("its ref"))?;
    let Some(branch) = reference.strip_prefix("refs/heads/") else {
        return Ok(ignored("a push to no branch"));
    };
    let Ok(branch) = BranchName::parse(branch) else { return Ok(ignored("a branch of no valid name")) };
    Ok(Signal::BranchMoved {
        branch,
        head: commit(payload.after.as_deref()),
        touches_policy: touches_policy(payload),
        touched: touched(payload),
    })
}

/// True, too, where the list of commits does not tell the whole difference: it holds the newest twenty, a new branch's none,
/// and a system hook's none at all.
fn touches_policy(payload: &Payload) -> bool {
    let commits = payload.commits.as_deref().unwrap_or_default();
    let listed = u64::try_from(commits.len()).unwrap_or(u64::MAX);
    let is_partial = commits.is_empty()
        || commit(payload.before.as_deref()).is_none()
        || payload.total_commits_count.is_none_or(|all| all > listed);
    is_partial || commits.iter().flat_map(paths).any(|path| POLICY_FILES.contains(&path.as_str()))
}

/// What the push tells of its commits. A merge's list is that of its branch, and says nothing of its own.
fn touched(payload: &Payload) -> BTreeMap<CommitId, Vec<String>> {
    let told = |push: &PushCommit| {
        let mut files: Vec<String> = paths(push).cloned().collect();
        files.sort();
        files.dedup();
        Some((commit(push.id.as_deref())?, files))
    };
    payload.commits.iter().flatten().filter_map(told).collect()
}

fn paths(commit: &PushCommit) -> impl Iterator<Item = &String> {
    [&commit.added, &commit.modified, &commit.removed].into_iter().flatten().flatten()
}

/// `tag_push`.
pub(super) fn tagged(payload: &Payload) -> Meaning {
    let reference = payload.reference.as_deref().ok_or(Lacks("its ref"))?;
    let tag = reference.strip_prefix("refs/tags/").map(TagName::parse);
    let Some(Ok(tag)) = tag else { return Ok(ignored("a tag of no valid name")) };
    let exists =
        payload.after.as_deref().ok_or(Lacks("what it stands on"))?.bytes().any(|digit| digit != b'0');
    Ok(Signal::TagMoved { tag, by: payload.user_id.map(ActorId), exists })
}

/// `release`: its action stands beside it, and nobody is named who did it.
pub(super) fn release(payload: &Payload) -> Meaning {
    let touch = match payload.action.as_deref() {
        Some("create") => ReleaseTouch::Published,
        Some("update") => ReleaseTouch::Edited,
        Some("delete") => ReleaseTouch::Withdrawn,
        action => return Ok(other_action("release", action)),
    };
    let tag = payload.tag.as_ref().and_then(serde_json::Value::as_str).ok_or(Lacks("its tag"))?;
    let Ok(tag) = TagName::parse(tag) else { return Ok(ignored("a release of a tag of no valid name")) };
    Ok(Signal::ReleaseTouched(ReleaseTouched { id: release_id(&tag), tag, by: None, touch }))
}

/// `milestone`: its action stands beside it, too.
pub(super) fn milestone(payload: &Payload) -> Meaning {
    let touch = match payload.action.as_deref() {
        Some("create" | "update" | "reopen") => MilestoneTouch::Open,
        Some("close") => MilestoneTouch::Closed,
        Some("delete") => MilestoneTouch::Deleted,
        other => return Ok(other_action("milestone", other)),
    };
    let milestone = payload.object_attributes.as_ref().ok_or(Lacks("its milestone"))?;
    let due = milestone.due_date.as_deref().and_then(|day| day.parse().ok()).and_then(midnight);
    Ok(Signal::MilestoneTouched(MilestoneTouched {
        number: milestone.id.ok_or(Lacks("its number"))?,
        title: milestone.title.clone().unwrap_or_default(),
        due,
        touch,
    }))
}
