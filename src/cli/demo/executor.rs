//! The executor of the demonstration: in place of a team's own automation it takes up what the bot asks for, and reports. Nothing is really deployed.

use std::time::Duration;

use crate::sandbox::World;

/// How often it looks around once the story is told.
const ROUND: Duration = Duration::from_secs(2);

/// A team's automation at a forge: by whose name it reports, and where.
#[derive(Clone, Copy)]
pub(super) struct Executor<'a> {
    pub(super) name: &'static str,
    pub(super) world: &'a World,
}

impl Executor<'_> {
    /// Takes up every deployment that the bot asked for and nobody took up yet. Where the forge counts one as running from the
    /// start, there is none.
    pub(super) fn take_up(self) {
        self.report("waiting", "in_progress");
    }

    /// Says of everything that was taken up that it is there.
    pub(super) fn finish(self) {
        self.report("in_progress", "success");
    }

    /// Carries out what the bot asks for, a step each round, for as long as it is let.
    pub(super) async fn carry_on(self) {
        loop {
            tokio::time::sleep(ROUND).await;
            self.finish();
            self.take_up();
        }
    }

    fn report(self, from: &str, to: &str) {
        let ours = self.world.deployments().into_iter().filter(|one| one.by_bot && one.state() == from);
        ours.for_each(|one| self.world.report(self.name, one.id, to, ""));
    }
}
