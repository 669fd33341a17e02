//! Tests of lines with a branch of their own: what a cut means where one is open, which is refused, what stands for a release. How branches are made is tested at the forges.

use super::*;
use crate::domain::effect::{Made, Outcome, Refusal};
use crate::domain::id::ReleaseId;
use crate::domain::policy::Policy;
use crate::domain::query::Tag;
use crate::domain::testing::{World, merged, said, sha, tag, version};

const CUT: &str = "ana in 40: /release cut";

fn world() -> World {
    World::new().calm().with(|world| {
        world.policy = Ok(Policy {
            cut: CutMode::Branch,
            branches: vec![pattern(&ComponentName::default_component())],
            ..Policy::default()
        });
    })
}

fn named(name: &str) -> BranchName {
    BranchName::parse(name).unwrap()
}

/// A world in which v1.5.0-rc.1 is out on its branch.
fn open() -> World {
    let mut world = world();
    let asked = world.play(&said("ana in 30: /release cut"));
    world.branches.insert(named("release/1.5"), sha(20));
    let branched = world.ends(&asked.decision, Made::Nothing);
    finish(&mut world, branched.decision, "v1.5.0-rc.1", 20);
    world
}

/// Goes from an ordered tag to the end of its cut.
fn finish(world: &mut World, ordered: crate::domain::decision::Decision, name: &str, at: u64) {
    let page = || Made::Release { id: ReleaseId(77), page: "https://forge.example/releases/77".to_owned() };
    let tagged = world.ends(&ordered, Made::Tag { object: sha(4000), adopted: false });
    world.tags.push(Tag { name: tag(name), commit: sha(at) });
    let drafted = world.ends(&tagged.decision, page());
    world.ends(&drafted.decision, page());
    let timer = crate::domain::due::due(&world.state).into_keys().next().unwrap();
    world.play(&crate::domain::signal::Signal::TimerDue { timer });
}

/// The same with a fix that came to the branch.
fn fixed() -> World {
    open().with(|world| {
        let mut fix = merged(21, "bob", "Fix the night", "fix");
        fix.base = named("release/1.5");
        world.changes.insert(fix.number, fix);
        world.branches.insert(named("release/1.5"), sha(21));
    })
}

fn check(world: &World, line: &str, expected: &[&str]) {
    assert_eq!(world.think(&said(line)).told(), expected, "{line}");
}

fn refused(world: &World, line: &str, code: &str) {
    let told = world.think(&said(line)).told();
    assert_eq!(told[0], format!("refused cut {code}"), "{line}: {told:?}");
}

#[test]
fn the_first_cut_makes_the_branch_and_then_the_tag() {
    let mut world = world();
    let asked = world.play(&said(CUT));
    assert_eq!(asked.told(), ["cut_started", "eyes", "makes release/1.5 at 20"]);
    let branched = world.ends(&asked.decision, Made::Nothing);
    assert_eq!(branched.told(), ["line_opened", "tags v1.5.0-rc.1 at 20"]);
    assert_eq!(world.component().open_line().unwrap().branch, named("release/1.5"));
}

#[test]
fn while_a_line_is_open_a_cut_is_its_next_candidate_or_its_release() {
    check(&fixed(), CUT, &["cut_started", "eyes", "tags v1.5.0-rc.2 at 21"]);
    check(&fixed(), "ana in 40: /release cut v1.5.0", &["cut_started", "eyes", "tags v1.5.0 at 21"]);
    refused(&open(), CUT, "E_NOTHING");
    check(&open(), "ana in 40: /release cut v1.5.0", &["cut_started", "eyes", "tags v1.5.0 at 20"]);
}

#[test]
fn a_line_is_open_until_its_release_is_out() {
    let mut world = fixed();
    let asked = world.play(&said("ana in 31: /release cut v1.5.0"));
    finish(&mut world, asked.decision, "v1.5.0", 21);
    assert!(world.component().open_line().is_none());
    // Its fixes come from its branch, wherever they are asked for.
    check(&world, "ana in 40: /release cut v1.5.1", &["cut_started", "eyes", "tags v1.5.1 at 21"]);
    refused(&world, "ana in 40: /release cut v1.6.0", "E_NO_LINE");
}

#[test]
fn a_branch_that_is_gone_takes_its_line_with_it() {
    let world = open().with(|world| _ = world.branches.remove(&named("release/1.5")));
    let begins = ["line_dropped", "cut_started", "eyes", "makes release/2.0 at 20"];
    check(&world, "ana in 40: /release cut v2.0.0 --pre rc", &begins);
    refused(&open(), "ana in 40: /release cut v2.0.0 --pre rc", "E_LINE_OPEN");
}

#[test]
fn a_branch_that_is_there_is_taken_over_where_it_holds_the_commit() {
    let there = |at: u64| world().with(|world| _ = world.branches.insert(named("release/1.5"), sha(at)));
    check(&there(25), CUT, &["line_opened", "cut_started", "eyes", "tags v1.5.0-rc.1 at 20"]);
    check(&there(20), CUT, &["line_opened", "cut_started", "eyes", "tags v1.5.0-rc.1 at 20"]);
    refused(&there(12), CUT, "E_BRANCH_TAKEN");
    // The same where it appears between the look and the making.
    let mut world = world();
    let asked = world.play(&said(CUT));
    let taken = world.ended(&asked.decision, Outcome::Refused(Refusal::Taken { by: Some(sha(12)) }));
    assert!(taken.told()[1].ends_with("E_BRANCH_TAKEN"), "{:?}", taken.told());
    assert!(world.component().cutting.is_none());
}

