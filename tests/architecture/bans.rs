//! What a room may not touch: the core touches nothing, and each power over the outside belongs to one room. Which rooms use each other is `arrows`.

use crate::reading::{File, Tree};

/// The crates that the core may use: they neither wait, nor ask, nor write.
const PURE_CRATES: &[&str] = &[
    "annotate_snippets",
    "graphql_parser",
    "hex",
    "hmac",
    "jiff",
    "minijinja",
    "percent_encoding",
    "schemars",
    "semver",
    "serde",
    "serde_json",
    "serde_json_canonicalizer",
    "sha2",
    "shlex",
    "strsim",
    "thiserror",
    "unicode_normalization",
    "url",
];

/// What of the standard library the core may not touch.
const IMPURE: &[&[&str]] = &[
    &["std", "env"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "os"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
];

const IMPURE_FEATURES: &[&str] =
    &["async", "await", "static mut", "thread_local!", "print!", "println!", "eprint!", "eprintln!", "dbg!"];

/// A power over the outside, the one place that has it, and why.
struct Power {
    /// What names it: a run of segments anywhere in a path.
    named: &'static [&'static str],
    /// Where it belongs.
    home: &'static [&'static str],
    why: &'static str,
}

const POWERS: &[Power] = &[
    Power { named: &["octocrab"], home: &["forge", "github"], why: "one adapter per forge" },
    Power { named: &["sqlx"], home: &["store"], why: "both databases stand behind one seam" },
    Power {
        named: &["process", "Command"],
        home: &["forge", "local"],
        why: "the bot runs nothing on its host (S25)",
    },
    Power {
        named: &["std", "process", "*"],
        home: &["forge", "local"],
        why: "it could hide `Command` (S25)",
    },
    Power {
        named: &["tokio", "process"],
        home: &["forge", "local"],
        why: "the bot runs nothing on its host (S25)",
    },
    Power { named: &["env", "var"], home: &["config", "settings"], why: "settings are read once" },
    Power { named: &["env", "var_os"], home: &["config", "settings"], why: "settings are read once" },
    Power { named: &["env", "vars"], home: &["config", "settings"], why: "settings are read once" },
    Power { named: &["env", "vars_os"], home: &["config", "settings"], why: "settings are read once" },
    Power { named: &["std", "env", "*"], home: &["config", "settings"], why: "it could hide `var`" },
    Power { named: &["tokio", "spawn"], home: &["app"], why: "`app` owns every task and its end" },
    Power { named: &["task", "spawn"], home: &["app"], why: "`app` owns every task and its end" },
    Power { named: &["task", "spawn_local"], home: &["app"], why: "`app` owns every task and its end" },
    Power { named: &["task", "JoinSet"], home: &["app"], why: "`app` owns every task and its end" },
    Power { named: &["tokio", "*"], home: &["app"], why: "it could hide `spawn`" },
    Power { named: &["tokio", "task", "*"], home: &["app"], why: "it could hide `spawn`" },
    Power { named: &["SystemTime", "now"], home: &["clock"], why: "time is an input (invariant 15)" },
    Power { named: &["Timestamp", "now"], home: &["clock"], why: "time is an input (invariant 15)" },
    Power { named: &["Zoned", "now"], home: &["clock"], why: "time is an input (invariant 15)" },
];

/// Everything in `domain` that is not a function of its arguments.
pub(crate) fn the_core_is_pure(tree: &Tree, manifest: &str) -> Vec<String> {
    let foreign: Vec<String> =
        dependencies(manifest).into_iter().filter(|name| !PURE_CRATES.contains(&name.as_str())).collect();
    tree.files
        .iter()
        .filter(|file| file.is_in(&["domain"]))
        .flat_map(|file| impurities(file, &foreign))
        .collect()
}

fn impurities(file: &File, foreign: &[String]) -> Vec<String> {
    let features = file
        .features
        .iter()
        .filter(|feature| IMPURE_FEATURES.contains(&feature.as_str()))
        .map(|feature| format!("{}: `{feature}` in the core", file.path));
    let names = file
        .names
        .iter()
        .filter(|name| foreign.contains(&name[0]) || IMPURE.iter().any(|banned| has_run(name, banned)))
        .map(|name| format!("{}: `{}` in the core", file.path, name.join("::")));
    features.chain(names).collect()
}

/// Every use of a power outside the one place that has it.
pub(crate) fn each_power_has_one_room(tree: &Tree) -> Vec<String> {
    tree.files.iter().flat_map(|file| trespasses(file).into_iter().chain(disguises(file))).collect()
}

fn trespasses(file: &File) -> Vec<String> {
    POWERS
        .iter()
        .filter(|power| !file.is_in(power.home))
        .flat_map(|power| {
            file.names.iter().filter(|name| has_run(name, power.named)).map(|name| {
                let home = power.home.join("::");
                format!("{}: `{}` belongs to `{home}`: {}", file.path, name.join("::"), power.why)
            })
        })
        .collect()
}

fn disguises(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.features.contains("#[path]") {
        found.push(format!("{}: `#[path]` lets a file stand in a room that is not its folder", file.path));
    }
    if file.features.contains("#[arg(env)]") && !file.is_in(&["config", "settings"]) {
        found.push(format!("{}: `env` of an argument belongs to `config::settings`", file.path));
    }
    found
}

fn has_run(name: &[String], run: &[&str]) -> bool {
    name.windows(run.len()).any(|window| window.iter().zip(run).all(|(have, want)| have == want))
}

/// The names of `[dependencies]`, as Rust writes them.
fn dependencies(manifest: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim().replace('-', "_")))
        .collect()
}
