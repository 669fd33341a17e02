//! Tests of reading what machines do: pipelines, jobs, deployments, checks. Starting them is not tested here.

use serde_json::{Value, json};

use super::fake::{Fake, OTHER, SHA, commit, tag, user};
use crate::domain::id::DeploymentId;
use crate::domain::policy::environment::Automation;
use crate::domain::query::{
    Answer as Found, CheckNow, Inputs, InputsAsked, Newest, Query, ReportedState, RunAsked, RunsAsked,
};
use crate::forge::ReadError;

fn pipeline(id: u64, extra: &Value) -> Value {
    let mut pipeline = json!({
        "id": id, "iid": 1, "sha": SHA, "ref": "v1", "status": "running", "source": "push",
        "created_at": "2026-12-01T12:00:00.400Z", "web_url": format!("https://h/-/pipelines/{id}"), "user": user(7, "bot"),
    });
    for (key, value) in extra.as_object().into_iter().flatten() {
        pipeline[key] = value.clone();
    }
    pipeline
}

fn job(id: u64, name: &str, status: &str) -> Value {
    json!({ "id": id, "name": name, "status": status, "ref": "v1", "web_url": format!("https://h/-/jobs/{id}"),
        "pipeline": { "id": 5, "sha": SHA, "ref": "v1" }, "user": user(7, "bot") })
}

const OF_TAG: &str = "pipelines?sha=8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0&ref=v1&per_page=100";

#[tokio::test]
async fn runs_are_the_pipelines_that_the_push_of_the_tag_started_since_then() {
    let listed = json!([
        pipeline(6, &json!({})),
        pipeline(5, &json!({ "source": null })),
        pipeline(4, &json!({ "source": "api" })),
        pipeline(3, &json!({ "created_at": "2026-12-01T11:59:59Z" })),
        pipeline(2, &json!({ "ref": "main" })),
        pipeline(1, &json!({ "sha": OTHER })),
    ]);
    let fake = Fake::of([(OF_TAG, listed)]).await;
    let since = "2026-12-01T12:00:00.7Z".parse().unwrap();
    let asked = RunsAsked { commit: commit(SHA), tag: tag("v1"), since };
    let Some(Found::Runs(runs)) = fake.read(Query::Runs(asked)).await else { panic!() };
    assert_eq!(runs.iter().map(|run| run.number).collect::<Vec<_>>(), [5, 6]);
    assert_eq!((runs[0].file.as_str(), runs[0].on.as_deref()), (".gitlab-ci.yml", Some("v1")));
}

fn deploy(kind: fn(String) -> Automation) -> Automation {
    kind("deploy".to_owned())
}