#[test]
fn where_branches_cannot_be_read_nothing_is_cut() {
    refused(&world().silent(&["Holds"]), CUT, "E_UNREADABLE");
    refused(&open().silent(&["BranchHead"]), CUT, "E_UNREADABLE");
    let by_commit = format!("ana in 40: /release cut {}", sha(20).as_str());
    refused(&open().silent(&["Holds"]), &by_commit, "E_UNREADABLE");
}

#[test]
fn what_is_asked_for_is_on_the_line_or_named_in_full() {
    let behind = open().with(|world| _ = world.branches.insert(named("release/1.5"), sha(13)));
    refused(&behind, &format!("ana in 40: /release cut {}", sha(20).as_str()), "E_NOT_ON_BRANCH");
    refused(&world(), "ana in 40: /release cut v1.5.0", "E_NO_LINE");
    let opens = ["cut_started", "eyes", "makes release/2.0 at 20"];
    check(&world(), "ana in 40: /release cut v2.0.0 --pre rc", &opens);
    check(&world(), "ana in 40: /release cut v2.0.0-rc.1", &opens);
    let told = open().think(&said(&format!("ana in 40: /release cut v1.5.0 {}", sha(20).as_str()))).told();
    assert_eq!(
        told,
        ["cut_started", "eyes", "tags v1.5.0 at 20"],
        "the command that goes on where a cut stopped"
    );
}

#[test]
fn a_plan_tells_of_the_open_line_and_of_the_next() {
    let first = |world: &World, line: &str| world.think(&said(line)).told()[1].clone();
    let told = first(&fixed(), "ana in 40: /release plan");
    assert_eq!(
        told,
        "says: `release/1.5` is open: v1.5.0-rc.1 is its newest candidate, 1 change on it since."
    );
    let told = first(&open(), "ana in 40: /release status");
    assert!(told.contains("`release/1.5` is open") && told.contains("nothing is new since"), "{told}");
    assert!(first(&world(), "ana in 40: /release plan").contains("Next: v1.5.0"));
}

#[test]
fn what_comes_from_the_default_branch_raises_the_minor_number_at_least() {
    let mut world = open();
    world.branches.remove(&named("release/1.5"));
    let tags = |names: &[(&str, u64)]| {
        names.iter().map(|(name, at)| Tag { name: tag(name), commit: sha(*at) }).collect::<Vec<_>>()
    };
    world.state.components.clear();
    world.tags = tags(&[("v1.4.2", 10), ("v1.5.0-rc.1", 13)]);
    world.changes.retain(|number, _| number.0 <= 12 || number.0 == 14);
    check(&world, CUT, &["cut_started", "eyes", "makes release/1.6 at 20"]);
}

#[test]
fn a_candidate_stands_for_its_release_where_its_line_parted() {
    let tags = ["v1.4.0", "v1.4.1", "v1.5.0-rc.1", "v1.5.0", "v1.6.0-rc.1", "v1.7.0-rc.1"].map(tag);
    let check = |mode, series: Option<&str>, expected: &[&str]| {
        let series = series.and_then(|name| Series::of(&named(name)));
        let found = standing(&tags, &Naming::usual(), (mode, series.as_ref()));
        let found: Vec<&str> = found.iter().map(|(_, tag)| tag.as_str()).collect();
        assert_eq!(found, expected);
    };
    check(CutMode::Tag, None, &["v1.5.0", "v1.4.1", "v1.4.0"]);
    let all = ["v1.7.0-rc.1", "v1.6.0-rc.1", "v1.5.0", "v1.5.0-rc.1", "v1.4.1", "v1.4.0"];
    check(CutMode::Branch, None, &all);
    check(CutMode::Branch, Some("release/1.6"), &["v1.5.0", "v1.5.0-rc.1", "v1.4.1", "v1.4.0"]);
    check(CutMode::Branch, Some("release/1.5"), &["v1.5.0", "v1.4.1", "v1.4.0"]);
}

#[test]
fn a_branch_is_called_by_the_line_and_by_the_component() {
    use crate::domain::version::Scheme;
    let of = |component: &str, scheme: Scheme, name: &str| {
        let component = ComponentName::parse(component).unwrap();
        branch(&Versioning { component, scheme, ..Versioning::default() }, &version(name)).to_string()
    };
    let calendar = |format: &str| Scheme::Calendar(format.parse().unwrap());
    assert_eq!(of("default", Scheme::default(), "1.5.0-rc.1"), "release/1.5");
    assert_eq!(of("web", Scheme::default(), "2.0.1"), "release/web/2.0");
    assert_eq!(of("default", calendar("YY.0M.MICRO"), "26.03.4"), "release/26.03");
    assert_eq!(of("default", calendar("YYYY.MM.DD"), "2026.12.5"), "release/2026.12.5");
    assert_eq!(of("default", calendar("YY.0M.MICRO"), "1.5.0"), "release/1.5");
}
