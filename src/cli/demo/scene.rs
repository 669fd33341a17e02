//! The forge that the story is played on: its stand-in, the bot's adapter to it, and what a team keeps there. What is played is the same on each.

use std::sync::Arc;

use axum::Router;
use clap::ValueEnum;

use crate::app;
use crate::clock::Clock;
use crate::config::settings;
use crate::forge::Forge;
use crate::sandbox::{ACTIONS, AppCredentials, World, github, gitlab};

/// A forge by its name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    /// A stand-in for GitHub.
    Github,
    /// A stand-in for GitLab.
    Gitlab,
}

impl Name {
    /// What the stage needs of it.
    pub(super) fn scene(self) -> &'static Scene {
        match self {
            Self::Github => &GITHUB,
            Self::Gitlab => &GITLAB,
        }
    }
}

/// A forge as the stage needs it.
pub(super) struct Scene {
    /// A stand-in with one project.
    pub(super) stand_in: fn(Clock, AppCredentials, &str) -> World,
    /// Its API and its pages for people, on one address.
    pub(super) router: fn(World) -> Router,
    /// Where the API is, below that address.
    pub(super) api: &'static str,
    /// Where the bot hears of it, below the bot's address.
    pub(super) hook: &'static str,
    /// The bot's adapter, by the address of the stand-in.
    pub(super) adapter: fn(&World, &str, &Clock) -> anyhow::Result<Arc<dyn Forge>>,
    /// Where the team keeps its policy.
    pub(super) policy: &'static str,
    /// By which file the team deploys, where it takes one; the stand-in starts it and runs nothing.
    pub(super) deploys: Option<(&'static str, &'static str)>,
    /// Who reports what the team's machines did.
    pub(super) machine: &'static str,
    /// The requests by which a comment, a tag and a deployment are made.
    pub(super) comment: &'static str,
    pub(super) tag: &'static str,
    pub(super) deployment: &'static str,
}

static GITHUB: Scene = Scene {
    stand_in: github::stand_in,
    router: github::self_hosted,
    api: "/api/v3",
    hook: "/webhooks/github",
    adapter: |world, site, clock| {
        let known = world.credentials();
        let settings = settings::GitHub {
            app: settings::App {
                app_id: known.client_id,
                private_key: known.private_key_pem.into(),
                api_url: format!("{site}{}", GITHUB.api).parse()?,
            },
            webhook_secret: known.webhook_secret.into(),
            webhook_secret_old: None,
        };
        Ok(Arc::new(app::github(&settings, &app::http(None)?, clock)?))
    },
    policy: ".github/lockkeeper.yml",
    deploys: Some((".github/workflows/deploy.yml", include_str!("../../../docs/executors/event.yml"))),
    machine: ACTIONS,
    comment: "POST /repos/*/comments",
    tag: "POST /repos/*/git/refs",
    deployment: "POST /repos/*/deployments",
};

static GITLAB: Scene = Scene {
    stand_in: gitlab::stand_in,
    router: gitlab::self_hosted,
    api: "/api/v4",
    hook: "/webhooks/gitlab",
    adapter: |world, site, clock| {
        let known = world.credentials();
        let settings = settings::GitLab {
            account: settings::Account { url: site.parse()?, token: known.access_token.into() },
            webhook_secret: Some(known.webhook_secret.into()),
            webhook_secret_old: None,
            signing_token: Some(known.signing_token.into()),
            signing_token_old: None,
        };
        Ok(Arc::new(app::gitlab(&settings, &app::http(None)?, clock)?))
    },
    policy: ".gitlab/lockkeeper.yml",
    // The deployment hook tells whoever deploys; no file is needed.
    deploys: None,
    machine: "deployer",
    comment: "POST /projects/*/notes",
    tag: "POST /projects/*/repository/tags",
    deployment: "POST /projects/*/deployments",
};
