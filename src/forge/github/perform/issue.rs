//! Issues of ours: opened once, closed and opened again. Nothing but our own marker is ever read from their text (S21).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Work;
use crate::domain::effect::{IssueState, Made, Refusal};
use crate::domain::say::Text;
use crate::forge::fault::Fault;
use crate::forge::github::webhook::User;
use crate::forge::{Ourselves, PerformError, marker};

/// Issues looked through for one whose answer was lost: ten pages of a hundred.
const PAGES: u32 = 10;
/// GitHub refuses longer titles.
const TITLE: usize = 256;

/// An issue as an answer tells it.
#[derive(Deserialize)]
struct Issue {
    number: u64,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<User>,
    /// There where it is a pull request.
    #[serde(default)]
    pull_request: Option<Value>,
}

/// Opens the issue, or adopts the one that an earlier attempt opened.
pub(super) async fn ensure_open(work: &Work<'_>, title: &str, text: &Text) -> Result<Made, PerformError> {
    let marker = marker(work.order.key);
    if work.may_be_done()
        && let Some(found) = find(work, &marker).await?
    {
        return Ok(made(found));
    }
    let title: String = title.chars().filter(|c| !c.is_control()).take(TITLE).collect();
    let body = json!({ "title": title, "body": work.pen().marked(text, &marker) });
    let route = work.reader.repository().then("issues");
    match work.reader.caller.post(&route, body).await {
        Ok(issue) => Ok(made(issue)),
        // Nothing is gone: the project has issues switched off.
        Err(Fault::Denied { status: 410, said }) => Err(PerformError::Refused(Refusal::Forbidden { said })),
        Err(fault) => Err(fault.of_write()),
    }
}

/// The issue that an earlier attempt opened without our hearing of it: ours by its author's number, and with this marker.
async fn find(work: &Work<'_>, marker: &str) -> Result<Option<Issue>, PerformError> {
    let us = work.ourselves().await?;
    let route = work.reader.repository().then("issues").with("creator", format!("{}[bot]", us.slug));
    let route = route.with("state", "all").with("since", work.ordered_at_text()).with("per_page", 100);
    let is_it = |issue: &Issue| is_ours(issue, us, marker);
    let found = work
        .reader
        .caller
        .pages(&route, PAGES, |page: Vec<Issue>| page, |all| all.iter().any(is_it))
        .await
        .map_err(Fault::of_lookup)?;
    Ok(found.into_iter().find(is_it))
}

fn is_ours(issue: &Issue, us: &Ourselves, marker: &str) -> bool {
    let body = issue.body.as_deref().unwrap_or_default();
    issue.pull_request.is_none()
        && User::actor(issue.user.as_ref()).id == us.user
        && body.lines().any(|line| line.trim() == marker)
}

/// Closes the issue as done, or opens it again. One that stands so already stays as somebody left it, with their reason.
pub(super) async fn ensure_state(
    work: &Work<'_>,
    number: u64,
    wanted: IssueState,
) -> Result<Made, PerformError> {
    let (state, reason) = match wanted {
        IssueState::Open => ("open", "reopened"),
        IssueState::Closed => ("closed", "completed"),
    };
    let route = work.reader.repository().then("issues").then(number);
    let found: Issue = work.reader.caller.get(&route).await.map_err(Fault::of_lookup)?;
    if found.state.as_deref() == Some(state) {
        return Ok(made(found));
    }
    let body = json!({ "state": state, "state_reason": reason });
    work.reader.caller.patch(&route, body).await.map(made).map_err(Fault::of_write)
}

fn made(issue: Issue) -> Made {
    Made::Issue { number: issue.number, page: issue.html_url }
}
