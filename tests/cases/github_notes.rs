//! What GitHub's generated notes list: our reading of its rules, and our own plan by the same file. The notes of other tools have files of their own.

use lockkeeper::config::import::release_notes::Configuration;
use lockkeeper::config::policy::Layer;
use lockkeeper::config::release_yml::{self, PATHS};
use lockkeeper::domain::plan::{Entry, OTHER};
use serde_json::{Value, json};

use super::planned::{Merged, plan, sections};
use super::table::read;
use super::tally::{check, same, texts};

/// How the table calls the list of a file without categories.
const FLAT: &str = "(flat)";

fn merged(case: &Value) -> Vec<Merged> {
    let read = |request: &Value| {
        let number = request["n"].as_u64().unwrap();
        let author = request["author"].as_str().unwrap().to_owned();
        Merged { number, title: format!("Change {number}"), labels: texts(&request["labels"]), author }
    };
    case["prs"].as_array().unwrap().iter().map(read).collect()
}

#[test]
fn github_lists_what_we_say_it_lists() {
    let Some(table) = read("github-auto-notes/category-cases.json") else { return };
    check("github notes", table["cases"].as_array().unwrap(), &[], |case| {
        let text = case["release_yml"].as_str().unwrap();
        let configuration = Configuration::read(PATHS[0], text).unwrap_or_else(|report| panic!("{report}"));
        let plan = plan(Layer::default(), None, None, &merged(case));
        let mut entries: Vec<&Entry> = plan.entries().collect();
        entries.sort_by_key(|entry| entry.number);
        let mut found = serde_json::Map::new();
        for (title, entries) in configuration.sections(&entries) {
            let numbers: Vec<u64> = entries.iter().map(|entry| entry.number.unwrap().0).collect();
            found.insert(if title.is_empty() { FLAT.to_owned() } else { title }, json!(numbers));
        }
        same("sections", &Value::Object(found), &case["expected"])
    });
}

/// Where our plan differs from GitHub's notes on purpose.
const DIFFERENCES: [(&str, &str); 2] = [
    ("no * :", "what no category takes stands under Other: nothing that ships vanishes without a word"),
    ("no categories", "a file without categories leaves the usual sections, not one flat list"),
];

#[test]
fn our_plan_by_the_same_file_agrees_with_github() {
    let Some(table) = read("github-auto-notes/category-cases.json") else { return };
    check("github notes, our plan", table["cases"].as_array().unwrap(), &DIFFERENCES, |case| {
        let notes = release_yml::read(PATHS[0], case["release_yml"].as_str().unwrap()).unwrap();
        let plan = plan(Layer::default(), Some(notes), None, &merged(case));
        let found: serde_json::Map<String, Value> =
            sections(&plan).into_iter().map(|(title, numbers)| (title, json!(numbers))).collect();
        same("sections", &Value::Object(found), &case["expected"])
    });
    // The differences are these, and no others.
    for case in table["cases"].as_array().unwrap() {
        let notes = release_yml::read(PATHS[0], case["release_yml"].as_str().unwrap()).unwrap();
        let plan = plan(Layer::default(), Some(notes), None, &merged(case));
        let listed =
            case["expected"].as_object().unwrap().iter().flat_map(|(_, numbers)| numbers.as_array().unwrap());
        let listed: Vec<u64> = listed.filter_map(Value::as_u64).collect();
        for (title, numbers) in sections(&plan) {
            assert!(
                title == OTHER || numbers.iter().all(|number| listed.contains(number)),
                "{title}: {numbers:?}"
            );
        }
    }
}

#[test]
fn a_written_out_policy_plans_as_the_file_read_in_place() {
    let Some(table) = read("github-auto-notes/category-cases.json") else { return };
    check("github notes, written out", table["cases"].as_array().unwrap(), &[], |case| {
        let text = case["release_yml"].as_str().unwrap();
        let configuration = Configuration::read(PATHS[0], text).unwrap_or_else(|report| panic!("{report}"));
        let notes = release_yml::read(PATHS[0], text).unwrap();
        let in_place = plan(Layer::default(), Some(notes), None, &merged(case));
        let written_out = plan(configuration.imported().layer, None, None, &merged(case));
        same("plan", &written_out, &in_place)
    });
}
