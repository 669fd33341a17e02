//! Tests of pipelines that are started: with inputs where they are declared and handed on, with variables else. How one goes on is tested beside.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fake::{Fake, SHA, commit, ok, tag};
use crate::domain::effect::{Effect, Made, Refusal};
use crate::domain::policy::environment::Automation;
use crate::forge::PerformError;

const DECLARES: &str =
    "spec:\n  inputs:\n    target: { default: staging }\n---\nship: { script: [./ship] }\n";

/// What becomes of an order to start a pipeline for eu-1, and what was posted, on a GitLab of this version with this file.
async fn started(version: &str, file: &str) -> (Result<Made, PerformError>, Option<Value>) {
    let (version, file) = (version.to_owned(), file.to_owned());
    let fake = Fake::new(move |seen| {
        Some(ok(match seen.target.as_str() {
            "/version" => json!({ "version": version, "revision": "x" }),
            "/projects/42/pipeline" => json!({ "id": 7, "sha": SHA, "web_url": "https://h/7" }),
            "/projects/42" => json!({ "default_branch": "main", "ci_config_path": null }),
            file_of if file_of.contains("/repository/files/") => json!(file),
            _ => return None,
        }))
    })
    .await;
    let effect = Effect::StartRun {
        what: Automation::Pipeline("ship".to_owned()),
        tag: tag("v1"),
        commit: commit(SHA),
        inputs: BTreeMap::from([("target".to_owned(), "eu-1".to_owned())]),
    };
    let made = fake.perform(&effect, (1, None)).await;
    let posted = fake.calls().into_iter().find(|seen| seen.method == "POST").map(|seen| seen.body);
    (made, posted)
}

#[tokio::test]
async fn a_gitlab_that_would_pass_inputs_over_starts_nothing() {
    let (made, posted) = started("17.11.0-ee", DECLARES).await;
    assert!(matches!(made, Ok(Made::Run { number: 7, .. })), "{made:?}");
    assert_eq!(posted, Some(json!({ "ref": "v1", "inputs": { "target": "eu-1" } })));
    let (made, posted) = started("17.10.4", DECLARES).await;
    let Err(PerformError::Refused(Refusal::Invalid { said })) = made else { panic!("{made:?}") };
    assert!(said.contains("17.10.4") && said.contains("variables are given in their place"), "{said}");
    assert_eq!(posted, None, "it would have begun for staging");
    let (made, posted) = started("17.10.4", "ship: { script: [./ship] }\n").await;
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(posted.unwrap()["variables"], json!([{ "key": "target", "value": "eu-1" }]));
}
