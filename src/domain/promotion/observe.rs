//! What runs in an environment and was brought by others: seen, adopted, never hidden. What we brought ourselves is `follow`'s business.

use super::draft::Draft;
use super::follow::{Reporters, ignored};
use super::model::Handle;
use crate::domain::event::{Event, IgnoredReport};
use crate::domain::id::{CommitId, ComponentName, DeploymentId, EnvironmentName};
use crate::domain::outlook::{Ground, naming};
use crate::domain::policy::Policy;
use crate::domain::policy::environment::{Deploy, Environment};
use crate::domain::query::{DeploymentNow, Newest, ReportedState};
use crate::domain::signal::DeploymentReported;
use crate::domain::state::slot::{SlotName, Standing};
use crate::domain::version::Version;

/// Environments that everybody means the same by; others are watched only where the policy names them.
const WELL_KNOWN: [&str; 14] = [
    "dev",
    "development",
    "integration",
    "test",
    "testing",
    "qa",
    "uat",
    "preprod",
    "pre-production",
    "stage",
    "staging",
    "live",
    "prod",
    "production",
];

/// Whether an environment that no file describes is watched all the same.
pub fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The environment of that name: as the policy describes it, else watched, if it is a well-known one.
pub fn environment(draft: &Draft<'_>, name: &str) -> Option<Environment> {
    let name = EnvironmentName::parse(name).ok()?;
    let described = draft.environment(&name).cloned();
    described.or_else(|| {
        is_well_known(name.as_str()).then(|| Environment::observed(name, draft.usual_reporters()))
    })
}

/// Somebody reported on a deployment that is not in hand. `None`: facts are missing.
pub fn reported(draft: &mut Draft<'_>, reported: &DeploymentReported) -> Option<()> {
    if let Some(slot) = slot_of(draft, reported.deployment) {
        return told_of_what_stands(draft, reported, slot);
    }
    let Some(environment) = environment(draft, &reported.environment) else { return Some(()) };
    if is_followed(draft, &environment, reported) {
        return Some(());
    }
    let now = draft.moment.facts.deployment(reported.deployment);
    let counted = Reporters::of(draft, &watched(draft, &environment));
    let homes = homes(draft, &reported.commit);
    let (now, counted, homes) = (now?, counted?, homes?);
    let Some(now) = now.known() else { return Some(()) };
    let Some(newest_of_all) = now.reports.first() else { return Some(()) };
    if !counted.count(newest_of_all) {
        let slot = SlotName { component: component(draft.rules), environment: environment.name };
        draft.record(ignored(now, newest_of_all, (IgnoredReport::Stranger, Some(slot))));
        return Some(());
    }
    if counted.newest(now).is_some_and(|report| report.state == ReportedState::Success) {
        for home in homes {
            adopt(draft, &environment.name, now, home);
        }
    }
    Some(())
}

/// The components of which a commit is a release, with its version there; where it is of none, the first one.
fn homes(draft: &Draft<'_>, commit: &CommitId) -> Option<Vec<Home>> {
    let several = draft.rules.map(Policy::each_component).unwrap_or_default();
    let homes: Vec<Option<Home>> = several.iter().map(|rules| home(draft, Some(rules), commit)).collect();
    let homes: Vec<Home> = homes.into_iter().collect::<Option<_>>()?;
    let named: Vec<Home> = homes.iter().filter(|home| home.version.is_some()).cloned().collect();
    let first = || Home { component: component(draft.rules), version: None };
    Some(if named.is_empty() { vec![homes.into_iter().next().unwrap_or_else(first)] } else { named })
}

/// A commit as a release of a component.
#[derive(Debug, Clone)]
struct Home {
    component: ComponentName,
    /// `None`: it is none.
    version: Option<Version>,
}

/// Where a deployment stands or stood, if it is one of those.
fn slot_of(draft: &Draft<'_>, deployment: DeploymentId) -> Option<SlotName> {
    draft.state().components.iter().find_map(|(component, known)| {
        let is_its = |standing: &Standing| standing.deployments.contains(&deployment);
        let (environment, _) = known.slots.iter().find(|(_, slot)| slot.good.iter().any(is_its))?;
        Some(SlotName { component: component.clone(), environment: environment.clone() })
    })
}

