//! Components: the parts of a repository that are released by themselves. Which changes are in a release is `plan`'s question.

use crate::domain::id::{ComponentName, TagName};
use crate::domain::version::{Naming, Scheme, TagPattern};

/// How the versions of a component are made, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioning {
    /// The component; `default` where the file names none.
    pub component: ComponentName,
    /// The tag pattern; `None`: read from the existing tags.
    pub tag: Option<TagPattern>,
    /// How its versions are counted.
    pub scheme: Scheme,
    /// Where its files are.
    pub paths: Paths,
    /// Components of one group that are released share their versions.
    pub linked: Option<String>,
}

impl Default for Versioning {
    fn default() -> Self {
        Self {
            component: ComponentName::default_component(),
            tag: None,
            scheme: Scheme::default(),
            paths: Paths::default(),
            linked: None,
        }
    }
}

impl Versioning {
    /// Whether a tag is spelt as this component's are.
    pub fn names(&self, tag: &TagName) -> bool {
        let naming = self.tag.clone().map(|pattern| Naming { pattern, scheme: self.scheme.clone() });
        naming.is_some_and(|naming| naming.version_of(tag.as_str()).is_some())
    }
}

/// Where a component's files are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// Any of these; none at all: everywhere.
    pub within: Vec<PathPattern>,
    /// None of these.
    pub without: Vec<PathPattern>,
}

impl Paths {
    /// Whether it is the whole repository, so that nobody needs to know what a change touches.
    pub fn are_everywhere(&self) -> bool {
        self.within.is_empty() && self.without.is_empty()
    }

    /// Whether a file is one of the component's.
    pub fn hold(&self, path: &str) -> bool {
        let any = |patterns: &[PathPattern]| patterns.iter().any(|pattern| pattern.matches(path));
        (self.within.is_empty() || any(&self.within)) && !any(&self.without)
    }
}

/// Files from the root of the repository: `*` and `?` stay within a folder, `**` is any number of folders, and a folder is
/// everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(pub String);

impl PathPattern {
    /// Whether a file is one of them.
    pub fn matches(&self, path: &str) -> bool {
        let pattern = self.0.trim_start_matches("./").trim_matches('/');
        let mut pattern: Vec<&str> = pattern.split('/').collect();
        pattern.push("**");
        let path: Vec<&str> = path.split('/').collect();
        fits(&pattern, &path, |part| *part == "**", |part, name| is_named(part, name))
    }
}

/// Whether a folder's or file's name is as a pattern has it.
fn is_named(pattern: &str, name: &str) -> bool {
    let [pattern, name] = [pattern, name].map(|text| text.chars().collect::<Vec<char>>());
    fits(&pattern, &name, |c| *c == '*', |wanted, c| *wanted == '?' || wanted == c)
}

/// Whether a text is as a pattern has it, where a star stands for any number of parts. Looks back to the last star only, which
/// is enough and never takes long.
fn fits<T>(pattern: &[T], text: &[T], is_star: impl Fn(&T) -> bool, is_one: impl Fn(&T, &T) -> bool) -> bool {
    let (mut wanted, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(wanted) {
            Some(part) if is_star(part) => {
                star = Some((wanted, at));
                wanted += 1;
            }
            Some(part) if is_one(part, &text[at]) => (wanted, at) = (wanted + 1, at + 1),
            Some(_) | None => {
                let Some((place, from)) = star else { return false };
                (wanted, at) = (place + 1, from + 1);
                star = Some((place, from + 1));
            }
        }
    }
    pattern[wanted..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_folder_or_has_stars() {
        for (pattern, path, is_in) in [
            ("web", "web/src/a.ts", true),
            ("web/", "web/a.ts", true),
            ("web/**", "web/src/a.ts", true),
            ("/web", "web/a.ts", true),
            ("web", "website/a.ts", false),
            ("web", "docs/web/a.ts", false),
            ("**/web", "docs/web/a.ts", true),
            ("**/*.md", "README.md", true),
            ("**/*.md", "a/b/c.md", true),
            ("*.md", "a/c.md", false),
            ("crates/*/src", "crates/core/src/lib.rs", true),
            ("crates/*/src", "crates/core/tests/a.rs", false),
            ("a?c", "abc", true),
            ("**/a/**/b", "x/a/y/a/z/b", true),
            ("**", "anything/at/all", true),
        ] {
            assert_eq!(PathPattern(pattern.to_owned()).matches(path), is_in, "{pattern} on {path}");
        }
    }

    #[test]
    fn what_is_taken_out_is_out() {
        let patterns = |of: &[&str]| of.iter().map(|one| PathPattern((*one).to_owned())).collect();
        let paths = Paths { within: patterns(&["web", "shared"]), without: patterns(&["web/docs"]) };
        assert!(paths.hold("web/a.ts") && paths.hold("shared/b.ts"));
        assert!(!paths.hold("web/docs/a.md") && !paths.hold("api/a.rs"));
        assert!(Paths::default().are_everywhere() && Paths::default().hold("x"));
    }
}
