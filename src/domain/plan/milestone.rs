//! What milestones have to say to a plan: what belongs elsewhere, what is still expected. They cannot leave merged code out.

use super::{Entry, Flag};
use crate::domain::query::Milestone;
use crate::domain::version::Version;

/// The flags that milestones raise.
pub(super) fn flags<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    version: Option<&Version>,
    milestone: Option<&Milestone>,
) -> Vec<Flag> {
    let Some(version) = version else { return Vec::new() };
    let elsewhere = entries.filter_map(|entry| {
        let milestone = entry.milestone.as_ref().filter(|milestone| !is_of(&milestone.title, version))?;
        // Only a milestone that is named like a version says when something is to ship.
        Version::parse_loosely(&milestone.title)?;
        Some(Flag::OtherMilestone { change: entry.number?, milestone: milestone.title.clone() })
    });
    let mut flags: Vec<Flag> = elsewhere.collect();
    if let Some(milestone) = milestone.filter(|milestone| is_of(&milestone.title, version)) {
        flags.extend(milestone.open.iter().map(|expected| Flag::StillOpen {
            number: expected.number,
            is_change: expected.is_change,
            title: expected.title.clone(),
            milestone: milestone.title.clone(),
        }));
    }
    flags
}

/// Whether a milestone is this version's. Pre-releases belong to the milestone of their final version.
fn is_of(title: &str, version: &Version) -> bool {
    version.is_called(title) || version.core().is_called(title)
}
