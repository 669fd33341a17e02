//! What changes ask of a version by release-please's cases, strategy by strategy. There files configure a strategy; here a policy's categories and `--pre` say the same.

use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{Bump, Channel, Version};
use serde_json::Value;

use super::plan;
use super::table::{judge, read, text};

const EARLY: &str = "below 1.0.0 what breaks users raises the minor number, always: SemVer promises nothing there, \
                     and 1.0.0 is a decision of people (`/release cut v1.0.0`)";
const PATCH_EARLY: &str = "below 1.0.0 a feature raises the minor number: a policy whose `Features` bump by `patch` says otherwise, for good";
const RELEASE_AS: &str = "a version is named by a releaser's command (`/release cut v3.1.2`), who is authorised \
                          and answered, not by a line in some commit";
const FIRST_NUMBER: &str =
    "the first pre-release of a channel is numbered, `beta.1`: a project without numbers has no second one";
const DEPENDENCY: &str = "an update of a dependency is a fix to those who use the project, whatever number the dependency raised; \
                          a category's `bump` says otherwise";

/// The beginning of a difference, and why it stays one.
const EXPLAINED: [(&str, &str); 10] = [
    ("default 1.2.3 commits5", RELEASE_AS),
    ("prerelease 1.2.3 commits4", RELEASE_AS),
    ("prerelease 0.1.2 commits1 {\"prerelease\":true}", EARLY),
    ("prerelease 0.1.2 commits1 {\"prerelease\":true,\"prereleaseType\":\"beta\"}", EARLY),
    ("prerelease 0.1.2 commits2 {\"bumpPatchForMinorPreMajor\":true", PATCH_EARLY),
    ("prerelease 0.1.2 commits2 {\"prerelease\":true,\"prereleaseType\":\"beta\"}", FIRST_NUMBER),
    ("prerelease 1.0.1-beta commits", FIRST_NUMBER),
    ("prerelease 1.1.1-beta commits", FIRST_NUMBER),
    ("dependency-manifest 1.2.3 commits7", DEPENDENCY),
    ("dependency-manifest", DEPENDENCY),
];

#[test]
fn versions_are_raised_as_in_release_please() {
    let Some(table) = read("release-please/version-bump-cases.json") else { return };
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    let differing: Vec<String> =
        cases.iter().filter_map(|case| differs(case, &table["commit_lists"])).collect();
    judge(&differing, &EXPLAINED);
    // The rules are shared: what differs is the exception.
    assert!(differing.len() * 4 < cases.len(), "{differing:#?}");
}

fn differs(case: &Value, lists: &Value) -> Option<String> {
    let from = Version::parse(text(case, "from")).unwrap();
    let options = &case["options"];
    // Where the version before is a pre-release, theirs goes on in its channel, whatever is configured.
    let own = from.channel().or(options["prereleaseType"].as_str());
    let channel = own.filter(|_| options["prerelease"] == true).map(|name| Channel::parse(name).unwrap());
    let commits = lists[text(case, "commits")].as_array().unwrap().iter();
    let messages: Vec<&str> = commits.map(|commit| text(commit, "message")).collect();
    let policy = policy(text(case, "strategy"));
    let next =
        plan::next(&policy, std::slice::from_ref(&from), &messages, channel.as_ref()).unwrap().to_string();
    let [strategy, commits, expected] = ["strategy", "commits", "expected"].map(|field| text(case, field));
    (next != expected).then(|| format!("{strategy} {from} {commits} {options}: {next}, not {expected}"))
}

/// What a strategy is as a policy.
fn policy(strategy: &str) -> Policy {
    let mut policy = Policy::default();
    let least = match strategy {
        "always-bump-major" => Bump::Major,
        "always-bump-minor" => Bump::Minor,
        _ => return policy,
    };
    for category in &mut policy.notes.categories {
        category.bump = category.bump.max(least);
    }
    policy
}
