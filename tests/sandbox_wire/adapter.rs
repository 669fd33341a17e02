//! The adapter against the stand-in, through the validating proxy where there is one: what promotion reads and orders, as GitHub describes it. The adapter's own rules are tested beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lockkeeper::clock::Clock;
use lockkeeper::domain::effect::{DeploymentVerdict, Effect, EffectKey, IssueState, Made, Refusal};
use lockkeeper::domain::id::{CommitId, DeploymentId, ProjectPath, TagName};
use lockkeeper::domain::policy::{GroupPath, Standing};
use lockkeeper::domain::query::{
    Answer, CheckNow, DeploymentNow, Newest, Query, ReportedState, RunNow, WorkflowAsked,
};
use lockkeeper::domain::say::Text;
use lockkeeper::domain::state::Project;
use lockkeeper::forge::Operated as _;
use lockkeeper::forge::client::http_client;
use lockkeeper::forge::github::{GitHub, Setup};
use lockkeeper::forge::{Forge, Order, PerformError};
use lockkeeper::sandbox::{ACTIONS, AppCredentials, Break, Role, World, github};
use serde_json::Value;

use super::judge::{Judges, Referee, serve};

const DEPLOY: &str = "name: Deploy
on:
  workflow_dispatch:
    inputs:
      version: { required: true }
jobs:
  deploy:
    environment: staging
    runs-on: ubuntu-latest
";

/// A project with a tag and a workflow, and the adapter that serves it.
struct Stage {
    world: World,
    clock: Clock,
    forge: GitHub,
    project: Project,
    referee: Option<Referee>,
}

impl Stage {
    async fn set() -> Self {
        let clock = Clock::standing_at("2026-12-01T12:00:00Z".parse().expect("it is a time"));
        let world = github::stand_in(clock.clone(), AppCredentials::generate(), "acme/app");
        world.install();
        world.push_file(".github/workflows/deploy.yml", DEPLOY);
        world.annotated_tag_by_hand("bob", "v1.5.0", "main");
        let upstream = serve(&world).await;
        let referee = match Judges::find() {
            Some(judges) => Some(judges.referee_before(&upstream).await),
            None => None,
        };
        let api_url = referee.as_ref().map_or(upstream, |referee| referee.address.clone());
        let app = world.credentials();
        let now = clock.clone();
        let setup = Setup {
            api_url,
            app_id: app.client_id.clone(),
            private_key: app.private_key_pem.clone().into(),
            webhook_secret: app.webhook_secret.clone().into(),
            webhook_secret_old: None,
            now: Arc::new(move || now.now()),
        };
        let forge = GitHub::new(setup, &http_client(None).expect("a client")).expect("a setup that works");
        let path = ProjectPath::parse("acme/app").expect("a path");
        let seen = forge.project(&path).await.expect("it answers").expect("it is installed");
        let project = Project::first_seen(&seen, clock.now());
        Self { world, clock, forge, project, referee }
    }

    fn commit(&self) -> CommitId {
        CommitId::parse(self.world.head()).expect("a commit")
    }

    async fn read(&self, query: Query) -> Option<Answer> {
        self.forge.read(&self.project, &query).await.unwrap_or_else(|error| panic!("{query:?}: {error:?}"))
    }

    async fn attempt(
        &self,
        key: &str,
        effect: &Effect,
        (attempt, ordered_at): (u32, Timestamp),
    ) -> Result<Made, PerformError> {
        let key = EffectKey::stored(format!("0123456789abcdef:{key}"));
        let (project, reference) = (&self.project, None);
        self.forge.perform(&Order { project, key: &key, effect, attempt, reference, ordered_at }).await
    }

    async fn perform(&self, key: &str, effect: &Effect) -> Made {
        let done = self.attempt(key, effect, (1, self.clock.now())).await;
        done.unwrap_or_else(|error| panic!("{effect:?}: {error:?}"))
    }

