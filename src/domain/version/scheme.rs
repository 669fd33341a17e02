//! Schemes: what a team's versions look like and which comes next. What a release contains, and so how much it asks for, is `plan`'s question.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::{Bump, Format, Number, Series, Version, spelt};

/// How a team counts its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// By [SemVer 2.0.0](https://semver.org): what changes says what comes next.
    Semantic {
        /// The version of a project that has none yet.
        initial: Version,
    },
    /// By the [calendar](https://calver.org): the day says what comes next.
    Calendar(Format),
}

impl Default for Scheme {
    fn default() -> Self {
        Self::Semantic { initial: Version::new(0, 1, 0) }
    }
}

/// What the next version goes on from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The highest final version before.
    pub stable: Option<&'a Version>,
    /// The highest pre-release above it: it stands for a version already promised.
    pub promised: Option<&'a Version>,
    /// Every version in use.
    pub taken: &'a BTreeSet<Version>,
    /// The day.
    pub today: Date,
    /// What the branch allows; `None`: everything.
    pub series: Option<&'a Series>,
}

/// How much is asked of the next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What the contents ask for: below 1.0.0 what breaks users raises the minor number only.
    Contents(Bump),
    /// A person's word: `major` of 0.4.2 is 1.0.0.
    Word(Bump),
}

impl Step {
    /// The final version that it makes of one.
    fn of(self, from: &Version) -> Version {
        let is_early = from.value(0) == 0;
        match self {
            Self::Contents(bump) if is_early => raised(from, bump.min(Bump::Minor)),
            Self::Contents(bump) | Self::Word(bump) => raised(from, bump),
        }
    }
}

/// How the next version stands to the series of its branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is what was asked for.
    Right,
    /// It is less than was asked for, so that it stays in the series.
    Lowered,
    /// It is not in the series.
    Outside,
}

impl Scheme {
    /// Reads a version that a tag or a person spells. Where the calendar counts, SemVer is read too: it may have counted before.
    pub fn read(&self, text: &str) -> Option<Version> {
        match self {
            Self::Semantic { .. } => Version::semantic(text),
            Self::Calendar(format) => format.read(text).or_else(|| Version::semantic(text)),
        }
    }

    /// Whether a new version may be written so.
    pub fn takes(&self, version: &Version) -> bool {
        match self {
            Self::Semantic { .. } => Version::semantic(&version.to_string()).is_some(),
            Self::Calendar(format) => format.takes(version),
        }
    }

    /// The next final version.
    pub fn next(&self, origin: &Origin<'_>, step: Step) -> (Version, Fit) {
        let free = match self {
            Self::Semantic { initial } => semantic(initial, origin, step),
            Self::Calendar(format) => {
                let dated = format.next(origin.today, origin.taken);
                origin.promised.map(Version::core).into_iter().chain([dated]).max().expect("one is there")
            }
        };
        let Some(series) = origin.series.filter(|series| !series.holds(&free)) else {
            return (free, Fit::Right);
        };
        match self {
            Self::Semantic { .. } => within(series, origin, step).unwrap_or((free, Fit::Outside)),
            Self::Calendar(format) => {
                // What a candidate promised in one month may come out in the next.
                let promised = origin.promised.map(Version::core).filter(|core| series.holds(core));
                let stable = origin.stable.filter(|stable| series.holds(stable) && format.counts());
                let counted = || stable.map(|stable| counted_on(stable, origin.taken));
                promised.or_else(counted).map_or((free, Fit::Outside), |inside| (inside, Fit::Right))
            }
        }
    }

    /// The line that a version belongs to, as its branch is called: `1.5` of 1.5.2, `26.12` of 26.12.2.
    pub fn line(&self, version: &Version) -> String {
        let all = version.numbers.len();
        let places = match self {
            Self::Semantic { .. } => 2,
            Self::Calendar(format) if !format.takes(version) => 2,
            Self::Calendar(format) if format.counts() => all - 1,
            Self::Calendar(_) => all,
        };
        spelt(&version.numbers[..places.min(all)])
    }
}

/// How it is written: `MAJOR.MINOR.PATCH`, `YYYY.MM.MICRO`.
impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Semantic { .. } => formatter.write_str("MAJOR.MINOR.PATCH"),
            Self::Calendar(format) => format.fmt(formatter),
        }
    }
}

/// The version that a bump makes, at its word. A pre-release already stands for its final version.
fn raised(from: &Version, bump: Bump) -> Version {
    let [major, minor, patch] = [0, 1, 2].map(|place| from.value(place));
    match bump {
        Bump::None => from.core(),
        Bump::Patch => Version::new(major, minor, patch + 1),
        Bump::Minor => Version::new(major, minor + 1, 0),
        Bump::Major => Version::new(major + 1, 0, 0),
    }
}

/// A pre-release has promised its final version; a smaller bump since then does not take it back.
fn semantic(initial: &Version, origin: &Origin<'_>, step: Step) -> Version {
    match (origin.stable, origin.promised.map(Version::core)) {
        (Some(stable), promised) => {
            promised.into_iter().chain([step.of(stable)]).max().expect("one is there")
        }
        (None, Some(promised)) if covers(&promised, step) => promised,
        (None, Some(promised)) => step.of(&promised),
        (None, None) => match step {
            Step::Contents(_) => initial.clone(),
            Step::Word(_) => step.of(&Version::new(0, 0, 0)).max(initial.clone()),
        },
    }
}

/// Whether a version is promise enough for as much, where there was none before it to compare with.
fn covers(promised: &Version, step: Step) -> bool {
    let [major, minor, patch] = [0, 1, 2].map(|place| promised.value(place));
    let wanted = match step {
        Step::Contents(bump) if major == 0 => bump.min(Bump::Minor),
        Step::Contents(bump) | Step::Word(bump) => bump,
    };
    match wanted {
        Bump::None | Bump::Patch => true,
        Bump::Minor => patch == 0,
        Bump::Major => major > 0 && minor == 0 && patch == 0,
    }
}

/// The next version that stays in the series: its first, or a fix instead of a feature. What breaks users is never a fix,
/// and what a person named is not changed behind their back. `None`: there is none.
fn within(series: &Series, origin: &Origin<'_>, step: Step) -> Option<(Version, Fit)> {
    let first = series.first();
    let newest = origin.stable.into_iter().chain(origin.promised).max();
    if newest.is_none_or(|newest| *newest < first) {
        return Some((first, Fit::Right));
    }
    if step != Step::Contents(Bump::Minor) {
        return None;
    }
    let lowered = semantic(&first, origin, Step::Contents(Bump::Patch));
    series.holds(&lowered).then_some((lowered, Fit::Lowered))
}

/// The version with the next free number at its end.
fn counted_on(from: &Version, taken: &BTreeSet<Version>) -> Version {
    let last = from.numbers.len() - 1;
    let is_alike = |version: &&Version| {
        version.numbers.len() == from.numbers.len()
            && (0..last).all(|place| version.value(place) == from.value(place))
    };
    let highest = taken.iter().filter(|version| version.is_final()).filter(is_alike);
    let highest = highest.map(|version| version.value(last)).max().unwrap_or(0).max(from.value(last));
    let mut numbers = from.numbers.clone();
    numbers[last] = Number::plain(highest + 1);
    Version::of(numbers)
}
