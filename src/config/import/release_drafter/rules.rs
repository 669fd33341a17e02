//! What release-drafter does with pull requests: their order, which it drops, which category takes them, what they ask of the version. How it is written down is `release_drafter::draft`'s business.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::condition::Condition;
use crate::config::import::Place;

/// A merged pull request, as far as the rules look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its description.
    pub body: String,
    /// Its page.
    pub url: String,
    /// Who opened it.
    pub author: Person,
    /// Who wrote its commits.
    pub committers: Vec<Person>,
    /// Its labels.
    pub labels: Vec<String>,
    /// The files that it changes; empty where nobody told.
    pub files: Vec<String>,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// The branch it was merged into.
    pub base: String,
    /// The branch it came from.
    pub head: String,
}

/// Somebody with an account, or without.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// Whether it is a program; people come first.
    pub is_bot: bool,
    /// The login without `[bot]`; empty: the account is gone.
    pub login: String,
}

/// What a category is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A section of the notes.
    Changelog,
    /// Only what one of these takes is listed.
    PreInclude,
    /// What one of these takes is dropped.
    PreExclude,
    /// It raises the version and shows nothing.
    VersionResolver,
}

/// How much of the version is raised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Increment {
    /// The last number.
    #[default]
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

/// A category, of the old keys too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What it is for.
    pub purpose: Purpose,
    /// The heading of a section.
    pub title: String,
    /// Any of these is enough. None: a section takes what no other does, a resolver counts where no other does.
    pub when: Vec<Condition>,
    /// Whether what it takes is hidden from the later ones of its purpose.
    pub exclusive: bool,
    /// More entries than this are folded.
    pub collapse_after: Option<usize>,
    /// What it asks of the version.
    pub increment: Increment,
    /// Where it stands in the file.
    pub place: Place,
}

impl Category {
    fn takes(&self, request: &PullRequest) -> bool {
        self.when.iter().any(|condition| condition.takes(request))
    }
}

/// The order of the entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// By title; else by the time of the merge.
    pub by_title: bool,
    /// The first is the smallest; else the greatest.
    pub ascending: bool,
}

impl Order {
    /// Puts pull requests into this order; equal ones stay as they are.
    pub fn sort(self, requests: &mut [PullRequest]) {
        let compare = |a: &PullRequest, b: &PullRequest| -> Ordering {
            if self.by_title {
                (a.title.to_lowercase(), &a.title).cmp(&(b.title.to_lowercase(), &b.title))
            } else {
                a.merged_at.cmp(&b.merged_at)
            }
        };
        requests.sort_by(|a, b| if self.ascending { compare(a, b) } else { compare(b, a) });
    }
}

/// The pull requests that are listed at all.
pub fn kept<'a>(categories: &[Category], requests: &'a [PullRequest]) -> Vec<&'a PullRequest> {
    let of = |purpose: Purpose| categories.iter().filter(move |category| category.purpose == purpose);
    let is_kept = |request: &&PullRequest| {
        let is_included = of(Purpose::PreInclude).next().is_none()
            || of(Purpose::PreInclude).any(|category| category.takes(request));
        is_included && !of(Purpose::PreExclude).any(|category| category.takes(request))
    };
    requests.iter().filter(is_kept).collect()
}

/// The pull requests of each section, and those of none.
#[derive(Debug, Default)]
pub struct Sorted<'a> {
    /// The sections in the order of the file, empty ones too.
    pub sections: Vec<(&'a Category, Vec<&'a PullRequest>)>,
    /// What no section takes; it is printed first, without a heading.
    pub others: Vec<&'a PullRequest>,
}

/// Sorts what is kept into sections: a pull request stands in each that takes it, up to the first exclusive one.
pub fn sorted<'a>(categories: &'a [Category], kept: &[&'a PullRequest]) -> Sorted<'a> {
    let sections = categories.iter().filter(|category| category.purpose == Purpose::Changelog);
    let mut sorted =
        Sorted { sections: sections.map(|category| (category, Vec::new())).collect(), others: Vec::new() };
    for request in kept {
        let taken = taking(sorted.sections.iter().map(|(category, _)| *category), request);
        let bucket = sorted.sections.iter().position(|(category, _)| category.when.is_empty());
        if taken.is_empty() {
            match bucket {
                Some(at) => sorted.sections[at].1.push(request),
                None => sorted.others.push(request),
            }
        }
        for at in taken {
            sorted.sections[at].1.push(request);
        }
    }
    sorted
}

/// What the pull requests ask of the version.
pub fn increment(categories: &[Category], kept: &[&PullRequest]) -> Increment {
    let sorted = sorted(categories, kept);
    let sections =
        sorted.sections.iter().filter(|(_, requests)| !requests.is_empty()).map(|(category, _)| *category);
    let resolvers: Vec<&Category> =
        categories.iter().filter(|category| category.purpose == Purpose::VersionResolver).collect();
    let mut matching: Vec<&Category> = kept
        .iter()
        .flat_map(|request| taking(resolvers.iter().copied(), request))
        .map(|at| resolvers[at])
        .collect();
    if matching.is_empty() {
        matching.extend(resolvers.iter().filter(|resolver| resolver.when.is_empty()).copied());
    }
    sections.chain(matching).map(|category| category.increment).max().unwrap_or_default()
}

/// Which of these take the pull request, by their place among them.
fn taking<'a>(categories: impl Iterator<Item = &'a Category>, request: &PullRequest) -> Vec<usize> {
    let mut taken = Vec::new();
    for (at, category) in categories.enumerate().filter(|(_, category)| category.takes(request)) {
        taken.push(at);
        if category.exclusive {
            break;
        }
    }
    taken
}
