//! `lockkeeper db`: what the owner of the database does to it. Nothing is worked or sent here.

use clap::Subcommand;

use super::replay::StoreArgs;

/// The arguments of `db`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bring the tables up to date. On PostgreSQL with separate roles: as the owner, before `serve` is upgraded.
    Migrate {
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Migrates; exit code 0 where the tables are as this program wants them.
///
/// # Errors
/// Where the database cannot be opened or its tables not be changed.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let What::Migrate { store } = args.what;
    let engine = store.engine().await?;
    engine.store.close().await;
    println!("the tables are up to date");
    Ok(0)
}
