//! Turns the commits of a range into what people know: merged changes, and commits that no change brought. Where a unit stands in the notes is `plan::category`'s question.

use std::collections::HashMap;

use super::Author;
use crate::domain::change::backport::Picked;
use crate::domain::change::note::{self, Note, Said};
use crate::domain::change::{Change, RangeCommit, Stage, conventional};
use crate::domain::id::{ActorId, ChangeNumber, CommitId};
use crate::domain::policy::Paths;
use crate::domain::query::AtHead;

/// One thing that a release contains: a merged change with all its commits, or a single commit.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    /// The change, where it is known.
    pub(super) change: Option<&'a Change>,
    /// Its number, known or told by a message.
    pub(super) number: Option<ChangeNumber>,
    /// Its commits, newest first; never empty.
    pub(super) commits: Vec<&'a RangeCommit>,
    /// What it was picked from, if it is a backport.
    pub(super) picked: Option<Picked<'a>>,
    /// What its description says about the notes.
    pub(super) said: Said,
}

impl<'a> Unit<'a> {
    /// The title without the words of a backport: the change's, else the commit's subject without its number.
    pub(super) fn title(&self) -> &'a str {
        self.picked.as_ref().map_or_else(|| self.own_title(), |picked| picked.title)
    }

    /// The title as it stands.
    pub(super) fn own_title(&self) -> &'a str {
        match self.change {
            Some(change) => change.title.trim(),
            None => conventional::split_number(conventional::subject(&self.newest().message)).0,
        }
    }

    /// The commit that brought it: the change's merge where the range holds it, else its newest one.
    pub(super) fn commit(&self) -> &'a CommitId {
        let merge = self.change.and_then(|change| match &change.stage {
            Stage::Merged { commit, .. } => self.commits.iter().find(|other| other.id == *commit),
            Stage::Open | Stage::Draft | Stage::Closed => None,
        });
        merge.map_or(&self.newest().id, |commit| &commit.id)
    }

    /// The entries that it asks for, each in words of its own; none: its title is the entry. What a description says
    /// counts before what a message says besides its title.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut own = self.own_commits();
        if !self.said.notes.is_empty() {
            return self.said.notes.clone();
        }
        let (Some(commit), None) = (own.next(), own.next()) else { return Vec::new() };
        let further = note::further(&commit.message);
        if further.is_empty() {
            return further;
        }
        let title = Note { text: self.title().to_owned(), kind: None, component: None };
        std::iter::once(title).chain(further).collect()
    }

    /// Its commits that are no merges.
    pub(super) fn own_commits(&self) -> impl Iterator<Item = &'a RangeCommit> {
        self.commits.iter().copied().filter(|commit| commit.parents.len() < 2)
    }

    /// The texts that people wrote below its title: of the change, and of its commits.
    pub(super) fn body(&self) -> &'a str {
        self.change.map_or("", |change| &change.body)
    }

    /// What its footers say of how it breaks users, each once.
    pub(super) fn breaking_notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.said.breaking.clone();
        for text in self.commits.iter().flat_map(|commit| note::breaking(&commit.message)) {
            if !notes.contains(&text) {
                notes.push(text);
            }
        }
        notes
    }

    /// Who wrote it together with its author, people only, each once.
    pub(super) fn co_authors(&self, author: Option<&Author>) -> Vec<Author> {
        let mut found: Vec<Author> = Vec::new();
        for commit in self.own_commits() {
            for (name, account) in note::co_authors(&commit.message) {
                let one = account.map_or(Author::Name(name), Author::Account);
                let is_author = author.is_some_and(|it| it.is_same(&one)) || one.name() == commit.author;
                if !is_author && !one.is_bot() && !found.iter().any(|other| other.is_same(&one)) {
                    found.push(one);
                }
            }
        }
        found
    }

    /// Who approved it.
    pub(super) fn reviewers(&self) -> Vec<ActorId> {
        let mut reviewers: Vec<ActorId> =
            self.commits.iter().flat_map(|commit| commit.reviewers.iter().copied()).collect();
        reviewers.sort();
        reviewers.dedup();
        reviewers
    }

    /// Whether it touches any of these files; `None`: it may, nobody told of all that it brings.
    pub(super) fn touches(&self, paths: &Paths) -> Option<bool> {
        // Another branch that was merged into it on the way is not what it brings.
        let brings = |commit: &&&RangeCommit| commit.parents.len() < 2 || commit.id == *self.commit();
        let mut told =
            self.commits.iter().filter(brings).filter_map(|commit| commit.paths.as_ref()).flatten();
        if paths.are_everywhere() || told.any(|path| paths.hold(path)) {
            return Some(true);
        }
        self.is_told().then_some(false)
    }

    /// Whether it is known which files it touches. What a merge brought to its branch is all that was merged.
    fn is_told(&self) -> bool {
        let landing = self.commits.iter().find(|commit| commit.id == *self.commit());
        let told = landing.and_then(|landing| landing.paths.as_ref().map(|paths| (landing, paths)));
        let has_own = self.own_commits().next().is_some();
        match told {
            Some((landing, paths)) if landing.parents.len() > 1 && (!has_own || !paths.is_empty()) => true,
            Some(_) | None => has_own && self.own_commits().all(|commit| commit.paths.is_some()),
        }
    }

    /// The newest of its commits.
    pub(super) fn newest(&self) -> &'a RangeCommit {
        self.commits.first().expect("a unit begins with the commit that it was made for")
    }
}

