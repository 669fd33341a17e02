//! A plan drawn from tags and changes alone, as the tables have them. What a table expects is not known here.

use std::collections::BTreeSet;

use jiff::civil::Date;
use lockkeeper::domain::change::RangeCommit;
use lockkeeper::domain::id::CommitId;
use lockkeeper::domain::plan::{Basis, Line, Released, Wish, draw};
use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{Channel, Naming, Version};

/// The version that follows these tags, the newest commits being of these messages. Every tag is reached.
pub(crate) fn next(
    policy: &Policy,
    tags: &[Version],
    messages: &[&str],
    channel: Option<&Channel>,
) -> Option<Version> {
    let range: Vec<RangeCommit> = messages.iter().zip(1..).map(|(message, at)| commit(at, message)).collect();
    let naming = Naming::usual();
    let line = line(tags, channel, &naming);
    let plan = draw(&Basis {
        policy,
        naming: &naming,
        line: &line,
        head: &sha(1),
        range: &range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel,
        today: Date::ZERO,
        series: None,
        linked: &[],
    });
    assert_eq!(plan.blockers().count(), 0, "{:?}", plan.flags);
    plan.version
}

fn line(tags: &[Version], channel: Option<&Channel>, naming: &Naming) -> Line {
    let stable = tags.iter().filter(|version| version.is_final()).max().cloned();
    let promised = tags.iter().filter(|version| version.is_prerelease() && Some(*version) > stable.as_ref());
    let of_channel = |version: &&Version| {
        version.is_final() || version.channel().is_some_and(|own| Some(own) == channel.map(Channel::as_str))
    };
    let previous = tags.iter().filter(of_channel).max().map(|version| Released {
        version: version.clone(),
        tag: naming.tag(version).unwrap(),
        commit: sha(0),
    });
    Line { previous, promised: promised.max().cloned(), stable, taken: tags.iter().cloned().collect() }
}

fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{number:040x}")).unwrap()
}

fn commit(at: u64, message: &str) -> RangeCommit {
    RangeCommit {
        id: sha(at),
        parents: vec![sha(at + 1)],
        message: message.to_owned(),
        author: "Ana".to_owned(),
        change: None,
        reviewers: vec![],
        writers: None,
        paths: None,
        merges: None,
    }
}
