//! Tests of reading long ranges: how much is asked for at once, and that nothing is left out. Which change brought a commit is tested in `read`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;

use super::read::{node, read};
use super::*;
use crate::domain::query::{Answer as Found, Detail, Query, RangeAsked};

fn asked(base: Option<TagName>) -> Query {
    Query::Range(RangeAsked { base, head: commit(SHA), with_people: false, detail: Detail::Commits })
}

#[tokio::test]
async fn a_range_that_takes_github_too_long_is_asked_for_in_smaller_pages() {
    let fake = Fake::new(|seen, _| {
        if seen.target != "/graphql" {
            return None;
        }
        let variables = &seen.body["variables"];
        let is_second = variables["after"] == json!("c1");
        if variables["count"] == json!(100) && is_second {
            return Some(status(502, "too slow"));
        }
        let one =
            if is_second { node(OTHER, &"3".repeat(40), json!([])) } else { node(SHA, OTHER, json!([])) };
        let info = json!({ "hasNextPage": !is_second, "endCursor": "c1" });
        let history = json!({ "pageInfo": info, "nodes": [one] });
        Some(ok(json!({ "data": { "repository": { "object": { "history": history } } } })))
    })
    .await;
    assert!(matches!(read(&fake, asked(None)).await, Some(Found::Range(range)) if range.len() == 2));
    let counts: Vec<Value> =
        fake.calls().iter().filter_map(|seen| seen.body["variables"].get("count").cloned()).collect();
    assert_eq!(counts, [100, 100, 50]);
    let silent = Fake::new(|seen, _| (seen.target == "/graphql").then(|| status(502, "down"))).await;
    let error = silent.github().read(&project(), &asked(None)).await;
    assert!(matches!(error, Err(ReadError::Unavailable { .. })), "{error:?}");
    assert_eq!(
        silent.calls().iter().filter(|seen| seen.target == "/graphql").count(),
        2,
        "it is not asked for ever"
    );
}

/// What a GitHub does with a question that it does not simply answer.
type Whim = fn(&Value) -> Option<Answer>;

/// A GitHub whose comparison has so many commits, and counts so many.
async fn comparing((many, counted): (usize, usize), whim: Whim) -> Fake {
    Fake::new(move |seen, _| {
        if seen.target != "/graphql" {
            return None;
        }
        let variables = &seen.body["variables"];
        Some(whim(variables).unwrap_or_else(|| {
            let compare = compared((many, counted), variables);
            ok(json!({ "data": { "repository": { "ref": { "compare": compare } } } }))
        }))
    })
    .await
}

fn compared((many, counted): (usize, usize), variables: &Value) -> Value {
    let place = |name: &str| variables[name].as_str().map(|cursor| cursor[1..].parse::<usize>().unwrap());
    let count = usize::try_from(variables["count"].as_u64().unwrap()).unwrap();
    let start = place("after").unwrap_or(0);
    let mut told = json!({ "status": "AHEAD", "aheadBy": counted });
    told["commits"] = page(start..many.min(start + count), many);
    told["commits"]["totalCount"] = json!(many);
    if variables.get("before").is_some() {
        let end = place("before").map_or(many, |place| place - 1);
        told["rear"] = page(end.saturating_sub(count)..end, many);
    }
    told
}

/// A page of commits, each the parent of the one before it.
fn page(places: std::ops::Range<usize>, many: usize) -> Value {
    let name = |place: usize| format!("{place:040x}");
    let nodes: Vec<Value> =
        places.clone().map(|place| node(&name(place), &name(place + 1), json!([]))).collect();
    let (first, last) = (format!("c{}", places.start + 1), format!("c{}", places.end));
    let info = json!({ "hasNextPage": places.end < many, "startCursor": first, "endCursor": last });
    json!({ "pageInfo": info, "nodes": nodes })
}

fn wants_both(variables: &Value) -> bool {
    variables.get("before").is_some()
}

/// Reads a range of so many commits whole, and tells how much each question asked for.
async fn strides(counts: (usize, usize), whim: Whim) -> String {
    let fake = comparing(counts, whim).await;
    let github = fake.github();
    strides_of(&fake, &github, counts.0).await
}

