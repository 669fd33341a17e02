//! Sorts what a range holds into sections, hidden and excluded, losing nothing. What the version becomes of it is `plan::next`'s question.

use std::collections::{BTreeMap, BTreeSet};

use super::category::{self, BREAKING, Judged, OTHER, Placed};
use super::range::Unit;
use super::revert::Fate;
use super::{Author, Basis, Entry, FirstTimer, Flag, Origin, Part, Reason, Reverted, Scope, Section};
use crate::domain::change::note::Note;
use crate::domain::id::{ActorId, ActorKind, ChangeNumber};
use crate::domain::policy::Notes;
use crate::domain::policy::label::USUAL_EXCLUSION;
use crate::domain::version::Bump;

/// How many labels a flag offers.
const SUGGESTED: usize = 2;

/// All entries of a plan, each in one place.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) sections: Vec<Section>,
    pub(super) hidden: Vec<Entry>,
    pub(super) excluded: Vec<Entry>,
    pub(super) reverted: Vec<Reverted>,
    pub(super) elsewhere: Vec<Entry>,
    pub(super) flags: Vec<Flag>,
}

impl Sorted {
    /// Sorts units with their fates, newest first. People read a release from its oldest change to its newest.
    pub(super) fn of((units, fates): (&[Unit<'_>], &[Fate]), scope: &Scope, basis: &Basis<'_>) -> Self {
        let mut sorted = Self::default();
        let mut sections: BTreeMap<Rank, Vec<Entry>> = BTreeMap::new();
        for ((unit, fate), is_own) in units.iter().zip(fates).zip(&scope.is_own).rev() {
            if !is_own {
                sorted.elsewhere.push(enter(unit, None, &basis.policy.notes).0);
                continue;
            }
            let mut all = enter_all(unit, &basis.policy.notes);
            if let Some(part) = part(fate, units) {
                let (entry, _) = all.swap_remove(0);
                sorted.reverted.push(Reverted { entry, part });
                continue;
            }
            all.into_iter().for_each(|(entry, judged)| sorted.place(entry, &judged, basis, &mut sections));
        }
        let section = |mut entries: Vec<Entry>| {
            // Who upgrades reads these first.
            entries.sort_by_key(|entry| !entry.is_breaking);
            Section { title: entries[0].category.clone(), entries }
        };
        sorted.sections = sections.into_values().map(section).collect();
        sorted
    }

    /// Puts an entry where it is wanted.
    fn place(
        &mut self,
        entry: Entry,
        judged: &Judged,
        basis: &Basis<'_>,
        sections: &mut BTreeMap<Rank, Vec<Entry>>,
    ) {
        match wanted(&entry, judged, basis) {
            Wanted::Shown => {}
            _ if entry.is_breaking => {
                let (change, commit) = (entry.number, entry.commit.clone());
                self.flags.push(Flag::BreakingStays { change, commit });
            }
            Wanted::Hidden => return self.hidden.push(entry),
            Wanted::Excluded => return self.excluded.push(entry),
        }
        self.flags.extend(uncategorised(&entry, &basis.policy.notes));
        sections.entry(rank(judged, &basis.policy.notes)).or_default().push(entry);
    }

    /// What decides the version: what is hidden ships all the same, what is excluded was declared to be of no account.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|section| &section.entries).chain(&self.hidden)
    }

    /// Everything that ships and has an effect.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.counted().chain(&self.excluded)
    }

