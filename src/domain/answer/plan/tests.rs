//! Tests of plans of components and of maintenance branches, as commands ask for them. Nothing else.

use crate::domain::effect::Effect;
use crate::domain::id::{BranchName, ChangeNumber, ComponentName};
use crate::domain::policy::{BranchPattern, PathPattern, Policy, Versioning};
use crate::domain::query::Tag;
use crate::domain::say::aloud;
use crate::domain::signal::Signal;
use crate::domain::testing::{World, said, sha, tag};
use crate::domain::version::TagPattern;

fn component(name: &str, paths: &[&str], tag: &str) -> Versioning {
    let mut versioning = Versioning {
        component: ComponentName::parse(name).unwrap(),
        tag: Some(TagPattern::parse(tag).unwrap()),
        ..Versioning::default()
    };
    versioning.paths.within = paths.iter().map(|path| PathPattern((*path).to_owned())).collect();
    versioning
}

/// #12 is of web, #13 (which breaks) of api, #14 of both; of #18 and the rest nobody told.
fn several() -> World {
    World::new().with(|world| {
        let components =
            vec![component("web", &["web"], "web-v{version}"), component("api", &["api"], "api/v{version}")];
        world.policy = Ok(Policy { versioning: components[0].clone(), components, ..Policy::default() });
        world.tags =
            ["web-v1.0.0", "api/v2.0.0"].map(|name| Tag { name: tag(name), commit: sha(10) }).to_vec();
        for (number, paths) in [(12, &["web/a"][..]), (13, &["api/b"]), (14, &["web/c", "api/c"])] {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            world.paths.insert(ChangeNumber(number), paths);
        }
    })
}

fn answer(world: &World, line: &str) -> String {
    let played = world.think(&said(line));
    assert!(played.rounds <= 4, "{line} took {} rounds: {:#?}", played.rounds, played.asked);
    let said = played.decision.effects.iter().filter_map(|order| match &order.effect {
        Effect::Comment { text, .. } => Some(aloud::plain(text)),
        _ => None,
    });
    said.collect()
}

