//! Branches made for people: at a commit, or with the commits of a change picked onto another branch. GitHub has no call for a pick: a
//! merge in a temporary branch works out the tree (<https://docs.github.com/en/rest/branches/branches#merge-a-branch>).
//!
//! ```text
//! temporary branch: a commit with the target's tree upon the picked commit's parent
//! merge the picked commit into it ─▶ its tree is the pick, or 409: they do not fit
//! a commit with that tree upon the target's newest commit, and the temporary branch is taken away
//! ```

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use super::tag::workflow_trap;
use crate::domain::effect::{Made, Refusal};
use crate::domain::errand::{Backport, contested, nothing_new};
use crate::domain::id::{BranchName, ChangeNumber, CommitId};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::branch_head;
use crate::forge::route::Route;
use crate::forge::{PerformError, marker};

/// A commit as git has it.
#[derive(Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) tree: Named,
    #[serde(default)]
    parents: Vec<Named>,
    #[serde(default)]
    message: String,
    author: Option<Author>,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) sha: String,
}

#[derive(Deserialize)]
struct Author {
    name: String,
    email: String,
}

#[derive(Deserialize)]
struct Merge {
    commit: MergeCommit,
}

#[derive(Deserialize)]
struct MergeCommit {
    tree: Named,
}

#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) html_url: String,
    pub(super) body: Option<String>,
    #[serde(default)]
    state: String,
    merged_at: Option<String>,
    head: Option<Head>,
}

/// The newest commit of a pull request.
#[derive(Deserialize)]
struct Head {
    sha: String,
}

impl Pull {
    /// Whether it was closed and nothing of it was merged.
    fn is_given_up(&self) -> bool {
        self.state == "closed" && self.merged_at.is_none()
    }
}

/// A commit with a file list, and a comparison's.
#[derive(Deserialize)]
struct Files {
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
}

/// Makes a branch at a commit, or adopts one that is there on it.
pub(super) async fn ensure(
    work: &Work<'_>,
    branch: &BranchName,
    commit: &CommitId,
) -> Result<Made, PerformError> {
    match make_ref(work, branch, commit.as_str()).await {
        Ok(()) => Ok(Made::Nothing),
        Err(fault @ Fault::Denied { status: 422, .. }) => {
            match branch_head(&work.reader, branch).await.map_err(Fault::of_lookup)? {
                Some(there) if there == *commit => Ok(Made::Nothing),
                Some(there) => Err(PerformError::Refused(Refusal::Taken { by: Some(there) })),
                None => Err(fault.of_write()),
            }
        }
        Err(fault) => Err(workflow_trap(fault, "branch")),
    }
}

/// Picks commits onto a branch of their own and opens a pull request. One that is open or merged is adopted; of one that was given up
/// the branch is, where it stands as it did.
pub(super) async fn ensure_backport(work: &Work<'_>, wanted: &Backport) -> Result<Made, PerformError> {
    let before = list(work, (&wanted.branch, &wanted.target), "all").await?;
    let is_open = |pull: &&Pull| pull.state == "open";
    let answer = before.iter().find(is_open).or_else(|| before.iter().find(|pull| !pull.is_given_up()));
    if let Some(pull) = answer {
        return Ok(made(pull));
    }
    if let Some(left) = before.first().and_then(|pull| pull.head.as_ref()) {
        let there = branch_head(&work.reader, &wanted.branch).await.map_err(Fault::of_lookup)?;
        if there.is_some_and(|there| there.as_str() == left.sha) {
            return open(work, wanted).await;
        }
    }
    let head = branch_head(&work.reader, &wanted.target).await.map_err(Fault::of_lookup)?;
    let head = head.ok_or(PerformError::Refused(Refusal::Gone))?;
    let temporary = BranchName::parse(format!("lockkeeper/{}", wanted.branch))
        .expect("a branch's name below a folder is one");
    let picked = pick_all(work, wanted, (&head, &temporary)).await;
    remove(work, &temporary).await?;
    let picked = picked?;
    if picked == head.as_str() {
        return Err(PerformError::Refused(nothing_new()));
    }
    match make_ref(work, &wanted.branch, &picked).await {
        Ok(()) => {}
        // An earlier attempt of this order made it; what it picked is the same.
        Err(Fault::Denied { status: 422, .. }) if work.may_be_done() => {
            move_ref(work, &wanted.branch, &picked).await.map_err(Fault::of_write)?;
        }
        Err(Fault::Denied { status: 422, .. }) => {
            return Err(PerformError::Refused(Refusal::Taken { by: None }));
        }
        Err(fault) => return Err(workflow_trap(fault, "branch")),
    }
    open(work, wanted).await
}

