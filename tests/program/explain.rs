//! `explain`: what it tells of promotions that wait and that are over, beside the running server; what it says where nothing is meant.

use serde_json::Value;

use crate::harbour::{Harbour, REASON};

const PROJECT: [&str; 2] = ["--project", "acme/shop"];

fn asked<'a>(what: &[&'a str]) -> Vec<&'a str> {
    what.iter().chain(&PROJECT).copied().collect()
}

#[track_caller]
fn check(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "`{line}` in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_is_explained_from_the_database_alone() {
    let harbour = Harbour::set().await;
    // What was just said is on record a moment later.
    let mut told = harbour.explain(&asked(&["p2"])).await;
    for _ in 0..50 {
        if told.0 != Some(0) || told.1.contains("the panel shows") && !told.1.contains("### Orders") {
            break;
        }
        told = harbour.explain(&asked(&["p2"])).await;
    }
    let (code, waiting, failed) = told;
    assert_eq!((code, failed.as_str()), (Some(0), ""), "{waiting}");
    check(
        &waiting,
        &[
            "**v1.5.0 → production (p2.1) waits**",
            "Asked by `ana`, ",
            "### What its panel says",
            "v1.5.0 → production waits for 1 approval",
            "### Its revisions\n\n- `p2.1` since ",
            ": eu-1, then us-1 and us-2 · digest `",
            ": `ana` asked for it, as p2",
            "2 people to approve p2.1 were asked",
            ": the panel shows p2.1",
            "it lapses unless it has begun",
            "whoever can approve is reminded",
        ],
    );
    let requests = harbour.stage.world.requests().len();
    // What is meant may be named by its environment, by the beginning of that, or not at all.
    for what in [&["production"][..], &["prod"], &[]] {
        assert_eq!(harbour.explain(&asked(what)).await.1, waiting, "{what:?}");
    }
    assert_eq!(harbour.stage.world.requests().len(), requests, "no forge is asked");
    assert!(harbour.server.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_explained_too() {
    let harbour = Harbour::set().await;
    let (_, there, _) = harbour.explain(&asked(&["staging"])).await;
    check(
        &there,
        &[
            "**v1.5.0 → staging (p1.1) is there**",
            ": wave 1 begins: the environment as a whole",
            ": staging is there",
            ": it is there",
        ],
    );
    assert!(!there.contains("looked at again"), "nothing is to come: {there}");
    harbour.says("bob", &format!("/release reject p2 -- {REASON}"), "is rejected by bob").await;
    let (_, over, _) = harbour.explain(&asked(&["production"])).await;
    // The terminal gets what the person wrote, and nothing that a viewer of Markdown would obey.
    check(&over, &["(p2.1) was rejected", ": `bob` rejected it: \\<b\\>wait\\</b\\>"]);
    let (_, json, _) = harbour.explain(&asked(&["p2", "--json"])).await;
    let document: Value = serde_json::from_str(&json).unwrap();
    let told = &document["promotions"][0];
    assert_eq!((&document["project"], &told["id"]), (&"acme/shop".into(), &"p2".into()));
    assert_eq!((&told["stage"], &told["version"]), (&"rejected".into(), &"1.5.0".into()));
    let steps = told["steps"].as_array().unwrap();
    let (first, last) = (&steps[0], &steps[steps.len() - 1]);
    assert_eq!((&first["kind"], &last["kind"]), (&"promotion_asked".into(), &"promotion_ended".into()));
    assert_eq!((&last["texts"]["login"], &last["texts"]["reason"]), (&"bob".into(), &REASON.into()));
    assert_eq!(last["at"], told["ended_at"]);
    assert_eq!((&told["timers"], &told["held"]), (&Value::Array(vec![]), &false.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_mean_is_answered_with_what_could_be_meant() {
    let harbour = Harbour::set().await;
    for (arguments, said) in [
        (vec!["p2", "--project", "acme/shpo"], "knows no project `acme/shpo`\n\nDid you mean `acme/shop`?"),
        (vec!["p2", "--project", "other/thing"], "knows no project `other/thing`\n\nKnown: `acme/shop`"),
        (
            asked(&["p9"]),
            "acme/shop has no promotion p9\n\nThe newest there are:\n  p2  v1.5.0 → production, open\n  p1  v1.5.0 → staging, succeeded",
        ),
        (asked(&["prduction"]), "of an environment `prduction` of acme/shop\n\nDid you mean `production`?"),
        (asked(&["qa"]), "of an environment `qa` of acme/shop\n\nKnown: "),
    ] {
        let (code, text, failed) = harbour.explain(&arguments).await;
        assert_eq!((code, text.as_str()), (Some(1), ""), "{arguments:?}");
        check(&failed, &[said]);
    }
    harbour.says("bob", "/release reject p2 -- not today", "is rejected by bob").await;
    let (code, _, failed) = harbour.explain(&PROJECT).await;
    assert_eq!(code, Some(1));
    check(&failed, &["no promotion of acme/shop is open", "  p2  v1.5.0 → production, rejected"]);
}
