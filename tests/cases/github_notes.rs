//! GitHub's generated notes by `release.yml`: which pull request stands under which heading. Its lines are not compared.

use std::collections::BTreeMap;

use lockkeeper::config::policy::{Layer, complete};
use lockkeeper::config::release_yml;
use lockkeeper::domain::policy::Customs;
use serde_json::Value;

use crate::reading::{actor, change, commit, list, named, plan, text};
use crate::table;

/// Where we differ on purpose: what GitHub leaves out without a word, we list.
const EXCEPTIONS: [(&str, &str, u64); 1] = [("no * : unmatched PRs are omitted silently", "Other", 2)];

#[test]
fn githubs_own_categories_hold_the_same_changes() {
    let Some(table) = table::read("github-auto-notes/category-cases.json") else { return };
    for case in list(&table, "cases") {
        let name = text(case, "name");
        let mut expected = expected(case);
        for (_, title, number) in EXCEPTIONS.iter().filter(|(of, ..)| *of == name) {
            expected.entry((*title).to_owned()).or_default().push(*number);
        }
        assert_eq!(ours(case), expected, "{name}");
    }
}

fn expected(case: &Value) -> BTreeMap<String, Vec<u64>> {
    let sections = case["expected"].as_object().unwrap();
    let numbers = |of: &Value| of.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    // Without categories GitHub writes one list, and we our own headings.
    let heading = |title: &str| if title == "(flat)" { "Other".to_owned() } else { title.to_owned() };
    sections.iter().map(|(title, of)| (heading(title), numbers(of))).collect()
}

fn ours(case: &Value) -> BTreeMap<String, Vec<u64>> {
    let notes = release_yml::read("release.yml", text(case, "release_yml")).unwrap();
    let policy = complete(Layer::default(), Some(notes), &Customs::default());
    let range: Vec<_> = list(case, "prs")
        .iter()
        .rev()
        .map(|pull| {
            let number = pull["n"].as_u64().unwrap();
            let id = named(&number.to_string());
            let mut change = change(number, "A title", &id);
            change.author = Some(actor(text(pull, "author")));
            change.labels = list(pull, "labels").iter().map(|it| it.as_str().unwrap().to_owned()).collect();
            let mut commit = commit(id, "A title".to_owned());
            commit.change = Some(change);
            commit
        })
        .collect();
    let plan = plan(&policy, &range);
    let numbers = |section: &lockkeeper::domain::plan::Section| {
        section.entries.iter().filter_map(|entry| Some(entry.number?.0)).collect()
    };
    plan.sections.iter().map(|section| (section.title.clone(), numbers(section))).collect()
}