/// The newest pull request between two branches that stands so (`open`, `all`).
pub(super) async fn find(
    work: &Work<'_>,
    (branch, target): (&BranchName, &BranchName),
    state: &str,
) -> Result<Option<Pull>, PerformError> {
    list(work, (branch, target), state).await.map(|found| found.into_iter().next())
}

/// The pull requests between two branches that stand so, newest first.
async fn list(
    work: &Work<'_>,
    (branch, target): (&BranchName, &BranchName),
    state: &str,
) -> Result<Vec<Pull>, PerformError> {
    let head = format!("{}:{branch}", work.order.project.path.owner());
    let route = work.reader.repository().then("pulls").with("state", state).with("head", head);
    let route = route.with("base", target).with("per_page", 10);
    work.reader.caller.get(&route).await.map_err(Fault::of_lookup)
}

/// The commit upon `head` that has all of them; `head` itself where it had them before.
async fn pick_all(
    work: &Work<'_>,
    wanted: &Backport,
    (head, temporary): (&CommitId, &BranchName),
) -> Result<String, PerformError> {
    let mut onto = read(work, head.as_str()).await?;
    for commit in &wanted.commits {
        let picked = read(work, commit.as_str()).await?;
        let Some(tree) = pick(work, (&picked, &onto), (&wanted.target, temporary)).await? else { continue };
        if tree == onto.tree.sha {
            continue;
        }
        onto = commit_upon(work, &tree, (&onto.sha, &message(&picked))).await?;
    }
    Ok(onto.sha)
}

/// The tree of one commit picked onto another; `None`: nothing of it is new there.
async fn pick(
    work: &Work<'_>,
    (picked, onto): (&Commit, &Commit),
    (target, temporary): (&BranchName, &BranchName),
) -> Result<Option<String>, PerformError> {
    let Some(parent) = picked.parents.first() else {
        let said = "the first commit of a project cannot be picked".to_owned();
        return Err(PerformError::Refused(Refusal::Invalid { said }));
    };
    let is_merge = picked.parents.len() > 1;
    let sibling = commit_upon(work, &onto.tree.sha, (&parent.sha, "The branch that is picked onto")).await?;
    set_ref(work, temporary, &sibling.sha).await?;
    // Of a merge the first parent counts: what it brought is one commit for the pick.
    let theirs = if is_merge {
        commit_upon(work, &picked.tree.sha, (&parent.sha, "What is picked")).await?.sha
    } else {
        picked.sha.clone()
    };
    let body = json!({ "base": temporary, "head": theirs, "commit_message": "Pick" });
    let route = work.reader.repository().then("merges");
    match work.reader.caller.order::<Merge>(&route, Some(body)).await {
        Ok(merge) => Ok(merge.map(|merge| merge.commit.tree.sha)),
        Err(Fault::Denied { status: 409, .. }) => {
            let files = conflicting(work, (picked, &parent.sha), target).await?;
            let commit = CommitId::parse(picked.sha.clone())
                .map_err(|_| Fault::lacks("the commit's name").of_lookup())?;
            Err(PerformError::Refused(Refusal::Conflict { commit, files, is_merge }))
        }
        Err(fault) => Err(workflow_trap(fault, "pick")),
    }
}

