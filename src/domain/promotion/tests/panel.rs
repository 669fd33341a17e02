//! What holds for every panel, whatever people, executors and clocks do. Single panels are read beside `say`.

use proptest::prelude::*;

use super::{has, lacks, minutes, target};
use crate::domain::policy::environment::{ApprovalRule, Seconds};
use crate::domain::query::ReportedState;
use crate::domain::say::{Block, Span, Text, aloud};
use crate::domain::testing::port::{Port, name};

/// Something that may happen to promotions.
#[derive(Debug, Clone)]
enum Deed {
    Says(&'static str),
    Reports(&'static str, ReportedState, &'static str),
    Passes(i64),
    Forgets,
}

const WORDS: [&str; 18] = [
    "ana on #12: /release promote staging",
    "ana on #12: /release promote production",
    "ana on #12: /release promote staging --again",
    "ana in 41: /release promote production v1.6.0",
    "ana in 41: /release promote staging v1.6.0",
    "bob on #12: /release approve p1.1",
    "bob on #12: /release approve p2.1",
    "bob on #12: /release approve p3.1",
    "max on #12: /release reject p2.1 -- no",
    "ana on #12: /release hold staging",
    "ana on #12: /release hold production",
    "ana on #12: /release resume staging",
    "ana on #12: /release resume production",
    "ana on #12: /release abort staging",
    "ana on #12: /release retry staging",
    "bob on #12: /release rollback staging",
    "max in 41: /release lock staging --for 2h",
    "ana on #12: /release hold v1.5.0",
];

const PLACES: [&str; 3] = ["staging/eu-1", "staging/us-1", "production"];

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let state = prop::sample::select(vec![
        ReportedState::InProgress,
        ReportedState::Success,
        ReportedState::Success,
        ReportedState::Failure,
    ]);
    let reporter = prop::sample::select(vec!["github-actions", "github-actions", "sam"]);
    let place = prop::sample::select(PLACES.to_vec());
    let deed = prop_oneof![
        4 => prop::sample::select(WORDS.to_vec()).prop_map(Deed::Says),
        4 => (place, state, reporter).prop_map(|(place, state, by)| Deed::Reports(place, state, by)),
        2 => prop::sample::select(vec![1, 4, 16, 65, 200, 1500]).prop_map(Deed::Passes),
        1 => Just(Deed::Forgets),
    ];
    prop::collection::vec(deed, 1..16)
}

/// Two waves that are watched, an approval, a soak, and two releases.
fn stage() -> Port {
    let mut port = Port::with(|all| {
        all[0].waves = vec![vec![target("eu-1")], vec![target("us-1")]];
        all[0].bake = Seconds::minutes(15);
        all[1].conditions.approvals = vec![ApprovalRule { from: vec![], count: 1, not_authors: false }];
    });
    port.cut("ana in 40: /release cut v1.6.0 0000013");
    port
}

fn happens(port: &mut Port, deed: &Deed) {
    match deed {
        Deed::Says(line) => drop(port.says(line)),
        Deed::Reports(place, state, by) => {
            if port.world.deployments.values().any(|known| known.environment == *place) {
                port.reports(place, *state, by);
            }
        }
        Deed::Passes(by) => drop(port.pass(minutes(*by))),
        // The file describes production no longer.
        Deed::Forgets => port.policy(|all| all.truncate(1)),
    }
}

/// Whether a panel names something that is waited for or stands in the way; that it could be held does not count.
fn names_something(panel: &Text) -> bool {
    let is_named = |entry: &Vec<Span>| {
        let first = entry.first();
        matches!(first, Some(Span::Words(sign)) if ["⏳", "❌", "⏸️"].iter().any(|one| sign.starts_with(one)))
    };
    panel.0.iter().any(|block| matches!(block, Block::List(entries) if entries.iter().any(is_named)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn while_a_promotion_is_open_its_panel_names_something_to_do_or_to_wait_for(deeds in deeds()) {
        let mut port = stage();
        for deed in &deeds {
            happens(&mut port, deed);
            for open in port.world.state.promotions.values() {
                let panel = port.panels.get(&format!("{}:panel", open.id()));
                let said = panel.map(aloud::plain).unwrap_or_default();
                prop_assert!(panel.is_some_and(names_something), "after {deed:?} {} says:\n{said}", open.id());
            }
        }
    }
}

fn panel_of(port: &Port, number: u64) -> String {
    aloud::plain(&port.panels[&format!("p{number}:panel")])
}

#[test]
fn reports_that_change_nothing_are_shown_the_newest_three() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    for _ in 0..4 {
        has(&port.reports("staging", ReportedState::Success, "sam"), "report_ignored");
    }
    let said = panel_of(&port, 1);
    assert!(said.contains("The last 3 reports that were not counted"), "{said}");
    assert!(said.contains("success of `sam`"), "{said}");
    assert_eq!(port.promotion(1).ignored.len(), 3);
}

#[test]
fn a_late_word_of_an_older_attempt_is_shown_and_changes_nothing() {
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    let old = *port.world.deployments.keys().next_back().unwrap();
    port.reports_on(old, ReportedState::Failure, "github-actions");
    port.says("ana on #12: /release retry staging");
    let told = port.reports_on(old, ReportedState::Success, "github-actions");
    has(&told, "report_ignored");
    lacks(&told, "environment_observed");
    assert_eq!(port.there("staging"), None);
    assert!(panel_of(&port, 1).contains("it came too late"), "{}", panel_of(&port, 1));
}

#[test]
fn a_report_after_the_end_is_kept_where_it_is_about_until_something_else_is_there() {
    let kept = |port: &Port| {
        let slots = port.world.state.components.values().next().unwrap().slots.clone();
        slots[&name("staging")].ignored.len()
    };
    let mut port = Port::new();
    port.says("ana on #12: /release promote staging");
    port.succeeds("staging");
    has(&port.reports("staging", ReportedState::Failure, "github-actions"), "report_ignored");
    has(&port.reports("staging", ReportedState::Success, "sam"), "report_ignored");
    assert_eq!(kept(&port), 2);
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
    port.says("ana on #12: /release promote staging --again");
    port.succeeds("staging");
    assert_eq!(kept(&port), 0);
}

#[test]
fn a_report_on_a_target_after_the_end_is_kept_where_it_is_about() {
    let mut port = Port::with(|all| all[0].waves = vec![vec![target("eu-1")]]);
    port.says("ana on #12: /release promote staging");
    port.succeeds("staging/eu-1");
    has(&port.reports("staging/eu-1", ReportedState::Failure, "github-actions"), "report_ignored");
}
