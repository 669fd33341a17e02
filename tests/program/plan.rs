//! `plan --repo`: the pull request is the unit, the repository's own policy rules, nothing is written.

use lockkeeper::clock::Clock;
use serde_json::Value;

use crate::stage::Stage;

/// A repository with a release and a change since.
pub(crate) async fn stage() -> Stage {
    let stage = Stage::set(Clock::system()).await;
    let world = &stage.world;
    world.create_label("ana", "feature");
    let first = world.open_change("cem", "Show prices with tax");
    let at = world.merge(first, "cem");
    world.annotated_tag_by_hand("ana", "v1.4.2", &at);
    let second = world.open_change("ana", "Sign in with passkeys");
    world.label_as("ana", second, "feature");
    world.merge(second, "bob");
    world.install();
    stage
}

/// Status, standard output and standard error of `plan` with these arguments.
async fn planned(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String, String) {
    told(stage, "plan", arguments).await
}

/// Status, standard output and standard error of a command that takes no deliveries.
pub(crate) async fn told(stage: &Stage, verb: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let all: Vec<&str> = [verb].iter().chain(arguments).copied().collect();
    let mut program = stage.program(&all);
    program.env_remove("LOCKKEEPER_GITHUB_WEBHOOK_SECRET");
    let output = crate::stage::run(program).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_planned_through_the_api() {
    let stage = stage().await;
    let (code, said, failed) = planned(&stage, &["--repo", "acme/shop"]).await;
    assert_eq!(code, Some(0), "{failed}");
    assert!(
        said.starts_with("**Next: v1.5.0** (minor: #2 adds a feature) · 1 change since v1.4.2"),
        "{said}"
    );
    let (_, json, _) = planned(&stage, &["--repo", "acme/shop", "--json"]).await;
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&document["version"], &document["bump"]), (&"1.5.0".into(), &"minor".into()));
    let change = &document["changes"][0];
    assert_eq!(
        (&change["number"], &change["author"], &change["labels"][0]),
        (&2.into(), &"ana".into(), &"feature".into())
    );
    let writes = |path: &str| !path.ends_with("graphql") && !path.ends_with("/access_tokens");
    let wrote = stage.world.requests().iter().any(|one| one.method != "GET" && writes(&one.path));
    assert!(!wrote, "a plan only reads: {:?}", stage.world.requests());
    assert_eq!(stage.world.unknown_routes(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_planned_is_said() {
    let stage = stage().await;
    let (code, _, said) = planned(&stage, &["--repo", "acme/nowhere"]).await;
    assert!(code == Some(1) && said.contains("the bot is not let into acme/nowhere"), "{said}");
    stage.world.push_file(".github/lockkeeper.yml", "versionin: { scheme: semver }\n");
    let (code, _, said) = planned(&stage, &["--repo", "acme/shop"]).await;
    assert!(
        code == Some(1) && said.contains(".github/lockkeeper.yml of acme/shop cannot be obeyed"),
        "{said}"
    );
    assert!(said.contains("versioning"), "the nearest key is named: {said}");
    let (code, _, said) = planned(&stage, &["--repo", "acme/shop", "--git", "."]).await;
    assert!(code == Some(2) && said.contains("cannot be used with"), "{said}");
    let (code, _, said) = planned(&stage, &[]).await;
    assert!(code == Some(2) && said.contains("--git"), "{said}");
}
