//! Tests of what a promotion reads of a tag: where it stands, its workflow files, its page's files. Making tags is tested in `perform`.

use super::perform::knowing;
use super::read::{graph, read};
use super::*;
use crate::domain::policy::environment::Automation;
use crate::domain::query::{Answer as Found, Inputs, InputsAsked, Query, TagNow};

const OBJECT: &str = "2222222222222222222222222222222222222222";

fn points_at(kind: &str, sha: &str) -> Value {
    json!({ "object": { "type": kind, "sha": sha } })
}

async fn standing(object: Value, tags: &[(&str, Value)]) -> Option<(String, String)> {
    let mut answers = vec![("GET /repos/acme/web/git/ref/tags%2Frel%2Fv1".to_owned(), 200, object)];
    for (sha, tag) in tags {
        answers.push((format!("GET /repos/acme/web/git/tags/{sha}"), 200, tag.clone()));
    }
    let known: Vec<_> =
        answers.iter().map(|(call, code, body)| (call.as_str(), *code, body.clone())).collect();
    match read(&knowing(&known).await, Query::TagNow(tag("rel/v1"))).await {
        Some(Found::TagNow(TagNow { object, commit })) => Some((object.to_string(), commit.to_string())),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn s13_a_tag_is_read_with_its_own_object_and_the_commit_under_it() {
    let pair = |object: &str, commit: &str| Some((object.to_owned(), commit.to_owned()));
    assert_eq!(standing(points_at("commit", SHA), &[]).await, pair(SHA, SHA), "lightweight");
    let annotated = [(OBJECT, points_at("commit", SHA))];
    assert_eq!(standing(points_at("tag", OBJECT), &annotated).await, pair(OBJECT, SHA));
    let nested = [(OBJECT, points_at("tag", OTHER)), (OTHER, points_at("commit", SHA))];
    assert_eq!(standing(points_at("tag", OBJECT), &nested).await, pair(OBJECT, SHA));
}

#[tokio::test]
async fn a_tag_that_stands_for_no_commit_is_absent() {
    assert_eq!(standing(points_at("tree", OTHER), &[]).await, None);
    assert_eq!(standing(points_at("tag", OBJECT), &[(OBJECT, points_at("blob", OTHER))]).await, None);
    let endless = [(OBJECT, points_at("tag", OBJECT))];
    assert_eq!(standing(points_at("tag", OBJECT), &endless).await, None, "a nest is followed only so far");
    assert_eq!(read(&knowing(&[]).await, Query::TagNow(tag("rel/v1"))).await, None);
}

fn asked(file: &str) -> InputsAsked {
    let what = Automation::Workflow(file.to_owned());
    InputsAsked { what, tag: tag("rel/v1"), commit: commit(SHA) }
}

async fn inputs(object: Value, file: &str) -> (Option<Vec<String>>, usize, Value) {
    let fake = graph(json!({ "object": object })).await;
    let found = match read(&fake, Query::Inputs(asked(file))).await {
        Some(Found::Inputs(Inputs::Declared(names))) => Some(names),
        None => None,
        other => panic!("{other:?}"),
    };
    let calls = fake.calls();
    let asked = calls.first().map(|seen| seen.body["variables"]["expression"].clone()).unwrap_or_default();
    (found, calls.len(), asked)
}

#[tokio::test]
async fn s16_a_workflows_inputs_are_those_of_its_file_at_the_tag() {
    let text = "on:\n  workflow_dispatch:\n    inputs:\n      version: { required: true }\n";
    let file = |text: &str| json!({ "text": text, "isBinary": false, "isTruncated": false });
    let (found, _, asked) = inputs(file(text), "deploy.yml").await;
    assert_eq!(found.unwrap(), ["version"]);
    assert_eq!(asked, json!("refs/tags/rel/v1:.github/workflows/deploy.yml"), "never a branch of that name");
    assert_eq!(inputs(file("on: push"), "deploy.yml").await.0, None, "cannot be started by hand");
    assert_eq!(inputs(Value::Null, "deploy.yml").await.0, None, "not there");
    assert_eq!(inputs(json!({}), "deploy.yml").await.0, None, "a folder");
    for file in ["", "../deploy.yml", "a/b.yml"] {
        let (found, calls, _) = inputs(Value::Null, file).await;
        assert_eq!((found, calls), (None, 0), "{file} is not even asked for");
    }
}

#[tokio::test]
async fn a_page_tells_the_sums_of_its_files_where_github_knows_them() {
    let sum = "AB".repeat(32);
    let page = json!({ "id": 8, "tag_name": "v1", "html_url": "https://h/8", "draft": false, "assets": [
        { "name": "app.zip", "state": "uploaded", "digest": format!("sha256:{sum}") },
        { "name": "old.zip", "state": "uploaded", "digest": null },
        { "name": "odd.zip", "digest": "md5:0" },
        { "name": "half.zip", "state": "open", "digest": null },
    ] });
    let fake = knowing(&[("GET /repos/acme/web/releases/tags/v1", 200, page)]).await;
    let Some(Found::ReleasePage(page)) = read(&fake, Query::ReleasePage(tag("v1"))).await else { panic!() };
    let assets: Vec<(&str, Option<&str>)> =
        page.assets.iter().map(|(name, sum)| (name.as_str(), sum.as_deref())).collect();
    let sum = sum.to_lowercase();
    assert_eq!(assets, [("app.zip", Some(sum.as_str())), ("odd.zip", None), ("old.zip", None)]);
}
