//! Tests of reading: each question as it is asked and answered. No order is carried out here.

use super::*;
use crate::domain::change::Stage;
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber};
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::policy::{BranchPattern, GroupPath, Standing};
use crate::domain::query::{
    Ancestry, BranchAsked, Detail, Holding, Membership, Newcomers, Newest, RangeAsked, RunsAsked,
};
use crate::domain::query::{Answer as Found, Query};

pub(super) fn ana() -> Actor {
    Actor { id: ActorId(1), login: "ana".into(), kind: ActorKind::Person }
}

/// A GitHub whose repository looks so to GraphQL.
pub(super) async fn graph(repository: Value) -> Fake {
    Fake::new(move |seen, _| {
        (seen.target == "/graphql").then(|| ok(json!({ "data": { "repository": repository } })))
    })
    .await
}

pub(super) async fn rest(target: &'static str, body: Value) -> Fake {
    Fake::new(move |seen, _| seen.is("GET", target).then(|| ok(body.clone()))).await
}

pub(super) async fn read(fake: &Fake, query: Query) -> Option<Found> {
    fake.github().read(&project(), &query).await.unwrap()
}

fn variables(fake: &Fake) -> Value {
    fake.calls().last().unwrap().body["variables"].clone()
}

#[tokio::test]
async fn s6_standing_is_the_role_of_the_number_not_of_the_login() {
    let of = async |permission: &str, role: &str, id: u64| {
        let body =
            json!({ "permission": permission, "role_name": role, "user": { "id": id, "login": "ana" } });
        let fake = rest("/repos/acme/web/collaborators/ana/permission", body).await;
        match read(&fake, Query::Standing(ana())).await {
            Some(Found::Standing(standing)) => standing,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of("write", "maintain", 1).await, Standing::Maintain, "permission folds maintain into write");
    assert_eq!(of("read", "triage", 1).await, Standing::Triage);
    assert_eq!(of("admin", "admin", 1).await, Standing::Admin);
    assert_eq!(of("write", "release-engineer", 1).await, Standing::Write, "a role of the organisation's own");
    assert_eq!(of("none", "none", 1).await, Standing::None);
    assert_eq!(of("admin", "admin", 2).await, Standing::None, "the login has changed hands");
    assert_eq!(of("odd", "odd", 1).await, Standing::None);
    let absent = Fake::new(|_, _| None).await;
    assert_eq!(read(&absent, Query::Standing(ana())).await, Some(Found::Standing(Standing::None)));
}

#[tokio::test]
async fn a_member_is_active_and_still_the_same_person() {
    let of = async |state: &'static str, id: u64, group: &str| {
        let fake = Fake::new(move |seen, _| match seen.target.as_str() {
            "/orgs/acme/teams/release/memberships/ana" => {
                Some(ok(json!({ "state": state, "role": "member" })))
            }
            "/users/ana" => Some(ok(json!({ "id": id, "login": "ana" }))),
            _ => None,
        })
        .await;
        let asked = Membership { group: GroupPath(group.to_owned()), actor: ana() };
        match read(&fake, Query::Member(asked)).await {
            Some(Found::Member(member)) => member,
            other => panic!("{other:?}"),
        }
    };
    assert!(of("active", 1, "acme/release").await);
    assert!(!of("pending", 1, "acme/release").await);
    assert!(!of("active", 2, "acme/release").await);
    for group in ["acme/other", "acme", "acme/..", "../release", "/"] {
        assert!(!of("active", 1, group).await, "{group}");
    }
}

#[tokio::test]
async fn a_comment_is_read_where_its_kind_stands() {
    let of = async |kind: CommentKind, target: &'static str| {
        let body = json!({ "id": 77, "body": "x", "html_url": "https://h", "user": { "id": 1, "login": "ana", "type": "User" } });
        let at = CommentRef { thread: Thread::Change(ChangeNumber(12)), kind, number: 77 };
        read(&rest(target, body).await, Query::Comment(at)).await
    };
    for (kind, target) in [
        (CommentKind::Discussion, "/repos/acme/web/issues/comments/77"),
        (CommentKind::Review, "/repos/acme/web/pulls/12/reviews/77"),
        (CommentKind::Remark, "/repos/acme/web/pulls/comments/77"),
    ] {
        let found = of(kind, target).await;
        assert!(matches!(found, Some(Found::Comment(now)) if now.author == ana() && now.body == "x"));
    }
    assert_eq!(of(CommentKind::Remark, "/elsewhere").await, None, "deleted");
}