/// What is reported of a deployment that succeeded before comes too late to change anything. `None`: facts are missing.
fn told_of_what_stands(draft: &mut Draft<'_>, reported: &DeploymentReported, slot: SlotName) -> Option<()> {
    let described = draft.environment(&slot.environment).cloned();
    let environment =
        described.unwrap_or_else(|| Environment::observed(slot.environment.clone(), draft.usual_reporters()));
    let now = draft.moment.facts.deployment(reported.deployment);
    let counted = Reporters::of(draft, &watched(draft, &environment));
    let (now, counted) = (now?, counted?);
    let Some(now) = now.known() else { return Some(()) };
    let Some(newest) = now.reports.first() else { return Some(()) };
    let because = match (newest.state, counted.count(newest)) {
        // That something else took its place is no news.
        (ReportedState::Inactive, _) => return Some(()),
        (ReportedState::Failure, true) => IgnoredReport::Late,
        (ReportedState::Queued | ReportedState::InProgress | ReportedState::Success, true) => return Some(()),
        (_, false) => IgnoredReport::Stranger,
    };
    draft.record(ignored(now, newest, (because, Some(slot))));
    Some(())
}

/// A run that we follow makes deployments of its own; it is the run that counts.
fn is_followed(draft: &Draft<'_>, environment: &Environment, reported: &DeploymentReported) -> bool {
    draft.state().promotions.values().any(|promotion| {
        let attempts = promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
        promotion.asked.environment == environment.name
            && promotion.asked.commit == reported.commit
            && attempts.iter().any(|attempt| matches!(attempt.handle, Some(Handle::Run(_)) | None))
    })
}

/// Whose word counts for what others deploy: also where we start a run ourselves, others may have done so.
fn watched(draft: &Draft<'_>, environment: &Environment) -> Deploy {
    match &environment.deploy {
        Deploy::Run { .. } => Deploy::Observe { reporters: draft.usual_reporters() },
        deploy => deploy.clone(),
    }
}

fn adopt(draft: &mut Draft<'_>, name: &EnvironmentName, now: &DeploymentNow, home: Home) {
    let Home { component, version } = home;
    let since = now.reports.iter().find(|report| report.state == ReportedState::Success);
    let standing = Standing {
        version,
        commit: now.commit.clone(),
        since: since.map_or(now.made_at, |report| report.at),
        deployments: vec![now.id],
        promotion: None,
    };
    draft.record(Event::EnvironmentObserved { component, environment: name.clone(), standing });
}

fn component(rules: Option<&Policy>) -> ComponentName {
    rules.map_or_else(ComponentName::default_component, |rules| rules.versioning.component.clone())
}

/// Learns what stands in environments of which nothing is known yet, so that order gates and the first rollback have something
/// to go by. `None`: facts are missing.
pub fn learn(draft: &mut Draft<'_>, names: &[EnvironmentName]) -> Option<()> {
    let component = component(draft.rules);
    let unknown: Vec<&EnvironmentName> =
        names.iter().filter(|name| draft.state().slot(&component, name).good.is_empty()).collect();
    let found: Vec<_> = unknown.iter().map(|name| draft.moment.facts.deployed(name.to_string())).collect();
    for (name, found) in unknown.into_iter().zip(found.into_iter().collect::<Option<Vec<_>>>()?) {
        let Some(now) = found.known() else { continue };
        let Some(environment) = environment(draft, name.as_str()) else { continue };
        let counted = Reporters::of(draft, &watched(draft, &environment));
        let home = home(draft, draft.rules, &now.commit);
        let (counted, home) = (counted?, home?);
        if !is_its(draft, now, &home) {
            continue;
        }
        if counted.newest(now).is_some_and(|report| report.state == ReportedState::Success) {
            adopt(draft, name, now, home);
        }
    }
    Some(())
}

/// Whether what stands in an environment is the component's own: where there are several, its commit must be a release of it,
/// and it must not have been brought there as another one's.
fn is_its(draft: &Draft<'_>, now: &DeploymentNow, home: &Home) -> bool {
    let are_several = draft.rules.is_some_and(|rules| rules.components.len() > 1);
    let is_anothers = || slot_of(draft, now.id).is_some_and(|slot| slot.component != home.component);
    !are_several || (home.version.is_some() && !is_anothers())
}

/// A commit as a release of the component that these rules have in view. `None`: facts are missing.
fn home(draft: &Draft<'_>, rules: Option<&Policy>, commit: &CommitId) -> Option<Home> {
    let component = component(rules);
    let releases = draft.state().component(&component).releases;
    if let Some(mark) = releases.iter().find(|mark| mark.commit == *commit) {
        return Some(Home { component, version: Some(mark.version.clone()) });
    }
    let nothing = Home { component: component.clone(), version: None };
    let (Some(rules), Some(newest)) = (rules, draft.revision) else { return Some(nothing) };
    let Some(tags) = draft.moment.facts.tags(Newest)?.known() else { return Some(nothing) };
    let Ok(naming) = naming(&Ground { moment: draft.moment, newest, rules }, tags) else {
        return Some(nothing);
    };
    let named = tags.iter().filter(|tag| tag.commit == *commit);
    let version = named.filter_map(|tag| naming.version_of(tag.name.as_str())).max();
    Some(Home { component, version })
}