/// Something in a range of which nobody has told yet which files it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The change, where one brought it.
    pub change: Option<AtHead>,
    /// All its commits.
    pub commits: Vec<CommitId>,
}

/// What of a range is still to be asked for, so that it is known which files it touches; newest first.
pub fn untold(range: &[RangeCommit]) -> Vec<Untold> {
    let grouped = group(range);
    let open = grouped.units.iter().filter(|unit| !unit.is_told());
    open.map(|unit| Untold {
        change: unit.change.map(AtHead::from),
        commits: unit.commits.iter().map(|commit| commit.id.clone()).collect(),
    })
    .collect()
}

/// A range in units. Each of its commits is in exactly one unit or among the merges.
#[derive(Debug, Default)]
pub(super) struct Grouped<'a> {
    /// The units, newest first.
    pub(super) units: Vec<Unit<'a>>,
    /// Merge commits of no known change. What they bring is in the units.
    pub(super) merges: Vec<CommitId>,
}

/// Groups a range, newest first.
pub(super) fn group(range: &[RangeCommit]) -> Grouped<'_> {
    let owners = owners(range);
    let mut grouped = Grouped::default();
    let mut unit_of: HashMap<ChangeNumber, usize> = HashMap::new();
    for (commit, owner) in range.iter().zip(owners) {
        let enclosing = owner.map(|merge| &range[merge]);
        let change = commit.change.as_ref().or_else(|| enclosing.and_then(|merge| merge.change.as_ref()));
        if let Some(change) = change {
            let at = *unit_of.entry(change.number).or_insert_with(|| {
                grouped.units.push(Unit {
                    change: Some(change),
                    number: Some(change.number),
                    commits: vec![],
                    picked: None,
                    said: Said::read(&change.body),
                });
                grouped.units.len() - 1
            });
            grouped.units[at].commits.push(commit);
        } else if commit.parents.len() > 1 {
            grouped.merges.push(commit.id.clone());
        } else {
            let own = conventional::split_number(conventional::subject(&commit.message)).1;
            let number = own.map(ChangeNumber).or_else(|| enclosing?.merges);
            grouped.units.push(Unit {
                change: None,
                number,
                commits: vec![commit],
                picked: None,
                said: Said::default(),
            });
        }
    }
    for unit in &mut grouped.units {
        unit.picked = picked(unit);
    }
    grouped
}

/// What a unit was picked from: by its title, or by every one of its commits.
fn picked<'a>(unit: &Unit<'a>) -> Option<Picked<'a>> {
    let title = unit.own_title();
    let messages: Vec<&str> = unit.own_commits().map(|commit| commit.message.as_str()).collect();
    let by_all =
        !messages.is_empty() && messages.iter().all(|message| Picked::read(title, &[message]).is_some());
    let mut texts = if by_all { messages } else { vec![] };
    texts.push(unit.body());
    let mut picked = Picked::read(title, &texts)?;
    picked.number = picked.number.filter(|number| Some(*number) != unit.number);
    Some(picked)
}

/// For each commit the innermost merge of a change that brought it: what a merge's other parents reach and its first
/// does not. Walks first-parent chains from their oldest end, so that each commit is visited once.
fn owners(range: &[RangeCommit]) -> Vec<Option<usize>> {
    let index: HashMap<&CommitId, usize> =
        range.iter().enumerate().map(|(at, commit)| (&commit.id, at)).collect();
    let parent = |at: usize, nth: usize| range[at].parents.get(nth).and_then(|id| index.get(id)).copied();
    let mut walk = Walk { claimed: vec![false; range.len()], owner: vec![None; range.len()] };
    for tip in 0..range.len() {
        let mut open = vec![Step::Enter { tip, owner: None }];
        while let Some(step) = open.pop() {
            match step {
                Step::Enter { tip, owner } => {
                    let chain = walk.unclaimed(tip, |at| parent(at, 0));
                    // Newest first onto the stack, so that the oldest is taken first.
                    open.extend(chain.into_iter().map(|at| Step::Claim { at, owner }));
                }
                Step::Claim { at, owner } => {
                    walk.claim(at, owner);
                    let owner = if merges_change(&range[at]) { Some(at) } else { owner };
                    let others = (1..range[at].parents.len()).rev().filter_map(|nth| parent(at, nth));
                    open.extend(others.map(|tip| Step::Enter { tip, owner }));
                }
            }
        }
    }
    walk.owner
}

fn merges_change(commit: &RangeCommit) -> bool {
    commit.parents.len() > 1 && (commit.change.is_some() || commit.merges.is_some())
}

/// What is still to be walked.
enum Step {
    /// A first-parent chain, from its newest commit.
    Enter { tip: usize, owner: Option<usize> },
    /// One commit of a chain, and then what else it merges.
    Claim { at: usize, owner: Option<usize> },
}

/// Which commits have been walked, and who owns them.
struct Walk {
    claimed: Vec<bool>,
    owner: Vec<Option<usize>>,
}

impl Walk {
    fn unclaimed(&self, tip: usize, first_parent: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
        let is_free = |at: &usize| !self.claimed[*at];
        // A range of a real repository has no cycle; one that does must still end.
        std::iter::successors(Some(tip).filter(is_free), |at| first_parent(*at).filter(is_free))
            .take(self.claimed.len())
            .collect()
    }

    fn claim(&mut self, at: usize, owner: Option<usize>) {
        if !std::mem::replace(&mut self.claimed[at], true) {
            self.owner[at] = owner;
        }
    }
}
