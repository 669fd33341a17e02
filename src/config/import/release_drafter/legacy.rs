//! The keys of release-drafter 5 and 6, as the categories that version 7 makes of them. What a category does is `rules`'s question.

use super::condition::Condition;
use super::increment;
use super::rules::{Category, Increment, Purpose};
use crate::config::import::Place;
use crate::config::import::sheet::{Cursor, Keys};

/// The categories that the old keys stand for.
pub(super) fn categories(keys: &Keys<'_>) -> Vec<Category> {
    let include = filter(keys, Purpose::PreInclude, ["include-labels", "include-paths"]);
    let exclude = filter(keys, Purpose::PreExclude, ["exclude-labels", "exclude-paths"]);
    include.into_iter().chain(exclude).chain(resolvers(keys)).collect()
}

/// Labels and paths are two parts of one condition, so both must hold where both are there.
fn filter(keys: &Keys<'_>, purpose: Purpose, [labels, paths]: [&str; 2]) -> Option<Category> {
    let place = keys.place(labels).or_else(|| keys.place(paths))?;
    let condition =
        Condition { labels: keys.texts(labels), paths: keys.texts(paths), ..Condition::default() };
    let says_something = condition != Condition::default();
    says_something.then(|| made(purpose, vec![condition], Increment::Patch, place))
}

fn resolvers(keys: &Keys<'_>) -> Vec<Category> {
    let Some(resolver) = keys.get("version-resolver") else { return Vec::new() };
    let mut made_of = Vec::new();
    for word in ["major", "minor", "patch"] {
        let Some(entry) = resolver.get(word) else { continue };
        let labels = entry.get("labels").map(Cursor::texts).unwrap_or_default();
        if !labels.is_empty() {
            let when = vec![Condition::of_labels(labels)];
            made_of.push(made(Purpose::VersionResolver, when, increment(word), entry.place()));
        }
    }
    let usual = resolver.get("default").filter(|word| word.text() != Some("patch"));
    let usual = usual.map(|word| {
        let raised = increment(word.text().unwrap_or_default());
        made(Purpose::VersionResolver, Vec::new(), raised, word.place())
    });
    made_of.into_iter().chain(usual).collect()
}

fn made(purpose: Purpose, when: Vec<Condition>, increment: Increment, place: Place) -> Category {
    let title = String::new();
    Category { purpose, title, when, exclusive: false, collapse_after: None, increment, place }
}
