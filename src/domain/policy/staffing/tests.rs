//! Policies held against small companies of people. Nothing else.

use jiff::Timestamp;

use super::*;
use crate::domain::policy::environment::Deploy;
use crate::domain::query::{Answer, Query};

fn actor(number: u64) -> Actor {
    let login = ["", "ana", "bob", "cem", "dan", "robot"][usize::try_from(number).unwrap()].to_owned();
    let kind = if login == "robot" { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(number), login, kind }
}

/// What the forge knows: `acme/release` is bob and cem, `acme/qa` has nobody, `acme/locked` cannot be read; ana and bob
/// can push, and so can a robot.
fn answer(query: &Query) -> Found<Answer> {
    let people = |numbers: &[u64]| numbers.iter().map(|number| actor(*number)).collect::<Vec<_>>();
    match query {
        Query::Team(path) => match path.0.as_str() {
            "acme/release" => Found::Known(Answer::Team(people(&[2, 3]))),
            "acme/qa" => Found::Known(Answer::Team(vec![])),
            "acme/locked" => Found::Unknown("the App may not read teams".to_owned()),
            _ => Found::Absent,
        },
        Query::People(_) => Found::Known(Answer::People(people(&[1, 2, 5]))),
        Query::Account(name) => match (1..=5).map(actor).find(|actor| actor.login == *name) {
            Some(actor) => Found::Known(Answer::Account(actor)),
            None => Found::Absent,
        },
        other => panic!("{other:?} is no question about people"),
    }
}

fn rule(from: &[&str], count: u32) -> ApprovalRule {
    let principal = |name: &&str| match name.contains('/') {
        true => Principal::Group(GroupPath((*name).to_owned())),
        false => Principal::User((*name).to_owned()),
    };
    ApprovalRule { from: from.iter().map(principal).collect(), count, not_authors: false }
}

fn policy(rules: Vec<ApprovalRule>) -> Policy {
    let mut production = Environment::new(
        EnvironmentName::parse("production").unwrap(),
        Deploy::Event { reporters: vec!["actions".to_owned()] },
    );
    production.conditions.approvals = rules;
    Policy {
        environments: vec![production],
        usual_reporters: vec!["actions".to_owned()],
        ..Policy::default()
    }
}

fn of(policy: &Policy) -> Vec<String> {
    let mut facts = Facts::default();
    let _ = shortages(policy, &facts);
    for query in facts.take_missing() {
        let found = answer(&query);
        facts.learn(query, Fact { found, read_at: Timestamp::UNIX_EPOCH });
    }
    // One round of questions is enough.
    shortages(policy, &facts).expect("everything was asked for at once").iter().map(words).collect()
}

fn words(shortage: &Shortage) -> String {
    match shortage {
        Shortage::TooFew { wanted, people, when, .. } => {
            let people: Vec<_> = people.iter().map(|actor| actor.login.as_str()).collect();
            format!("{wanted} of {} {when:?}", people.join("+"))
        }
        other => format!("{other:?}"),
    }
}

fn check(rules: Vec<ApprovalRule>, expected: &[&str]) {
    assert_eq!(of(&policy(rules.clone())), expected, "{rules:?}");
}

#[test]
fn a_policy_without_names_lacks_nobody() {
    assert_eq!(of(&Policy::default()), Vec::<String>::new());
    check(vec![], &[]);
}

#[test]
fn teams_and_users_that_are_not_there_are_told() {
    check(
        vec![rule(&["acme/nobody", "zoe"], 1)],
        &[r#"Absent(Group(GroupPath("acme/nobody")))"#, r#"Absent(User("zoe"))"#, "1 of  Always"],
    );
    check(vec![rule(&["acme/qa", "ana", "cem"], 1)], &[r#"Empty(GroupPath("acme/qa"))"#]);
    check(
        vec![rule(&["acme/locked"], 3)],
        &[r#"Unread(Group(GroupPath("acme/locked")), "the App may not read teams")"#],
    );
}

#[test]
fn too_few_people_are_told_and_who_asks_does_not_count() {
    check(vec![rule(&["acme/release"], 1)], &[]);
    check(vec![rule(&["acme/release"], 2)], &["2 of bob+cem OneOfThemAsks"]);
    check(vec![rule(&["acme/release"], 3)], &["3 of bob+cem Always"]);
    // The robot does not count; ana and bob are also all who may ask.
    check(vec![rule(&[], 1)], &[]);
    check(vec![rule(&[], 2)], &["2 of ana+bob Always"]);
}

#[test]
fn nobody_counts_twice_over_several_rules() {
    check(vec![rule(&["acme/release"], 1), rule(&["bob", "cem"], 1)], &["2 of bob+cem OneOfThemAsks"]);
    check(vec![rule(&["acme/release"], 1), rule(&["bob", "cem"], 2)], &["3 of bob+cem Always"]);
    check(vec![rule(&["acme/release"], 1), rule(&["dan", "ana"], 1)], &[]);
    check(
        vec![rule(&["ana", "dan"], 1), rule(&["bob"], 1), rule(&["acme/release", "bob"], 2)],
        &["3 of bob+cem Always"],
    );
}

#[test]
fn who_may_ask_decides_whether_it_can_ever_open() {
    let mut policy = policy(vec![rule(&["bob"], 1)]);
    policy.who.deployer = vec![Principal::User("bob".to_owned())];
    assert_eq!(of(&policy), ["1 of bob Always"]);
    policy.who.deployer.push(Principal::User("ana".to_owned()));
    assert_eq!(of(&policy), ["1 of bob OneOfThemAsks"]);
}

#[test]
fn a_reporter_that_is_nobody_is_told() {
    let mut policy = policy(vec![]);
    policy.environments[0].deploy = Deploy::Event { reporters: vec!["ghost".to_owned(), "ana".to_owned()] };
    assert_eq!(
        of(&policy),
        [r#"NoReporter { environment: EnvironmentName("production"), account: "ghost" }"#]
    );
}
