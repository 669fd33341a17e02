//! Tests of what is kept of promotions that are over: each once, with the rows that asked and that ended it. How it is stored is not known here.

use super::*;
use crate::domain::decision::PastPromotion;
use crate::domain::event::Event;
use crate::domain::promotion::model::{Ended, Kind};
use crate::domain::testing::actor;

/// What was kept last, whose rows are those that the journal has.
#[track_caller]
fn last(port: &Port) -> &PastPromotion {
    let past = port.world.promoted.last().expect("a promotion is over");
    let step = |row: u64| match &port.world.rows[usize::try_from(row).expect("a row") - 1].event {
        Event::Promotion(step) => step.as_ref().clone(),
        other => panic!("no step: {other:?}"),
    };
    assert!(matches!(step(past.asked.seq), Step::PromotionAsked { asked, .. } if asked.id == past.id));
    let end = Step::PromotionEnded { promotion: past.id, how: past.how };
    assert_eq!(step(past.ended.seq), end);
    assert!(past.asked.at <= past.ended.at && past.ended.at <= port.world.now);
    past
}

#[test]
fn each_promotion_that_is_over_is_kept_once_with_how_it_ended() {
    let mut port = Port::new();
    port.staged(hours(3));
    assert_eq!(port.world.promoted.len(), 1);
    let past = last(&port);
    assert_eq!((past.id.0, past.how, past.kind), (1, Ended::Succeeded, Kind::Normal));
    assert_eq!((past.version.to_string().as_str(), past.environment.as_str()), ("1.5.0", "staging"));
    assert_eq!((past.by, past.approvals.as_slice(), past.revision), (Some(actor("ana").id), &[][..], 1));
    port.says("ana on #12: /release promote production");
    port.pass(minutes(1));
    assert_eq!(port.world.promoted.len(), 1, "what is open is not kept");
    port.says("bob on #12: /release reject p2 -- not today");
    assert_eq!((port.world.promoted.len(), last(&port).how), (2, Ended::Rejected));
    port.says("ana on #12: /release promote production");
    port.pass(minutes(1));
    port.says("bob on #12: /release approve p3.1");
    port.succeeds("production");
    let past = last(&port);
    assert_eq!((past.id.0, past.how), (3, Ended::Succeeded));
    assert_eq!(past.approvals, [actor("bob").id], "whose yes it went with");
    let ids: Vec<u64> = port.world.promoted.iter().map(|past| past.id.0).collect();
    assert_eq!(ids, [1, 2, 3]);
}
