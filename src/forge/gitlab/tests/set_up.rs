//! Tests of what an operator asks: whom an allow-list means, whether the set-up is right, what was missed. Transport is tested elsewhere.

use bytes::Bytes;
use serde_json::{Value, json};

use super::fake::{Fake, ok, status};
use crate::forge::{Filed, Forge as _, Headers, Operated as _, Owner};

#[tokio::test]
async fn s4_an_entry_of_an_allow_list_becomes_what_deliveries_tell_or_nothing() {
    let fake = Fake::new(|seen| {
        Some(match seen.target.as_str() {
            "/projects/acme%2Fplatform%2Fweb" => {
                ok(json!({ "id": 42, "path_with_namespace": "acme/platform/web" }))
            }
            "/groups/acme?with_projects=false" => ok(json!({ "id": 7, "full_path": "Acme" })),
            "/groups/acme%2Fplatform?with_projects=false" => {
                ok(json!({ "id": 8, "full_path": "acme/platform" }))
            }
            "/users?username=bob" => ok(json!([{ "id": 9, "username": "bob" }])),
            users if users.starts_with("/users?") => ok(json!([])),
            _ => return None,
        })
    })
    .await;
    let gitlab = fake.gitlab();
    for (entry, owner) in [("acme", "acme"), ("acme/platform", "acme/platform"), ("bob", "bob")] {
        let found = gitlab.listed(entry).await.unwrap().unwrap();
        assert_eq!(found.owners.into_iter().collect::<Vec<_>>(), [Owner::Path(owner.to_owned())], "{entry}");
    }
    let found = gitlab.listed("acme/platform/web").await.unwrap().unwrap();
    assert_eq!((found.owners.len(), found.projects.into_iter().collect::<Vec<_>>()), (0, vec![42]));
    for entry in ["nobody", "acme/nothing"] {
        assert_eq!(gitlab.listed(entry).await.unwrap(), None, "{entry}");
    }
}

#[test]
fn s4_a_group_that_is_allowed_allows_all_below_it_and_nothing_beside() {
    let above = |path: &str| Owner::Path(path.to_owned()).and_above();
    assert!(above("acme/platform/tools").contains(&Owner::Path("acme/platform".to_owned())));
    assert!(above("acme/platform").contains(&Owner::Path("acme".to_owned())));
    assert!(!above("acme-evil/platform").contains(&Owner::Path("acme".to_owned())));
    assert!(!above("acme").contains(&Owner::Path("acme/platform".to_owned())));
}

/// A hook as the API lists it.
fn hook(more: &[(&str, Value)]) -> Value {
    let mut hook =
        json!({ "id": 5, "url": "https://bot.acme.example/webhooks/gitlab", "alert_status": "executable" });
    for events in [
        "note_events",
        "merge_requests_events",
        "push_events",
        "tag_push_events",
        "pipeline_events",
        "job_events",
        "deployment_events",
        "releases_events",
    ] {
        hook[events] = json!(true);
    }
    for (key, value) in more {
        hook[*key] = value.clone();
    }
    hook
}

/// What is found out about a GitLab like this: the token, our role in the one project, its one hook.
async fn found(token: Value, level: u32, hook: Value) -> Vec<String> {
    told(token, (level, hook), json!({ "data": { "project": null } })).await
}

async fn told(token: Value, (level, hook): (u32, Value), answer_to_graphql: Value) -> Vec<String> {
    let fake = Fake::new(move |seen| {
        Some(match seen.target.as_str() {
            "/personal_access_tokens/self" => ok(token.clone()),
            "/version" => ok(json!({ "version": "16.9.2-ee", "revision": "x" })),
            graphql if graphql.ends_with("/api/graphql") => ok(answer_to_graphql.clone()),
            "/projects/42/members/all/90" => ok(json!({ "id": 90, "access_level": level })),
            "/projects/42/hooks?per_page=100" if level >= 40 => {
                ok(json!([hook.clone(), { "id": 6, "url": "https://chat.acme.example/" }]))
            }
            "/projects/42/hooks?per_page=100" => status(403, "403 Forbidden"),
            projects if projects.starts_with("/projects?membership=true") => {
                ok(json!([{ "id": 42, "path_with_namespace": "acme/web" }]))
            }
            _ => return None,
        })
    })
    .await;
    let findings = fake.gitlab().examine().await;
    let mark = |is_right: bool| if is_right { "ok" } else { "WRONG" };
    findings.into_iter().map(|finding| format!("{} {}", mark(finding.is_right), finding.sentence)).collect()
}

fn token(scopes: Value, ends: Value) -> Value {
    json!({ "id": 25, "name": "lk", "scopes": scopes, "expires_at": ends, "active": true })
}

