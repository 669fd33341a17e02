//! Which pull requests a release-drafter category takes: labels, paths, conventional titles. What becomes of those it takes is `rules`'s question.

use super::rules::PullRequest;
use crate::config::import::sheet::Cursor;
use crate::domain::change::conventional::Title;
use crate::domain::policy::PathPattern;

/// One branch of a category's `when`: all of its parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Labels, compared exactly; none: labels do not matter.
    pub labels: Vec<String>,
    /// How many of them.
    pub labels_mode: Mode,
    /// Globs over the changed files; none: files do not matter.
    pub paths: Vec<String>,
    /// How many of them.
    pub paths_mode: Mode,
    /// What the title must be by Conventional Commits.
    pub conventional: Option<Conventional>,
}

/// How what a pull request has is held against what a condition lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It has at least one of those listed.
    #[default]
    Any,
    /// It has every one of those listed.
    All,
    /// It has at least one, and none that is not listed.
    Only,
    /// It has every one, and none that is not listed.
    Exactly,
}

/// What a title must be; empty lists ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conventional {
    /// Types, `feat`.
    pub types: Vec<String>,
    /// Scopes.
    pub scopes: Vec<String>,
    /// Whether it must, or must not, say that it breaks users.
    pub breaking: Option<bool>,
}

impl Condition {
    /// A condition on labels alone, any of them.
    pub(super) fn of_labels(labels: Vec<String>) -> Self {
        Self { labels, ..Self::default() }
    }

    /// Reads one branch of a `when`.
    pub(super) fn read(cursor: Cursor<'_>) -> Self {
        let many = |one: &str, more: &str| -> Vec<String> {
            [one, more].into_iter().filter_map(|key| cursor.get(key)).flat_map(Cursor::texts).collect()
        };
        let mode = |key: &str| Mode::read(cursor.get(key).and_then(Cursor::text).unwrap_or_default());
        Self {
            labels: many("label", "labels"),
            labels_mode: mode("labels-mode"),
            paths: many("path", "paths"),
            paths_mode: mode("paths-mode"),
            conventional: cursor.get("conventional").and_then(Conventional::read),
        }
    }

    /// Whether the pull request is meant.
    pub fn takes(&self, request: &PullRequest) -> bool {
        let label = |wanted: &String, own: &String| wanted == own;
        let path = |glob: &String, file: &String| is_under(glob, file);
        self.labels_mode.holds(&self.labels, &request.labels, label)
            && self.paths_mode.holds(&self.paths, &request.files, path)
            && self.conventional.as_ref().is_none_or(|wanted| wanted.takes(&request.title))
    }
}

impl Mode {
    fn read(word: &str) -> Self {
        match word {
            "all" => Self::All,
            "only" => Self::Only,
            "exactly" => Self::Exactly,
            _ => Self::Any,
        }
    }

    fn holds(self, wanted: &[String], own: &[String], fits: impl Fn(&String, &String) -> bool) -> bool {
        if wanted.is_empty() {
            return true;
        }
        let any = || wanted.iter().any(|wanted| own.iter().any(|own| fits(wanted, own)));
        let every = || wanted.iter().all(|wanted| own.iter().any(|own| fits(wanted, own)));
        let nothing_else = || own.iter().all(|own| wanted.iter().any(|wanted| fits(wanted, own)));
        match self {
            Self::Any => any(),
            Self::All => every(),
            Self::Only => any() && nothing_else(),
            Self::Exactly => every() && nothing_else(),
        }
    }
}

impl Conventional {
    fn read(cursor: Cursor<'_>) -> Option<Self> {
        if let Some(word) = cursor.text() {
            return (word == "true").then(Self::default);
        }
        let many = |one: &str, more: &str| -> Vec<String> {
            [one, more].into_iter().filter_map(|key| cursor.get(key)).flat_map(Cursor::texts).collect()
        };
        let breaking = cursor.get("breaking").and_then(Cursor::text).map(|word| word == "true");
        Some(Self { types: many("type", "types"), scopes: many("scope", "scopes"), breaking })
    }

    fn takes(&self, title: &str) -> bool {
        Title::parse(title).is_some_and(|title| {
            let scope = || title.scope.is_some_and(|own| self.scopes.iter().any(|scope| scope == own));
            (self.types.is_empty() || self.types.iter().any(|kind| title.is_of(kind)))
                && (self.scopes.is_empty() || scope())
                && self.breaking.is_none_or(|wanted| wanted == title.is_breaking)
        })
    }
}

/// Whether a file is meant by a glob as `.gitignore` has them: what names a folder means all below it, and what holds no
/// slash may stand at any depth. See <https://git-scm.com/docs/gitignore#_pattern_format>.
fn is_under(glob: &str, file: &str) -> bool {
    let glob = glob.trim_end_matches('/');
    // At the end `**` means what is inside, so there must be something.
    let glob = match glob.strip_suffix("**").filter(|above| above.is_empty() || above.ends_with('/')) {
        Some(above) => format!("{above}*"),
        None => glob.to_owned(),
    };
    let pattern = if glob.contains('/') { glob } else { format!("**/{glob}") };
    PathPattern(pattern).matches(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_means_what_gitignore_means_by_it() {
        for (glob, file, is_meant) in [
            ("src/**", "src/a/b.rs", true),
            ("src/**", "src", false),
            ("src", "lib/src/a.rs", true),
            ("/src", "lib/src/a.rs", false),
            ("some/path", "some/path", true),
            ("some/path", "some/path/below", true),
            ("some/path", "other/some/path", false),
            ("docs/", "docs/a.md", true),
            ("*.md", "docs/deep/a.md", true),
            ("docs/*.md", "docs/deep/a.md", false),
            ("**/test/*.rs", "a/b/test/c.rs", true),
            ("a?c", "abc", true),
        ] {
            assert_eq!(is_under(glob, file), is_meant, "{glob} {file}");
        }
    }
}
