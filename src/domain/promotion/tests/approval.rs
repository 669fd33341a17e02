//! Whose yes counts, for what, and how long.

use proptest::prelude::*;

use super::{has, hours, lacks, minutes, refused};
use crate::domain::change::Writers;
use crate::domain::event::Event;
use crate::domain::id::ComponentName;
use crate::domain::policy::environment::{ApprovalRule, Seconds};
use crate::domain::policy::{GroupPath, Principal};
use crate::domain::promotion::model::{Asked, Terms};
use crate::domain::promotion::terms::digest;
use crate::domain::signal::Signal;
use crate::domain::testing::port::Port;
use crate::domain::testing::{actor, sha, tag, version};

fn rule(from: &[&str], count: u32) -> ApprovalRule {
    let from = from.iter().map(|group| Principal::Group(GroupPath((*group).to_owned()))).collect();
    ApprovalRule { from, count, not_authors: false }
}

/// v1.5.0 was in staging long enough, and production is asked for by `ana`; nothing but approvals is missing.
fn asked(rules: Vec<ApprovalRule>, teams: &[(&str, &str)]) -> Port {
    let mut port = Port::with(|all| all[1].conditions.approvals = rules);
    for (team, login) in teams {
        port.world.members.insert(((*team).to_owned(), actor(login).id));
    }
    port.staged(hours(3));
    port.says("ana on #12: /release promote production");
    port.pass(minutes(1));
    port
}

#[test]
fn s14_the_requester_never_approves_and_one_yes_is_one() {
    let mut port = asked(vec![rule(&[], 2)], &[]);
    refused(&port.says("ana on #12: /release approve p2.1"), "approve", "E_SELF_APPROVAL");
    has(&port.says("bob on #12: /release approve p2.1"), "approval_given");
    refused(&port.says("bob on #12: /release approve p2.1"), "approve", "E_APPROVED");
    has(&port.says("max on #12: /release approve p2.1"), "deploys 20 to production");
    refused(&port.says("ada on #12: /release approve p2.1"), "approve", "E_TOO_LATE");
}

#[test]
fn s14_authors_do_not_count_where_the_policy_says_so() {
    let mut port = asked(vec![ApprovalRule { not_authors: true, ..rule(&[], 1) }], &[]);
    refused(&port.says("bob on #12: /release approve p2.1"), "approve", "E_AUTHOR");
    has(&port.says("max on #12: /release approve p2.1"), "deploys");
}

#[test]
fn s14_the_people_behind_commits_count_as_little_as_authors_of_changes() {
    let but_authors = || vec![ApprovalRule { not_authors: true, ..rule(&[], 1) }];
    let mut port = asked(but_authors(), &[]);
    refused(&port.says("ada on #12: /release approve p2.1"), "approve", "E_AUTHOR");
    let panel = format!("{:?}", port.panels["p2:panel"]);
    assert!(panel.contains("Jane Doe") && !panel.contains("not all of them are known"), "{panel}");
    let mut port = asked(vec![rule(&[], 1)], &[]);
    assert!(!format!("{:?}", port.panels["p2:panel"]).contains("Jane Doe"));
    has(&port.says("ada on #12: /release approve p2.1"), "deploys");
}

/// v1.5.0 on its way to production, where authors do not approve; the row that froze it does not tell who wrote it.
fn cut_untold(but: fn(&mut Port)) -> Port {
    let mut port = Port::with(|all| {
        all[1].conditions.approvals = vec![ApprovalRule { not_authors: true, ..rule(&[], 1) }];
    });
    for row in &mut port.world.rows {
        if let Event::CutStarted { writers, .. } = &mut row.event {
            *writers = None;
        }
    }
    port.staged(hours(3));
    but(&mut port);
    port.says("ana on #12: /release promote production");
    port.pass(minutes(1));
    port
}

