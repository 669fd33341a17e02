//! The executors of the teams: they take up what the bot asks for, and report. They are never killed.

use std::time::Duration;

use lockkeeper::sandbox::World;

use crate::setting::Setting;

/// How often an executor looks around; each time it goes a step on.
const ROUND: Duration = Duration::from_millis(150);

/// Carries out what the bot asks for, for as long as it is let.
pub(crate) async fn carry_on(world: &World, setting: Setting) {
    loop {
        tokio::time::sleep(ROUND).await;
        report(world, setting, ("in_progress", "success"));
        report(world, setting, ("waiting", "in_progress"));
    }
}

fn report(world: &World, setting: Setting, (from, to): (&str, &str)) {
    let ours = world.deployments().into_iter().filter(|one| one.by_bot && one.state() == from);
    ours.for_each(|one| world.report(setting.machine, one.id, to, ""));
}
