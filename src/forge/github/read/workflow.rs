//! Triggered files by their `on:`: what a tag or a release would start, what can be started by hand. Runs live in `run`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::graph::About;
use super::policy::Blob;
use super::repository_of;
use crate::domain::policy::environment::Automation;
use crate::domain::query::{Inputs, InputsAsked, Triggered};
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

const FILES: &str = "query($owner:String!,$name:String!,$expression:String!){\
    repository(owner:$owner,name:$name){object(expression:$expression){... on Tree{entries{name \
    object{... on Blob{text isBinary isTruncated}}}}}}}";

const FILE: &str = "query($owner:String!,$name:String!,$expression:String!){\
    repository(owner:$owner,name:$name){object(expression:$expression){... on Blob{text isBinary isTruncated}}}}";

/// Release pages that only we know start nothing; of what `release` can tell, these happen when one is published.
const AT_PUBLICATION: [&str; 4] = ["published", "released", "prereleased", "created"];

#[derive(Deserialize)]
struct WithTree {
    object: Option<Tree>,
}

#[derive(Deserialize)]
struct WithBlob {
    object: Option<Blob>,
}

#[derive(Deserialize)]
struct Tree {
    #[serde(default)]
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    object: Option<Blob>,
}

/// The workflows at this commit that a tag or a release on it starts.
pub(super) async fn started_by_tags(reader: &Reader<'_>, at: &str) -> Result<Vec<Triggered>, Fault> {
    let variables = reader.variables(json!({ "expression": format!("{at}:.github/workflows") }));
    let found: About<WithTree> = reader.caller.graphql(FILES, variables).await?;
    let entries = repository_of(found.repository)?.object.and_then(|tree| tree.entries).unwrap_or_default();
    Ok(entries.into_iter().filter_map(workflow).collect())
}

fn workflow(entry: Entry) -> Option<Triggered> {
    let is_workflow = entry.name.ends_with(".yml") || entry.name.ends_with(".yaml");
    let text = entry.object.filter(|_| is_workflow)?.text?;
    let on = started_by(&text);
    (!on.is_empty()).then_some(Triggered { file: entry.name, on })
}

/// The inputs that a workflow declares at a tag; `None` where it is not there, or cannot be started by hand.
pub(super) async fn inputs(reader: &Reader<'_>, asked: &InputsAsked) -> Result<Option<Inputs>, Fault> {
    let Automation::Workflow(file) = &asked.what else { return Ok(None) };
    // All workflows lie side by side; another path would be another file than the one that is started.
    if file.is_empty() || file.contains('/') {
        return Ok(None);
    }
    let expression = format!("refs/tags/{}:.github/workflows/{file}", asked.tag);
    let variables = reader.variables(json!({ "expression": expression }));
    let found: About<WithBlob> = reader.caller.graphql(FILE, variables).await?;
    let Some(blob) = repository_of(found.repository)?.object else { return Ok(None) };
    if blob.is_truncated || blob.is_binary == Some(true) {
        let said = format!("`{file}` is too large or is not text");
        return Err(Fault::Denied { status: 422, said });
    }
    Ok(blob.text.as_deref().and_then(declared).map(Inputs::Declared))
}

/// The inputs for starting it by hand, where that is possible at all.
fn declared(yaml: &str) -> Option<Vec<String>> {
    let (_, by_hand) = events(yaml).into_iter().find(|(name, _)| name == "workflow_dispatch")?;
    let inputs = by_hand.get("inputs").and_then(Value::as_object);
    Some(inputs.into_iter().flatten().map(|(name, _)| name.clone()).collect())
}

/// The events among `push`, `create` and `release` by which a new tag or release starts this workflow.
fn started_by(yaml: &str) -> Vec<String> {
    events(yaml).into_iter().filter(|(name, filter)| starts(name, filter)).map(|(name, _)| name).collect()
}

/// What is under `on:`, each event with its filters. A file that cannot be read starts nothing at GitHub either.
fn events(yaml: &str) -> Vec<(String, Value)> {
    let Ok(file) = serde_saphyr::from_str::<Value>(yaml) else { return Vec::new() };
    match file.get("on").or_else(|| file.get("true")) {
        Some(Value::String(name)) => vec![(name.clone(), Value::Null)],
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), Value::Null)).collect()
        }
        Some(Value::Object(events)) => {
            events.iter().map(|(name, filter)| (name.clone(), filter.clone())).collect()
        }
        _ => Vec::new(),
    }
}

fn starts(event: &str, filter: &Value) -> bool {
    let has = |key: &str| filter.get(key).is_some_and(|value| !value.is_null());
    match event {
        "create" => true,
        // Path filters are not looked at for tags; branch filters alone leave tags out.
        // <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore>
        "push" => has("tags") || has("tags-ignore") || !(has("branches") || has("branches-ignore")),
        "release" => match filter.get("types") {
            None | Some(Value::Null) => true,
            Some(Value::String(only)) => AT_PUBLICATION.contains(&only.as_str()),
            Some(types) => {
                let types = types.as_array().into_iter().flatten().filter_map(Value::as_str);
                types.into_iter().any(|kind| AT_PUBLICATION.contains(&kind))
            }
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str, expected: &[&str]) {
        assert_eq!(started_by(yaml), expected, "{yaml}");
    }

    #[test]
    fn a_push_starts_a_workflow_unless_it_is_for_branches_only() {
        check("on: push", &["push"]);
        check("on: [pull_request, push]", &["push"]);
        check("on:\n  push:", &["push"]);
        check("on:\n  push: { tags: ['v*'] }", &["push"]);
        check("on:\n  push: { branches: [main], tags: ['v*'] }", &["push"]);
        check("on:\n  push: { branches: [main], tags-ignore: ['x'] }", &["push"]);
        check("on:\n  push: { paths: ['src/**'] }", &["push"]);
        check("on:\n  push: { branches: [main] }", &[]);
        check("on:\n  push: { branches-ignore: [main] }", &[]);
    }

    #[test]
    fn a_release_starts_a_workflow_unless_it_is_for_other_moments_only() {
        check("on: release", &["release"]);
        check("on:\n  release: { types: [published] }", &["release"]);
        check("on:\n  release: { types: released }", &["release"]);
        check("on:\n  release: { types: [edited, deleted] }", &[]);
        check("'on': [create, workflow_dispatch]", &["create"]);
    }

    #[test]
    fn what_can_be_started_by_hand_tells_its_inputs() {
        for (yaml, expected) in [
            ("on: workflow_dispatch", Some(vec![])),
            ("on: [push, workflow_dispatch]", Some(vec![])),
            ("on:\n  workflow_dispatch:", Some(vec![])),
            ("on:\n  workflow_dispatch: { inputs: }", Some(vec![])),
            (
                "on:\n  workflow_dispatch:\n    inputs:\n      sha: { required: true }\n      version:",
                Some(vec!["sha".to_owned(), "version".to_owned()]),
            ),
            ("on:\n  workflow_call: { inputs: { sha: { type: string } } }", None),
            ("on: push", None),
            ("on: [", None),
        ] {
            assert_eq!(declared(yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn what_cannot_be_read_starts_nothing() {
        for yaml in ["", "on: [", "jobs: {}", "- a", "on: 7", "%", "on: {pull_request: {}}"] {
            check(yaml, &[]);
        }
    }
}