fn contains(text: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_plan_shows_every_component_and_one_that_is_named() {
    let world = several();
    let all = answer(&world, "ana in 40: /release plan");
    contains(&all, &["web: web-v1.1.0", "api: api/v3.0.0"]);
    let web = answer(&world, "ana in 40: /release plan --component web");
    contains(&web, &["web-v1.1.0", "passkeys", "Fix the clock"]);
    assert!(!web.contains("old API"), "{web}");
    let api = answer(&world, "ana in 40: /release notes --component api");
    contains(&api, &["old API", "Fix the clock"]);
}

#[test]
fn what_is_about_one_component_must_name_it() {
    let world = several();
    for line in ["cut", "notes", "promote staging", "rollback staging", "withdraw v1.0.0 -- x", "plan minor"]
    {
        let told = answer(&world, &format!("ana in 40: /release {line}"));
        contains(&told, &["E_COMPONENT", "--component web"]);
    }
    let unknown = answer(&world, "ana in 40: /release cut --component wev");
    contains(&unknown, &["E_COMPONENT", "`wev`", "`web` and `api`"]);
    let one = answer(&World::new(), "ana in 40: /release cut --component web");
    contains(&one, &["E_COMPONENT"]);
}

#[test]
fn a_cut_of_one_component_leaves_the_other_alone() {
    let world = several();
    let played = world.think(&said("ana in 40: /release cut --component api"));
    let tags: Vec<String> = played
        .decision
        .effects
        .iter()
        .filter_map(|order| match &order.effect {
            Effect::CreateTag { tag, .. } => Some(format!("{} {tag}", order.subject.0)),
            _ => None,
        })
        .collect();
    assert_eq!(tags, ["api:release:api/v3.0.0 api/v3.0.0"]);
}

#[test]
fn a_tag_made_by_hand_is_of_the_component_that_spells_tags_so() {
    let mut world = several();
    world.tags.push(Tag { name: tag("api/v2.1.0"), commit: sha(14) });
    world.play(&Signal::TagMoved { tag: tag("api/v2.1.0"), by: None, exists: true });
    let adopted = world.state.component(&ComponentName::parse("api").unwrap()).releases;
    assert_eq!(adopted.iter().map(|mark| mark.version.to_string()).collect::<Vec<_>>(), ["2.1.0"]);
    let all = answer(&world, "ana in 40: /release plan");
    contains(&all, &["web: web-v1.1.0", "Nothing to release: `api`"]);
}

#[test]
fn a_hidden_change_is_hidden_wherever_it_stands() {
    let mut world = several();
    let told = world.hears("ana in 40: /release skip #14 -- dull");
    assert_eq!(&told[..2], ["change_hidden", "change_hidden"], "{told:?}");
    let told = world.hears("ana in 40: /release skip #12 -- dull");
    assert_eq!(told.iter().filter(|line| *line == "change_hidden").count(), 1, "{told:?}");
}

#[test]
fn status_tells_of_each_component_and_where_a_change_is_in_it() {
    let mut world = several();
    let all = answer(&world, "ana in 40: /release status");
    contains(
        &all,
        &["web: Newest release: web-v1.0.0", "Next: web-v1.1.0", "api: Newest release", "Next: api/v3.0.0"],
    );
    let both = answer(&world, "ana on #14: /release status");
    contains(&both, &["next release, web-v1.1.0.", "next release, api/v3.0.0."]);
    let one = answer(&world, "ana on #12: /release status");
    assert!(!one.contains("next release, api"), "{one}");
    world.tags.push(Tag { name: tag("api/v3.0.0"), commit: sha(14) });
    world.play(&Signal::TagMoved { tag: tag("api/v3.0.0"), by: None, exists: true });
    let both = answer(&world, "ana on #14: /release status");
    contains(&both, &["next release, web-v1.1.0.", "is out with api v3.0.0."]);
}

#[test]
fn a_refusal_within_a_component_offers_commands_about_it() {
    let world = several();
    let told = answer(&world, "ana in 40: /release cut v0.9.0 --component web");
    contains(&told, &["E_VERSION", "/release plan --component web"]);
    let told = answer(&world, "ana in 40: /release hold v1.0.0");
    contains(&told, &["E_COMPONENT", "/release hold v1.0.0 --component web"]);
}

#[test]
fn a_plan_on_an_open_change_takes_it_in_where_it_belongs() {
    let world = several().with(|world| {
        world.paths.insert(ChangeNumber(15), vec!["web/new".to_owned()]);
    });
    let web = answer(&world, "ana on #15: /release plan --component web");
    contains(&web, &["dark mode"]);
    let api = answer(&world, "ana on #15: /release plan --component api");
    assert!(!api.contains("dark mode"), "{api}");
}

#[test]
fn linked_components_share_their_version() {
    let world = several().with(|world| {
        let Ok(policy) = &mut world.policy else { return };
        policy.components.iter_mut().for_each(|one| one.linked = Some("core".to_owned()));
        policy.versioning = policy.components[0].clone();
    });
    let all = answer(&world, "ana in 40: /release plan");
    contains(&all, &["web: web-v3.0.0", "api: api/v3.0.0"]);
}

/// #14 was merged into release/1.4, which ends at commit 12 here.
fn maintained() -> World {
    World::new().with(|world| {
        if let Ok(policy) = &mut world.policy {
            policy.branches = vec![BranchPattern("release/*".to_owned())];
        }
        let change = world.changes.get_mut(&ChangeNumber(14)).unwrap();
        change.base = BranchName::parse("release/1.4").unwrap();
    })
}

#[test]
fn a_command_on_a_change_of_a_maintenance_branch_is_about_that_branch() {
    let world = maintained();
    let there = answer(&world, "ana on #14: /release plan");
    contains(&there, &["v1.4.3", "takes only 1.4.x"]);
    contains(&answer(&world, "ana on #12: /release plan"), &["v2.0.0"]);
    let unread = maintained().silent(&["Base"]);
    contains(&answer(&unread, "ana on #14: /release cut"), &["E_UNREADABLE"]);
    let unlisted = maintained().with(|world| {
        if let Ok(policy) = &mut world.policy {
            policy.branches.clear();
        }
    });
    contains(&answer(&unlisted, "ana on #14: /release plan"), &["v2.0.0"]);
}
