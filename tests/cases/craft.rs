//! craft's changelogs: what is listed, what cancels out, what several entries of one change become, what is asked of the version. Its lines are not compared.

use std::collections::BTreeSet;

use lockkeeper::config::policy::{Layer, complete};
use lockkeeper::config::release_yml;
use lockkeeper::domain::change::RangeCommit;
use lockkeeper::domain::change::conventional::{Title, split_number};
use lockkeeper::domain::plan::Plan;
use lockkeeper::domain::policy::{Customs, Policy};
use serde_json::Value;

use crate::reading::{actor, change, commit, list, named, plan, text};
use crate::table;

/// Where we differ on purpose.
const EXCEPTIONS: [(&str, &str); 8] = [
    (
        "categorizes security commits",
        "`security:` is no conventional type; a team gives it a section by `types`",
    ),
    ("security alone does not escalate", "the same"),
    ("labels take precedence over commit_patterns", "`commit_patterns` are craft's own key of `release.yml`"),
    ("mixes direct commits and PR commits", "the same"),
    ("scope grouping", "so is `scopeGrouping`; we write the scope before each entry"),
    (
        "handles multiple bullets in changelog entry",
        "`## Changelog Entry` is craft's own mark; ours is a `release-note` block",
    ),
    ("keeps standalone revert", "it stands under Reverted, and not among the fixes"),
    (
        "SHA matching takes precedence",
        "craft writes `Add feature` for `feat: add feature`; the decision is checked beside it",
    ),
];

#[test]
fn what_craft_lists_we_list_too() {
    let Some(table) = table::read("craft/changelog-cases.json") else { return };
    let mut checked = 0;
    for case in list(&table, "cases") {
        let name = text(case, "name");
        if EXCEPTIONS.iter().any(|(of, _)| name.contains(of)) {
            continue;
        }
        let plan = plan(&policy(case), &range(case));
        list(case, "expect").iter().for_each(|wanted| check(name, &plan, wanted));
        checked += 1;
    }
    assert!(checked > 10, "{checked} cases of craft");
}

#[test]
fn a_revert_of_what_was_released_before_and_one_by_name_are_decided_as_craft_does() {
    let Some(table) = table::read("craft/changelog-cases.json") else { return };
    let of = |part: &str| {
        let case = list(&table, "cases").iter().find(|case| text(case, "name").contains(part)).unwrap();
        plan(&policy(case), &range(case))
    };
    let standing = of("keeps standalone revert");
    assert_eq!((standing.shown().count(), standing.bump.as_str()), (1, "patch"));
    let twice = of("SHA matching takes precedence");
    assert_eq!((twice.shown().count(), twice.reverted.len(), twice.bump.as_str()), (1, 2, "minor"));
    let named_so = twice.shown().next().and_then(|entry| entry.number).unwrap();
    assert_eq!(named_so.0, 2, "the one that the revert does not name");
}

fn policy(case: &Value) -> Policy {
    let notes = case["release_yml"].as_str().map(|file| release_yml::read("release.yml", file).unwrap());
    match notes {
        Some(notes) => complete(Layer::default(), Some(notes), &Customs::default()),
        None => Policy::default(),
    }
}

fn range(case: &Value) -> Vec<RangeCommit> {
    let names: Vec<&str> = list(case, "commits").iter().map(|it| text(it, "hash")).collect();
    // Names in texts become what `named` makes of them.
    let known = |body: &str| {
        names.iter().fold(body.to_owned(), |body, name| {
            body.replace(&format!("commit {name}"), &format!("commit {}", named(name)))
        })
    };
    list(case, "commits")
        .iter()
        .map(|it| {
            let id = named(text(it, "hash"));
            let title = text(it, "title");
            let mut read = commit(id.clone(), format!("{title}\n\n{}", known(text(it, "body"))));
            let (local, remote) = (&it["pr"]["local"], &it["pr"]["remote"]);
            let number = remote["number"].as_str().or(local.as_str()).and_then(|number| number.parse().ok());
            if let Some(number) = number {
                let theirs = remote["title"].as_str().unwrap_or(title);
                let mut change = change(number, split_number(theirs).0, &id);
                change.author = remote["author"]["login"].as_str().map(actor);
                change.labels =
                    list(remote, "labels").iter().map(|label| label.as_str().unwrap().to_owned()).collect();
                change.body = known(text(remote, "body"));
                read.change = Some(change);
            }
            read
        })
        .collect()
}

fn check(name: &str, plan: &Plan, wanted: &Value) {
    let ours: BTreeSet<String> = plan.shown().map(|entry| bare(entry.text())).collect();
    let headings: BTreeSet<&str> = plan.sections.iter().map(|section| section.title.as_str()).collect();
    let value = text(wanted, "value");
    let has = || headings.contains(value) || ours.iter().any(|entry| entry.contains(&bare(value)));
    match (text(wanted, "field"), text(wanted, "op")) {
        ("bumpType", "is_null") => assert_eq!(plan.bump.as_str(), "none", "{name}"),
        ("bumpType", "equals") => assert_eq!(plan.bump.as_str(), value, "{name}"),
        ("changelog", "equals") => {
            let theirs: BTreeSet<String> =
                value.lines().filter_map(|line| line.strip_prefix("- ")).map(listed).collect();
            let rest =
                value.lines().find_map(|line| line.strip_prefix("_Plus ")?.split(' ').next()?.parse().ok());
            assert!(theirs.is_subset(&ours), "{name}: {theirs:?} of {ours:?}");
            assert_eq!(theirs.len() + rest.unwrap_or(0), ours.len(), "{name}: {ours:?}");
        }
        ("changelog", "contains") => assert!(has(), "{name}: {value} in {ours:?}"),
        ("changelog", "not contains") => assert!(!has(), "{name}: {value} in {ours:?}"),
        (field, op) => panic!("{name}: nobody knows how `{field}` is checked by `{op}`"),
    }
}

/// The words of one of their lines.
fn listed(line: &str) -> String {
    let end = [" by @", " in ["].iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len());
    bare(&line[..end])
}

/// The words of a title: without type, number and capitals.
fn bare(title: &str) -> String {
    let title = split_number(title).0;
    Title::parse(title).map_or(title, |title| title.description).to_lowercase()
}