async fn run(what: Automation, target: &str, body: Value) -> Option<(ReportedState, u64, String)> {
    let fake = Fake::of([(target, body)]).await;
    match fake.read(Query::Run(RunAsked { what, number: 5 })).await {
        Some(Found::Run(now)) => {
            assert_eq!(now.run.number, 5);
            Some((now.state, now.by.0, now.run.commit.to_string()))
        }
        None => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pipeline_and_a_job_are_read_by_numbers_of_their_own() {
    for (status, state) in [
        ("success", ReportedState::Success),
        ("failed", ReportedState::Failure),
        ("canceled", ReportedState::Failure),
        ("skipped", ReportedState::Failure),
        ("running", ReportedState::InProgress),
        ("canceling", ReportedState::InProgress),
        ("created", ReportedState::Queued),
        ("manual", ReportedState::Queued),
        ("scheduled", ReportedState::Queued),
        ("new_in_2027", ReportedState::Queued),
    ] {
        let expected = Some((state, 7, SHA.to_owned()));
        let body = pipeline(5, &json!({ "status": status }));
        assert_eq!(run(deploy(Automation::Pipeline), "pipelines/5", body).await, expected, "{status}");
        let body = job(5, "deploy", status);
        assert_eq!(run(deploy(Automation::Job), "jobs/5", body).await, expected, "{status}");
    }
    assert_eq!(run(deploy(Automation::Pipeline), "jobs/5", job(5, "deploy", "success")).await, None);
    assert_eq!(run(deploy(Automation::Workflow), "pipelines/5", pipeline(5, &json!({}))).await, None);
    let nobodys = Fake::of([("pipelines/5", pipeline(5, &json!({ "user": null })))]).await;
    let asked = RunAsked { what: deploy(Automation::Pipeline), number: 5 };
    assert!(matches!(nobodys.try_read(Query::Run(asked)).await, Err(ReadError::Corrupt { .. })));
}

async fn inputs<const N: usize>(what: Automation, answers: [(&str, Value); N]) -> Option<Inputs> {
    let asked = InputsAsked { what, tag: tag("v1"), commit: commit(SHA) };
    match Fake::of(answers).await.read(Query::Inputs(asked)).await {
        Some(Found::Inputs(inputs)) => Some(inputs),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pipeline_takes_what_its_header_declares_at_the_tags_commit() {
    let raw = format!("repository/files/.gitlab-ci.yml/raw?ref={SHA}");
    let of = async |yaml: &str| {
        inputs(deploy(Automation::Pipeline), [("", json!({ "id": 42 })), (&raw, json!(yaml))]).await
    };
    let declared =
        of("spec:\n  inputs:\n    version:\n---\ntest: { script: [!reference [.a, script]] }").await;
    assert_eq!(declared, Some(Inputs::Declared(vec!["version".to_owned()])));
    assert_eq!(of("test: { script: x }").await, Some(Inputs::Any));
    assert_eq!(inputs(deploy(Automation::Pipeline), [("", json!({ "id": 42 }))]).await, None, "no file");
    assert_eq!(inputs(deploy(Automation::Workflow), [("", json!({ "id": 42 }))]).await, None);
}

#[tokio::test]
async fn a_job_takes_anything_where_the_tags_pipeline_has_it_and_it_can_be_started() {
    let of = async |jobs: Value| {
        let pipelines = json!([pipeline(4, &json!({})), pipeline(5, &json!({}))]);
        let answers = [
            (OF_TAG, pipelines),
            ("pipelines/5/jobs?per_page=100", jobs),
            ("pipelines/4/jobs?per_page=100", json!([])),
        ];
        inputs(deploy(Automation::Job), answers).await
    };
    for status in ["manual", "success", "failed", "created"] {
        let jobs = json!([job(9, "test", "success"), job(8, "deploy", status)]);
        assert_eq!(of(jobs).await, Some(Inputs::Any), "{status}");
    }
    assert_eq!(of(json!([job(8, "deploy", "skipped")])).await, None);
    assert_eq!(of(json!([job(8, "test", "manual")])).await, None);
    assert_eq!(inputs(deploy(Automation::Job), [(OF_TAG, json!([]))]).await, None, "no pipeline");
}

fn deployment(id: u64, status: &str) -> Value {
    json!({
        "id": id, "iid": 1, "ref": "v1", "sha": SHA, "status": status, "created_at": "2026-12-01T10:00:00Z",
        "updated_at": "2026-12-01T11:00:00Z", "user": user(7, "deployer"),
        "environment": { "id": 3, "name": "production/eu-1" }, "deployable": { "id": 8, "web_url": "https://h/-/jobs/8" },
    })
}

#[tokio::test]
async fn a_deployment_has_one_report_by_who_made_it() {
    for (status, state) in [
        ("created", ReportedState::Queued),
        ("blocked", ReportedState::Queued),
        ("running", ReportedState::InProgress),
        ("success", ReportedState::Success),
        ("failed", ReportedState::Failure),
        ("canceled", ReportedState::Failure),
        ("skipped", ReportedState::Failure),
    ] {
        let fake = Fake::of([("deployments/9", deployment(9, status))]).await;
        let Some(Found::Deployment(now)) = fake.read(Query::Deployment(DeploymentId(9))).await else {
            panic!()
        };
        assert_eq!((now.environment.as_str(), &now.commit), ("production/eu-1", &commit(SHA)));
        let [report] = now.reports.as_slice() else { panic!("{:?}", now.reports) };
        assert_eq!(
            (report.state, report.by.id.0, report.by.login.as_str()),
            (state, 7, "deployer"),
            "{status}"
        );
        assert_eq!(
            (report.at.to_string().as_str(), report.page.as_deref()),
            ("2026-12-01T11:00:00Z", Some("https://h/-/jobs/8"))
        );
    }
    let nobody = {
        let mut body = deployment(9, "success");
        body["user"] = Value::Null;
        body["deployable"] = Value::Null;
        Fake::of([("deployments/9", body)]).await
    };
    let Some(Found::Deployment(now)) = nobody.read(Query::Deployment(DeploymentId(9))).await else {
        panic!()
    };
    assert_eq!((now.reports[0].by.id.0, now.reports[0].page.as_deref()), (0, None));
    assert_eq!(nobody.read(Query::Deployment(DeploymentId(10))).await, None);
}

#[tokio::test]
async fn what_is_deployed_is_the_newest_success() {
    let newest = "deployments?environment=production%2Feu-1&status=success&order_by=id&sort=desc&per_page=1";
    let fake = Fake::of([(newest, json!([deployment(9, "success")]))]).await;
    let deployed = |name: &str| Query::Deployed(name.to_owned());
    let Some(Found::Deployed(now)) = fake.read(deployed("production/eu-1")).await else { panic!() };
    assert_eq!((now.id, now.reports[0].state), (DeploymentId(9), ReportedState::Success));
    assert_eq!(fake.read(deployed("staging")).await, None);
    let fake =
        Fake::of([("environments?states=available&per_page=100", json!([{ "id": 1, "name": "a" }]))]).await;
    assert_eq!(fake.read(Query::Environments(Newest)).await, Some(Found::Environments(vec!["a".to_owned()])));
}

#[tokio::test]
async fn checks_are_the_newest_of_each_name_and_a_job_that_may_fail_is_passed_over() {
    let status = |id: u64, name: &str, status: &str, may_fail: bool| json!({ "id": id, "name": name, "status": status, "allow_failure": may_fail, "target_url": "https://h/x" });
    let target = format!("repository/commits/{SHA}/statuses?per_page=100");
    let listed = json!([
        status(9, "build", "success", false),
        status(3, "build", "failed", false),
        status(4, "lint", "failed", true),
        status(5, "test", "failed", false),
        status(6, "stop", "canceled", false),
        status(7, "ship", "manual", true),
        status(8, "e2e", "skipped", false),
        status(10, "slow", "running", false),
    ]);
    let fake = Fake::of([(target.as_str(), listed)]).await;
    let Some(Found::Checks(checks)) = fake.read(Query::Checks(commit(SHA))).await else { panic!() };
    let told: Vec<_> = checks.iter().map(|check: &CheckNow| (check.name.as_str(), check.state)).collect();
    assert_eq!(
        told,
        [
            ("build", ReportedState::Success),
            ("e2e", ReportedState::Inactive),
            ("lint", ReportedState::Success),
            ("ship", ReportedState::Queued),
            ("slow", ReportedState::InProgress),
            ("stop", ReportedState::Failure),
            ("test", ReportedState::Failure),
        ]
    );
    assert!(checks.iter().all(|check| check.app.is_none() && check.page.as_deref() == Some("https://h/x")));
    assert_eq!(fake.read(Query::Checks(commit(OTHER))).await, None);
}