    /// The people whose changes the notes show, in order of appearance.
    pub(super) fn contributors(&self) -> Vec<Author> {
        let mut seen = BTreeSet::new();
        let entries = self.sections.iter().flat_map(|section| &section.entries);
        let authors = entries.flat_map(|entry| entry.author.iter().chain(&entry.co_authors));
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

/// The place of a section in the notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Before all others: [`BREAKING`], for teams that have no section for it.
    Breaking,
    /// One of the team's own.
    Category(usize),
    /// After all others: [`OTHER`].
    Other,
}

/// What nothing decides joins a category of the team's own that is named so.
fn rank(judged: &Judged, policy: &Notes) -> Rank {
    let other = || policy.categories.iter().position(|category| category.title.eq_ignore_ascii_case(OTHER));
    match judged.category {
        Some(at) => Rank::Category(at),
        None if judged.placed == Placed::ByBreaking => Rank::Breaking,
        None => other().map_or(Rank::Other, Rank::Category),
    }
}

fn heading(rank: Rank, policy: &Notes) -> String {
    match rank {
        Rank::Breaking => BREAKING.to_owned(),
        Rank::Category(at) => policy.categories[at].title.clone(),
        Rank::Other => OTHER.to_owned(),
    }
}

/// What a unit's fate means in words that outlive the range.
fn part(fate: &Fate, units: &[Unit<'_>]) -> Option<Part> {
    let named = |at: &usize| Reason { number: units[*at].number, commit: units[*at].commit().clone() };
    match fate {
        Fate::Stands => None,
        Fate::UndoneBy(at) => Some(Part::UndoneBy(named(at))),
        Fate::Undoes(all) => Some(Part::Undoes(all.iter().map(named).collect())),
    }
}

fn uncategorised(entry: &Entry, policy: &Notes) -> Option<Flag> {
    let is_lost = entry.is_change && !entry.is_part && entry.placed == Placed::Nowhere;
    let change = entry.number.filter(|_| is_lost)?;
    // Nobody labels a change as breaking only to give it a place.
    let harmless = policy.categories.iter().filter(|category| category.bump < Bump::Major);
    let labels = harmless.filter_map(|category| category.labels.first()).take(SUGGESTED).cloned();
    let labels = labels.chain([USUAL_EXCLUSION.to_owned()]).collect();
    Some(Flag::Uncategorised { change, has_labels: !entry.labels.is_empty(), labels })
}

/// The entries of a unit: its title, or each note of its own.
fn enter_all(unit: &Unit<'_>, policy: &Notes) -> Vec<(Entry, Judged)> {
    let notes = unit.notes();
    let mut all: Vec<(Entry, Judged)> = match notes.as_slice() {
        [] => vec![enter(unit, None, policy)],
        notes => notes.iter().map(|note| enter(unit, Some(note), policy)).collect(),
    };
    all.iter_mut().skip(1).for_each(|(entry, _)| entry.is_part = true);
    if !category::says_breaking(unit) {
        return all;
    }
    // What its footers say is of the whole change, so it is said once.
    let at = all.iter().position(|(entry, _)| entry.is_breaking).unwrap_or_default();
    let (entry, judged) = &mut all[at];
    (entry.is_breaking, judged.is_breaking) = (true, true);
    (entry.bump, judged.bump) = (Bump::Major, Bump::Major);
    entry.breaking_note = Some(unit.breaking_notes().join("; ")).filter(|text| !text.is_empty());
    all
}

fn enter(unit: &Unit<'_>, note: Option<&Note>, policy: &Notes) -> (Entry, Judged) {
    let author = match unit.change {
        Some(change) => change.author.clone().map(Author::Account),
        None => Some(Author::Name(unit.newest().author.clone())).filter(|author| !author.name().is_empty()),
    };
    let judged = category::judge(unit, note, author.as_ref().map(Author::name), policy);
    let rank = rank(&judged, policy);
    let entry = Entry {
        number: unit.number,
        commit: unit.commit().clone(),
        commits: unit.commits.iter().map(|commit| commit.id.clone()).collect(),
        title: unit.title().to_owned(),
        note: note.map(|note| note.text.clone()),
        is_part: false,
        co_authors: unit.co_authors(author.as_ref()),
        breaking_note: None,
        origin: unit.picked.as_ref().map(|picked| Origin {
            number: picked.number,
            commits: picked.commits.iter().map(|name| name.to_ascii_lowercase()).collect(),
        }),
        folded: Vec::new(),
        author,
        labels: unit.change.map(|change| change.labels.clone()).unwrap_or_default(),
        milestone: unit.change.and_then(|change| change.milestone.clone()),
        reviewers: unit.reviewers(),
        category: heading(rank, policy),
        placed: judged.placed.clone(),
        bump: judged.bump,
        is_breaking: judged.is_breaking,
        merged_at: unit.change.as_ref().and_then(|change| change.stage.merged_at()),
        is_change: unit.change.is_some(),
    };
    (entry, judged)
}
