//! Tests of what holds for every decision: how often it asks, that it orders once, that what is unknown opens nothing. What each command answers is tested beside it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::change::Stage;
use crate::domain::effect::{Effect, EffectKey, Made, Ordered, Outcome};
use crate::domain::id::{ActorKind, BranchName, ChangeNumber, ReleaseId};
use crate::domain::policy::{GroupPath, Policy, Principal};
use crate::domain::query::Triggered;
use crate::domain::signal::{
    ChangeTouched, Comment, InstallationChange, InstallationTouched, ReleaseTouch, ReleaseTouched, Run, Touch,
};
use crate::domain::testing::{World, actor, comment, milestone, said, seen, sha, tag};

/// A line of each command, and of what is almost one.
const COMMANDS: [&str; 18] = [
    "/release help",
    "/release help all",
    "/release status",
    "/release plan",
    "/release plan major",
    "/release plan v3.0.0",
    "/release plan --component other",
    "/release notes",
    "/release include #12",
    "/release skip #14 -- dull",
    "/release cut",
    "/release cut v2.1.0",
    "/release cut 000000e",
    "/release cut v2.0.0 --pre rc",
    "/release cut 000000e --pre rc",
    "/release withdraw v1.4.2 -- mistake",
    "/release promot",
    "/release cut cut cut",
];

/// A member, a reader, a stranger, and somebody of a team, each where commands are written.
const SPEAKERS: [&str; 9] = [
    "ana on #12",
    "ana on #15",
    "ana in 40",
    "rita on #12",
    "rita on #15",
    "sam on #12",
    "sam on #13",
    "sam in 40",
    "max on #14",
];

fn teams() -> Vec<Principal> {
    ["acme/release", "acme/security"].map(|team| Principal::Group(GroupPath(team.to_owned()))).to_vec()
}

fn busy_policy() -> Policy {
    let mut policy = Policy::default();
    policy.who.reader = teams();
    policy.who.writer = teams();
    policy.who.releaser = teams();
    policy
}

/// Worlds that differ in what a decision has to ask.
fn worlds() -> Vec<World> {
    let early = |world: &mut World| {
        world.tags.push(crate::domain::query::Tag { name: tag("v2.0.0-rc.1"), commit: sha(13) });
    };
    let plain = World::new();
    vec![
        plain.clone(),
        plain.clone().public(false),
        plain.clone().with(|world| world.policy = Ok(busy_policy())),
        plain.clone().with(|world| world.policy = Ok(busy_policy())).public(false).with(early),
        plain.clone().with(|world| world.policy = Err("error: no such key".to_owned())),
        plain.clone().with(early),
        plain.clone().with(|world| world.tags.clear()),
        plain.with(|world| world.workflows = vec![publish()]),
    ]
}

fn publish() -> Triggered {
    Triggered { file: "publish.yml".to_owned(), on: vec!["push".to_owned()] }
}

/// Every signal there is, said by everybody.
fn signals() -> Vec<Signal> {
    let comments = COMMANDS
        .iter()
        .flat_map(|command| SPEAKERS.iter().map(move |speaker| comment(&format!("{speaker}: {command}"))));
    let heard = comments.flat_map(|comment| {
        [Signal::CommentWritten(comment.clone()), Signal::CommentEdited(comment.clone())]
    });
    heard.chain(others()).collect()
}

fn milestone_touched() -> Signal {
    let (title, touch) = ("v2.0.0".to_owned(), crate::domain::signal::MilestoneTouch::Open);
    Signal::MilestoneTouched(crate::domain::signal::MilestoneTouched { number: 1, title, due: None, touch })
}

