//! Which releases a plan goes on from, found in a commit graph. A forge answers the same by its own means, from the same candidates.

use super::{Graph, Line, Released};
use crate::domain::policy::CutMode;
use crate::domain::query::Tag;
use crate::domain::version::{Channel, Naming, Version};

/// The tags of a project in its commit graph, by the version that they name.
#[derive(Debug, Clone)]
pub struct Tags {
    /// Lowest version first, with the tag's commit in the graph; `None`: the graph does not hold it.
    spelt: Vec<(Version, Tag, Option<u32>)>,
}

impl Tags {
    /// The tags that name versions.
    pub fn new(tags: &[Tag], naming: &Naming, find: impl Fn(&Tag) -> Option<u32>) -> Self {
        let spelt = |tag: &Tag| Some((naming.version_of(tag.name.as_str())?, tag.clone(), find(tag)));
        let mut spelt: Vec<_> = tags.iter().filter_map(spelt).collect();
        spelt.sort_by(|a, b| a.0.cmp(&b.0));
        Self { spelt }
    }

    /// The line that ends below `head`: its previous release is the highest final version that it reaches, or one of
    /// `channel`. A tag on the head itself counts.
    pub fn line(&self, graph: &Graph, head: u32, channel: Option<&Channel>) -> Line {
        let on_line = |version: &Version| {
            version.is_final()
                || version.channel().is_some_and(|own| channel.is_some_and(|c| c.as_str() == own))
        };
        self.line_after(graph, head, self.highest(graph, head, on_line))
    }

    /// The line of a default branch. Where lines part from it, a candidate on it stands for its release.
    pub fn line_of_default(&self, graph: &Graph, head: u32, mode: CutMode) -> Line {
        if mode != CutMode::Branch {
            return self.line(graph, head, None);
        }
        let line = self.line_after(graph, head, self.highest(graph, head, |_| true));
        match line.previous.as_ref().map(|previous| &previous.version).filter(|early| early.is_prerelease()) {
            Some(early) => {
                let stable = early.core();
                let taken = line.taken.iter().cloned().chain([stable.clone()]).collect();
                Line { stable: Some(stable), promised: None, taken, ..line }
            }
            None => line,
        }
    }

    /// The line that begins at a release of one's choice.
    pub fn line_after(&self, graph: &Graph, head: u32, previous: Option<Released>) -> Line {
        let stable = match &previous {
            Some(previous) if previous.version.is_final() => Some(previous.version.clone()),
            _ => self.highest(graph, head, Version::is_final).map(|released| released.version),
        };
        let is_open = |version: &Version| version.is_prerelease() && Some(version) > stable.as_ref();
        let promised = self.highest(graph, head, is_open).map(|released| released.version);
        let taken = self.spelt.iter().map(|(version, _, _)| version.clone()).collect();
        Line { previous, stable, promised, taken }
    }

    /// Those of lower versions: what there was before a release, as far as versions tell.
    #[must_use]
    pub fn below(&self, version: &Version) -> Self {
        let end = self.spelt.partition_point(|(known, _, _)| known < version);
        Self { spelt: self.spelt[..end].to_vec() }
    }

    /// Each that the graph holds, with its commit, highest version first.
    pub fn reached(&self) -> impl Iterator<Item = (u32, Released)> {
        self.spelt.iter().rev().filter_map(|spelt| Some((spelt.2?, release(spelt))))
    }

    /// The release that a tag names.
    pub fn released(&self, tag: &str) -> Option<Released> {
        self.spelt.iter().find(|(_, known, _)| known.name.as_str() == tag).map(release)
    }

    fn highest(&self, graph: &Graph, head: u32, wanted: impl Fn(&Version) -> bool) -> Option<Released> {
        let falling = self.spelt.iter().rev().filter(|(version, _, _)| wanted(version));
        graph.first_reached(head, falling.filter_map(|spelt| Some((spelt.2?, spelt)))).map(release)
    }
}

fn release((version, tag, _): &(Version, Tag, Option<u32>)) -> Released {
    Released { version: version.clone(), tag: tag.name.clone(), commit: tag.commit.clone() }
}

#[cfg(test)]
mod tests;
