//! What is there before the story begins: a project, its people, what it released, how it deploys. What happens then is the story's.

use super::scene::Scene;
use crate::sandbox::{Role, World};

/// How the team wants its releases to travel.
const POLICY: &str = include_str!("lockkeeper.yml");

/// The changes that v1.4.2 holds: who, what.
const RELEASED: [(&str, &str); 5] = [
    ("cem", "Show prices with tax"),
    ("bob", "Keep the basket for a week"),
    ("ana", "Search finds part numbers"),
    ("cem", "Move to the new mail server"),
    ("bob", "Show the delivery date"),
];

/// What was merged before the story begins: who, what, under which label. A title may say it, too.
pub(super) const MERGED: [(&str, &str, Option<&str>); 6] = [
    ("cem", "New billing page", Some("feature")),
    ("bob", "Export as CSV", Some("feature")),
    ("bob", "fix: calendar shows dates in the reader's time zone", None),
    ("cem", "fix: an empty basket can be opened", None),
    ("ana", "fix: long names do not break the label", None),
    ("ana", "Tidy up the settings page", Some("fix")),
];

/// Fills the forge with what was there before the bot: v1.4.2 is out, and runs everywhere.
pub(super) fn settle_in(world: &World, scene: &Scene) {
    for login in ["ana", "bob", "carol", "cem", "sam"] {
        world.give_role(login, Role::Write);
    }
    world.team("acme", "release", &["ana", "bob", "carol"]);
    for label in ["feature", "fix", "skip-changelog"] {
        world.create_label("ana", label);
    }
    if let Some((path, text)) = scene.deploys {
        world.push_file(path, text);
    }
    world.push_file(scene.policy, POLICY);
    for (login, title) in RELEASED {
        let change = world.open_change(login, title);
        world.merge(change, "ana");
    }
    world.annotated_tag_by_hand("ana", "v1.4.2", "main");
    world.release_by_hand("ana", "v1.4.2", "v1.4.2");
    for environment in ["staging", "production"] {
        let deployment = world.deploy("ana", environment, "v1.4.2");
        world.report(scene.machine, deployment, "success", "");
    }
}

/// Merges what people did since, up to the day of the story.
pub(super) fn work(world: &World) {
    for (login, title, label) in MERGED {
        let change = world.open_change(login, title);
        label.iter().for_each(|label| world.label(change, label));
        world.merge(change, "ana");
    }
}
