//! How cases of changes and commits are turned into ranges and plans. What is expected of them stands with each table.

use std::collections::BTreeSet;

use lockkeeper::domain::change::{Change, RangeCommit, Stage};
use lockkeeper::domain::id::{Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId};
use lockkeeper::domain::plan::{Basis, Line, Plan, Released, Wish, draw};
use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{Naming, Version};
use serde_json::Value;

/// The text of a field; empty where it is not there.
pub(crate) fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// The list of a field; empty where it is not there.
pub(crate) fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

/// The name that a case gives a commit, as a name that git could give: hexadecimal digits keep their meaning.
pub(crate) fn named(name: &str) -> CommitId {
    let hex = name.bytes().map(|b| if b.is_ascii_hexdigit() { char::from(b) } else { 'e' });
    let hex: String = hex.chain(std::iter::repeat('0')).take(40).collect();
    CommitId::parse(hex.to_lowercase()).unwrap()
}

pub(crate) fn commit(id: CommitId, message: String) -> RangeCommit {
    RangeCommit {
        id,
        parents: vec![],
        message,
        author: "Git Name".to_owned(),
        change: None,
        reviewers: vec![],
        writers: None,
        merges: None,
        paths: None,
    }
}

pub(crate) fn actor(login: &str) -> Actor {
    Actor {
        id: ActorId(login.bytes().map(u64::from).sum()),
        login: login.to_owned(),
        kind: ActorKind::Person,
    }
}

pub(crate) fn change(number: u64, title: &str, commit: &CommitId) -> Change {
    Change {
        number: ChangeNumber(number),
        title: title.to_owned(),
        body: String::new(),
        author: None,
        labels: vec![],
        milestone: None,
        stage: Stage::Merged { commit: commit.clone(), at: jiff::Timestamp::UNIX_EPOCH },
        base: BranchName::parse("main").unwrap(),
        head: commit.clone(),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// The plan of a range, newest first, after v1.0.0.
pub(crate) fn plan(policy: &Policy, range: &[RangeCommit]) -> Plan {
    let naming = Naming::usual();
    let version = Version::new(1, 0, 0);
    let tag = naming.tag(&version).unwrap();
    draw(&Basis {
        policy,
        naming: &naming,
        line: &Line::after(Some(Released { version, tag, commit: named("0") })),
        head: &range.first().map_or_else(|| named("0"), |commit| commit.id.clone()),
        range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
        today: jiff::civil::Date::ZERO,
        series: None,
        linked: &[],
    })
}
