//! Every sentence that is no plan, help or mistake, as it is read on a phone: one line that is the whole answer, then what to do, then the code. Rules that hold for all are asked of all.

use insta::assert_snapshot;

use super::aloud::plain as read_aloud;
use super::refusal;
use super::status::{Next, Part, Whereabouts};
use super::*;
use crate::domain::command::verb;
use crate::domain::event::Cut;
use crate::domain::id::{BranchName, ChangeNumber, ComponentName};
use crate::domain::milestone::{Aftermath, Because};
use crate::domain::outlook::Obstacle;
use crate::domain::plan::Released;
use crate::domain::policy::{GroupPath, Policy, Principal, Standing, Versioning};
use crate::domain::query::Triggered;
use crate::domain::signal::Run;
use crate::domain::state::{Component, CutStep, Cutting, ReleaseMark, Report};
use crate::domain::testing::{World, comment, merged, morning, sha, tag, version};
use crate::domain::version::{Bump, TagPattern};

fn number() -> ChangeNumber {
    ChangeNumber(12)
}

fn a_cut() -> Cut {
    Cut {
        version: version("1.5.0"),
        tag: tag("v1.5.0"),
        commit: sha(20),
        previous: Some(version("1.4.2")),
        bump: Bump::Minor,
        latest: true,
        line: None,
    }
}

fn mark(withdrawn: bool) -> ReleaseMark {
    ReleaseMark {
        version: version("1.4.2"),
        tag: tag("v1.4.2"),
        commit: sha(10),
        release: None,
        page: None,
        at: morning(),
        withdrawn,
        contents: None,
        issue: None,
        unconfirmed: false,
    }
}

fn report(runs: &[&str]) -> Report {
    let run = |file: &&str| Run {
        number: 1,
        commit: sha(20),
        on: None,
        file: (*file).to_owned(),
        page: "https://forge.example/runs/1".to_owned(),
    };
    Report {
        cut: a_cut(),
        asked: comment("ana in 40: /release cut").at,
        started: 2,
        page: "https://forge.example/releases/77".to_owned(),
        runs: runs.iter().map(run).collect(),
        milestone: None,
    }
}

fn with_milestone(closed: bool, open: usize, to: Option<&str>) -> Report {
    let milestone = Some(Aftermath { closed, open, to: to.map(version) });
    Report { milestone, ..report(&[]) }
}

fn previous() -> Released {
    Released { version: version("1.4.2"), tag: tag("v1.4.2"), commit: sha(10) }
}

fn group(path: &str) -> Principal {
    Principal::Group(GroupPath(path.to_owned()))
}

fn many() -> Vec<Principal> {
    (1..9).map(|at| group(&format!("acme/a-team-with-a-long-name-{at}"))).collect()
}

fn workflows() -> Vec<Triggered> {
    let of = |file: &str, on: &[&str]| Triggered {
        file: file.to_owned(),
        on: on.iter().map(|word| (*word).to_owned()).collect(),
    };
    vec![of("publish.yml", &["push"]), of("notify.yml", &["create", "release"])]
}

fn whole() -> ComponentName {
    ComponentName::default_component()
}

fn pattern(text: &str) -> TagPattern {
    TagPattern::parse(text).expect("a pattern")
}

/// Every answer of these files, by a name for whoever reads a failure.
fn all() -> Vec<(&'static str, Text)> {
    let [cuts, refusals, rest] = [cuts(), refusals(), rest()];
    cuts.into_iter().chain(refusals).chain(rest).collect()
}

fn cuts() -> Vec<(&'static str, Text)> {
    let quiet = crate::domain::plan::draw(&crate::domain::plan::Basis {
        policy: &Policy::default(),
        naming: &crate::domain::version::Naming::usual(),
        line: &crate::domain::plan::Line::after(Some(previous())),
        head: &sha(20),
        range: &[],
        shown: &Default::default(),
        hidden: &Default::default(),
        first_timers: &Default::default(),
        milestone: None,
        wish: &crate::domain::plan::Wish::Next,
        channel: None,
        today: jiff::civil::Date::ZERO,
        series: None,
        linked: &[],
    });
    let main = BranchName::parse("main").expect("a branch");
    let until = morning();
    vec![
        ("done", cut::done(&whole(), &report(&[]), 7)),
        ("done with runs", cut::done(&whole(), &report(&["publish.yml", "notify.yml"]), 1)),
        ("done with a milestone", cut::done(&whole(), &with_milestone(true, 0, None), 7)),
        (
            "done with a milestone that goes on",
            cut::done(&whole(), &with_milestone(true, 2, Some("1.6.0")), 7),
        ),
        ("done with a milestone that stays", cut::done(&whole(), &with_milestone(false, 1, None), 7)),
        ("proposal", milestone::proposal(&quiet, (&version("1.5.0"), None), Because::Due)),
        ("question", cut::question(&a_cut(), Ok(&workflows()), until, "/release cut")),
        ("question unread", cut::question(&a_cut(), Err("403".to_owned()), until, "/release cut")),
        ("busy", cut::busy(&a_cut())),
        ("not merged", cut::not_merged(number())),
        ("no such commit", cut::no_such_commit("abcdef1")),
        ("not on branch", cut::not_on_branch(&sha(20), &main)),
        ("nothing", cut::nothing(&quiet)),
        ("no such tag", cut::no_such_tag(&version("1.5.0"), &pattern("v{version}"))),
        ("already cut", cut::already_cut(&mark(false))),
        ("tag taken", cut::tag_taken(&tag("v1.5.0"), Some(&sha(10)), &sha(20))),
        ("tag taken by nobody knows", cut::tag_taken(&tag("v1.5.0"), None, &sha(20))),
        ("not above", cut::not_above(&version("1.4.0"), Some(&previous()))),
        ("not above nothing", cut::not_above(&version("1.4.0"), None)),
        ("forbidden", cut::forbidden(&whole(), &a_cut(), "tag names are protected")),
        ("gone", cut::gone(&whole(), &a_cut())),
        ("lost", cut::lost(&whole(), &a_cut(), "no answer within 10 s")),
    ]
}

