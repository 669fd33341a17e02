//! Our own plan of pull requests that another tool's case tells of. What it is compared with stands in that tool's file.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use lockkeeper::config::policy::{self, Layer};
use lockkeeper::domain::change::{Change, RangeCommit, Stage};
use lockkeeper::domain::id::{Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId};
use lockkeeper::domain::plan::{self, Basis, Line, Plan, Released, Wish};
use lockkeeper::domain::policy::{Customs, Notes};
use lockkeeper::domain::version::{Naming, Version};

/// A merged pull request, as far as a plan looks at it.
#[derive(Debug, Clone)]
pub(crate) struct Merged {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) labels: Vec<String>,
    pub(crate) author: String,
}

/// The plan of pull requests that were squashed in this order, after a release of this version.
pub(crate) fn plan(
    layer: Layer,
    release_yml: Option<Notes>,
    after: Option<Version>,
    merged: &[Merged],
) -> Plan {
    let naming = Naming::usual();
    let line = Line::after(after.map(|version| Released {
        tag: naming.tag(&version).unwrap(),
        version,
        commit: sha(0),
    }));
    let mut range: Vec<RangeCommit> = merged.iter().map(commit).collect();
    range.reverse();
    plan::draw(&Basis {
        policy: &policy::complete(layer, release_yml, &Customs::default()),
        naming: &naming,
        line: &line,
        head: &range.first().map_or_else(|| sha(0), |commit| commit.id.clone()),
        range: &range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
        today: Date::ZERO,
        series: None,
        linked: &[],
    })
}

/// The sections of a plan, each with the numbers of its changes.
pub(crate) fn sections(plan: &Plan) -> Vec<(String, Vec<u64>)> {
    let numbers =
        |section: &plan::Section| section.entries.iter().filter_map(|entry| Some(entry.number?.0)).collect();
    plan.sections.iter().map(|section| (section.title.clone(), numbers(section))).collect()
}

fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{number:040x}")).unwrap()
}

fn commit(merged: &Merged) -> RangeCommit {
    let id = sha(merged.number);
    let author = Actor {
        id: ActorId(merged.author.bytes().map(u64::from).sum()),
        login: merged.author.clone(),
        kind: ActorKind::Person,
    };
    let change = Change {
        number: ChangeNumber(merged.number),
        title: merged.title.clone(),
        body: String::new(),
        author: Some(author),
        labels: merged.labels.clone(),
        milestone: None,
        stage: Stage::Merged { commit: id.clone(), at: Timestamp::UNIX_EPOCH },
        base: BranchName::parse("main").unwrap(),
        head: id.clone(),
        updated_at: Timestamp::UNIX_EPOCH,
    };
    RangeCommit {
        id,
        parents: vec![sha(merged.number + 1_000_000)],
        message: merged.title.clone(),
        author: merged.author.clone(),
        change: Some(change),
        reviewers: Vec::new(),
        writers: None,
        merges: None,
        paths: None,
    }
}
