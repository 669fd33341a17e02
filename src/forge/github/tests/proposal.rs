//! Tests of the pull request that carries a release: what its branch, its files and its text become, and whose words stay. When it is written is not known here.

use base64::engine::general_purpose::STANDARD;

use super::perform::{body_of, done, knowing, text};
use super::*;
use crate::domain::id::ChangeNumber;
use crate::domain::notes::frame::sum;
use crate::domain::proposal::{LeftProposal, Proposal};
use crate::domain::say;
use crate::forge::frame;

const PULLS: &str =
    "GET /repos/acme/web/pulls?state=open&head=acme%3Alockkeeper%2Frelease%2Fdefault&base=main&per_page=10";
const REF: &str = "GET /repos/acme/web/git/ref/heads%2Flockkeeper%2Frelease%2Fdefault";
const FILE: &str = "GET /repos/acme/web/contents/Cargo.toml?ref=8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";
const BASE: &str = "GET /repos/acme/web/git/commits/8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";
const NEWEST: &str = "GET /repos/acme/web/commits/1111111111111111111111111111111111111111";
/// The commit that is made.
const MADE: &str = "2222222222222222222222222222222222222222";

fn mark() -> EffectKey {
    EffectKey::stored("1:default:draft:v1")
}

fn framed(text: &str) -> String {
    frame(&mark()).around(text)
}

fn keep(left: Option<(&str, &str)>) -> Effect {
    Effect::KeepProposal(Box::new(Proposal {
        mark: mark(),
        branch: BranchName::parse("lockkeeper/release/default").unwrap(),
        base: BranchName::parse("main").unwrap(),
        commit: commit(SHA),
        title: "Release v2.0.0".to_owned(),
        text: text(),
        version: "2.0.0".parse().unwrap(),
        files: vec!["Cargo.toml".to_owned()],
        changelog: "CHANGELOG.md".to_owned(),
        section: "v2.0.0 (2026-12-01)".to_owned(),
        notes: text(),
        left: left.map(|(head, text)| LeftProposal { head: commit(head), text: sum(text) }),
    }))
}

fn kept(left: Option<&str>) -> Made {
    let left = left.map(|text| LeftProposal { head: commit(MADE), text: sum(text) });
    Made::Proposal { number: ChangeNumber(8), page: "https://h/8".to_owned(), left }
}

/// A GitHub with the open pull request of that text, or none; `newest` signed the newest commit of our branch, if there is one.
async fn github(open: Option<&str>, newest: Option<&str>) -> Fake {
    let pull = |body: &str| json!({ "number": 8, "html_url": "https://h/8", "body": body, "state": "open" });
    let account =
        |login: &str| json!({ "id": if login == "lockkeeper[bot]" { 990 } else { 1 }, "login": login });
    let signed = newest
        .map(|login| json!({ "author": account(login), "committer": { "id": 19, "login": "web-flow" } }));
    let (there, made) = if newest.is_some() { (200, 422) } else { (404, 201) };
    let cargo = STANDARD.encode("[package]\nname = \"web\"\nversion = \"1.4.2\"\n");
    knowing(&[
        (PULLS, 200, open.map_or_else(|| json!([]), |body| json!([pull(body)]))),
        (REF, there, json!({ "object": { "sha": OTHER } })),
        (NEWEST, there, signed.unwrap_or_default()),
        (FILE, 200, json!({ "content": cargo, "encoding": "base64" })),
        (BASE, 200, json!({ "sha": SHA, "tree": { "sha": "t1" } })),
        ("POST /repos/acme/web/git/trees", 201, json!({ "sha": "t2" })),
        ("POST /repos/acme/web/git/commits", 201, json!({ "sha": MADE, "tree": { "sha": "t2" } })),
        ("POST /repos/acme/web/git/refs", made, json!({ "message": "Reference already exists" })),
        ("PATCH /repos/acme/web/git/refs/heads%2Flockkeeper%2Frelease%2Fdefault", 200, json!({})),
        ("POST /repos/acme/web/pulls", 201, pull("")),
        ("PATCH /repos/acme/web/issues/8", 200, json!({})),
    ])
    .await
}

