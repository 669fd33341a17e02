//! Deployments, what was reported on them, and the environments that they go to. Who may report is not asked here.

use jiff::Timestamp;
use serde::Deserialize;

use super::account::User;
use crate::domain::id::{CommitId, DeploymentId};
use crate::domain::query::{DeploymentNow, Report, ReportedState};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// Environments are looked through to this many hundred.
const ENVIRONMENT_PAGES: u32 = 10;

/// A deployment as REST tells it: with its newest state alone, and who made it instead of who reported.
#[derive(Deserialize)]
struct Deployment {
    id: u64,
    sha: String,
    status: String,
    created_at: Timestamp,
    #[serde(default)]
    updated_at: Option<Timestamp>,
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    environment: Option<Named>,
    /// The job that deploys, where one does.
    #[serde(default)]
    deployable: Option<Job>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Job {
    #[serde(default)]
    web_url: Option<String>,
}

impl Deployment {
    fn told(&self) -> Result<DeploymentNow, Fault> {
        Ok(DeploymentNow {
            id: DeploymentId(self.id),
            environment: self
                .environment
                .as_ref()
                .map(|environment| environment.name.clone())
                .unwrap_or_default(),
            commit: CommitId::parse(self.sha.as_str()).map_err(|_| Fault::lacks("a deployment's commit"))?,
            made_at: self.created_at,
            reports: vec![self.report()],
        })
    }

    /// The only report that GitLab tells.
    fn report(&self) -> Report {
        Report {
            state: state(&self.status),
            by: User::or_nobody(self.user.as_ref()),
            at: self.updated_at.unwrap_or(self.created_at),
            page: self.deployable.as_ref().and_then(|job| job.web_url.clone()),
            said: String::new(),
        }
    }
}

/// Where all deployments are.
fn all(reader: &Reader<'_>) -> Route {
    reader.route().then("deployments")
}

/// A deployment with what was reported on it last.
pub(super) async fn now(reader: &Reader<'_>, id: DeploymentId) -> Result<Option<DeploymentNow>, Fault> {
    let found: Option<Deployment> = if_there(reader.api().get(&all(reader).then(id)).await)?;
    found.map(|found| found.told()).transpose()
}

/// The newest deployment of an environment that succeeded. GitLab makes none inactive: the newest replaces those before.
pub(super) async fn succeeded(
    reader: &Reader<'_>,
    environment: &str,
) -> Result<Option<DeploymentNow>, Fault> {
    let route = all(reader).with("environment", environment).with("status", "success");
    let route = route.with("order_by", "id").with("sort", "desc").with("per_page", 1);
    let found: Option<Vec<Deployment>> = if_there(reader.api().get(&route).await)?;
    let newest = found.into_iter().flatten().next();
    newest.map(|newest| newest.told()).transpose()
}

/// The names of the environments that GitLab knows and that were not stopped: each branch under review may have had one.
pub(super) async fn environments(reader: &Reader<'_>) -> Result<Vec<String>, Fault> {
    let route = reader.route().then("environments").with("states", "available").with("per_page", 100);
    let found: Option<Vec<Named>> = if_there(reader.api().pages(&route, ENVIRONMENT_PAGES, |_| false).await)?;
    Ok(found.into_iter().flatten().map(|environment| environment.name).collect())
}

/// What was skipped or cancelled deployed nothing. A state that we do not know is no success and no failure: somebody saw the
/// deployment. <https://docs.gitlab.com/api/deployments/#list-project-deployments>
fn state(word: &str) -> ReportedState {
    match word {
        "running" => ReportedState::InProgress,
        "success" => ReportedState::Success,
        "failed" | "canceled" | "skipped" => ReportedState::Failure,
        _ => ReportedState::Queued,
    }
}
