//! GitLab's changelog API: which commits of a range are listed. Its trailer is not ours: it lists only commits that carry one, and we what was merged.

use serde_json::Value;

use lockkeeper::domain::policy::Policy;

use crate::reading::{commit, list, named, plan, text};
use crate::table;

/// Where we differ on purpose.
const EXCEPTIONS: [(&str, &str); 1] = [(
    "revert with a trailer is listed",
    "a trailer is no entry of ours; a release note of its own lists a revert",
)];

#[test]
fn what_gitlab_counts_as_reverted_we_do_too() {
    let Some(table) = table::read("gitlab-changelog/cases.json") else { return };
    for case in list(&table["commit_selection"], "cases") {
        let name = text(case, "name");
        let mut expected: Vec<&str> = list(case, "included").iter().map(|it| it.as_str().unwrap()).collect();
        if EXCEPTIONS.iter().any(|(of, _)| *of == name) {
            expected.retain(|id| *id != "c5");
        }
        assert_eq!(ours(case), expected, "{name}");
    }
}

/// The commits that the notes show, by the names that the case gives them.
fn ours(case: &Value) -> Vec<&str> {
    let names: Vec<&str> = list(case, "commits").iter().map(|it| text(it, "id")).collect();
    let at = |end: &str| names.iter().position(|name| *name == text(case, end)).unwrap();
    let (from, to) = (at("from"), at("to"));
    let range: Vec<_> = list(case, "commits")[from + 1..=to]
        .iter()
        .rev()
        .map(|it| {
            let known =
                |message: String, name: &&str| message.replace(&format!("{{{name}}}"), named(name).as_str());
            commit(named(text(it, "id")), names.iter().fold(text(it, "message").to_owned(), known))
        })
        .collect();
    let plan = plan(&Policy::default(), &range);
    let shown: Vec<_> = plan.shown().map(|entry| entry.commit.clone()).collect();
    names.into_iter().filter(|name| shown.contains(&named(name))).collect()
}