/// The calls that write, without what they are about.
fn writes(fake: &Fake) -> Vec<String> {
    let lines = fake.lines().into_iter().filter(|line| !line.starts_with("GET "));
    lines
        .map(|line| line.replace("/repos/acme/web/", "").replace("%2Flockkeeper%2Frelease%2Fdefault", "/…"))
        .collect()
}

fn body(fake: &Fake, target: &str) -> Value {
    let found = fake.calls().into_iter().find(|seen| seen.method == "POST" && seen.target.ends_with(target));
    found.unwrap().body
}

#[tokio::test]
async fn a_release_is_carried_by_one_commit_upon_the_base_and_no_author_is_named() {
    let fake = github(None, None).await;
    assert_eq!(done(&fake, &keep(None), 1, None).await, kept(Some("Hello")));
    assert_eq!(writes(&fake), ["POST git/trees", "POST git/commits", "POST git/refs", "POST pulls"]);
    let tree = body(&fake, "git/trees");
    assert_eq!(tree["base_tree"], "t1");
    let files: Vec<(&str, &str)> = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["path"].as_str().unwrap(), entry["content"].as_str().unwrap()))
        .collect();
    assert_eq!(files[1], ("Cargo.toml", "[package]\nname = \"web\"\nversion = \"2.0.0\"\n"));
    assert!(
        files[0].0 == "CHANGELOG.md" && files[0].1.contains("## v2.0.0 (2026-12-01)\n\nHello"),
        "{files:?}"
    );
    let message = say::proposal::message("Release v2.0.0");
    let commit = json!({ "message": message, "tree": "t2", "parents": [SHA] });
    assert_eq!(body(&fake, "git/commits"), commit, "so GitHub signs it");
    let branch = json!({ "ref": "refs/heads/lockkeeper/release/default", "sha": MADE });
    assert_eq!(body(&fake, "git/refs"), branch);
    let pull = json!({ "title": "Release v2.0.0", "head": "lockkeeper/release/default", "base": "main", "body": framed("Hello") });
    assert_eq!(body(&fake, "pulls"), pull);
}

#[tokio::test]
async fn an_open_one_is_moved_along_and_its_text_renewed_between_what_people_wrote() {
    let before = format!("Please wait for Ana.\n\n{}\n\nThanks", framed("Old"));
    let fake = github(Some(&before), Some("ana")).await;
    assert_eq!(done(&fake, &keep(Some((OTHER, "Old"))), 1, None).await, kept(Some("Hello")));
    let moved =
        ["POST git/trees", "POST git/commits", "POST git/refs", "PATCH git/refs/heads/…", "PATCH issues/8"];
    assert_eq!(writes(&fake), moved);
    let after = before.replace("Old", "Hello");
    assert_eq!(body_of(&fake, "PATCH"), json!({ "title": "Release v2.0.0", "body": after }));
}

#[tokio::test]
async fn one_whose_answer_was_lost_is_found_again_by_its_branch() {
    let fake = github(Some(&framed("Hello")), Some("lockkeeper[bot]")).await;
    assert_eq!(done(&fake, &keep(None), 2, None).await, kept(Some("Hello")));
    assert!(!writes(&fake).contains(&"POST pulls".to_owned()), "{:?}", writes(&fake));
    assert_eq!(body_of(&fake, "PATCH"), json!({ "title": "Release v2.0.0" }));
}

#[tokio::test]
async fn commits_of_people_are_never_written_over() {
    for left in [None, Some((SHA, "Hello"))] {
        let fake = github(Some(&framed("Hello")), Some("ana")).await;
        assert_eq!(done(&fake, &keep(left), 1, None).await, kept(None));
        assert_eq!(writes(&fake), [] as [&str; 0]);
    }
}

#[tokio::test]
async fn a_text_that_people_changed_stays_as_it_is() {
    let fake = github(Some(&framed("Old, and better")), Some("lockkeeper[bot]")).await;
    assert_eq!(done(&fake, &keep(Some((OTHER, "Old"))), 1, None).await, kept(Some("Old")));
    assert_eq!(body_of(&fake, "PATCH"), json!({ "title": "Release v2.0.0" }));
}
