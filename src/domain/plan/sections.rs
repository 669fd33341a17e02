//! Sorts what a range holds into sections, hidden and excluded, losing nothing. What the version becomes of it is `plan::next`'s question.

use std::collections::{BTreeMap, BTreeSet};

use super::category::{self, Judged, OTHER, Placed};
use super::range::Unit;
use super::{Author, Basis, Entry, FirstTimer, Flag, Section};
use crate::domain::id::{ActorId, ActorKind, ChangeNumber};
use crate::domain::policy::Notes;
use crate::domain::version::Bump;

/// How many labels a flag offers.
const SUGGESTED: usize = 2;

/// All entries of a plan, each in one place.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) sections: Vec<Section>,
    pub(super) hidden: Vec<Entry>,
    pub(super) excluded: Vec<Entry>,
    pub(super) flags: Vec<Flag>,
}

impl Sorted {
    /// Sorts units, oldest first.
    pub(super) fn of<'a>(units: impl Iterator<Item = &'a Unit<'a>>, basis: &Basis<'_>) -> Self {
        let mut sorted = Self::default();
        let mut sections: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
        for unit in units {
            let (entry, judged) = enter(unit, &basis.policy.notes);
            match wanted(&entry, &judged, basis) {
                Wanted::Shown => {}
                _ if entry.is_breaking => {
                    let (change, commit) = (entry.number, entry.commit.clone());
                    sorted.flags.push(Flag::BreakingStays { change, commit });
                }
                Wanted::Hidden => {
                    sorted.hidden.push(entry);
                    continue;
                }
                Wanted::Excluded => {
                    sorted.excluded.push(entry);
                    continue;
                }
            }
            sorted.flags.extend(uncategorised(&entry, &basis.policy.notes));
            sections.entry(rank(&judged, &basis.policy.notes)).or_default().push(entry);
        }
        let section = |entries: Vec<Entry>| Section { title: entries[0].category.clone(), entries };
        sorted.sections = sections.into_values().map(section).collect();
        sorted
    }

    /// What decides the version: what is hidden ships all the same, what is excluded was declared to be of no account.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|section| &section.entries).chain(&self.hidden)
    }

    /// Everything that ships.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.counted().chain(&self.excluded)
    }

    /// The people whose changes the notes show, in order of appearance.
    pub(super) fn contributors(&self) -> Vec<Author> {
        let mut seen = BTreeSet::new();
        let authors = self
            .sections
            .iter()
            .flat_map(|section| &section.entries)
            .filter_map(|entry| entry.author.as_ref());
        authors.filter(|author| !author.is_bot() && seen.insert(author.name())).cloned().collect()
    }

    /// Which of them had nothing merged before, with their oldest change.
    pub(super) fn first_timers(&self, newcomers: &BTreeSet<ActorId>) -> Vec<FirstTimer> {
        let mut oldest: BTreeMap<ActorId, FirstTimer> = BTreeMap::new();
        for entry in self.sections.iter().flat_map(|section| &section.entries) {
            let (Some(Author::Account(actor)), Some(change)) = (&entry.author, entry.number) else {
                continue;
            };
            if newcomers.contains(&actor.id) && actor.kind == ActorKind::Person {
                let first = FirstTimer { actor: actor.clone(), change };
                let kept = oldest.entry(actor.id).or_insert_with(|| first.clone());
                if change < kept.change {
                    *kept = first;
                }
            }
        }
        let mut found: Vec<FirstTimer> = oldest.into_values().collect();
        found.sort_by_key(|first| first.change);
        found
    }
}

/// Where an entry is wanted, before it is asked whether it may be left out.
enum Wanted {
    Shown,
    Hidden,
    Excluded,
}

fn wanted(entry: &Entry, judged: &Judged, basis: &Basis<'_>) -> Wanted {
    let is_in =
        |numbers: &BTreeSet<ChangeNumber>| entry.number.is_some_and(|number| numbers.contains(&number));
    if is_in(basis.hidden) {
        Wanted::Hidden
    } else if judged.asks_out && !is_in(basis.shown) {
        Wanted::Excluded
    } else {
        Wanted::Shown
    }
}

/// The place of a section in the notes. What nothing decides joins a category of the team's own that is named so.
fn rank(judged: &Judged, policy: &Notes) -> usize {
    let other = || policy.categories.iter().position(|category| category.title.eq_ignore_ascii_case(OTHER));
    judged.category.or_else(other).unwrap_or(policy.categories.len())
}

fn uncategorised(entry: &Entry, policy: &Notes) -> Option<Flag> {
    let change = entry.number.filter(|_| entry.is_change && entry.placed == Placed::Nowhere)?;
    // Nobody labels a change as breaking only to give it a place.
    let harmless = policy.categories.iter().filter(|category| category.bump < Bump::Major);
    let labels = harmless.filter_map(|category| category.labels.first()).take(SUGGESTED).cloned();
    let labels = labels.chain([category::USUAL_EXCLUSION.to_owned()]).collect();
    Some(Flag::Uncategorised { change, has_labels: !entry.labels.is_empty(), labels })
}

/// A unit as the notes would have it, and why.
pub(super) fn enter(unit: &Unit<'_>, policy: &Notes) -> (Entry, Judged) {
    let author = match unit.change {
        Some(change) => change.author.clone().map(Author::Account),
        None => Some(Author::Name(unit.newest().author.clone())).filter(|author| !author.name().is_empty()),
    };
    let judged = category::judge(unit, author.as_ref().map(Author::name), policy);
    let rank = rank(&judged, policy);
    let entry = Entry {
        number: unit.number,
        commit: unit.commit().clone(),
        commits: unit.commits.iter().map(|commit| commit.id.clone()).collect(),
        title: unit.title().to_owned(),
        author,
        labels: unit.change.map(|change| change.labels.clone()).unwrap_or_default(),
        milestone: unit.change.and_then(|change| change.milestone.clone()),
        reviewers: unit.reviewers(),
        category: policy
            .categories
            .get(rank)
            .map_or_else(|| OTHER.to_owned(), |category| category.title.clone()),
        placed: judged.placed.clone(),
        bump: judged.bump,
        is_breaking: judged.is_breaking,
        merged_at: unit.change.as_ref().and_then(|change| change.stage.merged_at()),
        is_change: unit.change.is_some(),
    };
    (entry, judged)
}
