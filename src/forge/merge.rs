//! What the message of a merge commit says it merges, in the words of the forge that made it. Which changes a release holds is not decided here.

use crate::domain::change::conventional::subject;
use crate::domain::id::ChangeNumber;

/// The change that a merge commit says it merges: GitHub's `Merge pull request #12 from …`, GitLab's `See merge request …!12`.
/// A history may have lived at both.
pub(in crate::forge) fn merged(message: &str) -> Option<ChangeNumber> {
    let digits = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse().ok().map(ChangeNumber)
    };
    match subject(message).strip_prefix("Merge pull request #") {
        Some(rest) => digits(rest),
        None => {
            let line = message.lines().rev().find_map(|line| line.strip_prefix("See merge request "))?;
            digits(line.rsplit_once('!')?.1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_names_its_change() {
        for (message, number) in [
            ("Merge pull request #12 from a/b\n\nTitle", Some(12)),
            ("Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request a/b!7", Some(7)),
            ("Merge branch 'main' into x", None),
        ] {
            assert_eq!(merged(message), number.map(ChangeNumber), "{message}");
        }
    }
}
