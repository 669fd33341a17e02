//! What a bot asks of a forge while a team works: many merges and one release, counted by the stand-in's own log of requests. What is answered is compared by the scenarios.

use std::collections::BTreeMap;

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
        assert_eq!(plan.keys().filter(asks_for_files).count(), 0, "{plan:#?}");
    }
}
