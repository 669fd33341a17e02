//! What follows when a release has arrived: what it replaced is marked so, its changes hear of it, and the policy may carry it on.

use super::begin;
use super::draft::Draft;
use super::model::{Promotion, Stage};
use super::panel;
use super::view::{self, Ending, View};
use crate::domain::effect::{DeploymentVerdict, Effect, IssueState, Subject};
use crate::domain::event::Event;
use crate::domain::gate::approval::{above, brought, contents};
use crate::domain::id::{ChangeNumber, ComponentName, DeploymentId, EnvironmentName, PromotionId};
use crate::domain::place::Thread;
use crate::domain::policy::environment::Announce;
use crate::domain::say;
use crate::domain::say::arrival::{Left, Stop, Travelled};
use crate::domain::state::slot::Slot;
use crate::domain::state::{FollowUp, ReleaseMark};

/// The last wave is done: the release is there. `None`: facts are missing.
pub fn arrived(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    let asked = &promotion.asked;
    let before = draft.state().slot(&asked.component, &asked.environment);
    if promotion.is_rollback() {
        let view = panel::close(draft, promotion, &Ending::Succeeded)?;
        replace(draft, promotion, &before);
        close_failed(draft, promotion)?;
        // It is told of once that issue is there, so that its number stands in what is told.
        order_follow_up(draft, &view);
        keep_issue(draft, promotion);
        return Some(());
    }
    panel::end(draft, promotion, &Ending::Succeeded)?;
    replace(draft, promotion, &before);
    announce(draft, promotion)?;
    let Some(mark) = draft.state().release(&asked.component, &asked.version).cloned() else {
        return Some(());
    };
    keep_issue(draft, promotion);
    begin::by_policy(draft, &asked.component, &mark)
}

/// What failed there is over once something good is back. `None`: facts are missing.
fn close_failed(draft: &mut Draft<'_>, rollback: &Promotion) -> Option<()> {
    let asked = &rollback.asked;
    let all: Vec<Promotion> = draft
        .state()
        .promotions_into(&asked.component, &asked.environment)
        .filter(|other| matches!(other.stage, Stage::Failed { .. }))
        .cloned()
        .collect();
    for failed in all {
        let ending = Ending::RolledBack { to: asked.version.clone() };
        let view = panel::close(draft, &failed, &ending)?;
        // Where both were talked about in one place, the end of the rollback says enough.
        if failed.panel.home != rollback.panel.home {
            panel::say_ended(draft, &view, &ending);
        }
    }
    Some(())
}

/// The forge's own record of what was there before is told that it is no longer.
fn replace(draft: &mut Draft<'_>, promotion: &Promotion, before: &Slot) {
    let ours = promotion.deployments();
    let old = before.good.first().map(|standing| standing.deployments.clone()).unwrap_or_default();
    let replaced: Vec<DeploymentId> = old.into_iter().filter(|id| !ours.contains(id)).collect();
    // Where the forge has no record of ours (a run that deploys in its own way), it knows best what is active.
    for deployment in replaced.into_iter().filter(|_| !ours.is_empty()) {
        let effect = Effect::ReportDeployment {
            deployment,
            state: DeploymentVerdict::Inactive,
            description: format!("replaced by v{} ({})", promotion.asked.version, promotion.id()),
        };
        draft.order(
            format_args!("inactive:{deployment}"),
            Subject(format!("deployment:{deployment}")),
            effect,
        );
    }
}

/// What the order of a rollback's follow-up issue is for.
pub fn follow_up_purpose(rollback: PromotionId) -> String {
    format!("{rollback}:follow-up")
}

/// A rollback leaves an issue: what happened, and what is to be found out when everybody is awake.
fn order_follow_up(draft: &mut Draft<'_>, view: &View) {
    let effect =
        Effect::OpenIssue { title: say::arrival::follow_up_title(view), text: say::arrival::follow_up(view) };
    let purpose = follow_up_purpose(view.promotion.id());
    draft.order(&purpose, Subject(purpose.clone()), effect);
}

/// The issue of a rollback is there, or will not be: now the rollback is told of. `None`: facts are missing.
pub fn followed_up(draft: &mut Draft<'_>, rollback: &FollowUp, number: Option<u64>) -> Option<()> {
    let id = rollback.promotion.id();
    draft.record(Event::FollowUpOpened { promotion: id, number });
    let view = view::view(draft, &rollback.promotion)?;
    let view = View { now: rollback.ended.at, follow_up: number, ..view };
    panel::say_ended(draft, &view, &Ending::Succeeded);
    announce(draft, &rollback.promotion)
}

