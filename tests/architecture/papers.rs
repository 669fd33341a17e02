//! What the papers promise: each invariant and each line of security names tests that exist, links lead somewhere, the README shows the grammar's commands. No prose is judged.

use std::collections::BTreeSet;

use crate::reading::Source;

/// Invariants are numbered from 1 to this.
const INVARIANTS: u32 = 16;

/// Those that concern what is not built yet. The list only shrinks.
const NOT_BUILT_YET: &[u32] = &[16];

/// The lines of security that this version must keep.
const SECURITY_LINES: &[u32] =
    &[1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 27, 29, 30, 32];

/// The complaints in `docs/COMPARISON.md`, and how many of them must name a test or a scenario.
const COMPLAINTS: u32 = 27;
const SHOWN_AT_LEAST: usize = 20;

/// Between these the README shows the commands.
const TABLE_BEGINS: &str = "<!-- commands -->";
const TABLE_ENDS: &str = "<!-- /commands -->";

/// Headings that a decision has, in this order.
const DECISION: &[&str] = &["## Context", "## Choice", "## Price"];

/// Rooms that the map in `docs/ARCHITECTURE.md` leaves out.
pub(crate) fn the_map_names_every_room(map: &str, sources: &[Source]) -> Vec<String> {
    let rooms: BTreeSet<&str> = sources
        .iter()
        .filter_map(|source| source.path.strip_prefix("src/")?.split(['/', '.']).next())
        .filter(|room| *room != "lib")
        .collect();
    rooms
        .into_iter()
        .filter(|room| !map.contains(&format!("`{room}`")))
        .map(|room| format!("docs/ARCHITECTURE.md: the map leaves out `{room}`"))
        .collect()
}

/// Invariants that are missing, out of order, or name no test that exists.
///
/// An invariant is a paragraph that begins with its number; it ends with `Tests:` and names in backticks, or with `Not built yet`.
pub(crate) fn every_invariant_names_a_test(architecture: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let found = invariants(architecture);
    let numbers: Vec<u32> = found.iter().map(|(number, _)| *number).collect();
    let mut violations = Vec::new();
    if numbers != (1..=INVARIANTS).collect::<Vec<_>>() {
        violations
            .push(format!("docs/ARCHITECTURE.md: invariants 1 to {INVARIANTS} in order, found {numbers:?}"));
    }
    for (number, text) in found {
        let named = names_after(&text, "Tests:");
        let excused = text.contains("Not built yet") && NOT_BUILT_YET.contains(&number);
        if named.is_empty() && !excused {
            violations.push(format!("docs/ARCHITECTURE.md: invariant {number} names no test"));
        }
        violations.extend(absent(&named, tests).map(|name| {
            format!("docs/ARCHITECTURE.md: invariant {number} names `{name}`, which is no test")
        }));
    }
    violations
}

/// Lines of security that are missing, or name no test of theirs that exists.
///
/// A line is a row of a table: `| S1 | claim | where | what turns it red | `s1a_…`, `s1b_…` |`.
pub(crate) fn every_security_line_names_tests(security: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let rows: Vec<(u32, &str)> = security.lines().filter_map(security_row).collect();
    let mut violations = Vec::new();
    for wanted in SECURITY_LINES {
        let named: Vec<String> = rows
            .iter()
            .filter(|(number, _)| number == wanted)
            .flat_map(|(_, row)| names_after(row.rsplit_once(" | ").map_or("", |(_, last)| last), ""))
            .collect();
        if named.is_empty() {
            violations.push(format!("docs/SECURITY.md: S{wanted} names no test"));
        }
        violations.extend(
            named
                .iter()
                .filter(|name| !carries(name, *wanted))
                .map(|name| format!("docs/SECURITY.md: `{name}` does not carry S{wanted} in its name")),
        );
        violations.extend(
            absent(&named, tests)
                .map(|name| format!("docs/SECURITY.md: S{wanted} names `{name}`, which is no test")),
        );
    }
    violations
}

