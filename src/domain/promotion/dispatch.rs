//! How a wave is ordered from the executor that the policy names, and how it is called off. When a wave begins is `advance`'s business.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::model::{Asked, Attempt, Handle, Promotion, Target};
use super::step::Step;
use crate::domain::effect::{DeploymentVerdict, Effect, Subject};
use crate::domain::id::PromotionId;
use crate::domain::policy::environment::{Automation, Deploy};
use crate::domain::query::{Found, InputsAsked};

/// Begins a wave, or the failed part of one again: takes the slot and orders each target.
pub fn begin(draft: &mut Draft<'_>, id: PromotionId, wave: usize, targets: Vec<Target>) -> Option<()> {
    draft.record(Step::WaveStarted { promotion: id, wave, targets: targets.clone() });
    let promotion = draft.state().promotions.get(&id)?.clone();
    let wave = promotion.wave().expect("a promotion that was begun has a wave in hand");
    for attempt in wave.attempts.iter().filter(|attempt| targets.contains(&attempt.target)) {
        if attempt.handle.is_none() && !attempt.stage.is_over() {
            let effect = order(draft, &promotion, attempt)?;
            let subject = match &effect {
                Effect::StartRun { what, .. } => Subject::runs(what),
                _ => Subject::attempt(id, attempt.number),
            };
            draft.order(purpose(id, attempt.number), subject, effect);
        }
    }
    Some(())
}

/// What an attempt's order is for.
pub fn purpose(promotion: PromotionId, attempt: u32) -> String {
    format!("{promotion}:attempt:{attempt}")
}

/// What calling an attempt off is for.
pub fn cancel_purpose(promotion: PromotionId, attempt: u32) -> String {
    format!("{promotion}:cancel:{attempt}")
}

/// How the forge shall spell the environment of a target.
pub fn place(asked: &Asked, target: &Target) -> String {
    match target {
        Some(target) => format!("{}/{target}", asked.environment),
        None => asked.environment.to_string(),
    }
}

fn order(draft: &Draft<'_>, promotion: &Promotion, attempt: &Attempt) -> Option<Effect> {
    let asked = &promotion.asked;
    Some(match &promotion.terms.deploy {
        Deploy::Event { .. } | Deploy::Observe { .. } => Effect::CreateDeployment {
            environment: place(asked, &attempt.target),
            // S13: the full commit, never a name that can move.
            commit: asked.commit.clone(),
            description: format!("v{} ({}), by Lockkeeper", asked.version, promotion.name()),
            payload: payload(promotion, attempt),
        },
        Deploy::Run { what, inputs } => Effect::StartRun {
            what: what.clone(),
            tag: asked.tag.clone(),
            commit: asked.commit.clone(),
            inputs: inputs_of(draft, asked, (what, inputs), &attempt.target)?,
        },
    })
}

fn payload(promotion: &Promotion, attempt: &Attempt) -> BTreeMap<String, String> {
    let asked = &promotion.asked;
    let mut payload = BTreeMap::from([
        ("version".to_owned(), asked.version.to_string()),
        ("tag".to_owned(), asked.tag.to_string()),
        ("environment".to_owned(), asked.environment.to_string()),
        ("promotion".to_owned(), promotion.name().to_string()),
        ("attempt".to_owned(), attempt.number.to_string()),
    ]);
    payload.extend(attempt.target.iter().map(|target| ("target".to_owned(), target.to_string())));
    payload
}

/// The inputs that can be given at the tag, filled in (S24: only with what we ourselves know). `None`: facts are missing.
fn inputs_of(
    draft: &Draft<'_>,
    asked: &Asked,
    (what, inputs): (&Automation, &BTreeMap<String, String>),
    target: &Target,
) -> Option<BTreeMap<String, String>> {
    let fact = draft.moment.facts.inputs(inputs_asked(asked, what))?;
    let Some(taken) = fact.known() else { return Some(BTreeMap::new()) };
    let given = inputs.iter().filter(|(name, _)| taken.take(name));
    Some(given.map(|(name, value)| (name.clone(), filled(value, asked, target))).collect())
}

/// Which inputs of automation to ask for.
pub fn inputs_asked(asked: &Asked, what: &Automation) -> InputsAsked {
    InputsAsked { what: what.clone(), tag: asked.tag.clone(), commit: asked.commit.clone() }
}

fn filled(value: &str, asked: &Asked, target: &Target) -> String {
    let target = target.as_ref().map(ToString::to_string).unwrap_or_default();
    value
        .replace("{tag}", asked.tag.as_str())
        .replace("{version}", &asked.version.to_string())
        .replace("{sha}", asked.commit.as_str())
        .replace("{environment}", asked.environment.as_str())
        .replace("{target}", &target)
}

/// Whether the executor can be started at all; else why not, in words. `None`: facts are missing.
pub fn startable(draft: &Draft<'_>, promotion: &Promotion) -> Option<Result<(), String>> {
    let Deploy::Run { what, .. } = &promotion.terms.deploy else { return Some(Ok(())) };
    Some(match draft.moment.facts.inputs(inputs_asked(&promotion.asked, what))?.found {
        Found::Known(_) => Ok(()),
        Found::Absent => {
            let (name, tag) = (what.name(), &promotion.asked.tag);
            Err(format!("{name} is not there at {tag}, or cannot be started by hand"))
        }
        Found::Unknown(why) => Err(why),
    })
}

/// What the forge's record says of an attempt that was called off.
pub fn stopped(promotion: &Promotion) -> String {
    format!("{} was stopped", promotion.name())
}

/// Calls off what runs of an attempt; one whose order is still on its way is called off when it arrives.
pub fn call_off(draft: &mut Draft<'_>, promotion: &Promotion, attempt: &Attempt) {
    let (id, number) = (promotion.id(), attempt.number);
    let effect = match attempt.handle {
        None => return,
        Some(Handle::Run(run)) => {
            let Deploy::Run { what, .. } = &promotion.terms.deploy else { return };
            Effect::CancelRun { what: what.clone(), run }
        }
        Some(Handle::Deployment(deployment)) => Effect::ReportDeployment {
            deployment,
            state: DeploymentVerdict::Error,
            description: stopped(promotion),
        },
    };
    draft.order(cancel_purpose(id, number), Subject::attempt(id, number), effect);
}
