//! GitHub's `.github/release.yml` as a policy of its own, and the notes that GitHub would generate by it. A repository that keeps the file needs no import: it is read as it is (`config::release_yml`).

use super::sheet::Sheet;
use super::{Imported, Place, Remark, Touches};
use crate::config::diagnostic::Report;
use crate::config::policy::{Layer, NotesLayer};
use crate::config::release_yml;
use crate::domain::plan::{Author, Entry, Plan};
use crate::domain::policy::{Category, Exclude, Notes, has_label};

/// What nobody has to be told key by key.
const USUAL: &[&str] = &[
    "the bump of a section follows from the names of its labels, as it does while the file is read in place",
    "a conventional title (`feat: x`) counts where no label decides",
    "commits without a pull request are listed, too",
];

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct Configuration {
    file: String,
    notes: Notes,
    /// Where its categories begin; `None`: it has none.
    categories: Option<Place>,
}

impl Configuration {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Self, Report> {
        let notes = release_yml::read(file, text)?;
        let sheet = Sheet::read(file, text)?;
        let categories = sheet.root().get("changelog").and_then(|changelog| changelog.get("categories"));
        Ok(Self { file: file.to_owned(), notes, categories: categories.map(|categories| categories.place()) })
    }

    /// Our policy, as near to the file as it can come.
    pub fn imported(&self) -> Imported {
        let Notes { categories, exclude, template: _ } = &self.notes;
        let some = |list: &Vec<String>| Some(list.clone()).filter(|list| !list.is_empty());
        let notes = NotesLayer {
            categories: self.categories.as_ref().map(|_| categories.clone()),
            excluded_labels: some(&exclude.labels),
            excluded_authors: some(&exclude.authors),
            template: None,
            changelog: None,
        };
        let notes = Some(notes).filter(|notes| *notes != NotesLayer::default());
        Imported {
            file: self.file.clone(),
            layer: Layer { notes, ..Layer::default() },
            remarks: self.remark().into_iter().collect(),
            usual: USUAL,
        }
    }

    fn remark(&self) -> Option<Remark> {
        let takes_all = |category: &Category| category.catches_all && category.except == Exclude::default();
        let (what, why) = match &self.categories {
            None => ("no `categories`", "one flat list there; the usual sections here"),
            Some(_) if self.notes.categories.iter().any(takes_all) => return None,
            Some(_) => (
                "no category with `*` for everything",
                "what none takes is left out there without a word; here it stands under \"Other\"",
            ),
        };
        let (what, why) = (what.to_owned(), why.to_owned());
        Some(Remark { place: self.categories.clone(), what, why, touches: Touches::Contents })
    }

    /// The sections that GitHub would print of these entries, empty ones left out: the first that takes a change has it,
    /// and what none takes is not printed. Without categories there is one, without a title.
    pub fn sections<'a>(&self, entries: &[&'a Entry]) -> Vec<(String, Vec<&'a Entry>)> {
        let listed = entries.iter().copied().filter(|entry| entry.number.is_some());
        let listed: Vec<&Entry> = listed.filter(|entry| !names(&self.notes.exclude, entry)).collect();
        if self.categories.is_none() {
            return vec![(String::new(), listed)];
        }
        let takes = |category: &Category, entry: &Entry| {
            let is_named = entry.labels.iter().any(|label| has_label(&category.labels, label));
            (is_named || category.catches_all) && !names(&category.except, entry)
        };
        let mut sections: Vec<(String, Vec<&Entry>)> =
            self.notes.categories.iter().map(|category| (category.title.clone(), Vec::new())).collect();
        for entry in listed {
            if let Some(at) = self.notes.categories.iter().position(|category| takes(category, entry)) {
                sections[at].1.push(entry);
            }
        }
        sections.retain(|(_, entries)| !entries.is_empty());
        sections
    }

    /// The body of the release that it would generate.
    pub(super) fn notes(&self, plan: &Plan) -> String {
        let mut entries: Vec<&Entry> = plan.entries().collect();
        entries.sort_by_key(|entry| (entry.merged_at, entry.number));
        let mut lines = vec!["## What's Changed".to_owned()];
        for (title, entries) in self.sections(&entries) {
            lines.extend((!title.is_empty()).then(|| format!("### {title}")));
            lines.extend(entries.into_iter().map(line));
        }
        if !plan.first_timers.is_empty() {
            lines.extend([String::new(), "## New Contributors".to_owned()]);
            lines.extend(plan.first_timers.iter().map(|first| {
                format!("* @{} made their first contribution in #{}", first.actor.login, first.change.0)
            }));
        }
        if let (Some(previous), Some(tag)) = (&plan.previous, &plan.tag) {
            lines.extend([String::new(), format!("**Full Changelog**: {}...{tag}", previous.tag)]);
        }
        lines.join("\n") + "\n"
    }
}

fn names(exclude: &Exclude, entry: &Entry) -> bool {
    let author = entry.author.as_ref().map(Author::name);
    exclude.names_label(&entry.labels) || author.is_some_and(|author| exclude.names_author(author))
}

fn line(entry: &Entry) -> String {
    let author = entry.author.as_ref().map_or("ghost", Author::name);
    let number = entry.number.map_or_else(String::new, |number| format!(" in #{}", number.0));
    format!("* {} by @{author}{number}", entry.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarks(text: &str) -> Vec<String> {
        let read =
            Configuration::read(release_yml::PATHS[0], text).unwrap_or_else(|report| panic!("{report}"));
        let told = |remark: &Remark| {
            let place = remark.place.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{place} {}", remark.what)
        };
        read.imported().remarks.iter().map(told).collect()
    }

    #[test]
    fn what_github_leaves_out_without_a_word_is_told() {
        let without = "changelog:\n  categories:\n    - { title: A, labels: [x] }\n";
        assert_eq!(remarks(without), [".github/release.yml:3 no category with `*` for everything"]);
        assert_eq!(remarks("changelog: { exclude: { labels: [x] } }\n"), [" no `categories`"]);
        assert_eq!(remarks(&format!("{without}    - {{ title: B, labels: ['*'] }}\n")), [""; 0]);
    }

    #[test]
    fn a_file_is_the_same_policy_when_it_is_written_out() {
        let text = "changelog:\n  exclude: { authors: [octocat] }\n  categories:\n    - { title: A, labels: [feature] }\n    \
                    - { title: B, labels: ['*'], exclude: { labels: [deps] } }\n    - { title: C, labels: [deps] }\n";
        let read =
            Configuration::read(release_yml::PATHS[0], text).unwrap_or_else(|report| panic!("{report}"));
        insta::assert_snapshot!(read.imported().text(), @r#"
    # Imported from .github/release.yml by `lockkeeper import`, for .github/lockkeeper.yml.
    #
    # Whatever a file of that tool says, this is different here:
    # - the bump of a section follows from the names of its labels, as it does while the file is read in
    #   place
    # - a conventional title (`feat: x`) counts where no label decides
    # - commits without a pull request are listed, too

    notes:
      categories:
        - { title: A, labels: [feature], bump: minor }
        - { title: B, labels: ["*"], bump: patch, exclude: { labels: [deps] } }
        - { title: C, labels: [deps], bump: patch }
      exclude: { authors: [octocat] }

    # Different: which changes are listed, and where
    # - .github/release.yml:4 no category with `*` for everything: what none takes is left out there
    #   without a word; here it stands under "Other"
    "#);
    }
}
