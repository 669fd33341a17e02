//! What the next release would contain: version, tag, sections, and all that a releaser must know before the cut. A plan changes nothing, and no rule of cutting lives here.

mod category;
mod entry;
mod flag;
mod fold;
mod graph;
mod line;
mod milestone;
mod next;
mod range;
mod revert;
mod sections;

use std::collections::{BTreeSet, HashSet};

use crate::domain::change::{RangeCommit, Writers};
use crate::domain::id::{ActorId, ChangeNumber, CommitId, ComponentName, TagName};
use crate::domain::notes::{self, template::Template};
use crate::domain::policy::{Paths, Policy};
use crate::domain::query::Milestone;
use crate::domain::version::{Bump, Channel, Naming, Series, Version};

pub use category::{OTHER, Placed};
pub use entry::{Author, Entry, FirstTimer, Origin, Part, Reason, Reverted, Section};
pub use flag::Flag;
pub use graph::Graph;
pub use line::Tags;
use range::Unit;
pub use range::{Untold, untold};
use sections::Sorted;

/// All that a plan is made from. Nothing else decides it.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// What the team wants.
    pub policy: &'a Policy,
    /// How its releases are named.
    pub naming: &'a Naming,
    /// The releases before.
    pub line: &'a Line,
    /// The commit that would be released.
    pub head: &'a CommitId,
    /// The commits that the head reaches and the previous release does not, newest first.
    pub range: &'a [RangeCommit],
    /// Changes that people asked to show, whatever their labels say.
    pub shown: &'a BTreeSet<ChangeNumber>,
    /// Changes that people asked to hide. They ship all the same.
    pub hidden: &'a BTreeSet<ChangeNumber>,
    /// Authors who had nothing merged before.
    pub first_timers: &'a BTreeSet<ActorId>,
    /// The milestone that is named like the planned version, where there is one.
    pub milestone: Option<&'a Milestone>,
    /// Which version is asked for.
    pub wish: &'a Wish,
    /// The channel, for a pre-release.
    pub channel: Option<&'a Channel>,
    /// The day, by which some versions are counted.
    pub today: jiff::civil::Date,
    /// The versions that may come from the branch, where it is a maintenance branch.
    pub series: Option<&'a Series>,
    /// What the other components of its group ask for.
    pub linked: &'a [Link],
}

/// A component that shares its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its highest final version so far.
    pub stable: Option<Version>,
    /// What its contents ask for.
    pub bump: Bump,
}

/// The releases that a plan goes on from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The release that the range begins at: of [`super::version::candidates`] the first that the head reaches.
    pub previous: Option<Released>,
    /// The highest final version that the head reaches. The same as `previous` unless that is a pre-release.
    pub stable: Option<Version>,
    /// The highest pre-release above it that the head reaches, of any channel: it stands for a version already promised.
    pub promised: Option<Version>,
    /// Every version in use, wherever its tag stands: no number is planned twice.
    pub taken: BTreeSet<Version>,
}

impl Line {
    /// The line of a project whose previous release is known and final, and of which nothing else is.
    pub fn after(previous: Option<Released>) -> Self {
        let stable = previous.as_ref().map(|released| released.version.clone()).filter(Version::is_final);
        let promised =
            previous.as_ref().map(|released| released.version.clone()).filter(Version::is_prerelease);
        Self { taken: stable.iter().chain(&promised).cloned().collect(), previous, stable, promised }
    }
}

/// A release that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Its version.
    pub version: Version,
    /// Its tag.
    pub tag: TagName,
    /// The commit under the tag.
    pub commit: CommitId,
}

/// Which version is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wish {
    /// What the changes ask for.
    #[default]
    Next,
    /// At its word: `major` of 0.4.2 is 1.0.0.
    Bump(Bump),
    /// This very version.
    Exactly(Version),
}

/// What the next release would contain. Each commit of the range is in exactly one entry, of this component or elsewhere, or
/// among `merges`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What is released.
    pub component: ComponentName,
    /// The release before.
    pub previous: Option<Released>,
    /// The planned version; `None`: nothing to release.
    pub version: Option<Version>,
    /// Its tag. `None` also where the pattern makes no tag of this version.
    pub tag: Option<TagName>,
    /// What the contents ask of the version.
    pub bump: Bump,
    /// The oldest change that asks for this much; `None` where nothing asks, or a person did.
    pub reason: Option<Reason>,
    /// The commit that would be released.
    pub head: CommitId,
    /// What the notes show, in their order.
    pub sections: Vec<Section>,
    /// What people hid. It ships all the same.
    pub hidden: Vec<Entry>,
    /// What labels or authors keep out of the notes. It ships all the same.
    pub excluded: Vec<Entry>,
    /// What was reverted before it went out, and what reverted it. Of no effect, and of no account for the version.
    pub reverted: Vec<Reverted>,
    /// What touches no file of the component: other components release it, or nobody does.
    pub elsewhere: Vec<Entry>,
    /// Merge commits of no change. What they bring is in the entries.
    pub merges: Vec<CommitId>,
    /// The people whose changes the notes show, in order of appearance.
    pub contributors: Vec<Author>,
    /// Those of them who had nothing merged before, with their oldest change.
    pub first_timers: Vec<FirstTimer>,
    /// The planned date, from the milestone.
    pub due: Option<jiff::Timestamp>,
    /// The people behind all commits of the range, merges too; `None`: of some nobody told.
    pub writers: Option<Writers>,
    /// How its notes are written, where the team has a template.
    pub template: Option<Template>,
    /// What a releaser should know before the cut.
    pub flags: Vec<Flag>,
}

