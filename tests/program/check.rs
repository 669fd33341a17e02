//! `check --repo`: the people whom a policy names, held against those whom the stand-in knows; nothing is written.

use lockkeeper::clock::Clock;

use crate::stage::Stage;

const POLICY: &str = ".github/lockkeeper.yml";

async fn stage() -> Stage {
    let stage = Stage::set(Clock::system()).await;
    let world = &stage.world;
    world.team("acme", "release", &["bob", "cem"]);
    world.team("acme", "qa", &[]);
    world.install();
    stage
}

/// What `check` says with these arguments, and its exit code.
async fn checked(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String) {
    let all: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    let mut program = stage.program(&all);
    program.env_remove("LOCKKEEPER_GITHUB_WEBHOOK_SECRET");
    let output = crate::stage::run(program).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_repository_are_held_against_its_policy() {
    let stage = stage().await;
    let text = "environments:\n  production:\n    deploy: event\n    approvals: { from: acme/release }\n";
    stage.world.push_file(POLICY, text);
    let (code, said) = checked(&stage, &["--repo", "acme/shop"]).await;
    assert!(said.contains("ok: .github/lockkeeper.yml of acme/shop"), "{said}");
    assert!(said.contains("  ok      everybody whom the policy names is there"), "{said}");
    assert!(
        said.contains(
            "\nlabels of acme/shop\n  note    breaking is not there (Release notes: Breaking changes)\n"
        ),
        "{said}"
    );
    assert!(said.contains("`labels: sync` in the policy file has them made"), "{said}");
    assert_eq!(code, Some(0));
    stage.world.push_file(POLICY, &text.replace("acme/release", "[acme/qa, acme/relaese]"));
    let (code, said) = checked(&stage, &["--repo", "acme/shop"]).await;
    for line in [
        "  WRONG   team acme/qa has nobody\n",
        "  WRONG   team acme/relaese: it does not exist, or we cannot see it\n",
        "  WRONG   production wants 1 approval and has nobody; who asks gives none, so it can never begin\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    assert_eq!(code, Some(1));
    let wrote = stage.world.requests().iter().any(|one| {
        one.method != "GET" && !one.path.ends_with("graphql") && !one.path.ends_with("/access_tokens")
    });
    assert!(!wrote, "a check only reads: {:?}", stage.world.requests());
    assert_eq!(stage.world.unknown_routes(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_held_against_the_people_before_it_is_committed() {
    let stage = stage().await;
    let file = stage.folder.path().join("lockkeeper.yml");
    std::fs::write(
        &file,
        "environments: { production: { deploy: event, approvals: { from: acme/release, count: 3 } } }\n",
    )
    .unwrap();
    let path = file.to_string_lossy().into_owned();
    let (code, said) = checked(&stage, &[&path, "--repo", "acme/shop"]).await;
    assert!(said.contains("WRONG   production wants 3 approvals and has bob, cem;"), "{said}");
    assert_eq!(code, Some(1));
    std::fs::write(&file, "environmets: {}\n").unwrap();
    let (code, said) = checked(&stage, &[&path, "--repo", "acme/shop"]).await;
    assert!(code == Some(1) && said.contains("did you mean `environments`?"), "{said}");
    let (code, said) = checked(&stage, &["--repo", "acme/nowhere"]).await;
    assert!(code == Some(1) && said.contains("the bot is not let into acme/nowhere"), "{said}");
}
