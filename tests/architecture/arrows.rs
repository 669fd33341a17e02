//! Which room may use which: `domain ← {config, store, forge, outbound, clock} ← engine ← web ← app ← cli ← main`. What a room may do with other crates is `bans`.

use crate::reading::{File, Tree};

/// Rooms from left to right; a room uses any to its left. Those of one step never use each other.
const STEPS: &[&[&str]] = &[
    &["domain"],
    &["config", "store", "forge", "outbound", "clock"],
    &["engine"],
    &["web"],
    &["app"],
    &["cli"],
    &["main"],
];

/// The stand-in stands beside the steps.
const SANDBOX: &str = "sandbox";
const SANDBOX_USES: &[&[&str]] = &[&["domain", "id"], &["clock"]];
const SANDBOX_USED_BY: &[&str] = &["app", "cli"];

/// Adapters of one room that never use each other.
const STRANGERS: &[(&str, &str)] = &[("github", "gitlab"), ("gitlab", "github")];

/// Every arrow that points another way, as a sentence.
pub(crate) fn imports_point_one_way(tree: &Tree) -> Vec<String> {
    tree.files.iter().flat_map(arrows_of).collect()
}

fn arrows_of(file: &File) -> Vec<String> {
    let Some(room) = file.module.first() else {
        // `lib.rs` is the map; it uses nothing.
        return file
            .names
            .iter()
            .filter(|name| name[0] == "crate")
            .map(|name| {
                format!("{}: the map of the crate uses `{}`; it only names rooms", file.path, name.join("::"))
            })
            .collect();
    };
    if step(room).is_none() && room != SANDBOX {
        return vec![format!(
            "{}: `{room}` is no room of the map in tests/architecture/arrows.rs",
            file.path
        )];
    }
    file.names
        .iter()
        .filter(|name| name[0] == "crate")
        .filter_map(|name| wrong(file, room, &name[1..]).map(|why| (name, why)))
        .map(|(name, why)| format!("{}: `{}`: {why}", file.path, name.join("::")))
        .collect()
}

/// Why `room` may not use `target`, where it may not.
fn wrong(file: &File, room: &str, target: &[String]) -> Option<String> {
    let Some(used) = target.first().filter(|first| *first != "*") else {
        return Some("takes the whole crate in; name the room".to_owned());
    };
    if used == room {
        return between_adapters(file, target);
    }
    if room == SANDBOX {
        let allowed = SANDBOX_USES
            .iter()
            .any(|path| target.iter().zip(*path).filter(|(a, b)| a == b).count() == path.len());
        return (!allowed).then(|| "`sandbox` uses only `domain::id` and `clock`".to_owned());
    }
    if used == SANDBOX {
        let allowed = SANDBOX_USED_BY.contains(&room);
        return (!allowed).then(|| "`sandbox` is used by `app` and `cli` alone".to_owned());
    }
    match (step(room), step(used)) {
        (Some(own), Some(other)) if other < own => None,
        (_, None) => Some(format!("`{used}` is no room of the map")),
        (Some(own), Some(other)) if other == own => {
            Some(format!("`{room}` and `{used}` never use each other"))
        }
        _ => Some(format!("`{used}` stands to the right of `{room}`")),
    }
}

fn between_adapters(file: &File, target: &[String]) -> Option<String> {
    let (own, other) = (file.module.get(1)?, target.get(1)?);
    let strangers = file.module[0] == "forge" && STRANGERS.contains(&(own.as_str(), other.as_str()));
    strangers.then(|| format!("`forge::{own}` and `forge::{other}` never use each other"))
}

fn step(room: &str) -> Option<usize> {
    STEPS.iter().position(|step| step.contains(&room))
}
