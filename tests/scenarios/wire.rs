//! Which forge a script is played on: its stand-in and the bot's adapter to it. A second forge is a second value; scripts stay the same.

use std::sync::{Arc, OnceLock};

use axum::Router;
use lockkeeper::app;
use lockkeeper::clock::Clock;
use lockkeeper::config::settings;
use lockkeeper::forge::Forge;
use lockkeeper::sandbox::{ACTIONS, AppCredentials, DeliveryRecord, World, github, gitlab};

/// A forge as scripts need it.
#[derive(Clone, Copy)]
pub(crate) struct Wire {
    /// Its name in the bot's addresses.
    pub(crate) name: &'static str,
    /// What a kept story is called.
    pub(crate) kept: &'static str,
    /// Where a project keeps its policy.
    pub(crate) policy_path: &'static str,
    /// Whether a delivery tells of what a person said, on a thread, on a line or in a review.
    pub(crate) tells_words: fn(&DeliveryRecord) -> bool,
    /// The header that names a delivery.
    pub(crate) delivery_header: &'static str,
    /// The header that names an event.
    pub(crate) event_header: &'static str,
    /// Which events scripts mean by `comments`, `reports` and `runs`.
    pub(crate) events: &'static [(&'static str, &'static str)],
    /// Which requests scripts mean by `comment`, `tag`, `read-role`; `*` stands for anything.
    pub(crate) operations: &'static [(&'static str, &'static str)],
    /// What scripts and policies write as GitHub has it, and what is written for it here.
    pub(crate) words: &'static [(&'static str, &'static str)],
    /// What can be started by hand: a file and its text.
    pub(crate) automation: fn(&Startable<'_>) -> (String, String),
    /// The one file that all its machines work by, where it has one for all.
    pub(crate) one_file: Option<&'static str>,
    /// Who deploys and reports where a script names nobody: an account of a program.
    pub(crate) machine: &'static str,
    /// What a tag starts: a file and its text.
    pub(crate) publishing: (&'static str, &'static str),
    /// Whether a preview is a check of the change's head. Elsewhere it is a note, and only where a label is missing.
    pub(crate) has_checks: bool,
    /// How a deployment stands here, where scripts say it in GitHub's words: a forge with one status for each lets no older one go, and
    /// has none for what nobody picked up.
    pub(crate) stands: &'static [(&'static str, &'static str)],
    /// Whether a release can be marked as pre-release and as the latest.
    pub(crate) marks_releases: bool,
    /// What stands before the number of a change.
    pub(crate) sign: char,
    /// A stand-in with one project.
    pub(crate) stand_in: fn(Clock, &str) -> World,
    /// Its API.
    pub(crate) router: fn(World) -> Router,
    /// The bot's adapter, for the API at an address.
    pub(crate) adapter: fn(&World, &str, &Clock) -> Arc<dyn Forge>,
}

/// What can be started by hand.
pub(crate) struct Startable<'a> {
    /// What scripts call it.
    pub(crate) name: &'a str,
    /// The environment that it deploys to by itself.
    pub(crate) environment: Option<&'a str>,
    /// The inputs that it must be given.
    pub(crate) inputs: Vec<&'a str>,
}

impl Startable<'_> {
    /// A line for each input, after so many blanks.
    fn inputs(&self, indent: usize, text: &str) -> String {
        self.inputs.iter().map(|name| format!("{:indent$}{name}: {text}\n", "")).collect()
    }

    fn environment(&self, indent: usize) -> String {
        self.environment.map(|name| format!("{:indent$}environment: {name}\n", "")).unwrap_or_default()
    }
}

