//! Tests of who may: every rank against every standing, by default and by the policy's names. What a command then does is not tested here.

use std::collections::BTreeSet;

use super::*;
use crate::domain::command::Rank;
use crate::domain::id::ChangeNumber;
use crate::domain::policy::GroupPath;
use crate::domain::policy::environment::{ApprovalRule, Environment};
use crate::domain::signal::Signal;
use crate::domain::testing::{World, actor, kind, said};

const LOGINS: [&str; 6] = ["sam", "rita", "tom", "ana", "max", "ada"];

/// One line of each verb.
const ENTRIES: [(Rank, &str); 22] = [
    (Rank::Reader, "/release help"),
    (Rank::Reader, "/release status"),
    (Rank::Reader, "/release why"),
    (Rank::Writer, "/release plan"),
    (Rank::Writer, "/release notes"),
    (Rank::Writer, "/release include #14"),
    (Rank::Writer, "/release skip #14 -- dull"),
    (Rank::Writer, "/release backport 1.4 #12"),
    (Rank::Writer, "/release hotfix v1.4.3"),
    (Rank::Releaser, "/release cut"),
    (Rank::Releaser, "/release withdraw v1.4.2 -- mistake"),
    (Rank::Approver, "/release approve p7.1"),
    (Rank::Approver, "/release reject p7.1 -- not tested"),
    (Rank::Approver, "/release revoke p7.1"),
    (Rank::Deployer, "/release promote staging"),
    (Rank::Deployer, "/release hold staging"),
    (Rank::Deployer, "/release resume staging"),
    (Rank::Deployer, "/release abort staging"),
    (Rank::Deployer, "/release retry staging"),
    (Rank::Deployer, "/release rollback staging"),
    (Rank::Deployer, "/release lock staging"),
    (Rank::Deployer, "/release unlock staging"),
];

/// A world in which v1.4.2 is known, so that it can be withdrawn.
fn world() -> World {
    let mut world = World::new();
    world.play(&Signal::TagMoved { tag: crate::domain::testing::tag("v1.4.2"), by: None, exists: true });
    world
}

fn group(name: &str) -> Principal {
    Principal::Group(GroupPath(name.to_owned()))
}

/// What becomes of an entry: done, refused with a code, a reaction and no words.
fn fate(world: &World, login: &str, place: &str, line: &str) -> String {
    let told = world.think(&said(&format!("{login} {place}: {line}"))).told();
    let refusal = told.iter().find_map(|line| line.split(" E_").nth(1));
    match refusal {
        Some(code) => format!("E_{code}"),
        None if told.iter().any(|line| line == "confused") => "confused".to_owned(),
        None => "done".to_owned(),
    }
}

/// What becomes of the entries of each rank, from reader to deployer; those of one rank share a fate. Once somebody may,
/// what the command comes to is another question.
fn fates(world: &World, login: &str, place: &str) -> String {
    let of_rank = |rank: Rank| {
        let lines = ENTRIES.iter().filter(|(own, _)| *own == rank).map(|(_, line)| *line);
        let fates: BTreeSet<String> = lines
            .map(|line| match fate(world, login, place, line).as_str() {
                said @ ("E_ROLE" | "E_RIGHTS_UNKNOWN" | "confused") => said.to_owned(),
                _ => "may".to_owned(),
            })
            .collect();
        fates.into_iter().collect::<Vec<_>>().join("|")
    };
    Rank::ALL.map(of_rank).join(" ")
}

/// The same for everybody, a line each.
fn table(world: &World, place: &str) -> Vec<String> {
    LOGINS.into_iter().map(|login| format!("{login}: {}", fates(world, login, place))).collect()
}

/// The world with another policy, in which `rita` is in the team `acme/release`.
fn under(change: impl FnOnce(&mut Policy)) -> World {
    world().with(|world| {
        world.members.insert(("acme/release".to_owned(), actor("rita").id));
        change(world.policy.as_mut().expect("the world has a policy"));
    })
}

fn user(login: &str) -> Principal {
    Principal::User(login.to_owned())
}

/// An environment with approvals of these.
fn asking(from: &[&[Principal]]) -> Environment {
    let mut production = Environment::observed(
        crate::domain::id::EnvironmentName::parse("production").expect("a name"),
        vec![],
    );
    let rule = |from: &&[Principal]| ApprovalRule { from: from.to_vec(), count: 1, not_authors: false };
    production.conditions.approvals = from.iter().map(rule).collect();
    production
}

