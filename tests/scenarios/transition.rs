//! The transition table of promotions, as the module's documentation has it, and the transitions that the kept stories made. What a transition leads to is checked in the stories.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::stage::folder;
use super::wire::WIRES;

/// A stage, the row that moves it, the stage after it.
pub(crate) type Transition = (String, String, String);

/// The table in the documentation of `domain::promotion`.
pub(crate) fn documented() -> BTreeSet<Transition> {
    let source = include_str!("../../src/domain/promotion.rs");
    let table = source.split("```").nth(1).expect("the table stands in a fence");
    let rows = table.lines().filter_map(|line| line.strip_prefix("//! "));
    let transition = |row: &str| {
        let mut words = row.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?, words.next()?))
    };
    rows.filter_map(transition).collect()
}

/// What the promotions of the kept stories went through.
pub(crate) fn reached(names: impl IntoIterator<Item = String>) -> BTreeSet<Transition> {
    let kept = |name: String| WIRES.map(|wire| folder(&name).join(wire.kept));
    let stories = names.into_iter().flat_map(kept).filter_map(|file| fs::read_to_string(file).ok());
    stories.flat_map(|story| in_story(&story)).collect()
}

fn in_story(story: &str) -> Vec<Transition> {
    let journal = story.split("## What the journal says").nth(1).unwrap_or_default();
    let mut stages: BTreeMap<&str, &str> = BTreeMap::new();
    let mut transitions = Vec::new();
    for line in journal.lines().filter_map(|line| line.strip_prefix("- ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [kind, promotion, ..] = words[..] else { continue };
        let (row, after) = match kind {
            "promotion_asked" => {
                stages.insert(promotion, "waiting");
                continue;
            }
            "promotion_ended" => (format!("ended:{}", words[2]), "-"),
            "wave_started" => (kind.to_owned(), "rolling"),
            "promotion_failed" => (kind.to_owned(), "failed"),
            "abort_begun" => (kind.to_owned(), "aborting"),
            "terms_changed" | "promotion_held" | "promotion_resumed" | "wave_baking" => {
                (kind.to_owned(), *stages.get(promotion).expect("it was asked for before"))
            }
            _ => continue,
        };
        let before = stages.insert(promotion, after).expect("it was asked for before");
        transitions.push((before.to_owned(), row, after.to_owned()));
    }
    transitions
}