fn refusals() -> Vec<(&'static str, Text)> {
    let role = |may: &[Principal]| refusal::role(verb("cut").expect("a verb"), may);
    let other = ComponentName::parse("api").expect("a name");
    let unread = Obstacle::Unreadable { what: "the tags", why: "no answer".to_owned() };
    let two = Obstacle::AmbiguousTags(pattern("v{version}"), pattern("release-{version}"));
    vec![
        ("role", role(&[])),
        ("role of one", role(&[group("acme/release")])),
        (
            "role of some",
            role(&[
                group("acme/release"),
                Principal::User("dan".to_owned()),
                Principal::Role(Standing::Maintain),
            ]),
        ),
        ("role of many", role(&many())),
        ("rights unknown", refusal::rights_unknown("a permission is missing")),
        ("edited", refusal::edited()),
        ("forge silent", refusal::forge_silent()),
        ("component", refusal::component(&other, &[Versioning::default()])),
        ("obstacle unread", refusal::obstacle(&unread)),
        ("obstacle ambiguous", refusal::obstacle(&two)),
        ("policy blocks", policy::blocks(Some(".github/lockkeeper.yml"), "error: no such key")),
        ("policy broken", policy::broken(Some(".github/lockkeeper.yml"), "error: no such key")),
        ("policy without a file", policy::blocks(None, "error: no such key")),
    ]
}

fn rest() -> Vec<(&'static str, Text)> {
    let change = merged(12, "ana", "Sign in", "feature");
    let bare = merged(13, "ana", "Sign in", "");
    vec![
        ("included", shape::included(number())),
        ("skipped", shape::skipped(number())),
        ("breaking stays", shape::breaking_stays(number())),
        ("no such change", shape::no_such_change(number())),
        ("already out", shape::already_out(number(), &version("1.4.2"))),
        ("never merged", shape::never_merged(number())),
        ("not in next", shape::not_in_next(number())),
        ("withdrawn", withdraw::done(&mark(true), true)),
        ("withdrawn without a page", withdraw::done(&mark(true), false)),
        ("banner", withdraw::banner(&mark(true), "it deletes things")),
        ("unknown release", withdraw::unknown("9.9.9", &[mark(false), mark(true)])),
        ("unknown, none known", withdraw::unknown("9.9.9", &[])),
        ("withdrawn already", withdraw::already(&mark(true))),
        ("being cut", withdraw::being_cut("1.5.0")),
        ("status", state_of(Some(&Whereabouts::Waiting { number: number(), hidden: false }), false)),
        ("status hidden", state_of(Some(&Whereabouts::Waiting { number: number(), hidden: true }), true)),
        ("status open", state_of(Some(&Whereabouts::Open { number: number() }), false)),
        ("status closed", state_of(Some(&Whereabouts::Closed { number: number() }), false)),
        ("status out", state_of(Some(&out(false)), false)),
        ("status withdrawn", state_of(Some(&out(true)), true)),
        ("status policy", status_of(None, Component::default(), Next::PolicyBroken)),
        ("preview", shown(&change)),
        ("preview without a label", shown(&bare)),
        ("preview of nothing", preview::empty().1),
        ("preview, policy broken", preview::policy_broken(None).1),
    ]
}

fn out(withdrawn: bool) -> Whereabouts {
    let (component, version) = (whole(), version("1.4.2"));
    Whereabouts::Released { number: number(), component, version, withdrawn, reached: vec![] }
}

fn state_of(at: Option<&Whereabouts>, busy: bool) -> Text {
    let cutting = Cutting {
        cut: a_cut(),
        asked: Some(comment("ana in 40: /release cut").at),
        started: 2,
        since: morning(),
        step: CutStep::Tagging,
    };
    let component =
        Component { releases: vec![mark(busy)], cutting: busy.then_some(cutting), ..Component::default() };
    let unclear = Obstacle::Unreadable { what: "the tags", why: "no answer".to_owned() };
    status_of(at.cloned(), component, Next::Unclear(unclear))
}

fn status_of(here: Option<Whereabouts>, state: Component, next: Next) -> Text {
    status::status(&[Part { component: whole(), here, places: vec![], state, next, line: None }])
}