/// Complaints that are missing, name nothing that shows the answer without saying why, or name what does not exist.
///
/// A complaint is a row of a table: `| 1 | complaint | answer | `test`, `scenario` |`.
pub(crate) fn every_complaint_is_answered(comparison: &str, shown_by: &BTreeSet<String>) -> Vec<String> {
    let rows: Vec<(u32, Vec<&str>)> = comparison.lines().filter_map(complaint_row).collect();
    let numbers: Vec<u32> = rows.iter().map(|(number, _)| *number).collect();
    let mut violations = Vec::new();
    if numbers != (1..=COMPLAINTS).collect::<Vec<_>>() {
        violations
            .push(format!("docs/COMPARISON.md: complaints 1 to {COMPLAINTS} in order, found {numbers:?}"));
    }
    let mut shown = 0;
    for (number, cells) in &rows {
        let named = names_after(cells.last().copied().unwrap_or_default(), "");
        let is_excused = cells.iter().any(|cell| cell.starts_with("Out of scope"));
        if named.is_empty() != is_excused {
            violations.push(format!(
                "docs/COMPARISON.md: complaint {number} names a test or says `Out of scope`, one of the two"
            ));
        }
        shown += usize::from(!named.is_empty());
        violations.extend(absent(&named, shown_by).map(|name| {
            format!("docs/COMPARISON.md: complaint {number} names `{name}`, which is no test and no scenario")
        }));
    }
    if shown < SHOWN_AT_LEAST {
        violations.push(format!(
            "docs/COMPARISON.md: {shown} complaints name a test, at least {SHOWN_AT_LEAST} must"
        ));
    }
    violations
}

/// Whether the README shows the table that the grammar makes.
pub(crate) fn the_readme_shows_the_grammar(readme: &str, table: &str) -> Vec<String> {
    let shown = readme.split_once(TABLE_BEGINS).and_then(|(_, rest)| rest.split_once(TABLE_ENDS));
    match shown {
        None => vec![format!("README.md: no `{TABLE_BEGINS}` … `{TABLE_ENDS}`")],
        Some((shown, _)) if shown.trim() == table.trim() => Vec::new(),
        Some(_) => vec![format!(
            "README.md: the commands differ from the grammar. Between the markers goes:\n\n{}",
            table.trim()
        )],
    }
}

/// Decisions without a number, or without context, choice and price.
pub(crate) fn every_decision_is_told_in_full(decisions: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for (expected, decision) in (1..).zip(decisions) {
        let name = decision.path.rsplit('/').next().unwrap_or_default();
        if !name.starts_with(&format!("{expected:04}-")) {
            violations.push(format!(
                "{}: decisions are numbered without gaps; this is {expected:04}",
                decision.path
            ));
        }
        let places: Vec<Option<usize>> = DECISION.iter().map(|heading| decision.text.find(heading)).collect();
        if places.iter().any(Option::is_none) || !places.is_sorted() {
            violations.push(format!("{}: tells {} in this order", decision.path, DECISION.join(", ")));
        }
    }
    violations
}

/// Links to files of the repository that are not there.
pub(crate) fn links_lead_somewhere(papers: &[Source], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut violations = Vec::new();
    for paper in papers {
        let folder = paper.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in link_targets(&paper.text) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !exists(&joined(folder, file)) {
                violations.push(format!("{}: `{target}` leads nowhere", paper.path));
            }
        }
    }
    violations
}

fn invariants(architecture: &str) -> Vec<(u32, String)> {
    let section = architecture.split_once("\n## Invariants").map_or("", |(_, rest)| rest);
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut found = Vec::<(u32, String)>::new();
    for line in section.lines() {
        let number = line.split_once(". ").and_then(|(number, _)| number.parse().ok());
        match (number, found.last_mut()) {
            (Some(number), _) => found.push((number, line.to_owned())),
            (None, Some((_, text))) => {
                text.push('\n');
                text.push_str(line);
            }
            (None, None) => {}
        }
    }
    found
}

fn security_row(line: &str) -> Option<(u32, &str)> {
    let row = line.trim().strip_prefix("| S")?.strip_suffix('|')?.trim_end();
    let (number, _) = row.split_once(' ')?;
    Some((number.parse().ok()?, row))
}

fn complaint_row(line: &str) -> Option<(u32, Vec<&str>)> {
    let cells: Vec<&str> =
        line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    (cells.len() == 4).then_some(())?;
    Some((cells[0].parse().ok()?, cells))
}

/// `s1_…`, `s1a_…`.
fn carries(name: &str, line: u32) -> bool {
    let rest = name.strip_prefix(&format!("s{line}")).unwrap_or_default();
    let rest = rest.strip_prefix(|letter: char| letter.is_ascii_lowercase()).unwrap_or(rest);
    rest.starts_with('_')
}

/// The words in backticks after a mark.
fn names_after(text: &str, mark: &str) -> Vec<String> {
    let after = if mark.is_empty() { text } else { text.split_once(mark).map_or("", |(_, after)| after) };
    after.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn absent<'a>(named: &'a [String], tests: &'a BTreeSet<String>) -> impl Iterator<Item = &'a String> {
    named.iter().filter(|name| !tests.contains(*name))
}

fn link_targets(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

/// `docs/decisions` and `../GLOSSARY.md` give `docs/GLOSSARY.md`.
fn joined(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}
