//! What a `.gitlab-ci.yml` says: the inputs that it takes, its jobs, and when each is wanted. Of rules only the common forms are
//! understood; what is not understood is not so. Nothing is run here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::workflow::{Occasion, PlannedJob, Rule, Workflow, environment};

/// The names of a pipeline file that are no jobs.
const KEYWORDS: [&str; 12] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "pages",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// Every push starts one, and whoever asks; a file that cannot be read starts nothing.
pub(super) fn read(text: &str) -> Option<Workflow> {
    let (header, body) = match text.split_once("\n---") {
        Some((header, body)) if header.contains("spec:") => (Some(header), body),
        _ => (None, text),
    };
    let file: Value = serde_saphyr::from_str(body).ok()?;
    let header: Option<Value> = header.and_then(|text| serde_saphyr::from_str(text).ok());
    let inputs = header.and_then(|header| header.get("spec")?.get("inputs").cloned()).unwrap_or_default();
    let events = BTreeMap::from([
        ("push".to_owned(), Value::Null),
        ("workflow_dispatch".to_owned(), json!({ "inputs": required(inputs) })),
    ]);
    let is_job = |name: &str| !name.starts_with('.') && !KEYWORDS.contains(&name);
    let jobs = file.as_object()?.iter().filter(|(name, job)| is_job(name) && job.is_object()).map(planned);
    let name = file.get("workflow").and_then(|workflow| workflow.get("name")?.as_str());
    Some(Workflow { name: name.map(str::to_owned), events, jobs: jobs.collect(), needs_jobs: true })
}

/// An input without a default must be given.
fn required(mut inputs: Value) -> Value {
    for input in inputs.as_object_mut().into_iter().flat_map(|inputs| inputs.values_mut()) {
        if input.is_null() {
            *input = json!({});
        }
        if input.get("default").is_none() {
            input["required"] = json!(true);
        }
    }
    inputs
}

fn planned((name, job): (&String, &Value)) -> PlannedJob {
    let text = |key: &str| job.get(key).and_then(Value::as_str);
    let rules = job.get("rules").and_then(Value::as_array);
    PlannedJob {
        name: name.clone(),
        stage: text("stage").unwrap_or("test").to_owned(),
        environment: environment(job),
        is_manual: text("when") == Some("manual"),
        rules: rules.into_iter().flatten().map(rule).collect(),
    }
}

fn rule(rule: &Value) -> Rule {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).map(str::to_owned);
    Rule { condition: text("if"), when: text("when").unwrap_or_else(|| "on_success".into()) }
}

/// Whether a job is wanted (`Some`), and then whether by hand only: the first rule that is so decides.
pub(super) fn admits(
    rules: &[Rule],
    occasion: Occasion<'_>,
    variables: &BTreeMap<String, String>,
) -> Option<bool> {
    if rules.is_empty() {
        return Some(false);
    }
    let is_so = |rule: &&Rule| rule.condition.as_deref().is_none_or(|text| is_so(text, occasion, variables));
    let decisive = rules.iter().find(is_so)?;
    (decisive.when != "never").then_some(decisive.when == "manual")
}

/// `$NAME`, `$NAME == "text"`, `$NAME != "text"`, and all of several with `&&`.
fn is_so(condition: &str, occasion: Occasion<'_>, variables: &BTreeMap<String, String>) -> bool {
    condition.split("&&").map(str::trim).all(|part| {
        let value = |text: &str| {
            let text = text.trim();
            match text.strip_prefix('$') {
                Some(name) => predefined(name, occasion).or_else(|| variables.get(name).cloned()),
                None if text == "null" => None,
                None => Some(text.trim_matches(['"', '\'']).to_owned()),
            }
        };
        match (part.split_once("=="), part.split_once("!=")) {
            (Some((left, right)), _) => value(left) == value(right),
            (None, Some((left, right))) => value(left) != value(right),
            (None, None) => part.starts_with('$') && value(part).is_some_and(|text| !text.is_empty()),
        }
    })
}

fn predefined(name: &str, occasion: Occasion<'_>) -> Option<String> {
    let short = occasion.reference.splitn(3, '/').nth(2).unwrap_or_default();
    let source = if occasion.event == "workflow_dispatch" { "api" } else { occasion.event };
    let found = match name {
        "CI_COMMIT_TAG" => occasion.reference.starts_with("refs/tags/").then_some(short),
        "CI_COMMIT_BRANCH" => occasion.reference.starts_with("refs/heads/").then_some(short),
        "CI_COMMIT_REF_NAME" => Some(short),
        "CI_DEFAULT_BRANCH" => Some("main"),
        "CI_PIPELINE_SOURCE" => Some(source),
        _ => None,
    };
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Occasion, read};

    const FILE: &str = "spec:
  inputs:
    version:
    target: { default: eu, options: [eu, us] }
---
stages: [test, deploy]
unit: { script: [true], rules: [{ if: $CI_COMMIT_BRANCH }] }
staging:
  stage: deploy
  environment: { name: \"$[[ inputs.target ]]\" }
  rules:
    - if: $CI_PIPELINE_SOURCE == \"api\"
    - if: $CI_COMMIT_TAG
      when: manual
.template: { script: [true] }
";

    #[track_caller]
    fn check(event: &str, reference: &str, expected: &[&str]) {
        let occasion = Occasion { event, reference, deployed: None };
        let inputs = BTreeMap::from([("target".to_owned(), "eu".to_owned())]);
        let jobs = read(FILE).expect("it can be read").jobs(occasion, &inputs).unwrap_or_default();
        let told = jobs.into_iter().map(|job| {
            let mark = if job.is_manual { "?" } else { "" };
            format!("{}{mark} {}", job.name, job.environment.unwrap_or_default())
        });
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rules_say_when_a_job_is_wanted_and_whether_by_hand() {
        check("push", "refs/heads/main", &["unit "]);
        check("push", "refs/tags/v1", &["staging? eu"]);
        check("workflow_dispatch", "refs/tags/v1", &["staging eu"]);
    }

    #[test]
    fn an_input_without_a_default_must_be_given_and_none_be_invented() {
        let file = read(FILE).expect("it can be read");
        let accept = |pairs: &[(&str, &str)]| {
            let given = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            file.accept(given).map(|inputs| inputs.get("target").cloned().unwrap_or_default())
        };
        assert_eq!(accept(&[("version", "v1")]), Ok("eu".to_owned()));
        for wrong in [&[][..], &[("version", "v1"), ("x", "y")], &[("version", "v1"), ("target", "moon")]] {
            assert!(accept(wrong).is_err(), "{wrong:?}");
        }
    }
}
