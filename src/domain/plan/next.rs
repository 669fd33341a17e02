//! Which version the contents lead to. How a version counts on is `version`'s business.

use std::cmp::Reverse;

use super::{Basis, Entry, Flag, Reason, Wish};
use crate::domain::id::TagName;
use crate::domain::policy::CutMode;
use crate::domain::version::{Bump, Fit, Origin, Scheme, Series, Step, Version};

/// What is asked of the version, and the oldest change that asks for it.
pub(super) fn asked<'a>(entries: impl Iterator<Item = &'a Entry>, wish: &Wish) -> (Bump, Option<Reason>) {
    if let Wish::Bump(bump) = wish {
        return (*bump, None);
    }
    let asking = entries.filter(|entry| entry.bump > Bump::None);
    let first = asking.min_by_key(|entry| (Reverse(entry.bump), entry.number.is_none(), entry.number));
    match first {
        Some(entry) => (entry.bump, Some(Reason { number: entry.number, commit: entry.commit.clone() })),
        None => (Bump::None, None),
    }
}

/// The version, and whether it stays where its branch wants it; `None`: nothing asks for a release.
pub(super) fn version(basis: &Basis<'_>, bump: Bump) -> Option<(Version, Fit)> {
    let Basis { line, channel, .. } = *basis;
    let step = match basis.wish {
        Wish::Exactly(version) => {
            let version = match channel {
                // `cut v1.5.0 --pre rc` asks for a candidate of that version, never for the version itself.
                Some(channel) if version.is_final() => version.next_on(channel, &line.taken),
                Some(_) | None => version.clone(),
            };
            let is_inside = basis.series.is_none_or(|series| series.holds(&version));
            return Some((version, if is_inside { Fit::Right } else { Fit::Outside }));
        }
        _ if bump == Bump::None => return None,
        Wish::Bump(bump) => Step::Word(*bump),
        // Who shares versions goes as far as the one of the group that goes farthest.
        Wish::Next => {
            let linked = basis.linked.iter().map(|link| link.bump).max().unwrap_or(bump);
            Step::Contents(linked.max(bump).max(least(basis)))
        }
    };
    let shared = basis.linked.iter().filter_map(|link| link.stable.as_ref());
    let origin = Origin {
        stable: line.stable.iter().chain(shared).max(),
        promised: line.promised.as_ref(),
        taken: &line.taken,
        today: basis.today,
        series: basis.series,
    };
    let scheme = &basis.naming.scheme;
    let (target, fit) = scheme.next(&origin, step);
    let Some(channel) = channel else { return Some((target, fit)) };
    let next = target.next_on(channel, &line.taken);
    let Some(promised) = line.promised.as_ref().filter(|promised| next <= **promised) else {
        return Some((next, fit));
    };
    // `beta.1` is out already: an `alpha` after it can only be of the version after that one.
    let core = promised.core();
    let (target, fit) = scheme.next(&Origin { stable: Some(&core), promised: None, ..origin }, step);
    Some((target.next_on(channel, &line.taken), fit))
}

/// The least that a release raises here: with a branch for each line, what comes from elsewhere begins one.
fn least(basis: &Basis<'_>) -> Bump {
    let begins_line = basis.policy.cut == CutMode::Branch && basis.series.is_none();
    if begins_line { Bump::Minor } else { Bump::None }
}

/// What is wrong with the version as a name.
pub(super) fn flags(
    basis: &Basis<'_>,
    bump: Bump,
    (version, tag): (Option<&Version>, Option<&TagName>),
) -> Vec<Flag> {
    let Some(version) = version else { return Vec::new() };
    let Basis { line, naming, .. } = basis;
    let mut flags = Vec::new();
    let is_raised = bump != Bump::None && bump < least(basis) && *basis.wish == Wish::Next;
    if is_raised && line.stable.is_some() && matches!(naming.scheme, Scheme::Semantic { .. }) {
        flags.push(Flag::BeginsLine);
    }
    if line.taken.contains(version) {
        flags.push(Flag::VersionTaken);
    }
    if line.previous.as_ref().is_some_and(|previous| *version <= previous.version) {
        flags.push(Flag::NotAbovePrevious);
    }
    if !naming.scheme.takes(version) {
        flags.push(Flag::OtherScheme { scheme: naming.scheme.to_string() });
    }
    if tag.is_none() {
        flags.push(Flag::NoSuchTag);
    }
    flags
}

/// What the branch makes of the version.
pub(super) fn fitting(series: &Series, fit: Fit) -> Option<Flag> {
    match fit {
        Fit::Right => None,
        Fit::Lowered => Some(Flag::Lowered { series: series.clone() }),
        Fit::Outside => Some(Flag::OutsideSeries { series: series.clone() }),
    }
}
