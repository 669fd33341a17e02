//! Answers to `plan` and `notes`: what the next release would be. Nothing is changed by asking.

use crate::domain::asked::Asked;
use crate::domain::change::{Change, Stage};
use crate::domain::command::PlanAsk;
use crate::domain::decision::Decision;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::line;
use crate::domain::outlook::{Obstacle, Outlook, Target, look, look_at_all};
use crate::domain::plan::{Plan, Wish};
use crate::domain::policy::CutMode;
use crate::domain::policy::environment::Environment;
use crate::domain::policy::staffing::{self, Shortage};
use crate::domain::query::Found;
use crate::domain::say::outlook::Lines;
use crate::domain::say::{self, Text};
use crate::domain::state::Drafting;

/// Answers `plan`.
pub fn plan(asked: &Asked<'_>, ask: Option<&PlanAsk>) -> Option<Decision> {
    let target = match target(asked)? {
        Ok(target) => target,
        Err(obstacle) => return Some(stopped(asked, "plan", &obstacle)),
    };
    let wish = match ask {
        None => Wish::Next,
        Some(PlanAsk::Exactly(version)) => match version.as_str().parse() {
            Ok(version) => Wish::Exactly(version),
            Err(_) => Wish::Next,
        },
        Some(ask) => ask.bump().map_or(Wish::Next, Wish::Bump),
    };
    let elsewhere = target.branch.clone();
    let outlook = look(&asked.ground(), Target { wish, ..target });
    let (shortages, open) = (shortages(asked), line::open(&asked.ground()));
    let (shortages, open) = (shortages?, open?);
    Some(match outlook? {
        Ok(outlook) => {
            let lines = lines(asked, (&outlook.plan, elsewhere.as_ref()), open);
            asked.answer(say::outlook::plan(&outlook, &shortages, drafting(asked).as_ref(), &lines))
        }
        Err(obstacle) => stopped(asked, "plan", &obstacle),
    })
}

/// Answers `plan` where several components are and none is named.
pub fn plan_of_all(asked: &Asked<'_>) -> Option<Decision> {
    let target = match target(asked)? {
        Ok(target) => target,
        Err(obstacle) => return Some(stopped(asked, "plan", &obstacle)),
    };
    Some(match look_at_all(&asked.ground(), &target)? {
        Ok(plans) => asked.answer(say::outlook::plan_of_all(&plans, target.with.as_ref())),
        Err(obstacle) => stopped(asked, "plan", &obstacle),
    })
}

/// What a command looks at: its source, with the open change that it stands on. `None`: facts are missing; both are asked for at once.
fn target(asked: &Asked<'_>) -> Option<Result<Target, Obstacle>> {
    let (with, source) = (standing_on(asked), source(asked));
    let (with, source) = (with?, source?);
    Some(source.map(|Source { head, branch }| {
        let component = asked.moment.state.component(&asked.rules.versioning.component);
        let is_open = branch.as_ref().is_some_and(|branch| component.is_open_on(branch));
        let channel = (is_open && asked.rules.cut == CutMode::Branch).then(line::candidate);
        Target { head, branch, with, channel, ..Target::default() }
    }))
}

/// What a plan has to do with lines: on a branch of its own it is what is on that line.
fn lines(
    asked: &Asked<'_>,
    (plan, branch): (&Plan, Option<&BranchName>),
    open: Option<line::Standing>,
) -> Lines {
    match (open, &plan.version, branch) {
        _ if asked.rules.cut != CutMode::Branch || branch.is_some() => Lines::None,
        (Some(open), ..) => Lines::Open(Box::new(open)),
        (None, Some(version), _) => Lines::Begins(line::branch(&asked.rules.versioning, version)),
        (None, None, _) => Lines::None,
    }
}

/// Where the release of a command comes from.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The commit; `None`: the newest of the default branch.
    pub(super) head: Option<CommitId>,
    /// The branch, if not the default one.
    pub(super) branch: Option<BranchName>,
}

/// The maintenance branch that the change goes to on which a command stands, else the default branch. `None`: facts are
/// missing.
pub(super) fn source(asked: &Asked<'_>) -> Option<Result<Source, Obstacle>> {
    let listed = &asked.rules.branches;
    let Some(number) = asked.comment.at.thread.change().filter(|_| !listed.is_empty()) else {
        return Some(Ok(Source::default()));
    };
    let is_other = |branch: &BranchName| {
        *branch != asked.policy.branch && listed.iter().any(|pattern| pattern.matches(branch))
    };
    let (change, base) = (asked.moment.facts.change(number), asked.moment.facts.base(number));
    let goes_elsewhere = change?.known().is_none_or(|change| is_other(&change.base));
    if !goes_elsewhere {
        return Some(Ok(Source::default()));
    }
    let unread = |why| Obstacle::Unreadable { what: "the branch that the change goes to", why };
    Some(match base?.found {
        Found::Known(base) if is_other(&base.branch) => {
            Ok(Source { head: Some(base.newest.clone()), branch: Some(base.branch.clone()) })
        }
        Found::Known(_) => Ok(Source::default()),
        Found::Absent => Err(unread("it is gone, or listed only since now".to_owned())),
        Found::Unknown(why) => Err(unread(why)),
    })
}

pub(super) fn stopped(asked: &Asked<'_>, verb: &str, obstacle: &Obstacle) -> Decision {
    asked.refuse(verb, say::refusal::obstacle_code(obstacle), say::refusal::obstacle(obstacle))
}

/// What follows the plan, where something does.
fn drafting(asked: &Asked<'_>) -> Option<Drafting> {
    asked.moment.state.component(&asked.rules.versioning.component).drafting
}

/// The people that approvals will lack, said before anybody waits for them. `None`: facts are missing.
fn shortages(asked: &Asked<'_>) -> Option<Vec<Shortage>> {
    let wants_approval = |environment: &Environment| !environment.conditions.approvals.is_empty();
    if !asked.rules.environments.iter().any(wants_approval) {
        return Some(vec![]);
    }
    staffing::shortages(asked.rules, asked.moment.facts)
}

/// Answers `notes`, shown as it was asked for.
pub fn notes(asked: &Asked<'_>, shown: fn(&Outlook<'_>) -> Text) -> Option<Decision> {
    let target = match target(asked)? {
        Ok(target) => target,
        Err(obstacle) => return Some(stopped(asked, "notes", &obstacle)),
    };
    Some(match look(&asked.ground(), target)? {
        Ok(outlook) => asked.answer(shown(&outlook)),
        Err(obstacle) => stopped(asked, "notes", &obstacle),
    })
}

/// The open change that a command stands on, to be taken in as if merged now. `None`: facts are missing.
pub(super) fn standing_on(asked: &Asked<'_>) -> Option<Option<Change>> {
    let Some(number) = asked.comment.at.thread.change() else { return Some(None) };
    let change = asked.moment.facts.change(number)?.known().cloned();
    Some(change.filter(|change| matches!(change.stage, Stage::Open | Stage::Draft)))
}

#[cfg(test)]
mod tests;
