//! The figures of `docs/PERFORMANCE.md`, measured on a built program against the stand-in. Nothing is asserted: machines differ.
//!
//! ```sh
//! cargo build --release && cargo bench --bench figures
//! ```
//! `-- plan` behind it measures that alone.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads its settings and owns its tasks")]

#[path = "figures/conversation.rs"]
mod conversation;
#[path = "figures/load.rs"]
mod load;
#[path = "figures/plan.rs"]
mod plan;
#[path = "../tests/program/stage.rs"]
#[expect(dead_code, reason = "shared with the tests on the program")]
mod stage;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use load::{CONNECTIONS, Load, percentiles};
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::Role;
use stage::{Server, Stage, until};
use tokio::task::JoinSet;

const STARTS: usize = 10;
const DELIVERIES: usize = 8_000;
const COMMANDS: usize = 20;
const SOON: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    let binary = std::env::var_os("LOCKKEEPER_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/release/lockkeeper"),
        PathBuf::from,
    );
    let size = std::fs::metadata(&binary).expect("build it first: cargo build --release").len();
    println!("| Binary | {:.1} MiB |", mebibytes(size));
    plan::over_a_thousand(&binary).await;
    if std::env::args().any(|one| one == "plan") {
        return;
    }
    let mut stage = Stage::without_post(Clock::system()).await;
    stage.binary = binary;
    let mut post = JoinSet::new();
    post.spawn(conversation::deliver(stage.world.clone(), stage.hook()));
    stage.world.give_role("ana", Role::Write);
    stage.world.install();
    starts(&stage).await;
    let server = stage.serve().await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    println!("| Resident memory, idle after the start | {} |", memory(&server));
    latency(&stage).await;
    println!("| Resident memory after {COMMANDS} commands | {} |", memory(&server));
    conversation::at_fifty_a_second(&stage).await;
    intake(&stage).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    println!("| Resident memory after {DELIVERIES} deliveries | {} |", memory(&server));
    server.terminate().await;
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// `VmRSS`, and how much of it is the program's file, which all processes share.
fn memory(server: &Server) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.number())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        mebibytes(kilobytes * 1024)
    };
    format!("{:.1} MiB (of it {:.1} MiB of the file)", field("VmRSS"), field("RssFile"))
}

/// From the start of the process to the first delivery that is durable and answered, on a new database.
async fn starts(stage: &Stage) {
    let mut took = Vec::new();
    for number in 0..STARTS {
        let mut program = stage.program(&["serve"]);
        let database = stage.folder.path().join(format!("start-{number}.db"));
        program.env("LOCKKEEPER_DATABASE_URL", format!("sqlite:{}", database.display()));
        let load = load(stage);
        let begun = Instant::now();
        let server = stage.begin(program);
        while !load.is_taken("ping-1").await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.push(begun.elapsed());
        server.kill();
    }
    println!("| Start to first accepted delivery | {} |", spread(took));
}

/// Deliveries per second, each durable before it is answered, over connections that stay open.
async fn intake(stage: &Stage) {
    let (per_second, mut took) = load(stage).pour("load", DELIVERIES).await;
    let (p50, p99) = percentiles(&mut took);
    println!(
        "| Deliveries taken in per second, durable, {CONNECTIONS} at a time | {per_second:.0} (p50 {p50:.1} ms, p99 {p99:.1} ms) |"
    );
}

fn load(stage: &Stage) -> Load {
    let secret = stage.world.credentials().webhook_secret;
    Load::new((stage.port, "/webhooks/github"), &secret, comment(stage))
}

/// From a comment at the stand-in to the bot's reply there; the same for a plan of one change.
async fn latency(stage: &Stage) {
    let world = &stage.world;
    let number = world.open_change("ana", "Sign in with passkeys");
    let mut took = Vec::new();
    for replies in 1..=COMMANDS {
        let begun = Instant::now();
        world.comment("ana", number, "/release plan");
        until("a reply", SOON, || world.bot_comments(number).len() == replies).await;
        took.push(begun.elapsed());
    }
    println!("| Comment to reply | {} |", spread(took));
}

fn spread(mut took: Vec<Duration>) -> String {
    took.sort();
    let ms = |one: &Duration| one.as_secs_f64() * 1000.0;
    format!(
        "{:.0} ms (median of {}; worst {:.0} ms)",
        ms(&took[took.len() / 2]),
        took.len(),
        ms(took.last().unwrap())
    )
}

/// The payload of a comment that holds no command.
fn comment(stage: &Stage) -> Vec<u8> {
    let world = &stage.world;
    let known = world.deliveries().into_iter().find(|one| one.event == "issue_comment");
    let delivery = known.unwrap_or_else(|| {
        let number = world.open_change("ana", "Show prices with tax");
        world.comment("ana", number, "Looks good to me.");
        world.deliveries().into_iter().find(|one| one.event == "issue_comment").unwrap()
    });
    serde_json::to_vec(&delivery.payload).unwrap()
}
