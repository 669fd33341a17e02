//! Files of other release tools, read into our policy with a remark for all that cannot be carried over. Which file a command reads, and where the policy is put, is not decided here.

pub mod release_drafter;
pub mod release_notes;
pub mod release_please;

mod policy_text;
mod sheet;

use std::fmt;

use super::diagnostic::Report;
use super::policy::Layer;
use super::release_yml;
use crate::domain::plan::Plan;

/// Reads a file of the repository by its path; `None`: it is not there.
pub type Files<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, by its path in the repository.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// A tool whose file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// release-drafter, versions 5 to 7.
    ReleaseDrafter,
    /// The notes that GitHub generates by itself.
    ReleaseYml,
    /// release-please with its manifest.
    ReleasePlease,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ReleaseDrafter, Self::ReleasePlease, Self::ReleaseYml];

    /// How people write it, on the command line too.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReleaseDrafter => "release-drafter",
            Self::ReleaseYml => "release-yml",
            Self::ReleasePlease => "release-please",
        }
    }

    /// Where its file may stand; the first that is there counts.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Self::ReleaseDrafter => &[release_drafter::PATH, ".github/release-drafter.yaml"],
            Self::ReleaseYml => &release_yml::PATHS,
            Self::ReleasePlease => &[release_please::PATH, ".github/release-please-config.json"],
        }
    }

    /// Reads its file, where there is one.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(self, files: &Files<'_>) -> Option<Result<Source, Report>> {
        let (path, text) = self.paths().iter().find_map(|path| Some((*path, files(path)?)))?;
        Some(match self {
            Self::ReleaseDrafter => release_drafter::Configuration::read(path, &text, files)
                .map(|read| Source::ReleaseDrafter(Box::new(read))),
            Self::ReleaseYml => release_notes::Configuration::read(path, &text).map(Source::ReleaseYml),
            Self::ReleasePlease => release_please::Configuration::read(path, &text, files)
                .map(|read| Source::ReleasePlease(Box::new(read))),
        })
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub enum Source {
    /// `.github/release-drafter.yml`
    ReleaseDrafter(Box<release_drafter::Configuration>),
    /// `.github/release.yml`
    ReleaseYml(release_notes::Configuration),
    /// `release-please-config.json`
    ReleasePlease(Box<release_please::Configuration>),
}

impl Source {
    /// Our policy, as near to the file as it can come.
    pub fn imported(&self) -> Imported {
        match self {
            Self::ReleaseDrafter(configuration) => configuration.imported(),
            Self::ReleaseYml(configuration) => configuration.imported(),
            Self::ReleasePlease(configuration) => configuration.imported(),
        }
    }

    /// The notes that the other tool would have written of the same changes, as far as that follows from its file: what
    /// it asks its forge beyond them is left out.
    pub fn notes(&self, plan: &Plan) -> String {
        match self {
            Self::ReleaseDrafter(configuration) => configuration.notes(plan),
            Self::ReleaseYml(configuration) => configuration.notes(plan),
            Self::ReleasePlease(configuration) => configuration.notes(plan),
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The file, by its path in the repository.
    pub file: String,
    /// Our policy.
    pub layer: Layer,
    /// All that is not as it was, in the order of the file.
    pub remarks: Vec<Remark>,
    /// What is different for everybody who comes from that tool, a line each.
    pub usual: &'static [&'static str],
}

impl Imported {
    /// The policy as a file, with the remarks as comments.
    pub fn text(&self) -> String {
        policy_text::of(self)
    }
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands in the file.
    pub place: Option<Place>,
    /// What is written there, in few words.
    pub what: String,
    /// Why it is not carried over, or how it is from now on.
    pub why: String,
    /// What is different because of it.
    pub touches: Touches,
}

/// What is different because something was not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touches {
    /// Which changes are listed, and where.
    Contents,
    /// The version.
    Version,
    /// How it reads.
    Wording,
    /// When and how it runs.
    Running,
    /// Nothing: it is not needed here.
    Nothing,
}

impl Touches {
    /// The heading of such remarks.
    fn heading(self) -> &'static str {
        match self {
            Self::Contents => "Different: which changes are listed, and where",
            Self::Version => "Different: versions and tags",
            Self::Wording => "Different: how it reads",
            Self::Running => "Different: when and how it runs",
            Self::Nothing => "Not needed here",
        }
    }
}
