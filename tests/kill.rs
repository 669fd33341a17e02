//! The built server, killed with `kill -9` in the middle of the full story, over and over, on both databases. What a step of the story does is tested elsewhere.
//!
//! Several projects play the story beside one another, each a little later, so that there is always something to interrupt:
//! after a call whose outcome nobody knows the bot rests for ten seconds, and these rests overlap.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its settings and owns its tasks")]

#[path = "kill/database.rs"]
mod database;
#[path = "kill/executor.rs"]
mod executor;
#[path = "store/server.rs"]
mod server;
#[path = "kill/setting.rs"]
mod setting;
#[path = "program/stage.rs"]
#[expect(dead_code, reason = "shared with the other tests on the program")]
mod stage;
#[path = "kill/story.rs"]
mod story;
#[path = "kill/told.rs"]
mod told;

use std::time::{Duration, Instant};

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{DeliveryFate, World};
use setting::Setting;
use stage::{BEAT, Forge, Stage, until};
use story::Thread;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// How many projects play the story.
const STORIES: u64 = 6;

/// How much later the next project begins.
const APART: Duration = Duration::from_secs(3);

/// A test takes at most this long; on two cores that it has for itself, a fifth of it.
const LIMIT: Duration = Duration::from_mins(10);

/// Each test wants the machine for itself: what starts slowly is hardly ever killed at work.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Chance from a seed (SplitMix64), so that a failure can be played again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_survives_being_killed_at_any_moment() {
    let _alone = ALONE.lock().await;
    let stage = Stage::set(Clock::system()).await;
    within_the_limit(&stage, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_survives_being_killed_at_any_moment_on_postgresql() {
    let Some(server) = server::server() else {
        println!("skipped: no `initdb` found, so no PostgreSQL to test on");
        return;
    };
    let _alone = ALONE.lock().await;
    let mut stage = Stage::set(Clock::system()).await;
    stage.database = database::made(server).await;
    within_the_limit(&stage, 20).await;
}

/// The same story in GitLab's words. What is stored, and how it is taken up again, is the same for all forges.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_survives_being_killed_at_any_moment_on_gitlab() {
    let _alone = ALONE.lock().await;
    let stage = Stage::at(Forge::GitLab, Clock::system()).await;
    within_the_limit(&stage, 20).await;
}

async fn within_the_limit(stage: &Stage, kills: u32) {
    let seed = seed();
    println!("seed {seed}; the same kills again: LOCKKEEPER_KILL_SEED={seed}");
    let played = tokio::time::timeout(LIMIT, killed_all_along(stage, kills, Chance(seed))).await;
    let log = stage.log();
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains(" WARN lockkeeper")).collect();
    assert!(played.is_ok(), "not over within {LIMIT:?} (seed {seed})\n{}", warnings.join("\n"));
}

fn seed() -> u64 {
    match std::env::var("LOCKKEEPER_KILL_SEED") {
        Ok(text) => text.parse().expect("LOCKKEEPER_KILL_SEED is a number"),
        Err(_) => u64::from(std::process::id()) ^ Clock::system().now().as_millisecond().cast_unsigned(),
    }
}

async fn killed_all_along(stage: &Stage, kills: u32, mut chance: Chance) {
    let begun = Instant::now();
    let projects: Vec<World> =
        (1..=STORIES).map(|number| stage.world.at(&format!("acme/shop-{number}"))).collect();
    let setting = Setting::at(stage.forge);
    projects.iter().for_each(|project| story::past(project, setting));
    let mut server = stage.serve().await;
    stage.world.install();
    // Where no installation is told, a project is known by the first that is heard of it.
    projects.iter().for_each(|project| _ = project.push_file("README.md", "# Shop\n"));
    // What is merged before the bot has come hears nothing of its release.
    until("the bot is there", Duration::from_secs(20), || all_delivered(&stage.world)).await;
    all_done(stage).await;
    // The forge tells time to the second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut executors = JoinSet::new();
    let mut stories = JoinSet::new();
    for (project, later) in projects.iter().zip(0..) {
        let (project, place) = (project.clone(), project.clone());
        executors.spawn(async move { executor::carry_on(&place, setting).await });
        stories.spawn(async move {
            tokio::time::sleep(APART * later).await;
            story::play(&project).await
        });
    }
    let mut in_mid_story = 0;
    for number in 1..=kills {
        moment(&stage.world, &mut chance).await;
        println!("kill {number} after {:?}", begun.elapsed());
        server.kill();
        in_mid_story += u32::from(!projects.iter().all(story::is_over));
        database::time_passes(&stage.database).await;
        server = stage.serve().await;
    }
    println!("{kills} kills within {:?}, {in_mid_story} of them in mid-story", begun.elapsed());
    let threads: Vec<Thread> = stories.join_all().await;
    all_done(stage).await;
    println!("all stories told within {:?}, {} calls", begun.elapsed(), stage.world.requests().len());
    told::nothing_was_lost(&stage.page("/metrics").await.unwrap());
    assert!(server.terminate().await.success());
    told::once(stage, &projects, &threads).await;
    assert!(in_mid_story >= kills * 2 / 3, "only {in_mid_story} of {kills} kills met the story");
}

/// A pseudo-random moment: after so many more calls for the story, and a little later.
async fn moment(world: &World, chance: &mut Chance) {
    let calls = |world: &World| {
        let ours = |path: &str| {
            ["/repos/", "/graphql", "/api/v4/projects/"].iter().any(|start| path.starts_with(start))
        };
        world.requests().iter().filter(|request| ours(&request.path)).count() as u64
    };
    // Some of them are granted: who is struck ten times over at the same piece of work puts it aside.
    let wanted = calls(world) + 6 + chance.below(44);
    let begun = Instant::now();
    // Where nothing but rests is left for the moment, a kill in a rest is a kill as well.
    while calls(world) < wanted && begun.elapsed() < Duration::from_secs(3) {
        tokio::time::sleep(BEAT).await;
    }
    tokio::time::sleep(Duration::from_millis(chance.below(40))).await;
}

fn all_delivered(world: &World) -> bool {
    let log = world.deliveries();
    !log.is_empty() && log.iter().all(|one| matches!(one.fate, DeliveryFate::Answered(_)))
}

/// Waits until nothing waits any more.
async fn all_done(stage: &Stage) {
    let waits = |page: &str| {
        page.lines()
            .filter(|line| {
                line.starts_with("lockkeeper_waiting{")
                    || (line.starts_with("lockkeeper_effects{")
                        && (line.contains("\"waiting\"") || line.contains("\"sending\"")))
            })
            .any(|line| !line.ends_with(" 0"))
    };
    loop {
        let page = stage.page("/metrics").await.unwrap_or_default();
        if page.contains("# EOF") && !waits(&page) && stage.world.waiting_deliveries() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
