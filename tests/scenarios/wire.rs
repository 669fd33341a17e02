//! Which forge a script is played on: its stand-in and the bot's adapter to it. A second forge is a second value; scripts stay the same.

use std::sync::{Arc, OnceLock};

use axum::Router;
use lockkeeper::app;
use lockkeeper::clock::Clock;
use lockkeeper::config::settings;
use lockkeeper::forge::Forge;
use lockkeeper::sandbox::{AppCredentials, DeliveryRecord, World, github};

/// A forge as scripts need it.
#[derive(Clone, Copy)]
pub(crate) struct Wire {
    /// Its name in the bot's addresses.
    pub(crate) name: &'static str,
    /// Where a project keeps its policy.
    pub(crate) policy_path: &'static str,
    /// Whether a delivery tells of what a person said, on a thread, on a line or in a review.
    pub(crate) tells_words: fn(&DeliveryRecord) -> bool,
    /// The header that names a delivery.
    pub(crate) delivery_header: &'static str,
    /// A stand-in with one project.
    pub(crate) stand_in: fn(Clock, &str) -> World,
    /// Its API.
    pub(crate) router: fn(World) -> Router,
    /// The bot's adapter, for the API at an address.
    pub(crate) adapter: fn(&World, &str, &Clock) -> Arc<dyn Forge>,
}

/// GitHub.
pub(crate) const GITHUB: Wire = Wire {
    name: "github",
    policy_path: ".github/lockkeeper.yml",
    tells_words: |delivery| {
        let events = ["issue_comment", "pull_request_review", "pull_request_review_comment"];
        events.contains(&delivery.event.as_str()) && delivery.payload["sender"]["type"] == "User"
    },
    delivery_header: "x-github-delivery",
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
        Arc::new(
            app::github(&settings, &app::http(None).expect("a client"), clock)
                .expect("the stand-in's settings can be used"),
        )
    },
};

/// One key for all tests of this process: making one takes a while.
fn credentials() -> AppCredentials {
    static ONCE: OnceLock<AppCredentials> = OnceLock::new();
    ONCE.get_or_init(AppCredentials::generate).clone()
}
