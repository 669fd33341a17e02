//! Backports and hotfixes: branches that are made for people to review and merge. Nothing is merged or released here.
//!
//! ```text
//! asked by a command, or by a label once the change is merged ─▶ begun ─▶ opened | made | conflict | refused | lost
//! ```

mod order;

use super::asked::{comment_effect, reply, reply_subject};
use super::authorize::{Claim, Verdict, authorize};
use super::change::{Change, Stage};
use super::command::{self, Rank, WrittenBranch};
use super::decision::{Decision, Moment};
use super::effect::{Effect, EffectKey, Made, Outcome, Refusal, Subject};
use super::event::Event;
use super::id::{BranchName, ChangeNumber, CommitId};
use super::outlook::{Ground, naming};
use super::place::{CommentRef, Thread};
use super::policy::Policy;
use super::query::{Found, Newest};
use super::say::{self, Text};
use super::signal::{ChangeTouched, Labelled, Touch};
use super::state::{Errand, ErrandEnd};
use super::version::Version;
pub use order::{Backport, contested, nothing_new};

/// More commits than these are picked by hand: each costs several calls.
pub const MOST_COMMITS: usize = 10;

/// Why a branch is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// There is no such change.
    NoSuchChange(ChangeNumber),
    /// It is not merged; the branch was written so.
    NotMerged(ChangeNumber, String),
    /// There is no such branch; these were looked for.
    NoSuchBranch(Vec<BranchName>),
    /// It was merged there in the first place.
    ThereAlready(ChangeNumber, BranchName),
    /// It is being made.
    UnderWay(BranchName),
    /// It has too many commits.
    TooMany(ChangeNumber, usize),
    /// There is no such release to begin at; without one that was named, none below this version.
    NoSuchRelease(Version),
    /// The version does not follow the one that it begins at.
    NotAbove(Version, Version),
    /// Something could not be read.
    Unreadable(&'static str, String),
}

/// A backport that may begin.
#[derive(Debug)]
pub struct Picked<'a> {
    change: &'a Change,
    commits: Vec<CommitId>,
    target: BranchName,
}

/// What a backport needs to know; all of it is asked for at once. `None`: facts are missing.
pub fn picked<'a>(
    moment: &Moment<'a>,
    rules: &Policy,
    (number, written): (ChangeNumber, &str),
) -> Option<Result<Picked<'a>, Hindrance>> {
    let (change, landed) = (moment.facts.change(number), moment.facts.landed(number));
    let candidates = candidates(rules, written);
    let heads: Vec<_> = candidates.iter().map(|branch| moment.facts.branch_head(branch.clone())).collect();
    let (change, landed) = (change?, landed?);
    let heads: Vec<_> = heads.into_iter().collect::<Option<_>>()?;
    let change = match change.found {
        Found::Known(change) => change,
        Found::Absent => return Some(Err(Hindrance::NoSuchChange(number))),
        Found::Unknown(why) => return Some(Err(Hindrance::Unreadable("that change", why))),
    };
    if !matches!(change.stage, Stage::Merged { .. }) {
        return Some(Err(Hindrance::NotMerged(number, written.to_owned())));
    }
    let mut target = None;
    for (branch, head) in candidates.iter().zip(heads) {
        match head.found {
            Found::Known(_) => target = target.or(Some(branch.clone())),
            Found::Absent => {}
            Found::Unknown(why) => return Some(Err(Hindrance::Unreadable("the branches", why))),
        }
    }
    let Some(target) = target else { return Some(Err(Hindrance::NoSuchBranch(candidates))) };
    if target == change.base {
        return Some(Err(Hindrance::ThereAlready(number, target)));
    }
    Some(match landed.found {
        Found::Known(commits) if commits.len() > MOST_COMMITS => {
            Err(Hindrance::TooMany(number, commits.len()))
        }
        Found::Known(commits) => Ok(Picked { change, commits: commits.clone(), target }),
        Found::Absent => Err(Hindrance::NotMerged(number, written.to_owned())),
        Found::Unknown(why) => Err(Hindrance::Unreadable("the commits of that change", why)),
    })
}

/// The branches that `1.4` may mean: `1.4` itself, those that the policy's patterns make of it, `release/1.4`.
fn candidates(rules: &Policy, written: &str) -> Vec<BranchName> {
    let patterns = rules.branches.iter().filter(|pattern| pattern.0.matches('*').count() == 1);
    let listed = patterns.map(|pattern| pattern.0.replace('*', written));
    let names = [written.to_owned()].into_iter().chain(listed).chain([format!("release/{written}")]);
    let mut found: Vec<BranchName> = Vec::new();
    for branch in names.filter_map(|name| BranchName::parse(name).ok()) {
        if !found.contains(&branch) {
            found.push(branch);
        }
    }
    found
}

/// How the branches begin that carry a change to another one.
pub const BRANCHES: &str = "backport/";

