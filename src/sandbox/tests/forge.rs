//! How the forge behaves: merging, comparing, releases, roles, deliveries.

use serde_json::json;

use super::{ask, graphql, world};
use crate::sandbox::{Break, DeliveryFate, MergeMethod, Role, World};

/// The titles on the default branch after `v1`, oldest first, each with the numbers of its pull requests.
fn since_v1(world: &World) -> Vec<String> {
    let commits = "commits(first: 50) { nodes { messageHeadline parents(first: 2) { totalCount } associatedPullRequests(first: 5) { nodes { number state } } } }";
    let query = format!(
        "{{ repository(owner: \"acme\", name: \"app\") {{ ref(qualifiedName: \"refs/tags/v1\") {{ compare(headRef: \"main\") {{ {commits} }} }} }} }}"
    );
    let answer = graphql(world, &query);
    let nodes = answer["data"]["repository"]["ref"]["compare"]["commits"]["nodes"].as_array().cloned();
    let describe = |node: &serde_json::Value| {
        let pulls = node["associatedPullRequests"]["nodes"].as_array().cloned().unwrap_or_default();
        let numbers: Vec<String> =
            pulls.iter().map(|pull| format!("{}:{}", pull["number"], pull["state"])).collect();
        let parents = &node["parents"]["totalCount"];
        format!(
            "{} ({parents}) {}",
            node["messageHeadline"].as_str().unwrap_or_default(),
            numbers.join(" ").replace('"', "")
        )
    };
    nodes.expect("a list of commits").iter().map(describe).collect()
}

#[track_caller]
fn check_merge(method: MergeMethod, expected: &[&str]) {
    let world = world();
    world.tag_by_hand("bob", "v1", "main");
    let number = world.open_change("ana", "feat: passkeys");
    world.push_commit("ana", number, "and tests");
    world.merge_by(number, "bob", method);
    assert_eq!(since_v1(&world), expected);
    assert!(
        world
            .look()
            .project(world.project_id())
            .is_ok_and(|one| one.tree_at("main").is_some_and(|tree| tree.contains_key("changes/1.md")))
    );
}

#[test]
fn a_squash_is_one_commit_with_the_number_in_its_title() {
    check_merge(MergeMethod::Squash, &["feat: passkeys (#1) (1) 1:MERGED"]);
}

#[test]
fn a_merge_commit_has_two_parents_and_brings_its_commits() {
    let title = "Merge pull request #1 from acme/change-1 (2) 1:MERGED";
    check_merge(MergeMethod::MergeCommit, &["feat: passkeys (1) 1:MERGED", "and tests (1) 1:MERGED", title]);
}

#[test]
fn a_rebase_writes_each_commit_again() {
    check_merge(MergeMethod::Rebase, &["feat: passkeys (1) 1:MERGED", "and tests (1) 1:MERGED"]);
}

#[test]
fn a_squash_onto_a_moved_base_keeps_both_sides() {
    let world = world();
    let (one, two) = (world.open_change("ana", "feat: one"), world.open_change("bob", "feat: two"));
    world.merge(one, "bob");
    world.merge(two, "bob");
    let (status, listing) = ask(&world, "GET /repos/acme/app/contents/changes", json!({}));
    assert_eq!((status, listing.as_array().map(Vec::len)), (200, Some(2)));
}

#[test]
fn a_commit_off_the_default_branch_also_names_open_pull_requests() {
    let world = world();
    world.create_branch("release/1", "main");
    let number = world.open_change_into("ana", "fix: old line", "release/1");
    let answer = graphql(
        &world,
        "{ repository(owner: \"acme\", name: \"app\") { object(expression: \"change-1\") { ... on Commit { associatedPullRequests(first: 3) { nodes { number state } } } } } }",
    );
    let nodes = &answer["data"]["repository"]["object"]["associatedPullRequests"]["nodes"];
    assert_eq!(nodes, &json!([{ "number": number, "state": "OPEN" }]));
}

#[track_caller]
fn check_compare(range: &str, expected: (&str, u64, u64)) {
    let world = world();
    world.tag_by_hand("bob", "v1", "main");
    world.create_branch("side", "main");
    world.push_directly("ana", "on main");
    world.push_file_to("side", "a.txt", "a");
    let (_, answer) = ask(&world, &format!("GET /repos/acme/app/compare/{range}"), json!({}));
    let found = (answer["status"].as_str(), answer["ahead_by"].as_u64(), answer["behind_by"].as_u64());
    assert_eq!(found, (Some(expected.0), Some(expected.1), Some(expected.2)));
}

#[test]
fn a_comparison_says_how_two_commits_lie() {
    check_compare("v1...main", ("ahead", 1, 0));
    check_compare("main...v1", ("behind", 0, 1));
    check_compare("main...side", ("diverged", 1, 1));
    check_compare("main...main", ("identical", 0, 0));
}

#[test]
fn only_published_releases_are_found_by_tag() {
    let world = world();
    let draft = json!({ "tag_name": "v1.0.0", "draft": true });
    let (_, made) = ask(&world, "POST /repos/acme/app/releases", draft);
    assert_eq!(ask(&world, "GET /repos/acme/app/releases/tags/v1.0.0", json!({})).0, 404);
    assert!(world.tags().is_empty(), "a draft makes no tag");
    ask(&world, &format!("PATCH /repos/acme/app/releases/{}", made["id"]), json!({ "draft": false }));
    assert_eq!(ask(&world, "GET /repos/acme/app/releases/tags/v1.0.0", json!({})).0, 200);
    assert_eq!(world.tags()[0].message, None, "a tag made by publishing is lightweight");
}

