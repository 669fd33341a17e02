//! The CI configuration of a commit: whether a tag starts a pipeline by it, which inputs a pipeline takes. What follows from it is not decided here.
//!
//! Only the file itself is read, not what it includes. In doubt a tag starts something: the answer serves to warn.

mod rule;

use serde::Deserialize;
use serde_json::Value;

use super::api::Api;
use super::file::text;
use crate::domain::id::CommitId;
use crate::domain::query::{Inputs, Triggered};
use crate::forge::fault::Fault;
use crate::forge::route::Route;

/// The file where a project names no other.
pub(super) const FILE: &str = ".gitlab-ci.yml";

/// What stands at the top of the file and is no job. <https://docs.gitlab.com/ci/yaml/#keywords>
const NO_JOBS: [&str; 11] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// What a project says of its configuration.
#[derive(Deserialize)]
struct Project {
    /// Where it stands; empty or `None` where that is the usual place.
    #[serde(default)]
    ci_config_path: Option<String>,
}

/// A configuration, as far as it stands in the project.
enum Configuration {
    Absent,
    /// In another project or at another address.
    Elsewhere(String),
    Here {
        path: String,
        text: String,
    },
}

async fn at(api: &Api, project: Route, commit: &CommitId) -> Result<Configuration, Fault> {
    let itself: Project = api.get(&project).await?;
    let named = itself.ci_config_path.filter(|path| !path.trim().is_empty());
    let path = named.unwrap_or_else(|| FILE.to_owned());
    if path.contains('@') || path.contains("://") {
        return Ok(Configuration::Elsewhere(path));
    }
    let found = text(api, project, (&path, commit.as_str())).await?;
    Ok(found.map_or(Configuration::Absent, |text| Configuration::Here { path, text }))
}

/// The pipeline that a tag on this commit starts, if it starts one.
pub(super) async fn started_by_tags(
    api: &Api,
    project: Route,
    commit: &CommitId,
) -> Result<Vec<Triggered>, Fault> {
    let file = match at(api, project, commit).await? {
        Configuration::Absent => None,
        Configuration::Elsewhere(path) => Some(path),
        Configuration::Here { path, text } => starts(&text).then_some(path),
    };
    Ok(file.map(|file| Triggered { file, on: vec!["tag".to_owned()] }).into_iter().collect())
}

/// The inputs of a new pipeline on this commit; `None` where there is no configuration.
pub(super) async fn inputs(api: &Api, project: Route, commit: &CommitId) -> Result<Option<Inputs>, Fault> {
    Ok(match at(api, project, commit).await? {
        Configuration::Absent => None,
        Configuration::Elsewhere(_) => Some(Inputs::Any),
        Configuration::Here { text, .. } => Some(declared(&text).map_or(Inputs::Any, Inputs::Declared)),
    })
}

/// What the header declares, where there is one: without it a pipeline takes no inputs, but any variables.
fn declared(yaml: &str) -> Option<Vec<String>> {
    let documents = documents(yaml)?;
    let header = documents.first().filter(|_| documents.len() > 1)?;
    let inputs = header.get("spec")?.get("inputs")?.as_object()?;
    Some(inputs.keys().cloned().collect())
}

/// Whether a tag starts a pipeline. A file that cannot be read starts nothing at GitLab either.
fn starts(yaml: &str) -> bool {
    let Some(documents) = documents(yaml) else { return false };
    let Some(file) = documents.last().and_then(Value::as_object) else { return false };
    let admitted =
        file.get("workflow").and_then(|workflow| workflow.get("rules")).is_none_or(rule::admit_tags);
    let is_job = |name: &str| !name.starts_with('.') && !NO_JOBS.contains(&name);
    admitted
        && (file.contains_key("include")
            || file.iter().any(|(name, job)| is_job(name) && job.is_object() && runs_on_tags(file, job)))
}

type File = serde_json::Map<String, Value>;

/// How deep templates are followed; GitLab goes eleven deep.
const DEPTH: usize = 11;

