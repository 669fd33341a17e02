//! Tests of what is told from the record: every kind of step, in the words that people read. How the record is gathered is tested with the store.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::event::Event;
use crate::domain::id::PromotionId;
use crate::domain::policy::environment::Seconds;
use crate::domain::promotion::chronicle::Panel;
use crate::domain::query::ReportedState;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::state::Written;
use crate::domain::testing::morning;
use crate::domain::testing::port::Port;

fn minutes(count: u64) -> Timestamp {
    morning() + SignedDuration::from_mins(i64::try_from(count).expect("few"))
}

/// The record of a promotion as a stage has it; each row a minute after the one before.
fn chronicle(port: &Port, id: u64) -> Chronicle {
    let id = PromotionId(id);
    let rows = port.world.rows.iter().zip(1..);
    let entries: Vec<Entry> = rows
        .filter_map(|(recorded, seq)| match &recorded.event {
            Event::Promotion(step) if step.promotion() == id => Some(Entry {
                row: Written { seq, at: minutes(seq) },
                actor: None,
                policy: None,
                texts: recorded.texts.clone(),
                step: step.as_ref().clone(),
            }),
            _ => None,
        })
        .collect();
    let Step::PromotionAsked { asked, .. } = &entries[0].step else { panic!("it begins with the wish") };
    Chronicle {
        project: "acme/shop".parse().expect("a path"),
        asked: (**asked).clone(),
        open: port.world.state.promotions.get(&id).cloned(),
        entries,
        panel: None,
        alarms: vec![],
        orders: vec![],
    }
}

fn told(chronicle: &Chronicle) -> String {
    markdown(&explain(chronicle), &Plain)
}

#[test]
fn a_promotion_that_was_revised_held_failed_tried_again_and_stopped() {
    let mut port = Port::with(|all| all[1].conditions.approvals[0].count = 2);
    port.staged(SignedDuration::from_hours(3));
    port.says("ana on #12: /release promote production");
    port.pass(SignedDuration::from_mins(1));
    port.says("bob on #12: /release approve p2.1 -- seen on staging");
    port.policy(|all| all[1].bake = Seconds::minutes(15));
    port.says("ana on #12: /release hold production -- for @ana and <b>others</b>");
    port.says("ana on #12: /release resume production");
    port.pass(SignedDuration::from_mins(1));
    port.says("bob on #12: /release approve p2.2");
    port.says("max on #12: /release approve p2.2");
    port.reports("production", ReportedState::Failure, "github-actions");
    port.says("ana on #12: /release retry production");
    port.says("ana on #12: /release abort production -- it is late");
    port.pass(SignedDuration::from_mins(10));
    assert_snapshot!(told(&chronicle(&port, 2)));
}

#[test]
fn what_is_still_to_come_and_what_was_lost() {
    let mut port = Port::new();
    port.staged(SignedDuration::from_mins(1));
    port.says("ana on #12: /release promote production");
    let mut waiting = chronicle(&port, 2);
    let text = Text::line([Span::strong("⏳ it waits")]);
    waiting.panel = Some(Panel { text, drawn_at: minutes(0), is_shown: false, page: None });
    let asked = waiting.entries[0].row.seq;
    let alarms = [
        (Alarm::Soak, 0),
        (Alarm::Lock, 0),
        (Alarm::Lapse, asked),
        (Alarm::Lapse, 999),
        (Alarm::Reminder, 1),
        (Alarm::Claim, 1),
        (Alarm::Poll, 2),
        (Alarm::Timeout, 2),
        (Alarm::Bake, 0),
        (Alarm::Abort, 0),
        (Alarm::Expiry, 1),
    ];
    waiting.alarms = alarms.map(|(what, number)| Due { what, number, at: minutes(60) }).to_vec();
    let order = |standing, attempts, heard: Option<&str>| Order {
        subject: "p2:attempt:1".to_owned(),
        kind: "create_deployment".to_owned(),
        since: minutes(0),
        attempts,
        standing,
        heard: heard.map(str::to_owned),
    };
    waiting.orders = vec![
        order(Standing::Waiting { until: minutes(1) }, 0, None),
        order(Standing::Waiting { until: minutes(1) }, 2, Some("the forge is not answering")),
        order(Standing::Sending, 1, None),
        order(Standing::Refused, 1, Some("no <b>right</b>")),
        order(Standing::Lost, 7, None),
    ];
    assert_snapshot!(told(&waiting));
}

#[test]
fn each_end_has_its_words() {
    use Ended::{Aborted, Cancelled, Expired, Rejected, RolledBack, Succeeded, Superseded};
    let all = [Succeeded, Rejected, Superseded, Cancelled, Expired, Aborted, RolledBack];
    let words: Vec<&str> = all.into_iter().map(ended).collect();
    let mut distinct = words.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), words.len(), "{words:?}");
}
