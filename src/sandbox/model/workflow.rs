//! What a workflow file says: what starts it, which inputs it takes, which environments its jobs name. Nothing is run here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Refusal;
use super::fault::matches;

/// GitHub's limit on the inputs of one dispatch.
const MOST_INPUTS: usize = 25;

/// A file under `.github/workflows/` that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) name: Option<String>,
    /// Each event with its filter, `null` where it has none.
    events: BTreeMap<String, Value>,
    /// What the jobs name as `environment:`, expressions included.
    environments: Vec<String>,
}

impl Workflow {
    /// A file that cannot be read starts nothing, as at the forge.
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
        let jobs = file.get("jobs").and_then(Value::as_object);
        let environments = jobs.into_iter().flat_map(|jobs| jobs.values()).filter_map(environment).collect();
        let name = file.get("name").and_then(Value::as_str).map(str::to_owned);
        Some(Self { name, events, environments })
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

    /// The environments that a run deploys to. Of the expressions only inputs and the deployment's environment are known.
    pub(crate) fn environments(
        &self,
        inputs: &BTreeMap<String, String>,
        deployed: Option<&str>,
    ) -> Vec<String> {
        let one = |text: &String| {
            let Some(inner) = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) else {
                return Some(text.clone());
            };
            let inner = inner.trim();
            if inner == "github.event.deployment.environment" {
                return deployed.map(str::to_owned);
            }
            let name =
                inner.strip_prefix("inputs.").or_else(|| inner.strip_prefix("github.event.inputs."))?;
            inputs.get(name).cloned()
        };
        self.environments.iter().filter_map(one).collect()
    }
}

/// `environment: staging`, or `environment: { name: staging }`.
fn environment(job: &Value) -> Option<String> {
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
