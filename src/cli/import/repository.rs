//! `lockkeeper import --repo`: the file comes from the forge, with the bot's own rights. Reads only.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;

use super::Args;
use crate::cli::plan::repository::found;
use crate::clock::Clock;
use crate::config::import::Source;
use crate::domain::id::ProjectPath;

/// As often files are read because of what was read before: a file, then the one that it extends.
const ROUNDS: usize = 3;

/// The repository's file. It is read again with what was missing until nothing is.
pub(super) async fn source(path: &ProjectPath, args: &Args) -> anyhow::Result<Source> {
    let (forge, project) = found(path, args.forge.clone(), &Clock::system()).await?;
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    let whose = path.to_string();
    for _ in 0..ROUNDS {
        let (read, missing) = with(&known, &whose, args);
        if missing.is_empty() {
            return read;
        }
        for file in missing {
            let text = forge.text_of(&project, &file).await;
            let text = text.with_context(|| format!("{file} of {path} could not be read"))?;
            known.insert(file, text);
        }
    }
    with(&known, &whose, args).0
}

/// What follows from the files that are known, and which others were asked for.
fn with(
    known: &BTreeMap<String, Option<String>>,
    whose: &str,
    args: &Args,
) -> (anyhow::Result<Source>, BTreeSet<String>) {
    let missing = RefCell::new(BTreeSet::new());
    let files = |file: &str| {
        let text = known.get(file);
        if text.is_none() {
            missing.borrow_mut().insert(file.to_owned());
        }
        text.cloned().flatten()
    };
    let read = super::source(&files, whose, args.format);
    (read, missing.into_inner())
}
