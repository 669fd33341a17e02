//! The notes that release-drafter would have written of the changes of a plan of ours, for a comparison. What it asks its forge beyond them (descriptions, branches, files) is empty.

use super::Configuration;
use super::draft::Run;
use super::previous::Release;
use super::rules::{Person, PullRequest};
use crate::domain::plan::{Author, Entry, Plan};

impl Configuration {
    /// The body of its release.
    pub(in crate::config::import) fn notes(&self, plan: &Plan) -> String {
        let mut requests: Vec<PullRequest> = plan.entries().filter_map(request).collect();
        // The newest first, which it keeps where nobody told when something was merged.
        requests.sort_by_key(|request| std::cmp::Reverse(request.number));
        // What is several entries here is one pull request there.
        requests.dedup_by_key(|request| request.number);
        let previous = plan.previous.as_ref().map(|previous| {
            let tag = previous.tag.to_string();
            Release { name: tag.clone(), tag, ..Release::default() }
        });
        let newcomers: Vec<(Person, u64)> = plan
            .first_timers
            .iter()
            .map(|first| (Person::of_login(&first.actor.login), first.change.0))
            .collect();
        let releases: Vec<Release> = previous.into_iter().collect();
        let run = Run { releases: &releases, requests: &requests, newcomers: &newcomers, ..Run::default() };
        self.draft(&run).body
    }
}

/// A change as it sees it; a commit without a number it never sees.
fn request(entry: &Entry) -> Option<PullRequest> {
    let author = match &entry.author {
        Some(Author::Account(actor)) => Person::of_login(&actor.login),
        Some(Author::Name(name)) => Person::of_login(name),
        None => Person::default(),
    };
    Some(PullRequest {
        number: entry.number?.0,
        title: entry.title.clone(),
        author,
        labels: entry.labels.clone(),
        merged_at: entry.merged_at,
        ..PullRequest::default()
    })
}
