//! The merge request that carries the next release: one commit upon the newest of its target, on a branch of ours that is made anew each time. Commits of people on it end that.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Work;
use super::branch::{self, Merge};
use crate::domain::effect::Made;
use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::notes::frame::{Frame, sum};
use crate::domain::proposal::{LeftProposal, Proposal, file};
use crate::domain::say::{self, Text};
use crate::forge::fault::Fault;
use crate::forge::gitlab::file::text;
use crate::forge::gitlab::read::branch_head;
use crate::forge::{PerformError, frame};

#[derive(Deserialize)]
struct Commit {
    id: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    author_email: String,
    #[serde(default)]
    committer_email: String,
}

/// Makes the merge request, or brings the open one up to date.
pub(super) async fn ensure(work: &Work<'_>, wanted: &Proposal) -> Result<Made, PerformError> {
    let open = branch::find(work, (&wanted.branch, &wanted.base), "opened").await?;
    let there =
        branch_head(work.gitlab, work.order.project, &wanted.branch).await.map_err(Fault::of_lookup)?;
    if let (Some(merge), Some(there)) = (&open, &there)
        && !is_ours(work, wanted, there).await?
    {
        return Ok(made(merge, None));
    }
    let read = files(work, wanted).await?;
    let written = wanted.written(&read, &work.pen().file(&wanted.notes));
    let head = commit(work, wanted, (&read, &written.files)).await?;
    let text = wanted.described(&written.left);
    match open {
        Some(merge) => renew(work, wanted, (&merge, &text), head).await,
        None => make(work, wanted, &text, head).await,
    }
}

/// Whether the branch stands where we left it, or where an answer was lost: our words, and nobody committed them again.
async fn is_ours(work: &Work<'_>, wanted: &Proposal, there: &CommitId) -> Result<bool, PerformError> {
    if wanted.left.as_ref().is_some_and(|left| left.head == *there) {
        return Ok(true);
    }
    let route = work.project().down("repository/commits").then(there);
    let commit: Commit = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    Ok(say::proposal::is_message(&commit.message) && commit.author_email == commit.committer_email)
}

/// What is there of the files, at the commit that the merge request stands upon. One that is too large is told as not there.
async fn files(work: &Work<'_>, wanted: &Proposal) -> Result<file::Files, PerformError> {
    let mut read = BTreeMap::new();
    for path in wanted.needed() {
        match text(work.api(), work.project(), (&path, wanted.commit.as_str())).await {
            Ok(Some(text)) => _ = read.insert(path, text),
            Ok(None) | Err(Fault::Denied { status: 422, .. }) => {}
            Err(fault) => return Err(fault.of_lookup()),
        }
    }
    Ok(read)
}

/// One call makes the commit and sets the branch to it, wherever that stood: <https://docs.gitlab.com/api/commits/#create-a-commit>
async fn commit(
    work: &Work<'_>,
    wanted: &Proposal,
    (read, files): (&file::Files, &file::Files),
) -> Result<CommitId, PerformError> {
    let action = |(path, content): (&String, &String)| {
        let action = if read.contains_key(path) { "update" } else { "create" };
        json!({ "action": action, "file_path": path, "content": content })
    };
    let actions: Vec<Value> = files.iter().map(action).collect();
    let body = json!({
        "branch": wanted.branch,
        "start_sha": wanted.commit,
        "force": true,
        "commit_message": say::proposal::message(&wanted.title),
        "actions": actions,
    });
    let route = work.project().down("repository/commits");
    let made: Commit = work.api().post(&route, body).await.map_err(Fault::of_write)?;
    CommitId::parse(made.id).map_err(|_| Fault::lacks("the commit's name").of_lookup())
}

async fn make(work: &Work<'_>, wanted: &Proposal, text: &Text, head: CommitId) -> Result<Made, PerformError> {
    let text = work.pen().beside(text, 0);
    let body = json!({
        "title": wanted.title,
        "source_branch": wanted.branch,
        "target_branch": wanted.base,
        "description": frame(&wanted.mark).around(&text),
        "remove_source_branch": true,
    });
    let merge: Merge =
        work.api().post(&work.project().then("merge_requests"), body).await.map_err(Fault::of_write)?;
    Ok(made(&merge, Some(LeftProposal { head, text: sum(&text) })))
}

/// What people wrote around our text stays; where they changed our text, all of it does.
async fn renew(
    work: &Work<'_>,
    wanted: &Proposal,
    (merge, text): (&Merge, &Text),
    head: CommitId,
) -> Result<Made, PerformError> {
    let (frame, before): (Frame, &str) =
        (frame(&wanted.mark), merge.description.as_deref().unwrap_or_default());
    let text = work.pen().beside(text, frame.outside(before));
    let (body, kept) = wanted.renewed(&frame, before, &text);
    let mut change = json!({ "title": wanted.title });
    if let Some(body) = body {
        change["description"] = json!(body);
    }
    let route = work.project().then("merge_requests").then(merge.iid);
    work.api().put::<IgnoredAny>(&route, change).await.map_err(Fault::of_write)?;
    Ok(made(merge, Some(LeftProposal { head, text: kept })))
}

fn made(merge: &Merge, left: Option<LeftProposal>) -> Made {
    Made::Proposal { number: ChangeNumber(merge.iid), page: merge.web_url.clone(), left }
}