/// Every signal that is no comment.
fn others() -> Vec<Signal> {
    let world = World::new();
    let change = |number: u64| world.changes[&ChangeNumber(number)].clone();
    let touches =
        [Touch::Opened, Touch::Pushed, Touch::Described, Touch::Merged, Touch::Closed, Touch::Other];
    let touched = |number: u64| {
        touches.map(|touch| Signal::ChangeTouched(ChangeTouched { change: change(number), touch }))
    };
    let pages = [ReleaseTouch::Published, ReleaseTouch::Edited, ReleaseTouch::Withdrawn].map(|touch| {
        Signal::ReleaseTouched(ReleaseTouched {
            id: ReleaseId(5),
            tag: tag("v1.4.2"),
            by: Some(actor("sam")),
            touch,
        })
    });
    let main = BranchName::parse("main").unwrap();
    let branch = |touches_policy| Signal::BranchMoved {
        branch: main.clone(),
        head: Some(sha(14)),
        touches_policy,
        touched: BTreeMap::new(),
    };
    let mut all = vec![
        Signal::CommentDeleted(comment("ana on #12: /release cut").at),
        Signal::PreviewAsked { change: ChangeNumber(15) },
        branch(true),
        branch(false),
        Signal::TagMoved { tag: tag("v1.4.2"), by: None, exists: true },
        Signal::TagMoved { tag: tag("v1.4.2"), by: None, exists: false },
        Signal::RunStarted(Run {
            number: 1,
            commit: sha(20),
            on: Some("v2.0.0".to_owned()),
            file: "publish.yml".to_owned(),
            page: "https://forge.example/runs/1".to_owned(),
        }),
        milestone_touched(),
        Signal::ProjectArchived { archived: true },
        Signal::ProjectDeleted,
        Signal::InstallationTouched(InstallationTouched {
            installation: "github:3".parse().unwrap(),
            joined: vec![seen()],
            left: vec![seen().id],
            change: InstallationChange::Suspended,
        }),
        Signal::Joined(seen()),
        Signal::Left { suspended: true },
        Signal::EffectEnded { key: EffectKey::stored("0000:reply:1"), outcome: Outcome::Done(Made::Nothing) },
        Signal::TimerDue { timer: "runs_of:default".parse().unwrap() },
        Signal::ResyncDue,
        Signal::Ignored { reason: "no use for it".to_owned() },
    ];
    all.extend(touched(12));
    all.extend(touched(15));
    all.extend(touched(16));
    all.extend(pages);
    all
}

fn everywhere(check: impl Fn(&World, &Signal)) {
    for world in worlds() {
        for signal in signals() {
            check(&world, &signal);
        }
    }
}

#[test]
fn a_decision_is_asked_at_most_four_times() {
    everywhere(|world, signal| {
        let played = world.think(signal);
        assert!(played.rounds <= 4, "{} rounds for {signal:?}: {:#?}", played.rounds, played.asked);
    });
}

#[test]
fn no_question_is_asked_twice() {
    everywhere(|world, signal| {
        let asked = world.think(signal).asked;
        let once: BTreeSet<_> = asked.iter().collect();
        assert_eq!(once.len(), asked.len(), "{signal:?} asks twice: {asked:#?}");
    });
}

#[test]
fn deciding_twice_orders_once() {
    everywhere(|world, signal| {
        let (one, other) = (world.think(signal).decision, world.think(signal).decision);
        assert_eq!(one, other, "the same moment gives the same decision");
        let mut world = world.clone();
        let first = world.play(signal).decision;
        let again = world.think(signal).decision;
        let keys: BTreeSet<_> = first.effects.iter().map(|order| &order.key).collect();
        assert_eq!(keys.len(), first.effects.len(), "each order has a key of its own: {first:#?}");
        assert!(again.events.is_empty(), "{signal:?} is recorded twice: {:#?}", again.events);
        let news: Vec<_> = again.effects.iter().filter(|order| !keys.contains(&order.key)).collect();
        assert!(news.is_empty(), "{signal:?} orders more the second time: {news:#?}");
    });
}

#[test]
fn an_unknown_fact_opens_nothing() {
    let kinds = [
        "Comment",
        "Standing",
        "Member",
        "Policy",
        "Tags",
        "Commit",
        "FirstAncestor",
        "BranchOf",
        "Range",
        "Change",
    ];
    // Where nobody needs a fact, its absence may not matter; these commands need theirs.
    let needs = |kind: &str, body: &str| match kind {
        "Comment" | "Standing" | "Policy" => true,
        "Tags" | "FirstAncestor" | "Range" => body.starts_with("/release cut"),
        "Commit" | "BranchOf" => body.contains("000000e"),
        "Change" => body.starts_with("/release include") || body.starts_with("/release skip"),
        _ => false,
    };
    for kind in kinds {
        let world = World::new().silent(&[kind]);
        for speaker in SPEAKERS {
            for command in COMMANDS {
                let played = world.think(&said(&format!("{speaker}: {command}")));
                assert!(
                    !(needs(kind, command) && played.is_privileged()),
                    "{speaker}: {command} acts without {kind}: {:?}",
                    played.told()
                );
            }
        }
    }
    // A team that cannot be asked is no team that one belongs to.
    let world = World::new().releasers(&teams()).silent(&["Member"]);
    for login in ["ana", "rita", "max"] {
        assert!(!world.think(&said(&format!("{login} on #12: /release cut"))).is_privileged(), "{login}");
    }
}

#[test]
fn where_nothing_is_known_nothing_is_ordered_but_a_sentence() {
    for world in worlds().into_iter().map(|world| world.silent(&["everything"])) {
        for signal in signals() {
            let played = world.think(&signal);
            assert!(!played.is_privileged(), "{signal:?}: {:?}", played.told());
        }
    }
}