    /// Performs while the answer to the first attempt is lost: it must be found again, as the only one.
    async fn perform_unheard(&self, (key, pattern): (&str, &str), effect: &Effect) -> Made {
        let ordered_at = self.clock.now();
        self.world.break_once(pattern, Break::ServerErrorAfter);
        let first = self.attempt(key, effect, (1, ordered_at)).await;
        assert!(matches!(first, Err(PerformError::Unsure { .. })), "{first:?}");
        self.clock.advance(SignedDuration::from_secs(10));
        self.attempt(key, effect, (2, ordered_at))
            .await
            .unwrap_or_else(|error| panic!("{effect:?}: {error:?}"))
    }

    /// What GitHub's description says against the story.
    async fn end(&self) {
        assert_eq!(self.world.unknown_routes(), Vec::<String>::new());
        let Some(referee) = &self.referee else { return };
        let report = referee.report().await;
        let violations = report["violations"].as_array().expect("the referee lists violations");
        // No operation describes a lost answer (502), and a dispatch no refusal of its inputs (422).
        let undescribed = ["status 502 is not described", "status 422 is not described"];
        let is_known = |one: &&Value| undescribed.iter().any(|what| one["what"] == *what);
        let real = violations.iter().filter(|one| !is_known(one));
        let text: Vec<String> = real.map(Value::to_string).collect();
        assert!(text.is_empty(), "{} violations:\n{}", text.len(), text.join("\n"));
    }
}

fn deployment(environment: &str, commit: &CommitId) -> Effect {
    let payload = BTreeMap::from([("version".to_owned(), "1.5.0".to_owned())]);
    let description = "1.5.0 for p7".to_owned();
    Effect::CreateDeployment {
        environment: environment.to_owned(),
        commit: commit.clone(),
        description,
        payload,
    }
}

