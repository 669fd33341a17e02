//! Pipelines and their jobs as REST tells them, alone or in lists, and which of them are a tag's. What is asked of them stands in `read`, what is ordered in `perform`.

use jiff::Timestamp;
use serde::Deserialize;

use super::api::Api;
use crate::domain::id::{ActorId, CommitId, TagName};
use crate::forge::fault::Fault;
use crate::forge::route::Route;

/// Two pages of a hundred: one commit rarely has more pipelines, one pipeline rarely more jobs.
const PAGES: u32 = 2;

/// A pipeline.
#[derive(Deserialize)]
pub(super) struct Pipeline {
    pub(super) id: u64,
    pub(super) sha: CommitId,
    #[serde(rename = "ref", default)]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    /// What started it. An older server tells it in no list.
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) web_url: String,
    /// Told only of a pipeline that was asked for by its number.
    #[serde(default)]
    pub(super) user: Option<By>,
}

/// A job.
#[derive(Deserialize)]
pub(super) struct Job {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) status: String,
    #[serde(rename = "ref", default)]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) web_url: String,
    #[serde(default)]
    pub(super) pipeline: Option<Of>,
    /// Who started it, or its pipeline.
    #[serde(default)]
    pub(super) user: Option<By>,
}

/// The pipeline of a job.
#[derive(Deserialize)]
pub(super) struct Of {
    pub(super) sha: CommitId,
}

/// Who started something.
#[derive(Deserialize)]
pub(super) struct By {
    pub(super) id: ActorId,
}

impl Pipeline {
    /// Whether it was made at that moment or later. Times are compared by the second: somebody's clock tells no more.
    pub(super) fn is_since(&self, moment: Timestamp) -> bool {
        self.created_at.is_some_and(|at| at.as_second() >= moment.as_second())
    }
}

/// A tag and the commit that it stands on.
pub(super) type Place<'a> = (&'a TagName, &'a CommitId);

/// The pipelines of this tag on this commit, newest first.
pub(super) async fn of_tag(
    api: &Api,
    project: &Route,
    (tag, commit): Place<'_>,
) -> Result<Vec<Pipeline>, Fault> {
    let route = project.clone().then("pipelines").with("sha", commit).with("ref", tag).with("per_page", 100);
    let mut found: Vec<Pipeline> = api.pages(&route, PAGES, |_| false).await?;
    found.retain(|pipeline| pipeline.sha == *commit && pipeline.reference.as_deref() == Some(tag.as_str()));
    found.sort_by_key(|pipeline| std::cmp::Reverse(pipeline.id));
    Ok(found)
}

/// The job of this name in the newest pipeline of the tag that has it. A skipped one cannot be started: something before it
/// failed. Of the rest GitLab does not tell which wait for somebody until their turn comes.
pub(super) async fn job_of_tag(
    api: &Api,
    project: &Route,
    (place, name): (Place<'_>, &str),
) -> Result<Option<Job>, Fault> {
    for pipeline in of_tag(api, project, place).await? {
        let found = jobs(api, project, pipeline.id).await?.into_iter().find(|job| job.name == name);
        if let Some(job) = found.filter(|job| job.status != "skipped") {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// The jobs of a pipeline; of one that was tried again, the last.
async fn jobs(api: &Api, project: &Route, pipeline: u64) -> Result<Vec<Job>, Fault> {
    let route = project.clone().then("pipelines").then(pipeline).then("jobs").with("per_page", 100);
    api.pages(&route, PAGES, |_| false).await
}
