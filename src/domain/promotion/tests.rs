//! Tests of promotions from the first word to the last, on the stage. Wording is tested beside `say`.

use jiff::SignedDuration;

use crate::domain::query::ReportedState;
use crate::domain::testing::port::Port;

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[test]
fn a_release_goes_to_staging_at_once() {
    let mut port = Port::new();
    let told = port.says("ana on #12: /release promote staging");
    println!("{told:#?}");
    let told = port.reports("staging", ReportedState::InProgress, "github-actions");
    println!("{told:#?}");
    let told = port.succeeds("staging");
    println!("{told:#?}");
    assert_eq!(port.there("staging").as_deref(), Some("1.5.0"));
    let told = port.says("ana on #12: /release promote production");
    println!("{told:#?}");
    let told = port.says("ana on #12: /release approve");
    println!("{told:#?}");
    let told = port.says("bob on #12: /release approve p2.1");
    println!("{told:#?}");
    let told = port.pass(hours(3));
    println!("{told:#?}");
    let told = port.succeeds("production");
    println!("{told:#?}");
    panic!();
}
