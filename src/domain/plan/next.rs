//! Which version the contents lead to. How a version counts on is `version`'s business.

use std::cmp::Reverse;

use super::{Entry, Flag, Line, Reason, Wish};
use crate::domain::id::TagName;
use crate::domain::version::{Bump, Channel, Version};

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

/// The version; `None`: nothing asks for a release.
pub(super) fn version(line: &Line, bump: Bump, wish: &Wish, channel: Option<&Channel>) -> Option<Version> {
    let target = match (wish, &line.stable) {
        (Wish::Exactly(version), _) => {
            return Some(match channel {
                // `cut v1.5.0 --pre rc` asks for a candidate of that version, never for the version itself.
                Some(channel) if version.is_final() => version.next_on(channel, &line.taken),
                Some(_) | None => version.clone(),
            });
        }
        (_, _) if bump == Bump::None => return None,
        (Wish::Bump(bump), Some(stable)) => stable.raised(*bump),
        (Wish::Bump(bump), None) => Version::new(0, 0, 0).raised(*bump).max(Version::first()),
        (Wish::Next, Some(stable)) => stable.bumped(bump),
        (Wish::Next, None) => Version::first(),
    };
    // A pre-release has promised its final version; a smaller bump since then does not take it back.
    let target = line.promised.iter().map(Version::core).chain([target]).max()?;
    Some(match channel {
        Some(channel) => target.next_on(channel, &line.taken),
        None => target,
    })
}

/// What is wrong with the version as a name.
pub(super) fn flags(line: &Line, version: Option<&Version>, tag: Option<&TagName>) -> Vec<Flag> {
    let Some(version) = version else { return Vec::new() };
    let mut flags = Vec::new();
    if line.taken.contains(version) {
        flags.push(Flag::VersionTaken);
    }
    if line.previous.as_ref().is_some_and(|previous| *version <= previous.version) {
        flags.push(Flag::NotAbovePrevious);
    }
    if tag.is_none() {
        flags.push(Flag::NoSuchTag);
    }
    flags
}
