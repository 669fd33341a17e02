//! Each rule meets a violation planted for it, and something that only looks like one. The real files are not read here.

use std::collections::BTreeSet;

use crate::reading::{Source, Tree, tests_in};
use crate::{arrows, bans, neutral, papers, shape};

const MANIFEST: &str = "[package]\nname = \"x\"\n\n[dependencies]\ntokio = \"1\"\nserde = \"1\"\nasync-trait = \"0.1\"\n\n[dev-dependencies]\ninsta = \"1\"\n";

fn tree(files: &[(&str, &str)]) -> Tree {
    let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
    Tree::parse(&sources).expect("the planted sources parse")
}

/// Plants `text` at `path` in a small crate and asks the arrows.
fn arrow(path: &str, text: &str) -> Vec<String> {
    let others = ["domain", "config", "store", "forge", "engine", "web", "app", "cli", "sandbox"];
    let mut files: Vec<(String, &str)> = others
        .iter()
        .map(|room| (format!("src/{room}.rs"), "//! A room."))
        .filter(|(known, _)| known != path)
        .collect();
    files.push((path.to_owned(), text));
    arrows::imports_point_one_way(&tree(
        &files.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>(),
    ))
}

#[track_caller]
fn refused(violations: &[String], with: &str) {
    assert!(
        violations.iter().any(|violation| violation.contains(with)),
        "wanted `{with}` in {violations:#?}"
    );
}