impl Wire {
    /// The request that a script names by what it does.
    pub(crate) fn operation(&self, name: &str) -> &'static str {
        let found = self.operations.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("no request of {} is called `{name}`", self.name)).1
    }

    /// The event that a script names by what it tells of.
    pub(crate) fn event(&self, name: &str) -> &'static str {
        let found = self.events.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("no event of {} is called `{name}`", self.name)).1
    }

    /// Words that a text of the bot shall hold, with the changes of a project as this forge writes them.
    pub(crate) fn shown(&self, world: &World, text: &str) -> String {
        world.changes().into_iter().filter(|one| one.is_change).rev().fold(text.to_owned(), |text, change| {
            text.replace(&format!("#{}", change.number), &format!("{}{}", self.sign, change.number))
        })
    }

    /// The file of what a script calls so.
    pub(crate) fn file<'a>(&self, name: &'a str) -> &'a str {
        self.one_file.unwrap_or(name)
    }

    /// How a deployment stands of which a script says this.
    pub(crate) fn state<'a>(&self, said: &'a str) -> &'a str {
        self.stands.iter().find(|(theirs, _)| *theirs == said).map_or(said, |(_, ours)| ours)
    }

    /// A text of a script or a policy in this forge's own words.
    pub(crate) fn worded(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    }
}

/// Every forge.
pub(crate) const WIRES: [Wire; 2] = [GITHUB, GITLAB];

/// GitHub.
pub(crate) const GITHUB: Wire = Wire {
    name: "github",
    kept: "expected.md",
    policy_path: ".github/lockkeeper.yml",
    tells_words: |delivery| {
        let events = ["issue_comment", "pull_request_review", "pull_request_review_comment"];
        events.contains(&delivery.event.as_str()) && delivery.payload["sender"]["type"] == "User"
    },
    delivery_header: "x-github-delivery",
    event_header: "x-github-event",
    events: &[("comments", "issue_comment"), ("reports", "deployment_status"), ("runs", "workflow_run")],
    operations: &[
        ("comment", "POST /repos/*/comments"),
        ("react", "POST /repos/*/reactions"),
        ("tag", "POST /repos/*/git/refs"),
        // A branch is a ref, too.
        ("branch", "POST /repos/*/git/refs"),
        ("tag-object", "POST /repos/*/git/tags"),
        ("draft-release", "POST /repos/*/releases"),
        ("edit-release", "PATCH /repos/*/releases/*"),
        ("read-release", "GET /repos/*/releases/tags/*"),
        ("deployment", "POST /repos/*/deployments"),
        ("start-run", "POST /repos/*/dispatches"),
        ("read-runs", "GET /repos/*/actions/runs"),
        ("issue", "POST /repos/*/issues"),
        ("open-change", "POST /repos/*/pulls"),
        ("read-code", "POST /graphql"),
        ("read-comment", "GET /repos/*/comments/*"),
        ("read-role", "GET /repos/*/collaborators/*/permission"),
        ("read-member", "GET /orgs/*/teams/*/memberships/*"),
        ("graphql", "POST /graphql"),
    ],
    words: &[],
    automation: |what| {
        let (inputs, environment) = (what.inputs(6, "{ required: true }"), what.environment(4));
        let text = format!(
            "on:\n  workflow_dispatch:\n    inputs:\n{inputs}jobs:\n  deploy:\n{environment}    runs-on: ubuntu-latest\n"
        );
        (format!(".github/workflows/{}", what.name), text)
    },
    one_file: None,
    machine: ACTIONS,
    publishing: (
        ".github/workflows/publish.yml",
        "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n",
    ),
    has_checks: true,
    stands: &[],
    marks_releases: true,
    sign: '#',
    stand_in: |clock, path| github::stand_in(clock, credentials(), path),
    router: github::router,
    adapter: |world, address, clock| {
        let known = world.credentials();
        let settings = settings::GitHub {
            app: settings::App {
                app_id: known.client_id,
                private_key: known.private_key_pem.into(),
                api_url: address.parse().expect("an address is a URL"),
            },
            webhook_secret: known.webhook_secret.into(),
            webhook_secret_old: None,
        };
        Arc::new(app::github(&settings, &http(), clock).expect("the stand-in's settings can be used"))
    },
};

/// The one file of all pipelines.
const PIPELINE: &str = ".gitlab-ci.yml";