/// A release's own issue is closed where its way ends, and open again when it is rolled back.
fn keep_issue(draft: &mut Draft<'_>, promotion: &Promotion) {
    let asked = &promotion.asked;
    let about = if promotion.is_rollback() { asked.replaces.as_ref() } else { Some(&asked.version) };
    let mark = about.and_then(|version| draft.state().release(&asked.component, version));
    let Some(number) = mark.and_then(|mark| mark.issue).filter(|_| is_last(draft, &asked.environment)) else {
        return;
    };
    let state = if promotion.is_rollback() { IssueState::Open } else { IssueState::Closed };
    let subject = Subject(format!("issue:{number}"));
    draft.order(format_args!("{}:issue", promotion.id()), subject, Effect::SetIssue { number, state });
}

/// Whether nothing comes after an environment.
fn is_last(draft: &Draft<'_>, environment: &EnvironmentName) -> bool {
    draft.rules.is_some() && draft.environments().iter().all(|other| !other.after.contains(environment))
}

/// The changes that arrived, or left, hear of it: one comment each, edited as they travel. `None`: facts are missing.
fn announce(draft: &mut Draft<'_>, promotion: &Promotion) -> Option<()> {
    let asked = &promotion.asked;
    let Some(environment) = draft.environment(&asked.environment) else { return Some(()) };
    if environment.announce == Announce::Quiet || !is_last(draft, &asked.environment) {
        return Some(());
    }
    let marks = moved(draft, promotion);
    let all: Vec<Option<Vec<ChangeNumber>>> = marks.iter().map(|mark| heard_by(draft, mark)).collect();
    for (mark, changes) in marks.iter().zip(all.into_iter().collect::<Option<Vec<_>>>()?) {
        let travelled = travelled(draft, &asked.component, mark);
        // What never arrived was never announced, so there is nothing to take back either.
        if travelled.there.is_empty() && travelled.left.is_empty() {
            continue;
        }
        let text = say::arrival::note(&travelled);
        for change in changes {
            let effect =
                Effect::Comment { thread: Thread::Change(change), answers: None, text: text.clone() };
            let purpose = format!("note:{change}:{}", promotion.id());
            draft.order_when_quiet(purpose, note_subject(&asked.component, change), effect);
        }
    }
    Some(())
}

/// The note on a change; one of each component that it is in.
fn note_subject(component: &ComponentName, change: ChangeNumber) -> Subject {
    let whose = if component.is_default() { String::new() } else { format!("{component}:") };
    Subject(format!("note:{whose}{change}"))
}

/// The releases that a promotion brought, or took away.
fn moved(draft: &Draft<'_>, promotion: &Promotion) -> Vec<ReleaseMark> {
    let asked = &promotion.asked;
    match asked.replaces.as_ref().filter(|_| promotion.is_rollback()) {
        Some(replaced) => above(draft, &asked.component, Some(&asked.version), replaced),
        None => brought(draft, promotion),
    }
}

/// The changes of a release that want to hear of it: not those of bots, and nothing that was merged before we came.
fn heard_by(draft: &Draft<'_>, mark: &ReleaseMark) -> Option<Vec<ChangeNumber>> {
    let changes = contents(draft, mark)?.unwrap_or_default();
    Some(changes.iter().filter(|change| !change.quiet).filter_map(|change| change.number).collect())
}

/// Where a release is and was, by the environments of the policy.
pub fn travelled(draft: &Draft<'_>, component: &ComponentName, mark: &ReleaseMark) -> Travelled {
    let state = draft.state();
    let mut travelled = Travelled {
        component: component.clone(),
        version: mark.version.clone(),
        page: mark.page.clone(),
        there: vec![],
        left: vec![],
    };
    for environment in draft.environments().iter().rev() {
        let slot = state.slot(component, &environment.name);
        let brings = |version: &Option<_>| version.as_ref().is_some_and(|version| *version >= mark.version);
        let Some(there) = slot.current() else { continue };
        let since = slot.good.iter().take_while(|standing| brings(&standing.version)).last();
        let stop = |version: &Option<crate::domain::version::Version>, since| Stop {
            environment: environment.name.clone(),
            version: version.clone().unwrap_or_else(|| mark.version.clone()),
            since,
        };
        match since {
            Some(first) => travelled.there.push(stop(&first.version, first.since)),
            // What was there last of all that carried it is what was rolled back.
            None => travelled.left.extend(slot.good.iter().find_map(|standing| {
                let carrier = standing.version.clone().filter(|_| brings(&standing.version))?;
                Some(Left {
                    environment: environment.name.clone(),
                    version: carrier,
                    since: there.since,
                    follow_up: slot.follow_up(&mark.version),
                })
            })),
        }
    }
    travelled
}
