//! The release that release-drafter writes: its body, name and tag, from templates. Which pull requests there are and what was released before is told by the caller.

use std::collections::BTreeSet;

use super::Configuration;
use super::number::{Named, Step, Wished};
use super::previous::{self, Release};
use super::rules::{self, Category, Person, PullRequest, Sorted};
use super::template::{Variables, escaped};

/// What a run is told from outside.
#[derive(Debug, Clone, Default)]
pub struct Run<'a> {
    /// The repository, `owner/name`.
    pub repository: &'a str,
    /// The branch that the run is for.
    pub commitish: &'a str,
    /// Version, tag or name given to the run.
    pub wished: Wished,
    /// Whether it is for a pre-release; `None`: as the file says.
    pub is_prerelease: Option<bool>,
    /// The releases there are, in the forge's order.
    pub releases: &'a [Release],
    /// The merged pull requests since the last release.
    pub requests: &'a [PullRequest],
    /// Those who had nothing merged before, and the number of their first.
    pub newcomers: &'a [(Person, u64)],
}

/// What would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub body: String,
    /// The name of the release.
    pub name: String,
    /// Its tag.
    pub tag: String,
    /// Whether it is marked as a pre-release.
    pub is_prerelease: bool,
    /// `true`, `false` or `legacy`.
    pub make_latest: String,
    /// The branch.
    pub commitish: String,
    /// Whether a draft that was there is written anew.
    pub goes_on: bool,
    /// Whether there was no release to compare with; release-drafter adds a warning of its own then, which is left out here.
    pub has_no_baseline: bool,
}

impl Configuration {
    /// What release-drafter would write.
    pub fn draft(&self, run: &Run<'_>) -> Draft {
        let is_prerelease = run.is_prerelease.unwrap_or(self.is_prerelease);
        let found = previous::found(run.releases, self, run.commitish, is_prerelease);
        let mut requests = run.requests.to_vec();
        self.order.sort(&mut requests);
        let kept = rules::kept(&self.categories, &requests);
        let named = |release: &Release| Named { tag: release.tag.clone(), name: release.name.clone() };
        let last = found.last.map(named);
        let step = self.step(&kept, is_prerelease, last.as_ref());
        let versions = self.numbering.variables(&run.wished, last.as_ref(), step);
        let body = self.body(run, &kept, last.as_ref());
        let body = self.replacers.iter().fold(body, |body, replacer| replacer.apply(&body));
        let wished = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let or_of_draft = |made: String, there: fn(&Release) -> &String| {
            if made.is_empty() { found.draft.map(there).cloned().unwrap_or_default() } else { made }
        };
        let name = wished(&run.wished.name).unwrap_or_else(|| versions.fill(&self.templates.name));
        let tag = wished(&run.wished.tag).unwrap_or_else(|| versions.fill(&self.templates.tag));
        Draft {
            body: versions.fill(&body),
            name: or_of_draft(name, |release| &release.name),
            tag: or_of_draft(tag, |release| &release.tag),
            make_latest: if is_prerelease { "false".to_owned() } else { self.latest.clone() },
            is_prerelease,
            commitish: run.commitish.trim_start_matches("refs/heads/").to_owned(),
            goes_on: found.draft.is_some(),
            has_no_baseline: found.last.is_none(),
        }
    }

    fn step(&self, kept: &[&PullRequest], is_prerelease: bool, last: Option<&Named>) -> Step {
        let increment = rules::increment(&self.categories, kept);
        let was_prerelease = last.and_then(|last| self.numbering.version_of(last));
        let was_prerelease = was_prerelease.is_some_and(|version| !version.pre.is_empty());
        match (is_prerelease && !self.numbering.identifier.is_empty(), was_prerelease) {
            (false, _) => Step::Final(increment),
            (true, true) => Step::Next,
            (true, false) => Step::Before(increment),
        }
    }

    fn body(&self, run: &Run<'_>, kept: &[&PullRequest], last: Option<&Named>) -> String {
        let (owner, repository) = run.repository.split_once('/').unwrap_or_default();
        let mut variables = Variables::default();
        variables.set("CHANGES", self.changes(kept));
        variables.set("CONTRIBUTORS", self.contributors(kept));
        variables.set("NEW_CONTRIBUTORS", self.newcomers(run.newcomers));
        variables.set("PREVIOUS_TAG", last.map(|last| last.tag.clone()).unwrap_or_default());
        variables.set("OWNER", owner);
        variables.set("REPOSITORY", repository);
        let templates = &self.templates;
        variables.fill(&format!("{}{}{}", templates.header, templates.body, templates.footer))
    }

