//! The notes of a release of 300 changes as GitHub would hold them: the whole page, kept beside and compared. No rule is tested here that a small case can test.

use std::collections::BTreeSet;

use super::at;
use crate::domain::change::{Change, RangeCommit, Stage};
use crate::domain::id::{Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId};
use crate::domain::notes;
use crate::domain::plan::{Basis, Line, Plan, Released, Wish, draw};
use crate::domain::policy::Policy;
use crate::domain::version::{Naming, Version};

use super::PUBLIC;

/// How many changes are merged.
const COUNT: u64 = 300;

const PEOPLE: [&str; 7] = ["ana", "bob", "cem", "dora", "emil", "fatima", "gus"];
const AREAS: [&str; 9] =
    ["checkout", "search", "billing", "login", "export", "mobile", "api", "calendar", "settings"];
const FEATURES: [&str; 6] = [
    "Add a dark theme to the {} page",
    "feat({}): keep drafts for thirty days",
    "Let people undo in {}",
    "feat: offer {} in nine more languages, with numbers and dates in the way of each",
    "Show what changed in {} since the last visit",
    "Ask before anything is lost in {}",
];
const FIXES: [&str; 6] = [
    "fix({}): do not fail when the list is empty",
    "Show the right time zone in {}",
    "fix: stop {} from asking twice",
    "Make `{}` usable with a keyboard alone",
    "perf({}): read each page once",
    "Mend the {} page on narrow screens <320px> & in *print*",
];
const PACKAGES: [&str; 4] = ["serde", "tokio", "@types/node", "actions/checkout"];

fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{:08x}{number:032x}", number.wrapping_mul(2_654_435_761) & 0xffff_ffff)).unwrap()
}

fn person(login: &str) -> Actor {
    let kind = if login.ends_with("[bot]") { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(login.bytes().map(u64::from).sum()), login: login.to_owned(), kind }
}

/// One merged change: title, label, author.
fn told(number: u64) -> (String, &'static str, &'static str) {
    let pick = |of: u64| usize::try_from((number / of) % 97).unwrap_or_default();
    let area = AREAS[pick(1) % AREAS.len()];
    let of = |titles: &[&str]| titles[pick(3) % titles.len()].replace("{}", area);
    let author = PEOPLE[pick(2) % PEOPLE.len()];
    match number % 20 {
        0 | 7 => {
            let (package, step) = (PACKAGES[pick(7) % PACKAGES.len()], number / 28);
            (format!("Bump {package} from 1.{step}.0 to 1.{}.0", step + 1), "dependencies", "dependabot[bot]")
        }
        1 | 5 | 9 | 13 => (of(&FEATURES), "feature", author),
        2 => (format!("chore({area}): tidy up"), "skip-changelog", author),
        3 => (format!("Revert \"{}\"", told(number - 2).0), "", author),
        4 if number < 100 => (format!("feat({area})!: leave the old address behind"), "", author),
        6 => (
            format!("[backport 1.4] fix({area}): mend what broke in v1.4.1 (#{})", number + 1_000),
            "",
            author,
        ),
        _ => (of(&FIXES), if number.is_multiple_of(2) { "fix" } else { "" }, author),
    }
}

fn commit(number: u64) -> RangeCommit {
    let (title, label, author) = told(number);
    let labels = Some(label.to_owned()).filter(|label| !label.is_empty()).into_iter().collect();
    let body = match number % 50 {
        11 => {
            "```release-note\nPay with *Apple Pay* and @google pay\n```\n```release-note:fix\nPrices show their currency\n```"
        }
        24 => "BREAKING CHANGE: links of the form `/old/…` lead nowhere; use `/new/…`",
        _ => "",
    };
    let mut message = format!("{title} (#{number})");
    if number.is_multiple_of(30) {
        message.push_str("\n\nCo-authored-by: Hanna H <77+hanna@users.noreply.github.com>");
    }
    let change = Change {
        number: ChangeNumber(number),
        title,
        body: body.to_owned(),
        author: Some(person(author)),
        labels,
        milestone: None,
        stage: Stage::Merged { commit: sha(number), at: jiff::Timestamp::UNIX_EPOCH },
        base: BranchName::parse("main").unwrap(),
        head: sha(number + 10_000),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    };
    RangeCommit {
        id: sha(number),
        parents: vec![sha(number - 1)],
        message,
        author: author.to_owned(),
        change: Some(change),
        reviewers: vec![],
        writers: None,
        merges: None,
        paths: None,
    }
}

fn plan() -> Plan {
    let naming = Naming::usual();
    let version = Version::new(1, 4, 2);
    let tag = naming.tag(&version).unwrap();
    let range: Vec<RangeCommit> = (1..=COUNT).rev().map(commit).collect();
    draw(&Basis {
        policy: &Policy::default(),
        naming: &naming,
        line: &Line::after(Some(Released { version, tag, commit: sha(0) })),
        head: &sha(COUNT),
        range: &range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &["gus", "fatima"].map(|login| person(login).id).into(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
        today: jiff::civil::Date::ZERO,
        series: None,
        linked: &[],
    })
}

#[test]
fn three_hundred_changes_make_a_page_that_can_be_read() {
    let page = at(PUBLIC, |pen| pen.release_body(&notes::release_page(&plan()), "<!-- m -->"));
    insta::assert_snapshot!("a_release_of_300_changes", page);
}