#[test]
fn s5a_a_privileged_act_relies_on_what_was_read_again() {
    for command in COMMANDS {
        let signal = said(&format!("ana on #12: {command}"));
        let played = World::new().think(&signal);
        if !played.is_privileged() {
            continue;
        }
        let asked: BTreeSet<String> = played.asked.iter().map(crate::domain::testing::kind).collect();
        for kind in ["Comment", "Standing", "Policy"] {
            assert!(asked.contains(kind), "{command} acts without having read the {kind} again");
        }
    }
}

#[test]
fn s10a_a_label_or_milestone_alone_orders_nothing_but_a_preview() {
    for world in worlds() {
        for label in ["feature", "breaking", "release:blocker", "skip-changelog", "backport 1.4", "release"] {
            for touch in [Touch::Opened, Touch::Described, Touch::Merged, Touch::Closed] {
                for number in [12, 15] {
                    let mut change = world.changes[&ChangeNumber(number)].clone();
                    change.labels = vec![label.to_owned()];
                    change.milestone = Some(milestone(1, "v2.0.0"));
                    let played = world.think(&Signal::ChangeTouched(ChangeTouched { change, touch }));
                    assert!(played.decision.events.is_empty(), "{label}: {:?}", played.told());
                    let previews = |order: &Ordered| matches!(order.effect, Effect::Preview { .. });
                    assert!(played.decision.effects.iter().all(previews), "{label}: {:?}", played.told());
                }
            }
        }
        assert!(!world.think(&milestone_touched()).acts());
    }
}

#[test]
fn nothing_but_a_command_begins_a_privileged_act() {
    for world in worlds() {
        for signal in others() {
            let played = world.think(&signal);
            assert!(!played.is_privileged(), "{signal:?}: {:?}", played.told());
        }
    }
}

/// Plays a comment by somebody, in a world.
fn heard(world: &World, comment: Comment) -> crate::domain::testing::Played {
    world.think(&Signal::CommentWritten(comment))
}

/// Text as people and their enemies write it: commands, halves of commands, marks, anything.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(COMMANDS.to_vec()).prop_map(str::to_owned),
        1 => proptest::sample::select(vec!["/release ", "\n", "\n\n", "> ", "```\n", "<details>", "@ana ", "-- ", "v9.9.9"])
            .prop_map(str::to_owned),
        1 => ".{0,40}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn any_text_of_anybody_is_decided_in_four_rounds_and_only_once(
        text in any_text(), speaker in proptest::sample::select(SPEAKERS.to_vec()), at in 0_usize..8,
    ) {
        let mut world = worlds().swap_remove(at);
        let signal = said(&format!("{speaker}: {text}"));
        let played = world.play(&signal);
        prop_assert!(played.rounds <= 4);
        // Prints all that is said, and so asks of each sentence what must hold for all.
        played.told();
        let again = world.play(&signal);
        prop_assert!(!again.acts(), "{:?} and then {:?}", played.told(), again.told());
    }

    #[test]
    fn a_strangers_words_order_nothing_but_a_reaction(text in any_text(), at in 0_usize..8, silent in 0_usize..4) {
        let silent: &[&'static str] = match silent { 0 => &["Comment"], 1 => &["Tags", "Range"], 2 => &["Policy"], _ => &[] };
        let world = worlds().swap_remove(at).public(true).silent(silent);
        let played = world.think(&said(&format!("sam in 40: {text}")));
        prop_assert!(!played.acts(), "{:?}", played.told());
        prop_assert!(played.decision.effects.len() <= 1);
    }

    #[test]
    fn s7b_a_bot_is_not_obeyed(text in any_text(), at in 0_usize..8) {
        let world = worlds().swap_remove(at);
        // Even one with the number of an administrator.
        let mut by_bot = comment(&format!("ada on #12: {text}"));
        by_bot.author.kind = ActorKind::Bot;
        for signal in [Signal::CommentWritten(by_bot.clone()), Signal::CommentEdited(by_bot)] {
            let played = world.think(&signal);
            prop_assert!(played.decision.effects.is_empty() && played.decision.events.is_empty());
        }
    }

    #[test]
    fn s7a_author_and_sender_must_be_one(text in any_text(), at in 0_usize..8) {
        let mut foreign = comment(&format!("ada on #12: {text}"));
        foreign.sender = actor("sam").id;
        let played = heard(&worlds().swap_remove(at), foreign);
        prop_assert!(played.decision.effects.is_empty() && played.decision.events.is_empty());
    }
}

#[test]
fn an_open_change_that_is_touched_is_remembered_with_its_stage() {
    let change = World::new().changes[&ChangeNumber(15)].clone();
    let signal = Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Described });
    let mirror = World::new().think(&signal).decision.mirror;
    assert_eq!(mirror.len(), 1);
    assert_eq!(mirror[0].stage, Stage::Open);
}
