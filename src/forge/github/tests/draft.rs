//! Tests of the draft that follows: what is written anew, what stays people's, what is found again. When it is written is not known here.

use super::perform::{body_of, done, knowing, refused, text};
use super::*;
use crate::domain::effect::{LeftDraft, Memory, Refusal};
use crate::domain::id::ReleaseId;
use crate::domain::notes::frame::sum;
use crate::forge::marker;

const LIST: &str = "GET /repos/acme/web/releases?per_page=100";
const ONE: &str = "GET /repos/acme/web/releases/8";
const EDIT: &str = "PATCH /repos/acme/web/releases/8";
const MADE: &str = "POST /repos/acme/web/releases";

fn mark() -> EffectKey {
    EffectKey::stored("1:default:draft:v1")
}

fn framed(notes: &str) -> String {
    let begin = marker(&EffectKey::stored("1:default:draft:v1:begin"));
    format!("{begin}\n{notes}\n\n{}", marker(&mark()))
}

fn page(draft: bool, tag: &str, body: &str) -> Value {
    json!({ "id": 8, "tag_name": tag, "name": tag, "html_url": "https://h/8", "draft": draft, "body": body })
}

fn keep(release: Option<u64>, left: Option<&str>, is_final: bool) -> Effect {
    Effect::KeepDraft {
        release: release.map(ReleaseId),
        mark: mark(),
        tag: tag("v2"),
        commit: commit(SHA),
        title: "v2".to_owned(),
        notes: text(),
        prerelease: false,
        left: left.map(|notes| LeftDraft { tag: tag("v1"), notes: sum(notes) }),
        memory: Memory::Ours,
        is_final,
    }
}

fn kept(notes: Option<&str>) -> Made {
    Made::Draft { id: ReleaseId(8), page: "https://h/8".to_owned(), notes: notes.map(sum) }
}

#[tokio::test]
async fn a_draft_is_made_with_the_full_commit_and_found_again_by_its_frame() {
    let post = (MADE, 201, page(true, "v2", ""));
    let fake = knowing(&[(LIST, 200, json!([])), post.clone()]).await;
    assert_eq!(done(&fake, &keep(None, None, false), 1, None).await, kept(Some("Hello")));
    let body = body_of(&fake, "POST");
    assert_eq!((&body["draft"], &body["target_commitish"]), (&json!(true), &json!(SHA)));
    assert_eq!(body["body"], json!(framed("Hello")));
    // An answer was lost: what is there says so already, and is only pointed at the commit.
    let there = page(true, "v2", &framed("Hello"));
    let fake = knowing(&[(LIST, 200, json!([there])), (EDIT, 200, there.clone()), post]).await;
    assert_eq!(done(&fake, &keep(None, None, false), 2, None).await, kept(Some("Hello")));
    assert_eq!(body_of(&fake, "PATCH")["body"], json!(null));
}

#[tokio::test]
async fn a_draft_is_renewed_between_what_people_wrote() {
    let before = format!("Thanks!\r\n\r\n{}\r\nSee you.", framed("Old").replace('\n', "\r\n"));
    let fake = knowing(&[(ONE, 200, page(true, "v1", &before)), (EDIT, 200, page(true, "v2", ""))]).await;
    assert_eq!(done(&fake, &keep(Some(8), Some("Old"), false), 1, None).await, kept(Some("Hello")));
    let after = format!("Thanks!\r\n\r\n{}\r\nSee you.", framed("Hello"));
    let expected = json!({ "target_commitish": SHA, "tag_name": "v2", "name": "v2", "body": after });
    assert_eq!(body_of(&fake, "PATCH"), expected);
}

#[tokio::test]
async fn what_people_chose_stays() {
    let mut chosen = page(true, "v9", &framed("Old"));
    chosen["name"] = json!("The big one");
    let fake = knowing(&[(ONE, 200, chosen.clone()), (EDIT, 200, chosen.clone())]).await;
    done(&fake, &keep(Some(8), Some("Old"), false), 1, None).await;
    let body = body_of(&fake, "PATCH");
    assert_eq!((&body["tag_name"], &body["name"]), (&json!(null), &json!(null)));
    // A command says which tag; the title stays theirs.
    done(&fake, &keep(Some(8), Some("Old"), true), 1, None).await;
    let body = body_of(&fake, "PATCH");
    assert_eq!((&body["tag_name"], &body["name"]), (&json!("v2"), &json!(null)));
}

