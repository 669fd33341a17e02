//! Tests of milestones after a release: closed, and what is open in them moved on. Reading them is tested beside.

use serde_json::{Value, json};

use super::fake::{Fake, ok};
use crate::domain::effect::{Effect, Made};
use crate::domain::id::ChangeNumber;
use crate::domain::place::Thread;

/// What is called to carry out an order, where the item is in milestone 901; a body where there is one.
async fn check(effect: Effect, calls: &[(&str, Value)]) {
    let fake = Fake::new(|_| Some(ok(json!({ "milestone": { "id": 901 } })))).await;
    assert_eq!(fake.perform(&effect, (1, None)).await.unwrap(), Made::Nothing);
    let seen = fake.calls().into_iter().map(|seen| (format!("{} {}", seen.method, seen.target), seen.body));
    let expected: Vec<(String, Value)> =
        calls.iter().map(|(line, body)| ((*line).to_owned(), body.clone())).collect();
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_a_milestone_leaves_open_is_carried_over_unless_somebody_moved_it() {
    let change = Thread::Change(ChangeNumber(4));
    let look = ("GET /projects/42/merge_requests/4", Value::Null);
    let put = ("PUT /projects/42/merge_requests/4", json!({ "milestone_id": 902 }));
    check(Effect::CarryOver { thread: change, from: 901, to: 902 }, &[look.clone(), put]).await;
    check(Effect::CarryOver { thread: change, from: 900, to: 902 }, &[look]).await;
    let issue = [
        ("GET /projects/42/issues/5", Value::Null),
        ("PUT /projects/42/issues/5", json!({ "milestone_id": 902 })),
    ];
    check(Effect::CarryOver { thread: Thread::Issue(5), from: 901, to: 902 }, &issue).await;
    let close = ("PUT /projects/42/milestones/901", json!({ "state_event": "close" }));
    check(Effect::CloseMilestone { number: 901 }, &[close]).await;
}
