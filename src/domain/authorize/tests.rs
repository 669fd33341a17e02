//! Tests of who may: every rank against every standing, by default and by the policy's names. What a command then does is not tested here.

use std::collections::BTreeSet;

use super::*;
use crate::domain::command::Rank;
use crate::domain::id::ChangeNumber;
use crate::domain::policy::GroupPath;
use crate::domain::signal::Signal;
use crate::domain::testing::{World, actor, kind, said};

const RANKS: [Rank; 3] = [Rank::Reader, Rank::Writer, Rank::Releaser];
const LOGINS: [&str; 6] = ["sam", "rita", "tom", "ana", "max", "ada"];

/// One line of each verb that changes something, and one of each that only tells.
const ENTRIES: [(Rank, &str); 8] = [
    (Rank::Reader, "/release help"),
    (Rank::Reader, "/release status"),
    (Rank::Writer, "/release plan"),
    (Rank::Writer, "/release notes"),
    (Rank::Writer, "/release include #14"),
    (Rank::Writer, "/release skip #14 -- dull"),
    (Rank::Releaser, "/release cut"),
    (Rank::Releaser, "/release withdraw v1.4.2 -- mistake"),
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

/// The fates of all entries for these people, a line each: `sam: confused confused …`.
fn table(world: &World, place: &str) -> Vec<String> {
    let row = |login: &str| {
        let fates = ENTRIES.map(|(_, line)| fate(world, login, place, line));
        format!("{login}: {}", fates.join(" "))
    };
    LOGINS.into_iter().map(row).collect()
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
    // help, status | plan, notes, include, skip | cut, withdraw
    assert_eq!(
        table(&world(), "in 40"),
        [
            "sam: confused confused confused confused confused confused confused confused",
            "rita: confused confused confused confused confused confused confused confused",
            "tom: done done E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: done done done done done done done done",
            "max: done done done done done done done done",
            "ada: done done done done done done done done",
        ],
        "on a public project"
    );
    assert_eq!(
        table(&world().public(false), "in 40"),
        [
            "sam: E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE",
            "rita: done done E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE",
            "tom: done done E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE",
            "ana: done done done done done done done done",
            "max: done done done done done done done done",
            "ada: done done done done done done done done",
        ],
        "on a private project"
    );
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
    let fates = ENTRIES.map(|(_, line)| fate(&world, "sam", "in 40", line));
    assert_eq!(fates.join(" "), "done done done done done done done done");
}

#[test]
fn the_author_of_a_change_is_no_stranger_on_it() {
    // sam wrote #13 and has no right of his own.
    let fates = |place: &str| ENTRIES.map(|(_, line)| fate(&world(), "sam", place, line)).join(" ");
    assert_eq!(fates("on #13"), "done done E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE E_ROLE");
    assert_eq!(fates("on #12"), "confused confused confused confused confused confused confused confused");
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
    for rank in RANKS {
        let claim = Claim { actor: &bot, rank, wrote_the_change: true, is_public: true };
        assert_eq!(authorize(&facts, &Policy::default(), claim), Some(Verdict::Stranger));
    }
}