#[test]
fn the_entries_are_all_the_verbs_with_their_ranks() {
    let verbs: BTreeSet<_> =
        crate::domain::command::verbs().iter().map(|verb| (verb.who, verb.name)).collect();
    let entries: BTreeSet<_> =
        ENTRIES.iter().map(|(rank, line)| (*rank, line.split(' ').nth(1).unwrap())).collect();
    assert_eq!(entries, verbs);
}

#[test]
fn s9a_every_entry_point_and_every_role_meets_the_one_function() {
    // Reader, writer, releaser, approver, deployer.
    assert_eq!(
        table(&world(), "in 40"),
        [
            "sam: confused confused confused confused confused",
            "rita: confused confused confused confused confused",
            "tom: may E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: may may may may may",
            "max: may may may may may",
            "ada: may may may may may",
        ],
        "on a public project"
    );
    assert_eq!(
        table(&world().public(false), "in 40"),
        [
            "sam: E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE",
            "rita: may E_ROLE E_ROLE E_ROLE E_ROLE",
            "tom: may E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: may may may may may",
            "max: may may may may may",
            "ada: may may may may may",
        ],
        "on a private project"
    );
    for (_, line) in ENTRIES.iter().filter(|(rank, _)| *rank < Rank::Approver) {
        assert_eq!(fate(&world(), "ana", "in 40", line), "done", "{line}");
    }
}

#[test]
fn who_is_named_deployer_may_promote_and_nobody_else() {
    let world = under(|policy| policy.who.deployer = vec![user("sam"), group("acme/release")]);
    assert_eq!(
        table(&world, "in 40"),
        [
            "sam: may E_ROLE E_ROLE E_ROLE may",
            "rita: may E_ROLE E_ROLE E_ROLE may",
            "tom: may E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: may may may may E_ROLE",
            "max: may may may may E_ROLE",
            "ada: may may may may E_ROLE",
        ]
    );
}

#[test]
fn who_is_named_approver_may_approve_and_no_more() {
    let world = under(|policy| policy.who.approver = vec![user("sam"), Principal::Role(Standing::Admin)]);
    assert_eq!(
        table(&world, "in 40"),
        [
            "sam: may E_ROLE E_ROLE may E_ROLE",
            "rita: confused confused confused confused confused",
            "tom: may E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: may may may E_ROLE may",
            "max: may may may E_ROLE may",
            "ada: may may may may may",
        ]
    );
}

#[test]
fn whom_an_environment_asks_for_approval_may_approve_without_any_other_right() {
    let by = [&[user("sam")][..], &[group("acme/release"), Principal::Role(Standing::Triage)][..]];
    let named = under(|policy| policy.environments = vec![asking(&by)]);
    assert_eq!(
        table(&named, "in 40"),
        [
            "sam: may E_ROLE E_ROLE may E_ROLE",
            "rita: may E_ROLE E_ROLE may E_ROLE",
            "tom: may E_ROLE E_ROLE may E_ROLE",
            "ana: may may may may may",
            "max: may may may may may",
            "ada: may may may may may",
        ]
    );
    // `who.approver` takes the default away from those who can push, not from whom an environment asks.
    let both = under(|policy| {
        policy.environments = vec![asking(&by[..1])];
        policy.who.approver = vec![user("ada")];
    });
    assert_eq!(
        LOGINS.map(|login| fate(&both, login, "in 40", "/release reject p7.1 -- x") == "E_ROLE"),
        [false, false, true, true, true, false]
    );
    assert_eq!(fates(&both, "rita", "in 40"), "confused confused confused confused confused");
    // A team that cannot be read lets nobody in, and sends nobody away as a stranger.
    let unsure = under(|policy| policy.environments = vec![asking(&by[1..])]).silent(&["Member"]);
    let unknown = "E_RIGHTS_UNKNOWN";
    assert_eq!(fates(&unsure, "rita", "in 40"), [unknown; 5].join(" "));
    assert_eq!(fates(&unsure, "ana", "in 40"), "may may may may may");
}

#[test]
fn who_names_counts_before_what_the_forge_gives() {
    let only = |may: &[Principal]| {
        let world = world().releasers(may).with(|world| {
            world.members.insert(("acme/release".to_owned(), actor("rita").id));
        });
        LOGINS.map(|login| fate(&world, login, "in 40", "/release cut")).join(" ")
    };
    // sam, rita, tom, ana, max, ada
    assert_eq!(only(&[group("acme/release")]), "confused done E_ROLE E_ROLE E_ROLE E_ROLE");
    assert_eq!(only(&[Principal::User("SAM".to_owned())]), "done confused E_ROLE E_ROLE E_ROLE E_ROLE");
    assert_eq!(only(&[Principal::Role(Standing::Maintain)]), "confused confused E_ROLE E_ROLE done done");
    assert_eq!(only(&[Principal::Role(Standing::Triage)]), "confused confused done done done done");
    assert_eq!(
        only(&[group("acme/release"), Principal::Role(Standing::Admin)]),
        "confused done E_ROLE E_ROLE E_ROLE done"
    );
}

