//! The executors of the teams: they take up what the bot asks for, and report. They are never killed.

use std::time::Duration;

use lockkeeper::sandbox::{ACTIONS, World};

/// The workflow that carries a release to production, where the team uses one.
pub(crate) const WORKFLOW: &str = "deploy.yml";

/// How often an executor looks around; each time it goes a step on.
const ROUND: Duration = Duration::from_millis(150);

/// Carries out what the bot asks for, for as long as it is let.
pub(crate) async fn carry_on(world: &World) {
    loop {
        tokio::time::sleep(ROUND).await;
        report(world, "in_progress", "success");
        report(world, "waiting", "in_progress");
        for run in world.runs_of(WORKFLOW) {
            match run.status {
                "queued" => world.begin_run(run.id),
                "in_progress" => world.finish_run(run.id, "success"),
                _ => {}
            }
        }
    }
}

fn report(world: &World, from: &str, to: &str) {
    let ours = world.deployments().into_iter().filter(|one| one.by_bot && one.state() == from);
    ours.for_each(|one| world.report(ACTIONS, one.id, to, ""));
}
