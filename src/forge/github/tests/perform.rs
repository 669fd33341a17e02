//! Tests of carrying orders out: made once, found again, refused for good. No reading is tested here.

use super::*;
use crate::domain::effect::{Reaction, Refusal};
use crate::domain::id::{ChangeNumber, ReleaseId};
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::say::Text;
use crate::forge::marker;

const COMMENTS: &str = "/repos/acme/web/issues/3/comments";
const SINCE: &str = "/repos/acme/web/issues/3/comments?since=2026-12-01T12%3A00%3A00Z&per_page=100";

pub(super) fn text() -> Text {
    Text::line(["Hello".into()])
}

fn comment() -> Effect {
    Effect::Comment { thread: Thread::Issue(3), answers: None, text: text() }
}

fn at(kind: CommentKind) -> CommentRef {
    CommentRef { thread: Thread::Change(ChangeNumber(12)), kind, number: 77 }
}

/// A GitHub that knows these answers, each by `METHOD target`.
pub(super) async fn knowing(answers: &[(&str, u16, Value)]) -> Fake {
    let answers: Vec<(String, u16, Value)> =
        answers.iter().map(|(call, status, body)| ((*call).to_owned(), *status, body.clone())).collect();
    Fake::new(move |seen, _| {
        let call = format!("{} {}", seen.method, seen.target);
        let found = answers.iter().find(|(known, _, _)| *known == call)?;
        Some(Answer(found.1, vec![], found.2.clone()))
    })
    .await
}

fn posted(id: u64) -> Value {
    json!({ "id": id, "html_url": format!("https://h/{id}") })
}

pub(super) fn body_of(fake: &Fake, method: &str) -> Value {
    fake.calls().into_iter().rfind(|seen| seen.method == method).map(|seen| seen.body).unwrap()
}

pub(super) async fn done(fake: &Fake, effect: &Effect, attempt: u32, reference: Option<&str>) -> Made {
    perform(&fake.github(), effect, attempt, reference).await.unwrap()
}