/// The name of the branch that carries a change to another one.
fn backport_branch(number: ChangeNumber, target: &BranchName) -> BranchName {
    let target = target.as_str().replace('/', "-");
    BranchName::parse(format!("{BRANCHES}{}-to-{target}", number.0))
        .expect("a branch's name with other slashes is one")
}

/// Begins a backport; a decision so far goes on with it.
pub fn begin_backport(
    moment: &Moment<'_>,
    decision: Decision,
    picked: &Picked<'_>,
    asked: Option<CommentRef>,
) -> Result<Decision, Hindrance> {
    let Picked { change, commits, target } = picked;
    let branch = backport_branch(change.number, target);
    let number = change.number;
    let effect = Effect::Backport(Box::new(Backport {
        change: number,
        commits: commits.clone(),
        target: target.clone(),
        branch: branch.clone(),
        title: format!("{} (backport to {target})", change.title),
        text: say::errand::backport_text(number, target),
        labels: change.labels.iter().filter(|name| wish(name).is_none()).cloned().collect(),
    }));
    let errand =
        Errand::Backport { change: number, commits: commits.clone(), target: target.clone(), branch, asked };
    begin(moment, decision, errand, effect)
}

fn begin(
    moment: &Moment<'_>,
    decision: Decision,
    errand: Errand,
    effect: Effect,
) -> Result<Decision, Hindrance> {
    if moment.state.errands.values().any(|open| open.branch() == errand.branch()) {
        return Err(Hindrance::UnderWay(errand.branch().clone()));
    }
    let row = moment.next_row + decision.events.len() as u64;
    let subject = Subject(format!("branch:{}", errand.branch()));
    Ok(decision.record(Event::ErrandBegun { errand }).order(moment.key(purpose(row)), subject, effect))
}

fn purpose(row: u64) -> String {
    format!("errand:{row}")
}

/// A hotfix branch at a release. `None`: facts are missing.
pub fn begin_hotfix(
    ground: &Ground<'_>,
    decision: Decision,
    (version, from): (&Version, Option<&Version>),
    asked: CommentRef,
) -> Option<Result<Decision, Hindrance>> {
    let moment = ground.moment;
    let tags = match moment.facts.tags(Newest)?.found {
        Found::Known(tags) => tags,
        Found::Absent => return Some(Err(Hindrance::Unreadable("the tags", "there are none".to_owned()))),
        Found::Unknown(why) => return Some(Err(Hindrance::Unreadable("the tags", why))),
    };
    let Ok(naming) = naming(ground, tags) else {
        let why = "its highest version has two tags".to_owned();
        return Some(Err(Hindrance::Unreadable("how this project names its tags", why)));
    };
    let released = tags.iter().filter_map(|tag| Some((naming.version_of(tag.name.as_str())?, tag)));
    let is_base = |known: &Version| match from {
        Some(from) => known == from,
        None => known.is_final() && known < version,
    };
    let Some((base, tag)) = { released }.filter(|(known, _)| is_base(known)).max_by(|a, b| a.0.cmp(&b.0))
    else {
        return Some(Err(Hindrance::NoSuchRelease(from.unwrap_or(version).clone())));
    };
    if *version <= base {
        return Some(Err(Hindrance::NotAbove(version.clone(), base)));
    }
    let branch = BranchName::parse(format!("hotfix/v{version}")).expect("a version is a branch's name");
    let effect = Effect::CreateBranch { branch: branch.clone(), commit: tag.commit.clone() };
    let errand = Errand::Hotfix { version: version.clone(), from: tag.name.clone(), branch, asked };
    Some(begin(moment, decision, errand, effect))
}

