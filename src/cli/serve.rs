//! `lockkeeper serve`: the bot itself, until it is asked to end.

use std::io;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tracing::info;
use tracing_subscriber::util::SubscriberInitExt;

use crate::app;
use crate::clock::Clock;
use crate::config::log::subscriber;
use crate::config::redact::Redactor;
use crate::config::settings::{ServeArgs, Settings};
use crate::forge::Forge;

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: ServeArgs,
}

/// Runs the bot until SIGTERM or Ctrl-C.
///
/// # Errors
/// Settings that are incomplete, a database that does not open, an address that is taken.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let settings = Settings::new(args.settings)?;
    let redactor = Redactor::new(&settings.secrets());
    subscriber(&settings.log, redactor.clone(), io::stderr).init();
    let clock = Clock::system();
    let forges = app::forges(&settings.forges, &clock)?;
    let admitted = app::admitted(&settings.allow, &forges).await?;
    // Before the database: a second server on the same address must not touch the first one's work.
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("LOCKKEEPER_LISTEN: {} cannot be listened on", settings.listen))?;
    let engine = app::engine(app::Parts {
        database_url: settings.database.exposed(),
        forges: forges.into_iter().map(|forge| forge as Arc<dyn Forge>).collect(),
        admitted,
        clock,
        redactor,
    })
    .await?;
    engine.take_over().await.context("LOCKKEEPER_DATABASE_URL: the database cannot be written")?;
    let address = listener.local_addr()?;
    info!(%address, "listening");
    if app::is_ours_alone(&listener) {
        info!("pages for people are at http://{address}/, for this machine alone");
    } else {
        info!("pages for people are not shown: until there is a log-in, only on a loopback address");
    }
    let running = app::start(engine, listener);
    app::asked_to_end().await?;
    running.end().await;
    Ok(0)
}