pub(super) async fn refused(fake: &Fake, effect: &Effect, attempt: u32) -> Refusal {
    match perform(&fake.github(), effect, attempt, None).await {
        Err(PerformError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_comment_is_posted_with_its_marker_last() {
    let fake = knowing(&[("POST /repos/acme/web/issues/3/comments", 201, posted(70))]).await;
    assert_eq!(
        done(&fake, &comment(), 1, None).await,
        Made::Comment { number: 70, page: "https://h/70".into() }
    );
    assert_eq!(fake.lines(), [format!("POST {COMMENTS}")]);
    assert_eq!(body_of(&fake, "POST"), json!({ "body": format!("Hello\n\n{}", marker(&key())) }));
}

#[tokio::test]
async fn a_comment_that_has_a_number_is_edited_and_posted_anew_where_it_was_deleted() {
    let fake = knowing(&[("PATCH /repos/acme/web/issues/comments/70", 200, posted(70))]).await;
    assert!(matches!(done(&fake, &comment(), 1, Some("70")).await, Made::Comment { number: 70, .. }));
    let fake = knowing(&[("POST /repos/acme/web/issues/3/comments", 201, posted(71))]).await;
    assert!(matches!(done(&fake, &comment(), 1, Some("70")).await, Made::Comment { number: 71, .. }));
}

fn written(id: u64, author: u64, body: &str) -> Value {
    json!({ "id": id, "html_url": "https://h", "user": { "id": author, "login": "x", "type": "Bot" }, "body": body })
}

#[tokio::test]
async fn s21_a_lost_comment_is_adopted_by_our_own_number_and_its_marker_and_by_nothing_else() {
    let ours = format!("Hello\n\n{}", marker(&key()));
    let list = |comments: Value| {
        [(format!("GET {SINCE}"), 200, comments), (format!("POST {COMMENTS}"), 201, posted(71))]
    };
    let run = async |comments: Value| {
        let list = list(comments);
        let known: Vec<_> =
            list.iter().map(|(call, status, body)| (call.as_str(), *status, body.clone())).collect();
        let fake = knowing(&known).await;
        let Made::Comment { number, .. } = done(&fake, &comment(), 2, None).await else { panic!() };
        number
    };
    assert_eq!(run(json!([written(70, 990, &ours)])).await, 70);
    assert_eq!(
        run(json!([written(69, 1, &ours), written(70, 990, &ours)])).await,
        70,
        "a copy by somebody else"
    );
    assert_eq!(run(json!([written(69, 1, &ours)])).await, 71);
    assert_eq!(
        run(json!([written(69, 990, "Hello"), written(68, 990, &ours.replace("77", "78"))])).await,
        71
    );
}

#[tokio::test]
async fn a_remark_is_answered_below_itself_and_anything_else_in_the_conversation() {
    let remark = json!({ "commit_id": SHA, "path": "a.rs", "in_reply_to_id": 76 });
    let fake = knowing(&[
        ("GET /repos/acme/web/pulls/comments/77", 200, remark),
        ("POST /repos/acme/web/pulls/12/comments", 201, posted(70)),
        ("POST /repos/acme/web/issues/12/comments", 201, posted(71)),
    ])
    .await;
    for (kind, expected) in
        [(CommentKind::Remark, 70), (CommentKind::Review, 71), (CommentKind::Discussion, 71)]
    {
        let effect = Effect::Comment { thread: at(kind).thread, answers: Some(at(kind)), text: text() };
        let made = done(&fake, &effect, 1, None).await;
        assert!(matches!(made, Made::Comment { number, .. } if number == expected), "{kind:?}: {made:?}");
    }
    let reply = &fake.calls()[1].body;
    assert_eq!(
        (&reply["in_reply_to"], &reply["path"]),
        (&json!(76), &json!("a.rs")),
        "the thread's first remark"
    );
}

#[tokio::test]
async fn a_locked_or_deleted_conversation_refuses_for_good() {
    let post = "POST /repos/acme/web/issues/3/comments";
    let fake =
        knowing(&[(post, 403, json!({ "message": "Unable to create comment because issue is locked." }))])
            .await;
    assert!(
        matches!(refused(&fake, &comment(), 1).await, Refusal::Forbidden { said } if said.contains("locked"))
    );
    let fake = knowing(&[(post, 410, json!({ "message": "This issue was deleted" }))]).await;
    assert_eq!(refused(&fake, &comment(), 1).await, Refusal::Gone);
}

#[tokio::test]
async fn a_reaction_reaches_every_kind_of_comment() {
    let react = |kind| Effect::React { comment: at(kind), reaction: Reaction::Eyes };
    let fake = knowing(&[
        ("POST /repos/acme/web/issues/comments/77/reactions", 200, json!({ "id": 1 })),
        ("POST /repos/acme/web/pulls/comments/77/reactions", 201, json!({ "id": 1 })),
        ("GET /repos/acme/web/pulls/12/reviews/77", 200, json!({ "id": 77, "node_id": "PRR_x" })),
        ("POST /graphql", 200, json!({ "data": { "addReaction": { "clientMutationId": null } } })),
    ])
    .await;
    for kind in [CommentKind::Discussion, CommentKind::Remark, CommentKind::Review] {
        assert_eq!(done(&fake, &react(kind), 1, None).await, Made::Nothing);
    }
    assert_eq!(fake.calls()[0].body, json!({ "content": "eyes" }));
    assert_eq!(body_of(&fake, "POST")["variables"], json!({ "subject": "PRR_x", "content": "EYES" }));
    let gone = knowing(&[]).await;
    assert_eq!(refused(&gone, &react(CommentKind::Discussion), 1).await, Refusal::Gone);
}

#[tokio::test]
async fn a_commit_has_one_preview_and_it_is_our_apps() {
    let effect = Effect::Preview {
        change: ChangeNumber(4),
        head: commit(SHA),
        title: "Minor\u{7}".into(),
        text: text(),
        asks: false,
    };
    let look = format!(
        "GET /repos/acme/web/commits/{SHA}/check-runs?check_name=Lockkeeper&filter=latest&per_page=100"
    );
    let make = ("POST /repos/acme/web/check-runs", 201, json!({ "id": 5 }));
    let renew = ("PATCH /repos/acme/web/check-runs/5", 200, json!({ "id": 5 }));
    let of_another = json!({ "check_runs": [{ "id": 4, "app": { "id": 1 } }, { "id": 3, "app": null }] });
    let fake = knowing(&[(&look, 200, of_another), make.clone()]).await;
    assert_eq!(done(&fake, &effect, 2, None).await, Made::Preview { number: 5, head: Some(commit(SHA)) });
    let body = body_of(&fake, "POST");
    assert_eq!((&body["conclusion"], &body["status"]), (&json!("neutral"), &json!("completed")));
    assert_eq!((&body["head_sha"], &body["output"]["title"]), (&json!(SHA), &json!("Minor")));
    let ours = json!({ "check_runs": [{ "id": 4, "app": { "id": 1 } }, { "id": 5, "app": { "id": 99 } }] });
    let fake = knowing(&[(&look, 200, ours), renew.clone()]).await;
    assert_eq!(done(&fake, &effect, 2, None).await, Made::Preview { number: 5, head: Some(commit(SHA)) });
    let fake = knowing(std::slice::from_ref(&make)).await;
    done(&fake, &effect, 1, None).await;
    assert_eq!(
        fake.lines(),
        ["POST /repos/acme/web/check-runs"],
        "what was never tried need not be looked for"
    );
    let fake = knowing(&[renew]).await;
    done(&fake, &effect, 1, Some(&format!("5 {SHA}"))).await;
    assert_eq!(fake.lines(), ["PATCH /repos/acme/web/check-runs/5"]);
    let fake = knowing(&[make]).await;
    done(&fake, &effect, 1, Some(&format!("4 {OTHER}"))).await;
    assert_eq!(fake.lines(), ["POST /repos/acme/web/check-runs"], "that of an older head stays as it was");
}

#[tokio::test]
async fn what_a_milestone_leaves_open_is_carried_over_unless_somebody_moved_it() {
    let effect = Effect::CarryOver { thread: Thread::Change(ChangeNumber(4)), from: 1, to: 2 };
    let look = |number: u64| {
        ("GET /repos/acme/web/issues/4", 200, json!({ "number": 4, "milestone": { "number": number } }))
    };
    let fake = knowing(&[look(1), ("PATCH /repos/acme/web/issues/4", 200, json!({}))]).await;
    assert_eq!(done(&fake, &effect, 1, None).await, Made::Nothing);
    assert_eq!(body_of(&fake, "PATCH"), json!({ "milestone": 2 }));
    let moved = knowing(&[look(3)]).await;
    assert_eq!(done(&moved, &effect, 1, None).await, Made::Nothing);
    assert_eq!(moved.lines(), ["GET /repos/acme/web/issues/4"]);
    let fake = knowing(&[("PATCH /repos/acme/web/milestones/1", 200, json!({}))]).await;
    done(&fake, &Effect::CloseMilestone { number: 1 }, 1, None).await;
    assert_eq!(body_of(&fake, "PATCH"), json!({ "state": "closed" }));
}

fn make_tag() -> Effect {
    Effect::CreateTag { tag: tag("rel/v1"), commit: commit(SHA), message: "v1\n".into() }
}

const TAG_OBJECT: &str = "2222222222222222222222222222222222222222";

fn tag_object(of: &str, message: &str, date: &str) -> Value {
    json!({ "sha": TAG_OBJECT, "message": message, "tagger": { "date": date }, "object": { "type": "commit", "sha": of } })
}

fn tag_world(refs: u16, object: Value) -> Vec<(&'static str, u16, Value)> {
    vec![
        ("POST /repos/acme/web/git/tags", 201, tag_object(SHA, "v1", NOW)),
        (
            "POST /repos/acme/web/git/refs",
            refs,
            json!({ "message": "Reference already exists", "object": { "type": "tag", "sha": TAG_OBJECT } }),
        ),
        (
            "GET /repos/acme/web/git/ref/tags%2Frel%2Fv1",
            200,
            json!({ "object": { "type": "tag", "sha": TAG_OBJECT } }),
        ),
        ("GET /repos/acme/web/git/tags/2222222222222222222222222222222222222222", 200, object),
    ]
}

#[tokio::test]
async fn a_tag_is_an_object_first_and_then_its_ref() {
    let fake = knowing(&tag_world(201, Value::Null)).await;
    let made = done(&fake, &make_tag(), 1, None).await;
    assert_eq!(made, Made::Tag { object: commit(TAG_OBJECT), adopted: false });
    let calls = fake.calls();
    assert_eq!(calls[0].body, json!({ "tag": "rel/v1", "message": "v1\n", "object": SHA, "type": "commit" }));
    assert_eq!(calls[1].body, json!({ "ref": "refs/tags/rel/v1", "sha": TAG_OBJECT }));
    assert_eq!(calls.len(), 2);
}

#[tokio::test]
async fn a_tag_that_is_there_is_adopted_on_the_same_commit_and_refused_on_another() {
    let adopted = |adopted| Made::Tag { object: commit(TAG_OBJECT), adopted };
    let theirs = tag_object(SHA, "by hand", NOW);
    assert_eq!(
        done(&knowing(&tag_world(422, theirs.clone())).await, &make_tag(), 1, None).await,
        adopted(true)
    );
    // On a later attempt it is looked for first, and nothing is written.
    let fake = knowing(&tag_world(201, theirs)).await;
    assert_eq!(done(&fake, &make_tag(), 2, None).await, adopted(true));
    assert!(fake.calls().iter().all(|seen| seen.method == "GET"));
    let ours = tag_object(SHA, "v1", "2026-12-01T12:00:03Z");
    assert_eq!(done(&knowing(&tag_world(422, ours)).await, &make_tag(), 2, None).await, adopted(false));
    let old = tag_object(SHA, "v1", "2026-11-01T12:00:03Z");
    assert_eq!(done(&knowing(&tag_world(422, old)).await, &make_tag(), 2, None).await, adopted(true));
    let elsewhere = tag_object(OTHER, "v1", NOW);
    for attempt in [1, 2] {
        let fake = knowing(&tag_world(422, elsewhere.clone())).await;
        assert_eq!(refused(&fake, &make_tag(), attempt).await, Refusal::Taken { by: Some(commit(OTHER)) });
    }
}

#[tokio::test]
async fn the_trap_of_workflow_files_is_explained() {
    for code in [403, 404] {
        let fake = knowing(&[
            ("POST /repos/acme/web/git/tags", 201, tag_object(SHA, "v1", NOW)),
            ("POST /repos/acme/web/git/refs", code, json!({ "message": "Not Found" })),
        ])
        .await;
        let Refusal::Forbidden { said } = refused(&fake, &make_tag(), 1).await else { panic!() };
        assert!(said.contains("`workflows: write`") && said.contains("ruleset"), "{said}");
    }
}

fn draft() -> Effect {
    Effect::DraftRelease {
        tag: tag("v1"),
        commit: commit(SHA),
        title: "v1".into(),
        notes: text(),
        prerelease: false,
    }
}

fn page(id: u64, draft: bool, body: &str) -> Value {
    json!({ "id": id, "tag_name": "v1", "html_url": format!("https://h/{id}"), "draft": draft, "body": body })
}

fn release(id: u64) -> Made {
    Made::Release { id: ReleaseId(id), page: format!("https://h/{id}") }
}

#[tokio::test]
async fn a_draft_is_made_once_and_what_is_there_is_adopted() {
    const LIST: &str = "GET /repos/acme/web/releases?per_page=100";
    let post = ("POST /repos/acme/web/releases", 201, page(8, true, ""));
    let fake = knowing(std::slice::from_ref(&post)).await;
    assert_eq!(done(&fake, &draft(), 1, None).await, release(8));
    let body = body_of(&fake, "POST");
    assert_eq!((&body["draft"], &body["target_commitish"]), (&json!(true), &json!(SHA)));
    assert!(body["body"].as_str().unwrap().ends_with(&marker(&key())));
    let published = ("GET /repos/acme/web/releases/tags/v1", 200, page(7, false, "by hand"));
    assert_eq!(done(&knowing(&[published, post.clone()]).await, &draft(), 1, None).await, release(7));
    let lost = page(6, true, &format!("Hello\r\n\r\n{}", marker(&key())));
    let fake = knowing(&[(LIST, 200, json!([page(5, true, "another's"), lost])), post.clone()]).await;
    assert_eq!(done(&fake, &draft(), 2, None).await, release(6));
    let fake = knowing(&[(LIST, 200, json!([page(5, true, "another's")])), post]).await;
    assert_eq!(done(&fake, &draft(), 2, None).await, release(8));
}

fn publish(latest: bool) -> Effect {
    Effect::PublishRelease { release: ReleaseId(8), tag: tag("v1"), latest }
}

#[tokio::test]
async fn a_draft_is_published_and_latest_is_said_as_text() {
    for (latest, said) in [(true, "true"), (false, "false")] {
        let fake = knowing(&[
            ("GET /repos/acme/web/releases/8", 200, page(8, true, "")),
            ("GET /repos/acme/web/git/ref/tags%2Fv1", 200, json!({ "object": {} })),
            ("PATCH /repos/acme/web/releases/8", 200, page(8, false, "")),
        ])
        .await;
        assert_eq!(done(&fake, &publish(latest), 1, None).await, release(8));
        assert_eq!(body_of(&fake, "PATCH"), json!({ "draft": false, "make_latest": said }));
    }
}

#[tokio::test]
async fn a_page_is_published_only_for_its_tag_and_only_while_that_is_there() {
    let fake = knowing(&[("GET /repos/acme/web/releases/8", 200, page(8, false, ""))]).await;
    assert_eq!(done(&fake, &publish(true), 1, None).await, release(8));
    assert_eq!(fake.calls().len(), 1, "published already: nothing is written");
    let fake = knowing(&[("GET /repos/acme/web/releases/8", 200, page(8, true, ""))]).await;
    assert_eq!(refused(&fake, &publish(true), 1).await, Refusal::Gone, "without its tag");
    let mut other = page(8, true, "");
    other["tag_name"] = json!("v2");
    let fake = knowing(&[("GET /repos/acme/web/releases/8", 200, other)]).await;
    assert!(
        matches!(refused(&fake, &publish(true), 1).await, Refusal::Invalid { said } if said.contains("v2"))
    );
    assert_eq!(refused(&knowing(&[]).await, &publish(true), 1).await, Refusal::Gone);
}

#[tokio::test]
async fn a_banner_is_put_above_the_page_once() {
    let banner =
        Effect::AddBanner { release: ReleaseId(8), tag: tag("v1"), banner: Text::line(["Withdrawn".into()]) };
    let fake = knowing(&[
        ("GET /repos/acme/web/releases/8", 200, page(8, false, "notes")),
        ("PATCH /repos/acme/web/releases/8", 200, page(8, false, "")),
    ])
    .await;
    done(&fake, &banner, 1, None).await;
    let body = body_of(&fake, "PATCH")["body"].as_str().unwrap().to_owned();
    assert!(body.contains("Withdrawn") && body.ends_with("\n\nnotes"), "{body}");
    let fake = knowing(&[("GET /repos/acme/web/releases/8", 200, page(8, false, &body))]).await;
    done(&fake, &banner, 2, None).await;
    assert_eq!(fake.lines(), ["GET /repos/acme/web/releases/8"]);
}

#[tokio::test]
async fn an_immutable_releases_burnt_name_is_told_as_github_tells_it() {
    let fake = knowing(&[(
        "POST /repos/acme/web/releases",
        422,
        json!({ "message": "Validation Failed", "errors": [{ "resource": "Release", "field": "tag_name", "code": "custom",
            "message": "tag_name was used by an immutable release" }] }),
    )])
    .await;
    let Refusal::Invalid { said } = refused(&fake, &draft(), 1).await else { panic!() };
    assert_eq!(said, "Validation Failed: tag_name was used by an immutable release");
}
