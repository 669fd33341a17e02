//! `.github/release-drafter.yml` of versions 5 to 7: the file as version 7 reads it, and what that tool would do with it. What becomes of it as our policy is `translation`'s business.

pub mod condition;
pub mod draft;
pub mod number;
pub mod previous;
pub mod replacer;
pub mod rules;
pub mod template;

mod extended;
mod legacy;
mod translation;
mod written;

use std::collections::BTreeMap;

use super::sheet::{Cursor, Keys, Sheet};
use super::{Files, Place};
use crate::config::diagnostic::Report;
use condition::Condition;
use number::Numbering;
use replacer::Replacer;
use rules::{Category, Increment, Order, Purpose};

/// Where it stands in a repository.
pub const PATH: &str = ".github/release-drafter.yml";

/// A file as it was read, the one that it extends and the keys of older versions taken in.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// How everything is written.
    pub templates: Templates,
    /// How versions are counted and spelt.
    pub numbering: Numbering,
    /// All categories, those made of older keys too.
    pub categories: Vec<Category>,
    /// What is replaced in the whole text, in order.
    pub replacers: Vec<Replacer>,
    /// The order of the entries.
    pub order: Order,
    /// `prerelease`.
    pub is_prerelease: bool,
    /// `include-pre-releases`.
    pub counts_prereleases: bool,
    /// `latest`.
    pub latest: String,
    /// `filter-by-commitish`.
    pub is_by_commitish: bool,
    /// `filter-by-range`.
    pub range: Option<String>,
    /// Logins that are not thanked.
    pub exclude_contributors: Vec<String>,
    /// The keys that are there and not switched off, with their lines.
    written: BTreeMap<String, Place>,
    /// What it extends, where that file could not be read here.
    not_followed: Option<(Place, String)>,
}

/// How everything is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// The name of a release.
    pub name: String,
    /// Its tag.
    pub tag: String,
    /// Before the body.
    pub header: String,
    /// `template`.
    pub body: String,
    /// After the body.
    pub footer: String,
    /// One change.
    pub change: String,
    /// One of its authors.
    pub author: String,
    /// Between its authors.
    pub authors_separator: String,
    /// Before the last of its authors.
    pub authors_final_separator: Option<String>,
    /// Characters that are escaped in titles.
    pub title_escapes: String,
    /// A heading.
    pub category: String,
    /// Where there is no change.
    pub no_changes: String,
    /// Where there is nobody to thank.
    pub no_contributors: String,
    /// Somebody's first change.
    pub newcomer: String,
    /// Where there is none.
    pub no_newcomers: String,
}

impl Configuration {
    /// Reads a file; `files` has the one that it may extend.
    ///
    /// # Errors
    /// What is wrong with it as a file.
    pub fn read(file: &str, text: &str, files: &Files<'_>) -> Result<Self, Report> {
        let sheet = Sheet::read(file, text)?;
        let own = Keys::of(sheet.root());
        let base = extended::base(&own, files);
        match base {
            extended::Base::None => Ok(Self::of(&own)),
            extended::Base::File { sheet, strategy } => {
                let base = sheet?;
                let keys = own.over(Keys::of(base.root()), |key| strategy.of(key));
                Ok(Self::of(&keys))
            }
            extended::Base::Elsewhere(place, reference) => {
                Ok(Self { not_followed: Some((place, reference)), ..Self::of(&own) })
            }
        }
    }

    fn of(keys: &Keys<'_>) -> Self {
        let text = |key: &str, usual: &str| keys.text(key).unwrap_or_else(|| usual.to_owned());
        let mut categories: Vec<Category> = keys.items("categories").into_iter().map(category).collect();
        categories.extend(legacy::categories(keys));
        Self {
            templates: Templates::of(&text),
            numbering: Numbering {
                template: text("version-template", "$MAJOR.$MINOR.$PATCH$PRERELEASE"),
                identifier: text("prerelease-identifier", ""),
                tag_prefix: text("tag-prefix", ""),
            },
            categories,
            replacers: keys.items("replacers").into_iter().filter_map(replacer).collect(),
            order: Order {
                by_title: keys.text("sort-by").as_deref() == Some("title"),
                ascending: keys.text("sort-direction").as_deref() == Some("ascending"),
            },
            is_prerelease: keys.is_true("prerelease"),
            counts_prereleases: keys.is_true("include-pre-releases"),
            latest: text("latest", "true"),
            is_by_commitish: keys.is_true("filter-by-commitish"),
            range: keys.text("filter-by-range"),
            exclude_contributors: keys.texts("exclude-contributors"),
            written: keys
                .all()
                .filter(|entry| entry.value.text() != Some("false"))
                .map(|entry| (entry.key.to_owned(), entry.place.clone()))
                .collect(),
            not_followed: None,
        }
    }
}

impl Templates {
    fn of(text: &impl Fn(&str, &str) -> String) -> Self {
        let separator = text("change-authors-final-separator", "");
        Self {
            name: text("name-template", ""),
            tag: text("tag-template", ""),
            header: text("header", ""),
            body: text("template", ""),
            footer: text("footer", ""),
            change: text("change-template", "* $TITLE (#$NUMBER) $AUTHORS"),
            author: text("change-author-template", "$AUTHOR_MENTION"),
            authors_separator: text("change-authors-separator", ", "),
            authors_final_separator: Some(separator).filter(|text| !text.is_empty()),
            title_escapes: text("change-title-escapes", ""),
            category: text("category-template", "## $TITLE"),
            no_changes: text("no-changes-template", "* No changes"),
            no_contributors: text("no-contributors-template", "No contributors"),
            newcomer: text(
                "new-contributor-template",
                "* $AUTHOR_MENTION made their first contribution in #$NUMBER",
            ),
            no_newcomers: text("no-new-contributor-template", "* No new contributors"),
        }
    }
}

fn category(cursor: Cursor<'_>) -> Category {
    let text = |key: &str| cursor.get(key).and_then(Cursor::text);
    let labels: Vec<String> =
        ["label", "labels"].into_iter().filter_map(|key| cursor.get(key)).flat_map(Cursor::texts).collect();
    let branches = cursor.get("when").map(Cursor::items).unwrap_or_default();
    let mut when: Vec<Condition> = branches.into_iter().map(Condition::read).collect();
    // Labels beside a `when` belong to each of its branches.
    for condition in &mut when {
        condition.labels.splice(0..0, labels.iter().cloned());
    }
    if when.is_empty() && !labels.is_empty() {
        when.push(Condition::of_labels(labels));
    }
    Category {
        purpose: match text("type") {
            Some("pre-include") => Purpose::PreInclude,
            Some("pre-exclude") => Purpose::PreExclude,
            Some("version-resolver") => Purpose::VersionResolver,
            _ => Purpose::Changelog,
        },
        title: text("title").unwrap_or_default().to_owned(),
        when,
        exclusive: text("exclusive") == Some("true"),
        collapse_after: text("collapse-after")
            .and_then(|number| number.parse().ok())
            .filter(|limit| *limit > 0),
        increment: increment(text("semver-increment").unwrap_or_default()),
        place: cursor.place(),
    }
}

fn increment(word: &str) -> Increment {
    match word {
        "major" => Increment::Major,
        "minor" => Increment::Minor,
        _ => Increment::Patch,
    }
}

fn replacer(cursor: Cursor<'_>) -> Option<Replacer> {
    let text = |key: &str| cursor.get(key).and_then(Cursor::text);
    Some(Replacer::read(text("search")?, text("replace").unwrap_or_default()))
}
