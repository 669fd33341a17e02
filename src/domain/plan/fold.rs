//! Makes one entry of several that tell the same: the updates of one package, a change and its backports. Each stays within the entry that stands for it.

use std::collections::HashMap;

use super::{Entry, Section};
use crate::domain::change::dependency::Update;

/// Folds what belongs together. What breaks users always speaks for itself.
pub(super) fn fold(sections: &mut Vec<Section>) {
    backports(sections);
    sections.iter_mut().for_each(|section| updates(&mut section.entries));
    sections.retain(|section| !section.entries.is_empty());
}

/// A backport whose original is in the notes, too, stands there.
fn backports(sections: &mut [Section]) {
    while let Some((at, original)) = a_backport(sections) {
        let backport = sections[at.0].entries.remove(at.1);
        // The list that it was taken out of has moved up.
        let shifted = original.0 == at.0 && original.1 > at.1;
        let entry = &mut sections[original.0].entries[original.1 - usize::from(shifted)];
        take_in(entry, backport);
    }
}

type At = (usize, usize);

fn a_backport(sections: &[Section]) -> Option<(At, At)> {
    let all = || {
        sections.iter().enumerate().flat_map(|(section, it)| {
            it.entries.iter().enumerate().map(move |(entry, it)| ((section, entry), it))
        })
    };
    let picked = all().filter(|(_, entry)| entry.origin.is_some() && !entry.is_breaking && !entry.is_part);
    picked.into_iter().find_map(|(at, entry)| {
        let original = all().find(|(other, it)| *other != at && is_origin(it, entry))?;
        Some((at, original.0))
    })
}

fn is_origin(original: &Entry, backport: &Entry) -> bool {
    let Some(origin) = backport.origin.as_ref().filter(|_| original.origin.is_none()) else { return false };
    let is_picked = |name: &String| original.commits.iter().any(|commit| commit.as_str().starts_with(name));
    (origin.number.is_some() && origin.number == original.number) || origin.commits.iter().any(is_picked)
}

/// Updates of one package that follow each other are one, from where the first began.
fn updates(entries: &mut Vec<Entry>) {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for mut entry in entries.drain(..) {
        let Some(update) = update(&entry) else {
            kept.push(entry);
            continue;
        };
        let places = places.entry(format!("{} {}", update.package.to_lowercase(), update.place)).or_default();
        let follows = |at: &usize| self::update(&kept[*at]).is_some_and(|older| update.follows(&older));
        match places.iter().copied().rev().find(|at| follows(at)) {
            Some(at) => {
                let older = std::mem::replace(&mut kept[at], entry.clone());
                entry.note = since(&older, &entry);
                take_in(&mut entry, older);
                kept[at] = entry;
            }
            None => {
                places.push(kept.len());
                kept.push(entry);
            }
        }
    }
    *entries = kept;
}

/// An entry that tells of an update and of nothing else.
fn update(entry: &Entry) -> Option<Update<'_>> {
    let has_own_words = entry.note.is_some() && entry.folded.is_empty();
    Update::parse(&entry.title).filter(|_| !entry.is_breaking && !has_own_words && !entry.is_part)
}

/// The newest title with the version that the oldest began at; `None` where nobody told that.
fn since(older: &Entry, newer: &Entry) -> Option<String> {
    let oldest = older.folded.first().unwrap_or(older);
    let from = Update::parse(&oldest.title)?.from?;
    Some(Update::parse(&newer.title)?.since(from))
}

/// What is folded stands oldest first, and asks of the version what it asked.
fn take_in(entry: &mut Entry, mut other: Entry) {
    entry.bump = entry.bump.max(other.bump);
    let mut folded = std::mem::take(&mut other.folded);
    other.note = None;
    folded.push(other);
    folded.append(&mut entry.folded);
    entry.folded = folded;
}
