//! The story that the demonstration tells: a change is labelled and merged, a plan is asked for, a release is cut. Each step says what must come true.

use jiff::SignedDuration;

use super::stage::Stage;
use crate::sandbox::{Entry, Role};

/// A workflow that a tag starts, so that the first cut has something to ask.
const PUBLISH: &str = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo publish\n";

/// Plays the story to its end.
///
/// # Errors
/// Names the first step that does not come true.
pub(super) async fn play(stage: &Stage) -> anyhow::Result<()> {
    let mut teller = Teller { told: 0 };
    past(stage);
    teller.skip(stage);
    println!("A team of three on `acme/shop`. Its last release is v1.4.2; Lockkeeper is installed now.\n");
    stage.world.install();
    stage.settled("install").await?;
    let passkeys = preview(stage).await?;
    teller.tell(stage);
    merge(stage, passkeys).await?;
    teller.tell(stage);
    plan(stage, passkeys).await?;
    teller.tell(stage);
    cut(stage, passkeys, &mut teller).await
}

/// What was there before: people, labels, a released v1.4.2, a workflow.
fn past(stage: &Stage) {
    let world = &stage.world;
    for login in ["ana", "bob", "cem"] {
        world.give_role(login, Role::Write);
    }
    for label in ["feature", "fix", "skip-changelog"] {
        world.create_label("ana", label);
    }
    world.push_file(".github/workflows/publish.yml", PUBLISH);
    let first = world.open_change("cem", "Show prices with tax");
    world.label(first, "feature");
    let at = world.merge(first, "cem");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    world.release_by_hand("ana", "v1.4.2", &at);
    let billing = world.open_change("cem", "New billing page");
    world.label(billing, "feature");
    world.merge(billing, "ana");
    let calendar = world.open_change("bob", "fix: calendar shows dates in the reader's time zone");
    world.merge(calendar, "bob");
}

async fn preview(stage: &Stage) -> anyhow::Result<u64> {
    let world = &stage.world;
    let passkeys = world.open_change("ana", "Sign in with passkeys");
    stage
        .until("preview without a label", |world| {
            world
                .check_runs()
                .iter()
                .any(|check| check.title.as_deref().is_some_and(|title| title.starts_with("Needs a label")))
        })
        .await?;
    world.label_as("ana", passkeys, "feature");
    stage
        .until("preview with a label", |world| {
            world.check_runs().iter().any(|check| check.title.as_deref() == Some("Features · minor"))
        })
        .await?;
    stage.settled("preview").await?;
    Ok(passkeys)
}

async fn merge(stage: &Stage, passkeys: u64) -> anyhow::Result<()> {
    stage.world.merge(passkeys, "bob");
    stage.settled("merge").await
}

async fn plan(stage: &Stage, passkeys: u64) -> anyhow::Result<()> {
    stage.world.comment("ana", passkeys, "/release plan");
    said(stage, "comment", passkeys, "**Next: v1.5.0**").await
}

async fn cut(stage: &Stage, passkeys: u64, teller: &mut Teller) -> anyhow::Result<()> {
    let world = &stage.world;
    world.comment("ana", passkeys, "/release cut");
    said(stage, "question of the first cut", passkeys, "**Not yet cut**").await?;
    teller.tell(stage);
    world.comment("ana", passkeys, "/release cut");
    stage.until("tag", |world| world.tags().iter().any(|tag| tag.name == "v1.5.0")).await?;
    stage
        .until("release", |world| {
            world.releases().iter().any(|release| release.tag == "v1.5.0" && !release.is_draft)
        })
        .await?;
    stage.settled("release").await?;
    teller.tell(stage);
    println!("         (10 seconds pass, on the clock of the demonstration)");
    stage.move_on(SignedDuration::from_secs(10));
    said(stage, "report", passkeys, "**v1.5.0 is cut**").await?;
    teller.tell(stage);
    world.comment("cem", passkeys, "/release status");
    said(stage, "status", passkeys, "is out with").await?;
    teller.tell(stage);
    Ok(())
}

/// Waits for an answer of the bot that holds these words.
async fn said(stage: &Stage, step: &str, number: u64, words: &str) -> anyhow::Result<()> {
    stage.until(step, |world| world.bot_comments(number).iter().any(|body| body.contains(words))).await?;
    stage.settled(step).await
}

/// Tells what happened since it last told, from the stand-in's own log.
struct Teller {
    told: usize,
}

impl Teller {
    fn skip(&mut self, stage: &Stage) {
        self.told = stage.world.timeline().len();
    }

    fn tell(&mut self, stage: &Stage) {
        let timeline = stage.world.timeline();
        for entry in &timeline[self.told..] {
            println!("{}", line(entry));
        }
        self.told = timeline.len();
    }
}

fn line(entry: &Entry) -> String {
    let who = if entry.by_bot { "bot" } else { entry.actor.as_str() };
    let head = format!("{}  {:<5} {:<9}", entry.at.strftime("%H:%M:%S"), who, entry.subject);
    let shown = entry.text.lines().filter(|line| !line.starts_with("<!--"));
    let indent = " ".repeat(head.chars().count() + 1);
    let text: Vec<String> = shown.map(ToOwned::to_owned).collect();
    format!("{head} {}", text.join(&format!("\n{indent}")).trim_end())
}
