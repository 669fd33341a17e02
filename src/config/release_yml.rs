//! GitHub's own `.github/release.yml`, read as the notes of a policy for a repository that has one. What it means for a change is decided in `domain`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::policy::{Category, Exclude, Notes, Policy};

use super::diagnostic::Report;
use super::shape::{Advice, Written};
use super::{document, schema};

/// Where GitHub looks for it; the first that exists counts.
pub const PATHS: [&str; 2] = [".github/release.yml", ".github/release.yaml"];

/// GitHub's file; keys that GitHub may add are passed over, because the file is not ours.
/// <https://docs.github.com/en/repositories/releasing-projects-on-github/automatically-generated-release-notes>
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ReleaseYml {
    changelog: Option<Changelog>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Changelog {
    exclude: Option<Excluded>,
    categories: Option<Vec<Section>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Section {
    title: Written,
    labels: Vec<Written>,
    #[serde(default)]
    exclude: Option<Excluded>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Excluded {
    labels: Option<Vec<Written>>,
    authors: Option<Vec<Written>>,
}

/// The notes that the file asks for; a file without categories leaves the default ones.
pub fn read(file: &str, text: &str) -> Result<Notes, Report> {
    let mut errors = Vec::new();
    let raw: ReleaseYml = document::read(text, &schema::of::<ReleaseYml>(), Advice::default(), &mut errors);
    if !errors.is_empty() {
        return Err(Report::new(file, text, errors));
    }
    let changelog = raw.changelog.unwrap_or_default();
    let categories = changelog.categories.map(|sections| sections.into_iter().map(category).collect());
    Ok(Notes {
        categories: categories.unwrap_or_else(Policy::default_categories),
        exclude: exclude(changelog.exclude),
        template: None,
    })
}

fn category(section: Section) -> Category {
    Category::of_release_yml(section.title.text, texts(section.labels), exclude(section.exclude))
}

fn exclude(raw: Option<Excluded>) -> Exclude {
    let raw = raw.unwrap_or_default();
    Exclude { labels: texts(raw.labels.unwrap_or_default()), authors: texts(raw.authors.unwrap_or_default()) }
}

fn texts(written: Vec<Written>) -> Vec<String> {
    written.into_iter().map(|written| written.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::version::Bump;

    fn read_good(text: &str) -> Notes {
        read(PATHS[0], text).unwrap_or_else(|report| panic!("{report}"))
    }

    const EXAMPLE: &str = "
changelog:
  template: a key that GitHub may add
  exclude:
    labels: [ignore-me]
    authors: [octocat]
  categories:
    - { title: 'Breaking 🛠', labels: [Semver-Major, breaking-change] }
    - { title: New, labels: [enhancement] }
    - title: Other
      labels: ['*']
      exclude: { labels: [dependencies] }
    - { title: Dependencies, labels: [dependencies] }
";

    #[test]
    fn sections_keep_their_order_and_bump_by_the_names_of_their_labels() {
        let notes = read_good(EXAMPLE);
        let read: Vec<_> =
            notes.categories.iter().map(|one| (one.title.as_str(), one.bump, one.catches_all)).collect();
        assert_eq!(
            read,
            [
                ("Breaking 🛠", Bump::Major, false),
                ("New", Bump::Minor, false),
                ("Other", Bump::Patch, true),
                ("Dependencies", Bump::Patch, false),
            ]
        );
        assert_eq!(notes.categories[2].except.labels, ["dependencies"]);
        assert!(notes.categories[2].labels.is_empty());
    }

    #[test]
    fn its_exclusions_are_those_of_the_whole_file() {
        let exclude = read_good(EXAMPLE).exclude;
        assert_eq!(
            (exclude.labels, exclude.authors),
            (vec!["ignore-me".to_owned()], vec!["octocat".to_owned()])
        );
    }

    #[test]
    fn a_file_without_categories_leaves_the_default_ones() {
        assert_eq!(read_good("changelog: {}\n").categories, Policy::default_categories());
        assert_eq!(read_good("").categories, Policy::default_categories());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let report =
            read(PATHS[0], "changelog:\n  categories:\n    - labels: bug\n").expect_err("labels is text");
        insta::assert_snapshot!(report, @r"
        error[LK014]: `title` is missing in `changelog.categories`
         --> .github/release.yml:3:7
          |
        3 |     - labels: bug
          |       ^^^^^^

        error[LK011]: `labels` wants a list, but this is text
         --> .github/release.yml:3:15
          |
        3 |     - labels: bug
          |               ^^^
          |
          = help: write `[bug]`

        2 errors in .github/release.yml
        ");
    }
}
