//! For somebody who only looks: a plan, or whether the people and labels of a policy are there; asked and answered as in a unit of work, but without a store, a lane or an effect. How a plan is drawn is `domain`'s business.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::touched::Touched;
use super::{ROUNDS, policy};
use crate::domain::decision::Moment;
use crate::domain::drafting;
use crate::domain::effect::{Effect, EffectKey};
use crate::domain::event::DraftLeft;
use crate::domain::id::Incarnation;
use crate::domain::outlook::{Ground, Obstacle, Outlook, Target, look};
use crate::domain::plan::Plan;
use crate::domain::policy::Policy;
use crate::domain::policy::label::{Label, missing};
use crate::domain::policy::staffing::{self, Shortage};
use crate::domain::query::{Answer, Detail, Fact, Facts, Found, Newest, PolicyNow, Query};
use crate::domain::signal::Signal;
use crate::domain::state::{Project, State};
use crate::forge::{Forge, ReadError};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum NoPlan {
    /// The project has no commit.
    #[error("the project has no commit yet")]
    Empty,
    /// Its policy file cannot be obeyed.
    #[error("{file} cannot be obeyed")]
    Policy {
        /// The file.
        file: String,
        /// What is wrong with it, for people.
        listing: String,
    },
    /// The forge did not tell.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The facts do not allow one.
    #[error("the facts do not allow a plan: {0:?}")]
    Obstacle(Obstacle),
    /// More questions than a plan has.
    #[error("still not drawn after {ROUNDS} rounds of questions")]
    Endless,
}

/// A project as somebody looks at it once: its policy and newest commit, and all that was asked of the forge since. Of several
/// components each is planned from what was read for those before.
pub struct Survey<'a> {
    forge: &'a dyn Forge,
    project: &'a Project,
    found: PolicyNow,
    facts: Facts,
}

impl<'a> Survey<'a> {
    /// Begins with the policy that is in force.
    ///
    /// # Errors
    /// Nothing is tried twice: who asked is there and can ask again.
    pub async fn begin(forge: &'a dyn Forge, project: &'a Project) -> Result<Self, NoPlan> {
        let found = policy::in_force(forge, project).await?.ok_or(NoPlan::Empty)?;
        Ok(Self { forge, project, found, facts: Facts::default() })
    }

    /// The project's own policy.
    ///
    /// # Errors
    /// Where it cannot be obeyed.
    pub fn policy(&self) -> Result<Policy, NoPlan> {
        told(self.found.file.clone(), self.found.policy.clone())
    }

    /// Draws the plan of the newest commit by a policy, the project's own or another. Reads only.
    ///
    /// # Errors
    /// As [`Survey::begin`].
    pub async fn plan(&mut self, rules: &Policy, now: impl Fn() -> Timestamp) -> Result<Plan, NoPlan> {
        self.looked(rules, now, |_, outlook| outlook.plan).await
    }

    /// The order that brings the draft release of the project up to date, with its key; or why there is nothing to be written.
    /// Reads only.
    ///
    /// # Errors
    /// As [`Survey::begin`].
    pub async fn draft(
        &mut self,
        rules: &Policy,
        now: impl Fn() -> Timestamp,
    ) -> Result<Result<(EffectKey, Effect), DraftLeft>, NoPlan> {
        self.looked(rules, now, |moment, outlook| drafting::once(moment, &outlook)).await
    }

    /// Asks until the outlook on the newest commit is drawn, and takes from it what is wanted.
    async fn looked<T>(
        &mut self,
        rules: &Policy,
        now: impl Fn() -> Timestamp,
        take: impl Fn(&Moment<'_>, Outlook<'_>) -> T,
    ) -> Result<T, NoPlan> {
        let (state, signal) = (State::default(), Signal::ResyncDue);
        let fresh = Incarnation::parse("0".repeat(16)).expect("16 digits are an incarnation");
        for _ in 0..=ROUNDS {
            let moment = Moment {
                state: &state,
                signal: &signal,
                facts: &self.facts,
                now: now(),
                seen: None,
                next_row: 1,
                fresh: &fresh,
            };
            let ground = Ground { moment: &moment, newest: &self.found.revision, rules };
            match look(&ground, Target::default()) {
                Some(Ok(outlook)) => return Ok(take(&moment, outlook)),
                Some(Err(obstacle)) => return Err(NoPlan::Obstacle(obstacle)),
                None => {}
            }
            answer(self.forge, self.project, &mut self.facts, &now).await?;
        }
        Err(NoPlan::Endless)
    }
}

fn told(file: Option<String>, policy: Result<Policy, String>) -> Result<Policy, NoPlan> {
    let file = file.unwrap_or_else(|| "the policy".to_owned());
    policy.map_err(|listing| NoPlan::Policy { file, listing })
}

/// A policy, and what it lacks.
#[derive(Debug)]
pub struct Muster {
    /// The file it comes from; `None`: the project has none, or the policy was given.
    pub file: Option<String>,
    /// The policy.
    pub policy: Policy,
    /// What it lacks of people.
    pub shortages: Vec<Shortage>,
    /// The labels that it names and the project does not have; an error: they cannot be read, and why.
    pub labels: Result<Vec<Label>, String>,
}

/// Holds a policy, the project's own or one that is given, against the people and labels that the forge knows. Reads only.
///
/// # Errors
/// As [`Survey::begin`].
pub async fn muster(
    forge: &dyn Forge,
    project: &Project,
    given: Option<Policy>,
    now: impl Fn() -> Timestamp,
) -> Result<Muster, NoPlan> {
    let (file, policy) = match given {
        Some(policy) => (None, policy),
        None => {
            let found = policy::in_force(forge, project).await?.ok_or(NoPlan::Empty)?;
            (found.file.clone(), told(found.file, found.policy)?)
        }
    };
    let mut facts = Facts::default();
    for _ in 0..=ROUNDS {
        let shortages = staffing::shortages(&policy, &facts);
        let labels = facts.labels(Newest).map(|there| match there.found {
            Found::Known(there) => Ok(missing(&policy, there)),
            Found::Absent => Ok(vec![]),
            Found::Unknown(why) => Err(why),
        });
        if let (Some(shortages), Some(labels)) = (shortages, labels) {
            return Ok(Muster { file, policy, shortages, labels });
        }
        answer(forge, project, &mut facts, &now).await?;
    }
    Err(NoPlan::Endless)
}

fn wants_paths(query: &Query) -> bool {
    matches!(query, Query::Range(asked) if asked.detail == Detail::Paths)
}

/// Answers everything that was asked in vain.
async fn answer(
    forge: &dyn Forge,
    project: &Project,
    facts: &mut Facts,
    now: &impl Fn() -> Timestamp,
) -> Result<(), ReadError> {
    let queries = facts.take_missing();
    let answers = forge.read_round(project, &queries).await;
    for (query, answer) in queries.into_iter().zip(answers) {
        let found = match answer {
            Ok(Some(Answer::Range(mut commits))) if wants_paths(&query) => {
                let touched = Touched::default();
                touched.complete((forge, project), &BTreeMap::new(), &mut commits).await?;
                Found::Known(Answer::Range(commits))
            }
            Ok(Some(answer)) => Found::Known(answer),
            Ok(None) => Found::Absent,
            Err(ReadError::Refused { said }) => Found::Unknown(said),
            Err(error) => return Err(error),
        };
        facts.learn(query, Fact { found, read_at: now() });
    }
    Ok(())
}
