//! The files that name a project's version, and what they say once another one is written into them. Only the version changes: layout, comments and line ends stay. Where files are read from and written to is not known here.

mod changelog;
mod json;
mod marked;
mod toml;
mod xml;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::domain::version::Version;

pub use changelog::with_section;
pub use marked::MARK;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Cargo,
    Package,
    PyProject,
    Maven,
    Chart,
    Marked,
}

/// Files as they stand, by path; one that is not there is not among them.
pub type Files = BTreeMap<String, String>;

/// What files say with another version in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raised {
    /// Those that change, whole.
    pub files: Files,
    /// Those that were named, and are not there or name no version.
    pub left: Vec<String>,
}

impl Format {
    fn of(path: &str) -> Self {
        match name_of(path) {
            "Cargo.toml" => Self::Cargo,
            "package.json" => Self::Package,
            "pyproject.toml" => Self::PyProject,
            "pom.xml" => Self::Maven,
            "Chart.yaml" | "Chart.yml" => Self::Chart,
            _ => Self::Marked,
        }
    }

    /// Where the version stands.
    fn version(self, text: &str) -> Option<Range<usize>> {
        match self {
            Self::Cargo => toml::value(text, "package", "version")
                .or_else(|| toml::value(text, "workspace.package", "version")),
            Self::Package => json::value(text, &["version"]),
            Self::PyProject => toml::value(text, "project", "version")
                .or_else(|| toml::value(text, "tool.poetry", "version")),
            Self::Maven => xml::value(text, &["project", "version"]),
            Self::Chart => yaml::value(text, "version"),
            Self::Marked => None,
        }
    }

    /// The names of files that repeat it.
    fn locks(self) -> &'static [&'static str] {
        match self {
            Self::Cargo => &["Cargo.lock"],
            Self::Package => &["package-lock.json", "npm-shrinkwrap.json"],
            Self::PyProject | Self::Maven | Self::Chart | Self::Marked => &[],
        }
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The locks of a file: beside it, and at the root, where a workspace has them.
fn locks(path: &str) -> Vec<String> {
    let folder = path.strip_suffix(name_of(path)).unwrap_or_default();
    let names = Format::of(path).locks().iter();
    let mut found: Vec<String> =
        names.flat_map(|name| [format!("{folder}{name}"), (*name).to_owned()]).collect();
    found.dedup();
    found
}

/// What must be read to write a version into these files: they and their locks, each once.
pub fn needed(named: &[String]) -> BTreeSet<String> {
    named.iter().flat_map(|path| [vec![path.clone()], locks(path)].concat()).collect()
}

/// Writes a version into the named files and their locks.
pub fn raise(named: &[String], read: &Files, version: &Version) -> Raised {
    let (mut raised, written) = (Raised::default(), version.to_string());
    for path in named {
        let Some(text) = read.get(path) else {
            raised.left.push(path.clone());
            continue;
        };
        let found = Format::of(path).version(text);
        let spans: Vec<Range<usize>> = found.iter().cloned().chain(marked::versions(text)).collect();
        if spans.is_empty() {
            raised.left.push(path.clone());
            continue;
        }
        raised.put(read, path, (&spans, &written));
        if let Some(before) = found {
            raised.put_locks(read, path, (&text[before], &written));
        }
    }
    raised
}

impl Raised {
    fn put(&mut self, read: &Files, path: &str, (spans, written): (&[Range<usize>], &str)) {
        let Some(text) = read.get(path) else { return };
        let text = replaced(text, spans, written);
        if read.get(path) != Some(&text) {
            self.files.insert(path.to_owned(), text);
        }
    }

    fn put_locks(&mut self, read: &Files, path: &str, (before, written): (&str, &str)) {
        for lock in locks(path) {
            // Two members of a workspace share its lock.
            let Some(text) = self.files.get(&lock).or_else(|| read.get(&lock)).cloned() else { continue };
            let spans = match Format::of(path) {
                Format::Cargo => toml::own_packages(&text, read.get(path).map(String::as_str), before),
                Format::Package => [&["version"][..], &["packages", "", "version"]]
                    .iter()
                    .filter_map(|keys| json::value(&text, keys))
                    .collect(),
                Format::PyProject | Format::Maven | Format::Chart | Format::Marked => vec![],
            };
            let new = replaced(&text, &spans, written);
            if new != text {
                self.files.insert(lock, new);
            }
        }
    }
}

/// The text with other words in these places.
fn replaced(text: &str, spans: &[Range<usize>], words: &str) -> String {
    let mut spans = spans.to_vec();
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    let (mut made, mut at) = (String::with_capacity(text.len()), 0);
    for span in spans.iter().filter(|span| span.start <= span.end) {
        if span.start < at {
            continue;
        }
        made += &text[at..span.start];
        made += words;
        at = span.end;
    }
    made + &text[at..]
}

#[cfg(test)]
mod tests;
