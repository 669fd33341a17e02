//! Tests of people and accounts. What they may do is not tested here.

use super::read::{read, rest};
use super::*;
use crate::domain::id::{Actor, ActorKind};
use crate::domain::policy::{GroupPath, Standing};
use crate::domain::query::{Answer as Found, Query};

fn user(id: u64, login: &str) -> Value {
    json!({ "id": id, "login": login, "type": if login.ends_with("[bot]") { "Bot" } else { "User" } })
}

fn logins(people: &[Actor]) -> Vec<&str> {
    people.iter().map(|actor| actor.login.as_str()).collect()
}

#[tokio::test]
async fn a_team_is_its_members_over_all_pages_or_absent() {
    let fake = Fake::new(|seen, _| {
        let pages = [json!([user(1, "ana"), { "id": null }]), json!([user(2, "bob")])];
        paged(seen, "/orgs/acme/teams/release/members?per_page=100", &pages)
    })
    .await;
    let team = |path: &str| Query::Team(GroupPath(path.to_owned()));
    let Some(Found::Team(members)) = read(&fake, team("acme/release")).await else { panic!() };
    assert_eq!(logins(&members), ["ana", "bob"]);
    assert!(fake.calls().iter().all(|seen| seen.bearer().starts_with("Bearer ghs_")));
    for path in ["acme/other", "acme", "acme/..", "/"] {
        assert_eq!(read(&fake, team(path)).await, None, "{path}");
    }
}

#[tokio::test]
async fn a_team_that_we_may_not_see_is_not_an_empty_one() {
    let fake = Fake::new(|seen, _| {
        let answer = || super::status(403, "Resource not accessible by integration");
        seen.target.starts_with("/orgs/").then(answer)
    })
    .await;
    let error = fake.github().read(&project(), &Query::Team(GroupPath("acme/release".into()))).await;
    assert!(matches!(error, Err(ReadError::Refused { said }) if said.contains("`members: read`")));
}

fn collaborator(id: u64, login: &str, role: &str, permissions: &[&str]) -> Value {
    let mut one = user(id, login);
    one["role_name"] = json!(role);
    for name in ["admin", "maintain", "push", "triage", "pull"] {
        one["permissions"][name] = json!(permissions.contains(&name));
    }
    one
}

#[tokio::test]
async fn people_with_a_standing_have_that_role_or_a_higher_one_whatever_it_is_called() {
    const TARGET: &str = "/repos/acme/web/collaborators?affiliation=all&permission=push&per_page=100";
    let of = async |least| {
        let body = json!([
            collaborator(1, "ana", "admin", &["admin", "maintain", "push", "triage", "pull"]),
            collaborator(2, "bob", "write", &["push", "triage", "pull"]),
            collaborator(3, "cem", "triage", &["triage", "pull"]),
            collaborator(4, "dee", "release-engineer", &["push", "triage", "pull"]),
            collaborator(5, "eve", "auditor", &["pull"]),
            collaborator(6, "ci[bot]", "admin", &["admin"]),
            json!({ "id": 7, "login": "old", "type": "User" }),
        ]);
        let fake =
            Fake::new(move |seen, _| seen.target.contains("/collaborators?").then(|| ok(body.clone()))).await;
        match read(&fake, Query::People(least)).await {
            Some(Found::People(people)) => (logins(&people).join(" "), fake.calls()[0].target.clone()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(Standing::Write).await, ("ana bob dee".to_owned(), TARGET.to_owned()));
    assert_eq!(of(Standing::Admin).await.0, "ana");
    assert_eq!(of(Standing::Maintain).await.0, "ana");
    assert_eq!(of(Standing::Triage).await.0, "ana bob cem dee");
    let everybody = of(Standing::Read).await;
    assert_eq!(everybody, ("ana bob cem dee eve".into(), TARGET.replace("&permission=push", "")));
}

#[tokio::test]
async fn a_name_is_first_an_apps_and_then_a_users() {
    let of = async |name: &str, known: &'static [(&'static str, u64)]| {
        let fake = Fake::new(move |seen, _| {
            let (login, id) = known.iter().find(|(login, _)| {
                seen.target == format!("/users/{}", login.replace('[', "%5B").replace(']', "%5D"))
            })?;
            Some(ok(user(*id, login)))
        })
        .await;
        match read(&fake, Query::Account(name.to_owned())).await {
            Some(Found::Account(actor)) => Some((actor.id.0, actor.kind)),
            None => None,
            other => panic!("{other:?}"),
        }
    };
    let both: &[(&str, u64)] = &[("vercel[bot]", 3), ("vercel", 4)];
    assert_eq!(of("vercel", both).await, Some((3, ActorKind::Bot)));
    assert_eq!(of("vercel[bot]", both).await, Some((3, ActorKind::Bot)));
    assert_eq!(of("vercel", &both[1..]).await, Some((4, ActorKind::Person)));
    assert_eq!(of("vercel[bot]", &both[1..]).await, None, "never the user of that name");
    assert_eq!(of("nobody", both).await, None);
    assert_eq!(of("../meta", both).await, None);
}

#[tokio::test]
async fn an_account_without_a_number_is_corrupt() {
    let fake = rest("/users/ana", json!({ "login": "ana" })).await;
    let error = fake.github().read(&project(), &Query::Account("ana".into())).await;
    assert!(matches!(error, Err(ReadError::Corrupt { .. })), "{error:?}");
}