#[test]
fn who_may_cut_may_also_do_the_lesser_things() {
    let world = world().releasers(&[Principal::User("sam".to_owned())]);
    assert_eq!(fates(&world, "sam", "in 40"), "may may may E_ROLE E_ROLE");
}

#[test]
fn the_author_of_a_change_is_no_stranger_on_it() {
    // sam wrote #13 and has no right of his own.
    assert_eq!(fates(&world(), "sam", "on #13"), "may E_ROLE E_ROLE E_ROLE E_ROLE");
    assert_eq!(fates(&world(), "sam", "on #12"), "confused confused confused confused confused");
}

#[test]
fn every_way_to_change_something_asks_the_one_function() {
    // Whatever would change something asks for the speaker's standing; without an answer nothing is changed.
    for (rank, line) in ENTRIES.into_iter().filter(|(rank, _)| *rank > Rank::Reader) {
        let asked = world().think(&said(&format!("ana in 40: {line}"))).asked;
        assert!(asked.iter().any(|query| kind(query) == "Standing"), "{line} ({rank:?}) asks nobody");
        let blind = world().silent(&["Standing"]).think(&said(&format!("ana in 40: {line}")));
        assert!(!blind.is_privileged(), "{line}: {:?}", blind.told());
    }
}

#[test]
fn s6a_rights_follow_the_number_not_the_login() {
    // Somebody took the login that ana had before; the policy's role is the forge's for the number.
    let mut impostor = crate::domain::testing::comment("sam in 40: /release cut");
    impostor.author.login = "ana".to_owned();
    let told = World::new().think(&Signal::CommentWritten(impostor)).told();
    assert_eq!(told, ["confused", "ignored: a stranger"]);
    // Nor does the login make them the author of a change, who may ask where it is.
    let mut impostor = crate::domain::testing::comment("sam on #12: /release status");
    let author = World::new().changes[&ChangeNumber(12)].author.clone();
    impostor.author.login = author.map(|author| author.login).unwrap_or_default();
    let told = World::new().think(&Signal::CommentWritten(impostor)).told();
    assert_eq!(told, ["confused", "ignored: a stranger"]);
}

#[test]
fn s8a_a_right_that_was_taken_away_does_not_count() {
    let mut world = world();
    assert_eq!(fate(&world, "ana", "in 40", "/release skip #14 -- dull"), "done");
    world.standings.insert(actor("ana").id, Standing::Triage);
    assert_eq!(fate(&world, "ana", "in 40", "/release skip #14 -- dull"), "E_ROLE");
    world.standings.remove(&actor("ana").id);
    assert_eq!(fate(&world, "ana", "in 40", "/release skip #14 -- dull"), "confused");
}

#[test]
fn s8b_a_right_that_cannot_be_read_is_denied_and_said() {
    for (_, line) in ENTRIES {
        let told = world().silent(&["Standing"]).think(&said(&format!("ana in 40: {line}"))).told();
        let said = "says: Not done: I cannot find out at the moment whether you may. E_RIGHTS_UNKNOWN";
        assert!(told.iter().any(|line| line == said), "{line}: {told:?}");
    }
    let unsure = world().releasers(&[group("acme/release")]).silent(&["Member"]);
    assert_eq!(fate(&unsure, "ana", "in 40", "/release cut"), "E_RIGHTS_UNKNOWN");
    // Where another name lets them in, the team need not be known.
    let sure =
        world().releasers(&[group("acme/release"), Principal::User("ana".to_owned())]).silent(&["Member"]);
    assert_eq!(fate(&sure, "ana", "in 40", "/release cut"), "done");
}

#[test]
fn a_bot_is_a_stranger_whatever_its_standing() {
    let mut facts = Facts::default();
    let mut bot = actor("ada");
    bot.kind = ActorKind::Bot;
    let query = crate::domain::query::Query::Standing(bot.clone());
    let answer = crate::domain::query::Answer::Standing(Standing::Admin);
    let read_at = crate::domain::testing::morning();
    facts.learn(query, crate::domain::query::Fact { found: Found::Known(answer), read_at });
    for rank in Rank::ALL {
        let claim = Claim { actor: &bot, rank, wrote_the_change: true, is_public: true };
        assert_eq!(authorize(&facts, &Policy::default(), claim), Some(Verdict::Stranger));
    }
}
