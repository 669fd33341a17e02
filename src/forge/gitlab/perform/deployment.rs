//! Deployments: made once, called off. GitLab has one status for each, and lets an older one go by itself. What follows is not decided here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::{DeploymentVerdict, Made};
use crate::domain::id::{CommitId, DeploymentId};
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::route::Route;

/// A deployment as it was ordered.
pub(super) struct Draft<'a> {
    pub(super) environment: &'a str,
    pub(super) commit: &'a CommitId,
    /// What it is for; GitLab keeps no payload, so of it only the tag is told.
    pub(super) payload: &'a BTreeMap<String, String>,
}

/// A deployment as an answer tells it.
#[derive(Deserialize)]
struct Deployment {
    id: u64,
    sha: CommitId,
    status: String,
    created_at: Timestamp,
    #[serde(default)]
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

/// Makes the deployment, or adopts the one that an earlier attempt made.
pub(super) async fn ensure(work: &Work<'_>, draft: &Draft<'_>) -> Result<Made, PerformError> {
    if work.may_be_done()
        && let Some(id) = find(work, draft).await?
    {
        return Ok(made(work, id));
    }
    let tag = draft.payload.get("tag");
    let body = json!({
        "environment": draft.environment,
        "sha": draft.commit,
        "ref": tag.map_or(draft.commit.as_str(), String::as_str),
        "tag": tag.is_some(),
        "status": "running",
    });
    let deployment: Deployment = work.api().post(&all(work), body).await.map_err(Fault::of_write)?;
    Ok(made(work, deployment.id))
}

/// The deployment that an earlier attempt made without our hearing of it: by our own account, of this commit, since the order,
/// and still running, so that one that failed before is not taken for it.
async fn find(work: &Work<'_>, draft: &Draft<'_>) -> Result<Option<u64>, PerformError> {
    let us = work.ourselves().await?.id.0;
    let route = all(work).with("environment", draft.environment).with("order_by", "id");
    let route = route.with("sort", "desc").with("per_page", 100);
    let found: Vec<Deployment> = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    let is_it = |one: &&Deployment| {
        one.sha == *draft.commit
            && one.status == "running"
            && one.user.as_ref().is_some_and(|user| user.id == us)
            && work.is_since_ordered(one.created_at)
    };
    Ok(found.iter().find(is_it).map(|one| one.id))
}

/// Calls a deployment off. That another one took its place, GitLab sees by itself.
pub(super) async fn ensure_reported(
    work: &Work<'_>,
    deployment: DeploymentId,
    verdict: DeploymentVerdict,
) -> Result<Made, PerformError> {
    if verdict == DeploymentVerdict::Inactive {
        return Ok(Made::Nothing);
    }
    let route = all(work).then(deployment);
    let now: Deployment = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    if !matches!(now.status.as_str(), "created" | "running" | "blocked") {
        return Ok(Made::Nothing);
    }
    let put = work.api().put::<IgnoredAny>(&route, json!({ "status": "canceled" })).await;
    put.map(|_| Made::Nothing).map_err(Fault::of_write)
}

fn all(work: &Work<'_>) -> Route {
    work.project().then("deployments")
}

fn made(work: &Work<'_>, id: u64) -> Made {
    let page = work.gitlab.site.environments(&work.order.project.path);
    Made::Deployment { id: DeploymentId(id), page: Some(page) }
}
