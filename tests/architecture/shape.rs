//! How files look: a first line that says what lives there, a name that says something, a length that can be read. What they import is not looked at here.

use crate::reading::Source;

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "manager", "service", "handler", "data", "info", "misc",
];

/// Lines of a file with its tests; past that the tests move to `foo/tests.rs`, or the file is two things.
const LINES: usize = 600;

/// Files that do not begin with `//!`.
pub(crate) fn every_file_says_what_it_is(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("{}: the first line does not say what lives here (`//! …`)", source.path))
        .collect()
}

/// `mod.rs`, and names that say nothing.
pub(crate) fn files_are_singular_nouns(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter_map(|source| {
            let name = source.path.rsplit('/').next()?.strip_suffix(".rs")?;
            let complaint = match name {
                "mod" => "a module's file is `foo.rs` beside `foo/`, not `mod.rs`",
                empty if EMPTY_NAMES.contains(&empty) => "the name says nothing; name the thing",
                _ => return None,
            };
            Some(format!("{}: {complaint}", source.path))
        })
        .collect()
}

/// Files that nobody reads to the end.
pub(crate) fn no_file_outgrows_a_sitting(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.path.ends_with("/tests.rs"))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(source, lines)| format!("{}: {lines} lines; at most {LINES}", source.path))
        .collect()
}
