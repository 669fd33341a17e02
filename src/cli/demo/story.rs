//! The story that the demonstration tells: a change is labelled and merged, a release is cut, carried to staging and production, and back at night. Each step says what must come true.

use jiff::Timestamp;
use jiff::civil::{self, DateTime};
use jiff::tz::TimeZone;

use super::stage::Stage;
use super::teller::Teller;
use super::{Step, people};
use crate::sandbox::World;

const PRODUCTION: [&str; 3] = ["production/eu-1", "production/us-1", "production/us-2"];

/// Plays the story to its end.
///
/// # Errors
/// Names the first step that does not come true.
pub(super) async fn play(stage: &Stage) -> anyhow::Result<()> {
    people::settle_in(&stage.world, stage.scene);
    stage.world.install();
    stage.settled("install").await?;
    people::work(&stage.world);
    stage.settled("work").await?;
    println!("acme/shop: v1.4.2 is in production, six changes were merged since.\n");
    let mut story = Story { stage, teller: Teller::default(), home: 0 };
    story.teller.skip(stage);
    let told = story.tell().await;
    // Where it stops short, what happened last says most.
    story.teller.tell(stage);
    told
}

/// The story on its way.
struct Story<'a> {
    stage: &'a Stage,
    teller: Teller,
    /// The change on which everything is said.
    home: u64,
}

