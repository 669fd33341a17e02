//! The executor of the demonstration: in place of a team's own automation it takes up what the bot asks for, and reports. Nothing is really deployed.

use std::time::Duration;

use crate::sandbox::{ACTIONS, World};

/// How often it looks around once the story is told.
const ROUND: Duration = Duration::from_secs(2);

/// Takes up every deployment that the bot asked for and nobody took up yet.
pub(super) fn take_up(world: &World) {
    report(world, "waiting", "in_progress");
}

/// Says of everything that was taken up that it is there.
pub(super) fn finish(world: &World) {
    report(world, "in_progress", "success");
}

/// Carries out what the bot asks for, a step each round, for as long as it is let.
pub(super) async fn carry_on(world: &World) {
    loop {
        tokio::time::sleep(ROUND).await;
        finish(world);
        take_up(world);
    }
}

fn report(world: &World, from: &str, to: &str) {
    let ours = world.deployments().into_iter().filter(|one| one.by_bot && one.state() == from);
    ours.for_each(|one| world.report(ACTIONS, one.id, to, ""));
}
