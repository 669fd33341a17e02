//! Channels and graduation by semantic-release's cases: `alpha`, `beta` and final versions after each other. There a branch is a channel, here `--pre` names it.

use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{Channel, Version};
use serde_json::Value;

use super::plan;
use super::table::{judge, read, text};

#[test]
fn channels_follow_each_other_as_in_semantic_release() {
    let Some(table) = read("semantic-release/next-version-cases.json") else { return };
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 9);
    judge(&cases.iter().filter_map(differs).collect::<Vec<_>>(), &[]);
}

fn differs(case: &Value) -> Option<String> {
    let branch = &case["branch"];
    let tags = branch["tags"].as_array().unwrap().iter();
    let tags: Vec<Version> = tags.map(|tag| Version::parse(text(tag, "version")).unwrap()).collect();
    let channel = branch["prerelease"].as_str().map(|name| Channel::parse(name).unwrap());
    let message = match text(&case["nextRelease"], "type") {
        "major" => "feat!: x",
        "minor" => "feat: x",
        _ => "fix: x",
    };
    let next = plan::next(&Policy::default(), &tags, &[message], channel.as_ref()).unwrap().to_string();
    let expected = text(case, "expected");
    (next != expected).then(|| format!("{}: {next}, not {expected}", text(case, "name")))
}
