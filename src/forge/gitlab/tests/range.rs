//! Tests of ranges: which commits, in which order, brought by which merge requests. Which of them a release shows is not tested here.

use serde_json::{Value, json};

use super::fake::{Answer, Fake, OTHER, SHA, Seen, commit, ok, paged, status, tag, user};
use crate::domain::change::{RangeCommit, Stage};
use crate::domain::id::{ActorId, ChangeNumber};
use crate::domain::query::{Answer as Found, Detail, Query, RangeAsked};
use crate::forge::ReadError;

/// A commit's name, of one digit.
fn name(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn committed(digit: char, second: u32, parents: &str) -> Value {
    let parents: Vec<String> = parents.chars().map(name).collect();
    json!({ "id": name(digit), "parent_ids": parents, "message": format!("{digit}\n\nbody"), "author_name": "Ana",
        "committed_date": format!("2026-11-30T13:00:{second:02}.000+01:00") })
}

/// A merged merge request, and by which commits it is known.
fn merged(iid: u64, known_by: &Value) -> Value {
    let mut merge = json!({
        "iid": iid, "title": format!("feat: {iid}"), "state": "merged", "draft": false, "merged_at": "2026-11-30T12:00:09Z",
        "updated_at": "2026-11-30T12:00:10Z", "target_project_id": 42, "target_branch": "main", "sha": null,
        "merge_commit_sha": null, "squash_commit_sha": null, "milestone": { "id": 900, "iid": 4, "title": "1.5.0" },
        "labels": ["feature"], "author": user(1, "ana"),
    });
    for (key, value) in known_by.as_object().into_iter().flatten() {
        merge[key] = value.clone();
    }
    merge
}

const LIST: &str = "/projects/42/repository/commits?ref_name=refs%2Ftags%2Fv1..\
    8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0&per_page=100";

/// A GitLab with these commits, these merged merge requests, and what it tells of single ones.
async fn with<const N: usize>(commits: Value, merges: Value, more: [(&str, Value); N]) -> Fake {
    let more: Vec<(String, Value)> =
        more.into_iter().map(|(target, body)| (format!("/projects/42/{target}"), body)).collect();
    Fake::new(move |seen| {
        if seen.target.starts_with("/projects/42/merge_requests?state=merged&updated_after=") {
            return Some(ok(merges.clone()));
        }
        if seen.target == "/projects/42/repository/tags/v1" {
            return Some(ok(json!({ "name": "v1", "target": OTHER, "commit": { "id": OTHER } })));
        }
        let found = more.iter().find(|(target, _)| *target == seen.target);
        found.map(|(_, body)| ok(body.clone())).or_else(|| paged(seen, LIST, std::slice::from_ref(&commits)))
    })
    .await
}

fn asked() -> Query {
    Query::Range(RangeAsked {
        base: Some(tag("v1")),
        head: commit(SHA),
        with_people: false,
        detail: Detail::Commits,
    })
}

async fn range(fake: &Fake) -> Vec<RangeCommit> {
    answered(fake, asked()).await
}

/// The same with who wrote and who approved.
async fn with_people(fake: &Fake) -> Vec<RangeCommit> {
    let asked =
        RangeAsked { base: Some(tag("v1")), head: commit(SHA), with_people: true, detail: Detail::Commits };
    answered(fake, Query::Range(asked)).await
}

async fn answered(fake: &Fake, asked: Query) -> Vec<RangeCommit> {
    match fake.read(asked).await {
        Some(Found::Range(range)) => range,
        other => panic!("{other:?}"),
    }
}

/// Each commit with the change that brought it.
async fn told(fake: &Fake) -> String {
    let range = range(fake).await;
    let one = |commit: &RangeCommit| {
        let change = commit.change.as_ref().map_or("-".to_owned(), |change| change.number.to_string());
        format!("{}:{change}", &commit.id.as_str()[..1])
    };
    range.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn changes_are_found_by_the_commit_that_they_put_there_without_a_question_for_each() {
    let commits = json!([
        committed('e', 5, "dc"),
        committed('d', 4, "b"),
        committed('c', 3, "a"),
        committed('b', 2, "a"),
        committed('a', 1, "1"),
    ]);
    let merges = json!([
        merged(14, &json!({ "merge_commit_sha": name('e'), "sha": name('c') })),
        merged(13, &json!({ "squash_commit_sha": name('d'), "sha": name('0') })),
        merged(12, &json!({ "sha": name('b') })),
        merged(11, &json!({ "sha": name('a') })),
        merged(99, &json!({ "sha": name('a'), "target_project_id": 7 })),
    ]);
    let fake = with(commits, merges, []).await;
    assert_eq!(told(&fake).await, "e:14 d:13 c:14 b:12 a:11");
    let targets = fake.targets();
    assert!(targets.iter().all(|target| !target.ends_with("merge_requests")), "{targets:?}");
    assert!(
        targets[1].contains("updated_after=2026-11-30T12%3A00%3A01Z"),
        "the oldest on the line: {}",
        targets[1]
    );
    let range = range(&fake).await;
    let change = range[0].change.as_ref().unwrap();
    assert!(matches!(&change.stage, Stage::Merged { commit, .. } if commit.as_str() == name('e')));
    assert_eq!((change.title.as_str(), change.milestone.as_ref().unwrap().number), ("feat: 14", 4));
    assert_eq!(
        (range[0].parents.len(), range[0].message.as_str(), range[0].author.as_str()),
        (2, "e\n\nbody", "Ana")
    );
}

#[tokio::test]
async fn what_is_left_on_the_first_parent_line_is_asked_for_one_by_one() {
    let commits = json!([
        committed('d', 4, "ca"),
        committed('c', 3, "b"),
        committed('b', 2, "1"),
        committed('a', 1, "1")
    ]);
    let open = |iid: u64| merged(iid, &json!({ "state": "opened", "sha": name('b') }));
    let fake = with(
        commits,
        json!([]),
        [
            (&format!("repository/commits/{}/merge_requests?per_page=100", name('d')), json!([])),
            (&format!("repository/commits/{}/merge_requests?per_page=100", name('c')), json!([open(20)])),
            (
                &format!("repository/commits/{}/merge_requests?per_page=100", name('b')),
                json!([
                    open(20),
                    merged(19, &json!({ "target_branch": "release/1", "merge_commit_sha": name('0') })),
                    merged(21, &json!({ "merge_commit_sha": name('0') })),
                ]),
            ),
        ],
    )
    .await;
    assert_eq!(told(&fake).await, "d:- c:- b:21 a:-", "a merge into the default branch first");
    let asked =
        fake.targets().into_iter().filter(|target| target.contains("/merge_requests?per_page")).count();
    assert_eq!(asked, 3, "not for what the merge brought in");
}

#[tokio::test]
async fn all_commits_of_a_fast_forward_belong_to_its_change_by_one_question() {
    let commits = json!([committed('c', 3, "b"), committed('b', 2, "a"), committed('a', 1, "1")]);
    let merges = json!([merged(12, &json!({ "sha": name('c') }))]);
    let named = json!([{ "sha": name('c') }, { "sha": name('b') }, { "sha": name('a') }]);
    let told_by_graphql = graphql(commits.clone(), merges.clone(), inside(12, &named)).await;
    assert_eq!(told(&told_by_graphql).await, "c:12 b:12 a:12");
    let told_by_rest = json!([{ "id": name('c') }, { "id": name('b') }, { "id": name('a') }]);
    let fake = with(commits, merges, [("merge_requests/12/commits?per_page=100", told_by_rest)]).await;
    assert_eq!(told(&fake).await, "c:12 b:12 a:12", "where GraphQL is refused");
    for fake in [told_by_graphql, fake] {
        assert!(fake.targets().iter().all(|target| !target.contains("/merge_requests?per_page")));
    }
}

#[tokio::test]
async fn who_approved_is_told_people_only_and_only_to_who_asks() {
    let commits = json!([committed('a', 1, "1")]);
    let merges = json!([merged(12, &json!({ "squash_commit_sha": name('a') }))]);
    let reviewers = |range: Vec<RangeCommit>| range[0].reviewers.iter().map(|id| id.0).collect::<Vec<u64>>();
    let by = |id: u64, name: &str| json!({ "user": user(id, name), "approved_at": "2026-11-30T12:00:00Z" });
    let approvals =
        json!({ "approved_by": [by(3, "carol"), by(2, "bob"), by(7, "project_42_bot_1f"), by(2, "bob")] });
    let told_by_rest =
        with(commits.clone(), merges.clone(), [("merge_requests/12/approvals", approvals)]).await;
    assert_eq!(reviewers(with_people(&told_by_rest).await), [2, 3], "where GraphQL is refused");
    let by = |id: u64, name: &str| json!({ "id": format!("gid://gitlab/User/{id}"), "username": name });
    let mut told = inside(12, &json!([]));
    told["mergeRequests"]["nodes"][0]["approvedBy"] =
        json!({ "nodes": [by(3, "carol"), by(2, "bob"), by(7, "project_42_bot_1f")] });
    let fake = graphql(commits, merges, told).await;
    assert_eq!(reviewers(with_people(&fake).await), [2, 3]);
    let before = fake.targets().len();
    assert!(reviewers(range(&fake).await).is_empty());
    assert_eq!(fake.targets().len() - before, 2, "the commits, the merge requests");
}

#[tokio::test]
async fn the_whole_list_is_read_whatever_its_order() {
    let fake = Fake::new(|seen| match seen.target.as_str() {
        target if target.starts_with("/projects/42/merge_requests") => Some(ok(json!([]))),
        _ => {
            let pages =
                [json!([committed('a', 9, "1")]), json!([committed('c', 3, "b"), committed('b', 2, "a")])];
            paged(seen, LIST, &pages)
        }
    })
    .await;
    assert_eq!(told(&fake).await, "c:- b:- a:-", "children first, though a clock went wrong");
}

#[tokio::test]
async fn a_range_without_its_ends_is_absent_and_an_empty_one_is_empty() {
    let nothing = Fake::of([]).await;
    assert_eq!(nothing.read(asked()).await, None, "GitLab knows no such range");
    let fake = with(json!([]), json!([]), []).await;
    assert_eq!(fake.read(asked()).await, None, "no such head");
    let known = format!("repository/commits/{SHA}?stats=false");
    let head = format!("/projects/42/{known}");
    let fake = Fake::new(move |seen| match seen.target.as_str() {
        target if target == head => Some(ok(json!({ "id": SHA }))),
        _ => paged(seen, LIST, &[json!([])]),
    });
    assert_eq!(fake.await.read(asked()).await, None, "no such tag");
    let fake = with(json!([]), json!([]), [(&known, json!({ "id": SHA }))]).await;
    assert_eq!(fake.read(asked()).await, Some(Found::Range(vec![])));
}

#[tokio::test]
async fn more_commits_than_one_release_is_made_of_are_refused() {
    let fake = Fake::new(|seen| {
        let page = Value::Array(vec![committed('a', 1, "1"); 100]);
        paged(seen, LIST, &vec![page; 60])
    })
    .await;
    let error = fake.try_read(asked()).await;
    assert!(matches!(&error, Err(ReadError::Refused { said }) if said.contains("5000")), "{error:?}");
    assert_eq!(fake.targets().len(), 51 + 1, "the pages, and a comparison in vain");
}

/// A GitLab with this many merge requests, each of one squashed commit.
async fn full(many: u64, graphql: fn(&Seen) -> Option<Answer>) -> Fake {
    comparing(many, graphql, |line| Some(ok(json!({ "commits": line, "diffs": [] })))).await
}

/// The same, whose comparison makes this of the commits, oldest first.
async fn comparing(
    many: u64,
    graphql: fn(&Seen) -> Option<Answer>,
    compared: fn(&[Value]) -> Option<Answer>,
) -> Fake {
    let sha = |iid: u64| format!("{iid:040x}");
    let line = |iid: u64| json!({ "id": sha(iid), "parent_ids": [sha(iid - 1)], "committed_date": "2026-11-30T13:00:00Z" });
    let oldest_first: Vec<Value> = (100..100 + many).map(line).collect();
    let commits: Vec<Value> = oldest_first.iter().rev().cloned().collect();
    let merges: Vec<Value> =
        (100..100 + many).map(|iid| merged(iid, &json!({ "squash_commit_sha": sha(iid) }))).collect();
    let of_pages = |all: Vec<Value>| all.chunks(100).map(|page| json!(page)).collect::<Vec<Value>>();
    let (commits, merges) = (of_pages(commits), of_pages(merges));
    Fake::new(move |seen| match seen.target.as_str() {
        target if target.ends_with("/api/graphql") => graphql(seen),
        target if target.ends_with("/approvals") => Some(ok(json!({ "approved_by": [] }))),
        COMPARED => compared(&oldest_first),
        target => match target.split_once("&page=").map_or(target, |(target, _)| target) {
            list if list.starts_with("/projects/42/merge_requests?") => {
                let list = list.to_owned();
                paged(seen, &list, &merges)
            }
            _ => paged(seen, LIST, &commits),
        },
    })
    .await
}

const COMPARED: &str =
    "/projects/42/repository/compare?from=refs%2Ftags%2Fv1&to=8f3c21d08f3c21d08f3c21d08f3c21d08f3c21d0";

/// What GraphQL tells of the merge requests that it is asked for: one commit each, by somebody of their own.
fn each_by_somebody(seen: &Seen) -> Option<Answer> {
    let numbers = seen.body["variables"]["numbers"].as_array()?;
    let merge = |number: &Value| {
        let iid: u64 = number.as_str()?.parse().ok()?;
        let commits = json!([signed('7', &format!("p{iid}"), Some(iid))]);
        Some(inside(iid, &commits)["mergeRequests"]["nodes"][0].clone())
    };
    let nodes: Vec<Value> = numbers.iter().filter_map(merge).collect();
    Some(ok(json!({ "data": { "project": { "mergeRequests": { "nodes": nodes } } } })))
}

/// The first and the last commit of a range of so many, newest first, and how many questions were about its commits.
async fn read_by(many: u64, compared: fn(&[Value]) -> Option<Answer>) -> (usize, String, usize) {
    let fake = comparing(many, |_| None, compared).await;
    let range = range(&fake).await;
    assert!(range.iter().all(|commit| commit.change.is_some()));
    let names: Vec<u64> =
        range.iter().map(|commit| u64::from_str_radix(commit.id.as_str(), 16).unwrap() - 100).collect();
    let asked = fake.targets().iter().filter(|target| target.contains("/repository/co")).count();
    assert!(names.is_sorted_by(|one, other| one > other));
    (range.len(), format!("{}..{}", names[0], names[names.len() - 1]), asked)
}

#[tokio::test]
async fn a_long_range_is_asked_for_by_three_pages_one_comparison_and_the_last_page() {
    let told = |line: &[Value]| Some(ok(json!({ "commits": line, "diffs": [] })));
    assert_eq!(read_by(300, told).await, (300, "299..0".into(), 3), "no comparison of what the pages tell");
    assert_eq!(read_by(301, told).await, (301, "300..0".into(), 3 + 2));
    assert_eq!(read_by(1000, told).await, (1000, "999..0".into(), 3 + 2));
}

#[tokio::test]
async fn a_comparison_that_is_not_what_the_pages_tell_never_counts() {
    let all = |left_to_ask: usize, compared: fn(&[Value]) -> Option<Answer>| async move {
        assert_eq!(read_by(620, compared).await, (620, "619..0".into(), 3 + left_to_ask));
    };
    all(1 + 4, |_| None).await;
    all(1 + 4, |_| Some(status(500, "timeout"))).await;
    all(1 + 4, |_| Some(ok(json!({ "commits": null })))).await;
    all(2 + 4, |_| Some(ok(json!({ "commits": [] })))).await;
    // Cut short at either end, by whole pages, or with one twice.
    all(2 + 4, |line| Some(ok(json!({ "commits": line[..500] })))).await;
    all(2 + 4, |line| Some(ok(json!({ "commits": line[20..] })))).await;
    all(2 + 4, |line| Some(ok(json!({ "commits": line[120..] })))).await;
    all(2 + 4, |line| Some(ok(json!({ "commits": ([&line[..619], &line[..1]].concat()) })))).await;
    // More than there is.
    all(2 + 4, |line| {
        let more: Vec<Value> = ('a'..='e').map(|digit| committed(digit, 1, "1")).collect();
        Some(ok(json!({ "commits": ([line, &more].concat()) })))
    })
    .await;
    all(2, |line| Some(ok(json!({ "commits": line })))).await;
}

#[tokio::test]
async fn what_is_shown_of_a_thousand_changes_costs_fifteen_questions() {
    let fake = full(1000, |_| None).await;
    assert_eq!(range(&fake).await.len(), 1000);
    assert_eq!(fake.targets().len(), 5 + 10, "the commits, the merge requests");
}

#[tokio::test]
async fn s14_who_wrote_is_known_of_more_merge_requests_than_five_hundred() {
    let fake = full(620, each_by_somebody).await;
    let range = with_people(&fake).await;
    let wrote = |commit: &RangeCommit| commit.writers.as_ref().is_some_and(|who| who.accounts.len() == 1);
    assert_eq!(range.iter().filter(|commit| wrote(commit)).count(), 620);
    assert_eq!(fake.targets().len(), 5 + 7 + 31, "twenty merge requests by a question");
}

#[tokio::test]
async fn where_graphql_is_refused_who_approved_is_asked_of_the_newest_five_hundred_alone() {
    let fake = full(520, |_| None).await;
    assert_eq!(with_people(&fake).await.len(), 520);
    let asked = |target: &&String| target.ends_with("/approvals");
    assert_eq!(fake.targets().iter().filter(asked).count(), 500);
    assert!(!fake.targets().contains(&"/projects/42/merge_requests/119/approvals".to_owned()), "the oldest");
}

/// A merge request as GraphQL tells it, in its project.
fn inside(iid: u64, commits: &Value) -> Value {
    let commits = json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": commits });
    json!({ "mergeRequests": { "nodes": [{ "iid": iid.to_string(), "commits": commits }] } })
}

/// A GitLab with these commits and merge requests, whose GraphQL tells this of the project.
async fn graphql(commits: Value, merges: Value, told: Value) -> Fake {
    graphql_by(commits, merges, move |_| told.clone()).await
}

async fn graphql_by(
    commits: Value,
    merges: Value,
    told: impl Fn(&Seen) -> Value + Send + Sync + 'static,
) -> Fake {
    Fake::new(move |seen| match seen.target.as_str() {
        target if target.ends_with("/api/graphql") => Some(ok(json!({ "data": { "project": told(seen) } }))),
        target if target.starts_with("/projects/42/merge_requests?") => Some(ok(merges.clone())),
        _ => paged(seen, LIST, std::slice::from_ref(&commits)),
    })
    .await
}

/// A commit as GraphQL tells it.
fn signed(digit: char, author: &str, id: Option<u64>) -> Value {
    let account = id.map(|id| json!({ "id": format!("gid://gitlab/User/{id}"), "username": author }));
    let address = format!("{author}@example.org");
    json!({ "sha": name(digit), "message": "x", "authorName": author, "authorEmail": address,
        "committerName": author, "committerEmail": address, "author": account })
}

#[tokio::test]
async fn s14_who_wrote_is_asked_of_merge_requests_and_of_what_was_pushed_directly() {
    let mut commits = json!([committed('b', 2, "a"), committed('a', 1, "1")]);
    commits[1]["author_email"] = json!("Dora@example.org");
    let merges = json!([merged(12, &json!({ "squash_commit_sha": name('b') }))]);
    let squashed = json!([signed('7', "eve", Some(5)), signed('8', "jane", None)]);
    let mut told = inside(12, &squashed);
    told["repository"] = json!({ "c0": { "lastCommit": signed('a', "dora", Some(6)) } });
    let fake = graphql(commits, merges, told).await;
    let range = with_people(&fake).await;
    let writers = |at: usize| range[at].writers.clone().unwrap();
    assert_eq!(writers(0).accounts, [ActorId(5)].into());
    assert_eq!(writers(0).strangers, ["jane".to_owned()].into(), "by name where no account is linked");
    assert_eq!(writers(1).accounts, [ActorId(6)].into());
    assert_eq!(writers(1).strangers, [].into());
}

#[tokio::test]
async fn s14_a_merge_request_of_many_commits_is_asked_to_its_end_or_nobody_is_known() {
    let commits = || json!([committed('b', 2, "1")]);
    let merges = || json!([merged(12, &json!({ "squash_commit_sha": name('b') }))]);
    let page = |author: &str, id: u64, next: Option<&str>| {
        let mut told = inside(12, &json!([signed('7', author, Some(id))]));
        told["mergeRequests"]["nodes"][0]["commits"]["pageInfo"] =
            json!({ "hasNextPage": next.is_some(), "endCursor": next });
        told
    };
    let pages = [page("eve", 5, Some("x")), page("dora", 6, None)];
    let fake = graphql_by(commits(), merges(), move |seen| {
        pages[usize::from(seen.body["variables"]["after"] == "x")].clone()
    });
    let wrote = with_people(&fake.await).await[0].writers.clone().unwrap();
    assert_eq!(wrote.accounts, [ActorId(5), ActorId(6)].into());
    let endless = page("eve", 5, Some("x"));
    let fake = graphql(commits(), merges(), endless).await;
    assert_eq!(with_people(&fake).await[0].writers, None);
    assert_eq!(fake.targets().iter().filter(|target| target.ends_with("/api/graphql")).count(), 10);
}

#[tokio::test]
async fn s14_where_nobody_tells_who_wrote_it_is_not_said_that_nobody_did() {
    let commits = json!([committed('a', 1, "1")]);
    let merges = json!([merged(12, &json!({ "squash_commit_sha": name('a') }))]);
    let fake = with(commits, merges, []).await;
    assert_eq!(with_people(&fake).await[0].writers, None);
    let only_another = inside(13, &json!([signed('7', "eve", Some(5))]));
    let fake = graphql(
        json!([committed('a', 1, "1")]),
        json!([merged(12, &json!({ "squash_commit_sha": name('a') }))]),
        only_another,
    );
    assert_eq!(with_people(&fake.await).await[0].writers, None, "one that GitLab left out");
}

#[tokio::test]
async fn the_files_of_many_merge_requests_are_asked_in_one_question() {
    let merge = |iid: &str, files: Value| json!({ "iid": iid, "diffStats": files });
    let nodes =
        json!([merge("1", json!([{ "path": "web/a" }, { "path": "api/b" }])), merge("2", Value::Null)]);
    let told = json!({ "project": { "mergeRequests": { "nodes": nodes } } });
    let fake =
        Fake::new(move |seen| seen.target.ends_with("/api/graphql").then(|| ok(json!({ "data": told }))))
            .await;
    let asked = Query::Files((1..=3).map(ChangeNumber).collect());
    let Some(Found::Files(found)) = fake.read(asked).await else { panic!() };
    assert_eq!(found, [(ChangeNumber(1), vec!["web/a".to_owned(), "api/b".to_owned()])].into());
    assert_eq!(fake.targets().iter().filter(|target| target.ends_with("/api/graphql")).count(), 1);
}