/// Takes an outcome in. `None`: it was none of an errand.
pub fn effect_ended(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Decision> {
    let (row, errand) = moment.state.errands.iter().find(|(row, _)| *key == moment.key(purpose(**row)))?;
    let end = match outcome {
        Outcome::Done(Made::Change { number, .. }) => ErrandEnd::Opened { change: *number },
        Outcome::Done(_) => ErrandEnd::Made,
        Outcome::Refused(Refusal::Conflict { .. }) => ErrandEnd::Conflict,
        Outcome::Refused(_) => ErrandEnd::Refused,
        Outcome::Lost { .. } => ErrandEnd::Lost,
    };
    let decision = Decision::default().record(Event::ErrandEnded { row: *row, end });
    let text = match outcome {
        Outcome::Done(Made::Change { number, .. }) => say::errand::opened(errand, *number),
        Outcome::Done(_) => say::errand::made(errand),
        Outcome::Refused(refusal) => say::errand::refused(errand, refusal),
        Outcome::Lost { why } => say::errand::lost(errand, why),
    };
    Some(told(moment, decision, (*row, errand), text))
}

/// Answers where it was asked; what a label asked for is answered on the change.
fn told(moment: &Moment<'_>, decision: Decision, (row, errand): (u64, &Errand), text: Text) -> Decision {
    let asked = match errand {
        Errand::Backport { asked, .. } => asked.as_ref(),
        Errand::Hotfix { asked, .. } => Some(asked),
    };
    match (asked, errand) {
        (Some(asked), _) => {
            decision.order(moment.key(reply(asked)), reply_subject(asked), comment_effect(asked, text))
        }
        (None, Errand::Backport { change, .. }) => {
            on_change(moment, decision, (*change, format!("errand:{row}:told")), text)
        }
        (None, Errand::Hotfix { .. }) => decision,
    }
}

fn on_change(
    moment: &Moment<'_>,
    decision: Decision,
    (change, purpose): (ChangeNumber, String),
    text: Text,
) -> Decision {
    let effect = Effect::Comment { thread: Thread::Change(change), answers: None, text };
    decision.order(moment.key(&purpose), Subject(purpose), effect)
}

/// The branch that a label asks for: `backport 1.4`, `backport:1.4` or `backport/1.4`.
pub fn wish(label: &str) -> Option<WrittenBranch> {
    let word = label.get(..8).filter(|word| word.eq_ignore_ascii_case("backport"))?;
    let rest = label[word.len()..].strip_prefix([' ', ':', '/'])?;
    WrittenBranch::read(rest.trim())
}

/// Somebody put labels on a change that ask for backports: they are authorised like the command (S10), and carried out now or once
/// the change is merged. `None`: facts are missing; the inner `None`: nothing was asked for.
pub fn labelled(moment: &Moment<'_>, labelled: &Labelled) -> Option<Option<Decision>> {
    let targets: Vec<WrittenBranch> = labelled.labels.iter().filter_map(|label| wish(label)).collect();
    let (number, by) = (labelled.change.number, &labelled.by);
    let policy = moment.facts.policy(Newest);
    let _ = moment.facts.standing(by.clone());
    let Some(policy) = policy?.known() else { return Some(None) };
    // Invariant 11: what acts is blocked by a broken policy.
    let Ok(rules) = &policy.policy else { return Some(None) };
    let decision = Decision::default().by(by.id).under(policy.revision.clone());
    let asked = Asking { moment, rules, number, targets: &targets };
    let claim = Claim::of_rank(moment.state, by, Rank::Writer);
    Some(Some(match authorize(moment.facts, rules, claim)? {
        Verdict::Allowed if matches!(labelled.change.stage, Stage::Merged { .. }) => {
            asked.carried(decision)?
        }
        Verdict::Allowed => targets.iter().fold(decision, |decision, target| {
            decision.record(Event::BackportWished { change: number, target: target.as_str().to_owned() })
        }),
        Verdict::Denied { may } => {
            let verb = command::verb("backport").expect("the table has it");
            let purpose = format!("backport:{number}:{}:{}", by.id, moment.now.as_millisecond());
            on_change(moment, decision, (number, purpose), say::refusal::role(verb, &may))
        }
        Verdict::Stranger | Verdict::Unknown { .. } => {
            Decision::ignored("who set the label may not ask for a backport, or nobody can say")
        }
    }))
}

/// A change was merged: what labels asked for before is carried out now, where they still stand. `None`: facts are missing.
pub fn merged(moment: &Moment<'_>, touched: &ChangeTouched, decision: Decision) -> Option<Decision> {
    let number = touched.change.number;
    let Some(wishes) = moment.state.wishes.get(&number).filter(|_| touched.touch == Touch::Merged) else {
        return Some(decision);
    };
    let Some(policy) = moment.facts.policy(Newest)?.known() else { return Some(decision) };
    let Ok(rules) = &policy.policy else { return Some(decision) };
    let stands = touched.change.labels.iter().filter_map(|label| wish(label));
    let targets: Vec<WrittenBranch> = stands.filter(|target| wishes.contains(target.as_str())).collect();
    let decision = Decision { ignored: None, ..decision }.record(Event::BackportsGranted { change: number });
    Asking { moment, rules, number, targets: &targets }.carried(decision)
}

/// What labels ask for on a merged change.
struct Asking<'a> {
    moment: &'a Moment<'a>,
    rules: &'a Policy,
    number: ChangeNumber,
    targets: &'a [WrittenBranch],
}

impl Asking<'_> {
    /// Begins each backport, or says on the change why not. `None`: facts are missing; all are asked for at once.
    fn carried(&self, decision: Decision) -> Option<Decision> {
        let looked: Vec<_> = self
            .targets
            .iter()
            .map(|target| picked(self.moment, self.rules, (self.number, target.as_str())))
            .collect();
        looked.into_iter().zip(self.targets).try_fold(decision, |decision, (picked, target)| {
            let begun = match picked? {
                Ok(picked) => begin_backport(self.moment, decision.clone(), &picked, None),
                Err(hindrance) => Err(hindrance),
            };
            Some(begun.unwrap_or_else(|hindrance| {
                let purpose = format!("backport:{}:{}:hindered", self.number, target.as_str());
                on_change(self.moment, decision, (self.number, purpose), say::errand::hindered(&hindrance))
            }))
        })
    }
}

#[cfg(test)]
mod tests;