/// GitLab.
pub(crate) const GITLAB: Wire = Wire {
    name: "gitlab",
    kept: "expected.gitlab.md",
    policy_path: ".gitlab/lockkeeper.yml",
    tells_words: |delivery| {
        delivery.event == "Note Hook" && delivery.payload["user"]["username"] != "lockkeeper"
    },
    delivery_header: "idempotency-key",
    event_header: "x-gitlab-event",
    events: &[("comments", "Note Hook"), ("reports", "Deployment Hook"), ("runs", "Pipeline Hook")],
    operations: &[
        ("comment", "POST *notes"),
        ("react", "POST *award_emoji"),
        ("tag", "POST *repository/tags"),
        ("branch", "POST *repository/branches"),
        // A tag and its object are one.
        ("tag-object", "POST *repository/tags"),
        ("draft-release", "POST *releases"),
        ("edit-release", "PUT *releases/*"),
        ("read-release", "GET *releases/*"),
        ("deployment", "POST *deployments"),
        ("start-run", "POST *pipeline"),
        ("read-runs", "GET *pipelines"),
        ("issue", "POST *issues"),
        ("open-change", "POST *merge_requests"),
        ("read-code", "GET *repository/*"),
        ("read-comment", "GET *notes/*"),
        ("read-role", "GET */projects/*/members/all/*"),
        ("read-member", "GET */groups/*/members/all*"),
        ("graphql", "POST /graphql"),
    ],
    words: &[
        (".github/lockkeeper.yml", ".gitlab/lockkeeper.yml"),
        ("pull request", "merge request"),
        ("There is no team", "There is no group"),
        ("The team `", "The group `"),
        ("{ workflow: deploy.yml", "{ pipeline: deploy.yml"),
        ("`publish.yml`", "`.gitlab-ci.yml`"),
        ("workflow_dispatch", "spec:"),
        ("1s apart", "1500ms apart"),
        ("https://github.example/acme/store/releases/", "/acme/store/-/releases/"),
    ],
    automation: |what| {
        let (inputs, environment) = (what.inputs(4, "{}"), what.environment(2));
        let text = format!(
            "spec:\n  inputs:\n{inputs}---\ndeploy:\n  script: echo\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"api\"\n{environment}"
        );
        (PIPELINE.to_owned(), text)
    },
    one_file: Some(PIPELINE),
    machine: "group_1_bot_deploy",
    publishing: (PIPELINE, "publish:\n  script: echo\n  rules:\n    - if: $CI_COMMIT_TAG\n"),
    has_checks: false,
    stands: &[("waiting", "in_progress"), ("inactive", "success"), ("error", "cancelled")],
    marks_releases: false,
    sign: '!',
    stand_in: |clock, path| gitlab::stand_in(clock, credentials(), path),
    router: gitlab::router,
    adapter: |world, address, clock| gitlab_adapter(&gitlab_settings(world, address), clock),
};

/// The settings by which a bot works at this stand-in GitLab.
pub(crate) fn gitlab_settings(world: &World, address: &str) -> settings::GitLab {
    let known = world.credentials();
    settings::GitLab {
        account: settings::Account {
            url: address.parse().expect("an address is a URL"),
            token: known.access_token.into(),
        },
        webhook_secret: Some(known.webhook_secret.into()),
        webhook_secret_old: None,
        signing_token: Some(known.signing_token.into()),
        signing_token_old: None,
    }
}

/// The adapter that these settings make.
pub(crate) fn gitlab_adapter(settings: &settings::GitLab, clock: &Clock) -> Arc<dyn Forge> {
    Arc::new(app::gitlab(settings, &http(), clock).expect("the stand-in's settings can be used"))
}

fn http() -> reqwest::Client {
    app::http(None).expect("a client can be made")
}

/// One key for all tests of this process: making one takes a while.
fn credentials() -> AppCredentials {
    static ONCE: OnceLock<AppCredentials> = OnceLock::new();
    ONCE.get_or_init(AppCredentials::generate).clone()
}
