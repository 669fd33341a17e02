//! The file that a release-drafter file extends, where it stands in the same repository. Files of other repositories are only named.

use crate::config::diagnostic::Report;
use crate::config::import::sheet::{Cursor, Joined, Keys, Sheet};
use crate::config::import::{Files, Place};

/// What a file extends.
pub(super) enum Base {
    /// Nothing.
    None,
    /// A file of the same repository.
    File { sheet: Result<Sheet, Report>, strategy: Strategy },
    /// Something that cannot be read from here.
    Elsewhere(Place, String),
}

/// How keys are joined, key by key.
pub(super) struct Strategy(Vec<(String, Joined)>);

impl Strategy {
    pub(super) fn of(&self, key: &str) -> Joined {
        self.0.iter().find(|(known, _)| known == key).map_or(Joined::Override, |(_, joined)| *joined)
    }
}

/// The base of a file. A base that extends another one is read without it.
pub(super) fn base(keys: &Keys<'_>, files: &Files<'_>) -> Base {
    let Some(extends) = keys.get("_extends") else { return Base::None };
    let reference = extends.text().or_else(|| extends.get("from").and_then(Cursor::text));
    let Some(reference) = reference else { return Base::None };
    match local_path(reference).and_then(|path| Some((path, files(path)?))) {
        Some((path, text)) => Base::File { sheet: Sheet::read(path, &text), strategy: strategy(extends) },
        None => Base::Elsewhere(extends.place(), reference.to_owned()),
    }
}

/// `:path`, `github::path` and `file:path` are of the same repository; `@ref` would be another moment of it.
fn local_path(reference: &str) -> Option<&str> {
    let reference = reference.strip_prefix("github:").unwrap_or(reference);
    let path = reference.strip_prefix("file:").or_else(|| reference.strip_prefix(':'))?;
    (!path.contains('@')).then(|| path.trim_start_matches("./").trim_start_matches('/'))
}

fn strategy(extends: Cursor<'_>) -> Strategy {
    let written = extends.get("strategy").into_iter().flat_map(Cursor::entries);
    let joined = written.filter_map(|entry| match entry.value.text()? {
        "append" => Some((entry.key.to_owned(), Joined::Append)),
        "prepend" => Some((entry.key.to_owned(), Joined::Prepend)),
        _ => None,
    });
    Strategy(joined.collect())
}
