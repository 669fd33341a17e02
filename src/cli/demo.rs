//! `lockkeeper demo`: a release played on the built-in stand-in forge, over real HTTP, then a page to go on with.
//!
//! The bot here is the bot of `serve`; only the forge is a stand-in, and the clock of both is the demonstration's own.

mod executor;
mod people;
mod scene;
mod stage;
mod story;
mod teller;

use std::io;

use anyhow::Context;
use clap::ValueEnum;

use stage::Stage;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::log::subscriber;
use crate::config::redact::Redactor;
use crate::config::settings::{Log, LogArgs};

/// The arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The forge that the story is played on.
    #[arg(long, value_enum, default_value_t = scene::Name::Github)]
    forge: scene::Name,
    /// End after the story, with exit code 0 if all of it came true.
    #[arg(long)]
    once: bool,
    /// Break this step at the stand-in; the story must then fail and name it.
    #[arg(long = "break", value_name = "STEP")]
    broken: Option<Step>,
    /// The port of the page on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What is logged to standard error: `off`, or a filter such as `info`.
    #[arg(long, default_value = "off", value_name = "FILTER")]
    log: String,
}

/// A step that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The stand-in takes no comment of the bot.
    Comment,
    /// The stand-in makes no tag.
    Tag,
    /// The stand-in takes no deployment.
    Deployment,
    /// The stand-in never tells what bob wrote.
    Approval,
    /// The stand-in takes no deployment once sam wants the release before.
    Rollback,
}

impl Step {
    /// Its name, as on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Tag => "tag",
            Self::Deployment => "deployment",
            Self::Approval => "approval",
            Self::Rollback => "rollback",
        }
    }
}

/// Plays the story; without `--once` it then stays up until it is ended.
///
/// # Errors
/// Where a step of the story does not come true; the message names the step.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let log = Log::new(&LogArgs { filter: args.log, format: "text".to_owned() })?;
    subscriber(&log, Redactor::new(&[]), io::stderr).init();
    let stage = Stage::set(args.forge.scene(), args.port, args.broken).await?;
    // One future from the first step to the last: dropping it would close the page that the story ends with.
    let ended = tokio::select! {
        ended = perform(&stage, args.once) => ended,
        failed = stage.serve() => failed.context("the stand-in stopped"),
    };
    stage.end().await;
    ended.map(|()| 0)
}

async fn perform(stage: &Stage, once: bool) -> anyhow::Result<()> {
    story::play(stage).await?;
    println!("\nThe story is told. {}", stage.farewell());
    if once {
        return Ok(());
    }
    println!("The page: {}  (end with Ctrl-C)", stage.page());
    println!(
        "From here on its clock goes as yours does. What the bot orders there is carried out within seconds."
    );
    tokio::select! {
        asked = crate::app::asked_to_end() => asked?,
        () = stage.go_on() => {}
    }
    Ok(())
}
