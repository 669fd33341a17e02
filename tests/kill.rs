//! The built server, killed with `kill -9` in the middle of the story, over and over. What a step of the story does is tested elsewhere.
//!
//! Several projects play the same story beside one another, each a little later, so that there is always something to interrupt:
//! after a call whose outcome nobody knows the bot rests for ten seconds, and these rests overlap.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its settings and owns its tasks")]

#[path = "program/stage.rs"]
#[expect(dead_code, reason = "shared with the other tests on the program")]
mod stage;

use std::time::{Duration, Instant};

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{DeliveryFate, Role, World};
use stage::{BEAT, Stage};
use tokio::task::JoinSet;

/// How often the server is killed.
const KILLS: u32 = 30;

/// How many projects play the story.
const STORIES: u64 = 5;

/// How much later the next project begins.
const APART: Duration = Duration::from_millis(2_500);

/// A step that takes longer than this makes the operator look for failed deliveries.
const PATIENCE: Duration = Duration::from_secs(45);

/// The whole test takes at most this long.
const LIMIT: Duration = Duration::from_secs(170);

/// A workflow that a tag starts, so that the first cut has something to ask.
const PUBLISH: &str = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n";

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
    let seed = seed();
    println!("seed {seed}; the same kills again: LOCKKEEPER_KILL_SEED={seed}");
    let stage = Stage::set(Clock::system()).await;
    let played = tokio::time::timeout(LIMIT, killed_all_along(&stage, Chance(seed))).await;
    assert!(played.is_ok(), "not over within {LIMIT:?} (seed {seed})\n{}", stage.log());
}

fn seed() -> u64 {
    match std::env::var("LOCKKEEPER_KILL_SEED") {
        Ok(text) => text.parse().expect("LOCKKEEPER_KILL_SEED is a number"),
        Err(_) => u64::from(std::process::id()) ^ Clock::system().now().as_millisecond().cast_unsigned(),
    }
}

async fn killed_all_along(stage: &Stage, mut chance: Chance) {
    let begun = Instant::now();
    let projects: Vec<World> =
        (1..=STORIES).map(|number| stage.world.at(&format!("acme/shop-{number}"))).collect();
    projects.iter().for_each(past);
    let mut server = stage.serve().await;
    stage.world.install();
    let mut stories = JoinSet::new();
    for (project, later) in projects.iter().zip(0..) {
        let project = project.clone();
        stories.spawn(async move {
            tokio::time::sleep(APART * later).await;
            play(&project).await
        });
    }
    let mut in_mid_story = 0;
    for number in 1..=KILLS {
        moment(&stage.world, &mut chance).await;
        println!("kill {number} after {:?}", begun.elapsed());
        server.kill();
        in_mid_story += u32::from(!stories.is_empty() && !all_over(&projects));
        server = stage.serve().await;
    }
    println!("{KILLS} kills within {:?}, {in_mid_story} of them in mid-story", begun.elapsed());
    let threads: Vec<Thread> = stories.join_all().await;
    all_done(stage).await;
    println!("all stories told within {:?}", begun.elapsed());
    assert!(server.terminate().await.success());
    for (project, thread) in projects.iter().zip(sorted(threads)) {
        told_once(project, &thread);
    }
    nothing_was_taken_back(&stage.world);
    assert_eq!(stage.world.unknown_routes(), Vec::<String>::new());
    for (command, last_line) in [(&["audit", "verify"][..], "0 broken"), (&["replay"], "0 parked")] {
        let output = stage.run(command).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.trim_end().ends_with(last_line), "{command:?}: {said}");
    }
    assert!(in_mid_story >= KILLS * 2 / 3, "only {in_mid_story} of {KILLS} kills met the story");
}

/// A pseudo-random moment: after so many more calls for the story, and a little later.
async fn moment(world: &World, chance: &mut Chance) {
    let calls = |world: &World| {
        let ours = |path: &str| path.starts_with("/repos/") || path.starts_with("/graphql");
        world.requests().iter().filter(|request| ours(&request.path)).count() as u64
    };
    let wanted = calls(world) + 1 + chance.below(24);
    let begun = Instant::now();
    // Where nothing but rests is left for the moment, a kill in a rest is a kill as well.
    while calls(world) < wanted && begun.elapsed() < Duration::from_secs(4) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(chance.below(40))).await;
}

