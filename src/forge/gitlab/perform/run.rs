//! Pipelines and jobs: started once, called off. Whether one did what was wanted is not asked here.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::{CommitId, TagName};
use crate::domain::policy::environment::Automation;
use crate::domain::query::Inputs;
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::gitlab::configuration;
use crate::forge::gitlab::examine::INPUTS_SINCE;
use crate::forge::gitlab::pipeline::{self, Job, Pipeline};
use crate::forge::route::Route;

/// A pipeline that was made is listed within this time.
const LISTED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// The order may have been sent long after it was given, so a pipeline is looked for at least so often.
const LOOKS: u32 = 4;

/// A run as it was ordered.
pub(super) struct Start<'a> {
    pub(super) what: &'a Automation,
    pub(super) tag: &'a TagName,
    pub(super) commit: &'a CommitId,
    pub(super) inputs: &'a BTreeMap<String, String>,
}

/// A job that was started, as the answer tells it.
#[derive(Deserialize)]
struct Played {
    id: u64,
    #[serde(default)]
    web_url: String,
}

/// Starts it at the first attempt. Later ones only look: neither a pipeline nor a job has a key by which a second one would be known.
pub(super) async fn ensure_started(work: &Work<'_>, start: &Start<'_>) -> Result<Made, PerformError> {
    match start.what {
        Automation::Pipeline(_) if work.may_be_done() => found_pipeline(work, start).await,
        Automation::Pipeline(_) => new_pipeline(work, start).await,
        Automation::Job(name) => job(work, start, name).await,
        Automation::Workflow(file) => {
            let said = format!("GitLab has no workflow to be started, so not `{file}` either");
            Err(PerformError::Refused(Refusal::Invalid { said }))
        }
    }
}

/// A new pipeline on the tag. Inputs go first: variables may be forbidden, and are since GitLab 18 by default.
async fn new_pipeline(work: &Work<'_>, start: &Start<'_>) -> Result<Made, PerformError> {
    let mut body = json!({ "ref": start.tag });
    let declared = configuration::inputs(work.api(), work.project(), start.commit).await;
    if matches!(declared.map_err(Fault::of_lookup)?, Some(Inputs::Declared(_))) {
        require_inputs(work).await?;
        body["inputs"] = json!(given(start));
    } else {
        body["variables"] = variables(start);
    }
    let made: Pipeline =
        work.api().post(&work.project().then("pipeline"), body).await.map_err(|fault| trap(fault, start))?;
    if made.sha == *start.commit {
        return Ok(Made::Run { number: made.id, page: made.web_url });
    }
    // S13, S16: the tag moved between our look and the order.
    let route = work.project().then("pipelines").then(made.id).then("cancel");
    work.api().order::<IgnoredAny>(&route, None).await.map_err(Fault::of_lookup)?;
    let said = format!(
        "{} moved meanwhile: the pipeline began on {}, another commit than this release, and is called off",
        start.tag,
        made.sha.short()
    );
    Err(PerformError::Refused(Refusal::Invalid { said }))
}

/// A GitLab that passes inputs over would begin the pipeline with their defaults: for another target, perhaps.
async fn require_inputs(work: &Work<'_>) -> Result<(), PerformError> {
    let (version, number) = work.gitlab.version().await.map_err(Fault::of_lookup)?;
    if number >= INPUTS_SINCE {
        return Ok(());
    }
    let (major, minor) = INPUTS_SINCE;
    let said = format!(
        "this GitLab is {version}, and only {major}.{minor} and newer hand inputs to a pipeline that is started for it. Until then declare none \
         under `spec: inputs:` in `.gitlab-ci.yml`: variables are given in their place"
    );
    Err(PerformError::Refused(Refusal::Invalid { said }))
}

/// What has a value; a target has none where an environment is deployed to as a whole.
fn given<'a>(start: &'a Start<'_>) -> BTreeMap<&'a str, &'a str> {
    let all = start.inputs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    all.filter(|(_, value)| !value.is_empty()).collect()
}

fn variables(start: &Start<'_>) -> Value {
    let each = given(start).into_iter().map(|(key, value)| json!({ "key": key, "value": value }));
    each.collect()
}

/// What GitLab says where variables are forbidden does not say what to do.
fn trap(fault: Fault, start: &Start<'_>) -> PerformError {
    let Fault::Denied { status: 400 | 403, said } = &fault else { return fault.of_write() };
    if !said.contains("variable") {
        return fault.of_write();
    }
    let names: Vec<String> = given(start).keys().map(|name| format!("`{name}`")).collect();
    let said = format!(
        "GitLab started no pipeline ({said}). Declare what it is given, {}, under `spec: inputs:` in `.gitlab-ci.yml`; \
         or let the account of the token set pipeline variables, under Settings → CI/CD → Variables",
        names.join(", ")
    );
    PerformError::Refused(Refusal::Forbidden { said })
}

