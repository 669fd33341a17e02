//! Tests of notes and of the plan's words, as Markdown. Nothing else.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use super::*;
use crate::domain::id::{Actor, ActorId, ActorKind, ChangeNumber, CommitId, ComponentName, TagName};
use crate::domain::plan::{FirstTimer, Flag, Placed, Reason, Released};
use crate::domain::say;
use crate::domain::say::aloud::has_short_first_line;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::say::shorten::shortened;
use crate::domain::version::{Bump, TagPattern, Version};

fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{number:07x}{number:033x}")).unwrap()
}

fn actor(login: &str) -> Actor {
    let kind = if login.ends_with("[bot]") { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(1), login: login.to_owned(), kind }
}

fn entry(number: u64, title: &str, login: &str) -> Entry {
    Entry {
        number: Some(ChangeNumber(number)),
        commit: sha(number),
        commits: vec![sha(number)],
        title: title.to_owned(),
        note: None,
        is_part: false,
        co_authors: Vec::new(),
        breaking_note: None,
        origin: None,
        folded: Vec::new(),
        author: Some(Author::Account(actor(login))),
        labels: Vec::new(),
        milestone: None,
        reviewers: Vec::new(),
        category: String::new(),
        placed: Placed::Nowhere,
        bump: Bump::Patch,
        is_breaking: false,
        merged_at: None,
        is_change: true,
    }
}

fn direct(number: u64, title: &str, name: &str) -> Entry {
    let author = Some(Author::Name(name.to_owned()));
    Entry { number: None, author, is_change: false, ..entry(number, title, "") }
}

fn section(title: &str, entries: Vec<Entry>) -> Section {
    Section { title: title.to_owned(), entries }
}

pub(in crate::domain) fn plan() -> Plan {
    let version = Version::new(1, 5, 0);
    let previous = Version::new(1, 4, 2);
    let pattern = TagPattern::usual();
    Plan {
        component: ComponentName::default_component(),
        previous: Some(Released { tag: pattern.tag(&previous).unwrap(), version: previous, commit: sha(1) }),
        tag: pattern.tag(&version).ok(),
        version: Some(version),
        bump: Bump::Minor,
        reason: Some(Reason { number: Some(ChangeNumber(12)), commit: sha(12) }),
        head: sha(17),
        sections: vec![
            section(
                "Features",
                vec![entry(12, "Sign in with passkeys", "ana"), entry(14, "New billing page", "cem")],
            ),
            section(
                "Fixes",
                vec![
                    Entry { is_breaking: true, ..entry(9, "Calendar: @bob's <b>zone</b>", "bob") },
                    direct(15, "typo", "Bob B"),
                ],
            ),
            section("Dependencies", vec![entry(11, "serde from 1.0.1 to 1.0.4", "renovate[bot]")]),
        ],
        hidden: vec![entry(16, "Hide *me*", "ana")],
        excluded: Vec::new(),
        elsewhere: vec![],
        reverted: Vec::new(),
        template: None,
        merges: Vec::new(),
        writers: None,
        contributors: Vec::new(),
        first_timers: vec![FirstTimer { actor: actor("cem"), change: ChangeNumber(14) }],
        due: None,
        flags: vec![
            Flag::OtherMilestone { change: ChangeNumber(14), milestone: "v1.6.0".to_owned() },
            Flag::Uncategorised {
                change: ChangeNumber(17),
                has_labels: false,
                labels: ["feature", "fix", "skip-changelog"].map(str::to_owned).into(),
            },
            Flag::BreakingStays { change: None, commit: sha(9) },
            Flag::StillOpen {
                number: 20,
                is_change: true,
                title: "Late".to_owned(),
                milestone: "v1.5.0".to_owned(),
            },
            Flag::VersionTaken,
            Flag::NotAbovePrevious,
            Flag::NoSuchTag,
        ],
    }
}

fn long(count: u64) -> Plan {
    let titles = (1..=count).map(|number| entry(number, "A title of some length", "ana"));
    Plan { sections: vec![section("Fixes", titles.collect())], ..plan() }
}

#[test]
fn a_release_page_credits_people_and_lists_everything() {
    assert_snapshot!(markdown(&release_page(&plan()), &Plain));
    let credited = |text: &Text| format!("{text:?}").matches("Credit(").count();
    assert_eq!(credited(&release_page(&plan())), 4, "three authors with accounts and one newcomer");
    assert_eq!(credited(&Text(sections(&plan(), Place::Answer))), 0);
}

#[test]
fn a_plan_says_what_is_next_and_what_to_know_first() {
    assert_snapshot!(markdown(&say::plan::plan(&plan()), &Plain));
}

