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
    let forges = app::forges(&settings.forges, &clock)?;
    let (mut all, mut wrong) = (0, 0);
    for forge in &forges {
        let of = if forges.len() > 1 { format!("{}: ", forge.name()) } else { String::new() };
        for finding in forge.examine().await {
            all += 1;
            wrong += u32::from(!finding.is_right);
            let mark = if finding.is_right { "ok   " } else { "WRONG" };
            println!("{mark}  {of}{}", finding.sentence);
        }
    }
    println!("{all} looked at, {wrong} to mend");
    Ok(u8::from(wrong > 0))
}
