//! `lockkeeper audit verify`: the journal is whole, and the state follows from it.

use clap::Subcommand;

use super::replay::StoreArgs;
use crate::domain::id::Lane;

/// The arguments of `audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Verify every row of every lane, or of one.
    Verify {
        /// Only this lane (`project:github:42`).
        #[arg(long)]
        lane: Option<Lane>,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Verifies; exit code 1 where something is not whole.
///
/// # Errors
/// Where the database cannot be opened or read.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let What::Verify { lane, store } = args.what;
    let engine = store.engine().await?;
    let lanes = match lane {
        Some(lane) => vec![lane],
        None => engine.store.lanes().await?,
    };
    let mut broken = 0;
    for lane in &lanes {
        match engine.audit(lane).await {
            Ok(audited) => println!("ok      {lane}: {} rows, head {}", audited.rows, audited.head),
            Err(error) => {
                broken += 1;
                println!("BROKEN  {lane}: {error:#}");
            }
        }
    }
    println!("{} lanes, {broken} broken", lanes.len());
    Ok(u8::from(broken > 0))
}