/// The files that the commit changed and that the branch changed since they parted; all of the commit's where there are none.
async fn conflicting(
    work: &Work<'_>,
    (picked, parent): (&Commit, &str),
    target: &BranchName,
) -> Result<Vec<String>, PerformError> {
    let one = work.reader.repository().then("commits").then(&picked.sha);
    let since = work.reader.repository().then("compare").then(format!("{parent}...{target}"));
    let theirs: Files = work.reader.caller.get(&one).await.map_err(Fault::of_lookup)?;
    let ours: Files = work.reader.caller.get(&since).await.map_err(Fault::of_lookup)?;
    let names = |files: Files| files.files.into_iter().map(|file| file.filename).collect();
    Ok(contested(names(theirs), &names(ours)))
}

/// The message of the commit with where it comes from. Who wrote it is credited: a commit that names no author is signed by GitHub
/// (<https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification>).
fn message(picked: &Commit) -> String {
    let mut message = format!("{}\n\n(cherry picked from commit {})", picked.message.trim_end(), picked.sha);
    if let Some(Author { name, email }) = &picked.author {
        message += &format!("\n\nCo-authored-by: {name} <{email}>");
    }
    message
}

pub(super) async fn read(work: &Work<'_>, sha: &str) -> Result<Commit, PerformError> {
    let route = work.reader.repository().down("git/commits").then(sha);
    work.reader.caller.get(&route).await.map_err(Fault::of_lookup)
}

/// A commit shows nowhere until a branch leads to it: made twice, the unused one is swept away by git.
pub(super) async fn commit_upon(
    work: &Work<'_>,
    tree: &str,
    (parent, message): (&str, &str),
) -> Result<Commit, PerformError> {
    let body = json!({ "message": message, "tree": tree, "parents": [parent] });
    let route = work.reader.repository().down("git/commits");
    work.reader.caller.post(&route, body).await.map_err(|fault| workflow_trap(fault, "commit"))
}

fn named(work: &Work<'_>, branch: &BranchName) -> Route {
    work.reader.repository().down("git/refs").then(format!("heads/{branch}"))
}

async fn make_ref(work: &Work<'_>, branch: &BranchName, sha: &str) -> Result<(), Fault> {
    let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": sha });
    let made = work.reader.caller.post::<IgnoredAny>(&work.reader.repository().down("git/refs"), body).await;
    made.map(drop)
}

async fn move_ref(work: &Work<'_>, branch: &BranchName, sha: &str) -> Result<(), Fault> {
    let body = json!({ "sha": sha, "force": true });
    work.reader.caller.patch::<IgnoredAny>(&named(work, branch), body).await.map(drop)
}

/// Of branches that are ours alone: one that is there is moved.
pub(super) async fn set_ref(work: &Work<'_>, branch: &BranchName, sha: &str) -> Result<(), PerformError> {
    match make_ref(work, branch, sha).await {
        Err(Fault::Denied { status: 422, .. }) => move_ref(work, branch, sha).await.map_err(Fault::of_write),
        made => made.map_err(|fault| workflow_trap(fault, "branch")),
    }
}

/// One that is not there is gone.
async fn remove(work: &Work<'_>, branch: &BranchName) -> Result<(), PerformError> {
    match if_there(work.reader.caller.delete(&named(work, branch)).await) {
        Ok(_) | Err(Fault::Denied { status: 422, .. }) => Ok(()),
        Err(fault) => Err(fault.of_write()),
    }
}

async fn open(work: &Work<'_>, wanted: &Backport) -> Result<Made, PerformError> {
    let body = json!({
        "title": wanted.title,
        "head": wanted.branch,
        "base": wanted.target,
        "body": work.pen().marked(&wanted.text, &marker(work.order.key)),
    });
    let route = work.reader.repository().then("pulls");
    let pull: Pull = work.reader.caller.post(&route, body).await.map_err(Fault::of_write)?;
    if !wanted.labels.is_empty() {
        let route = work.reader.repository().then("issues").then(pull.number).then("labels");
        let labels = json!({ "labels": wanted.labels });
        // A courtesy: what it is about stands in its title as well.
        let _ = work.reader.caller.post::<IgnoredAny>(&route, labels).await;
    }
    Ok(made(&pull))
}

fn made(pull: &Pull) -> Made {
    Made::Change { number: ChangeNumber(pull.number), page: pull.html_url.clone() }
}
