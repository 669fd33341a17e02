//! `draft`: one draft release, written by a job that remembers nothing and has only its token. When a server renews its draft is tested beside its code.

use lockkeeper::sandbox::ReleaseView;

use crate::plan::stage;
use crate::stage::{Forge, Stage, run};

const PERMISSIONS: &[(&str, &str)] = &[("contents", "write"), ("pull_requests", "read")];

/// Status, standard output and standard error of `draft` in a job whose token may do this.
async fn drafted(
    stage: &Stage,
    permissions: &[(&str, &str)],
    more: &[&str],
) -> (Option<i32>, String, String) {
    let all: Vec<&str> = ["draft", "--repo", "acme/shop"].iter().chain(more).copied().collect();
    let mut program = stage.program(&all);
    program
        .env_remove("LOCKKEEPER_GITHUB_APP_ID")
        .env_remove("LOCKKEEPER_GITHUB_PRIVATE_KEY")
        .env_remove("LOCKKEEPER_GITHUB_WEBHOOK_SECRET")
        .env("LOCKKEEPER_GITHUB_TOKEN", stage.world.token_of_a_job(permissions));
    let output = run(program).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The only draft there is.
fn draft(stage: &Stage) -> ReleaseView {
    let mut drafts: Vec<ReleaseView> =
        stage.world.releases().into_iter().filter(|release| release.is_draft).collect();
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    drafts.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_keeps_one_draft_and_what_people_wrote_around_its_notes() {
    let stage = stage().await;
    let world = &stage.world;
    let (code, said, failed) = drafted(&stage, PERMISSIONS, &[]).await;
    assert_eq!(code, Some(0), "{failed}");
    assert!(said.starts_with("the draft of v1.5.0 is up to date: http"), "{said}");
    let first = draft(&stage);
    assert_eq!((first.tag.as_str(), first.target), ("v1.5.0", world.head()));
    assert!(first.body.contains("- Sign in with passkeys #2 (@ana)"), "{}", first.body);

    world.edit_release("ana", "v1.5.0", &format!("Thanks to all!\n\n{}\n\nSee you.", first.body));
    let third = world.open_change("bob", "Pay by invoice");
    world.label_as("bob", third, "feature");
    world.merge(third, "bob");
    let (code, _, failed) = drafted(&stage, PERMISSIONS, &[]).await;
    assert_eq!(code, Some(0), "{failed}");
    let second = draft(&stage);
    assert_eq!((second.id, second.target), (first.id, world.head()));
    assert!(second.body.starts_with("Thanks to all!\n\n<!-- lockkeeper:"), "{}", second.body);
    assert!(second.body.ends_with("-->\n\nSee you."), "{}", second.body);
    assert!(second.body.contains("- Pay by invoice #3 (@bob)"), "{}", second.body);

    world.edit_release("ana", "v1.5.0", &second.body.replace("Pay by invoice", "Pay later"));
    let (code, said, _) = drafted(&stage, PERMISSIONS, &[]).await;
    assert!(code == Some(0) && said.starts_with("somebody changed the notes of the draft"), "{said}");
    assert!(draft(&stage).body.contains("Pay later"));
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_draft_is_left_alone_and_the_next_one_begins() {
    let stage = stage().await;
    let world = &stage.world;
    drafted(&stage, PERMISSIONS, &[]).await;
    world.publish_draft("ana", "v1.5.0");
    let (code, said, _) = drafted(&stage, PERMISSIONS, &[]).await;
    assert_eq!((code, said.as_str()), (Some(0), "nothing to release, so no draft was written\n"));
    let third = world.open_change("bob", "fix: round prices");
    world.merge(third, "bob");
    drafted(&stage, PERMISSIONS, &[]).await;
    assert_eq!(draft(&stage).tag, "v1.5.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_writes_nothing_and_a_job_that_may_not_is_told_what_it_needs() {
    let stage = stage().await;
    let (code, said, _) = drafted(&stage, &[("contents", "read")], &["--dry-run"]).await;
    assert_eq!(code, Some(0));
    assert!(said.starts_with(&format!("# v1.5.0 at {}\n\n### Features\n", stage.world.head())), "{said}");
    assert!(stage.world.releases().iter().all(|release| !release.is_draft));
    let (code, _, said) = drafted(&stage, &[("contents", "read")], &[]).await;
    assert!(
        code == Some(1) && said.contains("`permissions: { contents: write, pull-requests: read }`"),
        "{said}"
    );
}

/// Tag and text of each draft, by tag.
fn drafts(stage: &Stage) -> Vec<(String, String)> {
    let drafts = stage.world.releases().into_iter().filter(|release| release.is_draft);
    let mut drafts: Vec<_> = drafts.map(|draft| (draft.tag, draft.body)).collect();
    drafts.sort();
    drafts
}

#[tokio::test(flavor = "multi_thread")]
async fn each_component_has_a_draft_of_its_own_and_one_alone_may_be_named() {
    let stage = stage().await;
    let world = &stage.world;
    let rules = "components:\n  web: { paths: [web] }\n  api: { paths: [api] }\n  docs: { paths: [docs] }\n";
    world.push_file(".github/lockkeeper.yml", rules);
    let merged = |title: &str, file: &str| {
        let number = world.open_change("bob", title);
        world.push_file_to(&format!("change-{number}"), file, title);
        world.merge(number, "bob");
    };
    merged("fix: the cart", "web/cart.ts");
    merged("fix: totals", "api/total.rs");
    let tags = || drafts(&stage).into_iter().map(|(tag, _)| tag).collect::<Vec<_>>();
    let (code, said, failed) = drafted(&stage, PERMISSIONS, &["--component", "web"]).await;
    assert_eq!((code, tags()), (Some(0), vec!["web-v0.1.0".to_owned()]), "{failed}");
    assert!(said.starts_with("the draft of web-v0.1.0 is up to date: http"), "{said}");

    // Again, and of all: each is found by its own mark.
    merged("fix: prices", "api/price.rs");
    for _ in 0..2 {
        let (code, said, failed) = drafted(&stage, PERMISSIONS, &[]).await;
        assert_eq!(
            (code, tags()),
            (Some(0), vec!["api-v0.1.0".to_owned(), "web-v0.1.0".to_owned()]),
            "{failed}"
        );
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[0].starts_with("the draft of web-v0.1.0 is up to date: http"), "{said}");
        assert!(lines[1].starts_with("the draft of api-v0.1.0 is up to date: http"), "{said}");
        assert_eq!(lines[2], "docs: nothing to release, so no draft was written");
    }
    let written = drafts(&stage);
    assert!(written[0].1.contains("prices") && !written[0].1.contains("the cart"), "{}", written[0].1);
    assert!(written[1].1.contains("the cart") && !written[1].1.contains("prices"), "{}", written[1].1);

    let (code, _, said) = drafted(&stage, PERMISSIONS, &["--component", "wev"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no component `wev`\n\nThe policy has `web`, `api`, `docs`."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gitlab_has_no_drafts_and_the_way_there_is_named() {
    let stage = Stage::at(Forge::GitLab, lockkeeper::clock::Clock::system()).await;
    stage.world.install();
    let output = stage.run(&["draft", "--repo", "acme/shop"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("plan --repo acme/shop --notes"), "{said}");
}
