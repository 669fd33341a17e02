//! `lockkeeper check FILE`: what is wrong with a policy file, or what it means; with `--repo`, whether the people it names are there too. It judges nothing itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::diagnostic::Report;
use crate::config::policy::{self, Layer};
use crate::config::release_yml;
use crate::config::settings::ForgeArgs;
use crate::domain::id::ProjectPath;
use crate::domain::policy::{Customs, Notes, Policy};
use crate::forge::{github, gitlab};

mod repository;
mod summary;

/// Far over what is accepted, so that "too large" is told as such and an endless file ends.
const READ_AT_MOST: u64 = 1024 * 1024;

/// The flags of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The policy file, or GitHub's `release.yml` [default: .github/lockkeeper.yml, with --repo that of the repository].
    pub file: Option<PathBuf>,

    /// The file that `extends` means, as a local file.
    #[arg(long, value_name = "FILE", requires = "file")]
    pub extends: Option<PathBuf>,

    /// A repository that the bot can read, on the forge that is set up: are the people and labels that the policy names there? Nothing is written.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<ProjectPath>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub forge: ForgeArgs,
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
        Err(trouble) => told(trouble, out),
    }
}

fn told(trouble: Trouble, out: &mut dyn io::Write) -> io::Result<u8> {
    match trouble {
        Trouble::Wrong(report) => {
            write!(out, "{report}")?;
            Ok(1)
        }
        Trouble::Unreadable(sentence) => {
            writeln!(out, "{sentence}")?;
            Ok(2)
        }
    }
}

/// As [`run`], and then what the people of a repository lack for the policy: without a file, for the repository's own.
///
/// # Errors
/// Where the repository cannot be read; the message says what to do.
pub async fn run_with(args: CheckArgs, path: &ProjectPath, out: &mut dyn io::Write) -> anyhow::Result<u8> {
    let given = match args.file.as_deref().map(|file| read(&args, file)).transpose() {
        Ok(given) => given,
        Err(trouble) => return Ok(told(trouble, out)?),
    };
    let (shown, policy) = given.map_or((None, None), |good| (Some(good.summary()), Some(good.policy)));
    repository::check(path, args.forge, (shown, policy), out).await
}

/// A policy file that is right.
struct Good {
    name: String,
    policy: Policy,
    not_followed: Option<String>,
}

impl Good {
    fn summary(&self) -> String {
        summary::of_policy(&self.name, &self.policy, self.not_followed.as_deref())
    }
}

fn checked(args: &CheckArgs) -> Result<String, Trouble> {
    let file = args.file.as_deref().unwrap_or(Path::new(policy::GITHUB_PATH));
    if is_release_yml(file) {
        let name = file.display().to_string();
        let notes = release_yml::read(&name, &text_of(file)?).map_err(Trouble::Wrong)?;
        return Ok(summary::of_notes(&name, &notes));
    }
    read(args, file).map(|good| good.summary())
}

/// The customs of the forge whose folder the file is in. In any other folder it may be meant for any.
fn customs_at(file: &Path) -> Customs {
    match file.parent().and_then(Path::file_name).and_then(std::ffi::OsStr::to_str) {
        Some(".github") => github::customs(),
        Some(".gitlab") => gitlab::customs(),
        _ => Customs { starts: vec![], ..github::customs() },
    }
}

fn read(args: &CheckArgs, file: &Path) -> Result<Good, Trouble> {
    let name = file.display().to_string();
    let layer = policy::read(&name, &text_of(file)?, &customs_at(file)).map_err(Trouble::Wrong)?;
    let base = shared(args, file, &layer)?;
    let not_followed = layer.extends.as_ref().filter(|_| base.is_none()).map(ToString::to_string);
    let layer = policy::merge(base.unwrap_or_default(), layer);
    let policy = policy::complete(layer, release_yml_beside(file)?, &customs_at(file));
    Ok(Good { name, policy, not_followed })
}

/// The shared layer, where the flag says which file it is.
fn shared(args: &CheckArgs, file: &Path, layer: &Layer) -> Result<Option<Layer>, Trouble> {
    let Some(path) = &args.extends else { return Ok(None) };
    if layer.extends.is_none() {
        let file = file.display();
        return Err(Trouble::Unreadable(format!("`--extends` is given, but {file} extends nothing")));
    }
    policy::read_shared(&path.display().to_string(), &text_of(path)?, &customs_at(file))
        .map(Some)
        .map_err(Trouble::Wrong)
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
