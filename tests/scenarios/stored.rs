//! Samples of the journal, as rows were once written: every kind has one of its shape today, and every one is read for ever. What a row means is `domain`'s business.
//!
//! `UPDATE_SAMPLES=1` plays all scenarios, `UPDATE_SAMPLES=backport` those whose names have that in them, and adds what is missing. A
//! sample is never written anew: what it holds stands in somebody's journal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lockkeeper::domain::effect::EffectKey;
use lockkeeper::domain::event::{DraftLeft, Event};
use lockkeeper::domain::id::{ComponentName, Incarnation};
use lockkeeper::domain::journal::{Cause, Circumstances, Row, Tip, verify};
use serde_json::{Value, json};

use crate::door::Door;
use crate::script::{Heading, read};
use crate::stage::{Stage, folder};
use crate::wire::WIRES;
use crate::{names, script_of};

/// Where the events are declared, and as which enum.
const DECLARED: [(&str, &str); 2] =
    [("src/domain/event.rs", "Event"), ("src/domain/promotion/step.rs", "Step")];

fn samples_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stored/events")
}

/// Every sample that is kept, by the name of its file.
fn samples() -> BTreeMap<String, Row> {
    let files = fs::read_dir(samples_folder()).into_iter().flatten().flatten();
    let sample = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        let text = fs::read_to_string(&path).expect("a sample can be read");
        Some((name.clone(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))))
    };
    files.filter_map(|file| sample(file.path())).collect()
}

/// The kinds of events, from where they are declared. A variant that is untagged has the kinds of what it holds.
fn kinds() -> BTreeSet<String> {
    DECLARED.iter().flat_map(|(path, name)| variants(path, name)).collect()
}

fn variants(path: &str, name: &str) -> Vec<String> {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is declared there");
    let file = syn::parse_file(&text).expect("it is Rust");
    let found = file.items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    let is_tagged = |variant: &syn::Variant| matches!(variant.fields, syn::Fields::Named(_));
    let variants = found.expect("it is declared there").variants.into_iter().filter(is_tagged);
    variants.map(|variant| snake(&variant.ident.to_string())).collect()
}

/// `ReleaseCut` as the journal spells it.
fn snake(name: &str) -> String {
    let mut spelt = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !spelt.is_empty() {
            spelt.push('_');
        }
        spelt.extend(letter.to_lowercase());
    }
    spelt
}

/// What is written today of what a row holds.
fn rewritten(row: &Row) -> Value {
    let event = row.event().unwrap_or_else(|error| panic!("row of kind {}: {error}", row.kind));
    assert_eq!(event.kind(), row.kind, "it is read as another kind");
    serde_json::to_value(event).expect("an event has only text keys")["data"].take()
}

/// Whether all that the one holds stands in the other, too.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| holds(found, value)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        (whole, part) => whole == part,
    }
}

/// The kinds that have no sample of the shape that they are written in today.
fn lacking(samples: &BTreeMap<String, Row>) -> BTreeSet<String> {
    let current = samples.values().filter(|row| rewritten(row) == row.data).map(|row| row.kind.clone());
    let current: BTreeSet<String> = current.collect();
    kinds().difference(&current).cloned().collect()
}

#[test]
fn every_row_that_was_ever_written_is_read_and_loses_nothing() {
    for (name, row) in samples() {
        assert!(name.starts_with(&format!("{}.", row.kind)), "{name} holds a {}", row.kind);
        let before = Tip { seq: row.seq - 1, hash: row.prev.clone() };
        verify(&before, &row, &BTreeMap::new()).unwrap_or_else(|broken| panic!("{name}: {broken}"));
        let now = rewritten(&row);
        assert!(holds(&now, &row.data), "{name} loses something:\n{:#}\n{now:#}", row.data);
    }
}

