//! `import --repo`: the file and the changes come from the forge, nothing is written.

use crate::plan::{stage, told};
use crate::stage::Stage;

async fn imported(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String, String) {
    told(stage, "import", arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repositorys_file_is_imported_and_its_notes_are_compared_by_their_labels() {
    let stage = stage().await;
    let (code, _, said) = imported(&stage, &["--repo", "acme/shop"]).await;
    assert!(code == Some(1) && said.contains("acme/shop has no file to import"), "{said}");
    stage.world.push_file(".github/shared.yml", "version-resolver: { minor: { labels: [feature] } }\n");
    let text =
        "_extends: ':.github/shared.yml'\ntemplate: $CHANGES\ncategories: [{ title: New, label: feature }]\n";
    stage.world.push_file(".github/release-drafter.yml", text);
    let (code, said, failed) = imported(&stage, &["--repo", "acme/shop"]).await;
    assert_eq!(code, Some(0), "{failed}");
    assert!(said.contains("{ title: New, labels: [feature], bump: minor }"), "{said}");
    let (_, said, failed) = imported(&stage, &["--repo", "acme/shop", "--compare"]).await;
    assert!(said.starts_with("3 changes since v1.4.2; ours would be 1.5.0\n"), "{said}{failed}");
    for line in ["* Sign in with passkeys (#2) @ana", "listed only as until now: none"] {
        assert!(said.contains(line), "{line}{said}");
    }
    let wrote = stage.world.requests().iter().any(|one| {
        one.method != "GET" && !one.path.ends_with("graphql") && !one.path.ends_with("/access_tokens")
    });
    assert!(!wrote, "an import only reads: {:?}", stage.world.requests());
    assert_eq!(stage.world.unknown_routes(), Vec::<String>::new());
}