    fn changes(&self, kept: &[&PullRequest]) -> String {
        if kept.is_empty() {
            return self.templates.no_changes.clone();
        }
        let Sorted { sections, others } = rules::sorted(&self.categories, kept);
        let mut blocks = Vec::new();
        if !others.is_empty() {
            blocks.push(self.list(&others, ""));
        }
        for (category, requests) in sections.iter().filter(|(_, requests)| !requests.is_empty()) {
            blocks.push(self.section(category, requests));
        }
        blocks.join("\n\n")
    }

    fn section(&self, category: &Category, requests: &[&PullRequest]) -> String {
        let list = self.list(requests, &category.title);
        let list = match category.collapse_after {
            Some(limit) if requests.len() > limit => {
                format!("<details>\n<summary>{} changes</summary>\n\n{list}\n</details>", requests.len())
            }
            Some(_) | None => list,
        };
        let mut variables = Variables::default();
        variables.set("TITLE", category.title.as_str());
        match variables.fill(&self.templates.category) {
            heading if heading.is_empty() => list,
            heading => format!("{heading}\n\n{list}"),
        }
    }

    fn list(&self, requests: &[&PullRequest], category: &str) -> String {
        let lines = requests.iter().map(|request| self.change(request, category));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn change(&self, request: &PullRequest, category: &str) -> String {
        let templates = &self.templates;
        let mut variables = Variables::default();
        variables.set("TITLE", escaped(&request.title, &templates.title_escapes));
        variables.set("NUMBER", request.number.to_string());
        variables.set("AUTHOR", request.author.account());
        variables.set("AUTHORS", self.authors(request));
        variables.set("AUTHOR_URL", format!("https://github.com/{}", request.author.login));
        variables.set("BODY", request.body.as_str());
        variables.set("URL", request.url.as_str());
        variables.set("BASE_REF_NAME", request.base.as_str());
        variables.set("HEAD_REF_NAME", request.head.as_str());
        variables.set("CATEGORY", category);
        variables.fill(&templates.change)
    }

    /// The author first, then who else wrote its commits: people before programs, by login.
    fn authors(&self, request: &PullRequest) -> String {
        let others: BTreeSet<&Person> =
            request.committers.iter().filter(|person| **person != request.author).collect();
        let all: Vec<String> =
            std::iter::once(&request.author).chain(others).map(|person| self.author(person)).collect();
        let templates = &self.templates;
        let last = templates.authors_final_separator.as_ref().unwrap_or(&templates.authors_separator);
        match all.split_last() {
            Some((one, before)) if !before.is_empty() => {
                format!("{}{last}{one}", before.join(&templates.authors_separator))
            }
            _ => all.join(""),
        }
    }

    fn author(&self, person: &Person) -> String {
        let mut variables = Variables::default();
        variables.set("AUTHOR", person.account());
        variables.set("AUTHOR_MENTION", person.mention());
        variables.fill(&self.templates.author)
    }

    /// Everybody once: "a, b and c".
    fn contributors(&self, kept: &[&PullRequest]) -> String {
        let everybody =
            kept.iter().flat_map(|request| std::iter::once(&request.author).chain(&request.committers));
        let is_left_out = |person: &&Person| self.exclude_contributors.contains(&person.login);
        let everybody: BTreeSet<&Person> = everybody.filter(|person| !is_left_out(person)).collect();
        let names: Vec<String> = everybody.into_iter().map(Person::mention).collect();
        match names.split_last() {
            None => self.templates.no_contributors.clone(),
            Some((one, [])) => one.clone(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
        }
    }

    fn newcomers(&self, newcomers: &[(Person, u64)]) -> String {
        let line = |(person, number): &(Person, u64)| {
            let mut variables = Variables::default();
            variables.set("AUTHOR", person.account());
            variables.set("AUTHOR_MENTION", person.mention());
            variables.set("NUMBER", number.to_string());
            variables.fill(&self.templates.newcomer)
        };
        if newcomers.is_empty() {
            return self.templates.no_newcomers.clone();
        }
        newcomers.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Person {
    /// Somebody by login; `[bot]` behind it tells a program.
    pub fn of_login(login: &str) -> Self {
        let bare = login.strip_suffix("[bot]");
        Self { is_bot: bare.is_some(), login: bare.unwrap_or(login).to_owned() }
    }

    fn account(&self) -> String {
        match (self.login.as_str(), self.is_bot) {
            ("", _) => "ghost".to_owned(),
            (login, true) => format!("{login}[bot]"),
            (login, false) => login.to_owned(),
        }
    }

    fn mention(&self) -> String {
        let account = self.account();
        if self.is_bot {
            format!("[@{account}](https://github.com/apps/{})", self.login)
        } else {
            format!("@{account}")
        }
    }
}