/// The pipeline that was made without our hearing which: it must be the only one that can be meant. One from before the order is not,
/// nor one that is not newer than what was ordered before: orders go one after the other, and numbers rise.
async fn found_pipeline(work: &Work<'_>, start: &Start<'_>) -> Result<Made, PerformError> {
    let us = &work.ourselves().await?.login;
    let route = work.project().then("pipelines").with("ref", start.tag).with("sha", start.commit);
    let route = route.with("source", "api").with("username", us).with("per_page", 100);
    let all: Vec<Pipeline> = work.api().get(&route).await.map_err(Fault::of_lookup)?;
    let before = work.order.ordered_before();
    let may_be_meant = |pipeline: &Pipeline| {
        pipeline.is_since(work.order.ordered_at) && before.is_none_or(|before| pipeline.id > before)
    };
    let since: Vec<Pipeline> = all.into_iter().filter(may_be_meant).collect();
    match since.as_slice() {
        [one] => Ok(Made::Run { number: one.id, page: one.web_url.clone() }),
        [] if may_still_appear(work) => {
            let cause = anyhow::anyhow!("the pipeline `{}` is not listed yet", start.what.name());
            Err(PerformError::Unsure { cause })
        }
        [] => lost(format!("no pipeline of ours on {} is listed", start.commit.short())),
        several => {
            let numbers: Vec<String> = several.iter().map(|one| one.id.to_string()).collect();
            lost(format!("several pipelines of ours may be meant: {}", numbers.join(", ")))
        }
    }
}

fn may_still_appear(work: &Work<'_>) -> bool {
    let waited = (work.api().now)().duration_since(work.order.ordered_at);
    work.order.attempt <= LOOKS || waited <= LISTED_WITHIN
}

fn lost(why: String) -> Result<Made, PerformError> {
    Err(PerformError::Lost { why })
}

/// The job of the tag's pipeline on the planned commit: played if it waits, else run once more.
async fn job(work: &Work<'_>, start: &Start<'_>, name: &str) -> Result<Made, PerformError> {
    let found = pipeline::job_of_tag(work.api(), &work.project(), ((start.tag, start.commit), name)).await;
    let Some(job) = found.map_err(Fault::of_lookup)? else {
        let said = format!("no pipeline of {} has a job `{name}` that was not skipped", start.tag);
        return Err(PerformError::Refused(Refusal::Invalid { said }));
    };
    let us = work.ourselves().await?.id;
    let is_ours = job.user.as_ref().is_some_and(|user| user.id == us);
    match job.status.as_str() {
        "manual" => play(work, start, &job).await,
        "created" | "pending" | "preparing" | "running" | "waiting_for_resource" | "scheduled" => {
            if work.may_be_done() && is_ours {
                return Ok(Made::Run { number: job.id, page: job.web_url });
            }
            let said = format!("the job `{name}` of {} is {} already", start.tag, job.status);
            Err(PerformError::Refused(Refusal::Invalid { said }))
        }
        // An earlier attempt may have been carried out and be over by now.
        _ if work.may_be_done() && is_ours => lost(format!("the job {} may be the one", job.id)),
        _ => again(work, start, &job).await,
    }
}

async fn play(work: &Work<'_>, start: &Start<'_>, job: &Job) -> Result<Made, PerformError> {
    let body = json!({ "job_variables_attributes": variables(start) });
    let played: Played =
        work.api().post(&one_job(work, job.id).then("play"), body).await.map_err(Fault::of_write)?;
    Ok(Made::Run { number: played.id, page: played.web_url })
}

/// A job that ran is run once more with other variables. Only GraphQL lets us say these:
/// <https://docs.gitlab.com/api/graphql/reference/#mutationjobretry>.
async fn again(work: &Work<'_>, start: &Start<'_>, job: &Job) -> Result<Made, PerformError> {
    const RETRY: &str = "mutation($id: CiProcessableID!, $variables: [CiVariableInput!]) { \
        jobRetry(input: { id: $id, variables: $variables }) { job { id webPath } errors } }";
    let variables =
        json!({ "id": format!("gid://gitlab/Ci::Build/{}", job.id), "variables": variables(start) });
    let data: Value = work.api().graphql(RETRY, variables).await.map_err(Fault::of_write)?;
    let answer = &data["jobRetry"];
    if let Some(said) = answer["errors"][0].as_str() {
        return Err(PerformError::Refused(Refusal::Invalid { said: said.to_owned() }));
    }
    let id = answer["job"]["id"].as_str().and_then(|id| id.rsplit('/').next()).and_then(|id| id.parse().ok());
    let Some(number) = id else { return Err(Fault::lacks("the number of the job").of_write()) };
    Ok(Made::Run { number, page: work.gitlab.site.job(&work.order.project.path, number) })
}

fn one_job(work: &Work<'_>, number: u64) -> Route {
    work.project().then("jobs").then(number)
}

/// Calls it off. One that is over already is as it should be: GitLab then has nothing to cancel and says so.
pub(super) async fn ensure_cancelled(
    work: &Work<'_>,
    what: &Automation,
    number: u64,
) -> Result<Made, PerformError> {
    let route = match what {
        Automation::Job(_) => one_job(work, number),
        Automation::Pipeline(_) | Automation::Workflow(_) => work.project().then("pipelines").then(number),
    };
    // Only a job's has a body: whether to do it by force.
    let body = matches!(what, Automation::Job(_)).then(|| json!({}));
    match work.api().order::<IgnoredAny>(&route.then("cancel"), body).await {
        Ok(_) | Err(Fault::Denied { status: 400 | 403 | 409 | 422, .. }) => Ok(Made::Nothing),
        Err(fault) => Err(fault.of_write()),
    }
}