#[test]
fn s14_where_the_forge_does_not_tell_who_wrote_it_nobodys_yes_counts_until_it_does() {
    for silence in [(|port: &mut Port| port.world.writers = None) as fn(&mut Port), |port| {
        _ = port.world.unknown.insert("Range")
    }] {
        let mut port = cut_untold(silence);
        let panel = format!("{:?}", port.panels["p2:panel"]);
        assert!(panel.contains("who wrote all of it"), "{panel}");
        assert_eq!(port.promotion(2).prompt, None, "nobody is called in vain");
        refused(&port.says("max on #12: /release approve p2.1"), "approve", "E_AUTHORS_UNKNOWN");
        refused(&port.says("bob on #12: /release approve p2.1"), "approve", "E_AUTHOR");
        assert!(port.promotion(2).approvals.is_empty());
        port.world.unknown.clear();
        port.world.writers = Some(Writers::default());
        has(&port.says("max on #12: /release approve p2.1"), "deploys");
    }
}

#[test]
fn s14_a_yes_that_counted_counts_no_more_where_authors_are_unknown() {
    let mut port = Port::with(|all| {
        all[1].conditions.approvals = vec![ApprovalRule { not_authors: true, ..rule(&[], 1) }];
    });
    port.staged(minutes(10));
    port.says("ana on #12: /release promote production");
    has(&port.says("max on #12: /release approve p2.1"), "approval_given");
    for row in &mut port.world.rows {
        if let Event::CutStarted { writers, .. } = &mut row.event {
            *writers = None;
        }
    }
    port.world.writers = None;
    lacks(&port.pass(hours(3)), "deploys");
    port.world.writers = Some(Writers::default());
    has(&port.says("max on #12: /release approve p2.1"), "deploys");
}

#[test]
fn one_human_alone_in_two_groups_is_said_to_be_too_few_before_anybody_said_yes() {
    let both = [("acme/release", "bob"), ("acme/security", "bob")];
    let port = asked(vec![rule(&["acme/release"], 1), rule(&["acme/security"], 1)], &both);
    assert_eq!(port.promotion(2).prompt, None, "nobody is called in vain");
}

#[test]
fn s14_one_human_is_one_vote_over_all_groups() {
    let both = [("acme/release", "bob"), ("acme/security", "bob"), ("acme/security", "max")];
    let mut port = asked(vec![rule(&["acme/release"], 1), rule(&["acme/security"], 1)], &both);
    // Nobody could say yes for the release team but bob, so that is what his yes is for.
    refused(&port.says("ada on #12: /release approve p2.1"), "approve", "E_NOT_APPROVER");
    lacks(&port.says("bob on #12: /release approve p2.1"), "deploys");
    has(&port.says("max on #12: /release approve p2.1"), "deploys");
}

#[test]
fn somebody_whom_only_the_environment_names_may_approve() {
    let mut port = asked(vec![rule(&["acme/qa"], 1)], &[("acme/qa", "rita")]);
    has(&port.says("rita on #12: /release approve p2.1"), "deploys");
}

#[test]
fn s11_an_approval_is_void_when_what_it_covers_changes() {
    let mut port = asked(vec![rule(&[], 2)], &[]);
    port.says("bob on #12: /release approve p2.1");
    port.policy(|all| all[1].bake = Seconds::minutes(5));
    let touched = Signal::BranchMoved {
        branch: crate::domain::id::BranchName::parse("main").unwrap(),
        head: Some(sha(20)),
        touches_policy: true,
        touched: Default::default(),
    };
    has(&port.plays(&touched), "terms_changed");
    assert_eq!((port.promotion(2).revision, port.promotion(2).approvals.len()), (2, 0));
    refused(&port.says("max on #12: /release approve p2.1"), "approve", "E_STALE_DIGEST");
    has(&port.says("bob on #12: /release approve p2.2"), "approval_given");
}

#[test]
fn s11_files_of_the_release_and_the_tag_itself_are_covered() {
    let mut port = asked(vec![rule(&[], 2)], &[]);
    port.says("bob on #12: /release approve p2.1");
    port.world.retagged.insert(tag("v1.5.0"), 1);
    let told = port.says("max on #12: /release approve p2.1");
    has(&told, "terms_changed");
    refused(&told, "approve", "E_STALE_DIGEST");
    lacks(&told, "approval_given");
    assert!(port.promotion(2).approvals.is_empty());
}