async fn strides_of(fake: &Fake, github: &GitHub, many: usize) -> String {
    let found = github.read(&project(), &asked(Some(tag("v1")))).await.unwrap();
    let Some(Found::Range(range)) = found else { panic!("{found:?}") };
    let names: BTreeSet<&str> = range.iter().map(|commit| commit.id.as_str()).collect();
    assert_eq!((range.len(), names.len()), (many, many), "each commit once");
    let calls = fake.calls();
    let asked = calls.iter().map(|call| &call.body["variables"]).filter(|one| one.get("count").is_some());
    asked
        .map(|one| if wants_both(one) { "both".to_owned() } else { one["count"].to_string() })
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn a_long_range_is_read_from_both_ends_at_once() {
    for (many, told) in [
        (0, "100"),
        (100, "100"),
        (200, "100 100"),
        (201, "100 both"),
        (300, "100 both"),
        (301, "100 both 100"),
        (1000, "100 both both both both 100"),
    ] {
        assert_eq!(strides((many, many), |_| None).await, told, "{many}");
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_from_its_end_is_read_from_its_beginning() {
    let by_pages = "100 both 100 100 100 100";
    let refused: Whim = |variables| {
        let message = "backwards pagination unsupported";
        let error = json!({ "type": "INVALID_CURSOR_ARGUMENTS", "message": message });
        wants_both(variables).then(|| ok(json!({ "errors": [error] })))
    };
    assert_eq!(strides((500, 500), refused).await, by_pages);
    assert_eq!(strides((500, 500), |asked| wants_both(asked).then(|| status(502, "slow"))).await, by_pages);
    // From the wrong end, as if nobody had asked for the last ones.
    let forgetful: Whim = |variables| {
        let mut compare = compared((500, 500), variables);
        wants_both(variables).then(|| {
            compare["rear"] = page(0..100, 500);
            ok(json!({ "data": { "repository": { "ref": { "compare": compare } } } }))
        })
    };
    assert_eq!(strides((500, 500), forgetful).await, "100 both 100 100 100");
    // Always the very last ones: the second time they are no news.
    let stuck: Whim = |variables| {
        let mut compare = compared((700, 700), variables);
        wants_both(variables).then(|| {
            compare["rear"] = page(600..700, 700);
            ok(json!({ "data": { "repository": { "ref": { "compare": compare } } } }))
        })
    };
    assert_eq!(strides((700, 700), stuck).await, "100 both both 100 100 100");
}

#[tokio::test]
async fn what_github_counts_wrong_is_read_to_its_end() {
    assert_eq!(strides((500, 400), |_| None).await, "100 100 100 100 100", "two counts that differ");
    assert_eq!(strides((500, 600), |_| None).await, "100 100 100 100 100");
    // One commit is shown to nobody: the ends meet, and still it could be one that was passed over.
    let hidden: Whim = |variables| {
        let mut compare = compared((300, 300), variables);
        if variables["after"] == "c100" {
            compare["commits"]["nodes"][50] = Value::Null;
        }
        Some(ok(json!({ "data": { "repository": { "ref": { "compare": compare } } } })))
    };
    let fake = comparing((300, 300), hidden).await;
    let Some(Found::Range(range)) = read(&fake, asked(Some(tag("v1")))).await else { panic!() };
    assert_eq!((range.len(), fake.calls().len()), (299, 3));
}

#[tokio::test]
async fn both_ends_are_too_slow_then_a_page_then_half_of_it() {
    let slow: Whim = |variables| {
        let is_much = wants_both(variables) || (variables["after"] == "c200" && variables["count"] == 100);
        is_much.then(|| status(504, "slow"))
    };
    assert_eq!(strides((400, 400), slow).await, "100 both 100 100 50 50 50 50");
}

#[tokio::test]
async fn two_pages_are_asked_for_at_once_only_where_one_comes_quickly() {
    let fake = comparing((500, 500), |_| None).await;
    let ticking = AtomicI64::new(0);
    let start: Timestamp = NOW.parse().unwrap();
    let now = move || start + SignedDuration::from_secs(ticking.fetch_add(4, Ordering::Relaxed));
    let setup = Setup { now: Arc::new(now), ..setup(&fake.url, start) };
    let github = GitHub::new(setup, &http_client(None).unwrap()).unwrap();
    assert_eq!(strides_of(&fake, &github, 500).await, "100 100 100 100 100");
}

#[tokio::test]
async fn a_list_without_an_end_is_refused() {
    let endless: Whim = |variables| {
        let mut compare = compared((300, 300), variables);
        compare["commits"] = page(0..100, 300);
        Some(ok(json!({ "data": { "repository": { "ref": { "compare": compare } } } })))
    };
    let fake = comparing((300, 300), endless).await;
    let error = fake.github().read(&project(), &asked(Some(tag("v1")))).await;
    assert!(matches!(&error, Err(ReadError::Refused { said }) if said.contains("5000")), "{error:?}");
}
