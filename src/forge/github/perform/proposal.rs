//! The pull request that carries the next release: one commit upon the newest of its base, on a branch of ours that is moved along. Commits of people on it end that.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Work;
use super::branch::{self, Pull};
use super::tag::workflow_trap;
use crate::domain::effect::Made;
use crate::domain::id::{ChangeNumber, CommitId};
use crate::domain::notes::frame::{Frame, sum};
use crate::domain::proposal::{LeftProposal, Proposal, file};
use crate::domain::say;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::branch_head;
use crate::forge::{PerformError, frame};

/// GitHub's own account, which commits for Apps and for people in the browser.
const BROWSER: &str = "web-flow";

#[derive(Deserialize)]
struct Commit {
    author: Option<User>,
    committer: Option<User>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    content: String,
    #[serde(default)]
    encoding: String,
}

#[derive(Deserialize)]
struct Tree {
    sha: String,
}

/// Makes the pull request, or brings the open one up to date.
pub(super) async fn ensure(work: &Work<'_>, wanted: &Proposal) -> Result<Made, PerformError> {
    let open = branch::find(work, (&wanted.branch, &wanted.base), "open").await?;
    let there = branch_head(&work.reader, &wanted.branch).await.map_err(Fault::of_lookup)?;
    if let (Some(pull), Some(there)) = (&open, &there)
        && !is_ours(work, wanted, there).await?
    {
        return Ok(made(pull, None));
    }
    let read = files(work, wanted).await?;
    let written = wanted.written(&read, &work.pen().file(&wanted.notes));
    let head = commit(work, wanted, &written.files).await?;
    branch::set_ref(work, &wanted.branch, head.as_str()).await?;
    let text = wanted.described(&written.left);
    match open {
        Some(pull) => renew(work, wanted, (&pull, &text), head).await,
        None => make(work, wanted, &text, head).await,
    }
}

/// Whether the branch stands where we left it, or where an answer was lost: an App's commit is committed by itself or by GitHub.
async fn is_ours(work: &Work<'_>, wanted: &Proposal, there: &CommitId) -> Result<bool, PerformError> {
    if wanted.left.as_ref().is_some_and(|left| left.head == *there) {
        return Ok(true);
    }
    let route = work.reader.repository().then("commits").then(there);
    let commit: Commit = work.reader.caller.get(&route).await.map_err(Fault::of_lookup)?;
    let bot = work.ourselves().await?.user;
    let is_bot = |user: &User| user.id == bot.0;
    Ok(commit.author.as_ref().is_some_and(is_bot)
        && commit.committer.as_ref().is_some_and(|user| is_bot(user) || user.login == BROWSER))
}

/// What is there of the files, at the commit that the pull request stands upon. One that is too large is told as not there.
async fn files(work: &Work<'_>, wanted: &Proposal) -> Result<file::Files, PerformError> {
    let mut read = BTreeMap::new();
    for path in wanted.needed() {
        let route =
            path.split('/').fold(work.reader.repository().then("contents"), |route, part| route.then(part));
        let found = work.reader.caller.get::<Content>(&route.with("ref", &wanted.commit)).await;
        let Some(found) = if_there(found).map_err(Fault::of_lookup)? else { continue };
        let bare: String = found.content.split_ascii_whitespace().collect();
        let text = STANDARD.decode(bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(text) = text.filter(|_| found.encoding == "base64") {
            read.insert(path, text);
        }
    }
    Ok(read)
}

/// A commit that names no author is ours, and signed by GitHub. Files keep no mode of their own: they become ordinary ones.
async fn commit(work: &Work<'_>, wanted: &Proposal, files: &file::Files) -> Result<CommitId, PerformError> {
    let base = branch::read(work, wanted.commit.as_str()).await?;
    let entry = |(path, content): (&String, &String)| json!({ "path": path, "mode": "100644", "type": "blob", "content": content });
    let entries: Vec<Value> = files.iter().map(entry).collect();
    let body = json!({ "base_tree": base.tree.sha, "tree": entries });
    let route = work.reader.repository().down("git/trees");
    let tree: Tree =
        work.reader.caller.post(&route, body).await.map_err(|fault| workflow_trap(fault, "commit"))?;
    let message = say::proposal::message(&wanted.title);
    let made = branch::commit_upon(work, &tree.sha, (wanted.commit.as_str(), &message)).await?;
    CommitId::parse(made.sha).map_err(|_| Fault::lacks("the commit's name").of_lookup())
}

async fn make(
    work: &Work<'_>,
    wanted: &Proposal,
    text: &say::Text,
    head: CommitId,
) -> Result<Made, PerformError> {
    let text = work.pen().beside(text, 0);
    let body = json!({
        "title": wanted.title,
        "head": wanted.branch,
        "base": wanted.base,
        "body": frame(&wanted.mark).around(&text),
    });
    let route = work.reader.repository().then("pulls");
    let pull: Pull = work.reader.caller.post(&route, body).await.map_err(Fault::of_write)?;
    Ok(made(&pull, Some(LeftProposal { head, text: sum(&text) })))
}

/// What people wrote around our text stays; where they changed our text, all of it does.
async fn renew(
    work: &Work<'_>,
    wanted: &Proposal,
    (pull, text): (&Pull, &say::Text),
    head: CommitId,
) -> Result<Made, PerformError> {
    let (frame, before): (Frame, &str) = (frame(&wanted.mark), pull.body.as_deref().unwrap_or_default());
    let text = work.pen().beside(text, frame.outside(before));
    let (body, kept) = wanted.renewed(&frame, before, &text);
    let mut change = json!({ "title": wanted.title });
    if let Some(body) = body {
        change["body"] = json!(body);
    }
    // To this call a pull request is an issue as well.
    let route = work.reader.repository().then("issues").then(pull.number);
    work.reader.caller.patch::<IgnoredAny>(&route, change).await.map_err(Fault::of_write)?;
    Ok(made(pull, Some(LeftProposal { head, text: kept })))
}

fn made(pull: &Pull, left: Option<LeftProposal>) -> Made {
    Made::Proposal { number: ChangeNumber(pull.number), page: pull.html_url.clone(), left }
}
