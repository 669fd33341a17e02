//! The story that every project plays: cut, staging, two waves of production with an approval, and back. What it left is not judged here.

use std::time::{Duration, Instant};

use lockkeeper::sandbox::{DeliveryFate, Role, World};

use crate::setting::Setting;
use crate::stage::BEAT;

/// A step that takes longer than this makes the operator look for failed deliveries.
const PATIENCE: Duration = Duration::from_secs(15);

/// What people write, and what the bot must have said before the next of them writes.
const COMMANDS: [(&str, &str, &str); 8] = [
    ("ana", "/release plan", "**Next: v1.5.0**"),
    ("ana", "/release cut", "**Not yet cut**"),
    ("ana", "/release cut", "**v1.5.0 is cut**"),
    ("ana", "/release promote staging", "**✅ staging runs v1.5.0**"),
    ("ana", "/release promote production", "**v1.5.0 → production needs one of you**"),
    ("bob", "/release approve p2.1", "**🚢 In production since"),
    ("ana", "/release rollback production -- 5xx up", "**↩️ No longer in production**"),
    ("ana", "/release status", " · held: v1.5.0"),
];

/// Deployments carry a mark by which they are found again. A run of automation carries none: where the server dies between taking
/// such an order up and sending it, nobody can know, and a person is asked (`docs/effects.md`). That is no story of this kind.
const POLICY: &str = "environments:\n  staging: { deploy: event }\n  production:\n    after: staging\n    deploy: event\n    \
                      approvals: 1\n    waves: [eu-1, [us-1, us-2]]\n";

/// Where a story was told, and the commands in it.
pub(crate) struct Thread {
    pub(crate) path: String,
    pub(crate) number: u64,
    pub(crate) commands: Vec<u64>,
}

/// What was there before: people, how they deploy, v1.4.2 everywhere, a workflow that a tag starts, a merged change.
pub(crate) fn past(world: &World, setting: Setting) {
    for login in ["ana", "bob", "cem"] {
        world.give_role(login, Role::Write);
    }
    world.create_label("ana", "feature");
    for (path, text) in setting.files {
        world.push_file(path, text);
    }
    world.push_file(setting.policy, POLICY);
    let first = world.open_change("cem", "Show prices with tax");
    let at = world.merge(first, "cem");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    world.release_by_hand("ana", "v1.4.2", &at);
    for environment in ["staging", "production"] {
        let deployment = world.deploy("ana", environment, "v1.4.2");
        world.report(setting.machine, deployment, "success", "");
    }
    let calendar = world.open_change("bob", "fix: calendar shows dates in the reader's time zone");
    world.merge(calendar, "bob");
}

pub(crate) async fn play(world: &World) -> Thread {
    let number = world.open_change("ana", "Sign in with passkeys");
    world.label_as("ana", number, "feature");
    world.merge(number, "bob");
    let mut commands = Vec::new();
    for (login, command, answer) in COMMANDS {
        commands.push(world.comment(login, number, command));
        said(world, number, answer).await;
        println!("{}: {answer}", world.path());
    }
    Thread { path: world.path(), number, commands }
}

/// Whether the bot gave the last answer.
pub(crate) fn is_over(world: &World) -> bool {
    let (.., last) = COMMANDS[COMMANDS.len() - 1];
    world.changes().iter().filter(|one| one.is_change).any(|change| is_said(world, change.number, last))
}

fn is_said(world: &World, number: u64, words: &str) -> bool {
    world.bot_comments(number).iter().any(|body| body.contains(words))
}

async fn said(world: &World, number: u64, answer: &str) {
    let mut looked = Instant::now();
    while !is_said(world, number, answer) {
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