#[tokio::test]
async fn a_set_up_that_is_right_says_so() {
    let found = found(token(json!(["api"]), json!("2027-06-01")), 40, hook(&[])).await;
    assert_eq!(
        found,
        [
            "ok token `lk`: has the scope api",
            "ok token `lk`: runs out on 2027-06-01, in 182 days",
            "ok account: GitLab knows us as `lockkeeper`",
            "ok version: 16.9.2-ee, where a pipeline that declares inputs is not started; deliveries are known again only by what they say; deliveries that failed while the bot was away are not fetched; nobody hears that a note was edited, or that a token runs out",
            "ok people: GitLab tells who wrote commits",
            "ok acme/web: we are Maintainer",
            "ok acme/web: hook 5 tells all that is needed",
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_says_what_to_do() {
    let good = || token(json!(["api"]), Value::Null);
    let wrong =
        |found: Vec<String>| found.into_iter().filter(|line| line.starts_with("WRONG")).collect::<Vec<_>>();
    let only = |found: Vec<String>, expected: &str| {
        let wrong = wrong(found);
        assert!(wrong.len() == 1 && wrong[0].contains(expected), "{expected}: {wrong:?}");
    };
    let scope = token(json!(["read_api"]), Value::Null);
    only(found(scope, 40, hook(&[])).await, "has read_api, needs the scope api");
    let soon = token(json!(["api"]), json!("2026-12-08"));
    only(found(soon, 40, hook(&[])).await, "runs out on 2026-12-08, in 7 days. Make a new one");
    only(found(good(), 20, hook(&[])).await, "acme/web: we are less than Developer");
    let off =
        [("alert_status", json!("temporarily_disabled")), ("disabled_until", json!("2026-12-01T13:00:00Z"))];
    only(found(good(), 40, hook(&off)).await, "switched hook 5 off until 2026-12-01T13:00:00Z");
    let deaf = [("note_events", json!(false)), ("job_events", json!(false))];
    only(found(good(), 40, hook(&deaf)).await, "hook 5 does not tell note_events, job_events");
    let old = json!({ "errors": [{ "message": "Field 'committerName' doesn't exist on type 'Commit'" }] });
    let found_by = told(good(), (40, hook(&[])), old).await;
    only(
        found_by,
        "Field 'committerName' doesn't exist on type 'Commit'. Where a policy says `not: [authors]`",
    );
    // A GitLab that has no such events cannot tell them.
    assert_eq!(wrong(found(good(), 30, hook(&[])).await), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_is_refused_ends_the_looking() {
    let fake = Fake::new(|_| Some(status(401, "401 Unauthorized"))).await;
    let findings = fake.gitlab().examine().await;
    assert_eq!(findings.len(), 1);
    assert!(findings[0].sentence.contains("LOCKKEEPER_GITLAB_TOKEN"), "{findings:?}");
}

#[tokio::test]
async fn s4_deliveries_that_failed_are_told_as_if_they_came_now() {
    let fake = Fake::new(|seen| {
        let told = |at: &str, key: &str| {
            json!({ "id": 1, "created_at": at, "response_status": "internal error",
                "request_headers": { "Idempotency-Key": key, "X-Gitlab-Token": "[REDACTED]" },
                "request_data": { "object_kind": "push", "project": { "id": 42 } } })
        };
        Some(match seen.target.as_str() {
            "/projects/42/hooks?per_page=100" => ok(json!([hook(&[])])),
            "/projects/42/hooks/5/events?status=client_failure%2Cserver_failure&per_page=20" => ok(json!([
                told("2026-12-01T11:00:00Z", "new"),
                told("2026-12-01T10:00:00Z", "old"),
                told("2026-11-20T10:00:00Z", "too-old"),
            ])),
            projects if projects.starts_with("/projects?membership=true") => {
                assert!(projects.contains("min_access_level=40"), "only a Maintainer sees hooks");
                ok(json!([{ "id": 42, "path_with_namespace": "acme/web" }]))
            }
            _ => return None,
        })
    })
    .await;
    let gitlab = fake.gitlab();
    let missed = |limit: usize| gitlab.missed("2026-11-28T12:00:00Z".parse().unwrap(), limit);
    let found = missed(10).await.unwrap();
    let name = |(headers, body): &(Headers, Bytes)| match gitlab.file(headers, body) {
        Filed::On { delivery, .. } => delivery,
        Filed::Nowhere { reason } => reason,
    };
    assert_eq!(found.iter().map(name).collect::<Vec<_>>(), ["old", "new"]);
    assert_eq!(missed(1).await.unwrap().iter().map(name).collect::<Vec<_>>(), ["old"]);
}

#[tokio::test]
async fn a_gitlab_that_tells_no_failed_deliveries_has_missed_none() {
    let fake = Fake::new(|seen| {
        Some(match seen.target.as_str() {
            "/projects/42/hooks?per_page=100" => ok(json!([hook(&[])])),
            projects if projects.starts_with("/projects?membership=true") => {
                ok(json!([{ "id": 42, "path_with_namespace": "acme/web" }]))
            }
            _ => return None,
        })
    })
    .await;
    let missed = fake.gitlab().missed("2026-11-28T12:00:00Z".parse().unwrap(), 10).await.unwrap();
    assert_eq!(missed, []);
}