#[test]
fn nothing_to_release_is_said_in_the_first_line() {
    let nothing = |sections: Vec<Section>| {
        let plan = Plan {
            version: None,
            tag: None,
            bump: Bump::None,
            reason: None,
            sections,
            hidden: vec![],
            ..plan()
        };
        markdown(&Text(vec![Block::Line(say::plan::headline(&plan))]), &Plain)
    };
    assert_eq!(nothing(vec![]), "**Nothing to release**: no change since v1.4.2\n");
    let one = vec![section("Chores", vec![entry(1, "a", "ana")])];
    assert_eq!(nothing(one), "**Nothing to release**: none of 1 change since v1.4.2 asks for a version\n");
}

#[test]
fn a_short_text_holds_whole_entries_and_says_how_many_are_missing() {
    assert_eq!(
        short(&plan()),
        "• Sign in with passkeys\n• New billing page\n• Calendar: @bob's <b>zone</b>\n• typo"
    );
    let text = short(&long(100));
    assert!(text.chars().count() <= 500 && text.ends_with("\n… and 81 more"), "{text}");
    let one = Plan { sections: vec![section("Fixes", vec![entry(1, &"x".repeat(900), "ana")])], ..plan() };
    assert_eq!(short(&one), "1 improvements.");
    let none = vec![section("Other", vec![entry(1, "chore: tidy", "ana"), entry(2, "Bump", "a[bot]")])];
    assert_eq!(short(&Plan { sections: none, ..plan() }), "Small improvements.");
}

#[test]
fn a_template_that_fails_over_a_plan_gives_way_to_the_default() {
    let source =
        "{% for s in sections %}{% if s.entries|length > 3 %}{{ nothing }}{% endif %}{% endfor %}Hello";
    let template = template::Template::parse(source).unwrap();
    let with = |count: u64| Plan { template: Some(template.clone()), ..long(count) };
    assert_eq!(markdown(&release_page(&with(3)), &Plain), "Hello\n");
    assert_eq!(release_page(&with(4)), release_page(&long(4)));
    assert!(template_fault(&with(4)).unwrap().said.contains("undefined"));
    assert_eq!(template_fault(&with(3)), None);
}

#[test]
fn more_than_forty_entries_are_folded_by_section() {
    let folds =
        |plan: &Plan| release_page(plan).0.iter().filter(|it| matches!(it, Block::Fold { .. })).count();
    assert_eq!((folds(&long(40)), folds(&long(41))), (0, 1));
}

#[test]
fn what_breaks_users_is_never_folded_away() {
    let mut plan = long(41);
    plan.sections[0].entries[0].is_breaking = true;
    let shown = markdown(&release_page(&plan), &Plain);
    let (open, folded) = shown.split_once("<details>").unwrap();
    assert!(open.contains("Breaking:") && !folded.contains("Breaking:"), "{shown}");
    assert!(folded.starts_with("<summary>40 more</summary>"), "{folded}");
}

#[test]
fn notes_are_shortened_by_whole_entries_and_say_how_many_are_missing() {
    let notes = release_page(&long(2_000));
    for limit in [400, 4_000, 12_000, 1_000_000] {
        let short = shortened(&notes, |text| markdown(text, &Plain).len() <= limit);
        let shown = markdown(&short, &Plain);
        let entries = shown.matches("- A title of some length #").count();
        assert!(shown.len() <= limit, "{} over {limit}", shown.len());
        assert!(shown.contains("made a first contribution"), "what is short stays whole");
        let said = format!("{} more entries are left out here for length. All of it: ", 2_000 - entries);
        assert_eq!(shown.contains(&said), entries < 2_000, "{entries} at {limit}");
        assert!(entries > 0);
    }
}

#[test]
fn a_first_line_stays_short_however_long_the_tag_is() {
    let mut plan = plan();
    let tag = TagName::parse(format!("release-{}", "x".repeat(180))).unwrap();
    plan.tag = Some(tag.clone());
    plan.previous.as_mut().unwrap().tag = tag;
    has_short_first_line(&say::plan::plan(&plan));
    plan.version = None;
    has_short_first_line(&say::plan::plan(&plan));
}

#[test]
fn a_section_of_breaking_changes_does_not_repeat_itself() {
    let breaking = |number: u64| Entry { is_breaking: true, ..entry(number, "a", "ana") };
    let mut plan = plan();
    plan.sections = vec![section("Breaking changes", vec![breaking(1), breaking(2)])];
    assert!(!markdown(&release_page(&plan), &Plain).contains("Breaking:"));
    let numbers: BTreeSet<_> = plan.shown().map(|entry| entry.number).collect();
    assert_eq!(numbers.len(), 2);
}
