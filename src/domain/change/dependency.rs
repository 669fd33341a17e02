//! Reads the titles of updates as the bots write them that keep dependencies new. Which of them become one entry is `plan`'s question.

use super::conventional::{Title, split_number};

/// More words than this are a sentence and no package's name: `the Docker tag of postgres`.
const LONGEST_NAME: usize = 5;

/// A title that says one package goes to another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update<'a> {
    /// The title up to the package's name, with it.
    lead: &'a str,
    /// The package, in the title's own words.
    pub package: &'a str,
    /// The version before, where the title tells it.
    pub from: Option<&'a str>,
    /// The version after.
    pub to: &'a str,
    /// What stands behind: the folder or group that it is about.
    pub place: &'a str,
}

impl<'a> Update<'a> {
    /// Reads a title; `None` where it is none of an update.
    pub fn parse(title: &'a str) -> Option<Self> {
        let title = split_number(title.trim()).0;
        let said = Title::parse(title).map_or(title, |it| it.description);
        let (verb, rest) = said.split_once(' ')?;
        let is_verb = ["bump", "bumps", "update", "updates", "upgrade", "upgrades"]
            .iter()
            .any(|known| verb.eq_ignore_ascii_case(known));
        let (head, tail) = rest.rsplit_once(" to ")?;
        let (to, place) = tail.split_once(' ').unwrap_or((tail, ""));
        let (package, from) = match head.rsplit_once(" from ") {
            Some((package, from)) => (package, Some(from)),
            None => (head, None),
        };
        let is_name = !package.is_empty() && package.split(' ').count() <= LONGEST_NAME;
        let is_place = place.is_empty() || place.starts_with("in ") || place.starts_with(['(', '[']);
        let are_versions = is_version(to) && from.is_none_or(is_version);
        let lead = &title[..title.len() - rest.len() + package.len()];
        (is_verb && is_name && is_place && are_versions).then_some(Self { lead, package, from, to, place })
    }

    /// Whether this one goes on where the other ended.
    pub fn follows(&self, other: &Self) -> bool {
        self.from.is_none_or(|from| from.trim_start_matches('v') == other.to.trim_start_matches('v'))
    }

    /// The title as it would be if it had begun at that version.
    pub fn since(&self, from: &str) -> String {
        let Self { lead, to, place, .. } = self;
        let gap = if place.is_empty() { "" } else { " " };
        format!("{lead} from {from} to {to}{gap}{place}")
    }
}

fn is_version(word: &str) -> bool {
    let bare = word.trim_start_matches(['v', 'V', '^', '~', '=']);
    !word.contains(' ') && bare.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_titles_of_the_common_bots_are_read() {
        for (title, package, from, to, place) in [
            ("Bump serde from 1.0.1 to 1.0.2", "serde", Some("1.0.1"), "1.0.2", ""),
            (
                "build(deps): bump serde from 1.0.1 to 1.0.2 in /api (#9)",
                "serde",
                Some("1.0.1"),
                "1.0.2",
                "in /api",
            ),
            ("chore(deps): update rust crate serde to v1.0.4", "rust crate serde", None, "v1.0.4", ""),
            (
                "Update dependency @types/node to v20.1.0 [security]",
                "dependency @types/node",
                None,
                "v20.1.0",
                "[security]",
            ),
            ("Upgrade postgres Docker tag to 16", "postgres Docker tag", None, "16", ""),
        ] {
            let read = Update::parse(title).unwrap_or_else(|| panic!("{title}"));
            assert_eq!((read.package, read.from, read.to, read.place), (package, from, to, place), "{title}");
        }
        for title in [
            "Update the docs to 2.0 of the new and shiny billing page",
            "Update docs",
            "Move to 2.0",
            "Bump the npm group with 3 updates",
            "Bump to 1.2.0",
            "Update translations from people to machines",
        ] {
            assert_eq!(Update::parse(title), None, "{title}");
        }
    }

    #[test]
    fn an_update_is_told_since_an_older_version() {
        let since = |title: &str| Update::parse(title).unwrap().since("1.0.1");
        assert_eq!(
            since("chore(deps): bump serde from 1.0.2 to 1.0.4 in /api"),
            "chore(deps): bump serde from 1.0.1 to 1.0.4 in /api"
        );
        assert_eq!(
            since("Update dependency serde to v1.0.4"),
            "Update dependency serde from 1.0.1 to v1.0.4"
        );
    }
}
