//! What deliveries mean, by a table. Transport is tested elsewhere.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::change::Stage;
use crate::domain::id::{ActorKind, CommitId, DeploymentId};
use crate::domain::signal::{DeploymentReported, InstallationChange, ReleaseTouch, Touch};

const SHA: &str = "8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";

fn names() -> Names {
    Names { forge: crate::domain::id::ForgeName::parse("github").unwrap(), app: "Iv1.abc".to_owned() }
}

fn headers(event: &str) -> Headers {
    Headers(vec![(EVENT.to_owned(), event.to_owned()), (DELIVERY.to_owned(), "guid-1".to_owned())])
}

/// A delivery of a project, with what every delivery has.
fn delivery(mut payload: Value) -> Vec<u8> {
    payload["repository"] = json!({
        "id": 42, "full_name": "acme/web", "private": true, "default_branch": "main", "owner": {"id": 7, "login": "acme"}
    });
    payload["installation"] = json!({ "id": 5 });
    payload["sender"] = json!({ "id": 1, "login": "ana", "type": "User" });
    payload.to_string().into_bytes()
}

fn signal(event: &str, payload: Value) -> Signal {
    understand(&names(), &headers(event), &delivery(payload)).signal
}

#[track_caller]
fn ignored_because(event: &str, payload: Value, reason: &str) {
    match signal(event, payload) {
        Signal::Ignored { reason: found } => assert!(found.contains(reason), "{found}"),
        other => panic!("{event} is {other:?}"),
    }
}

fn filed(event: &str, payload: &[u8]) -> String {
    match file(&names(), &headers(event), payload) {
        Filed::On { lane, owner, hint, delivery, .. } => {
            let owner = owner.map(|owner| match owner {
                Owner::Number(number) => number,
                Owner::Path(path) => panic!("GitHub tells numbers, not {path}"),
            });
            format!("{lane} {delivery} owner {owner:?}{}", if hint { " hint" } else { "" })
        }
        Filed::Nowhere { reason } => format!("nowhere: {reason}"),
    }
}

fn comment(extra: Value) -> Value {
    let mut comment = json!({
        "id": 77, "body": "/release plan", "created_at": "2026-12-01T12:00:00Z",
        "user": { "id": 1, "login": "ana", "type": "User" }
    });
    for (key, value) in extra.as_object().unwrap() {
        comment[key] = value.clone();
    }
    comment
}

