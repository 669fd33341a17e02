//! What changes hear, follow-up issues, and where things are.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use super::stage::{Changed, attempt, back, bare, environment, lock_row, minutes, said, view};
use super::{Case, printed};
use crate::domain::id::{ActorId, ChangeNumber, ComponentName};
use crate::domain::outlook::Obstacle;
use crate::domain::promotion::model::AttemptStage;
use crate::domain::say::arrival::{
    Left, Stop, Travelled, follow_up, follow_up_title, note, release_issue, release_title,
};
use crate::domain::say::status::{self as say, Next, Part, Place, Whereabouts};
use crate::domain::state::Component;
use crate::domain::state::slot::{Lock, Slot, Standing};
use crate::domain::testing::{sha, version};

fn stop(name: &str, release: &str, at: i64) -> Stop {
    Stop { environment: environment(name), version: version(release), since: minutes(at) }
}

fn left(name: &str, at: i64, follow_up: Option<u64>) -> Left {
    Left { environment: environment(name), version: version("1.5.0"), since: minutes(at), follow_up }
}

pub(super) fn notes() -> Vec<Case> {
    let travelled = |there: Vec<Stop>, left: Vec<Left>| {
        let page = Some("https://forge.example/releases/77".to_owned());
        note(&Travelled {
            component: ComponentName::default_component(),
            version: version("1.5.0"),
            page,
            there,
            left,
        })
    };
    let (staging, production) = (stop("staging", "1.5.0", 5), stop("production", "1.5.0", 144));
    vec![
        ("note: staging", travelled(vec![staging.clone()], vec![])),
        ("note: production", travelled(vec![production, staging.clone()], vec![])),
        ("note: rolled back", travelled(vec![staging.clone()], vec![left("production", 914, Some(52))])),
        ("note: rolled back, nowhere else", travelled(vec![], vec![left("production", 914, None)])),
        (
            "note: back again with the next one",
            travelled(
                vec![stop("production", "1.5.1", 2000), staging],
                vec![left("production", 914, Some(52))],
            ),
        ),
        ("note: nowhere", travelled(vec![], vec![])),
    ]
}

pub(super) fn issues() -> Vec<Case> {
    let over_a_lock = back().locked(None).with(|view| view.passed_over = Some(lock_row()));
    let silent = back().with(|view| {
        view.said.insert(view.promotion.since.seq, said("sam", None));
    });
    vec![
        ("follow-up", follow_up(&over_a_lock)),
        ("follow-up without a reason", follow_up(&silent)),
        ("release issue", release_issue(&ComponentName::default_component(), &version("1.5.0"))),
    ]
}

pub(super) fn status() -> Vec<Case> {
    let (staging, production, qa, lab) =
        (environment("staging"), environment("production"), environment("qa"), environment("lab"));
    let standing = |release: Option<&str>, at| Standing {
        version: release.map(version),
        commit: sha(20),
        since: minutes(at),
        deployments: vec![],
        promotion: None,
    };
    let slot = |release, at| Slot { good: vec![standing(release, at)], ..Slot::default() };
    let lock = Lock { by: ActorId(2), row: lock_row(), until: Some(minutes(240)) };
    let (waits, fails) = (view(), bare("staging").failed(0, vec![attempt(None, AttemptStage::Failed)]));
    let held = Slot {
        barred: BTreeSet::from(["1.4.9", "1.4.8", "1.4.7", "1.4.6"].map(version)),
        ..slot(Some("1.4.2"), 1)
    };
    let places = || {
        vec![
            Place { environment: &lab, slot: Slot::default(), lock: None, open: vec![] },
            Place { environment: &qa, slot: slot(None, 2), lock: None, open: vec![] },
            Place {
                environment: &staging,
                slot: slot(Some("1.5.0"), 5),
                lock: Some((&lock, said("bob", Some("load test")))),
                open: vec![&fails.promotion],
            },
            Place { environment: &production, slot: held.clone(), lock: None, open: vec![&waits.promotion] },
        ]
    };
    let unclear = || {
        vec![Place {
            environment: &staging,
            slot: Slot { unclear: true, ..slot(Some("1.5.0"), 5) },
            lock: None,
            open: vec![],
        }]
    };
    let at = |reached, withdrawn| Whereabouts::Released {
        number: ChangeNumber(12),
        component: ComponentName::default_component(),
        version: version("1.5.0"),
        withdrawn,
        reached,
    };
    let next = Next::Unclear(Obstacle::Unreadable { what: "the tags", why: "no answer".to_owned() });
    let told = |at: Option<&Whereabouts>, places| {
        let (component, state) = (ComponentName::default_component(), Component::default());
        say::status(&[Part { component, here: at.cloned(), places, state, next: next.clone(), line: None }])
    };
    let both = at(vec![stop("production", "1.5.1", 144), stop("staging", "1.5.1", 60)], false);
    vec![
        ("status: environments", told(None, places())),
        ("status: unclear", told(None, unclear())),
        ("status: a change in staging", told(Some(&at(vec![stop("staging", "1.5.0", 5)], false)), places())),
        ("status: a change in production", told(Some(&both), vec![])),
        (
            "status: a change in a withdrawn release",
            told(Some(&at(vec![stop("staging", "1.5.0", 5)], true)), vec![]),
        ),
        ("status: a change that is nowhere", told(Some(&at(vec![], false)), places())),
    ]
}

#[test]
fn what_changes_hear() {
    assert_snapshot!(printed(notes()));
}

#[test]
fn what_stands_in_issues() {
    let titles =
        [follow_up_title(&back()), release_title(&ComponentName::default_component(), &version("1.5.0"))];
    assert_snapshot!(titles.join("\n"));
    assert_snapshot!(printed(issues()));
}

#[test]
fn where_things_are() {
    assert_snapshot!(printed(status()));
}
