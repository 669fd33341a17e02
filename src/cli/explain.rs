//! `lockkeeper explain`: why a promotion stands where it stands, from the database alone. Asks no forge and changes nothing, so a server may run beside it.

mod find;
mod json;

use std::io::Write;

use super::replay::StoreArgs;
use crate::domain::id::{ForgeName, ProjectPath};
use crate::domain::promotion::chronicle::Chronicle;
use crate::domain::say;
use crate::domain::say::plain::{Plain, markdown};

pub use json::{Document, PromotionDocument};

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A promotion by its number (`p7`), or an environment: what is open there, or else what ended there last. Without it: all that is open.
    #[arg(value_name = "p7|ENV")]
    what: Option<String>,
    /// The project.
    #[arg(long, value_name = "OWNER/NAME")]
    project: ProjectPath,
    /// Which forge the project is on, where it is on both.
    #[arg(long, value_name = "github|gitlab")]
    forge: Option<ForgeName>,
    /// Write JSON instead of text (docs/explain-json.md).
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Explains, and writes it to `out`.
///
/// # Errors
/// Where the database cannot be read; where nothing is meant by that name, with what could be meant.
pub async fn run(args: Args, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let engine = args.store.onlooker().await?;
    let project = find::project(&engine, &args.project, args.forge.as_ref()).await?;
    let state = engine.state_of(&project.lane).await?;
    let meant = find::promotions(&engine, &project, &state, args.what.as_deref()).await?;
    let mut told = Vec::new();
    for id in meant {
        told.extend(engine.chronicle(&project, &state, id).await?);
    }
    engine.store.close().await;
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &Document::of(&args.project, &told))?;
        writeln!(out)?;
        return Ok(());
    }
    for (at, chronicle) in told.iter().enumerate() {
        write!(out, "{}{}", if at == 0 { "" } else { "\n---\n\n" }, text(chronicle))?;
    }
    Ok(())
}

fn text(told: &Chronicle) -> String {
    markdown(&say::chronicle::explain(told), &Plain)
}