fn spoken(event: &str, payload: Value) -> crate::domain::signal::Comment {
    match signal(event, payload) {
        Signal::CommentWritten(comment) => comment,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_delivery_lies_on_its_projects_lane_and_an_installations_on_its_own() {
    let of_project = delivery(json!({ "action": "created" }));
    assert_eq!(filed("issue_comment", &of_project), "project:github:42 guid-1 owner Some(7)");
    assert_eq!(filed("push", &of_project), "project:github:42 guid-1 owner Some(7) hint");
    // Both name a project here, and still only the installation's lane decides what it covers.
    for event in ["installation", "installation_repositories"] {
        assert_eq!(filed(event, &of_project), "installation:github:5 guid-1 owner Some(7)");
    }
    let body = br#"{"installation":{"id":5,"account":{"id":9}}}"#;
    assert_eq!(filed("installation", body), "installation:github:5 guid-1 owner Some(9)");
    assert!(filed("ping", b"{}").starts_with("nowhere: `ping` concerns no project"));
    assert!(filed("push", b"[1]").starts_with("nowhere: the body is not a JSON object"));
    assert!(filed("push", b"{").starts_with("nowhere: the body is not readable JSON"));
}

#[test]
fn a_delivery_without_a_number_of_its_own_has_no_place() {
    let body = delivery(json!({}));
    let unnamed = Headers(vec![(EVENT.to_owned(), "push".to_owned())]);
    assert!(matches!(file(&names(), &unnamed, &body), Filed::Nowhere { .. }));
    let mut doubled = headers("push");
    doubled.0.push((DELIVERY.to_owned(), "guid-2".to_owned()));
    assert!(matches!(file(&names(), &doubled, &body), Filed::Nowhere { .. }));
}

#[test]
fn only_freshness_is_a_hint() {
    let hint =
        |event: &str, action: &str| filed(event, &delivery(json!({ "action": action }))).ends_with("hint");
    for (event, action) in [
        ("pull_request", "labeled"),
        ("pull_request", "synchronize"),
        ("check_run", "completed"),
        ("milestone", "edited"),
        ("workflow_run", "requested"),
        ("star", "created"),
    ] {
        assert!(hint(event, action), "{event}.{action}");
    }
    for (event, action) in [
        ("issue_comment", "created"),
        ("pull_request_review", "submitted"),
        ("installation", "created"),
        ("pull_request_review_comment", "created"),
        ("pull_request", "closed"),
        ("check_run", "rerequested"),
        ("release", "published"),
        ("repository", "renamed"),
        ("installation_repositories", "added"),
    ] {
        assert!(!hint(event, action), "{event}.{action}");
    }
}

#[test]
fn s6b_the_association_in_a_payload_gives_no_right() {
    let with = |association: &str| {
        let own = comment(json!({ "author_association": association }));
        let issue = json!({ "number": 12, "pull_request": {}, "author_association": association });
        spoken("issue_comment", json!({ "action": "created", "issue": issue, "comment": own }))
    };
    // Nothing of it is left in the signal, so no rule can rely on it.
    assert_eq!(with("OWNER"), with("NONE"));
}

#[test]
fn a_comment_is_its_authors_wherever_it_stands() {
    let on_change = json!({ "action": "created", "issue": { "number": 12, "pull_request": {} }, "comment": comment(json!({})) });
    let found = spoken("issue_comment", on_change);
    assert_eq!(found.at.thread, crate::domain::place::Thread::Change(crate::domain::id::ChangeNumber(12)));
    assert_eq!((found.author.id.0, found.sender.0, found.at.number), (1, 1, 77));
    let on_issue = json!({ "action": "created", "issue": { "number": 3 }, "comment": comment(json!({})) });
    assert_eq!(spoken("issue_comment", on_issue).at.thread, crate::domain::place::Thread::Issue(3));
    let review = json!({ "action": "submitted", "pull_request": { "number": 12 },
        "review": { "id": 5, "body": "/release plan", "submitted_at": "2026-12-01T12:00:00Z" } });
    let found = spoken("pull_request_review", review);
    assert_eq!(found.at.kind, crate::domain::place::CommentKind::Review);
    assert_eq!(found.author.login, "ghost", "an account that is gone has no rights");
    let remark =
        json!({ "action": "created", "pull_request": { "number": 12 }, "comment": comment(json!({})) });
    let found = spoken("pull_request_review_comment", remark);
    assert_eq!(found.at.kind, crate::domain::place::CommentKind::Remark);
}

#[test]
fn s7_a_bots_words_and_our_own_in_a_persons_name_are_marked() {
    let kind = |extra: Value| {
        let payload = json!({ "action": "created", "issue": { "number": 3 }, "comment": comment(extra) });
        spoken("issue_comment", payload).author.kind
    };
    assert_eq!(kind(json!({})), ActorKind::Person);
    assert_eq!(kind(json!({ "user": { "id": 2, "login": "x[bot]", "type": "Bot" } })), ActorKind::Bot);
    assert_eq!(kind(json!({ "performed_via_github_app": { "client_id": "Iv1.abc" } })), ActorKind::Bot);
    assert_eq!(
        kind(json!({ "performed_via_github_app": { "id": 9, "client_id": "Iv1.x" } })),
        ActorKind::Person
    );
}

#[test]
fn s18_an_edited_or_deleted_comment_is_never_a_written_one() {
    let of = |action: &str| {
        signal(
            "issue_comment",
            json!({ "action": action, "issue": { "number": 3 }, "comment": comment(json!({})) }),
        )
    };
    assert!(matches!(of("edited"), Signal::CommentEdited(_)));
    assert!(matches!(of("deleted"), Signal::CommentDeleted(_)));
    let review = |action: &str, body: Value| {
        signal(
            "pull_request_review",
            json!({ "action": action, "pull_request": { "number": 12 },
            "review": { "id": 5, "body": body, "submitted_at": "2026-12-01T12:00:00Z" } }),
        )
    };
    assert!(matches!(review("edited", json!("x")), Signal::CommentEdited(_)));
    assert!(matches!(review("submitted", json!(null)), Signal::Ignored { .. }));
    assert!(matches!(review("submitted", json!(" ")), Signal::Ignored { .. }));
    ignored_because(
        "issue_comment",
        json!({ "action": "pinned", "issue": { "number": 3 }, "comment": comment(json!({})) }),
        "known, not used yet",
    );
    ignored_because(
        "issue_comment",
        json!({ "action": "frobbed", "issue": { "number": 3 }, "comment": comment(json!({})) }),
        "unknown action",
    );
}

fn pull(extra: Value) -> Value {
    let mut pull = json!({
        "number": 12, "title": "Passkeys", "state": "open", "draft": false, "merged": false,
        "merge_commit_sha": "1111111111111111111111111111111111111111",
        "user": { "id": 1, "login": "ana", "type": "User" }, "labels": [{ "name": "feature" }],
        "milestone": { "number": 3, "title": "v1.5.0" }, "updated_at": "2026-12-01T12:00:00Z",
        "base": { "ref": "main" }, "head": { "ref": "x", "sha": SHA }
    });
    for (key, value) in extra.as_object().unwrap() {
        pull[key] = value.clone();
    }
    pull
}

fn touched(action: &str, extra: Value) -> (Touch, Stage) {
    match signal("pull_request", json!({ "action": action, "pull_request": pull(extra) })) {
        Signal::ChangeTouched(touched) => (touched.touch, touched.change.stage),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_action_on_a_pull_request_has_its_touch() {
    for (action, touch) in [
        ("opened", Touch::Opened),
        ("reopened", Touch::Opened),
        ("synchronize", Touch::Pushed),
        ("edited", Touch::Described),
        ("labeled", Touch::Described),
        ("unlabeled", Touch::Described),
        ("milestoned", Touch::Described),
        ("demilestoned", Touch::Described),
        ("ready_for_review", Touch::Described),
        ("converted_to_draft", Touch::Described),
        ("closed", Touch::Closed),
        ("enqueued", Touch::Other),
        ("dequeued", Touch::Other),
        ("assigned", Touch::Other),
        ("locked", Touch::Other),
    ] {
        assert_eq!(touched(action, json!({})).0, touch, "{action}");
    }
    ignored_because(
        "pull_request",
        json!({ "action": "new_in_2027", "pull_request": pull(json!({})) }),
        "unknown action",
    );
}

#[test]
fn the_trial_merge_of_an_open_pull_request_is_no_merge() {
    assert_eq!(touched("edited", json!({})).1, Stage::Open);
    assert_eq!(touched("edited", json!({ "draft": true })).1, Stage::Draft);
    assert_eq!(touched("closed", json!({ "state": "closed" })).1, Stage::Closed);
    let merged = json!({ "state": "closed", "merged": true, "merged_at": "2026-12-01T12:00:00Z", "merge_commit_sha": SHA });
    let (touch, stage) = touched("closed", merged);
    assert_eq!(touch, Touch::Merged);
    assert!(matches!(stage, Stage::Merged { commit, .. } if commit.as_str() == SHA));
    // What the API version 2026-03-10 leaves out.
    let without = json!({ "state": "closed", "merged": true, "merged_at": "2026-12-01T12:00:00Z", "merge_commit_sha": null });
    ignored_because(
        "pull_request",
        json!({ "action": "closed", "pull_request": pull(without) }),
        "without the commit of its merge",
    );
}

fn pushed(extra: Value) -> Signal {
    let mut payload = json!({ "ref": "refs/heads/main", "before": SHA, "after": SHA, "created": false,
        "deleted": false, "forced": false, "commits": [{ "added": [], "modified": ["README.md"], "removed": [] }] });
    for (key, value) in extra.as_object().unwrap() {
        payload[key] = value.clone();
    }
    signal("push", payload)
}

#[test]
fn a_push_says_whether_it_touched_the_policy_and_yes_where_it_cannot_say() {
    let touches = |extra: Value| match pushed(extra) {
        Signal::BranchMoved { touches_policy, .. } => touches_policy,
        other => panic!("{other:?}"),
    };
    assert!(!touches(json!({})));
    for path in [".github/lockkeeper.yml", ".github/lockkeeper.yaml"] {
        for kind in ["added", "modified", "removed"] {
            assert!(touches(json!({ "commits": [{ "modified": [] }, { kind: [path] }] })), "{kind} {path}");
        }
    }
    assert!(touches(json!({ "forced": true })) && touches(json!({ "created": true })));
    assert!(touches(json!({ "commits": [] })));
    assert!(touches(json!({ "commits": vec![json!({ "added": ["x"] }); 2_048] })));
}

#[test]
fn a_push_moves_a_branch_or_a_tag_but_not_the_merge_queues() {
    let gone = pushed(json!({ "after": "0".repeat(40), "deleted": true }));
    assert!(matches!(gone, Signal::BranchMoved { head: None, .. }));
    let tag = pushed(json!({ "ref": "refs/tags/rel/v1.0#x" }));
    assert!(matches!(tag, Signal::TagMoved { tag, exists: true, .. } if tag.as_str() == "rel/v1.0#x"));
    assert!(matches!(
        pushed(json!({ "ref": "refs/heads/gh-readonly-queue/main/pr-1" })),
        Signal::Ignored { .. }
    ));
    assert!(matches!(pushed(json!({ "ref": "refs/notes/x" })), Signal::Ignored { .. }));
    let made = |event: &str, kind: &str| signal(event, json!({ "ref": "v1", "ref_type": kind }));
    assert!(matches!(made("create", "tag"), Signal::TagMoved { exists: true, .. }));
    assert!(matches!(made("delete", "tag"), Signal::TagMoved { exists: false, .. }));
    assert!(matches!(made("create", "branch"), Signal::Ignored { .. }));
}

#[test]
fn a_release_page_is_published_edited_or_withdrawn() {
    let of = |action: &str| {
        signal("release", json!({ "action": action, "release": { "id": 4, "tag_name": "v1" } }))
    };
    for (action, touch) in [
        ("published", ReleaseTouch::Published),
        ("edited", ReleaseTouch::Edited),
        ("deleted", ReleaseTouch::Withdrawn),
        ("unpublished", ReleaseTouch::Withdrawn),
    ] {
        assert!(matches!(of(action), Signal::ReleaseTouched(found) if found.touch == touch), "{action}");
    }
    for action in ["created", "released", "prereleased"] {
        assert!(matches!(of(action), Signal::Ignored { reason } if reason.starts_with("known")), "{action}");
    }
}

#[test]
fn a_preview_is_asked_for_by_its_button() {
    let check = |action: &str, pulls: Value| {
        signal("check_run", json!({ "action": action, "check_run": { "id": 1, "pull_requests": pulls } }))
    };
    assert!(
        matches!(check("rerequested", json!([{ "number": 12 }])), Signal::PreviewAsked { change } if change.0 == 12)
    );
    assert!(matches!(check("requested_action", json!([{ "number": 12 }])), Signal::PreviewAsked { .. }));
    assert!(matches!(check("rerequested", json!([])), Signal::Ignored { .. }));
    let suite = json!({ "action": "rerequested", "check_suite": { "pull_requests": [{ "number": 12 }] } });
    assert!(matches!(signal("check_suite", suite), Signal::PreviewAsked { .. }));
}

fn workflow_run(action: &str, extra: Value) -> Signal {
    let mut run = json!({ "id": 9, "head_sha": SHA, "head_branch": "v1",
        "path": ".github/workflows/publish.yml", "html_url": "https://h/9" });
    for (key, value) in extra.as_object().unwrap() {
        run[key] = value.clone();
    }
    signal("workflow_run", json!({ "action": action, "workflow_run": run }))
}

#[test]
fn a_run_is_known_by_its_file() {
    for path in [".github/workflows/publish.yml", ".github/workflows/publish.yml@refs/tags/v1"] {
        let Signal::RunStarted(run) = workflow_run("requested", json!({ "path": path })) else { panic!() };
        assert_eq!(run.file, "publish.yml");
    }
}

#[test]
fn a_run_starts_once_and_moves_on_from_there() {
    for action in ["in_progress", "completed"] {
        let Signal::RunMoved(run) = workflow_run(action, json!({})) else { panic!("{action}") };
        assert_eq!((run.number, run.commit.as_str(), run.on.as_deref()), (9, SHA, Some("v1")));
    }
    let by_hand = |action| workflow_run(action, json!({ "event": "workflow_dispatch" }));
    assert!(matches!(by_hand("requested"), Signal::Ignored { .. }), "no tag and no release started it");
    assert!(matches!(by_hand("completed"), Signal::RunMoved(_)), "we may follow it");
    for action in ["requested", "in_progress", "completed"] {
        let queued = workflow_run(action, json!({ "head_branch": "gh-readonly-queue/main/pr-1" }));
        assert!(matches!(queued, Signal::Ignored { .. }), "{action}");
    }
    ignored_because("workflow_run", json!({ "action": "completed" }), "without its run");
    ignored_because("workflow_run", json!({ "action": "paused" }), "unknown action");
}

#[test]
fn a_report_on_a_deployment_names_what_must_be_read_again() {
    let of = |action: &str, status: Value| {
        let deployment = json!({ "id": 3, "sha": SHA, "environment": "production/eu-1" });
        signal(
            "deployment_status",
            json!({ "action": action, "deployment": deployment, "deployment_status": status }),
        )
    };
    let expected = DeploymentReported {
        deployment: DeploymentId(3),
        environment: "production/eu-1".to_owned(),
        commit: CommitId::parse(SHA).unwrap(),
    };
    let (us, another) = (json!({ "client_id": "Iv1.abc" }), json!({ "client_id": "Iv1.x" }));
    for status in [
        json!({ "state": "success" }),
        json!({ "state": "error", "performed_via_github_app": us }),
        json!({ "state": "inactive", "performed_via_github_app": another }),
        json!({ "state": "inactive", "performed_via_github_app": null }),
    ] {
        assert_eq!(of("created", status.clone()), Signal::DeploymentReported(expected.clone()), "{status}");
    }
    let replaced = of("created", json!({ "state": "inactive", "performed_via_github_app": us }));
    assert!(matches!(replaced, Signal::Ignored { .. }), "{replaced:?}");
    assert!(
        matches!(of("edited", json!({})), Signal::Ignored { reason } if reason.starts_with("unknown action"))
    );
    ignored_because(
        "deployment_status",
        json!({ "action": "created", "deployment_status": {}, "deployment": { "id": 3, "environment": "x", "sha": "main" } }),
        "without its deployment's commit",
    );
}

#[test]
fn a_result_of_anybodys_check_or_status_names_its_commit_and_ours_nothing() {
    let of = |event: &str, action: &str, app: Value| {
        let name = event.to_owned();
        signal(event, json!({ "action": action, name: { "id": 1, "head_sha": SHA, "app": app } }))
    };
    let reported = Signal::CheckReported { commit: CommitId::parse(SHA).unwrap() };
    for (event, action) in
        [("check_run", "created"), ("check_run", "completed"), ("check_suite", "completed")]
    {
        assert_eq!(of(event, action, json!({ "id": 15368 })), reported, "{event}.{action}");
        assert_eq!(of(event, action, Value::Null), reported, "{event}.{action} of an App that is gone");
        let ours = of(event, action, json!({ "id": 99, "client_id": "Iv1.abc" }));
        assert!(matches!(ours, Signal::Ignored { reason } if reason.contains("our own")), "{event}.{action}");
    }
    assert!(matches!(of("check_suite", "requested", json!({})), Signal::Ignored { .. }));
    assert!(matches!(of("check_suite", "created", json!({})), Signal::Ignored { .. }));
    assert_eq!(signal("status", json!({ "sha": SHA, "state": "success", "context": "ci/x" })), reported);
    ignored_because("status", json!({ "state": "success" }), "without its commit");
}

#[test]
fn a_project_tells_its_new_name_in_passing() {
    let renamed = understand(&names(), &headers("repository"), &delivery(json!({ "action": "renamed" })));
    let seen = renamed.project.unwrap();
    assert_eq!((seen.path.as_str(), seen.public), ("acme/web", Some(false)));
    assert_eq!(seen.installation.map(|it| it.to_string()).as_deref(), Some("github:5"));
    let of = |action: &str| signal("repository", json!({ "action": action }));
    assert_eq!(of("archived"), Signal::ProjectArchived { archived: true });
    assert_eq!(of("unarchived"), Signal::ProjectArchived { archived: false });
    assert_eq!(of("deleted"), Signal::ProjectDeleted);
    for action in ["renamed", "transferred", "publicized", "privatized", "edited"] {
        assert!(matches!(of(action), Signal::Ignored { .. }), "{action}");
    }
}

#[test]
fn an_installation_covers_projects_and_leaves_them() {
    let repositories = json!([{ "id": 42, "full_name": "acme/web", "private": false }]);
    let of = |event: &str, mut payload: Value| {
        payload["installation"] = json!({ "id": 5, "account": { "id": 7 } });
        match understand(&names(), &headers(event), payload.to_string().as_bytes()).signal {
            Signal::InstallationTouched(touched) => {
                (touched.change, touched.joined.len(), touched.left.len())
            }
            other => panic!("{other:?}"),
        }
    };
    for (action, expected) in [
        ("created", (InstallationChange::Created, 1, 0)),
        ("deleted", (InstallationChange::Deleted, 0, 1)),
        ("suspend", (InstallationChange::Suspended, 0, 1)),
        ("unsuspend", (InstallationChange::Resumed, 1, 0)),
        ("new_permissions_accepted", (InstallationChange::Resumed, 1, 0)),
    ] {
        assert_eq!(of("installation", json!({ "action": action, "repositories": repositories })), expected);
    }
    let changed = json!({ "action": "added", "repositories_added": repositories, "repositories_removed": repositories });
    assert_eq!(of("installation_repositories", changed), (InstallationChange::None, 1, 1));
}

#[test]
fn what_is_no_object_or_lacks_its_parts_is_kept_with_a_reason() {
    let of = |body: &[u8]| understand(&names(), &headers("issue_comment"), body).signal;
    for body in
        [&b""[..], b"[]", b"null", b"7", b"\"x\"", b"{", b"\xff", b"{}", b"{\"comment\":5,\"issue\":[]}"]
    {
        assert!(matches!(of(body), Signal::Ignored { .. }), "{body:?}");
    }
    ignored_because(
        "issue_comment",
        json!({ "action": "created", "issue": { "number": 1 } }),
        "without its comment",
    );
    ignored_because("sub_issues", json!({ "action": "x" }), "unknown event: sub_issues");
}

/// Any JSON, with GitHub's own field names in it, so that the shapes are wrong in the right places.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(SHA)),
        Just(json!("created")),
    ];
    let key = prop::sample::select(vec![
        "action",
        "comment",
        "issue",
        "pull_request",
        "review",
        "repository",
        "installation",
        "sender",
        "id",
        "number",
        "user",
        "ref",
        "commits",
        "release",
        "milestone",
        "check_run",
        "workflow_run",
        "deployment",
        "deployment_status",
        "app",
        "head_sha",
        "sha",
        "base",
        "head",
    ]);
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_us_panic(payload in any_json(), event in prop::sample::select(vec![
        "issue_comment", "pull_request_review", "pull_request_review_comment", "pull_request", "check_run",
        "check_suite", "status", "deployment_status", "push", "create", "delete", "release", "milestone", "repository", "workflow_run",
        "installation", "installation_repositories", "whatever",
    ])) {
        let body = payload.to_string().into_bytes();
        let first = understand(&names(), &headers(event), &body);
        prop_assert_eq!(first, understand(&names(), &headers(event), &body));
        file(&names(), &headers(event), &body);
    }

    #[test]
    fn no_bytes_make_us_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        understand(&names(), &headers("push"), &body);
        file(&names(), &headers("push"), &body);
    }
}
