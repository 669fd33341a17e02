//! Tests of the merge request that carries a release: what its branch, its files and its text become, and whose words stay. When it is written is not known here.

use serde_json::{Value, json};

use super::fake::{Answer, Fake, OTHER, SHA, commit, ok};
use crate::domain::effect::{Effect, EffectKey, Made};
use crate::domain::id::{BranchName, ChangeNumber};
use crate::domain::notes::frame::sum;
use crate::domain::proposal::{LeftProposal, Proposal};
use crate::domain::say::{self, Text};
use crate::forge::frame;

/// The commit that is made.
const MADE: &str = "2222222222222222222222222222222222222222";

fn mark() -> EffectKey {
    EffectKey::stored("1:default:draft:v1")
}

fn framed(text: &str) -> String {
    frame(&mark()).around(text)
}

fn keep(left: Option<(&str, &str)>) -> Effect {
    let text = || Text::line(["Hello".into()]);
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

/// A GitLab with the open merge request of that text, or none; `newest` is the newest commit of our branch, if there is one.
async fn gitlab(open: Option<&str>, newest: Option<Value>) -> Fake {
    let merge =
        |text: &str| json!({ "iid": 8, "web_url": "https://h/8", "description": text, "state": "opened" });
    let open = open.map_or_else(|| json!([]), |text| json!([merge(text)]));
    let asked = "merge_requests?source_branch=lockkeeper%2Frelease%2Fdefault&target_branch=main&state=opened";
    let known = [
        (format!("GET {asked}"), Some(open)),
        (
            "GET repository/branches/lockkeeper%2Frelease%2Fdefault".to_owned(),
            newest.as_ref().map(|_| json!({ "commit": { "id": OTHER } })),
        ),
        (format!("GET repository/commits/{OTHER}"), newest),
        (
            format!("GET repository/files/Cargo.toml/raw?ref={SHA}"),
            Some(json!("[package]\nname = \"web\"\nversion = \"1.4.2\"\n")),
        ),
        ("POST repository/commits".to_owned(), Some(json!({ "id": MADE }))),
        ("POST merge_requests".to_owned(), Some(merge(""))),
        ("PUT merge_requests/8".to_owned(), Some(merge(""))),
    ];
    Fake::new(move |seen| {
        let line = format!("{} {}", seen.method, seen.target.strip_prefix("/projects/42/")?);
        let (_, answer) = known.iter().find(|(known, _)| *known == line)?;
        answer.clone().map(|body| if seen.method == "POST" { Answer(201, vec![], body) } else { ok(body) })
    })
    .await
}

fn committed(by: &str, again_by: &str) -> Value {
    let message = say::proposal::message("Release v1.9.0");
    json!({ "id": OTHER, "message": message, "author_email": by, "committer_email": again_by })
}

fn ours() -> Value {
    committed("90-lockkeeper@h", "90-lockkeeper@h")
}

fn writes(fake: &Fake) -> Vec<(String, Value)> {
    let writes = fake.calls().into_iter().filter(|seen| seen.method != "GET");
    writes.map(|seen| (seen.target.replace("/projects/42/", ""), seen.body)).collect()
}

async fn done(fake: &Fake, effect: &Effect, attempt: u32) -> Made {
    fake.perform(effect, (attempt, None)).await.unwrap()
}

#[tokio::test]
async fn a_release_is_carried_by_one_commit_upon_the_target() {
    let fake = gitlab(None, None).await;
    assert_eq!(done(&fake, &keep(None), 1).await, kept(Some("Hello")));
    let [(committed, made), (opened, merge)] = <[_; 2]>::try_from(writes(&fake)).unwrap();
    assert_eq!((committed.as_str(), opened.as_str()), ("repository/commits", "merge_requests"));
    let upon = ["branch", "start_sha", "force", "commit_message"].map(|key| made[key].clone());
    let message = say::proposal::message("Release v2.0.0");
    assert_eq!(upon, [json!("lockkeeper/release/default"), json!(SHA), json!(true), json!(message)]);
    let cargo = json!({ "action": "update", "file_path": "Cargo.toml", "content": "[package]\nname = \"web\"\nversion = \"2.0.0\"\n" });
    assert_eq!(made["actions"][1], cargo);
    assert_eq!(
        (&made["actions"][0]["action"], &made["actions"][0]["file_path"]),
        (&json!("create"), &json!("CHANGELOG.md"))
    );
    let expected = json!({
        "title": "Release v2.0.0", "source_branch": "lockkeeper/release/default", "target_branch": "main",
        "description": framed("Hello"), "remove_source_branch": true,
    });
    assert_eq!(merge, expected);
}

#[tokio::test]
async fn an_open_one_is_moved_along_and_its_text_renewed_between_what_people_wrote() {
    let before = format!("Please wait for Ana.\n\n{}\n\nThanks", framed("Old"));
    let fake = gitlab(Some(&before), Some(committed("ana@h", "ana@h"))).await;
    assert_eq!(done(&fake, &keep(Some((OTHER, "Old"))), 1).await, kept(Some("Hello")));
    let [(committed, _), renewed] = <[_; 2]>::try_from(writes(&fake)).unwrap();
    assert_eq!(committed, "repository/commits");
    let text = json!({ "title": "Release v2.0.0", "description": before.replace("Old", "Hello") });
    assert_eq!(renewed, ("merge_requests/8".to_owned(), text));
}

#[tokio::test]
async fn one_whose_answer_was_lost_is_found_again_by_its_branch() {
    let fake = gitlab(Some(&framed("Hello")), Some(ours())).await;
    assert_eq!(done(&fake, &keep(None), 2).await, kept(Some("Hello")));
    let written: Vec<String> = writes(&fake).into_iter().map(|(target, _)| target).collect();
    assert_eq!(written, ["repository/commits", "merge_requests/8"]);
}

#[tokio::test]
async fn commits_of_people_are_never_written_over() {
    let reworded =
        json!({ "id": OTHER, "message": "fix: more", "author_email": "ana@h", "committer_email": "ana@h" });
    for newest in [reworded, committed("90-lockkeeper@h", "ana@h")] {
        let fake = gitlab(Some(&framed("Hello")), Some(newest)).await;
        assert_eq!(done(&fake, &keep(Some((SHA, "Hello"))), 1).await, kept(None));
        assert_eq!(writes(&fake), []);
    }
}

#[tokio::test]
async fn a_text_that_people_changed_stays_as_it_is() {
    let fake = gitlab(Some(&framed("Old, and better")), Some(ours())).await;
    assert_eq!(done(&fake, &keep(Some((OTHER, "Old"))), 1).await, kept(Some("Old")));
    assert_eq!(writes(&fake)[1].1, json!({ "title": "Release v2.0.0" }));
}
