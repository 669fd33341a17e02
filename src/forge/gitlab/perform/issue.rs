//! Issues of ours: opened once, closed and opened again. Nothing but our own marker is ever read from their text (S21).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::Work;
use crate::domain::effect::{IssueState, Made};
use crate::domain::say::Text;
use crate::forge::fault::Fault;
use crate::forge::{PerformError, marker};

/// Issues looked through for one whose answer was lost: ten pages of a hundred.
const PAGES: u32 = 10;
/// GitLab refuses longer titles.
const TITLE: usize = 255;

/// An issue as an answer tells it.
#[derive(Deserialize)]
struct Issue {
    iid: u64,
    #[serde(default)]
    web_url: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    description: Option<String>,
    created_at: Timestamp,
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
    let body = json!({ "title": title, "description": work.pen().marked(text, &marker) });
    work.api().post(&work.project().then("issues"), body).await.map(made).map_err(Fault::of_write)
}

/// The issue that an earlier attempt opened without our hearing of it: by our own account, and with this marker.
async fn find(work: &Work<'_>, marker: &str) -> Result<Option<Issue>, PerformError> {
    let us = work.ourselves().await?.id;
    let route = work.project().then("issues").with("author_id", us).with("scope", "all");
    let route = route.with("order_by", "created_at").with("sort", "desc").with("per_page", 100);
    let carries = |issue: &Issue| {
        issue.description.as_deref().unwrap_or_default().lines().any(|line| line.trim() == marker)
    };
    let is_enough = |all: &[Issue]| {
        all.iter().any(carries) || all.last().is_some_and(|last| !work.is_since_ordered(last.created_at))
    };
    let found = work.api().pages(&route, PAGES, is_enough).await.map_err(Fault::of_lookup)?;
    Ok(found.into_iter().find(carries))
}

/// Closes the issue, or opens it again. One that stands so already stays as somebody left it.
pub(super) async fn ensure_state(
    work: &Work<'_>,
    number: u64,
    wanted: IssueState,
) -> Result<Made, PerformError> {
    let (state, event) = match wanted {
        IssueState::Open => ("opened", "reopen"),
        IssueState::Closed => ("closed", "close"),
    };
    let route = work.project().then("issues").then(number);
    let found: Issue = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    if found.state == state {
        return Ok(made(found));
    }
    work.api().put(&route, json!({ "state_event": event })).await.map(made).map_err(Fault::of_write)
}

fn made(issue: Issue) -> Made {
    Made::Issue { number: issue.iid, page: issue.web_url }
}
