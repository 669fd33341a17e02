//! The program's mouth; all it does is in the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    lockkeeper::cli::run(lockkeeper::cli::Cli::parse())
}