#[track_caller]
fn accepted(violations: &[String]) {
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn an_arrow_to_the_right_is_refused_however_it_is_written() {
    for text in [
        "use crate::engine::work;",
        "use crate::{clock, engine::{self, work}};",
        "use super::super::{engine};",
        "use super::super::engine::work as w;",
        "pub use crate::engine::*;",
        "fn f() { crate::engine::work() }",
        "fn f(_: &dyn crate::engine::Step) {}",
        "fn f() { super::super::engine::work() }",
        "fn f() { println!(\"{}\", crate::engine::work()) }",
        "mod inner { use super::super::super::engine::work; }",
        "macro_rules! m { () => { $crate::engine::work() } }",
        "fn f() { use crate::engine::work; }",
        "#[derive(crate::engine::Derive)] struct S;",
    ] {
        refused(&arrow("src/store/inbox.rs", text), "`engine` stands to the right of `store`");
    }
}

#[test]
fn arrows_to_the_left_and_within_a_room_are_accepted() {
    for (path, text) in [
        (
            "src/store/inbox.rs",
            "use crate::domain::id::Lane; use super::sql; pub(crate) struct S; pub(super) fn f() {}",
        ),
        ("src/engine/work.rs", "use crate::{domain, store::{self, Store}, forge, config};"),
        ("src/cli/demo.rs", "use crate::{app, sandbox, web, engine};"),
        ("src/main.rs", "fn main() { lockkeeper::cli::run() }"),
        (
            "src/store/inbox.rs",
            "// use crate::engine;\n/// See [`crate::engine`].\nconst S: &str = \"crate::engine::x\";",
        ),
        ("src/store/inbox.rs", "#[cfg(test)] mod tests { use crate::engine::work; }"),
        ("src/store/inbox.rs", "#[cfg(all(test, unix))] use crate::engine::work;"),
    ] {
        accepted(&arrow(path, text));
    }
}

#[test]
fn code_that_also_runs_in_production_is_not_taken_for_a_test() {
    refused(&arrow("src/store/inbox.rs", "#[cfg(any(test, unix))] use crate::engine::work;"), "to the right");
    refused(&arrow("src/store/inbox.rs", "#[cfg(not(test))] use crate::engine::work;"), "to the right");
}

#[test]
fn a_file_that_only_tests_declare_may_use_anything() {
    let files = [
        ("src/engine.rs", "//! A room."),
        ("src/store.rs", "#[cfg(test)] mod tests;"),
        ("src/store/tests.rs", "use crate::engine::work;"),
        ("src/store/tests/suite.rs", "use crate::engine::work;"),
    ];
    accepted(&arrows::imports_point_one_way(&tree(&files)));
}

#[test]
fn rooms_of_one_step_never_use_each_other() {
    refused(&arrow("src/store.rs", "use crate::forge::Forge;"), "`store` and `forge` never use each other");
    refused(&arrow("src/forge.rs", "use super::config;"), "`forge` and `config` never use each other");
}

#[test]
fn the_core_uses_no_room() {
    refused(&arrow("src/domain.rs", "use crate::config;"), "`config` stands to the right of `domain`");
}

#[test]
fn the_whole_crate_is_never_taken_in() {
    for text in ["use crate::*;", "use super::*;", "use crate as everything;"] {
        refused(&arrow("src/store.rs", text), "takes the whole crate in");
    }
    accepted(&arrow("src/store/inbox.rs", "use super::*;"));
}

#[test]
fn a_room_that_the_map_does_not_know_is_refused() {
    refused(&arrow("src/utils.rs", "//! Odds and ends."), "`utils` is no room");
    refused(&arrow("src/engine.rs", "use crate::odds::ends;"), "`odds` is no room");
}

#[test]
fn the_map_of_the_crate_only_names_rooms() {
    refused(&arrow("src/lib.rs", "pub mod store; pub use store::Store;"), "it only names rooms");
    accepted(&arrow("src/lib.rs", "pub mod store; pub mod domain;"));
}

#[test]
fn forges_never_use_each_other() {
    let files = |text| {
        [
            ("src/forge/github.rs", text),
            ("src/forge/gitlab.rs", "//! A forge."),
            ("src/forge.rs", "//! Forges."),
        ]
    };
    for text in
        ["use crate::forge::gitlab::Client;", "use super::gitlab;", "fn f() { super::gitlab::read() }"]
    {
        refused(&arrows::imports_point_one_way(&tree(&files(text))), "`forge::github` and `forge::gitlab`");
    }
    accepted(&arrows::imports_point_one_way(&tree(&files("use super::Forge;"))));
}

#[test]
fn the_stand_in_knows_nothing_of_the_bot() {
    for text in [
        "use crate::domain::event::Event;",
        "use crate::domain;",
        "use crate::{forge};",
        "use crate::domain::*;",
    ] {
        refused(&arrow("src/sandbox/model.rs", text), "`sandbox` uses only");
    }
    accepted(&arrow(
        "src/sandbox/model.rs",
        "use crate::domain::id::{CommitId, TagName}; use crate::clock::Clock; use super::wire;",
    ));
}

#[test]
fn nothing_of_the_bot_knows_the_stand_in() {
    for room in ["domain", "forge", "engine", "web"] {
        refused(&arrow(&format!("src/{room}.rs"), "use crate::sandbox;"), "`sandbox` is used by");
    }
    accepted(&arrow("src/cli.rs", "use crate::sandbox::Sandbox;"));
    accepted(&arrow("src/app.rs", "use crate::sandbox::Sandbox;"));
}

#[test]
fn whatever_waits_asks_or_writes_is_refused_in_the_core() {
    for (text, what) in [
        ("async fn f() {}", "`async`"),
        ("fn f() -> impl Future<Output = ()> { async {} }", "`async`"),
        ("fn f() { g(async || ()) }", "`async`"),
        ("trait T { async fn f(); }", "`async`"),
        ("macro_rules! m { () => { x.await } }", "`await`"),
        ("use tokio::sync::Mutex;", "`tokio::sync::Mutex`"),
        ("use ::tokio::sync::Mutex;", "`tokio::sync::Mutex`"),
        ("use {serde::Serialize, async_trait::async_trait};", "`async_trait::async_trait`"),
        ("#[tokio::test] fn f() {}", "`tokio::test`"),
        ("use std::time::SystemTime;", "`std::time::SystemTime`"),
        ("use std::{collections::BTreeMap, time::{Duration, Instant}};", "`std::time::Instant`"),
        ("fn f() { std::env::args(); }", "`std::env::args`"),
        ("use std::fs;", "`std::fs`"),
        ("use std::{net::IpAddr};", "`std::net::IpAddr`"),
        ("fn f() { let _ = jiff::Timestamp::now(); }", "`jiff::Timestamp::now`"),
        ("static mut COUNT: u8 = 0;", "`static mut`"),
        ("thread_local! { static X: u8 = 0; }", "`thread_local!`"),
        ("fn f() { std::thread_local! { static X: u8 = 0; } }", "`thread_local!`"),
        ("fn f() { println!(\"x\") }", "`println!`"),
    ] {
        let planted = tree(&[("src/domain/plan.rs", text)]);
        refused(&bans::the_core_is_pure(&planted, MANIFEST), what);
    }
}

#[test]
fn what_is_pure_is_accepted_in_the_core_and_the_rest_elsewhere() {
    let pure = "use serde::Serialize; use std::{fmt, cell::RefCell, time::Duration}; static NAMES: &[&str] = &[]; #[cfg(test)] mod tests { use tokio::time; }";
    accepted(&bans::the_core_is_pure(&tree(&[("src/domain/plan.rs", pure)]), MANIFEST));
    accepted(&bans::the_core_is_pure(
        &tree(&[("src/engine.rs", "async fn f() { tokio::time::pause() }")]),
        MANIFEST,
    ));
}

#[test]
fn each_power_over_the_outside_has_one_room() {
    for (path, text, home) in [
        ("src/engine.rs", "use octocrab::Octocrab;", "forge::github"),
        ("src/forge.rs", "fn f(_: octocrab::Error) {}", "forge::github"),
        ("src/forge/gitlab.rs", "use {octocrab as o};", "forge::github"),
        ("src/engine.rs", "use sqlx::Row;", "store"),
        ("src/cli/demo.rs", "use std::process::Command;", "forge::local"),
        ("src/cli/demo.rs", "use std::process; fn f() { process::Command::new(\"x\"); }", "forge::local"),
        ("src/cli/demo.rs", "use std::process as p;", "forge::local"),
        ("src/cli/demo.rs", "use std::process::*;", "forge::local"),
        ("src/cli/demo.rs", "use std::process::{self as p};", "forge::local"),
        ("src/forge/github.rs", "use tokio::process::Command;", "forge::local"),
        ("src/cli.rs", "fn f() { std::env::var(\"X\"); }", "config::settings"),
        ("src/cli.rs", "use std::env; fn f() { env::var_os(\"X\"); }", "config::settings"),
        ("src/config.rs", "use std::env::{args, vars};", "config::settings"),
        ("src/config.rs", "use std::env as e;", "config::settings"),
        ("src/cli.rs", "struct S { #[arg(long, env = \"X\")] x: u8 }", "config::settings"),
        ("src/engine.rs", "fn f() { tokio::spawn(g()); }", "app"),
        ("src/engine.rs", "use tokio::{spawn};", "app"),
        ("src/engine.rs", "use tokio::task; fn f() { task::spawn(g()); }", "app"),
        ("src/engine.rs", "fn f() { tokio::select! { _ = tokio::spawn(g()) => {} } }", "app"),
        ("src/web.rs", "use tokio as t;", "app"),
        ("src/engine.rs", "fn f() { jiff::Timestamp::now(); }", "clock"),
        ("src/engine.rs", "use std::time::SystemTime; fn f() { SystemTime::now(); }", "clock"),
    ] {
        let violations = bans::each_power_has_one_room(&tree(&[(path, text)]));
        refused(&violations, &format!("`{home}`"));
    }
}

#[test]
fn a_power_at_home_and_its_harmless_neighbours_are_accepted() {
    for (path, text) in [
        ("src/forge/github/client.rs", "use octocrab::Octocrab;"),
        ("src/store/sql.rs", "use sqlx::Row;"),
        ("src/forge/local.rs", "use tokio::process::Command;"),
        (
            "src/config/settings.rs",
            "struct S { #[arg(long, env = \"X\")] x: u8 } fn f() { std::env::var(\"X\"); }",
        ),
        ("src/app.rs", "fn f() { tokio::spawn(g()); }"),
        ("src/clock.rs", "fn f() { Timestamp::now(); }"),
        ("src/main.rs", "use std::process::ExitCode; fn main() -> ExitCode { ExitCode::SUCCESS }"),
        ("src/cli.rs", "fn f() { std::env::temp_dir(); std::thread::sleep(x); tokio::time::sleep(y); }"),
        ("src/engine.rs", "#[cfg(test)] mod tests { fn f() { std::process::Command::new(\"git\"); } }"),
    ] {
        accepted(&bans::each_power_has_one_room(&tree(&[(path, text)])));
    }
}

#[test]
fn a_forge_that_is_named_in_the_core_is_refused() {
    for (path, text) in [
        (
            "src/domain/say.rs",
            "fn f() -> &'static str { \"If a ruleset protects tags, let this app pass it.\" }",
        ),
        ("src/domain/say.rs", "const S: &str = \"a GitHub\";"),
        ("src/domain/say.rs", "fn f() { g(format!(\"{n} workflows\")) }"),
        ("src/domain/say.rs", "const S: &str = \"E_WORKFLOW\";"),
        ("src/domain/say.rs", "const S: &str = \"workflow\";"),
        ("src/domain/change.rs", "fn f(text: &str) { text.strip_prefix(\"Merge pull request #\"); }"),
        ("src/domain/change.rs", "#[serde(rename = \"merge request\")] struct S;"),
        ("src/engine/work.rs", "fn is_gitlab() {}"),
        ("src/engine/work.rs", "struct S { ruleset: u8 }"),
        ("src/engine/work.rs", "macro_rules! m { () => { github() } }"),
    ] {
        let violations = neutral::the_core_names_no_forge(&tree(&[(path, text)]));
        refused(&violations, "one forge");
    }
}

#[test]
fn the_core_may_be_explained_by_what_forges_do() {
    for (path, text) in [
        (
            "src/domain/say.rs",
            "//! As GitHub says it.\n/// A pull request of GitHub. fn f() {}\nfn f() {} // GitLab's",
        ),
        ("src/domain/query.rs", "questions! { /// The workflows of GitHub.\n A, a(); }"),
        ("src/domain/say.rs", "#[cfg(test)] mod tests { const S: &str = \"github:7\"; }"),
        (
            "src/domain/policy/environment.rs",
            "enum Automation { Workflow } fn key() -> &'static str { \"workflow\" }",
        ),
        ("src/domain/say.rs", "fn f() -> &'static str { \"what happens when it applies\" }"),
        ("src/forge/github.rs", "const NAME: &str = \"github\";"),
    ] {
        accepted(&neutral::the_core_names_no_forge(&tree(&[(path, text)])));
    }
}

#[test]
fn a_file_cannot_be_moved_into_a_room_by_an_attribute() {
    let planted = tree(&[("src/domain.rs", "#[path = \"../engine/work.rs\"] mod work;")]);
    refused(&bans::each_power_has_one_room(&planted), "`#[path]`");
}

#[test]
fn a_file_without_a_first_line_is_refused() {
    let files = |text| [Source::new("src/store/inbox.rs", text)];
    refused(&shape::every_file_says_what_it_is(&files("use std::fmt;\n//! Late.\n")), "src/store/inbox.rs");
    refused(&shape::every_file_says_what_it_is(&files("")), "src/store/inbox.rs");
    accepted(&shape::every_file_says_what_it_is(&files("//! The inbox.\n")));
}

#[test]
fn a_name_that_says_nothing_is_refused() {
    for path in ["src/store/mod.rs", "src/store/utils.rs", "src/helpers.rs"] {
        refused(&shape::files_are_singular_nouns(&[Source::new(path, "")]), path);
    }
    accepted(&shape::files_are_singular_nouns(&[Source::new("src/store/modern.rs", "")]));
}

#[test]
fn a_file_that_nobody_reads_to_the_end_is_refused() {
    let long = "\n".repeat(601);
    refused(&shape::no_file_outgrows_a_sitting(&[Source::new("src/web.rs", &long)]), "601 lines");
    accepted(&shape::no_file_outgrows_a_sitting(&[Source::new("src/web/tests.rs", &long)]));
    accepted(&shape::no_file_outgrows_a_sitting(&[Source::new("src/web.rs", &long[1..])]));
}

#[test]
fn only_functions_that_run_count_as_tests() {
    let text = "#[test] fn one() {} #[tokio::test] async fn two() {} fn three() {} mod m { #[test] fn four() {} }
        proptest! { #[test] fn five(x in 0..1) {} } on_both!(six, seven); async fn six(bench: Bench) { assert!(three()) }
        macro_rules! made { () => { fn eight() {} } }";
    let found = tests_in(&[Source::new("src/x.rs", text)]).expect("it parses");
    assert_eq!(found, ["five", "four", "one", "six", "two"].map(str::to_owned).into());
}

fn known() -> BTreeSet<String> {
    ["it_holds", "s1a_it_is_so"].map(str::to_owned).into()
}

/// Sixteen invariants, with `last` in place of the sixteenth.
fn invariants(last: &str) -> String {
    let mut text = "# Map\n\n## Invariants\n\n".to_owned();
    for number in 1..16 {
        text.push_str(&format!("{number}. **So.** Because.\n   Tests: `it_holds`.\n"));
    }
    format!("{text}{last}\n\n## Later\n\n17. No invariant.\n")
}

#[test]
fn an_invariant_without_a_test_that_exists_is_refused() {
    let refusals = |last: &str| papers::every_invariant_names_a_test(&invariants(last), &known());
    accepted(&refusals("16. **So.** Tests: `it_holds`."));
    accepted(&refusals("16. **So.** Not built yet."));
    refused(&refusals("16. **So.** Because `of` that."), "invariant 16 names no test");
    refused(&refusals("16. **So.** Tests: `it_holds`, `it_rots`."), "`it_rots`, which is no test");
    refused(&refusals("18. **So.** Tests: `it_holds`."), "in order");
    let excused =
        invariants("16. **So.** Tests: `it_holds`.").replacen("Tests: `it_holds`", "Not built yet", 1);
    refused(&papers::every_invariant_names_a_test(&excused, &known()), "invariant 1 names no test");
}

#[test]
fn a_line_of_security_without_a_test_of_its_own_is_refused() {
    let refusals = |tests: &str| {
        let row = format!("| S1 | Signed. | `web` | parse first | {tests} |\n");
        let all = papers::every_security_line_names_tests(&row, &known());
        all.into_iter().filter(|text| text.contains("S1 ") || text.contains("carry S1")).collect::<Vec<_>>()
    };
    accepted(&refusals("`s1a_it_is_so`"));
    refused(&refusals("—"), "S1 names no test");
    refused(&refusals("`s1b_it_was_so`"), "`s1b_it_was_so`, which is no test");
    refused(&refusals("`it_holds`"), "does not carry S1 ");
    refused(&papers::every_security_line_names_tests("", &known()), "S30 names no test");
}

#[test]
fn a_complaint_without_an_answer_is_refused() {
    let refusals = |first: &str| {
        let rest: String = (2..=27).map(|at| format!("| {at} | c | a | `it_holds` |\n")).collect();
        papers::every_complaint_is_answered(&format!("{first}{rest}"), &known())
    };
    accepted(&refusals("| 1 | c | a | `it_holds` |\n"));
    accepted(&refusals("| 1 | c | Out of scope: no. | |\n"));
    refused(&refusals("| 1 | c | a | |\n"), "complaint 1 names a test or says");
    refused(&refusals("| 1 | c | a | `it_held` |\n"), "`it_held`, which is no test and no scenario");
    refused(&refusals(""), "complaints 1 to 27 in order");
    let none: String = (1..=27).map(|at| format!("| {at} | c | Out of scope: no. | |\n")).collect();
    refused(&papers::every_complaint_is_answered(&none, &known()), "0 complaints name a test");
}

#[test]
fn a_readme_that_shows_other_commands_is_refused() {
    let readme = "# R\n<!-- commands -->\n| `plan` |\n<!-- /commands -->\n";
    accepted(&papers::the_readme_shows_the_grammar(readme, "| `plan` |\n"));
    refused(&papers::the_readme_shows_the_grammar(readme, "| `cut` |\n"), "| `cut` |");
    refused(&papers::the_readme_shows_the_grammar("# R", "| `cut` |\n"), "no `<!-- commands -->`");
}

#[test]
fn a_decision_half_told_is_refused() {
    let told = |path: &str, text: &str| papers::every_decision_is_told_in_full(&[Source::new(path, text)]);
    accepted(&told("docs/decisions/0001-x.md", "## Context\n## Choice\n## Price\n"));
    refused(&told("docs/decisions/0001-x.md", "## Context\n## Choice\n"), "## Price");
    refused(&told("docs/decisions/0001-x.md", "## Price\n## Context\n## Choice\n"), "in this order");
    refused(&told("docs/decisions/0002-x.md", "## Context\n## Choice\n## Price\n"), "this is 0001");
}

#[test]
fn a_link_to_nowhere_is_refused() {
    let paper = |text: &str| [Source::new("docs/decisions/0001-x.md", text)];
    let exists = |path: &str| path == "docs/GLOSSARY.md";
    accepted(&papers::links_lead_somewhere(
        &paper("[a](../GLOSSARY.md#x) [b](https://example.org) [c](#y)"),
        exists,
    ));
    refused(&papers::links_lead_somewhere(&paper("[a](GLOSSARY.md)"), exists), "`GLOSSARY.md` leads nowhere");
}

#[test]
fn a_room_that_the_paper_map_leaves_out_is_refused() {
    let sources = [Source::new("src/lib.rs", ""), Source::new("src/store/inbox.rs", "")];
    accepted(&papers::the_map_names_every_room("| `store` | keeps |", &sources));
    refused(&papers::the_map_names_every_room("| `forge` | speaks |", &sources), "`store`");
}