#[test]
fn an_old_line_becomes_the_latest_unless_it_says_no() {
    let world = world();
    let release = |tag: &str, latest: &str| json!({ "tag_name": tag, "make_latest": latest });
    ask(&world, "POST /repos/acme/app/releases", release("v2.0.0", "true"));
    ask(&world, "POST /repos/acme/app/releases", release("v1.9.1", "false"));
    let latest = || ask(&world, "GET /repos/acme/app/releases/latest", json!({})).1["tag_name"].clone();
    assert_eq!(latest(), "v2.0.0");
    ask(&world, "POST /repos/acme/app/releases", json!({ "tag_name": "v1.9.2" }));
    assert_eq!(latest(), "v1.9.2");
}

#[test]
fn a_ref_is_made_once_and_not_against_a_ruleset() {
    let world = world();
    let make = |name: &str| {
        ask(&world, "POST /repos/acme/app/git/refs", json!({ "ref": name, "sha": world.head() }))
    };
    assert_eq!(make("refs/tags/v1").0, 201);
    let (status, answer) = make("refs/tags/v1");
    assert_eq!((status, answer["message"].as_str()), (422, Some("Reference already exists")));
    world.refuse_tags();
    assert_eq!(make("refs/tags/v2").0, 422);
    assert_eq!(world.tags().len(), 1);
}

#[test]
fn a_tag_starts_the_workflows_that_wait_for_it() {
    let world = world();
    world.start_runs_on_tag("publish.yml");
    world.push_file(".github/workflows/test.yml", "on:\n  push:\n    branches: [main]\njobs: {}\n");
    let before = world.runs().len();
    world.tag_by_hand("bob", "v1.0.0", "main");
    let started: Vec<_> =
        world.runs().split_off(before).into_iter().map(|run| (run.path, run.head_ref)).collect();
    assert_eq!(started, [(".github/workflows/publish.yml".to_owned(), "v1.0.0".to_owned())]);
}

#[test]
fn permission_folds_roles_and_role_name_does_not() {
    let world = world();
    world.give_role("bob", Role::Maintain);
    let (_, answer) = ask(&world, "GET /repos/acme/app/collaborators/bob/permission", json!({}));
    assert_eq!((&answer["permission"], &answer["role_name"]), (&json!("write"), &json!("maintain")));
    assert_eq!(ask(&world, "GET /repos/acme/app/collaborators/nobody/permission", json!({})).0, 404);
}

#[test]
fn a_double_has_the_same_guid_and_a_lost_one_stays_in_the_log() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    while world.take_delivery().is_some() {}
    world.double_next_deliveries(1);
    world.comment("ana", number, "twice");
    let guids: Vec<_> =
        std::iter::from_fn(|| world.take_delivery()).map(|one| one.headers[3].1.clone()).collect();
    assert_eq!((guids.len(), &guids[0]), (2, &guids[1]));

    world.lose_next_deliveries(1);
    world.comment("ana", number, "lost");
    assert_eq!(world.waiting_deliveries(), 0);
    let lost = world.deliveries().pop().expect("it is in the log");
    assert_eq!(lost.fate, DeliveryFate::Lost);
    world.redeliver(lost.id);
    let again = world.take_delivery().expect("it waits again");
    assert_eq!(again.headers[3].1, lost.guid);
}

#[test]
fn what_the_bot_does_is_told_to_it_as_done_by_a_bot() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    ask(&world, &format!("POST /repos/acme/app/issues/{number}/comments"), json!({ "body": "hello" }));
    let told = world.deliveries().pop().expect("it was told");
    assert_eq!(told.payload["sender"]["type"], "Bot");
    assert_eq!(told.payload["comment"]["performed_via_github_app"]["id"], 4711);
    assert_eq!(world.bot_comments(number), ["hello"]);
}

#[test]
fn nobody_is_told_where_the_app_is_not() {
    let world = world();
    world.uninstall();
    let before = world.deliveries().len();
    world.open_change("ana", "feat: x");
    assert_eq!(world.deliveries().len(), before);
}

#[track_caller]
fn check_fault(how: Break, status: Option<u16>, comments: usize) {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let token = super::token(&world);
    world.break_once("POST /repos/*/comments", how);
    let line = format!("POST /repos/acme/app/issues/{number}/comments");
    let send = || super::send(&world, &token, &line, &json!({ "body": "hello" })).map(|reply| reply.status);
    assert_eq!(send(), status, "{how:?}");
    assert_eq!(world.comments(number).len(), comments, "{how:?}");
    assert_eq!(send(), Some(201), "a fault that was used up is over");
}

#[test]
fn a_fault_breaks_the_answer_before_or_after_it_is_done() {
    check_fault(Break::ServerErrorBefore, Some(502), 0);
    check_fault(Break::ServerErrorAfter, Some(502), 1);
    check_fault(Break::SilentBefore, None, 0);
    check_fault(Break::SilentAfter, None, 1);
    check_fault(Break::TooManyRequests(7), Some(429), 0);
    check_fault(Break::SecondaryLimit, Some(403), 0);
    check_fault(Break::Unauthorized, Some(401), 0);
    check_fault(Break::NotFound, Some(404), 0);
    check_fault(Break::GraphqlRateLimited, Some(200), 0);
}
