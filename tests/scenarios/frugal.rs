//! What a bot asks of a forge while a team works: many merges and one release, a plan over a thousand changes; counted by the stand-in's own log of requests. What is answered is compared by the scenarios.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use lockkeeper::domain::id::{BranchName, InstallationId, ProjectId, ProjectPath};
use lockkeeper::domain::signal::ProjectSeen;
use lockkeeper::domain::state::Project;
use lockkeeper::engine::survey::Survey;

use crate::door::Door;
use crate::stage::Stage;
use crate::wire::{GITHUB, GITLAB, WIRES, Wire};

const POLICY: &str = "environments:\n  staging: { deploy: event }\n";

/// What was asked since so many requests, by what was asked for.
fn since(stage: &Stage, before: usize) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for request in &stage.world.requests()[before..] {
        *counted.entry(format!("{} {}", request.method, request.path)).or_insert(0) += 1;
    }
    counted
}

/// How many of them read: all but what writes, and the question for a token.
fn reads(requests: &BTreeMap<String, usize>) -> usize {
    let is_read = |line: &str| line.starts_with("GET ") || line.ends_with("/graphql");
    requests.iter().filter(|(line, _)| is_read(line)).map(|(_, count)| count).sum()
}

/// What a hundred merges cost, and then a release of them.
async fn work(wire: Wire) -> (usize, usize) {
    let door = Door::open().await;
    let mut stage = Stage::set(wire, &door, Some(POLICY.to_owned())).await;
    // The policy is read once, for the first change that is seen.
    stage.perform(&["begin", "rita opens \"fix: round prices\" label fix"]).await;
    let before = stage.world.requests().len();
    for number in 0..100 {
        stage.perform(&[&format!("rita opens \"feat: step {number}\""), "clock +1m"]).await;
        let number = stage.world.changes().last().expect("one was opened").number;
        stage.perform(&[&format!("rita labels #{number} fix"), "clock +1m"]).await;
        stage.perform(&[&format!("ana merges #{number}"), "clock +1m"]).await;
    }
    let merging = since(&stage, before);
    let before = stage.world.requests().len();
    stage.perform(&["ana: /release cut v2.0.0"]).await;
    let release = since(&stage, before);
    stage.end().await;
    println!("{release:#?}");
    (reads(&merging), reads(&release))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_merges_and_a_release_cost_at_most_fifteen_reads() {
    let (merging, release) = work(GITHUB).await;
    assert_eq!(merging, 0, "a merge costs no read");
    assert!(release <= 15, "{release} reads for the release");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_merges_on_gitlab_cost_no_read_and_a_release_of_them_at_most_thirty() {
    let (merging, release) = work(GITLAB).await;
    assert_eq!(merging, 0, "a merge costs no read");
    assert!(release <= 30, "{release} reads for the release");
}

const COMPONENTS: &str = "components:\n  web: { paths: [web] }\n  api: { paths: [api] }\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_into_a_component_reads_nothing() {
    for wire in WIRES {
        let door = Door::open().await;
        let mut stage = Stage::set(wire, &door, Some(COMPONENTS.to_owned())).await;
        stage.perform(&["begin", "rita opens \"fix: round prices\" label fix"]).await;
        let (mut opening, mut merging) = (0, 0);
        for at in 0..5 {
            let before = stage.world.requests().len();
            stage.perform(&[&format!("rita opens \"feat: step {at}\""), "clock +1m"]).await;
            let number = stage.world.changes().last().expect("one was opened").number;
            let file = format!("file web/{at}.ts on change-{number} <<< {at}");
            stage.perform(&[&file, "clock +1m"]).await;
            stage.perform(&[&format!("rita labels #{number} fix"), "clock +1m"]).await;
            opening += reads(&since(&stage, before));
            let before = stage.world.requests().len();
            stage.perform(&[&format!("ana merges #{number}"), "clock +1m"]).await;
            merging += reads(&since(&stage, before));
        }
        let before = stage.world.requests().len();
        stage.perform(&["ana: /release plan"]).await;
        let plan = since(&stage, before);
        stage.end().await;
        assert_eq!(merging, 0, "a merge costs no read");
        assert!(opening <= 10, "{opening} reads for five changes, each pushed to once");
        let asks_for_files =
            |line: &&String| line.ends_with("/diff") || line.contains("/repos/acme/shop/commits/");
        // What was there before we came no push has told.
        assert!(plan.keys().filter(asks_for_files).count() <= 2, "{plan:#?}");
    }
}

/// How many changes are new in a long plan.
const MANY: usize = 1_000;

/// Who wrote them: each of them is looked up once, however much it was.
const PEOPLE: [&str; 7] = ["ana", "bob", "carol", "dan", "emil", "fatima", "gus"];

/// A project where a release was made and so many changes were merged since.
async fn merged(wire: Wire, door: &Door, policy: &str, count: usize) -> (Stage, Project) {
    let mut stage = Stage::set(wire, door, Some(policy.to_owned())).await;
    stage.perform(&["begin"]).await;
    let world = &stage.world;
    for at in 0..count {
        stage.clock.advance(SignedDuration::from_secs(1));
        let number = world.open_change(PEOPLE[at % PEOPLE.len()], &format!("feat: step {at}"));
        world.merge(number, "rita");
    }
    let forge = (wire.adapter)(world, &door.address, &stage.clock).name().clone();
    let seen = ProjectSeen {
        id: ProjectId { forge: forge.clone(), number: world.project_id() },
        path: ProjectPath::parse("acme/shop").expect("it is a path"),
        installation: Some(InstallationId { forge, number: world.install() }),
        default_branch: BranchName::parse("main").ok(),
        public: None,
    };
    let project = Project::first_seen(&seen, stage.clock.now());
    (stage, project)
}

/// What a plan over so many new changes asks.
async fn asked(wire: Wire, count: usize) -> BTreeMap<String, usize> {
    let door = Door::open().await;
    let (stage, project) = merged(wire, &door, POLICY, count).await;
    let before = stage.world.requests().len();
    let forge = (wire.adapter)(&stage.world, &door.address, &stage.clock);
    let mut survey = Survey::begin(forge.as_ref(), &project).await.expect("it has a policy");
    let rules = survey.policy().expect("it can be obeyed");
    let plan = survey.plan(&rules, || stage.clock.now()).await.expect("it can be planned");
    assert_eq!(plan.entries().filter(|entry| entry.number.is_some()).count(), count, "each is in the plan");
    let asked = operations(&stage, before);
    println!("{} of {count} changes: {asked:#?}", wire.name);
    asked
}

/// What was asked since so many requests, by kind.
fn operations(stage: &Stage, before: usize) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for request in &stage.world.requests()[before..] {
        *asked.entry(request.operation.clone().unwrap_or_default()).or_insert(0) += 1;
    }
    asked
}

/// The calls that read what is new of a thousand changes, and all calls of that plan. The others are as many for a few changes, of which
/// what is new fills `pages`.
async fn cost(wire: Wire, pages: usize) -> (usize, usize) {
    let others = asked(wire, PEOPLE.len()).await.values().sum::<usize>() - pages;
    let all = asked(wire, MANY).await.values().sum::<usize>();
    (all - others, all)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_over_a_thousand_new_changes_reads_two_hundred_at_once_on_github() {
    let (new, all) = cost(GITHUB, 1).await;
    assert!(new <= 6, "{new} calls for what is new");
    // A token, the policy, the tags, which of them is below, who is new with the milestone.
    assert!(all <= 6 + 5, "{all} calls in all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_over_a_thousand_new_changes_reads_its_commits_at_once_on_gitlab() {
    let (new, all) = cost(GITLAB, 2).await;
    assert!(new <= 15, "{new} calls for what is new");
    // The newest commit, the policy, the tags, whether the newest of them is below (two), who is new, the milestone.
    assert!(all <= 15 + 7, "{all} calls in all");
}