#[test]
fn a_row_that_loses_something_is_found() {
    let row = json!({ "cut": { "latest": true, "tag": "v1" }, "changes": [{ "quiet": false }] });
    for (whole, expected) in [
        (
            json!({ "cut": { "latest": true, "tag": "v1", "new": null }, "changes": [{ "quiet": false }] }),
            true,
        ),
        (json!({ "cut": { "tag": "v1" }, "changes": [{ "quiet": false }] }), false),
        (json!({ "cut": { "latest": true, "tag": "v1" }, "changes": [{ "quiet": true }] }), false),
        (json!({ "cut": { "latest": true, "tag": "v1" }, "changes": [] }), false),
    ] {
        assert_eq!(holds(&whole, &row), expected, "{whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_event_has_a_sample_of_its_shape_today() {
    if let Ok(which) = std::env::var("UPDATE_SAMPLES") {
        add(lacking(&samples()), if which == "1" { "" } else { &which }).await;
    }
    let lacking = lacking(&samples());
    assert!(
        lacking.is_empty(),
        "no sample in fixtures/stored/events is of the shape in which these are written now: {lacking:?}\n\
         `UPDATE_SAMPLES=1 cargo test --test scenarios every_kind_of_event` adds them; old ones stay as they are."
    );
}

/// Writes a sample of each of these kinds: of all rows that the scenarios of such a name make, the one that says most.
async fn add(kinds: BTreeSet<String>, which: &str) {
    let mut rows: BTreeMap<String, Row> = by_hand().into_iter().map(|row| (row.kind.clone(), row)).collect();
    for name in names().into_iter().filter(|name| name.contains(which)) {
        let heading = Heading::of(&script_of(&name));
        for wire in WIRES.into_iter().filter(|wire| heading.is_for(wire.name)) {
            let policy = fs::read_to_string(folder(&name).join("policy.yml")).ok();
            let mut stage = Stage::set(wire, &Door::open().await, policy).await;
            // What is expected of it is judged elsewhere.
            let lines = read(&script_of(&name), wire.name).into_iter().map(|line| line.text);
            let acts: Vec<String> = lines.filter(|text| !text.starts_with("expect ")).collect();
            stage.perform(&acts.iter().map(String::as_str).collect::<Vec<_>>()).await;
            for (_, row) in stage.journal().await {
                let best = rows.entry(row.kind.clone()).or_insert_with(|| row.clone());
                if said(&row.data) > said(&best.data) {
                    *best = row;
                }
            }
        }
    }
    for (kind, row) in rows.into_iter().filter(|(kind, _)| kinds.contains(kind)) {
        let text = serde_json::to_string_pretty(&row).expect("a row has only text keys");
        let free = (1..).map(|number| samples_folder().join(format!("{kind}.{number}.json")));
        let path = free.into_iter().find(|path| !path.exists()).expect("numbers do not end");
        fs::create_dir_all(samples_folder()).expect("the folder can be made");
        fs::write(path, text + "\n").expect("a sample can be written");
    }
}

/// How much a value says: what is empty or unknown says nothing.
fn said(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Object(map) => map.values().map(said).sum(),
        Value::Array(items) => items.iter().map(said).max().unwrap_or_default() + items.len().min(2),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// What no scenario comes to.
fn by_hand() -> Vec<Row> {
    let component = ComponentName::parse("default").expect("it is a name");
    let events = [
        Event::DraftLeft { component, because: DraftLeft::TagTaken },
        Event::EffectLost { key: EffectKey::stored("0123456789abcdef:default:tag:v1.5.0") },
    ];
    let circumstances = Circumstances {
        incarnation: Some(Incarnation::parse("0123456789abcdef").expect("16 hex digits")),
        project: Some("github:1".parse().expect("it is a project")),
        at: "2026-03-02T09:00:00Z".parse().expect("it is a time"),
        actor: None,
        cause: Cause::Timer("draft:default".to_owned()),
        policy: None,
        facts: vec![],
    };
    let seal = |event: &Event| Row::seal(&Tip::default(), event, &BTreeMap::new(), &circumstances);
    events.iter().map(seal).collect()
}