fn number_of(made: &Made) -> DeploymentId {
    match made {
        Made::Deployment { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

impl Stage {
    async fn deployed(&self, environment: &str) -> Option<DeploymentNow> {
        match self.read(Query::Deployed(environment.to_owned())).await {
            Some(Answer::Deployed(found)) => Some(found),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    async fn reported(&self, id: DeploymentId) -> Vec<(ReportedState, String)> {
        match self.read(Query::Deployment(id)).await {
            Some(Answer::Deployment(now)) => {
                now.reports.into_iter().map(|report| (report.state, report.by.login)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    async fn run(&self, number: u64) -> RunNow {
        match self.read(Query::Run(number)).await {
            Some(Answer::Run(now)) => now,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_made_once_reported_on_and_read_back() {
    let stage = Stage::set().await;
    let (world, head) = (&stage.world, stage.commit());
    // The same commit, by somebody else: never taken for ours.
    world.deploy("ana", "production/eu-1", "v1.5.0");
    assert_eq!(stage.deployed("production/eu-1").await, None);
    let lost = ("deploy:eu", "POST /repos/acme/app/deployments");
    let first = number_of(&stage.perform_unheard(lost, &deployment("production/eu-1", &head)).await);
    let ours: Vec<_> = world.deployments().into_iter().filter(|one| one.by_bot).collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    assert_eq!((ours[0].commit.as_str(), ours[0].is_production), (head.as_str(), true));
    assert_eq!((ours[0].reference.as_str(), DeploymentId(ours[0].id)), (head.as_str(), first));
    world.report("deployer[bot]", first.0, "in_progress", "");
    world.report("deployer[bot]", first.0, "success", "All good.");
    assert_eq!(stage.deployed("production/eu-1").await.map(|found| found.id), Some(first));
    stage.clock.advance(SignedDuration::from_secs(1));
    let second = number_of(&stage.perform("deploy:eu:2", &deployment("production/eu-1", &head)).await);
    assert_ne!(second, first, "another order is another deployment");
    assert_eq!(stage.deployed("production/eu-1").await.map(|found| found.id), Some(first));
    world.report("deployer[bot]", second.0, "success", "");
    let (state, description) = (DeploymentVerdict::Inactive, "Replaced.".to_owned());
    let replaced = Effect::ReportDeployment { deployment: first, state, description };
    stage.perform_unheard(("inactive", "POST /repos/acme/app/deployments/*/statuses"), &replaced).await;
    let states = stage.reported(first).await;
    assert_eq!(states[0], (ReportedState::Inactive, "lockkeeper[bot]".to_owned()));
    assert_eq!(states.len(), 3, "reported once: {states:?}");
    assert_eq!(stage.deployed("production/eu-1").await.map(|found| found.id), Some(second));
    let Some(Answer::Environments(names)) = stage.read(Query::Environments(Newest)).await else { panic!() };
    assert_eq!(names, ["production/eu-1"]);
    stage.end().await;
}

fn start(stage: &Stage, version: &str) -> Effect {
    let inputs = BTreeMap::from([("version".to_owned(), version.to_owned())]);
    let tag = TagName::parse("v1.5.0").expect("a tag");
    Effect::StartRun { file: "deploy.yml".to_owned(), tag, commit: stage.commit(), inputs }
}

fn number_of_run(made: &Made) -> u64 {
    match made {
        Made::Run { number, .. } => *number,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_started_once_on_the_tag_read_back_and_called_off() {
    let stage = Stage::set().await;
    let (world, tag) = (&stage.world, TagName::parse("v1.5.0").expect("a tag"));
    // A branch of the tag's name, somewhere else.
    world.create_branch("v1.5.0", "main");
    world.push_file_to("v1.5.0", "a.txt", "a");
    let asked = WorkflowAsked { file: "deploy.yml".to_owned(), tag: tag.clone() };
    let Some(Answer::WorkflowInputs(inputs)) = stage.read(Query::WorkflowInputs(asked)).await else {
        panic!()
    };
    assert_eq!(inputs, ["version"]);
    let Some(Answer::TagNow(standing)) = stage.read(Query::TagNow(tag)).await else { panic!() };
    assert_eq!(standing.commit, stage.commit());
    assert_ne!(standing.object, standing.commit, "an annotated tag");
    let number = number_of_run(&stage.perform("run:1", &start(&stage, "1.5.0")).await);
    let now = stage.run(number).await;
    assert_eq!((now.state, &now.run.commit), (ReportedState::Queued, &stage.commit()));
    assert_eq!((now.run.file.as_str(), now.by.0), ("deploy.yml", world.bot_id()));
    world.begin_run(number);
    assert_eq!(stage.run(number).await.state, ReportedState::InProgress);
    world.finish_run(number, "success");
    assert_eq!(stage.run(number).await.state, ReportedState::Success);
    assert_eq!(
        stage.perform("cancel:1", &Effect::CancelRun { run: number }).await,
        Made::Nothing,
        "it is over"
    );
    stage.clock.advance(SignedDuration::from_secs(1));
    let lost = ("run:2", "POST /repos/acme/app/actions/workflows/*/dispatches");
    let second = number_of_run(&stage.perform_unheard(lost, &start(&stage, "1.5.0")).await);
    assert_eq!(world.runs_of("deploy.yml").len(), 2);
    assert_ne!(second, number);
    stage.perform("cancel:2", &Effect::CancelRun { run: second }).await;
    assert_eq!(stage.run(second).await.state, ReportedState::Failure);
    let Effect::StartRun { file, tag, commit, .. } = start(&stage, "1.5.0") else { panic!() };
    let inputs = BTreeMap::from([("flavour".to_owned(), "x".to_owned())]);
    let undeclared = Effect::StartRun { file, tag, commit, inputs };
    let refused = stage.attempt("run:3", &undeclared, (1, stage.clock.now())).await;
    assert!(matches!(refused, Err(PerformError::Refused(Refusal::Invalid { .. }))), "{refused:?}");
    assert_eq!(world.runs_of("deploy.yml").len(), 2);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_server_is_asked_which_run_it_was() {
    let stage = Stage::set().await;
    stage.world.forget_run_details();
    let number = number_of_run(&stage.perform("run:1", &start(&stage, "1.5.0")).await);
    let runs = stage.world.runs_of("deploy.yml");
    assert_eq!((runs.len(), runs[0].id, runs[0].inputs["version"].as_str()), (1, number, "1.5.0"));
    let again = stage.attempt("run:1", &start(&stage, "1.5.0"), (2, stage.clock.now())).await;
    assert_eq!(number_of_run(&again.expect("it is found")), number);
    let later = stage.clock.now() + SignedDuration::from_secs(1);
    let none = stage.attempt("run:2", &start(&stage, "1.5.0"), (2, later)).await;
    assert!(matches!(none, Err(PerformError::Unsure { .. })), "{none:?}");
    stage.clock.advance(SignedDuration::from_mins(3));
    let lost = stage.attempt("run:2", &start(&stage, "1.5.0"), (6, later)).await;
    assert!(matches!(lost, Err(PerformError::Lost { .. })), "{lost:?}");
    assert_eq!(stage.world.runs_of("deploy.yml").len(), 1, "a later attempt starts nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_people_and_issues_are_as_the_forge_has_them() {
    let stage = Stage::set().await;
    let (world, head) = (&stage.world, stage.commit());
    world.report_check(ACTIONS, "build", head.as_str(), "failure");
    world.report_check(ACTIONS, "build", head.as_str(), "success");
    world.report_check("vercel[bot]", "build", head.as_str(), "in_progress");
    world.report_status("ana", "build", head.as_str(), "pending");
    let Some(Answer::Checks(checks)) = stage.read(Query::Checks(head)).await else { panic!() };
    let told = |check: &CheckNow| (check.name.clone(), check.app.is_some(), check.state);
    let mut told: Vec<_> = checks.iter().map(told).collect();
    told.sort();
    let expected =
        [(false, ReportedState::Queued), (true, ReportedState::InProgress), (true, ReportedState::Success)];
    assert_eq!(told, expected.map(|(app, state)| ("build".to_owned(), app, state)));

    world.team("acme", "release", &["carol", "dan"]);
    let team = |name: &str| Query::Team(GroupPath(format!("acme/{name}")));
    assert!(matches!(stage.read(team("release")).await, Some(Answer::Team(members)) if members.len() == 2));
    assert_eq!(stage.read(team("nobody")).await, None);
    world.give_role("bob", Role::Maintain);
    world.give_role("eve", Role::Read);
    let Some(Answer::People(people)) = stage.read(Query::People(Standing::Maintain)).await else { panic!() };
    assert!(people.iter().any(|one| one.login == "bob") && people.iter().all(|one| one.login != "eve"));
    let Some(Answer::Account(vercel)) = stage.read(Query::Account("vercel".into())).await else { panic!() };
    assert_eq!((vercel.login.as_str(), vercel.id.0), ("vercel[bot]", world.other_bot("vercel[bot]")));
    let Some(Answer::Account(ana)) = stage.read(Query::Account("ana".into())).await else { panic!() };
    assert_eq!(ana.id.0, world.person("ana"));

    let text = Text::line(["1.5.0 was taken back.".into()]);
    let open = Effect::OpenIssue { title: "1.5.0 was rolled back".to_owned(), text };
    let Made::Issue { number, .. } =
        stage.perform_unheard(("issue", "POST /repos/acme/app/issues"), &open).await
    else {
        panic!()
    };
    for state in [IssueState::Closed, IssueState::Closed, IssueState::Open] {
        stage.perform("close", &Effect::SetIssue { number, state }).await;
    }
    stage.end().await;
}
