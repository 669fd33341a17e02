//! Which telling of a change a preview shows, and what that costs. What a preview says is tested with its words.

use jiff::SignedDuration;

use crate::domain::change::{Change, Stage};
use crate::domain::effect::Effect;
use crate::domain::id::{ChangeNumber, ComponentName};
use crate::domain::policy::{PathPattern, Paths, Policy, Versioning};
use crate::domain::query::Query;
use crate::domain::signal::{ChangeTouched, Signal, Touch};
use crate::domain::testing::World;

const NUMBER: ChangeNumber = ChangeNumber(15);

/// Three tellings of one change, each with a label that gives it away.
fn telling(label: &str) -> Change {
    let mut change = World::new().changes[&NUMBER].clone();
    assert_eq!(change.stage, Stage::Open);
    change.labels = vec![label.to_owned()];
    change
}

/// What a delivery of `told` has shown, and whether the forge was asked for the change.
fn shown(held: Option<Change>, told: Change) -> (String, bool) {
    let mut world = World::new();
    world.changes.insert(NUMBER, telling("breaking"));
    world.held.extend(held.map(|held| (NUMBER, held)));
    let played = world.think(&Signal::ChangeTouched(ChangeTouched { change: told, touch: Touch::Described }));
    let title = played.decision.effects.iter().find_map(|order| match &order.effect {
        Effect::Preview { title, .. } => Some(title.clone()),
        _ => None,
    });
    let asked = played.asked.iter().any(|query| matches!(query, Query::Change(_)));
    (title.expect("it is shown"), asked)
}

#[test]
fn a_preview_shows_the_newest_telling_and_asks_the_forge_only_where_none_is_newer() {
    let later = |mut change: Change| {
        change.updated_at += SignedDuration::from_secs(1);
        change
    };
    let check = |held: Option<Change>, told: Change, word: &str, asks: bool| {
        let (title, asked) = shown(held, told);
        assert!(title.contains(word), "{title}");
        assert_eq!(asked, asks, "{title}");
    };
    let (fix, feature) = (telling("fix"), telling("feature"));
    check(None, fix.clone(), "Fixes", false);
    check(Some(fix.clone()), fix.clone(), "Fixes", false);
    check(Some(fix.clone()), later(feature.clone()), "Features", false);
    check(Some(later(feature.clone())), fix.clone(), "Features", false);
    check(Some(feature), fix, "Breaking", true);
    // Before a person is asked for a label, the forge is.
    let mut bare = telling("");
    bare.title = "Tidy up".to_owned();
    bare.labels.clear();
    check(None, bare, "Breaking", true);
}

/// What a preview says of a change that touches these files, where `web` and `api` are components; and what was asked.
fn of_components(files: &[&str], change: Change) -> (String, Vec<Query>) {
    let component = |name: &str| Versioning {
        component: ComponentName::parse(name).unwrap(),
        paths: Paths { within: vec![PathPattern(name.to_owned())], without: vec![] },
        ..Versioning::default()
    };
    let world = World::new().with(|world| {
        let components = vec![component("web"), component("api")];
        world.policy = Ok(Policy { versioning: components[0].clone(), components, ..Policy::default() });
        world.paths.insert(NUMBER, files.iter().map(|file| (*file).to_owned()).collect());
    });
    let played = world.think(&Signal::ChangeTouched(ChangeTouched { change, touch: Touch::Described }));
    let title = played.decision.effects.iter().find_map(|order| match &order.effect {
        Effect::Preview { title, .. } => Some(title.clone()),
        _ => None,
    });
    (title.expect("it is shown"), played.asked)
}

#[test]
fn a_preview_names_each_component_that_a_change_belongs_to() {
    let check = |files: &[&str], body: &str, expected: &str| {
        let mut change = telling("feature");
        change.body = body.to_owned();
        assert_eq!(of_components(files, change).0, expected, "{files:?}");
    };
    check(&["web/a.ts"], "", "web: Features · minor");
    check(&["web/a.ts", "api/b.rs"], "", "web, api: Features · minor");
    check(&["docs/c.md"], "", "In no component");
    let own = "```release-note:fix api\nTotals are right\n```";
    check(&["web/a.ts", "api/b.rs"], own, "web: Features · minor, api: Fixes · patch");
}

#[test]
fn what_a_change_touches_is_asked_while_it_is_open_and_not_when_it_is_merged() {
    let mut merged = telling("feature");
    let asks = |change: Change| {
        let asked = of_components(&["web/a.ts"], change).1;
        asked.iter().any(|query| matches!(query, Query::FilesAt(_) | Query::Files(_)))
    };
    assert!(asks(merged.clone()));
    merged.stage = World::new().changes[&ChangeNumber(14)].stage.clone();
    assert!(matches!(merged.stage, Stage::Merged { .. }));
    assert!(!asks(merged));
}