#[test]
fn a_revision_that_is_not_there_is_not_approved() {
    let mut port = asked(vec![rule(&[], 1)], &[]);
    refused(&port.says("bob on #12: /release approve p2.2"), "approve", "E_STALE_DIGEST");
}

#[test]
fn s11_a_bare_yes_counts_only_for_what_the_forge_showed() {
    let mut port = asked(vec![rule(&[], 1)], &[]);
    port.world.now = port.promotion(2).panel.shown[&1];
    refused(&port.says("bob on #12: /release approve"), "approve", "E_STALE_DIGEST");
    port.pass(jiff::SignedDuration::from_secs(1));
    has(&port.says("bob on #12: /release approve"), "deploys");
}

#[test]
fn a_bare_yes_counts_only_where_the_panel_stands() {
    let mut port = asked(vec![rule(&[], 1)], &[]);
    refused(&port.says("bob on #14: /release approve"), "approve", "E_NOTHING_OPEN");
    has(&port.says("bob on #14: /release approve p2"), "deploys");
}

#[test]
fn s8_an_approver_who_may_no_longer_is_not_counted_at_the_start() {
    let teams = [("acme/release", "bob"), ("acme/release", "max")];
    let mut port = asked(vec![rule(&["acme/release"], 2)], &teams);
    port.says("bob on #12: /release approve p2.1");
    port.world.members.remove(&("acme/release".to_owned(), actor("bob").id));
    let told = port.says("max on #12: /release approve p2.1");
    has(&told, "approval_ended");
    lacks(&told, "deploys");
}

#[test]
fn s8_a_right_that_cannot_be_read_opens_nothing() {
    let teams = [("acme/release", "bob"), ("acme/release", "max")];
    let mut port = asked(vec![rule(&["acme/release"], 2)], &teams);
    port.says("bob on #12: /release approve p2.1");
    port.world.unknown.insert("Member");
    refused(&port.says("max on #12: /release approve p2.1"), "approve", "E_RIGHTS_UNKNOWN");
    assert_eq!(port.promotion(2).approvals.len(), 1, "what cannot be read takes nothing away");
}

#[test]
fn a_veto_ends_it_and_a_yes_can_be_taken_back() {
    let mut port = asked(vec![rule(&[], 2)], &[]);
    refused(&port.says("bob on #12: /release revoke"), "revoke", "E_NO_APPROVAL");
    port.says("bob on #12: /release approve p2.1");
    has(&port.says("bob on #12: /release revoke"), "approval_ended");
    assert!(port.promotion(2).approvals.is_empty());
    has(&port.says("max on #12: /release reject p2.1 -- the migration is not tested"), "promotion_ended");
    refused(&port.says("bob on #12: /release approve p2.1"), "approve", "E_NOTHING_OPEN");
}

#[test]
fn an_approval_lapses_after_seven_days() {
    let mut port = asked(vec![rule(&[], 2)], &[]);
    port.says("bob on #12: /release approve p2.1");
    lacks(&port.pass(hours(24 * 7 - 1)), "approval_ended");
    has(&port.pass(hours(1)), "approval_ended");
    lacks(&port.says("max on #12: /release approve p2.1"), "deploys");
}

#[test]
fn people_are_asked_once_and_reminded_once() {
    let mut port = Port::with(|all| all[1].conditions.soak = Seconds(0));
    port.staged(hours(3));
    has(&port.says("ana on #12: /release promote production"), "approvers_asked");
    lacks(&port.says("ana on #12: /release why"), "approvers_asked");
    lacks(&port.pass(hours(23)), "approvers_asked");
    let first = port.promotion(2).prompt.as_ref().unwrap().at;
    has(&port.pass(hours(1)), "approvers_asked");
    assert_eq!(
        port.promotion(2).prompt.as_ref().unwrap().at,
        first,
        "a reminder says when they were first asked"
    );
    lacks(&port.pass(hours(72)), "approvers_asked");
}

