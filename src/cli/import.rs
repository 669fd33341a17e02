//! `lockkeeper import`: another tool's file as a policy of ours, and the notes of both side by side. What is carried over is decided in `config::import`.

mod columns;
mod repository;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;

use super::plan;
use crate::config::import::{Files, Imported, Source, Tool};
use crate::config::policy;
use crate::config::settings::ForgeArgs;
use crate::domain::id::ProjectPath;
use crate::domain::notes;
use crate::domain::plan::Plan;
use crate::domain::policy::Customs;
use crate::domain::say::plain::{Plain, markdown};
use crate::forge::local::History;

/// Turn the file of another release tool into a policy.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The folder of a local clone; its files are read as they are there, committed or not [default: this one, unless --repo is given].
    #[arg(value_name = "PATH")]
    pub folder: Option<PathBuf>,
    /// The tool whose file is read [default: the one whose file is there].
    #[arg(long, value_name = "TOOL", value_parser = tools())]
    pub format: Option<Tool>,
    /// Write the policy into this file, which must not be there yet [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show the notes of the newest changes as the other tool writes them, beside ours. A clone alone knows no labels: see --repo.
    #[arg(long)]
    pub compare: bool,
    /// A repository that the bot can read, on the forge that is set up: its file, unless a PATH is given, and its changes with their labels. Nothing is written there.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<ProjectPath>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub forge: ForgeArgs,
}

fn tools() -> impl clap::builder::TypedValueParser<Value = Tool> {
    PossibleValuesParser::new(Tool::ALL.map(Tool::name)).map(|name| {
        Tool::ALL.into_iter().find(|tool| tool.name() == name).expect("only names of tools are let through")
    })
}

/// Writes the policy, or the comparison, or the one into a file and the other to `out`.
///
/// # Errors
/// Where there is no such file, or it cannot be read; the message says what to do.
pub async fn run(args: Args, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let source = match (&args.folder, &args.repo) {
        (None, Some(path)) => repository::source(path, &args).await?,
        (folder, _) => {
            let folder = folder.clone().unwrap_or_else(|| PathBuf::from("."));
            let files = |path: &str| std::fs::read_to_string(folder.join(path)).ok();
            source(&files, &shown(&folder), args.format)?
        }
    };
    let imported = source.imported();
    match &args.output {
        Some(file) => write_new(file, &imported.text())?,
        None if args.compare => {}
        None => write!(out, "{}", imported.text())?,
    }
    if let Some(file) = &args.output {
        writeln!(out, "{}", written(file, &imported))?;
    }
    if args.compare {
        let plan = newest(&args, &imported).await?;
        write!(out, "{}", compared(&args, &source, &plan))?;
    }
    Ok(())
}

/// The one file that is there; `whose` tells a person where it was looked for.
fn source(files: &Files<'_>, whose: &str, format: Option<Tool>) -> anyhow::Result<Source> {
    let tools: Vec<Tool> = format.map_or_else(|| Tool::ALL.to_vec(), |tool| vec![tool]);
    let mut found = Vec::new();
    for tool in tools {
        found.extend(tool.read(files).transpose()?.map(|source| (tool, source)));
    }
    if found.len() > 1 {
        let names: Vec<String> =
            found.iter().map(|(tool, _)| format!("`--format {}`", tool.name())).collect();
        bail!("{whose} has files of several tools\n\nSay which one is meant: {}.", names.join(" or "));
    }
    let looked_for: Vec<&str> = match format {
        Some(tool) => tool.paths().to_vec(),
        None => Tool::ALL.iter().map(|tool| tool.paths()[0]).collect(),
    };
    found
        .pop()
        .map(|(_, source)| source)
        .with_context(|| format!("{whose} has no file to import\n\nLooked for: {}.", looked_for.join(", ")))
}

fn shown(folder: &Path) -> String {
    if folder == Path::new(".") { "this folder".to_owned() } else { folder.display().to_string() }
}

/// Writes a file that is not there yet: what a team has written is never overwritten.
fn write_new(file: &Path, text: &str) -> anyhow::Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).open(file);
    let mut opened = opened.with_context(|| format!("{} cannot be made", file.display()))?;
    opened.write_all(text.as_bytes()).with_context(|| format!("{} cannot be written", file.display()))
}

fn written(file: &Path, imported: &Imported) -> String {
    let remarks = match imported.remarks.len() {
        0 => "everything was carried over".to_owned(),
        1 => "1 thing is not as it was; the file says which".to_owned(),
        many => format!("{many} things are not as they were; the file says which"),
    };
    format!("{} is imported from {}: {remarks}", file.display(), imported.file)
}

/// The plan of the newest changes by the imported policy.
async fn newest(args: &Args, imported: &Imported) -> anyhow::Result<Plan> {
    let rules = policy::complete(imported.layer.clone(), None, &Customs::default());
    match &args.repo {
        Some(path) => {
            let first = rules.versioning.component.clone();
            let plans = plan::repository::plans(path, args.forge.clone(), (Some(rules), Some(&first)));
            plans.await?.pop().context("a policy has at least one component")
        }
        None => {
            let folder = args.folder.as_deref().unwrap_or(Path::new("."));
            let asked = plan::Asking { clone: Some(folder), from: None, today: plan::today() };
            plan::plan_of_clone(&History::read(folder, "HEAD")?, &rules, &asked)
        }
    }
}

fn compared(args: &Args, source: &Source, plan: &Plan) -> String {
    let ours = markdown(&notes::release_page(plan), &Plain);
    let theirs = source.notes(plan);
    let range =
        plan.previous.as_ref().map_or("from the beginning".to_owned(), |it| format!("since {}", it.tag));
    let version = plan.version.as_ref().map_or("nothing to release".to_owned(), ToString::to_string);
    let mut text = format!("{} changes {range}; ours would be {version}\n", plan.entries().count());
    if args.repo.is_none() {
        text.push_str(
            "A clone knows no labels and no logins; with `--repo OWNER/NAME` both sides have them.\n",
        );
    }
    text.push('\n');
    text.push_str(&columns::of(("as until now", &theirs), ("by the imported policy", &ours)));
    let missing = |these: &str, those: &str| {
        let those = numbers(those);
        let only: Vec<String> = numbers(these).into_iter().filter(|number| !those.contains(number)).collect();
        if only.is_empty() { "none".to_owned() } else { only.join(", ") }
    };
    text.push_str(&format!("\nlisted only as until now: {}\n", missing(&theirs, &ours)));
    text.push_str(&format!("listed only by the policy: {}\n", missing(&ours, &theirs)));
    text
}

/// The numbers of changes that a text names, each once, in order.
fn numbers(text: &str) -> Vec<String> {
    let mut found: Vec<u64> = text
        .split('#')
        .skip(1)
        .filter_map(|rest| {
            rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|number| format!("#{number}")).collect()
}

#[cfg(test)]
mod tests;
