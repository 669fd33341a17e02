//! What a workflow file says: what starts it, which inputs it takes, which environments its jobs name. Nothing is run here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::matches;
use super::{Refusal, pipeline};

/// GitHub's limit on the inputs of one dispatch.
const MOST_INPUTS: usize = 25;

/// A file that says what machines do, and that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) name: Option<String>,
    /// Each event with its filter, `null` where it has none.
    pub(super) events: BTreeMap<String, Value>,
    pub(super) jobs: Vec<PlannedJob>,
    /// Whether there is no run where no job is wanted.
    pub(super) needs_jobs: bool,
}

/// A job as its file has it.
#[derive(Debug, Clone)]
pub(crate) struct PlannedJob {
    pub(crate) name: String,
    pub(crate) stage: String,
    /// Where it deploys to, expressions included until it is known what starts it.
    pub(crate) environment: Option<String>,
    /// Somebody must start it by hand.
    pub(crate) is_manual: bool,
    pub(super) rules: Vec<Rule>,
}

/// When a job is wanted, and how.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) condition: Option<String>,
    pub(super) when: String,
}

/// What starts a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Occasion<'a> {
    pub(crate) event: &'a str,
    /// The full name of the branch or tag.
    pub(crate) reference: &'a str,
    /// The environment of the deployment that starts it.
    pub(crate) deployed: Option<&'a str>,
}

impl Workflow {
    /// A file under `.github/workflows/`. One that cannot be read starts nothing, as at the forge.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let file: Value = serde_saphyr::from_str(text).ok()?;
        // In YAML 1.1 the key `on` is a truth.
        let events = match file.get("on").or_else(|| file.get("true"))? {
            Value::String(name) => BTreeMap::from([(name.clone(), Value::Null)]),
            Value::Array(names) => {
                names.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), Value::Null)).collect()
            }
            Value::Object(events) => events.clone().into_iter().collect(),
            _ => return None,
        };
        let jobs = file.get("jobs").and_then(Value::as_object).into_iter().flatten().map(planned).collect();
        let name = file.get("name").and_then(Value::as_str).map(str::to_owned);
        Some(Self { name, events, jobs, needs_jobs: false })
    }

    pub(crate) fn starts_on(&self, event: &str) -> bool {
        self.events.contains_key(event)
    }

    /// A push of a tag counts unless the filter is for branches only, and the other way round.
    pub(crate) fn starts_on_push(&self, reference: &str) -> bool {
        let Some(filter) = self.events.get("push") else { return false };
        let (own, other, name) = match reference.strip_prefix("refs/tags/") {
            Some(tag) => ("tags", "branches", tag),
            None => ("branches", "tags", reference.trim_start_matches("refs/heads/")),
        };
        match filter.get(own).and_then(Value::as_array) {
            Some(patterns) => patterns.iter().filter_map(Value::as_str).any(|one| matches(one, name)),
            None => filter.get(other).is_none(),
        }
    }

    /// What a run starts with: the inputs given and the defaults of the others.
    pub(crate) fn accept(
        &self,
        given: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        let Some(dispatch) = self.events.get("workflow_dispatch") else {
            return Err(Refusal::Invalid("Workflow does not have 'workflow_dispatch' trigger".into()));
        };
        if given.len() > MOST_INPUTS {
            return Err(Refusal::Invalid(
                "you may only define up to 25 `inputs` for a `workflow_dispatch` event".into(),
            ));
        }
        let declared = dispatch.get("inputs").and_then(Value::as_object).cloned().unwrap_or_default();
        let foreign: Vec<&String> = given.keys().filter(|name| !declared.contains_key(*name)).collect();
        if !foreign.is_empty() {
            return Err(Refusal::Invalid(format!("Unexpected inputs provided: {foreign:?}")));
        }
        let mut inputs = given;
        for (name, input) in &declared {
            let default = input.get("default").map(plain);
            match (inputs.get(name), default) {
                (Some(value), _) => allowed(name, value, input)?,
                (None, Some(default)) => _ = inputs.insert(name.clone(), default),
                (None, None) if input.get("required").and_then(Value::as_bool) == Some(true) => {
                    return Err(Refusal::Invalid(format!("Required input '{name}' not provided")));
                }
                (None, None) => {}
            }
        }
        Ok(inputs)
    }

    /// The jobs of a run, with the environments that they deploy to; `None` where there is no run.
    pub(crate) fn jobs(
        &self,
        occasion: Occasion<'_>,
        inputs: &BTreeMap<String, String>,
    ) -> Option<Vec<PlannedJob>> {
        let wanted = self.jobs.iter().filter_map(|job| {
            let is_manual = pipeline::admits(&job.rules, occasion, inputs)? || job.is_manual;
            let environment = job.environment.as_ref().and_then(|text| filled(text, occasion, inputs));
            Some(PlannedJob { environment, is_manual, ..job.clone() })
        });
        let wanted: Vec<PlannedJob> = wanted.collect();
        (!wanted.is_empty() || !self.needs_jobs).then_some(wanted)
    }
}

/// A text with its expression put in. Of the expressions only inputs and the deployment's environment are known.
fn filled(text: &str, occasion: Occasion<'_>, inputs: &BTreeMap<String, String>) -> Option<String> {
    let trimmed = text.trim();
    let within = |open: &str, close: &str| trimmed.strip_prefix(open)?.strip_suffix(close).map(str::trim);
    let Some(inner) = within("${{", "}}").or_else(|| within("$[[", "]]")) else {
        let variable = trimmed.strip_prefix('$').and_then(|name| inputs.get(name));
        return Some(variable.cloned().unwrap_or_else(|| text.to_owned()));
    };
    if inner == "github.event.deployment.environment" {
        return occasion.deployed.map(str::to_owned);
    }
    let name = inner.strip_prefix("inputs.").or_else(|| inner.strip_prefix("github.event.inputs."))?;
    inputs.get(name).cloned()
}

fn planned((name, job): (&String, &Value)) -> PlannedJob {
    let environment = environment(job);
    PlannedJob { name: name.clone(), stage: "test".into(), environment, is_manual: false, rules: Vec::new() }
}

/// `environment: staging`, or `environment: { name: staging }`.
pub(super) fn environment(job: &Value) -> Option<String> {
    let environment = job.get("environment")?;
    let name = environment.as_str().or_else(|| environment.get("name")?.as_str());
    name.map(str::to_owned)
}

fn allowed(name: &str, value: &str, input: &Value) -> Result<(), Refusal> {
    let Some(options) = input.get("options").and_then(Value::as_array) else { return Ok(()) };
    if options.iter().any(|option| plain(option) == value) {
        return Ok(());
    }
    Err(Refusal::Invalid(format!(
        "Provided value '{value}' for input '{name}' not in the list of allowed values"
    )))
}

/// A value as the text that a workflow sees.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