/// The preview of a change as the stage's world would show it.
fn shown(change: &crate::domain::change::Change) -> Text {
    use crate::domain::effect::Effect;
    use crate::domain::signal::{ChangeTouched, Signal, Touch};
    let signal = Signal::ChangeTouched(ChangeTouched { change: change.clone(), touch: Touch::Opened });
    let mut world = World::new();
    world.changes.insert(change.number, change.clone());
    let mut effects = world.think(&signal).decision.effects;
    match effects.pop().map(|order| order.effect) {
        Some(Effect::Preview { text, .. }) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_answer_keeps_the_rules_that_hold_for_all() {
    for (name, text) in all() {
        // Asks for a short first line and for no line that begins with a slash.
        let said = read_aloud(&text);
        let code = text.0.iter().position(|block| matches!(block, Block::Small(_)));
        assert!(code.is_none_or(|at| at + 1 == text.0.len()), "{name}: small print stands last:\n{said}");
        assert!(matches!(text.0[0], Block::Line(_)), "{name}: the first line is a line");
        let first = said.lines().next().unwrap_or_default();
        assert!(
            name == "banner" || first.ends_with(['.', ':', '?']) || first.contains(" · "),
            "{name}: a whole sentence: {first}"
        );
        let own = said.split("```").step_by(2).collect::<String>();
        for blame in ["you must", "you should", "invalid", "error:", "failed", "illegal", "wrong"] {
            assert!(!own.to_lowercase().contains(blame), "{name} blames with \"{blame}\":\n{said}");
        }
        assert!(!own.contains("  ") && !own.contains(" ."), "{name} has a gap:\n{said}");
        assert!(!said.contains("` `") && !said.contains(" `` "), "{name} shows an empty name:\n{said}");
    }
}

#[test]
fn every_refusal_says_that_nothing_was_done_and_shows_its_code() {
    let about_nothing =
        ["Nothing", "Not done", "not ", "no ", "already", "wait", "can't", "is for", "frozen"];
    for (name, text) in all() {
        let said = read_aloud(&text);
        let Some((_, code)) = said.rsplit_once("(E_") else { continue };
        assert!(code.ends_with(')'), "{name}: the code is the last word:\n{said}");
        let first = said.lines().next().unwrap_or_default();
        assert!(
            about_nothing.iter().any(|word| first.contains(word))
                || name == "lost"
                || name == "policy broken",
            "{name}: {first}"
        );
    }
}

#[test]
fn what_is_offered_for_copying_is_a_command_of_this_version() {
    for (name, text) in all() {
        for block in &text.0 {
            if let Block::Command(line) = block {
                let found = crate::domain::command::find(line);
                let crate::domain::command::Found::One(line) = found else { panic!("{name}: {line}") };
                assert!(crate::domain::command::parse(&line).is_ok(), "{name} offers {line:?}");
            }
        }
    }
}

#[test]
fn what_is_said_around_a_cut() {
    assert_snapshot!(printed(cuts()));
}

#[test]
fn what_is_said_when_something_is_refused() {
    assert_snapshot!(printed(refusals()));
}

#[test]
fn what_is_said_of_changes_and_releases() {
    assert_snapshot!(printed(rest()));
}

fn printed(texts: Vec<(&'static str, Text)>) -> String {
    texts
        .iter()
        .map(|(name, text)| format!("[{name}]\n{}\n", read_aloud(text)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A place of publication in which a mention is seen at once.
struct Calling;

impl plain::Dialect for Calling {
    fn change(&self, number: ChangeNumber) -> String {
        format!("#{number}")
    }

    fn change_word(&self) -> &'static str {
        "change"
    }

    fn ask(&self, login: &str) -> String {
        format!("@{login}")
    }

    fn credit(&self, login: &str) -> String {
        format!("@{login}")
    }
}

#[test]
fn only_ask_and_credit_mention_somebody() {
    let eve = || "@eve".to_owned();
    let quiet = vec![
        Span::Written(eve()),
        Span::Code(eve()),
        Span::Person(eve()),
        Span::Strong(vec![Span::Written(eve())]),
        Span::Emphasis(vec![Span::Written(eve())]),
    ];
    let mentions = |text: &Text| {
        // In a code span nobody is called, and a backslash makes it only text.
        let shown = plain::markdown(text, &Calling);
        let outside: String = shown.split('`').step_by(2).collect();
        outside.replace("\\@", "").replace("&#64;", "").replace("@\u{200b}", "").matches('@').count()
    };
    let loud = Text::line([Span::Ask("ana".to_owned()), " ".into(), Span::Credit("bob".to_owned())]);
    assert_eq!(mentions(&loud), 2);
    assert_eq!(
        mentions(&Text::line(quiet.clone())),
        0,
        "{}",
        plain::markdown(&Text::line(quiet.clone()), &Calling)
    );
    assert_eq!(mentions(&Text(vec![Block::List(vec![quiet])])), 0);
    for (name, text) in all() {
        assert_eq!(mentions(&text), 0, "{name} calls somebody, and nobody must act now");
    }
}