impl Story<'_> {
    async fn tell(&mut self) -> anyhow::Result<()> {
        self.change().await?;
        self.cut().await?;
        self.staging().await?;
        self.gates().await?;
        self.production().await?;
        self.back().await
    }

    async fn change(&mut self) -> anyhow::Result<()> {
        let world = &self.stage.world;
        self.at(at(1, 12, 0));
        self.home = world.open_change("ana", "Sign in with passkeys");
        let home = self.home;
        self.stage
            .until("preview without a label", |world| is_previewed(world, home, "Needs a label"))
            .await?;
        self.done("preview without a label").await?;
        self.at(at(1, 12, 1));
        world.label_as("ana", self.home, "feature");
        self.stage
            .until("preview with a label", |world| is_previewed(world, home, "Features · minor"))
            .await?;
        self.done("preview with a label").await?;
        self.at(at(1, 12, 2));
        let commit = world.merge(self.home, "bob");
        for check in ["build", "e2e"] {
            world.report_check(self.stage.scene.machine, check, &commit, "success");
        }
        self.done("checks").await
    }

    async fn cut(&mut self) -> anyhow::Result<()> {
        self.stage.reach(Step::Comment);
        self.says("ana", "/release plan");
        self.answered(Step::Comment.name(), "**Next: v1.5.0**").await?;
        self.at(at(1, 12, 3));
        self.stage.reach(Step::Tag);
        self.says("ana", "/release cut");
        self.stage
            .until(Step::Tag.name(), |world| world.tags().iter().any(|tag| tag.name == "v1.5.0"))
            .await?;
        let is_out = |world: &World| world.releases().iter().any(|one| one.tag == "v1.5.0" && !one.is_draft);
        self.stage.until("release", is_out).await?;
        self.done("release").await?;
        // Runs that a tag starts show within ten seconds; only then does the bot report.
        self.at(at(1, 12, 4));
        self.answered("report", "**v1.5.0 is cut**").await
    }

    async fn staging(&mut self) -> anyhow::Result<()> {
        self.stage.reach(Step::Deployment);
        self.says("ana", "/release promote staging");
        self.ordered(Step::Deployment.name(), &["staging"]).await?;
        self.at(at(1, 12, 5));
        self.stage.executor().finish();
        self.answered("staging", "**✅ staging runs v1.5.0**").await
    }

    async fn gates(&mut self) -> anyhow::Result<()> {
        self.at(at(1, 12, 20));
        self.says("ana", "/release promote production");
        self.answered("prompt", "needs one of you").await?;
        self.at(at(1, 12, 41));
        self.stage.reach(Step::Approval);
        self.says("bob", "/release approve p2.1");
        self.answered(Step::Approval.name(), "Your approval of p2.1 counts").await
    }

    async fn production(&mut self) -> anyhow::Result<()> {
        let [first, rest @ ..] = PRODUCTION;
        self.at(at(1, 14, 5));
        self.ordered("first wave", &[first]).await?;
        self.at(at(1, 14, 7));
        self.stage.executor().finish();
        self.done("first wave").await?;
        self.at(at(1, 14, 22));
        self.ordered("second wave", &rest).await?;
        self.at(at(1, 14, 24));
        self.stage.executor().finish();
        self.done("second wave").await?;
        self.at(at(1, 14, 39));
        self.answered("notes", "**🚢 In production since").await
    }

    async fn back(&mut self) -> anyhow::Result<()> {
        self.at(at(2, 3, 10));
        self.stage.reach(Step::Rollback);
        self.says("sam", "/release rollback production -- 5xx up");
        let [first, rest @ ..] = PRODUCTION;
        self.ordered(Step::Rollback.name(), &[first]).await?;
        self.at(at(2, 3, 12));
        self.stage.executor().finish();
        // Going back, no wave is watched: the second one follows at once.
        self.ordered("second wave back", &rest).await?;
        self.at(at(2, 3, 14));
        self.stage.executor().finish();
        self.answered("back", "**✅ production is back on v1.4.2**").await?;
        let is_followed_up = |world: &World| world.changes().iter().any(|one| !one.is_change);
        self.stage.until("follow-up", is_followed_up).await?;
        self.answered("notes of the way back", "**↩️ No longer in production").await
    }

    /// Waits for new deployments to these places, and takes them up.
    async fn ordered(&mut self, step: &str, places: &[&str]) -> anyhow::Result<()> {
        let is_asked_for = |world: &World| {
            places.iter().all(|place| {
                let is_new = |state: &str| matches!(state, "waiting" | "in_progress");
                world.deployments_to(place).iter().any(|one| one.by_bot && is_new(one.state()))
            })
        };
        self.stage.until(step, is_asked_for).await?;
        self.stage.settled(step).await?;
        self.stage.executor().take_up();
        self.done(step).await
    }

    /// Somebody writes where the story is told.
    fn says(&self, login: &str, words: &str) {
        self.stage.world.comment(login, self.home, words);
    }

    /// Waits for an answer of the bot that holds these words, and tells.
    async fn answered(&mut self, step: &str, words: &str) -> anyhow::Result<()> {
        let home = self.home;
        self.stage.until(step, |world| is_said(world, home, words)).await?;
        self.done(step).await
    }

    /// Waits until all that was caused is done, and tells.
    async fn done(&mut self, step: &str) -> anyhow::Result<()> {
        self.stage.settled(step).await?;
        self.teller.tell(self.stage);
        Ok(())
    }

    /// Moves the clock on; a long pause is told.
    fn at(&mut self, moment: Timestamp) {
        self.teller.pass(self.stage.now(), moment);
        self.stage.move_on_to(moment);
    }
}

/// By a check, or by a note on the change.
fn is_previewed(world: &World, number: u64, title: &str) -> bool {
    let is_so = |one: &str| one.starts_with(title);
    world.check_runs().iter().any(|check| check.title.as_deref().is_some_and(is_so))
        || world.bot_comments(number).iter().any(|body| is_so(body.trim_start_matches("**")))
}

fn is_said(world: &World, number: u64, words: &str) -> bool {
    world.bot_comments(number).iter().any(|body| body.contains(words))
}

/// A moment of December 2026, by the clock of the demonstration.
fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
    let moment: DateTime = civil::date(2026, 12, day).at(hour, minute, 0, 0);
    moment.to_zoned(TimeZone::UTC).expect("every moment of UTC exists").timestamp()
}
