//! Tests of what becomes of a comment before its command is run: edited, deleted, doubled, unreadable. What each command answers is tested beside it.

use super::*;
use crate::domain::query::CommentNow;
use crate::domain::signal::Signal;
use crate::domain::testing::{World, actor, comment, said};

const CUT: &str = "ana in 40: /release cut";

/// The comment as the forge has it now, where that is not what was delivered.
fn now(line: &str, author: &str, body: &str) -> World {
    let at = comment(line).at;
    let now = CommentNow { author: actor(author), body: body.to_owned(), page: String::new() };
    World::new().with(|world| {
        world.comments.insert(at.number, Some(now));
    })
}

fn check(world: &World, line: &str, expected: &[&str]) {
    assert_eq!(world.think(&said(line)).told(), expected, "{line}");
}

#[test]
fn what_holds_no_command_gets_no_answer() {
    check(&World::new(), "ana in 40: Looks good to me", &["ignored: no command in it"]);
    check(&World::new(), "ana in 40: > /release cut", &["ignored: no command in it"]);
    check(&World::new(), "ana in 40: `/release cut`", &["ignored: no command in it"]);
}

#[test]
fn a_mistake_is_told_and_nothing_is_done() {
    for (line, said) in [
        ("/release promot", "E_"),
        ("/release", "E_"),
        ("/release skip #14", "E_"),
        ("/release cut\n/release cut", "E_"),
        ("/release rollback production to", "E_SYNTAX"),
        ("/release rollback production v1.4.2", "E_SYNTAX"),
        ("/release promote staging again", "E_SYNTAX"),
        ("/release lgtm", "E_VERB"),
        ("/release freeze production", "E_NOT_BUILT"),
    ] {
        let played = World::new().think(&super::super::testing::said(&format!("ana in 40: {line}")));
        let told = played.told();
        assert_eq!(told[0], "eyes", "{line}");
        assert!(told[1].starts_with("says: ") && told[1].contains(said), "{line}: {told:?}");
        assert!(played.decision.events.is_empty(), "{line}: {told:?}");
    }
}

#[test]
fn s18a_an_edited_comment_is_not_run() {
    let played = World::new().think(&Signal::CommentEdited(comment(CUT)));
    assert_eq!(
        played.told(),
        ["says: I don't run edited comments; please send it as a new one. Nothing was done. E_EDITED"]
    );
    // Once it was run, an edit is nobody's business any more.
    let mut world = World::new();
    world.hears(CUT);
    let again = world.think(&Signal::CommentEdited(comment(CUT)));
    assert_eq!(again.told(), ["ignored: it was run as it was first written; the edit changes nothing"]);
    // Somebody who edits another's words is not that other.
    let mut foreign = comment(CUT);
    foreign.sender = actor("max").id;
    let told = World::new().think(&Signal::CommentEdited(foreign)).told();
    assert_eq!(told, ["ignored: edited, and no command of the author's own in it"]);
    // Who would get no words gets none for an edit either.
    let stranger = Signal::CommentEdited(comment("sam in 40: /release cut"));
    assert_eq!(World::new().think(&stranger).told(), ["ignored: edited by somebody who would get no words"]);
    let unsure = World::new().silent(&["Standing"]).think(&Signal::CommentEdited(comment(CUT)));
    assert_eq!(unsure.told(), ["ignored: edited by somebody who would get no words"]);
}

#[test]
fn s18b_words_that_changed_since_the_delivery_are_not_run() {
    let said = "says: I don't run edited comments; please send it as a new one. Nothing was done. E_EDITED";
    check(&now(CUT, "ana", "/release cut v9.9.9"), CUT, &["eyes", said]);
    check(&now(CUT, "ana", "never mind"), CUT, &["eyes", said]);
    check(&now(CUT, "ana", "/release cut "), CUT, &["eyes", said]);
    check(&now(CUT, "max", "/release cut"), CUT, &["ignored: the comment is another's now"]);
}

#[test]
fn s18c_a_deleted_comment_is_not_run() {
    let gone = World::new().with(|world| {
        world.comments.insert(comment(CUT).at.number, None);
    });
    check(&gone, CUT, &["ignored: deleted before it was read"]);
    let told = World::new().think(&Signal::CommentDeleted(comment(CUT).at)).told();
    assert_eq!(told, ["ignored: a deleted comment changes nothing"]);
}

#[test]
fn what_cannot_be_read_back_is_told_but_not_to_strangers() {
    let silent = World::new().silent(&["Comment"]);
    let said = "says: Not done: I could not read this comment and the policy at the moment. E_UNREADABLE";
    check(&silent, CUT, &["eyes", said]);
    check(&silent, "sam in 40: /release cut", &["confused", "ignored: a stranger"]);
    check(&World::new().silent(&["Policy"]), CUT, &["eyes", said]);
    // The person was told to write a new one; the old one is not run when it comes again.
    let mut world = silent;
    world.hears(CUT);
    world.unknown.clear();
    check(&world, CUT, &["ignored: answered before"]);
}

#[test]
fn the_same_comment_is_answered_once() {
    let mut world = World::new();
    world.hears(CUT);
    check(&world, CUT, &["ignored: answered before"]);
}

#[test]
fn s7c_our_own_comment_is_not_obeyed() {
    // An adapter calls its own account a bot, whatever the forge calls it.
    let mut own = comment(CUT);
    own.author.kind = crate::domain::id::ActorKind::Bot;
    let told = World::new().think(&Signal::CommentWritten(own)).told();
    assert_eq!(told, ["ignored: not a person's own words"]);
}

#[test]
fn s23b_a_broken_policy_blocks_privileged_commands() {
    let world = World::new().with(|world| world.policy = Err("error: `tagg` is no key".to_owned()));
    let said = "says: Not done: `.github/lockkeeper.yml` on the default branch has errors. E_POLICY";
    for line in ["plan", "notes", "include #14", "skip #14 -- dull", "cut", "withdraw v1.4.2 -- mistake"] {
        let told = world.think(&super::super::testing::said(&format!("ana in 40: /release {line}"))).told();
        let verb = line.split(' ').next().unwrap();
        assert_eq!(told, [format!("refused {verb} E_POLICY"), "eyes".to_owned(), said.to_owned()]);
    }
    // What only tells goes on.
    for line in ["help", "status"] {
        let told = world.think(&super::super::testing::said(&format!("ana in 40: /release {line}"))).told();
        assert!(told.iter().all(|line| !line.contains("E_POLICY")), "{told:?}");
    }
}

#[test]
fn a_command_that_was_put_aside_gets_a_reference_and_keeps_its_answers_key_free() {
    let life = Incarnation::parse("00000000000000aa").unwrap();
    let order = sorry(&life, &comment(CUT), "github:77").unwrap();
    let answer = World::new().think(&said("ana in 40: /release status")).decision.effects.pop().unwrap();
    assert!(
        crate::domain::say::aloud::plain(match &order.effect {
            Effect::Comment { text, .. } => text,
            other => panic!("{other:?}"),
        })
        .contains("github:77")
    );
    assert!(order.key.as_str().ends_with(":parked") && !answer.key.as_str().ends_with(":parked"));
    assert_eq!(order.subject, reply_subject(&comment(CUT).at), "a later answer edits the apology");
    assert!(sorry(&life, &comment("ana in 40: nice"), "github:77").is_none());
    let mut bot = comment(CUT);
    bot.author.kind = ActorKind::Bot;
    assert!(sorry(&life, &bot, "github:77").is_none());
}
