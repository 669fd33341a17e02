//! Many people comment at once, on several projects, and each is answered: how long that takes, and how long the disk takes beside it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use lockkeeper::sandbox::{DeliveryFate, Role, World};
use tokio::task::JoinSet;

use crate::load::percentiles;
use crate::stage::{Stage, until};

const PROJECTS: usize = 10;
const PER_SECOND: u32 = 50;
const COMMENTS: usize = 1_000;
const SYNCS: usize = 200;
const SOON: Duration = Duration::from_secs(30);

/// Comments in a steady stream, whether those before were answered or not. The first of each project is not counted: what the bot
/// reads once and keeps is read then.
pub(crate) async fn at_fifty_a_second(stage: &Stage) {
    let threads: Vec<(World, u64)> = (0..PROJECTS).map(|number| thread(stage, number)).collect();
    for (world, number) in &threads {
        world.comment("ana", *number, "/release plan");
        until("a reply", SOON, || !world.bot_comments(*number).is_empty()).await;
    }
    let mut syncs = syncs(stage.folder.path());
    let calls = stage.world.requests().len();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    for turn in 0..COMMENTS {
        beat.tick().await;
        let (world, number) = &threads[turn % PROJECTS];
        world.comment("ana", *number, "/release plan");
    }
    let wanted = 1 + COMMENTS / PROJECTS;
    until("the replies", SOON, || {
        threads.iter().all(|(world, number)| world.bot_comments(*number).len() == wanted)
    })
    .await;
    let calls = (stage.world.requests().len() - calls) as f64 / COMMENTS as f64;
    syncs.extend(self::syncs(stage.folder.path()));
    let mut took: Vec<Duration> =
        threads.iter().flat_map(|(world, number)| replies(world, *number)).collect();
    let ((p50, p99), (sync, _)) = (percentiles(&mut took), percentiles(&mut syncs));
    println!(
        "| Comment to reply, {PER_SECOND} comments a second over {PROJECTS} projects | p50 {p50:.0} ms, p99 {p99:.0} ms \
         ({COMMENTS} comments, {calls:.1} calls each; fdatasync p50 {sync:.2} ms) |"
    );
}

fn thread(stage: &Stage, number: usize) -> (World, u64) {
    let world = stage.world.at(&format!("acme/shop-{number}"));
    world.give_role("ana", Role::Write);
    let change = world.open_change("ana", "Sign in with passkeys");
    (world, change)
}

/// How long each command of a thread, but the first, waited for its reply, by the forge's clock.
fn replies(world: &World, number: u64) -> Vec<Duration> {
    let comments = world.comments(number);
    let replied: BTreeMap<u64, _> = comments
        .iter()
        .filter(|comment| comment.by_bot)
        .filter_map(|reply| {
            let (_, mark) = reply.body.rsplit_once(":discussion:")?;
            Some((mark.split(' ').next()?.parse().ok()?, reply.created_at))
        })
        .collect();
    let asked = comments.iter().filter(|comment| !comment.by_bot).skip(1);
    asked.map(|comment| replied[&comment.id].duration_since(comment.created_at).unsigned_abs()).collect()
}

/// How long the disk takes to make a page durable.
fn syncs(folder: &Path) -> Vec<Duration> {
    let mut file = std::fs::File::create(folder.join("sync")).unwrap();
    let sync = |_| {
        file.write_all(&[7; 4096]).unwrap();
        let begun = Instant::now();
        file.sync_data().unwrap();
        begun.elapsed()
    };
    (0..SYNCS).map(sync).collect()
}

/// Delivers what happens as the forge does: at once, and many at a time.
pub(crate) async fn deliver(world: World, hook: String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut sending = JoinSet::new();
    loop {
        while let Some(envelope) = world.take_delivery() {
            let mut request = client.post(&hook).body(envelope.body);
            for (name, value) in envelope.headers {
                request = request.header(name, value);
            }
            let world = world.clone();
            sending.spawn(async move {
                let fate = match request.send().await {
                    Ok(response) => DeliveryFate::Answered(response.status().as_u16()),
                    Err(_) => DeliveryFate::Unreachable,
                };
                world.settle(envelope.id, fate);
            });
        }
        while sending.try_join_next().is_some() {}
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
