//! Tests of questions that are asked together: by fewer calls, and answered as each alone. What the answers mean is tested in `read`.

use super::read::ana;
use super::*;
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber};
use crate::domain::query::{Answer as Found, Newcomers, Query};

/// Who is asked about: ana, who was never here before change 12, and so many others who were.
fn round(others: usize) -> Vec<Query> {
    let other =
        |at: usize| Actor { id: ActorId(100 + at as u64), login: format!("o{at}"), kind: ActorKind::Person };
    let people = [ana()].into_iter().chain((0..others).map(other)).collect();
    let version = serde_json::from_value(json!("1.5.0")).unwrap();
    vec![
        Query::FirstTimers(Newcomers { people, changes: vec![ChangeNumber(12)] }),
        Query::Milestone(version),
        Query::Commit("HEAD".to_owned()),
    ]
}

/// A GitHub that has a milestone, or does not, and may refuse to answer what is `asked` of it.
async fn with(milestones: Value, refuses: fn(&str) -> bool) -> Fake {
    Fake::new(move |seen, _| {
        let asked = seen.body["query"].as_str()?;
        if refuses(asked) {
            return Some(ok(json!({ "errors": [{ "type": "RESOURCE_LIMITS_EXCEEDED", "message": "too dear" }] })));
        }
        let inside = json!({ "issues": { "nodes": [{ "number": 3, "title": "i" }] }, "pullRequests": { "nodes": [] } });
        let repository = json!({ "milestones": { "nodes": milestones }, "milestone": inside,
            "object": { "__typename": "Commit", "oid": SHA } });
        let mut data = json!({ "repository": repository });
        for (name, search) in seen.body["variables"].as_object()? {
            let is_ana = search.as_str().is_some_and(|search| search.contains("author:ana "));
            let oldest = if is_ana { 12 } else { 4 };
            data[name.replacen('q', "p", 1)] = json!({ "issueCount": 1, "nodes": [{ "number": oldest }] });
        }
        Some(ok(json!({ "data": data })))
    })
    .await
}

fn is_together(asked: &str) -> bool {
    asked.contains("search(") && asked.contains("milestones(")
}

/// The answers, each as it is alone, and how many calls they cost together.
async fn check(milestones: Value, refuses: fn(&str) -> bool, others: usize) -> usize {
    let fake = with(milestones, refuses).await;
    let (github, queries) = (fake.github(), round(others));
    let together = github.read_round(&project(), &queries).await;
    let calls = fake.calls().len();
    assert_eq!(together.len(), queries.len());
    for (query, answer) in queries.iter().zip(together) {
        assert_eq!(answer.unwrap(), github.read(&project(), query).await.unwrap(), "{query:?}");
    }
    let Ok(Some(Found::FirstTimers(new))) = github.read(&project(), &queries[0]).await else { panic!() };
    assert_eq!(new, [ActorId(1)].into());
    calls
}

fn milestone() -> Value {
    json!([{ "number": 2, "title": "v1.5.0", "closed": false, "dueOn": null }])
}

#[tokio::test]
async fn who_is_new_and_the_milestone_are_asked_by_one_call() {
    assert_eq!(check(json!([]), |_| false, 3).await, 1 + 1, "and the commit");
    assert_eq!(check(milestone(), |_| false, 29).await, 1 + 1 + 1, "and what the milestone expects");
}

#[tokio::test]
async fn what_cannot_be_asked_together_is_asked_one_by_one() {
    assert_eq!(check(json!([]), is_together, 3).await, 1 + 2 + 1, "where that is refused");
    assert_eq!(check(json!([]), |_| false, 30).await, 2 + 1 + 1, "more people than one document bears");
}
