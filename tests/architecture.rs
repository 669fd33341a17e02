//! The habits of the repository, checked: which way imports point, what each room may touch, and that the papers name tests that exist.
//! Every rule is a function over texts, so that a violation can be planted for each. What the program does is tested elsewhere.

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/bans.rs"]
mod bans;
#[path = "architecture/neutral.rs"]
mod neutral;
#[path = "architecture/papers.rs"]
mod papers;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/reading.rs"]
mod reading;
#[path = "architecture/shape.rs"]
mod shape;

use std::fs;
use std::path::{Path, PathBuf};

use reading::{Source, Tree};

#[test]
fn imports_point_one_way() {
    holds(&arrows::imports_point_one_way(&tree()));
}

#[test]
fn the_core_is_pure() {
    holds(&bans::the_core_is_pure(&tree(), &read("Cargo.toml")));
}

#[test]
fn what_one_room_may_touch_no_other_does() {
    holds(&bans::each_power_has_one_room(&tree()));
}

#[test]
fn s25a_no_process_is_started_outside_the_local_clone() {
    let violations = bans::each_power_has_one_room(&tree());
    holds(&violations.into_iter().filter(|violation| violation.contains("(S25)")).collect::<Vec<_>>());
}

#[test]
fn the_core_names_no_forge() {
    holds(&neutral::the_core_names_no_forge(&tree()));
}

#[test]
fn every_file_says_what_it_is() {
    let mut all = sources("src");
    all.extend(sources("tests"));
    holds(&shape::every_file_says_what_it_is(&all));
    holds(&shape::files_are_singular_nouns(&all));
}

#[test]
fn no_file_outgrows_a_sitting() {
    holds(&shape::no_file_outgrows_a_sitting(&sources("src")));
}

#[test]
fn the_map_names_every_room() {
    holds(&papers::the_map_names_every_room(&read("docs/ARCHITECTURE.md"), &sources("src")));
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    holds(&papers::every_invariant_names_a_test(&read("docs/ARCHITECTURE.md"), &tests_there_are()));
}

#[test]
fn every_line_of_security_names_tests_that_exist() {
    holds(&papers::every_security_line_names_tests(&read("docs/SECURITY.md"), &tests_there_are()));
}

#[test]
fn every_complaint_about_others_is_answered_with_a_test_or_a_word() {
    let mut shown_by = tests_there_are();
    shown_by.extend(folders_under("fixtures/scenarios"));
    holds(&papers::every_complaint_is_answered(&read("docs/COMPARISON.md"), &shown_by));
}

// Switched on by taking the next line away, once `domain::command` has its table.
#[test]
fn the_readme_shows_the_commands_of_the_grammar() {
    holds(&papers::the_readme_shows_the_grammar(
        &read("README.md"),
        &lockkeeper::domain::command::table_markdown(),
    ));
}

#[test]
fn every_decision_is_told_in_full() {
    holds(&papers::every_decision_is_told_in_full(&files_under("docs/decisions", "md")));
}

#[test]
fn no_paper_links_to_a_file_that_is_not_there() {
    let mut all = files_under("docs", "md");
    all.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|path| Source::new(path, &read(path))));
    holds(&papers::links_lead_somewhere(&all, |path| root().join(path).exists()));
}

fn holds(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn tree() -> Tree {
    Tree::parse(&sources("src")).expect("the sources parse")
}

fn tests_there_are() -> std::collections::BTreeSet<String> {
    let mut all = sources("src");
    all.extend(sources("tests"));
    reading::tests_in(&all).expect("the sources parse")
}

fn folders_under(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|cause| panic!("{folder}: {cause}"));
    let entries = entries.map(|entry| entry.expect("a folder that was opened can be listed"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

fn sources(folder: &str) -> Vec<Source> {
    files_under(folder, "rs")
}

/// All files of that kind under a folder, by path relative to the root, in order.
fn files_under(folder: &str, extension: &str) -> Vec<Source> {
    let mut waiting = vec![root().join(folder)];
    let mut found = Vec::<PathBuf>::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display())) {
            let path = entry.expect("a folder that was opened can be listed").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
        .iter()
        .map(|path| {
            let relative = path.strip_prefix(root()).expect("it was found under the root");
            let text = fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
            Source::new(&relative.to_string_lossy(), &text)
        })
        .collect()
}