impl Plan {
    /// Everything that ships, each once: what the notes show or stands for others, then what is hidden, then what is
    /// excluded, then what was reverted again.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let reverted = self.reverted.iter().map(|reverted| &reverted.entry);
        let shown = self.shown().flat_map(Entry::with_folded);
        let all = shown.chain(&self.hidden).chain(&self.excluded).chain(reverted);
        all.filter(|entry| !entry.is_part)
    }

    /// What the notes show.
    pub fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|section| &section.entries)
    }

    /// Whether there is nothing that anybody should be told of.
    pub fn is_empty(&self) -> bool {
        self.version.is_none()
    }

    /// What stands in the way of a cut.
    pub fn blockers(&self) -> impl Iterator<Item = &Flag> {
        self.flags.iter().filter(|flag| flag.is_blocker())
    }
}

/// Draws up the plan.
pub fn draw(basis: &Basis<'_>) -> Plan {
    let mut grouped = range::group(basis.range);
    let (own, all) = (&basis.policy.versioning.component, &basis.policy.components);
    let is_component =
        |word: &str| all.iter().any(|known| known.component.as_str().eq_ignore_ascii_case(word));
    grouped.units.iter_mut().for_each(|unit| unit.said.narrow(own.as_str(), is_component));
    let is_asked_for = |unit: &Unit<'_>| unit.number.is_some_and(|number| basis.shown.contains(&number));
    let fates = revert::fates(&grouped.units, is_asked_for);
    let scope = Scope::of(&grouped.units, &basis.policy.versioning.paths);
    let mut sorted = Sorted::of((&grouped.units, &fates), &scope, basis);
    let (bump, reason) = next::asked(sorted.counted(), basis.wish);
    let (version, fit) = next::version(basis, bump).unzip();
    let tag = version.as_ref().and_then(|version| basis.naming.tag(version).ok());
    let mut flags = next::flags(basis, bump, (version.as_ref(), tag.as_ref()));
    flags.extend(basis.series.zip(fit).and_then(|(series, fit)| next::fitting(series, fit)));
    flags.extend((scope.guessed > 0).then_some(Flag::UnknownPaths { count: scope.guessed }));
    flags.extend(milestone::flags(sorted.all(), version.as_ref(), basis.milestone));
    let (contributors, first_timers) = (sorted.contributors(), sorted.first_timers(basis.first_timers));
    flags.extend(sorted.flags);
    fold::fold(&mut sorted.sections);
    let mut plan = Plan {
        component: basis.policy.versioning.component.clone(),
        previous: basis.line.previous.clone(),
        tag,
        bump,
        reason,
        head: basis.head.clone(),
        contributors,
        first_timers,
        sections: sorted.sections,
        hidden: sorted.hidden,
        excluded: sorted.excluded,
        reverted: sorted.reverted,
        merges: grouped.merges,
        writers: writers(basis.range, &sorted.elsewhere),
        elsewhere: sorted.elsewhere,
        due: basis.milestone.filter(|_| version.is_some()).and_then(|milestone| milestone.due),
        version,
        template: basis.policy.notes.template.clone(),
        flags,
    };
    plan.flags.extend(
        notes::template_fault(&plan).map(|fault| Flag::TemplateFails { line: fault.line, said: fault.said }),
    );
    plan
}

/// Which units of a range are the component's. What nobody can say of is: nothing vanishes because a forge kept silent.
struct Scope {
    is_own: Vec<bool>,
    guessed: usize,
}

impl Scope {
    fn of(units: &[Unit<'_>], paths: &Paths) -> Self {
        let touches: Vec<Option<bool>> = units.iter().map(|unit| unit.touches(paths)).collect();
        Self {
            guessed: touches.iter().filter(|touches| touches.is_none()).count(),
            is_own: touches.into_iter().map(|touches| touches != Some(false)).collect(),
        }
    }
}

/// The people behind a range, but for what ships elsewhere.
fn writers(range: &[RangeCommit], elsewhere: &[Entry]) -> Option<Writers> {
    let elsewhere: HashSet<&CommitId> = elsewhere.iter().flat_map(|entry| &entry.commits).collect();
    let mut writers = Writers::default();
    for commit in range.iter().filter(|commit| !elsewhere.contains(&commit.id)) {
        writers.join(commit.writers.as_ref()?);
    }
    Some(writers)
}

#[cfg(test)]
mod tests;
