//! GitHub's own example deliveries through the reading of deliveries: each means something or is ignored with a reason. What each signal leads to is not tested here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use base64::Engine as _;
use jiff::Timestamp;
use lockkeeper::domain::signal::Signal;
use lockkeeper::forge::client::http_client;
use lockkeeper::forge::github::{GitHub, PUBLIC_API, Setup};
use lockkeeper::forge::{Filed, Forge, Headers};
use serde_json::Value;

/// Every event and action that this project has a view on: what GitHub's examples must mean.
const TABLE: &[(&str, &str, &str)] = &[
    ("issue_comment", "created", "CommentWritten"),
    ("issue_comment", "edited", "CommentEdited"),
    ("issue_comment", "deleted", "CommentDeleted"),
    ("pull_request", "opened", "ChangeTouched"),
    ("pull_request", "ready_for_review", "ChangeTouched"),
    ("pull_request", "converted_to_draft", "ChangeTouched"),
    ("pull_request", "closed", "ChangeTouched"),
    ("pull_request", "labeled", "ChangeTouched"),
    ("pull_request", "unlabeled", "ChangeTouched"),
    ("pull_request", "milestoned", "ChangeTouched"),
    ("pull_request", "demilestoned", "ChangeTouched"),
    ("pull_request", "edited", "ChangeTouched"),
    ("pull_request", "synchronize", "ChangeTouched"),
    ("pull_request", "reopened", "ChangeTouched"),
    ("pull_request", "enqueued", "ChangeTouched"),
    ("pull_request", "dequeued", "ChangeTouched"),
    ("pull_request_review", "submitted", "CommentWritten|Ignored"),
    ("pull_request_review", "edited", "CommentEdited"),
    ("pull_request_review", "dismissed", "Ignored"),
    ("pull_request_review_comment", "created", "CommentWritten"),
    ("pull_request_review_comment", "edited", "CommentEdited"),
    ("pull_request_review_comment", "deleted", "CommentDeleted"),
    ("issues", "opened", "Ignored"),
    ("issues", "closed", "Ignored"),
    ("issues", "reopened", "Ignored"),
    ("issues", "milestoned", "Ignored"),
    ("issues", "demilestoned", "Ignored"),
    ("issues", "labeled", "Ignored"),
    ("issues", "unlabeled", "Ignored"),
    ("status", "", "CheckReported"),
    ("milestone", "created", "MilestoneTouched"),
    ("milestone", "edited", "MilestoneTouched"),
    ("milestone", "closed", "MilestoneTouched"),
    ("milestone", "opened", "MilestoneTouched"),
    ("milestone", "deleted", "MilestoneTouched"),
    ("label", "edited", "Ignored"),
    ("label", "deleted", "Ignored"),
    ("label", "archived", "Ignored"),
    ("push", "", "BranchMoved|TagMoved"),
    ("create", "", "TagMoved|Ignored"),
    ("delete", "", "TagMoved|Ignored"),
    ("release", "published", "ReleaseTouched"),
    ("release", "released", "Ignored"),
    ("release", "prereleased", "Ignored"),
    ("release", "edited", "ReleaseTouched"),
    ("release", "deleted", "ReleaseTouched"),
    ("release", "unpublished", "ReleaseTouched"),
    ("check_run", "requested_action", "PreviewAsked|Ignored"),
    ("check_run", "rerequested", "PreviewAsked|Ignored"),
    ("check_run", "created", "CheckReported"),
    ("check_run", "completed", "CheckReported"),
    ("check_suite", "rerequested", "PreviewAsked|Ignored"),
    ("check_suite", "requested", "Ignored"),
    ("check_suite", "completed", "CheckReported"),
    ("deployment", "created", "Ignored"),
    ("deployment_status", "created", "DeploymentReported"),
    ("deployment_review", "requested", "Ignored"),
    ("deployment_review", "approved", "Ignored"),
    ("deployment_review", "rejected", "Ignored"),
    ("deployment_protection_rule", "requested", "Ignored"),
    ("workflow_run", "requested", "RunStarted"),
    ("workflow_run", "in_progress", "RunMoved"),
    ("workflow_run", "completed", "RunMoved"),
    ("workflow_job", "completed", "Ignored"),
    ("merge_group", "checks_requested", "Ignored"),
    ("merge_group", "destroyed", "Ignored"),
    ("installation", "created", "InstallationTouched"),
    ("installation", "deleted", "InstallationTouched"),
    ("installation", "suspend", "InstallationTouched"),
    ("installation", "unsuspend", "InstallationTouched"),
    ("installation", "new_permissions_accepted", "InstallationTouched"),
    ("installation_repositories", "added", "InstallationTouched"),
    ("installation_repositories", "removed", "InstallationTouched"),
    ("installation_target", "renamed", "Ignored"),
    ("repository", "renamed", "Ignored"),
    ("repository", "transferred", "Ignored"),
    ("repository", "archived", "ProjectArchived"),
    ("repository", "unarchived", "ProjectArchived"),
    ("repository", "deleted", "ProjectDeleted"),
    ("repository", "publicized", "Ignored"),
    ("repository", "privatized", "Ignored"),
    ("repository_ruleset", "created", "Ignored"),
];

