//! Tests of reading a project: each question as it is asked and answered. No order is carried out here.

use serde_json::{Value, json};

use super::fake::{Fake, OTHER, ROOT, SHA, commit, ok, paged, project, tag, user};
use crate::domain::change::Stage;
use crate::domain::id::{ActorKind, BranchName, ChangeNumber, ProjectPath};
use crate::domain::policy::BranchPattern;
use crate::domain::query::{
    Ancestry, Answer as Found, BranchAsked, Holding, Newest, Query, TagNow, Triggered,
};
use crate::forge::gitlab::release_id;
use crate::forge::{Forge as _, ReadError};

/// A merge base of these two.
fn base(one: &str, other: &str) -> String {
    format!("repository/merge_base?refs[]={one}&refs[]={other}")
}

#[tokio::test]
async fn tags_are_read_over_all_pages_each_with_the_commit_under_it() {
    const TARGET: &str = "/projects/42/repository/tags?per_page=100";
    let one =
        |name: &str, target: &str, commit: Value| json!({ "name": name, "target": target, "commit": commit });
    let fake = Fake::new(move |seen| {
        let pages = [
            json!([one("v1", SHA, json!({ "id": OTHER })), one("a tree", SHA, Value::Null)]),
            json!([one("rel/v2", OTHER, json!({ "id": OTHER }))]),
        ];
        paged(seen, TARGET, &pages)
    })
    .await;
    let Some(Found::Tags(tags)) = fake.read(Query::Tags(Newest)).await else { panic!() };
    let tags: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.commit.as_str())).collect();
    assert_eq!(tags, [("v1", OTHER), ("rel/v2", OTHER)]);
}

#[tokio::test]
async fn a_tag_stands_as_its_own_object_over_a_commit() {
    let fake = Fake::of([
        ("repository/tags/rel%2Fv1", json!({ "name": "rel/v1", "target": SHA, "commit": { "id": OTHER } })),
        ("repository/tags/tree", json!({ "name": "tree", "target": SHA, "commit": null })),
    ])
    .await;
    let now = TagNow { object: commit(SHA), commit: commit(OTHER) };
    assert_eq!(fake.read(Query::TagNow(tag("rel/v1"))).await, Some(Found::TagNow(now)));
    for absent in ["tree", "v2"] {
        assert_eq!(fake.read(Query::TagNow(tag(absent))).await, None, "{absent}");
    }
}

