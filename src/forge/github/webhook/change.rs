//! Pull requests as deliveries tell them. What a change does to a release is not asked here.

use super::payload::{Payload, PullRequest, User, commit};
use super::{Lacks, Meaning, other_action};
use crate::domain::change::{Change, MilestoneRef, Stage, bounded};
use crate::domain::errand;
use crate::domain::id::{BranchName, ChangeNumber};
use crate::domain::signal::{ChangeTouched, Labelled, Signal, Touch};

/// `pull_request`.
pub(super) fn touched(payload: &Payload) -> Meaning {
    let pull = payload.pull_request.as_ref().ok_or(Lacks("its pull request"))?;
    let Some(touch) = touch(payload.action.as_deref(), pull) else {
        return Ok(other_action("pull_request", payload, &[]));
    };
    let change = change(pull)?;
    // A label that only describes is told as any other edit; one that asks for something, with who put it there (S10).
    let label = payload.label.as_ref().filter(|_| payload.action.as_deref() == Some("labeled"));
    let label = label.and_then(|label| label.name.clone()).filter(|name| errand::wish(name).is_some());
    if let (Some(label), Some(sender)) = (label, &payload.sender) {
        let by = User::actor(Some(sender));
        return Ok(Signal::ChangeLabelled(Labelled { change, labels: vec![label], by }));
    }
    Ok(Signal::ChangeTouched(ChangeTouched { change, touch }))
}

fn touch(action: Option<&str>, pull: &PullRequest) -> Option<Touch> {
    let merged = pull.merged.unwrap_or(pull.merged_at.is_some());
    Some(match action? {
        "opened" | "reopened" => Touch::Opened,
        "synchronize" => Touch::Pushed,
        "edited" | "labeled" | "unlabeled" | "milestoned" | "demilestoned" | "ready_for_review"
        | "converted_to_draft" => Touch::Described,
        "closed" if merged => Touch::Merged,
        "closed" => Touch::Closed,
        "assigned"
        | "unassigned"
        | "review_requested"
        | "review_request_removed"
        | "locked"
        | "unlocked"
        | "auto_merge_enabled"
        | "auto_merge_disabled"
        | "enqueued"
        | "dequeued" => Touch::Other,
        _ => return None,
    })
}

fn change(pull: &PullRequest) -> Result<Change, Lacks> {
    let base = pull.base.as_ref().and_then(|base| base.reference.clone()).ok_or(Lacks("its base branch"))?;
    let milestone = pull.milestone.as_ref();
    Ok(Change {
        number: ChangeNumber(pull.number.ok_or(Lacks("its number"))?),
        title: pull.title.clone().unwrap_or_default(),
        body: bounded(pull.body.as_deref().unwrap_or_default()),
        author: pull.user.as_ref().map(|user| User::actor(Some(user))),
        labels: pull.labels.iter().flatten().filter_map(|label| label.name.clone()).collect(),
        milestone: milestone
            .and_then(|it| Some(MilestoneRef { number: it.number?, title: it.title.clone()? })),
        stage: stage(pull)?,
        base: BranchName::parse(base).map_err(|_| Lacks("a readable base branch"))?,
        head: commit(pull.head.as_ref().and_then(|head| head.sha.as_ref())).ok_or(Lacks("its head"))?,
        updated_at: pull.updated_at.ok_or(Lacks("the time of its update"))?,
    })
}

/// `merge_commit_sha` means the merge only once it is merged: before, it is GitHub's trial merge.
fn stage(pull: &PullRequest) -> Result<Stage, Lacks> {
    let merged = pull.merged.unwrap_or(pull.merged_at.is_some());
    if merged {
        let commit = commit(pull.merge_commit_sha.as_ref()).ok_or(Lacks("the commit of its merge"))?;
        return Ok(Stage::Merged { commit, at: pull.merged_at.ok_or(Lacks("the time of its merge"))? });
    }
    Ok(match (pull.state.as_deref(), pull.draft) {
        (Some("closed"), _) => Stage::Closed,
        (_, Some(true)) => Stage::Draft,
        _ => Stage::Open,
    })
}