/// Whether the pipeline of a tag has this job. Without rules it has: `only` is branches and tags by itself.
fn runs_on_tags(file: &File, job: &Value) -> bool {
    if let Some(rules) = inherited(file, (job, "rules"), DEPTH) {
        return rules.is_none_or(rule::admit_tags);
    }
    let only = inherited(file, (job, "only"), DEPTH).is_none_or(|only| only.is_none_or(rule::names_tags));
    let except = inherited(file, (job, "except"), DEPTH).flatten().is_some_and(rule::is_all_tags);
    only && !except
}

/// A key of a job or of what it extends: `None` where it has none, `Some(None)` where nobody here can tell.
fn inherited<'a>(file: &'a File, (job, key): (&'a Value, &str), depth: usize) -> Option<Option<&'a Value>> {
    if let Some(own) = job.get(key) {
        return Some(Some(own));
    }
    let parents: Vec<&str> = match job.get("extends") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    // The last one wins.
    parents.into_iter().rev().find_map(|name| match file.get(name) {
        Some(parent) if depth > 0 => inherited(file, (parent, key), depth - 1),
        _ => Some(None),
    })
}

/// The documents of a file: a header may stand before the configuration.
fn documents(yaml: &str) -> Option<Vec<Value>> {
    serde_saphyr::from_multiple::<Value>(yaml).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str, expected: bool) {
        assert_eq!(starts(yaml), expected, "{yaml}");
    }

    #[test]
    fn a_tag_starts_a_pipeline_unless_every_job_leaves_tags_out() {
        check("test:\n  script: x", true);
        check("test: { script: x, only: [branches] }", false);
        check("test: { script: x, only: [main] }\nship: { script: y, only: [tags] }", true);
        check("test: { script: x, only: { refs: [merge_requests] } }", false);
        check("test: { script: x, only: [/^v/] }", true);
        check("test: { script: x, except: [tags] }", false);
        check("test: { script: x, rules: [{ if: $CI_COMMIT_BRANCH }] }", false);
        check("test: { script: x, rules: [{ if: $CI_COMMIT_TAG }] }", true);
        check(".hidden: { script: x }\nstages: [a]\ndefault: { image: b }", false);
        check("include: { local: a.yml }", true);
    }

    #[test]
    fn the_rules_of_the_whole_pipeline_come_first() {
        let job = "\ntest: { script: x }";
        check(
            &format!(
                "workflow: {{ rules: [{{ if: $CI_COMMIT_TAG, when: never }}, {{ when: always }}] }}{job}"
            ),
            false,
        );
        check(&format!("workflow: {{ rules: [{{ if: $CI_COMMIT_BRANCH }}] }}{job}"), false);
        check(
            &format!("workflow: {{ rules: [{{ if: $CI_COMMIT_BRANCH }}, {{ if: $CI_COMMIT_TAG }}] }}{job}"),
            true,
        );
        check(&format!("workflow: {{ name: x }}{job}"), true);
    }

    #[test]
    fn rules_may_stand_in_a_template() {
        let base = ".base: { rules: [{ if: $CI_COMMIT_BRANCH }] }\n";
        check(&format!("{base}test: {{ extends: .base, script: x }}"), false);
        check(&format!("{base}.more: {{ extends: [.base] }}\ntest: {{ extends: .more, script: x }}"), false);
        check("test: { extends: .unknown, script: x }", true);
        check("test: { extends: test, script: x }", true);
    }

    #[test]
    fn tags_and_headers_of_yaml_are_read_over() {
        check("test:\n  script:\n    - !reference [.setup, script]\n    - x", true);
        check("test:\n  rules:\n    - !reference [.rules, rules]\n  script: x", true);
        check("spec: { inputs: { version: } }\n---\ntest: { script: x, only: [branches] }", false);
        for nothing in ["", "[", "- a", "%", "7"] {
            check(nothing, false);
        }
    }

    #[test]
    fn a_header_declares_what_a_pipeline_takes() {
        let header = "spec:\n  inputs:\n    version: { default: '' }\n    where:\n---\ntest: { script: x }";
        let mut names = declared(header).unwrap();
        names.sort();
        assert_eq!(names, ["version", "where"]);
        assert_eq!(declared("test: { script: x }"), None);
        assert_eq!(declared("spec: { inputs: { a: } }\njob: { script: x }"), None, "no header");
        assert_eq!(declared("spec: {}\n---\ntest: { script: x }"), None);
    }
}
