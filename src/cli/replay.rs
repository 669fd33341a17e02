//! `lockkeeper replay`: what was parked, and a delivery worked again. A running server picks it up; nothing is worked here.

use std::path::Path;

use anyhow::bail;
use secrecy::ExposeSecret;

use crate::app;
use crate::clock::Clock;
use crate::config::redact::Redactor;
use crate::config::settings::StoreUrl;
use crate::engine::Engine;
use crate::engine::intake::Admitted;
use crate::store::Which;

/// Which database a command looks into.
#[derive(Debug, clap::Args)]
pub struct StoreArgs {
    #[command(flatten)]
    url: StoreUrl,
}

impl StoreArgs {
    /// An engine over the database that speaks with no forge.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub async fn engine(&self) -> anyhow::Result<Engine> {
        app::engine(self.parts()?).await
    }

    /// The same for a command that only looks: it leaves the tables as they are.
    ///
    /// # Errors
    /// Where the database cannot be opened, or its tables are older than this program.
    pub async fn onlooker(&self) -> anyhow::Result<Engine> {
        app::onlooker(self.parts()?).await
    }

    fn parts(&self) -> anyhow::Result<app::Parts> {
        let url = self.url.database_url.expose_secret();
        if let Some(path) = url.strip_prefix("sqlite:")
            && !Path::new(path).exists()
        {
            bail!(
                "there is no database at `{path}`. Name the server's with LOCKKEEPER_DATABASE_URL or --database-url"
            );
        }
        Ok(app::Parts {
            database_url: url.to_owned(),
            forges: vec![],
            admitted: Admitted::default(),
            clock: Clock::system(),
            redactor: Redactor::new(&[]),
        })
    }
}

/// The arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The delivery, as `replay` without it or the reply in the comment names it. Without it: list what is parked.
    delivery: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Lists what is parked, or lets one delivery be worked again.
///
/// # Errors
/// Where the database cannot be opened or written.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let engine = args.store.engine().await?;
    let Some(delivery) = args.delivery else {
        let parked = engine.store.parked(100).await?;
        for item in &parked {
            println!("{}  {}  {}  {}", item.key, item.received_at, item.lane, item.reason);
        }
        println!("{} parked", parked.len());
        return Ok(0);
    };
    let found = engine.store.replay(&Which::Key(delivery.clone())).await?;
    if found {
        println!("{delivery} waits to be worked again");
    } else {
        println!("{delivery} is not stored here; `lockkeeper replay` lists what is parked");
    }
    Ok(u8::from(!found))
}
