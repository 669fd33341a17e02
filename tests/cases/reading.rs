//! How the tables are read and turned into ranges and plans. What is expected of them stands with each table.

use std::collections::BTreeSet;
use std::path::PathBuf;

use lockkeeper::domain::change::{Change, RangeCommit, Stage};
use lockkeeper::domain::id::{Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId};
use lockkeeper::domain::plan::{Basis, Line, Plan, Released, Wish, draw};
use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{TagPattern, Version};
use serde_json::Value;

/// A table of the shared cases; `None`, with a word about it, where no folder is named.
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of shared material is the test run's, not the program's setting"
)]
pub(crate) fn table(path: &str) -> Option<Value> {
    let Some(shared) = std::env::var_os("LOCKKEEPER_SHARED") else {
        println!("skipped: LOCKKEEPER_SHARED is not set");
        return None;
    };
    let file = PathBuf::from(shared).join("cases").join(path);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("LOCKKEEPER_SHARED is set, but {}: {error}", file.display()));
    Some(serde_json::from_str(&text).unwrap())
}

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
    let pattern = TagPattern::usual();
    let version = Version::new(1, 0, 0);
    let tag = pattern.tag(&version).unwrap();
    draw(&Basis {
        policy,
        pattern: &pattern,
        line: &Line::after(Some(Released { version, tag, commit: named("0") })),
        head: &range.first().map_or_else(|| named("0"), |commit| commit.id.clone()),
        range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
    })
}