#[tokio::test]
async fn tags_are_peeled_to_their_commits_over_all_pages() {
    let fake = Fake::new(|seen, _| {
        let second = seen.body["variables"]["after"] == json!("c1");
        let nodes = if second {
            json!([{ "name": "v2", "target": { "__typename": "Commit", "oid": SHA } }])
        } else {
            json!([
                { "name": "v1", "target": { "__typename": "Tag", "oid": OTHER, "target":
                    { "__typename": "Tag", "oid": OTHER, "target": { "__typename": "Commit", "oid": SHA } } } },
                { "name": "tree", "target": { "__typename": "Tree", "oid": OTHER } },
                null
            ])
        };
        let info = json!({ "hasNextPage": !second, "endCursor": "c1" });
        (seen.target == "/graphql")
            .then(|| ok(json!({ "data": { "repository": { "refs": { "pageInfo": info, "nodes": nodes } } } })))
    })
    .await;
    let Some(Found::Tags(tags)) = read(&fake, Query::Tags(Newest)).await else { panic!() };
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["v1", "v2"]);
    assert!(tags.iter().all(|tag| tag.commit == commit(SHA)));
}

#[tokio::test]
async fn an_abbreviated_commit_is_never_a_branch_of_that_spelling() {
    let asked = |name: &str| Query::Commit(name.to_owned());
    let fake = graph(json!({ "object": { "__typename": "Commit", "oid": SHA } })).await;
    assert_eq!(read(&fake, asked("8F3C21D")).await, Some(Found::Commit(commit(SHA))));
    assert_eq!(variables(&fake)["expression"], json!("8f3c21d"));
    assert_eq!(read(&fake, asked("deadbee")).await, None, "a branch called so");
    for name in ["main", "8f3", "8f3c21d~1", "8f3c21d:README.md", ""] {
        let calls = fake.calls().len();
        assert_eq!(read(&fake, asked(name)).await, None, "{name}");
        assert_eq!(fake.calls().len(), calls, "{name} is not even asked for");
    }
}

