//! How a promotion comes to be: asked by a person, or by the policy. Whether it may be asked for is `answer::promote`'s business.

use super::draft::Draft;
use super::model::{Asked, Kind, Stage};
use super::panel;
use super::step::Step;
use super::terms::{Obstacle, terms};
use super::view::Ending;
use crate::domain::effect::{Effect, Subject};
use crate::domain::event::Recorded;
use crate::domain::gate::good_since;
use crate::domain::id::{ComponentName, EnvironmentName, PromotionId};
use crate::domain::place::Thread;
use crate::domain::policy::environment::{Deploy, Environment};
use crate::domain::say;
use crate::domain::state::ReleaseMark;

/// Takes a promotion up; an older one that still waits for the same slot gives way. `None`: facts are missing.
pub fn begin(
    draft: &mut Draft<'_>,
    environment: &Environment,
    asked: Asked,
    home: Option<Thread>,
    texts: &[(&str, &str)],
) -> Option<Result<PromotionId, Obstacle>> {
    let terms = match terms(draft.moment, &asked, environment)? {
        Ok(terms) => terms,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    let id = asked.id;
    let waiting: Vec<_> = draft
        .state()
        .promotions_into(&asked.component, &asked.environment)
        .filter(|other| {
            other.stage == Stage::Waiting && (other.asked.kind == asked.kind || asked.kind == Kind::Rollback)
        })
        .cloned()
        .collect();
    let asks = !terms.conditions.approvals.is_empty();
    let superseded = Ending::Superseded { by: id, version: asked.version.clone(), asks };
    let step = Step::PromotionAsked { asked: Box::new(asked), terms: Box::new(terms), home };
    let recorded =
        texts.iter().fold(Recorded::from(step), |recorded, (name, text)| recorded.with_text(*name, *text));
    draft.record(recorded);
    for older in waiting {
        panel::end(draft, &older, &superseded)?;
    }
    Some(Ok(id))
}

/// The number of the next promotion.
pub fn next_id(draft: &Draft<'_>) -> PromotionId {
    PromotionId(draft.state().newest_promotion + 1)
}

/// What the policy promotes by itself, now that a release was cut or has arrived somewhere. `None`: facts are missing.
pub fn by_policy(draft: &mut Draft<'_>, component: &ComponentName, release: &ReleaseMark) -> Option<()> {
    let Some(rules) = draft.rules else { return Some(()) };
    for environment in rules.environments.iter().filter(|environment| environment.auto_promote) {
        if let Some(asked) = wanted(draft, environment, (component, release)) {
            let home = release.issue.map(Thread::Issue);
            if begin(draft, environment, asked, home, &[])?.is_ok() && home.is_none() {
                open_issue(draft, component, release);
            }
        }
    }
    Some(())
}

/// What the policy asks for here: the release, if all that comes before has it and nothing newer is there or on its way.
fn wanted(
    draft: &Draft<'_>,
    environment: &Environment,
    (component, release): (&ComponentName, &ReleaseMark),
) -> Option<Asked> {
    let state = draft.state();
    let slot = state.slot(component, &environment.name);
    let there = slot.current().and_then(|standing| standing.version.clone());
    let is_older = there.as_ref().is_some_and(|there| *there >= release.version);
    let on_its_way = state
        .promotions_into(component, &environment.name)
        .any(|open| open.asked.version >= release.version || open.is_rollback());
    let asked = Asked {
        id: next_id(draft),
        kind: Kind::Normal,
        component: component.clone(),
        environment: environment.name.clone(),
        version: release.version.clone(),
        tag: release.tag.clone(),
        commit: release.commit.clone(),
        replaces: there,
        by: None,
        comment: None,
    };
    let reached = environment.after.iter().all(|before| good_since(draft, &asked, before).is_some());
    let stopped = is_older
        || on_its_way
        || release.withdrawn
        || state.is_unconfirmed(component, &release.version)
        || slot.bars(Some(&release.version))
        || matches!(environment.deploy, Deploy::Observe { .. });
    (reached && !stopped).then_some(asked)
}

/// What an issue's order is for.
pub fn issue_purpose(component: &ComponentName, release: &ReleaseMark) -> String {
    format!("{component}:issue:{}", release.tag)
}

fn open_issue(draft: &mut Draft<'_>, component: &ComponentName, release: &ReleaseMark) {
    let purpose = issue_purpose(component, release);
    let effect = Effect::OpenIssue {
        title: say::arrival::release_title(component, &release.version),
        text: say::arrival::release_issue(component, &release.version),
    };
    draft.order(&purpose, Subject(purpose.clone()), effect);
}

/// The environments that come before one, and it itself, each once.
pub fn way_to(environment: &Environment) -> Vec<EnvironmentName> {
    environment.after.iter().cloned().chain([environment.name.clone()]).collect()
}
