//! Intake beside Probot's: the same signed deliveries to the built program and to a Probot app that only counts, in turns. Nothing is asserted: machines differ.
//!
//! ```sh
//! npm install --prefix benches/probot
//! cargo build --release && cargo bench --bench probot
//! ```
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads its settings and owns its tasks")]

#[path = "../figures/load.rs"]
mod load;
#[path = "../../tests/program/stage.rs"]
#[expect(dead_code, reason = "shared with the tests on the program")]
mod stage;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use load::{CONNECTIONS, Load, percentiles};
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::Role;
use stage::{Server, Stage};

const ROUNDS: usize = 2;
const WARM_UP: usize = 960;
const DELIVERIES: usize = 24_000;
/// As long as the payload of a comment is in a repository with a few settings.
const BYTES: usize = 13_000;

#[tokio::main]
async fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stage = Stage::set(Clock::system()).await;
    stage.binary = std::env::var_os("LOCKKEEPER_BINARY")
        .map_or_else(|| folder.join("target/release/lockkeeper"), PathBuf::from);
    assert!(stage.binary.exists(), "build it first: cargo build --release");
    let app = folder.join("benches/probot");
    assert!(app.join("node_modules/probot").exists(), "npm install --prefix benches/probot");
    stage.world.give_role("ana", Role::Write);
    stage.world.install();
    let body = payload(&stage);
    println!("| Round | Deliveries a second | p50 | p99 |\n|---|---|---|---|");
    for round in 1..=ROUNDS {
        let database = stage.folder.path().join(format!("round-{round}.db"));
        let mut ours = stage.program(&["serve"]);
        ours.env("LOCKKEEPER_DATABASE_URL", format!("sqlite:{}", database.display()));
        let server = stage.begin(ours);
        measure("lockkeeper", server, &load(&stage, "/webhooks/github", &body)).await;
        let server = stage.begin(probot(&stage, &app));
        measure("probot", server, &load(&stage, "/api/github/webhooks", &body)).await;
    }
}

fn load(stage: &Stage, path: &'static str, body: &[u8]) -> Load {
    Load::new((stage.port, path), &stage.world.credentials().webhook_secret, body.to_vec())
}

/// Probot as it is run in production, but that it logs no request.
fn probot(stage: &Stage, app: &Path) -> Command {
    let credentials = stage.world.credentials();
    let mut command = Command::new("node");
    command
        .arg("app.mjs")
        .current_dir(app)
        .env("NODE_ENV", "production")
        .env("HOST", "127.0.0.1")
        .env("PORT", stage.port.to_string())
        .env("APP_ID", "1")
        .env("PRIVATE_KEY", credentials.private_key_pem)
        .env("WEBHOOK_SECRET", credentials.webhook_secret)
        .env("LOG_LEVEL", "fatal");
    command
}

/// Waits until the server takes deliveries, warms it up, and measures; then it is gone.
async fn measure(name: &str, server: Server, load: &Load) {
    while !load.is_taken("first").await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    load.pour("warm-up", WARM_UP).await;
    let (per_second, mut took) = load.pour("load", DELIVERIES).await;
    let (p50, p99) = percentiles(&mut took);
    println!("| {name}, {CONNECTIONS} at a time | {per_second:.0} | {p50:.1} ms | {p99:.1} ms |");
    server.kill();
}

/// The payload of a comment that holds no command.
fn payload(stage: &Stage) -> Vec<u8> {
    let world = &stage.world;
    let number = world.open_change("ana", "Show prices with tax");
    world.comment("ana", number, "Looks good to me.");
    let delivery = world.deliveries().into_iter().find(|one| one.event == "issue_comment").unwrap();
    let mut payload = delivery.payload;
    let missing = BYTES.saturating_sub(serde_json::to_vec(&payload).unwrap().len());
    let words = format!("Looks good to me. {}", "Really. ".repeat(missing / 8));
    payload["comment"]["body"] = words.into();
    serde_json::to_vec(&payload).unwrap()
}