#[test]
fn nobody_is_called_before_it_is_in_the_environment_before() {
    let mut port = Port::new();
    lacks(&port.says("ana on #12: /release promote production"), "approvers_asked");
    port.says("ana on #12: /release promote staging");
    has(&port.succeeds("staging"), "approvers_asked");
}

#[test]
fn what_needs_no_approval_says_so() {
    let mut port = Port::with(|all| all[1].conditions.approvals.clear());
    port.says("ana on #12: /release promote production");
    refused(&port.says("bob on #12: /release approve p1.1"), "approve", "E_NOT_NEEDED");
}

/// What the digest is made of, as a promotion of the stage has it.
fn covered() -> (Asked, Terms) {
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    (port.promotion(1).asked.clone(), port.promotion(1).terms.clone())
}

#[test]
fn s11_each_part_alone_changes_the_digest() {
    let (asked, terms) = covered();
    let whole = digest(None, &asked, &terms);
    let other_asked: [fn(&mut Asked); 5] = [
        |asked| asked.component = ComponentName::parse("api").unwrap(),
        |asked| asked.kind = crate::domain::promotion::model::Kind::Rollback,
        |asked| asked.version = version("1.5.1"),
        |asked| asked.commit = sha(3),
        |asked| asked.environment = crate::domain::testing::port::name("staging"),
    ];
    for change in other_asked {
        let mut other = asked.clone();
        change(&mut other);
        assert_ne!(digest(None, &other, &terms), whole, "{other:?}");
    }
    let other_terms: [fn(&mut Terms); 8] = [
        |terms| terms.tag_object = sha(3),
        |terms| drop(terms.artifacts.insert("app.zip".to_owned(), None)),
        |terms| terms.waves.push(vec![None]),
        |terms| terms.deploy = crate::domain::policy::environment::Deploy::Event { reporters: vec![] },
        |terms| terms.conditions.soak = Seconds(1),
        |terms| terms.conditions.approvals[0].count = 2,
        |terms| terms.after.clear(),
        |terms| terms.bake = Seconds(1),
    ];
    for change in other_terms {
        let mut other = terms.clone();
        change(&mut other);
        assert_ne!(digest(None, &asked, &other), whole, "{other:?}");
    }
    assert_ne!(digest(Some(&crate::domain::testing::seen().id), &asked, &terms), whole);
}

#[test]
fn s11_what_is_not_covered_voids_nothing() {
    let (asked, terms) = covered();
    let whole = digest(None, &asked, &terms);
    let patient = Terms { timeout: Seconds(1), expires: Seconds(1), ..terms.clone() };
    assert_eq!(digest(None, &asked, &patient), whole);
    let mut port = Port::new();
    port.says("ana on #12: /release promote production");
    port.says("bob on #12: /release approve p1.1");
    if let Ok(policy) = &mut port.world.policy {
        policy.notes.categories[0].title = "Breaking news".to_owned();
    }
    port.world.changes.insert(
        crate::domain::id::ChangeNumber(19),
        crate::domain::testing::merged(19, "bob", "One more", "fix"),
    );
    lacks(&port.says("ana on #12: /release promote staging"), "terms_changed");
    assert_eq!(port.promotion(1).approvals.len(), 1);
}

proptest! {
    /// One more approval never blocks what was open.
    #[test]
    fn one_more_approval_never_blocks(
        counts in proptest::collection::vec(1_u32..3, 1..4),
        fits in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 4), 1..6),
    ) {
        use crate::domain::gate::approval::assign;
        let filled = |people: usize| {
            let table: Vec<Vec<bool>> =
                (0..counts.len()).map(|rule| fits[..people].iter().map(|person| person[rule % 4]).collect()).collect();
            let assigned = assign(&counts, &table);
            (0..counts.len()).map(|rule| assigned.iter().filter(|at| **at == Some(rule)).count()).sum::<usize>()
        };
        for people in 1..=fits.len() {
            prop_assert!(filled(people) >= filled(people - 1));
        }
    }
}