#[tokio::test]
async fn notes_that_people_changed_are_left_alone() {
    let theirs = page(true, "v1", &framed("Old, and better"));
    let fake = knowing(&[(ONE, 200, theirs.clone())]).await;
    assert_eq!(done(&fake, &keep(Some(8), Some("Old"), false), 1, None).await, kept(None));
    assert!(fake.calls().iter().all(|seen| seen.method == "GET"), "nothing is written");
    let fake = knowing(&[(ONE, 200, theirs.clone()), (EDIT, 200, theirs)]).await;
    assert_eq!(done(&fake, &keep(Some(8), Some("Old"), true), 1, None).await, kept(None));
    assert_eq!(body_of(&fake, "PATCH"), json!({ "target_commitish": SHA, "tag_name": "v2", "name": "v2" }));
}

#[tokio::test]
async fn a_page_that_was_published_meanwhile_is_left_alone_and_one_that_is_gone_is_made_anew() {
    let fake = knowing(&[(ONE, 200, page(false, "v1", &framed("Old")))]).await;
    assert_eq!(refused(&fake, &keep(Some(8), Some("Old"), false), 1).await, Refusal::Taken { by: None });
    let gone = (ONE, 404, json!({ "message": "Not Found" }));
    let published = page(false, "v1", &framed("Old"));
    let fake = knowing(&[gone, (LIST, 200, json!([published])), (MADE, 201, page(true, "v2", ""))]).await;
    assert_eq!(done(&fake, &keep(Some(8), Some("Old"), false), 1, None).await, kept(Some("Hello")));
}

/// The same order for who remembers nothing.
fn keep_by_page() -> Effect {
    let mut effect = keep(None, None, false);
    if let Effect::KeepDraft { memory, .. } = &mut effect {
        *memory = Memory::Page;
    }
    effect
}

/// The page as such an order left it, for another tag and with other notes.
fn recorded(tag: &str, notes: &str) -> String {
    let record = marker(&EffectKey::stored(format!("1:default:draft:v1:left:{}:{tag}", sum(notes))));
    framed(&format!("{record}\n{notes}"))
}

#[tokio::test]
async fn a_draft_remembers_what_nobody_else_does() {
    let fake = knowing(&[(LIST, 200, json!([])), (MADE, 201, page(true, "v2", ""))]).await;
    done(&fake, &keep_by_page(), 1, None).await;
    assert_eq!(body_of(&fake, "POST")["body"], json!(recorded("v2", "Hello")));
    // As we left it: renewed, and what people wrote around it stays.
    let before = format!("Thanks!\n\n{}\nSee you.", recorded("v1", "Old"));
    let there = page(true, "v1", &before);
    let fake = knowing(&[(LIST, 200, json!([there])), (EDIT, 200, page(true, "v2", ""))]).await;
    done(&fake, &keep_by_page(), 1, None).await;
    let after = format!("Thanks!\n\n{}\nSee you.", recorded("v2", "Hello"));
    let expected = json!({ "target_commitish": SHA, "tag_name": "v2", "name": "v2", "body": after });
    assert_eq!(body_of(&fake, "PATCH"), expected);
    // Changed by people, or none of ours: theirs.
    for theirs in [recorded("v1", "Old").replace("Old", "Old, and better"), framed("Old")] {
        let fake = knowing(&[(LIST, 200, json!([page(true, "v1", &theirs)]))]).await;
        assert_eq!(done(&fake, &keep_by_page(), 1, None).await, kept(None));
        assert!(fake.calls().iter().all(|seen| seen.method == "GET"), "nothing is written");
    }
    let mut chosen = page(true, "v9", &recorded("v1", "Old"));
    chosen["name"] = json!("The big one");
    let fake = knowing(&[(LIST, 200, json!([chosen.clone()])), (EDIT, 200, chosen)]).await;
    done(&fake, &keep_by_page(), 1, None).await;
    let body = body_of(&fake, "PATCH");
    assert_eq!((&body["tag_name"], &body["name"]), (&json!(null), &json!(null)), "people chose them");
}
