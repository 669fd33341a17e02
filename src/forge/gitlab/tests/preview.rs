//! Tests of the preview: one note on a merge request, and no reading where there is none. What it says is not tested here.

use serde_json::{Value, json};

use super::fake::{Fake, SHA, commit, ok};
use crate::domain::effect::{Effect, Made};
use crate::domain::id::ChangeNumber;
use crate::domain::say::{Block, Text};

const NOTES: &str = "/projects/42/merge_requests/4/notes";

/// A GitLab whose merge request 4 has these notes; a new one becomes 77, and 70 can be edited.
async fn with(notes: Value) -> Fake {
    Fake::new(move |seen| match (seen.method.as_str(), seen.target.as_str()) {
        ("GET", target) if target.starts_with(&format!("{NOTES}?")) => Some(ok(notes.clone())),
        ("POST", NOTES) => Some(ok(json!({ "id": 77, "author": { "id": 90 } }))),
        ("PUT", target) if target == format!("{NOTES}/70") => {
            Some(ok(json!({ "id": 70, "author": { "id": 90 } })))
        }
        _ => None,
    })
    .await
}

/// What is ordered for a merge request, what is known of its note, and whether it may have been done; what comes of it by which calls.
async fn check((asks, known, attempt): (bool, Option<&str>, u32), notes: Value, made: Made, calls: &str) {
    let fake = with(notes).await;
    let effect = Effect::Preview {
        change: ChangeNumber(4),
        head: commit(SHA),
        title: "Minor".into(),
        text: Text(vec![Block::Line(vec!["x".into()])]),
        asks,
    };
    assert_eq!(fake.perform(&effect, (attempt, known)).await.unwrap(), made, "{calls}");
    let methods: Vec<String> = fake.calls().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods.join(" "), calls, "{asks} {known:?} {attempt}");
}

fn note(number: u64) -> Made {
    Made::Preview { number, head: None }
}

#[tokio::test]
async fn a_preview_reads_nothing_where_no_note_is_known_and_none_is_needed() {
    let ours = || json!([{ "id": 70, "author": { "id": 90 }, "body": "x\n<!-- lockkeeper:preview:4 -->" }]);
    let none = || json!([]);
    check((false, None, 1), none(), Made::Nothing, "").await;
    check((false, Some("70"), 1), none(), note(70), "PUT").await;
    check((true, Some("70"), 1), none(), note(70), "PUT").await;
    check((true, None, 1), none(), note(77), "GET POST").await;
    check((true, None, 1), ours(), note(70), "GET PUT").await;
    check((false, None, 2), ours(), note(70), "GET PUT").await;
    check((false, None, 2), none(), Made::Nothing, "GET").await;
    check((true, Some("66"), 1), none(), note(77), "PUT GET POST").await;
    check((false, Some("66"), 1), none(), Made::Nothing, "PUT GET").await;
    let a_persons = json!([{ "id": 69, "author": { "id": 1 }, "body": "<!-- lockkeeper:preview:4 -->" }]);
    check((true, None, 1), a_persons, note(77), "GET POST").await;
}
