//! Pipelines and jobs: one by its number, those that a tag started, those that can be started. What they mean for a promotion is not asked here.

use crate::domain::policy::environment::Automation;
use crate::domain::query::{Inputs, InputsAsked, ReportedState, RunAsked, RunNow, RunsAsked};
use crate::domain::signal::Run;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::configuration;
use crate::forge::gitlab::pipeline::{self, By, Job, Pipeline};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

impl Pipeline {
    fn run(&self) -> Run {
        Run {
            number: self.id,
            commit: self.sha.clone(),
            on: self.reference.clone(),
            file: configuration::FILE.to_owned(),
            page: self.web_url.clone(),
        }
    }
}

impl Job {
    fn run(&self) -> Result<Run, Fault> {
        let of = self.pipeline.as_ref().ok_or_else(|| Fault::lacks("the pipeline of a job"))?;
        Ok(Run {
            number: self.id,
            commit: of.sha.clone(),
            on: self.reference.clone(),
            file: configuration::FILE.to_owned(),
            page: self.web_url.clone(),
        })
    }
}

fn told((run, status): (Run, &str), by: Option<&By>) -> Result<RunNow, Fault> {
    let by = by.ok_or_else(|| Fault::lacks("who started a pipeline"))?;
    Ok(RunNow { run, state: state(status), by: by.id })
}

/// Only `success` is one: a pipeline whose jobs were all skipped deployed nothing. One that waits for somebody has not begun.
/// <https://docs.gitlab.com/ci/pipelines/#pipeline-status>
fn state(status: &str) -> ReportedState {
    match status {
        "success" => ReportedState::Success,
        "failed" | "canceled" | "skipped" => ReportedState::Failure,
        "running" | "canceling" => ReportedState::InProgress,
        _ => ReportedState::Queued,
    }
}

/// Where all pipelines are.
fn all(reader: &Reader<'_>) -> Route {
    reader.route().then("pipelines")
}

/// Where one pipeline or job is; `None` for what GitLab does not have.
fn one(reader: &Reader<'_>, what: &Automation, number: u64) -> Option<Route> {
    match what {
        Automation::Workflow(_) => None,
        Automation::Pipeline(_) => Some(all(reader).then(number)),
        Automation::Job(_) => Some(reader.route().then("jobs").then(number)),
    }
}

/// A pipeline or job as it is now.
pub(super) async fn now(reader: &Reader<'_>, asked: &RunAsked) -> Result<Option<RunNow>, Fault> {
    let Some(route) = one(reader, &asked.what, asked.number) else { return Ok(None) };
    if matches!(asked.what, Automation::Job(_)) {
        let found: Option<Job> = if_there(reader.api().get(&route).await)?;
        return found.map(|job| told((job.run()?, &job.status), job.user.as_ref())).transpose();
    }
    let found: Option<Pipeline> = if_there(reader.api().get(&route).await)?;
    found.map(|it| told((it.run(), &it.status), it.user.as_ref())).transpose()
}

/// The pipelines that the push of the tag started since then. One that somebody asked for is none of them.
pub(super) async fn started(reader: &Reader<'_>, asked: &RunsAsked) -> Result<Vec<Run>, Fault> {
    let mut found = pipeline::of_tag(reader.api(), &reader.route(), (&asked.tag, &asked.commit)).await?;
    // An older server tells no source in its lists.
    found.retain(|it| it.source.as_deref().is_none_or(|source| source == "push"));
    found.retain(|it| it.is_since(asked.since));
    found.sort_by_key(|pipeline| pipeline.id);
    Ok(found.iter().map(Pipeline::run).collect())
}

/// What can be given to a pipeline or job at a tag; `None` where there is no such thing there.
pub(super) async fn inputs(reader: &Reader<'_>, asked: &InputsAsked) -> Result<Option<Inputs>, Fault> {
    match &asked.what {
        Automation::Workflow(_) => Ok(None),
        Automation::Pipeline(_) => configuration::inputs(reader.api(), reader.route(), &asked.commit).await,
        Automation::Job(name) => {
            let asked = ((&asked.tag, &asked.commit), name.as_str());
            let found = pipeline::job_of_tag(reader.api(), &reader.route(), asked).await?;
            Ok(found.map(|_| Inputs::Any))
        }
    }
}
