//! `lockkeeper check FILE`: what is wrong with a policy file, or what it means. It reads local files only, and judges nothing itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::diagnostic::Report;
use crate::config::policy::{self, Layer};
use crate::config::release_yml;
use crate::domain::policy::Notes;

mod summary;

/// Far over what is accepted, so that "too large" is told as such and an endless file ends.
const READ_AT_MOST: u64 = 1024 * 1024;

/// The flags of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The policy file, or GitHub's `release.yml`.
    #[arg(default_value = policy::GITHUB_PATH)]
    pub file: PathBuf,

    /// The file that `extends` means, as a local file: `check` asks no forge.
    #[arg(long, value_name = "FILE")]
    pub extends: Option<PathBuf>,
}

/// Why there is nothing to be said for a file.
enum Trouble {
    /// It is wrong: exit code 1.
    Wrong(Report),
    /// It cannot be read at all: exit code 2.
    Unreadable(String),
}

/// Writes the report, or what the policy means. The exit code: 0 the file is good, 1 it is wrong, 2 it cannot be read.
pub fn run(args: &CheckArgs, out: &mut dyn io::Write) -> io::Result<u8> {
    match checked(args) {
        Ok(summary) => {
            write!(out, "{summary}")?;
            Ok(0)
        }
        Err(Trouble::Wrong(report)) => {
            write!(out, "{report}")?;
            Ok(1)
        }
        Err(Trouble::Unreadable(sentence)) => {
            writeln!(out, "{sentence}")?;
            Ok(2)
        }
    }
}

fn checked(args: &CheckArgs) -> Result<String, Trouble> {
    let name = args.file.display().to_string();
    let text = text_of(&args.file)?;
    if is_release_yml(&args.file) {
        let notes = release_yml::read(&name, &text).map_err(Trouble::Wrong)?;
        return Ok(summary::of_notes(&name, &notes));
    }
    let layer = policy::read(&name, &text).map_err(Trouble::Wrong)?;
    let base = shared(args, &layer)?;
    let not_followed = layer.extends.as_ref().filter(|_| base.is_none()).map(ToString::to_string);
    let layer = policy::merge(base.unwrap_or_default(), layer);
    let release_yml = release_yml_beside(&args.file)?;
    let policy = policy::complete(layer, release_yml);
    Ok(summary::of_policy(&name, &policy, not_followed.as_deref()))
}

/// The shared layer, where the flag says which file it is.
fn shared(args: &CheckArgs, layer: &Layer) -> Result<Option<Layer>, Trouble> {
    let Some(path) = &args.extends else { return Ok(None) };
    if layer.extends.is_none() {
        let file = args.file.display();
        return Err(Trouble::Unreadable(format!("`--extends` is given, but {file} extends nothing")));
    }
    policy::read_shared(&path.display().to_string(), &text_of(path)?).map(Some).map_err(Trouble::Wrong)
}

/// GitHub's own file in the same folder: the policy takes its categories where it has none itself.
fn release_yml_beside(file: &Path) -> Result<Option<Notes>, Trouble> {
    for name in ["release.yml", "release.yaml"] {
        let path = file.with_file_name(name);
        if path.is_file() {
            let name = path.display().to_string();
            return release_yml::read(&name, &text_of(&path)?).map(Some).map_err(Trouble::Wrong);
        }
    }
    Ok(None)
}

fn is_release_yml(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "release.yml" || name == "release.yaml")
}

fn text_of(path: &Path) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(READ_AT_MOST).read_to_end(&mut bytes))
        .map_err(|error| Trouble::Unreadable(format!("cannot read {}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|_| Trouble::Wrong(Report::not_text(&path.display().to_string())))
}

#[cfg(test)]
mod tests;
