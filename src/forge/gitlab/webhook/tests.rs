//! What deliveries mean, by the files in `fixtures/gitlab` and by tables over event and action. Transport is tested elsewhere.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::id::{ActorKind, ForgeName};
use crate::domain::place::{CommentKind, Thread};
use crate::domain::signal::{Comment, ReleaseTouch, Touch};

const SHA: &str = "8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";
const ZEROS: &str = "0000000000000000000000000000000000000000";

fn names() -> Names {
    Names { forge: ForgeName::parse("gitlab").unwrap() }
}

/// A delivery of our own, in the documented shape.
fn fixture(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/gitlab/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

/// A fixture with some of it replaced, by JSON pointer.
fn with(name: &str, changes: &[(&str, Value)]) -> Value {
    let mut payload = fixture(name);
    for (pointer, value) in changes {
        let (above, key) = pointer.rsplit_once('/').unwrap();
        payload.pointer_mut(above).unwrap_or_else(|| panic!("{pointer}"))[key] = value.clone();
    }
    payload
}

fn understood(payload: &Value) -> Understood {
    understand(&names(), &Headers::default(), payload.to_string().as_bytes())
}

fn signal(payload: &Value) -> Signal {
    understood(payload).signal
}

fn reason(payload: &Value) -> String {
    match signal(payload) {
        Signal::Ignored { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn spoken(payload: &Value) -> Comment {
    match signal(payload) {
        Signal::CommentWritten(comment) => comment,
        other => panic!("{other:?}"),
    }
}

fn headers(all: &[(&str, &str)]) -> Headers {
    Headers(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn filed(headers: &Headers, payload: &Value) -> String {
    match file(&names(), headers, payload.to_string().as_bytes()) {
        Filed::On { lane, delivery, owner, hint, .. } => {
            format!("{lane} {delivery} {owner:?}{}", if hint { " hint" } else { "" })
        }
        Filed::Nowhere { reason } => format!("nowhere: {reason}"),
    }
}

/// Every file means what its row says.
#[test]
fn every_example_means_what_it_should() {
    for (name, expected) in [
        ("note.merge_request", "CommentWritten(Comment { at: CommentRef { thread: Change(ChangeNumber(12))"),
        ("note.diff", "kind: Remark"),
        ("note.issue", "CommentWritten(Comment { at: CommentRef { thread: Issue(3)"),
        ("note.update", "CommentEdited("),
        ("note.commit", "a note on Commit, where no commands are read"),
        ("merge_request.open", "touch: Opened"),
        ("merge_request.label", "touch: Described"),
        ("merge_request.milestone", "touch: Described"),
        ("merge_request.push", "touch: Pushed"),
        ("merge_request.merge", "touch: Merged"),
        ("merge_request.close", "touch: Closed"),
        ("merge_request.approved", "touch: Other"),
        ("push", "BranchMoved { branch: BranchName(\"main\"), head: Some("),
        ("tag_push", "TagMoved { tag: TagName(\"v1.5.0\"), by: Some(ActorId(21)), exists: true }"),
        ("pipeline.pending", "RunStarted(Run { number: 510"),
        ("pipeline.success", "RunMoved(Run { number: 511"),
        ("build", "CheckReported {"),
        ("deployment", "DeploymentReported { deployment: DeploymentId(33), environment: \"staging\""),
        ("release.create", "touch: Published"),
        ("milestone.create", "MilestoneTouched(MilestoneTouched { number: 61, title: \"v1.5.0\""),
        ("access_token", "the access token `lockkeeper` runs out on 2026-12-08"),
        ("member", "who may do what is read when it is needed"),
        ("project_rename", "taken over in passing"),
        ("project_destroy", "ProjectDeleted"),
        ("emoji", "known, not used yet: emoji"),
    ] {
        let found = format!("{:?}", signal(&fixture(name)));
        assert!(found.contains(expected), "{name} means {found}");
    }
}

#[test]
fn every_example_is_in_the_table() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/gitlab");
    let table = include_str!("tests.rs");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".json");
        assert!(table.contains(&format!("(\"{name}\", ")), "{name} has no row");
    }
}

#[test]
fn a_delivery_lies_on_its_projects_lane_whichever_hook_sent_it() {
    let named = headers(&[(NAME, "key-1")]);
    for (name, expected) in [
        ("note.merge_request", "project:gitlab:42 key-1 Some(Path(\"acme/platform\"))"),
        ("push", "project:gitlab:42 key-1 Some(Path(\"acme/platform\")) hint"),
        ("merge_request.label", "project:gitlab:42 key-1 Some(Path(\"acme/platform\")) hint"),
        ("merge_request.merge", "project:gitlab:42 key-1 Some(Path(\"acme/platform\"))"),
        ("build", "project:gitlab:42 key-1 Some(Path(\"acme/platform\")) hint"),
        ("release.create", "project:gitlab:42 key-1 Some(Path(\"acme/platform\"))"),
        ("project_rename", "project:gitlab:42 key-1 Some(Path(\"acme/core\"))"),
        ("member", "nowhere: `user_add_to_group` concerns no project"),
    ] {
        assert_eq!(filed(&named, &fixture(name)), expected, "{name}");
    }
    for (body, expected) in [
        (&b"[1]"[..], "the body is not a JSON object"),
        (b"{", "the body is not readable JSON"),
        (b"{}", "the delivery names no event"),
    ] {
        let Filed::Nowhere { reason } = file(&names(), &named, body) else { panic!("{expected}") };
        assert!(reason.starts_with(expected), "{reason}");
    }
}

#[test]
fn s3_a_delivery_keeps_its_name_when_it_comes_again() {
    let name = |all: &[(&str, &str)], payload: &Value| match file(
        &names(),
        &headers(all),
        payload.to_string().as_bytes(),
    ) {
        Filed::On { delivery, .. } => delivery,
        Filed::Nowhere { reason } => panic!("{reason}"),
    };
    let push = fixture("push");
    // What was signed goes before what only stands beside it.
    assert_eq!(name(&[(NAME, "a"), (SIGNED_NAME, "b"), (SIGNATURE, "v1,x")], &push), "b");
    assert_eq!(name(&[(NAME, "a"), (SIGNED_NAME, "b")], &push), "a");
    // A request is numbered anew each time it is tried, so that number is no name.
    let old = |request: &str, payload: &Value| {
        name(&[("x-gitlab-webhook-uuid", request), (REQUEST, "r1")], payload)
    };
    assert_eq!(old("1", &push), old("2", &push));
    assert_ne!(old("1", &push), old("1", &fixture("tag_push")));
    // The same push may be made twice, and each counts.
    assert_ne!(old("1", &push), name(&[(REQUEST, "r2")], &push));
    assert!(DeliveryId::parse(old("1", &push)).is_ok());
}

#[test]
fn s3_the_hooks_of_a_project_and_of_its_group_say_the_same() {
    // Each has a name of its own; the number of the note is what makes one command of both.
    let note = fixture("note.merge_request");
    let twin = |key: &str| filed(&headers(&[(NAME, key)]), &note);
    assert_ne!(twin("of-project"), twin("of-group"));
    assert_eq!(spoken(&note).at, spoken(&note.clone()).at);
}

#[test]
fn a_project_is_seen_in_passing_and_joins_by_itself() {
    let seen = understood(&fixture("note.merge_request")).project.unwrap();
    assert_eq!((seen.id.to_string().as_str(), seen.path.as_str()), ("gitlab:42", "acme/platform/web"));
    assert_eq!((seen.public, seen.installation), (Some(false), None));
    assert_eq!(seen.default_branch.unwrap().as_str(), "main");
    let public = |level: u64| {
        understood(&with("push", &[("/project/visibility_level", json!(level))])).project.unwrap().public
    };
    assert_eq!((public(10), public(20)), (Some(false), Some(true)));
    // A renamed one is known by its number; a new or a gone one is none of ours for that alone.
    let renamed = understood(&fixture("project_rename")).project.unwrap();
    assert_eq!(renamed.path.as_str(), "acme/core/web");
    assert_eq!(understood(&fixture("project_destroy")).project, None);
    let made = with("project_destroy", &[("/event_name", json!("project_create"))]);
    assert_eq!(understood(&made).project, None);
}

#[test]
fn s18_only_a_created_note_is_a_written_one() {
    let of = |changes: &[(&str, Value)]| signal(&with("note.merge_request", changes));
    assert!(matches!(of(&[]), Signal::CommentWritten(_)));
    assert!(matches!(of(&[("/object_attributes/action", json!("update"))]), Signal::CommentEdited(_)));
    assert!(matches!(of(&[("/object_attributes/system", json!(true))]), Signal::Ignored { .. }));
    assert!(matches!(of(&[("/object_attributes/action", json!("frobbed"))]), Signal::Ignored { .. }));
    // Before 16.11 there is no action; then only what was never touched is new.
    let old = ("/object_attributes/action", Value::Null);
    assert!(matches!(of(std::slice::from_ref(&old)), Signal::CommentWritten(_)));
    let touched = ("/object_attributes/updated_at", json!("2026-12-01 13:00:00 UTC"));
    assert!(matches!(of(&[old, touched]), Signal::Ignored { .. }));
}

#[test]
fn s7_author_and_sender_of_a_note_are_told_apart() {
    let comment = spoken(&fixture("note.merge_request"));
    assert_eq!((comment.author.id.0, comment.sender.0, comment.author.login.as_str()), (21, 21, "ana"));
    assert_eq!((comment.author.kind, comment.at.number), (ActorKind::Person, 1244));
    assert_eq!(comment.body, "/release plan");
    let foreign = spoken(&with("note.merge_request", &[("/object_attributes/author_id", json!(22))]));
    assert_eq!((foreign.author.id.0, foreign.sender.0), (22, 21));
    let bot = spoken(&with("note.merge_request", &[("/user/username", json!("project_42_bot_1f3c"))]));
    assert_eq!(bot.author.kind, ActorKind::Bot);
    let lacking = with("note.merge_request", &[("/user", Value::Null)]);
    assert_eq!(reason(&lacking), "`note` without who sent it");
}

#[test]
fn a_note_stands_where_it_was_written() {
    assert_eq!(spoken(&fixture("note.diff")).at.kind, CommentKind::Remark);
    assert_eq!(spoken(&fixture("note.issue")).at.thread, Thread::Issue(3));
    let confidential = with("note.issue", &[("/event_type", json!("confidential_note"))]);
    assert_eq!(spoken(&confidential).at.kind, CommentKind::Discussion);
    for on in ["Commit", "Snippet", "Epic", "DesignManagement::Design"] {
        let note = with("note.merge_request", &[("/object_attributes/noteable_type", json!(on))]);
        assert!(reason(&note).contains("no commands are read"), "{on}");
    }
}

#[test]
fn every_action_on_a_merge_request_has_its_touch() {
    let touched = |changes: &[(&str, Value)]| match signal(&with("merge_request.label", changes)) {
        Signal::ChangeTouched(touched) => touched.touch,
        other => panic!("{other:?}"),
    };
    let of = |action: &str| touched(&[("/object_attributes/action", json!(action))]);
    for (action, touch) in [
        ("open", Touch::Opened),
        ("reopen", Touch::Opened),
        ("close", Touch::Closed),
        ("merge", Touch::Merged),
        ("approved", Touch::Other),
        ("unapproved", Touch::Other),
        ("approval", Touch::Other),
        ("unapproval", Touch::Other),
    ] {
        assert_eq!(of(action), touch, "{action}");
    }
    for (changed, touch) in [
        (json!({ "labels": {} }), Touch::Described),
        (json!({ "milestone_id": {} }), Touch::Described),
        (json!({ "title": {} }), Touch::Described),
        (json!({ "draft": {} }), Touch::Described),
        (json!({ "target_branch": {} }), Touch::Described),
        (json!({ "assignees": {}, "updated_at": {} }), Touch::Other),
        (json!({}), Touch::Other),
        (Value::Null, Touch::Other),
    ] {
        assert_eq!(touched(&[("/changes", changed.clone())]), touch, "{changed}");
    }
    let pushed = [("/object_attributes/oldrev", json!(SHA)), ("/changes", json!({}))];
    assert_eq!(touched(&pushed), Touch::Pushed);
    for action in [json!("new_in_2027"), Value::Null] {
        let unknown = with("merge_request.label", &[("/object_attributes/action", action)]);
        assert!(matches!(signal(&unknown), Signal::Ignored { .. }));
    }
}

#[test]
fn a_merge_request_is_told_as_it_stands() {
    use crate::domain::change::Stage;
    let change = |name: &str, changes: &[(&str, Value)]| match signal(&with(name, changes)) {
        Signal::ChangeTouched(touched) => touched.change,
        other => panic!("{other:?}"),
    };
    let open = change("merge_request.label", &[]);
    assert_eq!(
        (open.number.0, open.title.as_str(), open.base.as_str()),
        (12, "Sign in with passkeys", "main")
    );
    assert_eq!(open.labels, ["feature", "area::auth"]);
    assert_eq!(open.author.map(|author| (author.id.0, author.login)), Some((22, "ben".to_owned())));
    assert_eq!((open.head.as_str(), open.stage), (SHA, Stage::Open));
    let draft = [("/object_attributes/draft", json!(true))];
    assert_eq!(change("merge_request.label", &draft).stage, Stage::Draft);
    assert_eq!(change("merge_request.close", &[]).stage, Stage::Closed);
    let merged = |changes: &[(&str, Value)]| match change("merge_request.merge", changes).stage {
        Stage::Merged { commit, at } => (commit.to_string(), at.to_string()),
        other => panic!("{other:?}"),
    };
    let of_merge = "1111111111111111111111111111111111111111";
    assert_eq!(merged(&[]), (of_merge.to_owned(), "2026-12-01T12:30:00Z".to_owned()));
    // A fast-forward has no merge commit.
    assert_eq!(merged(&[("/object_attributes/merge_commit_sha", Value::Null)]).0, SHA);
}

#[test]
fn a_push_says_whether_it_touched_the_policy_and_yes_where_it_cannot_say() {
    let touches = |changes: &[(&str, Value)]| match signal(&with("push", changes)) {
        Signal::BranchMoved { touches_policy, .. } => touches_policy,
        other => panic!("{other:?}"),
    };
    assert!(!touches(&[]));
    for kind in ["added", "modified", "removed"] {
        assert!(touches(&[(&format!("/commits/0/{kind}"), json!([".gitlab/lockkeeper.yml"]))]), "{kind}");
    }
    assert!(touches(&[("/total_commits_count", json!(21))]), "the newest twenty are not all");
    assert!(touches(&[("/commits", json!([]))]));
    assert!(touches(&[("/before", json!(ZEROS))]));
}

#[test]
fn a_branch_or_tag_moves_appears_or_goes_away() {
    let gone = signal(&with("push", &[("/after", json!(ZEROS))]));
    assert!(matches!(gone, Signal::BranchMoved { head: None, .. }), "{gone:?}");
    let gone = signal(&with("tag_push", &[("/after", json!(ZEROS)), ("/checkout_sha", Value::Null)]));
    assert!(matches!(gone, Signal::TagMoved { exists: false, .. }), "{gone:?}");
    let odd = signal(&with("tag_push", &[("/ref", json!("refs/tags/rel/v1.0#x"))]));
    assert!(matches!(odd, Signal::TagMoved { tag, .. } if tag.as_str() == "rel/v1.0#x"));
    assert!(matches!(signal(&with("push", &[("/ref", json!("refs/notes/x"))])), Signal::Ignored { .. }));
}

#[test]
fn a_release_page_is_known_by_its_tag() {
    let of = |action: &str| match signal(&with("release.create", &[("/action", json!(action))])) {
        Signal::ReleaseTouched(touched) => touched,
        other => panic!("{other:?}"),
    };
    for (action, touch) in [
        ("create", ReleaseTouch::Published),
        ("update", ReleaseTouch::Edited),
        ("delete", ReleaseTouch::Withdrawn),
    ] {
        assert_eq!(of(action).touch, touch, "{action}");
    }
    let touched = of("create");
    assert_eq!(touched.id, super::super::release_id(&touched.tag));
    assert_eq!(touched.by, None, "GitLab does not say who did it");
    assert!(i64::try_from(touched.id.0).is_ok(), "it must fit where numbers are signed");
}

#[test]
fn a_pipeline_that_somebody_asked_for_was_started_by_no_tag() {
    let of = |status: &str, source: &str| {
        let changes =
            [("/object_attributes/status", json!(status)), ("/object_attributes/source", json!(source))];
        matches!(signal(&with("pipeline.pending", &changes)), Signal::RunStarted(_))
    };
    for status in ["created", "waiting_for_resource", "preparing", "pending"] {
        assert!(of(status, "push"), "{status}");
        assert!(!of(status, "api") && !of(status, "web") && !of(status, "trigger"), "{status}");
    }
    for status in ["running", "success", "failed", "canceled", "skipped", "manual"] {
        assert!(!of(status, "push"), "{status}");
    }
}

#[test]
fn a_job_is_told_by_its_own_commit_and_not_by_the_number_of_its_pipeline() {
    let job = fixture("build");
    assert_eq!(job["commit"]["id"], json!(510));
    assert!(matches!(signal(&job), Signal::CheckReported { commit } if commit.as_str() == SHA));
}

#[test]
fn a_deployments_commit_is_read_from_its_address() {
    let of = |address: Value| match signal(&with("deployment", &[("/commit_url", address)])) {
        Signal::DeploymentReported(reported) => reported.commit.to_string(),
        Signal::Ignored { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(json!(format!("https://git.acme.example/gl/acme/web/-/commit/{SHA}"))), SHA);
    assert_eq!(of(json!(format!("https://git.acme.example/acme/web/-/commit/{SHA}?x=/y"))), SHA);
    for lacking in [json!("https://git.acme.example/acme/web"), Value::Null] {
        assert_eq!(of(lacking), "`deployment` without its commit");
    }
}

#[test]
fn what_is_not_used_is_kept_with_a_reason() {
    for (event, expected) in [
        ("issue", "known, not used yet: issue"),
        ("work_item", "known, not used yet: work_item"),
        ("user_remove_from_team", "who may do what is read when it is needed"),
        ("new_in_2027", "unknown event: new_in_2027"),
    ] {
        let found = reason(&json!({ "event_name": event, "project_id": 42 }));
        assert_eq!(found, expected);
    }
    assert_eq!(reason(&json!({})), "the delivery names no event");
    assert_eq!(reason(&json!({ "object_kind": "note" })), "`note` without its note");
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = understand(&names(), &Headers::default(), &body);
        let _ = file(&names(), &Headers::default(), &body);
    }

    #[test]
    fn a_field_of_any_other_shape_breaks_nothing(at in any::<prop::sample::Index>(), odd in 0..5_usize) {
        let odd = [json!(null), json!(7), json!("x"), json!([{}]), json!({ "id": [] })][odd].clone();
        for name in ["note.merge_request", "merge_request.merge", "push", "release.create", "deployment", "pipeline.pending"] {
            let mut payload = fixture(name);
            for part in ["", "/object_attributes", "/project"] {
                let Some(object) = payload.pointer_mut(part).and_then(Value::as_object_mut) else { continue };
                let key = object.keys().nth(at.index(object.len())).unwrap().clone();
                object[&key] = odd.clone();
            }
            let _ = understood(&payload);
            let _ = filed(&Headers::default(), &payload);
        }
    }
}
