//! The example workflows of `docs/executors`, played as they stand there: what starts them, what they are given, what they report. What they run is each team's own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::door::Door;
use super::stage::Stage;
use super::wire::GITHUB;

/// A page of `docs/executors`, its example and the policy that goes with it.
struct Example {
    text: String,
    file: Value,
    policy: String,
}

impl Example {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/executors");
        let read = |kind: &str| {
            fs::read_to_string(folder.join(format!("{name}.{kind}"))).expect("the example is there")
        };
        let (text, page) = (read("yml"), read("md"));
        let (_, rest) = page.split_once("```yaml\n").expect("the page shows a policy");
        let (policy, _) = rest.split_once("```").expect("the policy ends");
        let file = serde_saphyr::from_str(&text).expect("the example is YAML");
        Self { text, file, policy: policy.to_owned() }
    }

    /// The names of what the file reads from a context: `payload.` gives `version`, `target`, …
    fn read_from(&self, context: &str) -> BTreeSet<String> {
        let name = |rest: &str| {
            rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
        };
        self.text.split(context).skip(1).map(name).collect()
    }

    /// Plays up to the cut, the file on the default branch and so at the tag.
    async fn stage(&self) -> Stage {
        let mut stage = Stage::set(GITHUB, &Door::open().await, Some(self.policy.clone())).await;
        stage.perform(&["begin"]).await;
        stage.world.push_file(".github/workflows/deploy.yml", &self.text);
        stage
            .play("merge \"feat: passkeys\"\nana: /release cut\nclock +10s\nexpect bot says \"is cut\"\nana: /release promote staging")
            .await;
        stage
    }
}

fn steps(file: &Value) -> &Vec<Value> {
    file["jobs"]["deploy"]["steps"].as_array().expect("the job has steps")
}

fn keys(of: &Value) -> BTreeSet<String> {
    of.as_object().expect("it is a mapping").keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_for_events_carries_a_deployment_out_and_reports_it() {
    let example = Example::read("event");
    assert_eq!(example.file["on"], json!("deployment"));
    assert_eq!(example.file["permissions"], json!({ "contents": "read", "deployments": "write" }));
    let steps = steps(&example.file);
    let said = |at: usize| steps[at]["run"].as_str().unwrap_or_default();
    assert!(said(0).contains("state=in_progress"), "it is picked up before anything else is done");
    assert_eq!(steps[1]["with"]["ref"], json!("${{ github.event.deployment.sha }}"));
    let last = steps.last().expect("there is a last step");
    assert_eq!(last["if"], json!("always()"), "a failure is reported, too");
    assert_eq!(last["env"]["STATE"], json!("${{ job.status == 'success' && 'success' || 'failure' }}"));
    assert!(last["run"].as_str().unwrap_or_default().contains("state=\"$STATE\""));

    let mut stage = example.stage().await;
    let asked = only(stage.world.deployments_to("staging"));
    let run = only(stage.world.runs_of("deploy.yml"));
    assert_eq!((run.event.as_str(), &run.head), ("deployment", &asked.commit));
    let carried = keys(&asked.payload);
    let read = example.read_from("payload.");
    assert!(read.len() >= 4, "{read:?}");
    let missing: Vec<&String> =
        read.iter().filter(|name| *name != "target" && !carried.contains(*name)).collect();
    assert!(missing.is_empty(), "the bot sends no {missing:?}, only {carried:?}");
    stage
        .play(
            "run deploy.yml in_progress\nexecutor: staging in_progress\nrun deploy.yml success\nexecutor: staging success\n\
             expect bot says \"staging runs v1.5.0\"\nana: /release promote production\n\
             expect deployment production/eu-1 waiting by bot",
        )
        .await;
    let eu = only(stage.world.deployments_to("production/eu-1"));
    assert!(read.is_subset(&keys(&eu.payload)), "where there are waves the target is told");
    stage.play("executor: production/eu-1 failure\nexpect bot says \"failed\"").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_for_workflows_is_started_on_the_tag_and_followed() {
    let example = Example::read("workflow");
    assert_eq!(keys(&example.file["on"]), BTreeSet::from(["workflow_dispatch".to_owned()]));
    assert_eq!(example.file["permissions"], json!({ "contents": "read" }));
    assert_eq!(
        steps(&example.file)[0].get("with"),
        None,
        "what is checked out is what the run was started on"
    );
    let declared = &example.file["on"]["workflow_dispatch"]["inputs"];
    assert_eq!(example.read_from("inputs."), keys(declared), "every input is used, and no other");

    let mut stage = example.stage().await;
    let run = only(stage.world.runs_of("deploy.yml"));
    assert_eq!((run.event.as_str(), run.head_ref.as_str()), ("workflow_dispatch", "v1.5.0"));
    assert!(run.actor.ends_with("[bot]"), "{}", run.actor);
    let given: BTreeSet<String> = run.inputs.keys().cloned().collect();
    assert_eq!(given, keys(declared), "the policy on the page fills in every input");
    assert_eq!(run.inputs["version"], "v1.5.0");
    assert_eq!(run.inputs["environment"], "staging");
    stage
        .play(
            "run deploy.yml in_progress\nexpect deployment staging in_progress by github-actions[bot]\n\
             run deploy.yml success\nexpect bot says \"In staging since\"",
        )
        .await;
    stage.end().await;
}

/// Of several there is one.
fn only<T: std::fmt::Debug>(mut all: Vec<T>) -> T {
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}
