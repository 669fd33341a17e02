//! Tests of reading what people may and belong to, and what they wrote. What follows from it is not tested here.

use serde_json::{Value, json};

use super::fake::{Fake, ana, ok, user};
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber};
use crate::domain::place::{CommentKind, CommentRef, Thread};
use crate::domain::policy::{GroupPath, Standing};
use crate::domain::query::{Answer as Found, Membership, Newcomers, Query};

fn member(id: u64, name: &str, level: u32, extra: &Value) -> Value {
    let mut member = user(id, name);
    member["access_level"] = json!(level);
    member["membership_state"] = json!("active");
    for (key, value) in extra.as_object().into_iter().flatten() {
        member[key] = value.clone();
    }
    member
}

async fn standing(visibility: &str, member: Option<Value>) -> Standing {
    let fake = Fake::of([
        ("members/all/1", member.clone().unwrap_or_default()),
        ("", json!({ "id": 42, "visibility": visibility })),
    ])
    .await;
    let fake =
        if member.is_some() { fake } else { Fake::of([("", json!({ "visibility": visibility }))]).await };
    match fake.read(Query::Standing(ana())).await {
        Some(Found::Standing(standing)) => standing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn s6_standing_is_the_level_of_the_number() {
    let plain = json!({});
    for (level, expected) in [
        (5, Standing::None),
        (10, Standing::Read),
        (15, Standing::Triage),
        (20, Standing::Triage),
        (25, Standing::Triage),
        (30, Standing::Write),
        (40, Standing::Maintain),
        (50, Standing::Admin),
        (60, Standing::Admin),
    ] {
        assert_eq!(standing("private", Some(member(1, "renamed", level, &plain))).await, expected, "{level}");
    }
    for (visibility, expected) in
        [("public", Standing::Read), ("internal", Standing::Read), ("private", Standing::None)]
    {
        assert_eq!(standing(visibility, None).await, expected, "{visibility}");
        assert_eq!(standing(visibility, Some(member(1, "ana", 5, &plain))).await, expected, "{visibility}");
    }
}

#[tokio::test]
async fn s6_a_membership_that_does_not_count_today_gives_nothing() {
    for extra in [
        json!({ "state": "blocked" }),
        json!({ "membership_state": "awaiting" }),
        json!({ "expires_at": "2026-12-01" }),
        json!({ "id": 2 }),
    ] {
        assert_eq!(standing("private", Some(member(1, "ana", 40, &extra))).await, Standing::None, "{extra}");
    }
    let later = json!({ "expires_at": "2026-12-02" });
    assert_eq!(standing("private", Some(member(1, "ana", 40, &later))).await, Standing::Maintain);
}

#[tokio::test]
async fn a_group_is_asked_by_its_full_path_for_who_is_in_it_or_above_it() {
    let fake =
        Fake::of([("/groups/acme%2Fplatform%2Frelease/members/all/1", member(1, "ana", 10, &json!({})))])
            .await;
    let of = async |group: &str| {
        let asked = Membership { group: GroupPath(group.to_owned()), actor: ana() };
        fake.read(Query::Member(asked)).await
    };
    assert_eq!(of("acme/platform/release").await, Some(Found::Member(true)));
    for group in ["acme/platform", "..", ""] {
        assert_eq!(of(group).await, Some(Found::Member(false)), "{group}");
    }
}

#[tokio::test]
async fn a_team_has_its_active_members_each_once_and_is_absent_where_it_is_not_seen() {
    let members = json!([
        member(1, "ana", 10, &json!({})),
        member(1, "ana", 40, &json!({})),
        member(2, "bob", 30, &json!({ "state": "blocked" })),
        member(3, "group_7_bot_1f", 30, &json!({})),
    ]);
    let fake = Fake::of([("/groups/acme%2Frelease/members/all?per_page=100", members.clone())]).await;
    let team = |group: &str| Query::Team(GroupPath(group.to_owned()));
    let Some(Found::Team(found)) = fake.read(team("acme/release")).await else { panic!() };
    let logins: Vec<&str> = found.iter().map(|actor| actor.login.as_str()).collect();
    assert_eq!(logins, ["ana", "group_7_bot_1f"]);
    assert_eq!(fake.read(team("acme/other")).await, None);

    let fake = Fake::of([("members/all?per_page=100", members)]).await;
    let people = async |least| match fake.read(Query::People(least)).await {
        Some(Found::People(people)) => people,
        other => panic!("{other:?}"),
    };
    assert_eq!(people(Standing::Maintain).await, [ana()], "with the higher of two levels, and no bots");
    assert_eq!(people(Standing::Admin).await, []);
}

#[tokio::test]
async fn s7_an_account_is_a_bot_where_gitlab_says_so_of_its_number() {
    let fake = Fake::of([
        ("/users?username=ship", json!([user(7, "ship")])),
        ("/users/7", json!({ "id": 7, "username": "ship", "bot": true })),
        ("/users?username=ana", json!([user(1, "Ana")])),
        ("/users/1", json!({ "id": 1, "username": "Ana", "bot": false })),
        ("/users?username=nobody", json!([])),
    ])
    .await;
    let account = async |name: &str| match fake.read(Query::Account(name.to_owned())).await {
        Some(Found::Account(actor)) => Some((actor.id.0, actor.kind)),
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(account("ship").await, Some((7, ActorKind::Bot)));
    assert_eq!(account("ana").await, Some((1, ActorKind::Person)));
    assert_eq!(account("nobody").await, None);
}

async fn note(target: &str, at: Thread, note: Value) -> Option<(Actor, String, String)> {
    let fake = Fake::of([
        (target, note),
        ("/users/1", json!({ "id": 1, "username": "ana", "bot": false })),
        ("/users/7", json!({ "id": 7, "username": "ship", "bot": true })),
    ])
    .await;
    let at = CommentRef { thread: at, kind: CommentKind::Remark, number: 77 };
    match fake.read(Query::Comment(at)).await {
        Some(Found::Comment(now)) => {
            let page = now.page.split_once("/git/lab/").map(|(_, path)| path.to_owned());
            Some((now.author, now.body, page.unwrap_or_default()))
        }
        None => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_note_is_read_where_it_stands_unless_gitlab_wrote_it() {
    let plain = json!({ "id": 77, "body": "/release plan", "system": false, "author": user(1, "ana") });
    let change = Thread::Change(ChangeNumber(12));
    let (author, body, page) = note("merge_requests/12/notes/77", change, plain.clone()).await.unwrap();
    assert_eq!((author, body.as_str()), (ana(), "/release plan"));
    assert_eq!(page, "acme/platform/web/-/merge_requests/12#note_77");
    assert!(note("issues/3/notes/77", Thread::Issue(3), plain.clone()).await.is_some());
    assert_eq!(note("elsewhere", change, plain.clone()).await, None, "deleted");
    let system = json!({ "id": 77, "body": "closed", "system": true, "author": user(1, "ana") });
    assert_eq!(note("merge_requests/12/notes/77", change, system).await, None);
    let bot = json!({ "id": 77, "body": "/release cut", "author": user(7, "ship") });
    let (author, ..) = note("merge_requests/12/notes/77", change, bot).await.unwrap();
    assert_eq!(author.kind, ActorKind::Bot, "its name says nothing");
}

#[tokio::test]
async fn first_timers_are_those_whose_oldest_merge_is_in_the_range() {
    let of = |author: u64| {
        format!("merge_requests?state=merged&author_id={author}&order_by=created_at&sort=asc&per_page=1")
    };
    let fake =
        Fake::of([(&of(1), json!([{ "iid": 12 }])), (&of(2), json!([{ "iid": 3 }])), (&of(3), json!([]))])
            .await;
    let person = |id: u64, kind| Actor { id: ActorId(id), login: "x".into(), kind };
    let people = [1, 2, 3].map(|id| person(id, ActorKind::Person)).into_iter();
    let people = people.chain([person(4, ActorKind::Bot)]).collect();
    let asked = Newcomers { people, changes: vec![ChangeNumber(12), ChangeNumber(13)] };
    let Some(Found::FirstTimers(new)) = fake.read(Query::FirstTimers(asked)).await else { panic!() };
    assert_eq!(new.into_iter().collect::<Vec<_>>(), [ActorId(1)]);
    assert_eq!(fake.targets().len(), 1 + 3, "bots are never new, and GraphQL was refused");
}

#[tokio::test]
async fn whether_people_are_new_is_asked_of_twenty_at_once() {
    let fake = Fake::new(|seen| {
        let asked = seen.body["variables"].as_object()?;
        let oldest = |login: &str| {
            let number = login.strip_prefix('p')?.parse::<u64>().ok()?;
            // Every third had nothing merged so far.
            let merged = (number % 3 > 0).then(|| json!({ "iid": (number % 2).to_string() }));
            Some(json!({ "nodes": Vec::from_iter(merged) }))
        };
        let answers = asked.iter().filter_map(|(name, login)| Some((name.clone(), oldest(login.as_str()?)?)));
        let answers: serde_json::Map<String, Value> = answers.collect();
        Some(ok(json!({ "data": { "project": answers } })))
    })
    .await;
    let person = |id: u64| Actor { id: ActorId(id), login: format!("p{id}"), kind: ActorKind::Person };
    let asked = Newcomers { people: (1..=45).map(person).collect(), changes: vec![ChangeNumber(1)] };
    let Some(Found::FirstTimers(new)) = fake.read(Query::FirstTimers(asked)).await else { panic!() };
    assert!(new.iter().all(|id| id.0 % 2 == 1 && id.0 % 3 > 0) && new.len() == 15, "{new:?}");
    assert_eq!(fake.targets().len(), 3);
}