#[tokio::test]
async fn the_newest_commit_of_a_branch_is_asked_for_by_its_whole_ref() {
    let fake = graph(json!({ "object": { "__typename": "Commit", "oid": SHA } })).await;
    for name in ["HEAD", "refs/heads/release/1.4"] {
        assert_eq!(read(&fake, Query::Commit(name.to_owned())).await, Some(Found::Commit(commit(SHA))));
        assert_eq!(variables(&fake)["expression"], json!(name));
    }
    for name in ["refs/tags/v1", "refs/heads/main~1", "refs/heads/main:x", "release"] {
        assert_eq!(read(&fake, Query::Commit(name.to_owned())).await, None, "{name}");
    }
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn the_first_ancestor_is_looked_for_in_tens_and_no_further_than_needed() {
    let fake = Fake::new(|seen, _| {
        let refs = seen.body["variables"].as_object()?;
        let status = |name: &Value| if name == "refs/tags/v12" { "AHEAD" } else { "DIVERGED" };
        let compared: serde_json::Map<String, Value> = refs
            .iter()
            .filter_map(|(key, name)| {
                Some((
                    format!("c{}", key.strip_prefix('r')?),
                    json!({ "compare": { "status": status(name) } }),
                ))
            })
            .collect();
        (seen.target == "/graphql").then(|| ok(json!({ "data": { "repository": compared } })))
    })
    .await;
    let tags = (0..40).map(|at| tag(&format!("v{at}"))).collect();
    let found = read(&fake, Query::FirstAncestor(Ancestry { head: commit(SHA), tags })).await;
    assert_eq!(found, Some(Found::FirstAncestor(tag("v12"))));
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn the_default_branch_goes_before_listed_ones_and_others_do_not_count() {
    let with = async |containing: &'static str| {
        let fake = Fake::new(move |seen, _| {
            if seen.target == "/repos/acme/web/branches?protected=true&per_page=100" {
                return Some(ok(json!([{ "name": "main" }, { "name": "other" }, { "name": "release/1.4" }])));
            }
            let status = |name: &Value| if name.as_str() == Some(containing) { "BEHIND" } else { "AHEAD" };
            let mut repository = json!({ "defaultBranchRef": { "name": "main" } });
            for at in 0..10 {
                if let Some(name) = seen.body["variables"].get(format!("r{at}")) {
                    repository[format!("c{at}")] = json!({ "compare": { "status": status(name) } });
                }
            }
            (seen.target == "/graphql").then(|| ok(json!({ "data": { "repository": repository } })))
        })
        .await;
        let listed = vec![BranchPattern("release/*".to_owned())];
        read(&fake, Query::BranchOf(BranchAsked { commit: commit(SHA), listed })).await
    };
    let named = |name: &str| Some(Found::BranchOf(BranchName::parse(name).unwrap()));
    assert_eq!(with("refs/heads/main").await, named("main"));
    assert_eq!(with("refs/heads/release/1.4").await, named("release/1.4"));
    assert_eq!(with("refs/heads/other").await, None, "protected, but not listed");
    assert_eq!(with("refs/heads/fork").await, None);
}

#[tokio::test]
async fn a_branch_holds_a_commit_that_it_is_not_behind_of() {
    let held = async |compared: Value| {
        let fake = graph(json!({ "c0": compared })).await;
        let branch = BranchName::parse("release/1.5").unwrap();
        let found = read(&fake, Query::Holds(Holding { branch, commit: commit(SHA) })).await;
        let asked = variables(&fake);
        assert_eq!((&asked["r0"], &asked["head"]), (&json!("refs/heads/release/1.5"), &json!(SHA)));
        found
    };
    let standing = |status: &str| json!({ "compare": { "status": status } });
    for (status, expected) in [("BEHIND", true), ("IDENTICAL", true), ("AHEAD", false), ("DIVERGED", false)] {
        assert_eq!(held(standing(status)).await, Some(Found::Holds(expected)), "the commit is {status}");
    }
    assert_eq!(held(Value::Null).await, None, "there is no such branch");
}

fn pull(number: u64, extra: Value) -> Value {
    let mut pull = json!({
        "number": number, "title": "Passkeys", "state": "MERGED", "isDraft": false, "merged": true,
        "mergedAt": NOW, "updatedAt": NOW, "baseRefName": "main", "headRefOid": OTHER,
        "mergeCommit": { "oid": SHA }, "baseRepository": { "databaseId": 42 }, "milestone": null,
        "labels": { "nodes": [{ "name": "feature" }] },
        "author": { "__typename": "Bot", "login": "renovate", "databaseId": 3 },
        "reviews": { "nodes": [
            { "author": { "__typename": "User", "login": "bob", "databaseId": 2 } },
            { "author": { "__typename": "User", "login": "bob", "databaseId": 2 } },
            { "author": { "__typename": "Bot", "login": "x", "databaseId": 9 } }, { "author": null }
        ] }
    });
    for (key, value) in extra.as_object().unwrap() {
        pull[key] = value.clone();
    }
    pull
}

pub(super) fn node(oid: &str, parent: &str, pulls: Value) -> Value {
    json!({ "oid": oid, "message": "m", "committedDate": NOW, "author": { "name": "Ana", "user": null },
        "parents": { "nodes": [{ "oid": parent }] }, "associatedPullRequests": { "nodes": pulls } })
}

#[tokio::test]
async fn a_range_names_only_merged_changes_of_this_project_and_the_people_who_approved() {
    let open = pull(1, json!({ "merged": false, "state": "OPEN", "mergeCommit": null }));
    let of_a_fork = pull(2, json!({ "baseRepository": { "databaseId": 43 } }));
    let into_another_branch = pull(3, json!({ "baseRefName": "next", "mergeCommit": { "oid": OTHER } }));
    let nodes = json!([
        node(OTHER, &"3".repeat(40), json!([])),
        node(SHA, OTHER, json!([open, of_a_fork, into_another_branch, pull(12, json!({}))]))
    ]);
    let fake =
        graph(json!({ "ref": { "compare": { "status": "DIVERGED", "commits": { "nodes": nodes } } } })).await;
    let asked =
        RangeAsked { base: Some(tag("v1")), head: commit(SHA), with_people: false, detail: Detail::Commits };
    let Some(Found::Range(range)) = read(&fake, Query::Range(asked)).await else { panic!() };
    assert_eq!(
        range.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(),
        [SHA, OTHER],
        "newest first"
    );
    let change = range[0].change.as_ref().unwrap();
    assert_eq!(change.number, ChangeNumber(12));
    assert!(matches!(&change.stage, Stage::Merged { commit, .. } if commit.as_str() == SHA));
    assert_eq!(change.author.as_ref().unwrap().login, "renovate[bot]", "as webhooks call it");
    assert_eq!(range[0].reviewers, [ActorId(2)], "people, each once");
    assert_eq!((range[1].change.as_ref(), range[1].author.as_str()), (None, "Ana"));
    assert_eq!(variables(&fake)["base"], json!("refs/tags/v1"));
}

#[tokio::test]
async fn s14_a_range_tells_the_people_behind_its_commits_and_not_who_pressed_the_button() {
    let by = |id: u64| json!({ "name": "x", "email": "x@example.org", "user": { "login": "x", "databaseId": id } });
    let merge = |parents: Value, web: bool| {
        let mut node = node(SHA, OTHER, json!([pull(12, json!({}))]));
        node["parents"]["nodes"] = parents;
        node["authors"] = json!({ "nodes": [by(1)] });
        node["committer"] = by(3);
        node["committedViaWeb"] = json!(web);
        node
    };
    let two = || json!([{ "oid": OTHER }, { "oid": "3".repeat(40) }]);
    for (node, accounts) in [
        (merge(two(), true), vec![]),
        (merge(two(), false), vec![1, 3]),
        (merge(json!([{ "oid": OTHER }]), true), vec![1]),
    ] {
        let fake = graph(json!({ "object": { "history": { "nodes": [node] } } })).await;
        let asked = Query::Range(RangeAsked {
            base: None,
            head: commit(SHA),
            with_people: true,
            detail: Detail::Commits,
        });
        let Some(Found::Range(range)) = read(&fake, asked).await else { panic!() };
        assert_eq!(range[0].writers.as_ref().unwrap().accounts, accounts.into_iter().map(ActorId).collect());
        for field in ["committedViaWeb", "authors(first:", "committer{"] {
            let asked = fake.calls()[0].body["query"].to_string();
            assert!(asked.contains(field), "{asked}");
        }
    }
}

#[tokio::test]
async fn a_range_without_a_base_is_the_history_and_one_without_a_head_is_absent() {
    let fake = graph(json!({ "object": { "history": { "nodes": [node(SHA, OTHER, json!([]))] } } })).await;
    let asked = |base| {
        Query::Range(RangeAsked { base, head: commit(SHA), with_people: false, detail: Detail::Commits })
    };
    assert!(matches!(read(&fake, asked(None)).await, Some(Found::Range(range)) if range.len() == 1));
    assert_eq!(read(&graph(json!({ "object": null })).await, asked(None)).await, None);
    assert_eq!(read(&graph(json!({ "ref": null })).await, asked(Some(tag("v1")))).await, None);
}

#[tokio::test]
async fn a_change_that_is_not_there_is_absent_and_a_hidden_repository_is_an_error() {
    let fake = Fake::new(|seen, _| {
        (seen.target == "/graphql").then(|| {
            ok(json!({ "data": { "repository": { "pullRequest": null } },
                "errors": [{ "type": "NOT_FOUND", "message": "Could not resolve to a PullRequest" }] }))
        })
    })
    .await;
    assert_eq!(read(&fake, Query::Change(ChangeNumber(12))).await, None);
    let hidden = graph(Value::Null).await;
    let error = hidden.github().read(&project(), &Query::Change(ChangeNumber(12))).await;
    assert!(matches!(error, Err(ReadError::Refused { .. })), "{error:?}");
    let there =
        graph(json!({ "pullRequest": pull(12, json!({ "milestone": { "number": 3, "title": "v1" } })) }))
            .await;
    assert!(
        matches!(read(&there, Query::Change(ChangeNumber(12))).await, Some(Found::Change(change)) if change.milestone.is_some())
    );
    let brought =
        graph(json!({ "object": { "associatedPullRequests": { "nodes": [pull(12, json!({}))] } } })).await;
    assert!(matches!(read(&brought, Query::ChangeOf(commit(SHA))).await, Some(Found::ChangeOf(_))));
}

#[tokio::test]
async fn a_first_timers_oldest_merged_change_is_in_the_range() {
    let fake = Fake::new(|seen, _| {
        let one = |number: u64| json!({ "issueCount": 1, "nodes": [{ "number": number }] });
        (seen.target == "/graphql").then(|| {
            ok(json!({ "data": { "p0": one(12), "p1": one(4), "p2": { "issueCount": 0, "nodes": [] } } }))
        })
    })
    .await;
    let person = |id, login: &str, kind| Actor { id: ActorId(id), login: login.into(), kind };
    let people = vec![
        ana(),
        person(8, "renovate[bot]", ActorKind::Bot),
        person(9, "x author:y", ActorKind::Person),
        person(2, "bob", ActorKind::Person),
        person(3, "cem", ActorKind::Person),
    ];
    let asked = Newcomers { people, changes: vec![ChangeNumber(12), ChangeNumber(14)] };
    let Some(Found::FirstTimers(new)) = read(&fake, Query::FirstTimers(asked)).await else { panic!() };
    assert_eq!(new.into_iter().collect::<Vec<_>>(), [ActorId(1)]);
    assert_eq!(variables(&fake)["q1"], json!("repo:acme/web is:pr is:merged author:bob sort:created-asc"));
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn runs_are_those_of_the_tag_since_then() {
    let run = |id: u64, event: &str, on: &str, at: &str| {
        json!({ "id": id, "head_sha": SHA, "event": event, "head_branch": on, "created_at": at,
            "path": ".github/workflows/publish.yml", "html_url": "https://h" })
    };
    let body = json!({ "total_count": 5, "workflow_runs": [
        run(5, "release", "v1", "2026-12-01T12:00:00Z"), run(4, "push", "v1", "2026-12-01T12:00:09Z"),
        run(3, "push", "main", "2026-12-01T12:00:09Z"), run(2, "workflow_dispatch", "v1", "2026-12-01T12:00:09Z"),
        run(1, "push", "v1", "2026-12-01T11:59:59Z"),
    ] });
    let fake = rest(
        "/repos/acme/web/actions/runs?head_sha=8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0&per_page=100",
        body,
    )
    .await;
    let since = "2026-12-01T12:00:00.7Z".parse().unwrap();
    let asked = RunsAsked { commit: commit(SHA), tag: tag("v1"), since };
    let Some(Found::Runs(runs)) = read(&fake, Query::Runs(asked)).await else { panic!() };
    assert_eq!(runs.iter().map(|run| run.number).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(runs[0].file, "publish.yml");
}

#[tokio::test]
async fn a_file_is_text_or_absent_and_never_half() {
    let of = async |object: Value| {
        let fake = graph(json!({ "first": object })).await;
        let path = ProjectPath::parse("acme/policy").unwrap();
        let found = fake.github().shared_policy(&project(), &path).await;
        assert_eq!(
            variables(&fake)["first"],
            json!("HEAD:.github/lockkeeper.yml"),
            "never a tag of that name"
        );
        assert_eq!(variables(&fake)["name"], json!("policy"));
        found.map(|file| file.map(|file| file.text))
    };
    let whole = json!({ "text": "a: 1", "isBinary": false, "isTruncated": false });
    assert_eq!(of(whole).await.unwrap().as_deref(), Some("a: 1"));
    assert_eq!(of(Value::Null).await.unwrap(), None);
    assert_eq!(of(json!({})).await.unwrap(), None, "a folder");
    assert!(of(json!({ "text": "a", "isTruncated": true })).await.is_err());
    assert!(of(json!({ "text": null, "isBinary": true, "isTruncated": false })).await.is_err());
}

#[tokio::test]
async fn what_a_tag_would_start_is_read_in_one_question() {
    let file =
        |name: &str, text: &str| json!({ "name": name, "object": { "text": text, "isTruncated": false } });
    let fake = graph(json!({ "object": { "entries": [
        file("publish.yml", "on: { push: { tags: ['v*'] } }"), file("ci.yaml", "on: { push: { branches: [main] } }"),
        file("notes.md", "on: push"), json!({ "name": "folder.yml", "object": {} }),
    ] } })).await;
    let Some(Found::TagStarts(found)) = read(&fake, Query::TagStarts(commit(SHA))).await else { panic!() };
    assert_eq!(found.iter().map(|workflow| workflow.file.as_str()).collect::<Vec<_>>(), ["publish.yml"]);
    assert_eq!(fake.calls().len(), 1);
    let none = graph(json!({ "object": null })).await;
    assert_eq!(read(&none, Query::TagStarts(commit(SHA))).await, Some(Found::TagStarts(vec![])));
}

#[tokio::test]
async fn a_milestone_is_its_version_with_or_without_v_and_open_before_closed() {
    let fake = Fake::new(|seen, _| {
        let titled = |number: u64, title: &str, closed: bool| json!({ "number": number, "title": title, "closed": closed, "dueOn": null });
        let repository = if seen.body["variables"].get("number").is_some() {
            json!({ "milestone": { "issues": { "nodes": [{ "number": 3, "title": "i" }] },
                "pullRequests": { "nodes": [{ "number": 14, "title": "p" }] } } })
        } else {
            json!({ "milestones": { "nodes": [titled(1, "1.5.0", true), titled(2, "v1.5.0", false), titled(9, "v1.5.0-rc.1", false)] } })
        };
        (seen.target == "/graphql").then(|| ok(json!({ "data": { "repository": repository } })))
    })
    .await;
    let version = serde_json::from_value(json!("1.5.0")).unwrap();
    let Some(Found::Milestone(found)) = read(&fake, Query::Milestone(version)).await else { panic!() };
    assert_eq!((found.number, found.closed, found.open.len()), (2, false, 2));
    assert!(found.open[1].is_change);
    assert_eq!(variables(&fake)["number"], json!(2));
}

#[tokio::test]
async fn what_the_engine_answers_itself_is_not_asked_of_github() {
    let fake = Fake::new(|_, _| None).await;
    for query in
        [Query::Policy(Newest), Query::Ordered(crate::domain::effect::EffectKey::stored("x")), Query::Row(1)]
    {
        assert!(matches!(fake.github().read(&project(), &query).await, Err(ReadError::Corrupt { .. })));
    }
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn the_files_of_many_pull_requests_are_asked_in_one_question_and_too_many_are_untold() {
    let files = |more: bool| json!({ "files": { "pageInfo": { "hasNextPage": more }, "nodes": [{ "path": "web/a" }] } });
    let fake = graph(json!({ "c1": files(false), "c2": files(true), "c3": null })).await;
    let asked = Query::Files((1..=3).map(ChangeNumber).collect());
    let Some(Found::Files(told)) = read(&fake, asked).await else { panic!() };
    assert_eq!(told, [(ChangeNumber(1), vec!["web/a".to_owned()])].into());
    assert_eq!(fake.calls().iter().filter(|call| call.target == "/graphql").count(), 1);
    assert!(
        fake.calls().last().unwrap().body["query"].as_str().unwrap().contains("c2:pullRequest(number:2)")
    );
}
