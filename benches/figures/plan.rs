//! A plan over a thousand new changes through the API, as a command: what the program itself takes of time and memory, without the waiting for the forge. How often it asks is asserted in `tests/scenarios/frugal.rs`.

use std::path::Path;
use std::process::Command;

use lockkeeper::clock::Clock;

use crate::stage::{Forge, Stage, run};

const CHANGES: usize = 1_000;
const ROUNDS: usize = 5;

/// The figure for each forge.
pub(crate) async fn over_a_thousand(binary: &Path) {
    for forge in [Forge::GitHub, Forge::GitLab] {
        let stage = merged(forge, binary).await;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(&stage).await);
        }
        rounds.sort_by(|one, other| one.own.total_cmp(&other.own));
        let (median, most) = (&rounds[ROUNDS / 2], rounds.iter().map(|round| round.memory).max());
        println!(
            "| A plan over {CHANGES} new changes on {forge:?}: own time, of it for the system | {:.2} s, {:.2} s (median of {ROUNDS}; from start to end {:.2} s) |",
            median.own, median.system, median.whole
        );
        println!("| … its memory, at most | {:.1} MiB |", most.unwrap_or_default() as f64 / 1024.0);
        println!("| … its calls, with those that let it in | {} |", median.calls);
    }
}

/// A project where so much was merged since the last release.
async fn merged(forge: Forge, binary: &Path) -> Stage {
    let mut stage = Stage::alone(forge, Clock::system()).await;
    stage.binary = binary.to_owned();
    let world = &stage.world;
    let first = world.open_change("ana", "Show prices with tax");
    let at = world.merge(first, "ana");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    for number in 0..CHANGES {
        let author = ["ana", "bob", "carol", "dan", "emil", "fatima", "gus"][number % 7];
        let change = world.open_change(author, &format!("feat: step {number}"));
        world.merge(change, "ana");
    }
    world.install();
    stage
}

struct Round {
    own: f64,
    system: f64,
    whole: f64,
    memory: u64,
    calls: usize,
}

/// One plan, measured by GNU time.
async fn round(stage: &Stage) -> Round {
    let (figures, before) = (stage.folder.path().join("figures"), stage.world.requests().len());
    let mut program = Command::new("/usr/bin/time");
    program.args(["-f", "%U %S %e %M", "-o"]).arg(&figures).arg(&stage.binary);
    program.args(["plan", "--repo", "acme/shop"]).env_clear();
    let given = stage.program(&[]);
    program.envs(given.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = run(program).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(figures).unwrap();
    let [user, system, whole, memory] = text.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("GNU time said {text}")
    };
    let seconds = |text: &str| text.parse::<f64>().unwrap();
    Round {
        own: seconds(user) + seconds(system),
        system: seconds(system),
        whole: seconds(whole),
        memory: memory.parse().unwrap(),
        calls: stage.world.requests().len() - before,
    }
}