/// Of the table, what GitHub gives no example of: `fixtures/github/` has one of ours.
const OURS: &[&str] = &[
    "deployment_protection_rule.requested",
    "deployment_review.approved",
    "deployment_review.rejected",
    "installation_target.renamed",
    "issues.closed",
    "label.archived",
    "merge_group.destroyed",
    "milestone.edited",
    "milestone.opened",
    "pull_request.demilestoned",
    "pull_request.dequeued",
    "pull_request.edited",
    "pull_request.enqueued",
    "pull_request.milestoned",
    "pull_request_review.edited",
    "release.unpublished",
    "repository.archived",
    "repository.deleted",
    "repository.unarchived",
    "repository_ruleset.created",
    "workflow_run.in_progress",
];

/// What a delivery became: its kind and, where it was ignored, why.
struct Became {
    kind: String,
    reason: String,
}

fn github() -> GitHub {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = key.as_der().expect("a key as DER");
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let setup = Setup {
        api_url: PUBLIC_API.to_owned(),
        app_id: "Iv1.abc".to_owned(),
        private_key: format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n").into(),
        webhook_secret: "secret".into(),
        webhook_secret_old: None,
        now: Arc::new(|| Timestamp::UNIX_EPOCH),
    };
    GitHub::new(setup, &http_client(None).expect("a client")).expect("a setup that works")
}

fn became(github: &GitHub, event: &str, payload: &Value) -> Became {
    let headers = Headers(vec![
        ("x-github-event".to_owned(), event.to_owned()),
        ("x-github-delivery".to_owned(), "guid-1".to_owned()),
    ]);
    let body = payload.to_string();
    if let Filed::Nowhere { reason } = github.file(&headers, body.as_bytes()) {
        assert!(!reason.contains("readable"), "{event}: {reason}");
    }
    let signal = github.understand(&headers, body.as_bytes()).signal;
    let reason = if let Signal::Ignored { reason } = &signal { reason.clone() } else { String::new() };
    let kind = format!("{signal:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    Became { kind, reason }
}

fn judge(event: &str, payload: &Value, became: &Became) -> Result<(), String> {
    let action = payload.get("action").and_then(Value::as_str).unwrap_or_default();
    let told = format!("{event}.{action} became {} {}", became.kind, became.reason);
    if became.reason.contains("without") && !became.reason.contains("words") {
        return Err(format!("{told}: a part is missing that GitHub sends"));
    }
    match TABLE.iter().find(|(known, act, _)| *known == event && *act == action) {
        Some((_, _, expected)) if expected.split('|').any(|kind| kind == became.kind) => Ok(()),
        Some((_, _, expected)) => Err(format!("{told} instead of {expected}")),
        None if event_is_known(event) && became.reason.starts_with("unknown event") => Err(told),
        None => Ok(()),
    }
}

fn event_is_known(event: &str) -> bool {
    TABLE.iter().any(|(known, _, _)| *known == event)
}

/// The folder that holds the published examples, where there is one.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where shared material lies")]
fn examples() -> Option<PathBuf> {
    let shared = std::env::var_os("LOCKKEEPER_SHARED")?;
    assert!(Path::new(&shared).is_dir(), "LOCKKEEPER_SHARED names no folder");
    let referee = std::env::var_os("LOCKKEEPER_REFEREE").unwrap_or_else(|| "target/referee".into());
    let index = Path::new(&referee).join("node_modules/@octokit/webhooks-examples/api.github.com/index.json");
    index.is_file().then_some(index)
}

#[tokio::test]
async fn all_of_githubs_examples_mean_something_or_are_ignored_with_a_reason() {
    let Some(index) = examples() else {
        println!("skipped: LOCKKEEPER_SHARED is not set, or the referee is not installed in target/referee");
        return;
    };
    let index: Value = serde_json::from_slice(&std::fs::read(index).expect("the index")).expect("JSON");
    let github = github();
    let (mut count, mut faults) = (0, Vec::new());
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for event in index.as_array().expect("a list of events") {
        let name = event["name"].as_str().expect("a name");
        for payload in event["examples"].as_array().expect("examples") {
            count += 1;
            let action = payload.get("action").and_then(Value::as_str).unwrap_or_default();
            *met.entry(format!("{name}.{action}")).or_default() += 1;
            faults.extend(judge(name, payload, &became(&github, name, payload)).err());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(count, 329);
    let without: BTreeSet<String> = TABLE
        .iter()
        .map(|(event, action, _)| format!("{event}.{action}"))
        .filter(|name| !met.contains_key(name))
        .collect();
    assert_eq!(without, OURS.iter().map(|name| (*name).to_owned()).collect(), "what has no example");
}

#[tokio::test]
async fn what_github_gives_no_example_of_has_one_of_ours() {
    let github = github();
    for name in OURS {
        let event = name.split('.').next().unwrap_or_default();
        let file = Path::new("fixtures/github").join(format!("{name}.json"));
        let text = std::fs::read(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
        let payload: Value = serde_json::from_slice(&text).expect("JSON");
        let became = became(&github, event, &payload);
        judge(event, &payload, &became).expect("what the table says");
        assert!(!became.reason.starts_with("unknown"), "{name}: {}", became.reason);
    }
}