#[tokio::test]
async fn a_commit_is_named_by_its_digits_and_never_by_a_branch_that_looks_like_them() {
    let fake = Fake::of([
        ("repository/commits/8f3c21d?stats=false", json!({ "id": SHA })),
        ("repository/commits/cafe?stats=false", json!({ "id": SHA })),
        ("repository/commits/HEAD?stats=false", json!({ "id": OTHER })),
        ("repository/branches/release%2F1.x", json!({ "commit": { "id": OTHER }, "protected": false })),
    ])
    .await;
    let named = async |name: &str| match fake.read(Query::Commit(name.to_owned())).await {
        Some(Found::Commit(commit)) => Some(commit),
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(named("8F3C21D").await, Some(commit(SHA)));
    assert_eq!(named("HEAD").await, Some(commit(OTHER)));
    assert_eq!(named("refs/heads/release/1.x").await, Some(commit(OTHER)));
    for nothing in ["cafe", "dead", "main", "8f3", "refs/heads/a..b", "v1"] {
        assert_eq!(named(nothing).await, None, "{nothing}");
    }
}

#[tokio::test]
async fn the_first_ancestor_is_the_most_wanted_tag_below() {
    let [here, aside] = [OTHER.to_owned(), "2".repeat(40)];
    let tagged = |commit: &str| json!({ "name": "x", "target": commit, "commit": { "id": commit } });
    let fake = Fake::of([
        ("repository/tags/v3", tagged(&aside)),
        ("repository/tags/v2", tagged(&here)),
        ("repository/tags/v1", tagged(SHA)),
        (&base(&aside, SHA), json!({ "id": here })),
        (&base(&here, SHA), json!({ "id": here })),
    ])
    .await;
    let first = async |tags: &[&str]| {
        let tags = tags.iter().map(|name| tag(name)).collect();
        match fake.read(Query::FirstAncestor(Ancestry { head: commit(SHA), tags })).await {
            Some(Found::FirstAncestor(tag)) => Some(tag.to_string()),
            None => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(first(&["v4", "v3", "v2", "v1"]).await.as_deref(), Some("v2"));
    assert_eq!(first(&["v1", "v2"]).await.as_deref(), Some("v1"), "the commit itself");
    assert_eq!(first(&["v3", "v4"]).await, None);
}

#[tokio::test]
async fn a_release_may_come_from_the_default_branch_or_a_listed_and_protected_one() {
    let branch = |protected: bool| json!({ "commit": { "id": OTHER }, "protected": protected });
    let of = async |base_of_main: &str, listed: &[&str]| {
        let fake = Fake::of([
            ("", json!({ "default_branch": "main" })),
            (&base(SHA, "refs%2Fheads%2Fmain"), json!({ "id": base_of_main })),
            (
                &format!("repository/commits/{SHA}/refs?type=branch&per_page=100"),
                json!([{ "type": "branch", "name": "feature" }, { "type": "branch", "name": "release/1" },
                    { "type": "branch", "name": "release/2" }]),
            ),
            ("repository/branches/feature", branch(true)),
            ("repository/branches/release%2F1", branch(false)),
            ("repository/branches/release%2F2", branch(true)),
        ])
        .await;
        let listed = listed.iter().map(|pattern| BranchPattern((*pattern).to_owned())).collect();
        match fake.read(Query::BranchOf(BranchAsked { commit: commit(SHA), listed })).await {
            Some(Found::BranchOf(name)) => Some(name.to_string()),
            None => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(SHA, &["release/*"]).await.as_deref(), Some("main"));
    assert_eq!(of(OTHER, &["release/*"]).await.as_deref(), Some("release/2"), "the first is not protected");
    assert_eq!(of(OTHER, &["release/1"]).await, None);
    assert_eq!(of(OTHER, &[]).await, None);
}

#[tokio::test]
async fn a_branch_holds_a_commit_that_is_the_base_of_both() {
    let held = async |name: &str, base_of_both: &str| {
        let fake = Fake::of([
            ("repository/branches/release%2F1.5", json!({ "commit": { "id": OTHER }, "protected": false })),
            ("repository/branches/orphan", json!({ "commit": { "id": OTHER }, "protected": false })),
            (&base(SHA, "refs%2Fheads%2Frelease%2F1.5"), json!({ "id": base_of_both })),
        ])
        .await;
        let branch = BranchName::parse(name).unwrap();
        fake.read(Query::Holds(Holding { branch, commit: commit(SHA) })).await
    };
    assert_eq!(held("release/1.5", SHA).await, Some(Found::Holds(true)));
    assert_eq!(held("release/1.5", OTHER).await, Some(Found::Holds(false)));
    assert_eq!(held("orphan", SHA).await, Some(Found::Holds(false)), "they have nothing in common");
    assert_eq!(held("release/1.4", SHA).await, None, "there is no such branch");
}

#[tokio::test]
async fn what_we_opened_is_a_programs_and_who_we_are_is_asked_only_of_branches_like_ours() {
    let of = async |branch: &str, author: Value| {
        let extra = json!({ "source_branch": branch, "author": author });
        let fake = Fake::of([("merge_requests/12", merge(&extra))]).await;
        match fake.read(Query::Change(ChangeNumber(12))).await {
            Some(Found::Change(change)) => change.author.map(|author| author.kind),
            other => panic!("{other:?}"),
        }
    };
    let (us, ana) = (|| user(90, "lockkeeper"), || user(1, "ana"));
    for branch in ["backport/3-to-release-1.4", "lockkeeper/release/default"] {
        assert_eq!(of(branch, us()).await, Some(ActorKind::Bot), "{branch}");
        assert_eq!(of(branch, ana()).await, Some(ActorKind::Person), "{branch}");
    }
    assert_eq!(of("feature", us()).await, Some(ActorKind::Person), "nobody asks");
}

fn merge(extra: &Value) -> Value {
    let mut merge = json!({
        "iid": 12, "title": "feat: x", "state": "opened", "draft": false, "merged_at": null,
        "updated_at": "2026-11-30T12:00:10.123+01:00", "target_project_id": 42, "target_branch": "main", "sha": SHA,
        "merge_commit_sha": null, "squash_commit_sha": null, "milestone": null, "labels": ["a b", "c"],
        "author": user(1, "ana"),
    });
    for (key, value) in extra.as_object().into_iter().flatten() {
        merge[key] = value.clone();
    }
    merge
}

async fn stage(extra: Value) -> Stage {
    let fake = Fake::of([("merge_requests/12", merge(&extra))]).await;
    match fake.read(Query::Change(ChangeNumber(12))).await {
        Some(Found::Change(change)) => change.stage,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_change_is_merged_by_its_merge_its_squash_or_itself() {
    let third = "2".repeat(40);
    let at = json!("2026-11-30T11:00:00Z");
    let of = async |merge: Value, squash: Value| {
        let known_by = json!({ "state": "merged", "merged_at": at, "merge_commit_sha": merge, "squash_commit_sha": squash });
        match stage(known_by).await {
            Stage::Merged { commit, .. } => commit.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(json!(OTHER), json!(third)).await, OTHER);
    assert_eq!(of(Value::Null, json!(third)).await, third);
    assert_eq!(of(Value::Null, Value::Null).await, SHA);
    assert_eq!(stage(json!({})).await, Stage::Open);
    assert_eq!(stage(json!({ "draft": true })).await, Stage::Draft);
    assert_eq!(stage(json!({ "state": "closed", "draft": true })).await, Stage::Closed);
    assert_eq!(stage(json!({ "state": "locked" })).await, Stage::Open, "while it is being merged");
    let fake = Fake::of([("merge_requests/12", merge(&json!({ "author": null, "sha": SHA })))]).await;
    let Some(Found::Change(change)) = fake.read(Query::Change(ChangeNumber(12))).await else { panic!() };
    assert_eq!((change.author, change.labels), (None, vec!["a b".to_owned(), "c".to_owned()]));
    assert_eq!(fake.read(Query::Change(ChangeNumber(13))).await, None);
}

#[tokio::test]
async fn the_change_that_brought_a_commit_is_the_one_whose_merge_it_is() {
    let known_by = |iid: u64, extra: Value| {
        let mut merge = merge(&extra);
        merge["iid"] = json!(iid);
        merge
    };
    let listed = json!([
        known_by(20, json!({ "state": "opened" })),
        known_by(3, json!({ "state": "merged", "sha": OTHER })),
        known_by(19, json!({ "state": "merged", "squash_commit_sha": SHA, "target_branch": "release/1" })),
    ]);
    let target = format!("repository/commits/{SHA}/merge_requests?per_page=100");
    let fake = Fake::of([(target.as_str(), listed)]).await;
    let Some(Found::ChangeOf(change)) = fake.read(Query::ChangeOf(commit(SHA))).await else { panic!() };
    assert_eq!(change.number.0, 19);
    assert_eq!(fake.read(Query::ChangeOf(commit(OTHER))).await, None);
}

#[tokio::test]
async fn a_milestone_is_its_version_with_or_without_v_and_open_before_closed() {
    let titled = |iid: u64, title: &str, state: &str| json!({ "id": 900 + iid, "iid": iid, "title": title, "state": state, "due_date": "2026-12-24" });
    let fake = Fake::of([
        (
            "milestones?search=1.5.0&include_ancestors=true&per_page=100",
            json!([
                titled(1, "1.5.0", "closed"),
                titled(2, "v1.5.0", "active"),
                titled(9, "v1.5.0-rc.1", "active")
            ]),
        ),
        ("issues?milestone=v1.5.0&state=opened&per_page=100", json!([{ "iid": 3, "title": "i" }])),
        ("merge_requests?milestone=v1.5.0&state=opened&per_page=100", json!([{ "iid": 14, "title": "m" }])),
        ("milestones?search=1.6.0&include_ancestors=true&per_page=100", json!([])),
    ])
    .await;
    let version = |text: &str| serde_json::from_value(json!(text)).unwrap();
    let Some(Found::Milestone(found)) = fake.read(Query::Milestone(version("1.5.0"))).await else { panic!() };
    assert_eq!(
        (found.number, found.title.as_str(), found.closed, found.shared),
        (902, "v1.5.0", false, false)
    );
    assert_eq!(found.due.map(|due| due.to_string()).as_deref(), Some("2026-12-24T00:00:00Z"));
    let open: Vec<_> = found.open.iter().map(|item| (item.number, item.is_change)).collect();
    assert_eq!(open, [(3, false), (14, true)]);
    assert_eq!(fake.read(Query::Milestone(version("1.6.0"))).await, None);
    let mut of_a_group = titled(2, "v1.5.0", "active");
    of_a_group["group_id"] = json!(7);
    let listed = "milestones?state=active&include_ancestors=true&per_page=100";
    let shared = "milestones?search=1.5.0&include_ancestors=true&per_page=100";
    let fake = Fake::of([
        (shared, json!([of_a_group])),
        (listed, json!([titled(3, "v1.6.0", "active")])),
        ("issues?milestone=v1.5.0&state=opened&per_page=100", json!([])),
        ("merge_requests?milestone=v1.5.0&state=opened&per_page=100", json!([])),
    ])
    .await;
    let Some(Found::Milestone(found)) = fake.read(Query::Milestone(version("1.5.0"))).await else { panic!() };
    assert!(found.shared, "a group's");
    let Some(Found::Milestones(open)) = fake.read(Query::Milestones(Newest)).await else { panic!() };
    assert_eq!(
        open.iter().map(|one| (one.number, one.title.as_str())).collect::<Vec<_>>(),
        [(903, "v1.6.0")]
    );
}

#[tokio::test]
async fn a_release_page_is_known_by_its_tag_and_never_a_draft() {
    let body = json!({
        "tag_name": "rel/v1", "description": "x", "assets": { "count": 5, "sources": [{ "format": "zip" }],
            "links": [{ "id": 1, "name": "app.tar.gz", "url": "https://h/a" }] },
        "_links": { "self": "https://git.acme.example/acme/web/-/releases/rel%2Fv1" },
    });
    let fake = Fake::of([("releases/rel%2Fv1", body)]).await;
    let Some(Found::ReleasePage(page)) = fake.read(Query::ReleasePage(tag("rel/v1"))).await else { panic!() };
    assert_eq!((page.id, page.draft), (release_id(&tag("rel/v1")), false));
    assert_eq!(page.page, "https://git.acme.example/acme/web/-/releases/rel%2Fv1");
    assert_eq!(page.assets.into_iter().collect::<Vec<_>>(), [("app.tar.gz".to_owned(), None)]);
    assert_eq!(fake.read(Query::ReleasePage(tag("v2"))).await, None);
}

fn file(name: &str, at: &str) -> String {
    format!("repository/files/{name}/raw?ref={at}")
}

#[tokio::test]
async fn the_policy_is_the_file_at_the_newest_commit_of_the_default_branch() {
    let branch = json!({ "commit": { "id": SHA }, "protected": true });
    let source = async |name: &str| {
        let fake = Fake::of([
            // Another was the default one when the project was seen last.
            ("repository/branches/main", branch.clone()),
            ("", json!({ "default_branch": "trunk" })),
            ("repository/branches/trunk", branch.clone()),
            (&file(name, SHA), json!("a: 1\n")),
        ])
        .await;
        fake.gitlab().policy_source(&project()).await.unwrap().unwrap()
    };
    let found = source(".gitlab%2Flockkeeper.yml").await;
    assert_eq!((found.revision, found.branch.as_str()), (commit(SHA), "trunk"));
    assert_eq!(
        found.file.map(|file| (file.name, file.text)),
        Some((".gitlab/lockkeeper.yml".into(), "a: 1\n".into()))
    );
    assert_eq!(source(".gitlab%2Flockkeeper.yaml").await.file.unwrap().name, ".gitlab/lockkeeper.yaml");
    assert_eq!(source("elsewhere").await.file, None);
    let seen = json!({ "commit": { "id": SHA }, "protected": true, "default": true });
    let fake = Fake::of([
        ("repository/branches/main", seen),
        (&file(".gitlab%2Flockkeeper.yml", SHA), json!("a: 1")),
    ])
    .await;
    assert_eq!(fake.gitlab().policy_source(&project()).await.unwrap().unwrap().branch.as_str(), "main");
    assert_eq!(fake.targets().len(), 2, "the branch that was the default one still says that it is");
    let empty = Fake::of([("", json!({ "default_branch": null }))]).await;
    assert_eq!(empty.gitlab().policy_source(&project()).await.unwrap(), None);
    let unseen = Fake::of([]).await;
    assert!(matches!(unseen.gitlab().policy_source(&project()).await, Err(ReadError::Refused { .. })));
}

#[tokio::test]
async fn a_shared_policy_is_absent_in_a_project_that_we_see_and_an_error_in_one_that_we_do_not() {
    let path = ProjectPath::parse("acme/shared/policy").unwrap();
    let shared = "/projects/acme%2Fshared%2Fpolicy";
    let raw = format!("{shared}/{}", file(".gitlab%2Flockkeeper.yml", "HEAD"));
    let fake = Fake::of([(shared, json!({ "id": 7 })), (&raw, json!("b: 2"))]).await;
    let found = fake.gitlab().shared_policy(&project(), &path).await.unwrap();
    assert_eq!(found.map(|file| file.text).as_deref(), Some("b: 2"));
    let bare = Fake::of([(shared, json!({ "id": 7 }))]).await;
    assert_eq!(bare.gitlab().shared_policy(&project(), &path).await.unwrap(), None);
    let unseen = Fake::of([]).await;
    assert!(unseen.gitlab().shared_policy(&project(), &path).await.is_err());
}

#[tokio::test]
async fn what_a_tag_would_start_is_one_pipeline_of_the_projects_own_file() {
    let at = async |path: Value, name: &str, yaml: &str| {
        let fake = Fake::of([("", json!({ "ci_config_path": path })), (&file(name, SHA), json!(yaml))]).await;
        match fake.read(Query::TagStarts(commit(SHA))).await {
            Some(Found::TagStarts(found)) => found,
            other => panic!("{other:?}"),
        }
    };
    let on_tag = |file: &str| vec![Triggered { file: file.to_owned(), on: vec!["tag".to_owned()] }];
    let job = "test: { script: x }";
    assert_eq!(at(Value::Null, ".gitlab-ci.yml", job).await, on_tag(".gitlab-ci.yml"));
    assert_eq!(at(json!(""), ".gitlab-ci.yml", "test: { script: x, only: [branches] }").await, []);
    assert_eq!(at(json!("ci/all.yml"), "ci%2Fall.yml", job).await, on_tag("ci/all.yml"));
    assert_eq!(at(json!("ci/all.yml"), ".gitlab-ci.yml", job).await, [], "the other file is not used");
    assert_eq!(at(json!("a.yml@acme/ci"), "x", job).await, on_tag("a.yml@acme/ci"), "in doubt it does");
}

#[tokio::test]
async fn a_moved_project_is_read_where_it_is_now() {
    let fake = Fake::new(|seen| match seen.target.as_str() {
        "/projects/42/merge_requests/12" => {
            let there = format!("https://git.acme.example{ROOT}/api/v4/projects/43/merge_requests/12");
            Some(super::fake::Answer(301, vec![("location", there)], Value::Null))
        }
        "/projects/43/merge_requests/12" => Some(ok(merge(&json!({})))),
        _ => None,
    })
    .await;
    assert!(fake.read(Query::Change(ChangeNumber(12))).await.is_some());
}

#[tokio::test]
async fn what_the_engine_answers_itself_is_not_asked_of_gitlab() {
    let fake = Fake::of([]).await;
    for query in
        [Query::Policy(Newest), Query::Ordered(crate::domain::effect::EffectKey::stored("x")), Query::Row(1)]
    {
        assert!(matches!(fake.try_read(query).await, Err(ReadError::Corrupt { .. })));
    }
    assert!(fake.targets().is_empty());
}
