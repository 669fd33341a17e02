//! One file per command of the program: arguments in, text and exit code out. What a command does lives in the rooms below.

pub mod audit;
pub mod check;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod draft;
pub mod explain;
pub mod health;
pub mod import;
pub mod plan;
pub mod replay;
pub mod schema;
pub mod serve;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A release manager that lives in the repository: labels, milestones and comments become releases.
#[derive(Debug, Parser)]
#[command(name = "lockkeeper", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a release on a built-in stand-in forge: no account, no network, nothing to set up.
    Demo(demo::Args),
    /// Run the bot: take webhooks, answer commands, cut releases.
    Serve(Box<serve::Args>),
    /// Show what the next release would contain, of a local clone or of a repository.
    Plan(Box<plan::Args>),
    /// Write or renew the draft release of a repository, and end: for a CI job, in place of a server.
    Draft(Box<draft::Args>),
    /// Check a policy file.
    Check(Box<check::CheckArgs>),
    /// Turn the file of another release tool into a policy file.
    Import(Box<import::Args>),
    /// Print the JSON Schema of the policy file.
    Schema(schema::SchemaArgs),
    /// Say why a promotion stands where it stands, from the database alone.
    Explain(explain::Args),
    /// Verify the journal: every row, and that the state follows from it.
    Audit(audit::Args),
    /// Bring the database's tables up to date; `serve` does so by itself where its role may.
    Db(db::Args),
    /// Work a parked or stored delivery again.
    Replay(replay::Args),
    /// Look whether the set-up is right: permissions, events, clock, and what a tag would start.
    Doctor(Box<doctor::Args>),
    /// Ask a running server whether it is healthy (for container health checks).
    Health(health::Args),
}

/// Runs the program. Errors for people go to standard error, each with what to do.
pub fn run(cli: Cli) -> ExitCode {
    match dispatch(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<u8> {
    let mut out = io::stdout().lock();
    match command {
        Command::Demo(args) => wait_for(demo::run(args)),
        Command::Serve(args) => wait_for(serve::run(*args)),
        Command::Plan(args) => wait_for(async { plan::run(*args, &mut io::stdout()).await.map(|()| 0) }),
        Command::Draft(args) => wait_for(async { draft::run(*args, &mut io::stdout()).await.map(|()| 0) }),
        Command::Check(args) => match args.repo.clone() {
            Some(path) => wait_for(async { check::run_with(*args, &path, &mut io::stdout()).await }),
            None => Ok(check::run(&args, &mut out)?),
        },
        Command::Import(args) => wait_for(async { import::run(*args, &mut io::stdout()).await.map(|()| 0) }),
        Command::Schema(args) => Ok(schema::run(args, &mut out)?),
        Command::Explain(args) => wait_for(async { explain::run(args, &mut io::stdout()).await.map(|()| 0) }),
        Command::Audit(args) => wait_for(audit::run(args)),
        Command::Db(args) => wait_for(db::run(args)),
        Command::Replay(args) => wait_for(replay::run(args)),
        Command::Doctor(args) => wait_for(doctor::run(*args)),
        Command::Health(args) => wait_for(health::run(args)),
    }
}

fn wait_for(future: impl Future<Output = anyhow::Result<u8>>) -> anyhow::Result<u8> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}
