//! Scenarios: a script of what people do, played at a stand-in forge with the real bot behind its real routes; its whole story is
//! compared with the one kept beside the script. The rules of releasing are tested beside their nouns, not here.
#![expect(clippy::disallowed_methods, reason = "a test reads its settings and owns its tasks")]

#[path = "scenarios/act.rs"]
mod act;
#[path = "scenarios/bot.rs"]
mod bot;
#[path = "scenarios/door.rs"]
mod door;
#[path = "scenarios/expect.rs"]
mod expect;
#[path = "scenarios/script.rs"]
mod script;
#[path = "scenarios/stage.rs"]
mod stage;
#[path = "scenarios/told.rs"]
mod told;
#[path = "scenarios/wire.rs"]
mod wire;

use std::collections::BTreeSet;
use std::fs;

use door::Door;
use stage::{Stage, folder};
use wire::GITHUB;

/// Plays a scenario behind a door, and compares its story.
async fn play(name: &str, door: &Door) {
    let policy = fs::read_to_string(folder(name).join("policy.yml")).ok();
    let script = fs::read_to_string(folder(name).join("script.txt")).expect("a scenario has a script");
    let mut stage = Stage::set(GITHUB, door, policy).await;
    stage.play(&script).await;
    stage.end().await;
    told::compare(name, &stage.story(name).await);
}

/// One test for each folder.
macro_rules! scenarios {
    ($($name:ident)*) => {
        const SCENARIOS: &[&str] = &[$(stringify!($name)),*];

        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            play(stringify!($name), &Door::open().await).await;
        })*
    };
}

scenarios! {
    a_label_a_plan_and_a_cut
}

#[test]
fn every_folder_is_played() {
    let folders = fs::read_dir(folder("")).expect("there are scenarios");
    let names = folders.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned());
    let played: BTreeSet<String> = SCENARIOS.iter().map(ToString::to_string).collect();
    assert_eq!(names.collect::<BTreeSet<_>>(), played);
}
