//! release-please's reading of messages: types, scopes, breaking notes, several changes in one message. What it makes of them is not compared.

use lockkeeper::domain::change::RangeCommit;
use lockkeeper::domain::change::conventional::Title;
use lockkeeper::domain::plan::Entry;
use lockkeeper::domain::policy::Policy;
use serde_json::Value;

use crate::reading::{change, commit, list, named, plan, text};
use crate::table;

#[test]
fn messages_are_read_as_release_please_reads_them() {
    let Some(table) = table::read("release-please/commit-parse-cases.json") else { return };
    for case in list(&table, "cases") {
        let name = text(case, "name");
        let plan = plan(&Policy::default(), &range(case));
        let entries: Vec<&Entry> = plan.shown().collect();
        let expected = list(case, "expected");
        if text(case, "match") == "exact" {
            assert_eq!(entries.len(), expected.len(), "{name}: {:?}", texts(&entries));
        }
        for wanted in expected {
            let is_there = entries.iter().any(|entry| fits(entry, wanted));
            assert!(is_there, "{name}: {wanted} is not among {:?}", texts(&entries));
        }
    }
}

fn texts(entries: &[&Entry]) -> Vec<String> {
    entries.iter().map(|entry| format!("{} / {:?}", entry.text(), entry.breaking_note)).collect()
}

fn range(case: &Value) -> Vec<RangeCommit> {
    let body = text(case, "merged_pr_body");
    let commits = list(case, "commits").iter().enumerate();
    let read = commits.map(|(at, it)| {
        let id = named(&at.to_string());
        let mut commit = commit(id.clone(), text(it, "message").to_owned());
        if !body.is_empty() {
            let mut change = change(7, text(it, "message"), &id);
            change.body = body.to_owned();
            commit.change = Some(change);
        }
        commit
    });
    read.collect()
}

fn fits(entry: &Entry, wanted: &Value) -> bool {
    let title = Title::parse(entry.text());
    let note = entry.breaking_note.as_deref().unwrap_or_default();
    let same = |name: &str, ours: Option<&str>| match &wanted[name] {
        Value::String(theirs) => ours == Some(theirs.as_str()),
        Value::Null => wanted.get(name).is_none() || ours.is_none(),
        _ => false,
    };
    let description = title.map_or(entry.text(), |title| title.description);
    let contains = |name: &str, ours: &str| wanted[name].as_str().is_none_or(|part| ours.contains(part));
    same("type", title.map(|title| title.kind))
        && same("scope", title.and_then(|title| title.scope))
        && same("bare_message", Some(description))
        && contains("bare_message_contains", description)
        && wanted["breaking"].as_bool().is_none_or(|is_breaking| is_breaking == entry.is_breaking)
        && list(wanted, "breaking_notes").iter().all(|it| it.as_str() == Some(note))
        && list(wanted, "breaking_note_contains").iter().all(|it| note.contains(it.as_str().unwrap()))
        && list(wanted, "message_not_contains").iter().all(|it| !note.contains(it.as_str().unwrap()))
}
