//! `lockkeeper doctor`: is the set-up right? Reads only; says what to do about each thing that is not.

use crate::app;
use crate::clock::Clock;
use crate::config::settings::{ServeArgs, Settings};

/// The arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: ServeArgs,
}

/// Looks; exit code 1 where something must be mended.
///
/// # Errors
/// Settings that are incomplete.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let settings = Settings::new(args.settings)?;
    let clock = Clock::system();
    let github = app::github(&settings.github, &clock)?;
    let findings = github.examine().await;
    let mut wrong = 0;
    for finding in &findings {
        wrong += u32::from(!finding.is_right);
        println!("{}  {}", if finding.is_right { "ok   " } else { "WRONG" }, finding.sentence);
    }
    println!("{} looked at, {wrong} to mend", findings.len());
    Ok(u8::from(wrong > 0))
}
