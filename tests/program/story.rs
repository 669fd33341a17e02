//! `demo`: the story comes true as the README tells it, and where a step is broken it says which.

use std::path::Path;
use std::process::Command;

use crate::stage::run;

/// Between these the README shows the story.
const BEGINS: &str = "<!-- story -->\n```text\n";
const ENDS: &str = "\n```\n<!-- /story -->";

async fn demo(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_lockkeeper"));
    program.arg("demo").args(arguments).env_clear();
    let output = run(program).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_tells_the_story_of_the_readme_to_the_end() {
    let (code, said, failed) = demo(&["--once"]).await;
    assert_eq!(code, Some(0), "{said}{failed}");
    let (story, cost) = said.split_once("\n\nThe story is told. ").expect("it is told to the end");
    assert!(cost.starts_with("The bot asked the forge "), "{cost}");
    for line in ["**", "<!--", "error"] {
        assert!(!story.contains(line), "`{line}` in:\n{story}");
    }
    compare("README.md", story);
}

/// Whether a paper shows the story as it was told.
fn compare(paper: &str, story: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(paper);
    let text = std::fs::read_to_string(&file).expect("the paper is there");
    let (before, rest) = text.split_once(BEGINS).expect("it shows the story");
    let (shown, after) = rest.split_once(ENDS).expect("the story in it ends");
    if is_update_wanted() {
        std::fs::write(&file, [before, BEGINS, story, ENDS, after].concat())
            .expect("the repository can be written");
        return;
    }
    assert!(shown == story, "{paper}: with UPDATE_DOCUMENTS=1 the story becomes\n\n{story}");
}

/// The story that a paper shows.
fn shown(paper: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(paper);
    let text = std::fs::read_to_string(file).expect("the paper is there");
    let (_, rest) = text.split_once(BEGINS).expect("it shows the story");
    rest.split_once(ENDS).expect("the story in it ends").0.to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the server")]
fn is_update_wanted() -> bool {
    std::env::var_os("UPDATE_DOCUMENTS").is_some()
}

/// The story as GitLab tells it, told beside GitHub's in its guide.
#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_tells_the_same_story_on_gitlab() {
    let (code, said, failed) = demo(&["--once", "--forge", "gitlab"]).await;
    assert_eq!(code, Some(0), "{said}{failed}");
    let (story, _) = said.split_once("\n\nThe story is told. ").expect("it is told to the end");
    compare("docs/gitlab.md", story);
    let readme = shown("README.md");
    let (theirs, ours) = (acts(&readme, '#'), acts(story, '!'));
    assert_eq!(theirs, ours, "people do the same, at the same time");
    for word in ["pull request", "ruleset", "workflow", "github", "#12 "] {
        assert!(!story.to_lowercase().contains(word), "`{word}` in:\n{story}");
    }
}

/// What people do in a story, by the clock, with each forge's sign for a change left out.
fn acts(story: &str, sign: char) -> Vec<String> {
    let is_told_of = |line: &&str| {
        let who = line.get(14..).and_then(|rest| rest.split(' ').next());
        who.is_some_and(|who| ["ana", "bob", "sam"].contains(&who))
    };
    let lines = story.lines().filter(is_told_of);
    lines.map(|line| line.replace(sign, "")).collect()
}

/// Breaks a step; what the story still told before it must be there, what comes after must not.
async fn check(step: &str, before: &str, after: &str) {
    for forge in ["github", "gitlab"] {
        breaks(forge, step, (before, after)).await;
    }
}

async fn breaks(forge: &str, step: &str, (before, after): (&str, &str)) {
    let (code, said, failed) = demo(&["--once", "--forge", forge, "--break", step]).await;
    assert_eq!(code, Some(1), "{said}{failed}");
    assert!(failed.contains(&format!("step `{step}` did not come true")), "{failed}");
    assert!(said.contains(before), "`{before}` in:\n{said}");
    assert!(!said.contains(after), "`{after}` in:\n{said}");
    assert!(!said.contains("The story is told"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_comment_ends_the_demonstration_by_its_name() {
    check("comment", "/release plan", "Next: v1.5.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_tag_ends_the_demonstration_by_its_name() {
    check("tag", "/release cut", "v1.5.0 is cut").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_deployment_ends_the_demonstration_by_its_name() {
    check("deployment", "/release promote staging", "orders staging").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_approval_ends_the_demonstration_by_its_name() {
    check("approval", "/release approve p2.1", "Your approval of p2.1 counts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rollback_ends_the_demonstration_by_its_name() {
    check("rollback", "/release rollback production", "is back on v1.4.2").await;
}
