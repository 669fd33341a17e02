//! Deployments, what was reported on them, and the environments that they go to. Who may report is not asked here.

use std::cmp::Reverse;

use serde::Deserialize;

use crate::domain::id::{CommitId, DeploymentId};
use crate::domain::query::{DeploymentNow, Report, ReportedState};
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::{Deployment, DeploymentStatus, User};
use crate::forge::route::Route;

/// The thousand newest reports on a deployment are read.
const STATUS_PAGES: u32 = 10;
/// Environments are looked through to this many hundred.
const ENVIRONMENT_PAGES: u32 = 10;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    environments: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// A deployment with all that was reported on it.
pub(super) async fn now(reader: &Reader<'_>, id: DeploymentId) -> Result<Option<DeploymentNow>, Fault> {
    let found: Option<Deployment> = if_there(reader.caller.get(&one(reader, id)).await)?;
    let Some(found) = found else { return Ok(None) };
    told(reader, &found).await.map(Some)
}

/// The newest deployment of an environment whose newest report is a success, among the hundred newest. One that nobody
/// reported on, that failed, or that was made inactive since then does not count.
pub(super) async fn succeeded(
    reader: &Reader<'_>,
    environment: &str,
) -> Result<Option<DeploymentNow>, Fault> {
    let route = all(reader).with("environment", environment).with("per_page", 100);
    let mut found: Vec<Deployment> = reader.caller.get(&route).await?;
    found.sort_by_key(|one| Reverse((one.created_at, one.id)));
    for deployment in &found {
        let now = told(reader, deployment).await?;
        if now.reports.first().is_some_and(|newest| newest.state == ReportedState::Success) {
            return Ok(Some(now));
        }
    }
    Ok(None)
}

/// The names of the environments that GitHub knows.
pub(super) async fn environments(reader: &Reader<'_>) -> Result<Vec<String>, Fault> {
    let route = reader.repository().then("environments").with("per_page", 100);
    let names = |page: Page| page.environments.into_iter().map(|one| one.name).collect();
    let found = reader.caller.pages(&route, ENVIRONMENT_PAGES, names, |_| false).await;
    Ok(if_there(found)?.unwrap_or_default())
}

/// What was reported on a deployment, newest first: GitHub's documentation promises no order.
pub(in crate::forge::github) async fn statuses(
    reader: &Reader<'_>,
    id: DeploymentId,
) -> Result<Vec<DeploymentStatus>, Fault> {
    let route = one(reader, id).then("statuses").with("per_page", 100);
    let mut found: Vec<DeploymentStatus> =
        reader.caller.pages(&route, STATUS_PAGES, |page| page, |_| false).await?;
    found.sort_by_key(|status| Reverse((status.created_at, status.id)));
    Ok(found)
}

/// Where all deployments are.
pub(in crate::forge::github) fn all(reader: &Reader<'_>) -> Route {
    reader.repository().then("deployments")
}

/// Where one deployment is.
pub(in crate::forge::github) fn one(reader: &Reader<'_>, id: DeploymentId) -> Route {
    all(reader).then(id)
}

async fn told(reader: &Reader<'_>, found: &Deployment) -> Result<DeploymentNow, Fault> {
    let id = DeploymentId(found.id.ok_or_else(|| Fault::lacks("a deployment's number"))?);
    let commit = found.sha.as_deref().and_then(|sha| CommitId::parse(sha).ok());
    let reports = statuses(reader, id).await?;
    Ok(DeploymentNow {
        id,
        environment: found.environment.clone().unwrap_or_default(),
        commit: commit.ok_or_else(|| Fault::lacks("a deployment's commit"))?,
        made_at: found.created_at.ok_or_else(|| Fault::lacks("the time of a deployment"))?,
        reports: reports.iter().map(report).collect::<Result<_, _>>()?,
    })
}

fn report(status: &DeploymentStatus) -> Result<Report, Fault> {
    let page = [&status.log_url, &status.target_url].into_iter().flatten().find(|url| !url.is_empty());
    Ok(Report {
        state: state(status.state.as_deref().unwrap_or_default()),
        by: User::actor(status.creator.as_ref()),
        at: status.created_at.ok_or_else(|| Fault::lacks("the time of a report"))?,
        page: page.cloned(),
        said: status.description.clone().unwrap_or_default(),
    })
}

/// A state that we do not know is no success and no failure: somebody saw the deployment.
fn state(word: &str) -> ReportedState {
    match word {
        "in_progress" => ReportedState::InProgress,
        "success" => ReportedState::Success,
        "failure" | "error" => ReportedState::Failure,
        "inactive" => ReportedState::Inactive,
        _ => ReportedState::Queued,
    }
}
