//! The labels that a policy counts on, and which of them a project lacks. How a forge makes one is its adapter's business.

use serde::{Deserialize, Serialize};

use super::{Policy, has_label};
use crate::domain::version::Bump;

/// The label that keeps a change out of the notes, as we name it.
pub const USUAL_EXCLUSION: &str = "skip-changelog";

/// Labels that keep a change out of the notes in every project, whatever its policy says.
pub const ALWAYS_EXCLUDED: [&str; 4] =
    [USUAL_EXCLUSION, "changelog:skip", "ignore-for-release", "no-changelog"];

/// More are not made in one go.
const AT_ONCE: usize = 50;

/// GitHub refuses longer descriptions.
const DESCRIPTION: usize = 100;

/// Who makes the labels that a policy names and a project lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Upkeep {
    /// People; they are told what is missing.
    #[default]
    ByHand,
    /// We do. What is there is never changed, and never deleted.
    Sync,
}

/// A label to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Its colour, as six hex digits.
    pub color: String,
    /// What it is for.
    pub description: String,
}

/// Labels that mean the same to the policy.
struct Family<'a> {
    names: Vec<&'a str>,
    /// Whether the first of them will do where a project has none.
    one_is_enough: bool,
    color: &'static str,
    purpose: String,
}

/// What the policy names and the project does not have, in the order of the policy. Of names that nobody wrote, the usual ones,
/// one of a kind is enough.
pub fn missing(policy: &Policy, there: &[String]) -> Vec<Label> {
    let mut missing: Vec<Label> = Vec::new();
    for family in families(policy) {
        let lacking = family.names.iter().filter(|name| !has_label(there, name));
        let lacking: Vec<&str> = lacking.copied().collect();
        let wanted = match family.one_is_enough {
            true if lacking.len() < family.names.len() => 0,
            true => 1,
            false => lacking.len(),
        };
        for name in lacking.into_iter().take(wanted) {
            let known: Vec<String> = missing.iter().map(|label| label.name.clone()).collect();
            if !has_label(&known, name) {
                missing.push(label(name, &family));
            }
        }
    }
    missing.truncate(AT_ONCE);
    missing
}

fn label(name: &str, family: &Family<'_>) -> Label {
    let description = family.purpose.chars().filter(|c| !c.is_control()).take(DESCRIPTION).collect();
    Label { name: name.to_owned(), color: family.color.to_owned(), description }
}

fn families(policy: &Policy) -> Vec<Family<'_>> {
    let notes = &policy.notes;
    let is_usual = notes.categories == Policy::default_categories();
    let mut families = Vec::new();
    for category in &notes.categories {
        families.push(Family {
            names: names(&category.labels),
            one_is_enough: is_usual,
            color: color(category.bump),
            purpose: format!("Release notes: {}", category.title),
        });
        families.push(Family {
            names: names(&category.except.labels),
            one_is_enough: false,
            color: QUIET,
            purpose: format!("Release notes: not under {}", category.title),
        });
    }
    let left_out = "Left out of the release notes".to_owned();
    families.push(if notes.exclude.labels.is_empty() {
        Family { names: ALWAYS_EXCLUDED.to_vec(), one_is_enough: true, color: QUIET, purpose: left_out }
    } else {
        Family { names: names(&notes.exclude.labels), one_is_enough: false, color: QUIET, purpose: left_out }
    });
    families
}

fn names(labels: &[String]) -> Vec<&str> {
    labels.iter().map(String::as_str).collect()
}

/// Grey.
const QUIET: &str = "cfd3d7";

/// The more a change asks of the version, the warmer.
fn color(bump: Bump) -> &'static str {
    match bump {
        Bump::Major => "d73a4a",
        Bump::Minor => "0e8a16",
        Bump::Patch => "1d76db",
        Bump::None => QUIET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Category;

    #[track_caller]
    fn check(policy: &Policy, there: &[&str], expected: &[&str]) {
        let there: Vec<String> = there.iter().map(|name| (*name).to_owned()).collect();
        let missing: Vec<String> = missing(policy, &there).into_iter().map(|label| label.name).collect();
        assert_eq!(missing, expected, "{there:?}");
    }

    fn with(change: impl FnOnce(&mut Policy)) -> Policy {
        let mut policy = Policy::default();
        change(&mut policy);
        policy
    }

    #[test]
    fn of_the_usual_names_one_of_a_kind_is_enough() {
        let usual = Policy::default();
        check(&usual, &[], &["breaking", "feature", "fix", "dependencies", "skip-changelog"]);
        check(&usual, &["Enhancement", "BUG", "no-changelog"], &["breaking", "dependencies"]);
        let all = ["semver-major", "feature", "security", "dependencies", "changelog:skip"];
        check(&usual, &all, &[]);
    }

    #[test]
    fn what_a_team_wrote_is_wanted_word_for_word_and_once() {
        let own = with(|policy| {
            policy.notes.categories = vec![
                Category::labelled("New", &["shiny", "feature"], Bump::Minor),
                Category::labelled("Also new", &["Shiny", "added"], Bump::Minor),
                Category::labelled("By type", &[], Bump::Patch).or_of_type(&["fix"]),
            ];
            policy.notes.exclude.labels = vec!["internal".to_owned()];
        });
        check(&own, &["feature"], &["shiny", "added", "internal"]);
        check(&own, &["feature", "SHINY", "added", "internal"], &[]);
    }

    #[test]
    fn a_label_says_what_it_is_for() {
        let long = "x".repeat(200);
        let own = with(|policy| {
            policy.notes.categories = vec![Category::labelled(&long, &["big"], Bump::Major)];
        });
        let made = missing(&own, &[]);
        assert_eq!((made[0].color.as_str(), made[0].description.chars().count()), ("d73a4a", DESCRIPTION));
        assert_eq!(made[1].description, "Left out of the release notes");
    }

    #[test]
    fn a_long_list_has_an_end() {
        let names: Vec<String> = (0..80).map(|at| format!("label-{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let own = with(|policy| {
            policy.notes.categories = vec![Category::labelled("Many", &names, Bump::Patch)];
        });
        assert_eq!(missing(&own, &[]).len(), AT_ONCE);
    }
}