/// What was there before: people, a released v1.4.2, a workflow that a tag starts, a merged change.
fn past(world: &World) {
    for login in ["ana", "bob", "cem"] {
        world.give_role(login, Role::Write);
    }
    world.create_label("ana", "feature");
    world.push_file(".github/workflows/publish.yml", PUBLISH);
    let first = world.open_change("cem", "Show prices with tax");
    let at = world.merge(first, "cem");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    world.release_by_hand("ana", "v1.4.2", &at);
    let calendar = world.open_change("bob", "fix: calendar shows dates in the reader's time zone");
    world.merge(calendar, "bob");
}

/// Where a story was told, and the commands in it.
struct Thread {
    path: String,
    number: u64,
    commands: Vec<u64>,
}

fn sorted(mut threads: Vec<Thread>) -> Vec<Thread> {
    threads.sort_by(|one, other| one.path.cmp(&other.path));
    threads
}

async fn play(world: &World) -> Thread {
    let number = world.open_change("ana", "Sign in with passkeys");
    world.label_as("ana", number, "feature");
    world.merge(number, "bob");
    let mut commands = Vec::new();
    for (command, answer) in [
        ("/release plan", "**Next: v1.5.0**"),
        ("/release cut", "**Not yet cut**"),
        ("/release cut", "**v1.5.0 is cut**"),
        ("/release status", "is out with"),
    ] {
        commands.push(world.comment("ana", number, command));
        said(world, number, answer).await;
        println!("{}: {answer}", world.path());
    }
    Thread { path: world.path(), number, commands }
}

async fn said(world: &World, number: u64, answer: &str) {
    let mut looked = Instant::now();
    while !world.bot_comments(number).iter().any(|body| body.contains(answer)) {
        if looked.elapsed() > PATIENCE {
            looked = Instant::now();
            operator(world, answer);
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// What a person does who finds failed deliveries in the App's settings: sends them again.
fn operator(world: &World, waited_for: &str) {
    let log = world.deliveries();
    let reached = |guid: &str| {
        log.iter().any(|one| one.guid == guid && matches!(one.fate, DeliveryFate::Answered(200..=299)))
    };
    let lost: Vec<u64> = log
        .iter()
        .filter(|one| one.fate == DeliveryFate::Unreachable && !reached(&one.guid))
        .map(|one| one.id)
        .collect();
    println!("{}: still no `{waited_for}`; {} deliveries are sent again", world.path(), lost.len());
    lost.into_iter().for_each(|id| world.redeliver(id));
}

fn all_over(projects: &[World]) -> bool {
    let is_out = |world: &World| {
        world.changes().last().is_some_and(|change| {
            world.bot_comments(change.number).iter().any(|body| body.contains("is out with"))
        })
    };
    projects.iter().all(is_out)
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

/// One tag, one release, one reply and one pair of eyes per command.
fn told_once(world: &World, thread: &Thread) {
    let path = &thread.path;
    assert_eq!(&world.path(), path);
    let tags: Vec<_> = world.tags().into_iter().map(|tag| tag.name).collect();
    assert_eq!(tags, ["v1.4.2", "v1.5.0"], "{path}");
    let pages: Vec<_> = world.releases().into_iter().map(|page| (page.tag, page.is_draft)).collect();
    assert_eq!(pages, [("v1.4.2".to_owned(), false), ("v1.5.0".to_owned(), false)], "{path}");
    let replies = world.bot_comments(thread.number);
    assert_eq!(replies.len(), thread.commands.len(), "{path}:\n{}", replies.join("\n---\n"));
    for command in
        world.comments(thread.number).iter().filter(|comment| thread.commands.contains(&comment.id))
    {
        let eyes: Vec<_> = command.reactions.iter().map(|one| one.content.as_str()).collect();
        assert_eq!(eyes, ["eyes"], "{path}: {}", command.body);
    }
}

/// Nothing was made and taken away again to get there.
fn nothing_was_taken_back(world: &World) {
    let timeline = world.timeline();
    let by_bot =
        |deed: &str| timeline.iter().filter(|entry| entry.by_bot && entry.text.contains(deed)).count();
    assert_eq!(by_bot("creates tag v1.5.0") as u64, STORIES);
    assert_eq!(by_bot("deletes "), 0);
}
